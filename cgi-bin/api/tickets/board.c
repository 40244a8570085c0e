/* board.c - o atendimento numa coluna do quadro. */
#include "app/app.h"
#include "desk/board.h"

struct move_in {
    int64_t id, tag_id;
    bool has_tag_id;
};
static const struct field move_in[] = {
    INT(struct move_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT_IF_SENT(struct move_in, tag_id, .required = true,
                .doc = "Etiqueta da coluna; null ou 0: sem etapa"),
    FIELDS_END
};

static enum err
move(struct req *r, const void *input)
{
    const struct move_in *in = input;
    struct q_ticket_row t;
    enum err e = board_move(&r->ctx, in->id, in->tag_id, &t);

    return e != OK ? e : reply(r, &t);
}

/* clang-format off */
const struct route board_routes[] = {
    { PUT, "/api/v1/tickets/{id}/board", move, PERM_TICKETS_WRITE, AUTH_EITHER,
      IN(struct move_in, move_in), .out = ticket_out, .refuses = "409",
      .alias = "/api/v1/chats/{id}/board",
      .doc = "Põe o atendimento numa coluna do quadro" },
    ROUTES_END
};
/* clang-format on */
