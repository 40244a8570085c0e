/* tickets/macros.c - faz uma macro num atendimento. */
#include "app/app.h"
#include "desk/macro.h"
#include "desk/ticket.h"

struct run_in {
    int64_t id, macro_id;
};
static const struct field run_in[] = {
    INT(struct run_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct run_in, macro_id, .from = PATH, .min = 1, .doc = "Macro"),
    FIELDS_END
};

static enum err
run(struct req *r, const void *input)
{
    const struct run_in *in = input;
    struct q_ticket_row t;
    enum err e = macro_run(&r->ctx, in->id, in->macro_id, &t);

    return e != OK ? e : reply(r, &t);
}

/* clang-format off */
const struct route macro_routes[] = {
    { POST, "/api/v1/tickets/{id}/macros/{macroId}", run, PERM_TICKETS_WRITE,
      IN(struct run_in, run_in), .out = ticket_out, .refuses = "409 422",
      .alias = "/api/v1/chats/{id}/macros/{macroId}",
      .doc = "Faz todos os passos de uma macro, ou nenhum" },
    ROUTES_END
};
/* clang-format on */
