/* tag.c - etiquetas: criar, mudar, apagar. */
#include "desk/tag.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "db/db.h"

#define G struct q_tag_row
#define TAGS_MAX 500

const struct field tag_out[] = {
    INT(G, id, .doc = "Etiqueta"),
    TEXT(G, name, .doc = "Nome, único na empresa"),
    TEXT(G, color, .doc = "Cor, #rrggbb"),
    INT(G, position, .doc = "Ordem na tela"),
    BOOL(G, board, .doc = "É uma etapa: coluna, para quem desenha um quadro"),
    INT(G, tickets, .doc = "Em quantos atendimentos está"),
    INT(G, contacts, .doc = "Em quantos contatos está"),
    INT(G, version, .doc = "Sobe a cada mudança"),
    TIME(G, created_at, .doc = "Criação"),
    FIELDS_END
};

/* "#D63939" -> "#d63939"; NULL se não é uma cor. */
static const char *
color_of(struct ctx *c, const char *text)
{
    char *out = arena_strdup(c->arena, text), *p;

    for (p = out; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'F')
            *p += 'a' - 'A';
    return strlen(out) == 7 && out[0] == '#' &&
                   strspn(out + 1, "0123456789abcdef") == 6
               ? out
               : NULL;
}

/* Sem espaços nas pontas. */
static const char *
trimmed(struct ctx *c, const char *text)
{
    size_t n;

    text += strspn(text, " \t\r\n");
    n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
        n--;
    return arena_memdup(c->arena, text, n);
}

static enum err
check(struct ctx *c, struct q_tag_update_in *in, bool fresh)
{
    struct q_tag_room_row room;
    enum err e;

    in->name = trimmed(c, in->name);
    in->color = color_of(c, in->color);
    e = q_tag_room(c, &(struct q_tag_room_in){ .id = in->id, .name = in->name },
                   &room);
    if (e == OK && in->name[0] == '\0')
        e = fail_field(c, "name", "min", "%s", _("dê um nome"));
    if (in->color == NULL && (e == OK || e == ERR_INVALID))
        e = fail_field(c, "color", "format", "%s", _("a cor é #rrggbb"));
    if (e != OK)
        return e;
    if (room.name_taken) {
        fail_field(c, "name", "taken", "%s",
                   _("já há uma etiqueta com este nome"));
        return fail(c, ERR_CONFLICT, "%s",
                    _("já há uma etiqueta com este nome"));
    }
    if (fresh && room.tags >= TAGS_MAX)
        return fail(c, ERR_LIMIT_REACHED, "%s",
                    _("são 500 etiquetas, no máximo"));
    return OK;
}

static enum err
get(struct ctx *c, int64_t id, G *out)
{
    return q_tag_get(c, &(struct q_tag_get_in){ .id = id }, out);
}

enum err
tag_create(struct ctx *c, const struct tag_change *new, G *out)
{
    struct q_tag_update_in in = {
        .name = new->name,
        .color = new->color != NULL ? new->color : "#206bc4",
        .position = new->has_position ? new->position : 0,
        .board = new->has_board &&new->board,
    };
    struct q_tag_add_row row;
    enum err e = check(c, &in, true);

    if (e == OK)
        e = q_tag_add(c,
                      &(struct q_tag_add_in){ .name = in.name,
                                              .color = in.color,
                                              .position = in.position,
                                              .board = in.board },
                      &row);
    return e != OK ? e : get(c, row.id, out);
}

enum err
tag_change(struct ctx *c, int64_t id, const struct tag_change *to, G *out)
{
    struct q_tag_update_in in;
    struct q_tag_update_row row;
    bool hit;
    G was;
    enum err e = get(c, id, &was);

    if (e != OK)
        return e;
    in = (struct q_tag_update_in){
        .id = id,
        .version = to->version != 0 ? to->version : was.version,
        .name = to->name != NULL ? to->name : was.name,
        .color = to->color != NULL ? to->color : was.color,
        .position = to->has_position ? to->position : was.position,
        .board = to->has_board ? to->board : was.board,
    };
    e = check(c, &in, false);
    if (e == OK)
        e = q_tag_update(c, &in, &row, &hit);
    if (e == OK && !hit)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), was.version);
    return e != OK ? e : get(c, id, out);
}

enum err
tag_delete(struct ctx *c, int64_t id)
{
    int64_t gone;
    enum err e = q_tag_delete(c, &(struct q_tag_delete_in){ .id = id }, &gone);

    return e == OK && gone == 0 ? db_not_found(c) : e;
}
