/* scheduled.c - as mensagens agendadas de um atendimento. */
#include <inttypes.h>

#include "app/app.h"
#include "desk/schedule.h"
#include "desk/ticket.h"

struct list_in {
    int64_t id, before, limit;
};
static const struct field list_in[] = {
    INT(struct list_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct list_in, before, .from = QUERY, .min = 1, .fallback = INT64_MAX,
        .doc = "Só as anteriores a esta"),
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 50, .doc = "Quantas por página"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_schedule_row *rows;
    struct q_ticket_row t;
    int count;
    enum err e =
        q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id }, &t);

    if (e == OK)
        e = q_schedule_of_ticket(
            &r->ctx,
            &(struct q_schedule_of_ticket_in){
                .ticket_id = in->id, .before = in->before, .max = in->limit },
            &rows, &count);
    if (e != OK)
        return e;
    return reply_list(
        r, rows, sizeof *rows, count,
        count == in->limit
            ? arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id)
            : NULL);
}

struct new_in {
    int64_t id;
    const char *body, *due_at, *repeat;
};
static const struct field new_in[] = {
    INT(struct new_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct new_in, body, .required = true, .min = 1,
         .max = SCHEDULE_BODY_MAX, .lines = true, .doc = "Texto ao cliente"),
    TEXT(struct new_in, due_at, .required = true, .max = 40,
         .doc = "Quando sai: instante ISO 8601 futuro, até um ano"),
    ENUM(struct new_in, repeat, .one_of = SCHEDULE_REPEATS,
         .doc = "Repetição; sem ela, uma vez só"),
    FIELDS_END
};

static enum err
create(struct req *r, const void *input)
{
    const struct new_in *in = input;
    struct q_schedule_row row;
    enum err e = schedule_create(
        &r->ctx, in->id,
        &(struct schedule_change){
            .body = in->body, .due = in->due_at, .repeats = in->repeat },
        &row);

    return e != OK ? e : reply(r, &row);
}

/* clang-format off */
const struct route scheduled_routes[] = {
    { GET, "/api/v1/tickets/{id}/scheduled", list, PERM_TICKETS_READ,
      AUTH_EITHER, IN(struct list_in, list_in), .out = schedule_out,
      .out_list = true, .alias = "/api/v1/chats/{id}/scheduled",
      .doc = "Mensagens agendadas no atendimento, da última marcada à primeira" },
    { POST, "/api/v1/tickets/{id}/scheduled", create, PERM_TICKETS_WRITE,
      AUTH_EITHER, IN(struct new_in, new_in), .out = schedule_out,
      .success = 201, .refuses = "409", .alias = "/api/v1/chats/{id}/scheduled",
      .doc = "Agenda uma mensagem" },
    ROUTES_END
};
/* clang-format on */
