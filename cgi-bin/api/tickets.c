/* tickets.c - rotas de /api/v1/tickets: listas, estados e mensagens. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/ticket_lists.h"
#include "app/ticket_messages.h"
#include "app/ticket_work.h"
#include "base/i18n.h"
#include "desk/ticket.h"

#define APP_NAME "tickets"
#define LAST_ID INT64_MAX

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
    const struct ticket_list_in *in = input;
    const char *status = in->status, *at, *next = NULL;
    struct q_ticket_row *rows;
    int64_t id;
    int count;
    enum err e;

    if (ticket_list_is_filtered(in))
        return ticket_list_filtered(r, in);
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
reopen(struct req *r, const void *input)
{
    return move(r, input, ticket_reopen);
}

static enum err
mark_read(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = ticket_see(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/api/v1/tickets", list, PERM_TICKETS_READ, .one_query = true,
      .cached = true, IN(struct ticket_list_in, ticket_list_in), .out = ticket_out,
      .out_list = true,
      .alias = "/api/v1/chats", .doc = "Lista os tickets de um estado, com filtros e ordem" },
    TICKET_LIST_ROUTES,
    { GET, "/api/v1/tickets/{id}", get, PERM_TICKETS_READ, .one_query = true,
      .cached = true, IN(struct id_in, id_in), .out = ticket_out,
      .alias = "/api/v1/chats/{id}", .doc = "Um ticket" },
    TICKET_MESSAGE_ROUTES,
    { POST, "/api/v1/tickets/{id}/take", take, PERM_TICKETS_WRITE,
      IN(struct id_in, id_in), .out = ticket_out,
      .refuses = "409", .alias = "/api/v1/chats/{id}/start", .doc = "Assume o atendimento" },
    { POST, "/api/v1/tickets/{id}/close", ticket_work_close,
      PERM_TICKETS_WRITE, IN(struct ticket_close_in, ticket_close_in), .out = ticket_out,
      .refuses = "409", .alias = "/api/v1/chats/{id}/end", .doc = "Encerra o atendimento" },
    { POST, "/api/v1/tickets/{id}/reopen", reopen, PERM_TICKETS_WRITE,
      IN(struct id_in, id_in), .out = ticket_out,
      .refuses = "409", .alias = "/api/v1/chats/{id}/reopen", .doc = "Reabre o atendimento" },
    { POST, "/api/v1/tickets/{id}/read", mark_read, PERM_TICKETS_WRITE,
      IN(struct id_in, id_in), .success = 204,
      .alias = "/api/v1/chats/{id}/read",
      .doc = "Diz que se leu: zera as não lidas e confirma a leitura ao cliente, "
             "se quem pede atende ou se ninguém atende; quem só acompanha não "
             "lê pelo colega" },
    TICKET_WORK_ROUTES,
    ROUTES_END
};
/* clang-format on */

extern const struct route watch_routes[];       /* tickets/watch.c */
extern const struct route bulk_routes[];        /* tickets/bulk.c */
extern const struct route view_routes[];        /* tickets/views.c */
extern const struct route reply_routes[];       /* tickets/replies.c */
extern const struct route scheduled_routes[];   /* tickets/scheduled.c */
extern const struct route board_routes[];       /* tickets/board.c */
extern const struct route macro_routes[];       /* tickets/macros.c */
extern const struct route merge_routes[];       /* tickets/merge.c */
extern const struct route participant_routes[]; /* tickets/participants.c */

/* as de nome fixo antes de /tickets/{id} */
APP_MAIN_OF(view_routes, routes, watch_routes, bulk_routes, reply_routes,
            scheduled_routes, board_routes, macro_routes, merge_routes,
            participant_routes)
