/* talk.c - a conversa entre colegas e os avisos dela. */
#include "desk/talk.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/when.h"
#include "db/db.h"
#include "desk/file.h"
#include "live/outbox.h"
#include "media/store.h"

#define PRESENCE "online away offline"
#define MEMBERS_SCHEMA \
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\"," \
    "\"name\",\"status\",\"readId\"],\"properties\":{\"id\":{\"type\":" \
    "\"integer\"},\"name\":{\"type\":\"string\"},\"status\":{\"type\":" \
    "\"string\",\"enum\":[\"online\",\"away\",\"offline\"]},\"readId\":" \
    "{\"type\":\"integer\"}}}}"
/* clang-format off */
#define TALK_FIELDS(T) \
    INT(T, id, .doc = "Conversa"), \
    ENUM(T, kind, .one_of = "private group", .doc = "De duas pessoas ou grupo"), \
    TEXT(T, name, .doc = "Nome do grupo, ou da outra pessoa"), \
    INT_OR_NULL(T, peer_id, .doc = "A outra pessoa; null num grupo"), \
    ENUM(T, presence, .one_of = PRESENCE, .nullable = true, \
         .doc = "Presença dela"), \
    INT_OR_NULL(T, last_id, .doc = "Última mensagem"), \
    TEXT(T, last_body, .nullable = true, \
         .doc = "Começo dela; vazio: apagada"), \
    INT_OR_NULL(T, last_by, .doc = "Quem a escreveu"), \
    TEXT(T, last_by_name, .nullable = true, .doc = "Nome de quem a escreveu"), \
    TIME(T, last_at, .doc = "Hora dela, ou de quando nasceu a conversa"), \
    INT(T, unread, .doc = "Quantas a pessoa não leu"), \
    INT(T, people, .doc = "Quantas pessoas há nela"), \
    INT_OR_NULL(T, owner_id, .doc = "Quem cuida do grupo"), \
    INT(T, version, .doc = "Sobe quando mudam o nome ou as pessoas"), \
    TIME(T, created_at, .doc = "Quando nasceu"), \
    TEXT(T, last_file, .nullable = true, \
         .doc = "Espécie do arquivo que a última mensagem leva")
const struct field talk_out[] = { TALK_FIELDS(struct q_talk_row), FIELDS_END };
const struct field talk_full_out[] = {
    TALK_FIELDS(struct q_talk_get_row),
    JSON(struct q_talk_get_row, members, .schema = MEMBERS_SCHEMA,
         .doc = "As pessoas, a presença e até onde cada uma leu"),
    FIELDS_END
};
/* clang-format on */

#define M struct q_talk_message_row
const struct field talk_message_out[] = {
    INT(M, id, .doc = "Mensagem"),
    INT(M, conversation_id, .doc = "Conversa"),
    INT_OR_NULL(M, user_id, .doc = "Quem escreveu; null: saiu"),
    TEXT(M, user_name, .nullable = true, .doc = "Nome de quem escreveu"),
    TEXT(M, body, .doc = "Texto; vazio se apagada, ou se é só um arquivo"),
    INT_OR_NULL(M, reply_to, .doc = "Mensagem citada"),
    TEXT(M, reply_name, .nullable = true, .doc = "Quem escreveu a citada"),
    TEXT(M, reply_body, .nullable = true,
         .doc = "Começo da citada; vazio se apagada, ou se é só um arquivo"),
    INTS(M, mentions, .doc = "Pessoas que ela cita"),
    TIME(M, edited_at, .nullable = true, .doc = "Última correção"),
    TIME(M, deleted_at, .nullable = true, .doc = "Quando se apagou"),
    TIME(M, created_at, .doc = "Quando foi escrita"),
    JSON(M, file, .nullable = true, .schema = file_schema,
         .doc = "O arquivo que leva: os bytes estão em files/{fileId}"),
    TEXT(M, reply_file, .nullable = true,
         .doc = "Espécie do arquivo que a citada leva"),
    FIELDS_END
};

