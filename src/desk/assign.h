/*
 * assign.h - distribuição automática: quem espera numa fila vai a quem está
 * presente e tem vaga, do mais antigo ao mais novo. A regra é do banco
 * (queue_assign, migração 0031); aqui saem os avisos.
 */
#ifndef BALCAO_ASSIGN_H
#define BALCAO_ASSIGN_H

#include <stdint.h>

#include "base/ctx.h"

/*
 * Dá quem espera na fila (0: nada a fazer), se ela distribui. Chame na
 * transação que pôs alguém a esperar, que liberou alguém ou que mudou a fila.
 */
enum err assign_queue(struct ctx *c, int64_t queue_id);

/*
 * O mesmo, quando o atendimento acaba de sair das mãos de alguém para a fila:
 * nesta vez ele vai a outra pessoa, ou espera.
 *   by_user  com quem estava; 0: com ninguém
 */
enum err assign_returned(struct ctx *c, int64_t queue_id, int64_t ticket_id,
                         int64_t by_user);

/* O mesmo, em todas as filas de quem acaba de chegar: a pessoa do contexto. */
enum err assign_arrival(struct ctx *c);

/*
 * Avisa como o atendimento ficou, mesmo que quem o mudou já não o veja.
 *   old_queue_id  a fila de antes, que também precisa saber; 0: nenhuma
 */
enum err assign_tell(struct ctx *c, int64_t ticket_id, int64_t old_queue_id);

#endif
