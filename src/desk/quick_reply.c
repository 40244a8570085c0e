/* quick_reply.c - respostas rápidas e as variáveis delas. */
#include "desk/quick_reply.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/permission.h"
#include "base/str.h"
#include "db/db.h"
#include "desk/file.h"
#include "media/store.h"

#define R struct q_quick_reply_row
#define V struct q_quick_reply_values_row

const struct field quick_reply_out[] = {
    INT(R, id, .doc = "Resposta rápida"),
    TEXT(R, shortcut, .doc = "O que se digita depois da barra"),
    TEXT(R, body, .doc = "O texto, com as variáveis por preencher"),
    BOOL(R, shared, .doc = "De todos; falso: só de quem a fez"),
    INT(R, version, .doc = "Sobe a cada mudança"),
    TIME(R, created_at, .doc = "Criação"),
    TIME(R, updated_at, .doc = "Última mudança"),
    JSON(R, file, .nullable = true, .schema = file_schema,
         .doc = "O arquivo que leva: os bytes estão em replies/{id}/file"),
    FIELDS_END
};

const char *const quick_reply_variables[] = { "greeting",
                                              "contact.firstName",
                                              "contact.name",
                                              "ticket.protocol",
                                              "user.name",
                                              "company.name",
                                              NULL };

/* ---- variáveis ---- */

/*
 * A próxima {{…}} a partir de `from`: o nome, sem os espaços, e onde ela
 * começa e acaba. NULL: não há mais.
 */
static const char *
next_variable(struct ctx *c, const char *from, const char **start,
              const char **end)
{
    const char *open = strstr(from, "{{"), *close, *last;

    if (open == NULL || (close = strstr(open, "}}")) == NULL)
        return NULL;
    *start = open;
    *end = close + 2;
    for (open += 2; open < close && isspace((unsigned char)*open);)
        open++;
    for (last = close; last > open && isspace((unsigned char)last[-1]);)
        last--;
    return arena_memdup(c->arena, open, (size_t)(last - open));
}

static bool
is_known(const char *name)
{
    size_t i;

    for (i = 0; quick_reply_variables[i] != NULL; i++)
        if (strcmp(name, quick_reply_variables[i]) == 0)
            return true;
    return false;
}

static const char *
first_word(struct ctx *c, const char *name)
{
    return arena_memdup(c->arena, name, strcspn(name, " "));
}

static const char *
greeting(int64_t hour)
{
    return hour < 5    ? _("Boa noite")
           : hour < 12 ? _("Bom dia")
           : hour < 18 ? _("Boa tarde")
                       : _("Boa noite");
}

/* NULL: não é variável que se conheça. */
static const char *
value_of(struct ctx *c, const char *name, const V *v)
{
    if (strcmp(name, "greeting") == 0)
        return greeting(v->hour);
    if (strcmp(name, "contact.firstName") == 0)
        return first_word(c, v->contact);
    if (strcmp(name, "contact.name") == 0)
        return v->contact;
    if (strcmp(name, "ticket.protocol") == 0)
        return v->protocol;
    if (strcmp(name, "user.name") == 0)
        return v->person;
    return strcmp(name, "company.name") == 0 ? v->company : NULL;
}

enum err
quick_reply_values(struct ctx *c, int64_t ticket_id, V *out)
{
    enum err e = q_quick_reply_values(
        c, &(struct q_quick_reply_values_in){ .ticket_id = ticket_id }, out);

    if (e != OK)
        return e;
    if (ticket_id != 0)
        return out->contact == NULL ? db_not_found(c) : OK;
    out->contact = _("Maria da Silva");
    out->protocol = "20260102000123";
    return OK;
}

const char *
quick_reply_fill(struct ctx *c, const char *body, const V *values)
{
    const char *start, *end, *name, *value;
    struct str s;

    str_init(&s, c->arena, strlen(body) + 64);
    while ((name = next_variable(c, body, &start, &end)) != NULL) {
        value = value_of(c, name, values);
        str_printf(&s, "%.*s", (int)(start - body), body);
        if (value != NULL)
            str_puts(&s, value);
        else
            str_printf(&s, "%.*s", (int)(end - start), start);
        body = end;
    }
    str_puts(&s, body);
    return s.data;
}

const char *
quick_reply_unknown(struct ctx *c, const char *body)
{
    const char *start, *end, *name;

    while ((name = next_variable(c, body, &start, &end)) != NULL) {
        if (!is_known(name))
            return name;
        body = end;
    }
    return NULL;
}

/* ---- gravar ---- */

static const char *
shortcut_of(struct ctx *c, const char *typed)
{
    char *out, *p;
    size_t n;

    typed += strspn(typed, " \t/");
    out = arena_strdup(c->arena, typed);
    for (p = out; *p != '\0'; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 'a' - 'A' : *p);
    for (n = strlen(out); n > 0 && out[n - 1] == ' '; n--)
        out[n - 1] = '\0';
    return out;
}

static enum err
check_text(struct ctx *c, const struct q_quick_reply_update_in *in)
{
    size_t n = strlen(in->shortcut);
    const char *unknown = quick_reply_unknown(c, in->body);
    enum err e = OK;

    if (n == 0 || n > QUICK_REPLY_SHORTCUT_MAX ||
        strspn(in->shortcut, "abcdefghijklmnopqrstuvwxyz0123456789_-") != n)
        e = fail_field(c, "shortcut", "format", "%s",
                       _("use até 32 letras sem acento, algarismos, - e _"));
    if (in->body[0] == '\0')
        e = fail_field(c, "body", "min", "%s", _("escreva o texto"));
    if (unknown != NULL)
        e = fail_field(c, "body", "unknown", _("não há a variável {{%.40s}}"),
                       unknown);
    return e;
}

