/*
 * conversations.c - rotas de /api/v1/conversations: a conversa entre colegas.
 */
#include <inttypes.h>
#include <string.h>

#include "app/app.h"
#include "base/i18n.h"
#include "desk/talk.h"
#include "live/whisper.h"

#define APP_NAME "conversations"
#define LAST_ID INT64_MAX

extern const struct route notifications_routes[];
extern const struct route conversation_file_routes[];

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Conversa"), FIELDS_END
};

/* ---- listar e ler ---- */

struct list_in {
    int64_t limit;
    const char *cursor;
};
static const struct field list_in[] = {
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 50, .doc = "Quantas por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 80,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct talk_page page = { .cursor = in->cursor, .most = in->limit };
    enum err e = talk_list(&r->ctx, &page);

    return e != OK ? e
                   : reply_list(r, page.rows, sizeof *page.rows, page.count,
                                page.next);
}

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_talk_get_row row;
    enum err e =
        q_talk_get(&r->ctx, &(struct q_talk_get_in){ .id = in->id }, &row);

    return e != OK ? e : reply(r, &row);
}

#define P struct q_talk_people_row
static const struct field person_out[] = {
    INT(P, id, .doc = "Pessoa"), TEXT(P, name, .doc = "Nome mostrado"),
    ENUM(P, status, .one_of = "online away offline", .doc = "Presença"),
    TIME(P, last_seen_at, .nullable = true, .doc = "Último sinal; null: nunca"),
    FIELDS_END
};
#undef P

static enum err
people(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_talk_people_in ask = { .after_name = "", .max = in->limit + 1 };
    struct q_talk_people_row *rows;
    const char *next = NULL;
    int count;
    enum err e;

    /* "id,nome": o nome pode ter vírgulas */
    if (in->cursor != NULL) {
        size_t n = strcspn(in->cursor, ",");
        char *digits = arena_memdup(r->ctx.arena, in->cursor, n);

        if (in->cursor[n] != ',' || !parse_int64(digits, &ask.after_id))
            return fail_field(&r->ctx, "cursor", "format", "%s",
                              _("não é um cursor desta lista"));
        ask.after_name = in->cursor + n + 1;
    }
    e = q_talk_people(&r->ctx, &ask, &rows, &count);
    if (e != OK)
        return e;
    if (count > in->limit) {
        count = (int)in->limit;
        next = arena_printf(r->ctx.arena, "%" PRId64 ",%s", rows[count - 1].id,
                            rows[count - 1].sort_name);
    }
    return reply_list(r, rows, sizeof *rows, count, next);
}

/* ---- abrir e mudar ---- */

struct open_in {
    const char *user_ids, *name;
};
static const struct field open_in[] = {
    INTS(struct open_in, user_ids, .required = true,
         .doc = "Com quem, sem contar quem abre"),
    TEXT(struct open_in, name, .max = 200,
         .doc = "Nome do grupo; sem ele, é a conversa com uma pessoa"),
    FIELDS_END
};

static enum err
open_talk(struct req *r, const void *input)
{
    const struct open_in *in = input;
    struct q_talk_get_row row;
    enum err e = talk_open(&r->ctx, in->user_ids,
                           in->name != NULL ? in->name : "", &row);

    return e != OK ? e : reply(r, &row);
}

