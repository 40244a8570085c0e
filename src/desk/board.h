/*
 * board.h - o quadro: cada etiqueta que é etapa é uma coluna, e um cartão é um
 * atendimento aberto. Não conhece HTTP.
 */
#ifndef BALCAO_BOARD_H
#define BALCAO_BOARD_H

#include "base/ctx.h"
#include "base/field.h"
#include "desk/ticket.h"

/* Uma coluna, pela API. */
extern const struct field board_column_out[];

/*
 * Põe o atendimento numa coluna: troca a etiqueta de etapa e deixa as outras.
 *   tag_id  0: sem etapa
 * Erros: ERR_NOT_FOUND, ERR_CONFLICT (encerrado), ERR_INVALID com tagId (não
 *        é etapa).
 */
enum err board_move(struct ctx *c, int64_t ticket_id, int64_t tag_id,
                    struct q_ticket_row *out);

#endif
