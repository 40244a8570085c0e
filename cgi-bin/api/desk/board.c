/*
 * desk/board.c - rotas de /api/v1/board: as colunas do quadro e os cartões
 * delas. Mover um cartão é de /api/v1/tickets/{id}/board.
 */
#include <inttypes.h>

#include "app/app.h"
#include "desk/board.h"

static enum err
columns(struct req *r, const void *input)
{
    struct q_ticket_board_columns_row *rows;
    int count;
    enum err e = q_ticket_board_columns(&r->ctx, &rows, &count);

    (void)input;
    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

struct cards_in {
    int64_t tag_id, before, limit;
};
static const struct field cards_in[] = {
    INT(struct cards_in, tag_id, .from = QUERY, .min = 0,
        .doc = "Etiqueta da coluna; 0: sem etapa"),
    INT(struct cards_in, before, .from = QUERY, .min = 1, .fallback = INT64_MAX,
        .doc = "Só os anteriores a este atendimento"),
    INT(struct cards_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 50, .doc = "Quantos por página"),
    FIELDS_END
};

static enum err
cards(struct req *r, const void *input)
{
    const struct cards_in *in = input;
    struct q_ticket_row *rows;
    int count;
    enum err e = q_ticket_board_cards(
        &r->ctx,
        &(struct q_ticket_board_cards_in){
            .tag_id = in->tag_id, .before = in->before, .max = in->limit },
        &rows, &count);

    if (e != OK)
        return e;
    return reply_list(
        r, rows, sizeof *rows, count,
        count == in->limit
            ? arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id)
            : NULL);
}

/* clang-format off */
const struct route board_routes[] = {
    { GET, "/api/v1/board", columns, PERM_TICKETS_READ, AUTH_EITHER,
      .out = board_column_out, .out_list = true,
      .doc = "As colunas do quadro, com quantos atendimentos abertos há em cada" },
    { GET, "/api/v1/board/cards", cards, PERM_TICKETS_READ, AUTH_EITHER,
      IN(struct cards_in, cards_in), .out = ticket_out, .out_list = true,
      .doc = "Os atendimentos abertos de uma coluna, do mais novo ao mais velho" },
    ROUTES_END
};
/* clang-format on */