struct change_in {
    int64_t id, version;
    const char *name, *user_ids;
};
static const struct field change_in[] = {
    INT(struct change_in, id, .from = PATH, .min = 1, .doc = "Conversa"),
    INT(struct change_in, version, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    TEXT(struct change_in, name, .max = 200, .doc = "Nome do grupo"),
    INTS(struct change_in, user_ids, .doc = "As pessoas do grupo, todas"),
    FIELDS_END
};

static enum err
change(struct req *r, const void *input)
{
    const struct change_in *in = input;
    struct q_talk_get_row row;
    enum err e = talk_change(&r->ctx, in->id,
                             &(struct talk_change){ .version = in->version,
                                                    .name = in->name,
                                                    .people = in->user_ids },
                             &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
leave(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = talk_leave(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

/* ---- mensagens ---- */

struct messages_in {
    int64_t id, before, limit;
};
static const struct field messages_in[] = {
    INT(struct messages_in, id, .from = PATH, .min = 1, .doc = "Conversa"),
    INT(struct messages_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 50, .doc = "Quantas por página"),
    INT(struct messages_in, before, .from = QUERY, .min = 1,
        .fallback = LAST_ID, .doc = "Só as anteriores a esta mensagem"),
    FIELDS_END
};

static enum err
messages(struct req *r, const void *input)
{
    const struct messages_in *in = input;
    struct q_talk_message_row *rows;
    struct q_talk_get_row talk;
    const char *next = NULL;
    int count;
    enum err e =
        q_talk_get(&r->ctx, &(struct q_talk_get_in){ .id = in->id }, &talk);

    if (e == OK)
        e = q_talk_messages(
            &r->ctx,
            &(struct q_talk_messages_in){
                .id = in->id, .before = in->before, .max = in->limit + 1 },
            &rows, &count);
    if (e != OK)
        return e;
    if (count > in->limit) {
        count = (int)in->limit;
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    }
    return reply_list(r, rows, sizeof *rows, count, next);
}

struct send_in {
    int64_t id, reply_to;
    const char *body;
};
static const struct field send_in[] = {
    INT(struct send_in, id, .from = PATH, .min = 1, .doc = "Conversa"),
    TEXT(struct send_in, body, .required = true, .min = 1, .max = TALK_BODY_MAX,
         .lines = true, .doc = "Texto; @Nome cita quem está nela"),
    INT(struct send_in, reply_to, .min = 1, .doc = "Mensagem citada"),
    FIELDS_END
};

static enum err
send_message(struct req *r, const void *input)
{
    const struct send_in *in = input;
    struct q_talk_message_row m;
    enum err e = talk_send(&r->ctx, in->id, in->body, in->reply_to, &m);

    return e != OK ? e : reply(r, &m);
}

struct rewrite_in {
    int64_t id, message_id;
    const char *body;
};
static const struct field rewrite_in[] = {
    INT(struct rewrite_in, id, .from = PATH, .min = 1, .doc = "Conversa"),
    INT(struct rewrite_in, message_id, .from = PATH, .min = 1,
        .doc = "Mensagem"),
    TEXT(struct rewrite_in, body, .required = true, .min = 1,
         .max = TALK_BODY_MAX, .lines = true, .doc = "O texto certo"),
    FIELDS_END
};
static const struct field erase_in[] = {
    INT(struct rewrite_in, id, .from = PATH, .min = 1, .doc = "Conversa"),
    INT(struct rewrite_in, message_id, .from = PATH, .min = 1,
        .doc = "Mensagem"),
    FIELDS_END
};

static enum err
rewrite(struct req *r, const void *input)
{
    const struct rewrite_in *in = input;
    struct q_talk_message_row m;
    enum err e = talk_rewrite(&r->ctx, in->id, in->message_id, in->body, &m);

    return e != OK ? e : reply(r, &m);
}

static enum err
erase(struct req *r, const void *input)
{
    const struct rewrite_in *in = input;
    struct q_talk_message_row m;
    enum err e = talk_rewrite(&r->ctx, in->id, in->message_id, NULL, &m);

    return e != OK ? e : reply_empty(r);
}

/* ---- ler e digitar ---- */

struct read_in {
    int64_t id, upto;
};
static const struct field read_in[] = {
    INT(struct read_in, id, .from = PATH, .min = 1, .doc = "Conversa"),
    INT(struct read_in, upto, .min = 1,
        .doc = "Última mensagem lida; sem ela, até o fim"),
    FIELDS_END
};
static const struct field read_out[] = {
    INT(struct q_talk_read_row, read_id, .doc = "Até onde se leu"),
    INT(struct q_talk_read_row, unread, .doc = "Quantas ficaram por ler"),
    FIELDS_END
};

static enum err
mark_read(struct req *r, const void *input)
{
    const struct read_in *in = input;
    struct q_talk_read_row row;
    enum err e = talk_read(&r->ctx, in->id, in->upto, &row);

    return e != OK ? e : reply(r, &row);
}

/* Dois nomes do mesmo sussurro: o de DESIGN e o de quem vem do Socket.IO. */
static enum err
typing(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_talk_typist_row row;
    struct str s;
    bool found;
    enum err e = q_talk_typist(
        &r->ctx, &(struct q_talk_typist_in){ .id = in->id }, &row, &found);

    if (e != OK || !found)
        return e != OK ? e : fail(&r->ctx, ERR_NOT_FOUND, NULL);
    str_init(&s, r->ctx.arena, 120);
    str_printf(
        &s, "{\"conversationId\":%" PRId64 ",\"userId\":%" PRId64 ",\"name\":",
        in->id, r->ctx.user_id);
    str_json(&s, row.name);
    str_putc(&s, '}');
    if (row.others[0] != '\0') {
        whisper(app.redis, r->ctx.company_id, row.others, "user:typing",
                s.data);
        whisper(app.redis, r->ctx.company_id, row.others, "user_typing",
                s.data);
    }
    return reply_empty(r);
}

/* clang-format off */
#define BASE "/api/v1/conversations"
static const struct route routes[] = {
    { GET, BASE "/people", people, PERM_CHAT, AUTH_EITHER, .one_query = true,
      IN(struct list_in, list_in), .out = person_out, .out_list = true,
      .doc = "Os colegas com quem se pode falar, e a presença deles" },
    { GET, BASE, list, PERM_CHAT, AUTH_EITHER, .one_query = true,
      IN(struct list_in, list_in), .out = talk_out, .out_list = true,
      .doc = "As conversas com colegas, da mais recente à mais antiga" },
    { POST, BASE, open_talk, PERM_CHAT, AUTH_EITHER,
      IN(struct open_in, open_in), .out = talk_full_out, .success = 201,
      .doc = "Abre uma conversa com uma pessoa (a que já houver) ou um grupo" },
    { GET, BASE "/{id}", get, PERM_CHAT, AUTH_EITHER, .one_query = true,
      IN(struct id_in, id_in), .out = talk_full_out,
      .doc = "Uma conversa, com as pessoas e até onde leram" },
    { PATCH, BASE "/{id}", change, PERM_CHAT, AUTH_EITHER,
      IN(struct change_in, change_in), .out = talk_full_out,
      .refuses = "409", .doc = "Muda o nome ou as pessoas de um grupo" },
    { POST, BASE "/{id}/leave", leave, PERM_CHAT, AUTH_EITHER,
      IN(struct id_in, id_in), .success = 204, .refuses = "409",
      .doc = "Sai de um grupo" },
    { GET, BASE "/{id}/messages", messages, PERM_CHAT, AUTH_EITHER,
      IN(struct messages_in, messages_in), .out = talk_message_out,
      .out_list = true, .doc = "Mensagens, da mais nova à mais velha" },
    { POST, BASE "/{id}/messages", send_message, PERM_CHAT, AUTH_EITHER,
      IN(struct send_in, send_in), .out = talk_message_out, .success = 201,
      .refuses = "409", .doc = "Escreve aos colegas" },
    { PATCH, BASE "/{id}/messages/{messageId}", rewrite, PERM_CHAT,
      AUTH_EITHER, IN(struct rewrite_in, rewrite_in), .out = talk_message_out,
      .refuses = "409", .doc = "Corrige a própria mensagem" },
    { DELETE, BASE "/{id}/messages/{messageId}", erase, PERM_CHAT,
      AUTH_EITHER, IN(struct rewrite_in, erase_in), .success = 204,
      .refuses = "409", .doc = "Apaga a própria mensagem" },
    { POST, BASE "/{id}/read", mark_read, PERM_CHAT, AUTH_EITHER,
      IN(struct read_in, read_in), .out = read_out,
      .doc = "Diz até onde se leu" },
    { POST, BASE "/{id}/typing", typing, PERM_CHAT, AUTH_EITHER,
      .one_query = true, .rate = { .hits = 600, .per_s = 60 },
      IN(struct id_in, id_in), .success = 204,
      .doc = "Diz aos outros que se está escrevendo; vale 6 s" },
    ROUTES_END
};
/* clang-format on */
APP_MAIN_OF(routes, notifications_routes, conversation_file_routes)
