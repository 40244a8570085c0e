/* macros.c - o clique numa macro, no painel da conversa. */
#include "app/app.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "desk/macro.h"

struct macro_in {
    int64_t id, macro_id;
};
static const struct field macro_in[] = {
    INT(struct macro_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct macro_in, macro_id, .from = PATH, .min = 1, .doc = "Macro"),
    FIELDS_END
};

static enum err
run(struct req *r, const void *input)
{
    const struct macro_in *in = input;
    struct inbox_talk talk = { .id = in->id, .is_seen = true };
    struct q_ticket_row t;
    enum err e = macro_run(&r->ctx, in->id, in->macro_id, &t);

    return e == OK ? inbox_show_moved(r, in->id)
                   : inbox_show_again(r, e, &talk);
}

/* clang-format off */
const struct route macro_form_routes[] = {
    { POST, "/inbox/{id}/macros/{macroId}", run, PERM_TICKETS_WRITE,
      WEB_FORM, IN(struct macro_in, macro_in),
      .doc = "Faz uma macro no atendimento" },
    ROUTES_END
};
/* clang-format on */
