/* macro.c - macros: criar, mudar, ordenar, apagar. */
#include "desk/macro.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/permission.h"

#define R struct q_macro_row

const struct field macro_out[] = {
    INT(R, id, .doc = "Macro"),
    TEXT(R, name, .doc = "Nome"),
    BOOL(R, shared, .doc = "De todos; falso: só de quem a fez"),
    INT(R, position, .doc = "Ordem entre as de todos, ou entre as da pessoa"),
    JSON(R, steps,
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}",
         .doc = "O que faz, em ordem: {action, e o valor dela}, como se manda "
                "ao criar. assign sem userId é quem clica"),
    INT(R, version, .doc = "Sobe a cada mudança"),
    TIME(R, created_at, .doc = "Criação"),
    TIME(R, updated_at, .doc = "Última mudança"),
    FIELDS_END
};

/* Sem espaços nas pontas. */
static const char *
trimmed(struct ctx *c, const char *text)
{
    size_t n;

    text += strspn(text, " \t");
    n = strlen(text);
    while (n > 0 && strchr(" \t", text[n - 1]) != NULL)
        n--;
    return arena_memdup(c->arena, text, n);
}

static enum err
check_right(struct ctx *c, bool shared)
{
    if (!shared || (c->permissions & PERM_BIT(PERM_REPLIES_SHARED)) != 0)
        return OK;
    return fail(c, ERR_FORBIDDEN, "%s",
                _("só quem pode mudar as macros de todos"));
}

/* O que vale para a macro inteira, e o último lugar do grupo. */
static enum err
check_room(struct ctx *c, const struct q_macro_update_in *in, int64_t *last)
{
    struct q_macro_room_row room;
    enum err e =
        q_macro_room(c,
                     &(struct q_macro_room_in){
                         .id = in->id, .name = in->name, .shared = in->shared },
                     &room);

    if (e != OK)
        return e;
    *last = room.last;
    if (in->name[0] == '\0')
        return fail_field(c, "name", "min", "%s", _("dê um nome"));
    if (room.taken) {
        fail_field(c, "name", "taken", "%s",
                   _("já há uma macro com este nome"));
        return fail(c, ERR_CONFLICT, "%s", _("já há uma macro com este nome"));
    }
    if (in->id == 0 && room.macros >= MACROS_MAX)
        return fail(c, ERR_LIMIT_REACHED, _("são %d macros, no máximo"),
                    MACROS_MAX);
    return OK;
}

/* Confere os passos, e os deixa como se guardam. */
static enum err
check_steps(struct ctx *c, struct q_macro_update_in *in)
{
    struct macro_step steps[MACRO_STEPS_MAX];
    int count;
    enum err e = macro_read(c, in->steps, steps, &count);

    if (e == OK)
        e = macro_check(c, steps, count, in->shared);
    if (e == OK)
        in->steps = macro_write(c, steps, count);
    return e;
}

static enum err
get(struct ctx *c, int64_t id, R *out)
{
    return q_macro_get(c, &(struct q_macro_get_in){ .id = id }, out);
}

enum err
macro_create(struct ctx *c, const struct macro_change *new, R *out)
{
    struct q_macro_update_in in = { .name = trimmed(c, new->name),
                                    .shared = new->has_shared &&new->shared,
                                    .position = new->position,
                                    .steps = new->steps };
    struct q_macro_add_row row;
    int64_t last;
    enum err e = check_right(c, in.shared);

    if (e == OK)
        e = check_room(c, &in, &last);
    if (e == OK)
        e = check_steps(c, &in);
    if (e == OK && !new->has_position)
        in.position = last < MACRO_POSITION_MAX ? last + 1 : MACRO_POSITION_MAX;
    if (e == OK)
        e = q_macro_add(c,
                        &(struct q_macro_add_in){ .name = in.name,
                                                  .shared = in.shared,
                                                  .position = in.position,
                                                  .steps = in.steps },
                        &row);
    return e != OK ? e : get(c, row.id, out);
}

enum err
macro_change(struct ctx *c, int64_t id, const struct macro_change *to, R *out)
{
    struct q_macro_update_in in;
    struct q_macro_update_row row;
    int64_t last;
    bool hit;
    R was;
    enum err e = get(c, id, &was);

    if (e != OK)
        return e;
    in = (struct q_macro_update_in){
        .id = id,
        .version = to->version != 0 ? to->version : was.version,
        .name = to->name != NULL ? trimmed(c, to->name) : was.name,
        .shared = to->has_shared ? to->shared : was.shared,
        .position = to->has_position ? to->position : was.position,
        .steps = to->steps != NULL ? to->steps : was.steps,
    };
    e = check_right(c, was.shared || in.shared);
    if (e == OK)
        e = check_room(c, &in, &last);
    if (e == OK && (to->steps != NULL || in.shared != was.shared))
        e = check_steps(c, &in);
    if (e == OK)
        e = q_macro_update(c, &in, &row, &hit);
    if (e == OK && !hit)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), was.version);
    return e != OK ? e : get(c, id, out);
}

enum err
macro_move(struct ctx *c, int64_t id, bool up)
{
    int64_t moved;
    R was;
    enum err e = get(c, id, &was);

    if (e == OK)
        e = check_right(c, was.shared);
    return e != OK ? e
                   : q_macro_move(c,
                                  &(struct q_macro_move_in){
                                      .id = id, .step = up ? -1 : 1 },
                                  &moved);
}

enum err
macro_delete(struct ctx *c, int64_t id)
{
    int64_t gone;
    R was;
    enum err e = get(c, id, &was);

    if (e == OK)
        e = check_right(c, was.shared);
    return e != OK ? e
                   : q_macro_delete(c, &(struct q_macro_delete_in){ .id = id },
                                    &gone);
}