static enum err
check_room(struct ctx *c, const struct q_quick_reply_update_in *in)
{
    struct q_quick_reply_room_row room;
    enum err e = q_quick_reply_room(
        c,
        &(struct q_quick_reply_room_in){
            .id = in->id, .shortcut = in->shortcut, .shared = in->shared },
        &room);

    if (e != OK)
        return e;
    if (room.taken) {
        fail_field(c, "shortcut", "taken", "%s",
                   _("já há uma resposta com este atalho"));
        return fail(c, ERR_CONFLICT, "%s",
                    _("já há uma resposta com este atalho"));
    }
    if (in->id == 0 && room.replies >= QUICK_REPLIES_MAX)
        return fail(c, ERR_LIMIT_REACHED, "%s",
                    _("são 500 respostas rápidas, no máximo"));
    return OK;
}

static enum err
check_right(struct ctx *c, bool shared)
{
    if (!shared || (c->permissions & PERM_BIT(PERM_REPLIES_SHARED)) != 0)
        return OK;
    return fail(c, ERR_FORBIDDEN, "%s",
                _("só quem pode mudar as respostas de todos"));
}

static enum err
get(struct ctx *c, int64_t id, R *out)
{
    return q_quick_reply_get(c, &(struct q_quick_reply_get_in){ .id = id },
                             out);
}

enum err
quick_reply_create(struct ctx *c, const struct quick_reply_change *new, R *out)
{
    struct q_quick_reply_update_in in = {
        .shortcut = shortcut_of(c, new->shortcut),
        .body = text_typed(c->arena, new->body),
        .shared = new->has_shared &&new->shared,
    };
    struct q_quick_reply_add_row row;
    enum err e = check_right(c, in.shared);

    if (e == OK)
        e = check_room(c, &in);
    if (e == OK)
        e = check_text(c, &in);
    if (e == OK)
        e = q_quick_reply_add(
            c,
            &(struct q_quick_reply_add_in){
                .shortcut = in.shortcut, .body = in.body, .shared = in.shared },
            &row);
    return e != OK ? e : get(c, row.id, out);
}

enum err
quick_reply_change(struct ctx *c, int64_t id,
                   const struct quick_reply_change *to, R *out)
{
    struct q_quick_reply_update_in in;
    struct q_quick_reply_update_row row;
    bool hit;
    R was;
    enum err e = get(c, id, &was);

    if (e != OK)
        return e;
    in = (struct q_quick_reply_update_in){
        .id = id,
        .version = to->version != 0 ? to->version : was.version,
        .shortcut =
            to->shortcut != NULL ? shortcut_of(c, to->shortcut) : was.shortcut,
        .body = to->body != NULL ? text_typed(c->arena, to->body) : was.body,
        .shared = to->has_shared ? to->shared : was.shared,
    };
    e = check_right(c, was.shared || in.shared);
    if (e == OK)
        e = check_room(c, &in);
    if (e == OK)
        e = check_text(c, &in);
    if (e == OK)
        e = q_quick_reply_update(c, &in, &row, &hit);
    if (e == OK && !hit)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), was.version);
    return e != OK ? e : get(c, id, out);
}

/* A resposta, se quem pede a pode mudar. */
static enum err
get_mine(struct ctx *c, int64_t id, R *out)
{
    enum err e = get(c, id, out);

    return e == OK ? check_right(c, out->shared) : e;
}

enum err
quick_reply_delete(struct ctx *c, int64_t id)
{
    int64_t gone;
    R was;
    enum err e = get_mine(c, id, &was);

    return e != OK
               ? e
               : q_quick_reply_delete(
                     c, &(struct q_quick_reply_delete_in){ .id = id }, &gone);
}

/* ---- o arquivo ---- */

enum err
quick_reply_attach(struct ctx *c, int64_t id, struct slice data,
                   const char *name, R *out)
{
    struct q_file_row f = { .key = NULL };
    enum err e = get_mine(c, id, out);

    if (e == OK)
        e = file_upload(c, data, name, false, &f);
    if (e == OK)
        e = q_file_leave_reply_queue(
            c, &(struct q_file_leave_reply_in){ .reply_id = id });
    if (e == OK)
        e = q_file_to_reply_queue(
            c, &(struct q_file_to_reply_in){ .id = f.id, .reply_id = id });
    if (e == OK)
        e = get(c, id, out);
    if (e != OK && f.key != NULL)
        store_drop(c->arena, f.key); /* desfeita, os bytes não ficam */
    return e;
}

enum err
quick_reply_detach(struct ctx *c, int64_t id)
{
    R was;
    enum err e = get_mine(c, id, &was);

    return e == OK ? q_file_leave_reply_queue(
                         c, &(struct q_file_leave_reply_in){ .reply_id = id })
                   : e;
}

enum err
quick_reply_take_file(struct ctx *c, int64_t id, int64_t *file_id)
{
    struct q_file_copy_row copy;
    struct q_file_row f;
    enum err e =
        q_file_of_reply(c, &(struct q_file_of_reply_in){ .reply_id = id }, &f);

    if (e == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return fail_field(c, "quickReplyId", "exists", "%s",
                          _("não é uma resposta rápida com arquivo"));
    }
    if (e == OK)
        e = file_check_room(c, f.bytes);
    if (e == OK)
        e = q_file_copy(c, &(struct q_file_copy_in){ .id = f.id }, &copy);
    if (e != OK)
        return e;
    *file_id = copy.id;
    /* a miniatura de uma é a da outra; só falta se ainda não se fez */
    return f.preview ? OK : file_look(c, copy.id, f.kind);
}