/* O cursor é a chave da última linha: "instante,id". */
static bool
read_cursor(struct ctx *c, const char *cursor, struct q_talk_list_in *in)
{
    const char *comma = strchr(cursor, ',');
    size_t n = comma != NULL ? (size_t)(comma - cursor) : 0;

    if (n < 22 || n > 32 || cursor[n - 3] != '+' ||
        strspn(cursor, "0123456789-:.+ ") != n || when_parse(cursor) == 0 ||
        !parse_int64(comma + 1, &in->after_id))
        return false;
    in->after_at = arena_memdup(c->arena, cursor, n);
    return true;
}

enum err
talk_list(struct ctx *c, struct talk_page *page)
{
    struct q_talk_list_in in = { .max = page->most + 1 };
    enum err e;

    page->next = NULL;
    if (page->cursor != NULL && !read_cursor(c, page->cursor, &in))
        return fail_field(c, "cursor", "format", "%s",
                          _("não é um cursor desta lista"));
    e = q_talk_list(c, &in, &page->rows, &page->count);
    if (e == OK && page->count > page->most) {
        const struct q_talk_row *last = &page->rows[page->most - 1];

        page->count = (int)page->most;
        page->next =
            arena_printf(c->arena, "%s,%" PRId64, last->last_at, last->id);
    }
    return e;
}

/*
 * Diz a cada pessoa da conversa, menos `but`. Um aviso leva até ROOMS_MAX
 * salas: um grupo grande recebe mais de um, e cada pessoa um só.
 */
static enum err
tell(struct ctx *c, int64_t id, const char *type, int64_t but,
     const char *payload)
{
    struct q_talk_member_ids_row *rows;
    struct rooms rooms = { .count = 0 };
    int count, i;
    enum err e = q_talk_member_ids(
        c, &(struct q_talk_member_ids_in){ .id = id }, &rows, &count);

    for (i = 0; e == OK && i < count; i++) {
        if (rows[i].user_id == but)
            continue;
        rooms_add(c, &rooms, "user", rows[i].user_id);
        if (rooms.count == ROOMS_MAX) {
            e = outbox_emit(c, type, &rooms, payload);
            rooms.count = 0;
        }
    }
    if (e == OK && rooms.count > 0)
        e = outbox_emit(c, type, &rooms, payload);
    return e;
}

static const char *
message_payload(struct ctx *c, const M *m)
{
    struct str s;

    str_init(&s, c->arena, 400);
    str_printf(
        &s, "{\"conversationId\":%" PRId64 ",\"message\":", m->conversation_id);
    json_write(&s, talk_message_out, m);
    str_putc(&s, '}');
    return s.data;
}

enum err
talk_tell_changed(struct ctx *c, int64_t id)
{
    return tell(c, id, "chat:updated", 0,
                arena_printf(c->arena, "{\"conversationId\":%" PRId64 "}", id));
}

static enum err
check_name(struct ctx *c, const char *name)
{
    if (name[strspn(name, " \t\r\n")] == '\0')
        return fail_field(c, "name", "min", "%s", _("dê um nome ao grupo"));
    if (utf8_length(name) > TALK_NAME_MAX)
        return fail_field(c, "name", "max", _("no máximo %d caracteres"),
                          TALK_NAME_MAX);
    return OK;
}

static enum err
refuse_people(struct ctx *c, const char *outcome, const char *name)
{
    if (strcmp(outcome, "person") == 0)
        return fail_field(c, "userIds", "exists", "%s",
                          _("alguém não é da equipe"));
    if (name != NULL && name[0] == '\0')
        return fail_field(c, "userIds", "count", "%s",
                          _("escolha uma pessoa, ou dê um nome ao grupo"));
    return fail_field(c, "userIds", "count",
                      _("um grupo tem de 2 a %d pessoas"), TALK_PEOPLE_MAX);
}

enum err
talk_open(struct ctx *c, const char *people, const char *name,
          struct q_talk_get_row *out)
{
    struct q_talk_open_row row;
    enum err e = name[0] != '\0' ? check_name(c, name) : OK;

