/* tickets/merge.c - funde um atendimento em outro do mesmo contato. */
#include "app/app.h"
#include "desk/ticket_merge.h"

struct merge_in {
    int64_t id, into_id;
};
static const struct field merge_in[] = {
    INT(struct merge_in, id, .from = PATH, .min = 1,
        .doc = "O que se encerra; as mensagens dele passam ao outro"),
    INT(struct merge_in, into_id, .required = true, .min = 1,
        .doc = "O que fica, do mesmo contato e canal"),
    FIELDS_END
};

static enum err
merge(struct req *r, const void *input)
{
    const struct merge_in *in = input;
    struct q_ticket_row t;
    enum err e = ticket_merge(&r->ctx, in->id, in->into_id, &t);

    return e != OK ? e : reply(r, &t);
}

/* clang-format off */
const struct route merge_routes[] = {
    { POST, "/api/v1/tickets/{id}/merge", merge, PERM_TICKETS_MANAGE,
      IN(struct merge_in, merge_in), .out = ticket_out, .refuses = "409",
      .alias = "/api/v1/chats/{id}/merge",
      .doc = "Funde o atendimento em outro do mesmo contato e canal; não se desfaz" },
    ROUTES_END
};
/* clang-format on */
