/* tickets.c - rotas de /api/v1/tickets: listas, estados e mensagens. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/i18n.h"
#include "desk/message.h"
#include "desk/ticket.h"

#define APP_NAME "tickets"
#define LAST_ID INT64_MAX

struct list_in {
    const char *status, *cursor;
    int64_t limit;
};
static const struct field list_in[] = {
    ENUM(struct list_in, status, .from = QUERY, .doc = "Estado; open é active",
         .one_of = "bot pending active closed open"),
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 20, .doc = "Quantos por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 80,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};

/* O cursor é a chave da última linha: "instante,id". */
static bool
read_cursor(struct req *r, const char *cursor, const char **at, int64_t *id)
{
    const char *comma;
    size_t n;

    *at = "infinity";
    *id = LAST_ID;
    if (cursor == NULL)
        return true;
    comma = strchr(cursor, ',');
    if (comma == NULL || !parse_int64(comma + 1, id))
        return false;
    n = (size_t)(comma - cursor);
    *at = arena_memdup(r->ctx.arena, cursor, n);
    return n >= 22 && n <= 32 && strspn(*at, "0123456789-:.+ ") == n &&
           (*at)[4] == '-' && (*at)[13] == ':';
}

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    const char *status = in->status, *at, *next = NULL;
    struct q_ticket_row *rows;
    int64_t id;
    int count;
    enum err e;

    if (status == NULL || strcmp(status, "open") == 0)
        status = "active";
    if (!read_cursor(r, in->cursor, &at, &id))
        return fail_field(&r->ctx, "cursor", "format", "%s",
                          _("não é um cursor desta lista"));
    e = q_ticket_list(&r->ctx,
                      &(struct q_ticket_list_in){ .status = status,
                                                  .before_at = at,
                                                  .before_id = id,
                                                  .max = in->limit },
                      &rows, &count);
    if (e != OK)
        return e;
    if (count == in->limit)
        next = arena_printf(r->ctx.arena, "%s,%" PRId64,
                            rows[count - 1].updated_at, rows[count - 1].id);
    return reply_list(r, rows, sizeof *rows, count, next);
}

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Ticket"), FIELDS_END
};

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_ticket_row t;
    enum err e;

    e = q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id }, &t);
    return e != OK ? e : reply(r, &t);
}

struct messages_in {
    int64_t id, limit, before;
};
static const struct field messages_in[] = {
    INT(struct messages_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct messages_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 50, .doc = "Quantas por página"),
    INT(struct messages_in, before, .from = QUERY, .min = 1,
        .fallback = LAST_ID, .doc = "Só as anteriores a esta mensagem"),
    FIELDS_END
};

static enum err
list_messages(struct req *r, const void *input)
{
    const struct messages_in *in = input;
    struct q_message_row *rows;
    const char *next = NULL;
    struct q_ticket_row t;
    int count;
    enum err e;

    e = q_message_list(&r->ctx,
                       &(struct q_message_list_in){ .ticket_id = in->id,
                                                    .before = in->before,
                                                    .max = in->limit },
                       &rows, &count);
    if (e != OK)
        return e;
    /* vazio e inexistente não são a mesma resposta */
    if (count == 0 && in->before == LAST_ID) {
        r->ctx.tx = TX_NONE; /* a primeira consulta já fechou */
        e = q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id },
                         &t);
        if (e != OK)
            return e;
    }
    if (count == in->limit)
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    return reply_list(r, rows, sizeof *rows, count, next);
}

struct post_in {
    int64_t id, reply_to;
    const char *body;
};
static const struct field post_in[] = {
    INT(struct post_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct post_in, body, .required = true, .min = 1, .max = 4096,
         .lines = true, .doc = "Texto ao cliente"),
    INT(struct post_in, reply_to, .doc = "Mensagem citada"), FIELDS_END
};

static enum err
post_message(struct req *r, const void *input)
{
    const struct post_in *in = input;
    struct q_message_row m;
    enum err e;

    e = ticket_reply(&r->ctx,
                     &(struct ticket_reply_in){ .ticket_id = in->id,
                                                .body = in->body,
                                                .reply_to = in->reply_to },
                     &m);
    return e != OK ? e : reply(r, &m);
}

/* As três mudanças de estado só diferem na função do domínio. */
static enum err
move(struct req *r, const void *input,
     enum err (*change)(struct ctx *, int64_t, struct q_ticket_row *))
{
    const struct id_in *in = input;
    struct q_ticket_row t;
    enum err e = change(&r->ctx, in->id, &t);

    return e != OK ? e : reply(r, &t);
}

static enum err
take(struct req *r, const void *input)
{
    return move(r, input, ticket_take);
}

static enum err
close_ticket(struct req *r, const void *input)
{
    return move(r, input, ticket_close);
}

static enum err
reopen(struct req *r, const void *input)
{
    return move(r, input, ticket_reopen);
}

static enum err
mark_read(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = ticket_mark_read(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/api/v1/tickets", list, PERM_TICKETS_READ, .one_query = true,
      .cached = true, IN(struct list_in, list_in), .out = ticket_out,
      .out_list = true,
      .alias = "/api/v1/chats", .doc = "Lista os tickets de um estado" },
    { GET, "/api/v1/tickets/{id}", get, PERM_TICKETS_READ, .one_query = true,
      .cached = true, IN(struct id_in, id_in), .out = ticket_out,
      .alias = "/api/v1/chats/{id}", .doc = "Um ticket" },
    { GET, "/api/v1/tickets/{id}/messages", list_messages, PERM_TICKETS_READ,
      .one_query = true, .cached = true,
      IN(struct messages_in, messages_in),
      .out = message_out, .out_list = true,
      .alias = "/api/v1/chats/{id}/messages",
      .doc = "Mensagens de um ticket, da mais nova à mais velha" },
    { POST, "/api/v1/tickets/{id}/messages", post_message, PERM_TICKETS_WRITE,
      IN(struct post_in, post_in), .out = message_out, .success = 201,
      .refuses = "409",
      .alias = "/api/v1/chats/{id}/messages", .doc = "Responde ao cliente" },
    { POST, "/api/v1/tickets/{id}/take", take, PERM_TICKETS_WRITE,
      IN(struct id_in, id_in), .out = ticket_out,
      .refuses = "409", .alias = "/api/v1/chats/{id}/start", .doc = "Assume o atendimento" },
    { POST, "/api/v1/tickets/{id}/close", close_ticket, PERM_TICKETS_WRITE,
      IN(struct id_in, id_in), .out = ticket_out,
      .refuses = "409", .alias = "/api/v1/chats/{id}/end", .doc = "Encerra o atendimento" },
    { POST, "/api/v1/tickets/{id}/reopen", reopen, PERM_TICKETS_WRITE,
      IN(struct id_in, id_in), .out = ticket_out,
      .refuses = "409", .alias = "/api/v1/chats/{id}/reopen", .doc = "Reabre o atendimento" },
    { POST, "/api/v1/tickets/{id}/read", mark_read, PERM_TICKETS_WRITE,
      IN(struct id_in, id_in), .success = 204,
      .alias = "/api/v1/chats/{id}/read",
      .doc = "Zera as mensagens não lidas" },
    ROUTES_END
};
/* clang-format on */

extern const struct route watch_routes[]; /* tickets/watch.c */

APP_MAIN_OF(routes, watch_routes)