    if (e == OK)
        e = q_talk_open(
            c, &(struct q_talk_open_in){ .people = people, .name = name },
            &row);
    if (e != OK)
        return e;
    if (strcmp(row.outcome, "ok") != 0)
        return refuse_people(c, row.outcome, name);
    e = q_talk_get(c, &(struct q_talk_get_in){ .id = row.id }, out);
    /* a de duas pessoas só aparece à outra quando alguém escreve */
    if (e == OK && strcmp(out->kind, "group") == 0)
        e = talk_tell_changed(c, row.id);
    return e;
}

static enum err
refuse_change(struct ctx *c, const char *outcome)
{
    if (strcmp(outcome, "unknown") == 0)
        return db_not_found(c);
    if (strcmp(outcome, "owner") == 0)
        return fail(c, ERR_FORBIDDEN, "%s", _("só quem cuida do grupo o muda"));
    if (strcmp(outcome, "private") == 0)
        return fail(c, ERR_CONFLICT, "%s", _("esta conversa não é um grupo"));
    if (strcmp(outcome, "stale") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("o grupo mudou desde que você o abriu"));
    return refuse_people(c, outcome, NULL);
}

/* Quem saiu também precisa saber: já não está na conversa quando se avisa. */
static enum err
tell_gone(struct ctx *c, int64_t id, const struct q_talk_member_ids_row *was,
          int count)
{
    struct rooms rooms = { .count = 0 };
    const char *payload =
        arena_printf(c->arena, "{\"conversationId\":%" PRId64 "}", id);
    enum err e = OK;
    int i;

    for (i = 0; e == OK && i < count; i++) {
        rooms_add(c, &rooms, "user", was[i].user_id);
        if (rooms.count == ROOMS_MAX || i == count - 1) {
            e = outbox_emit(c, "chat:updated", &rooms, payload);
            rooms.count = 0;
        }
    }
    return e;
}

enum err
talk_change(struct ctx *c, int64_t id, const struct talk_change *to,
            struct q_talk_get_row *out)
{
    struct q_talk_member_ids_row *was;
    struct q_talk_change_row row;
    int count;
    enum err e = to->name != NULL ? check_name(c, to->name) : OK;

    if (e == OK)
        e = q_talk_member_ids(c, &(struct q_talk_member_ids_in){ .id = id },
                              &was, &count);
    if (e == OK)
        e = q_talk_change(c,
                          &(struct q_talk_change_in){ .id = id,
                                                      .version = to->version,
                                                      .name = to->name,
                                                      .people = to->people },
                          &row);
    if (e != OK)
        return e;
    if (strcmp(row.outcome, "ok") != 0)
        return refuse_change(c, row.outcome);
    e = q_talk_get(c, &(struct q_talk_get_in){ .id = id }, out);
    if (e == OK)
        e = tell_gone(c, id, was, count);
    return e == OK ? talk_tell_changed(c, id) : e;
}

enum err
talk_leave(struct ctx *c, int64_t id)
{
    struct q_talk_member_ids_row *was;
    struct q_talk_leave_row row;
    int count;
    enum err e = q_talk_member_ids(
        c, &(struct q_talk_member_ids_in){ .id = id }, &was, &count);

    if (e == OK)
        e = q_talk_leave(c, &(struct q_talk_leave_in){ .id = id }, &row);
    if (e != OK)
        return e;
    if (strcmp(row.outcome, "ok") != 0)
        return refuse_change(c, row.outcome);
    return tell_gone(c, id, was, count);
}

static enum err
check_body(struct ctx *c, const char *body)
{
    size_t n = utf8_length(body);

    if (body[strspn(body, " \t\r\n")] == '\0')
        return fail_field(c, "body", "min", "%s", _("escreva algo"));
    if (n > TALK_BODY_MAX)
        return fail_field(c, "body", "max",
                          _("a mensagem tem %zu caracteres; o máximo é %d"), n,
                          TALK_BODY_MAX);
    return OK;
}

/* Grava a mensagem; o texto já foi conferido. */
static enum err
add(struct ctx *c, int64_t id, const char *body, int64_t reply_to,
    int64_t *message_id)
{
    struct q_talk_send_row row;
    enum err e = q_talk_send(c,
                             &(struct q_talk_send_in){
                                 .id = id, .body = body, .reply_to = reply_to },
                             &row);

    if (e != OK)
        return e;
    if (strcmp(row.outcome, "unknown") == 0)
        return db_not_found(c);
    if (strcmp(row.outcome, "alone") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("esta pessoa já não trabalha aqui"));
    if (strcmp(row.outcome, "reply") == 0)
        return fail_field(c, "replyTo", "exists", "%s",
                          _("não é uma mensagem desta conversa"));
    *message_id = row.id;
    return OK;
}

static enum err
announce(struct ctx *c, int64_t id, int64_t message_id, M *out)
{
    const char *payload;
    enum err e = q_talk_message_get(
        c,
        &(struct q_talk_message_get_in){ .id = id, .message_id = message_id },
        out);

    if (e != OK)
        return e;
    payload = message_payload(c, out);
    e = tell(c, id, "private_message", 0, payload);
    return e == OK ? tell(c, id, "message_received", c->user_id, payload) : e;
}

enum err
talk_send(struct ctx *c, int64_t id, const char *body, int64_t reply_to,
          struct q_talk_message_row *out)
{
    int64_t message_id;
    enum err e = check_body(c, body);

    if (e == OK)
        e = add(c, id, body, reply_to, &message_id);
    return e == OK ? announce(c, id, message_id, out) : e;
}

enum err
talk_send_file(struct ctx *c, int64_t id, const struct talk_file *in,
               struct q_talk_message_row *out)
{
    struct q_file_row f = { .key = NULL };
    int64_t message_id = 0;
    enum err e = in->caption[0] != '\0' ? check_body(c, in->caption) : OK;

    if (e == OK) /* antes: enquanto os bytes vão, a conversa não espera */
        e = file_upload(c, in->data, in->name, false, &f);
    if (e == OK)
        e = add(c, id, in->caption, in->reply_to, &message_id);
    if (e == OK)
        e = q_file_to_talk_queue(
            c, &(struct q_file_to_talk_in){
                   .id = f.id, .talk_id = id, .message_id = message_id });
    if (e == OK)
        e = announce(c, id, message_id, out);
    if (e != OK && f.key != NULL)
        store_drop(c->arena, f.key); /* desfeita, os bytes não ficam */
    return e;
}

enum err
talk_rewrite(struct ctx *c, int64_t id, int64_t message_id, const char *body,
             struct q_talk_message_row *out)
{
    struct q_talk_rewrite_row row;
    enum err e = body != NULL ? check_body(c, body) : OK;

    if (e == OK)
        e = q_talk_rewrite(
            c,
            &(struct q_talk_rewrite_in){ .id = id,
                                         .message_id = message_id,
                                         .body = body != NULL ? body : "" },
            &row);
    if (e != OK)
        return e;
    if (strcmp(row.outcome, "unknown") == 0)
        return db_not_found(c);
    if (strcmp(row.outcome, "other") == 0)
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("só quem escreveu a mensagem a muda"));
    if (strcmp(row.outcome, "gone") == 0)
        return fail(c, ERR_CONFLICT, "%s", _("a mensagem já foi apagada"));
    e = q_talk_message_get(
        c,
        &(struct q_talk_message_get_in){ .id = id, .message_id = message_id },
        out);
    return e == OK ? tell(c, id, "chat:message", 0, message_payload(c, out))
                   : e;
}

enum err
talk_read(struct ctx *c, int64_t id, int64_t upto, struct q_talk_read_row *out)
{
    enum err e =
        q_talk_read(c, &(struct q_talk_read_in){ .id = id, .upto = upto }, out);

    if (e != OK)
        return e;
    if (!out->known)
        return db_not_found(c);
    if (!out->changed)
        return OK;
    return tell(c, id, "chat:read", 0,
                arena_printf(c->arena,
                             "{\"conversationId\":%" PRId64
                             ",\"userId\":%" PRId64 ",\"readId\":%" PRId64 "}",
                             id, c->user_id, out->read_id));
}
