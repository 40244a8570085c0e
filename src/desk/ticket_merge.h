/*
 * ticket_merge.h - fundir dois atendimentos do mesmo contato no mesmo canal: as
 * mensagens do primeiro passam ao segundo, num fio só, e ele se encerra
 * apontando para o outro. Não conhece HTTP.
 */
#ifndef BALCAO_TICKET_MERGE_H
#define BALCAO_TICKET_MERGE_H

#include "desk/ticket.h"
#include "gen/q_ticket_merge.h"

/*
 * Funde `id` em `into`, que fica com mensagens, arquivos, agendamentos e
 * etiquetas dos dois. O histórico dos dois o diz; avisa ticket:merged,
 * ticket:updated e, se estava aberto, ticket:closed.
 *   out  [saída] o que ficou
 * Erros: ERR_NOT_FOUND (id que não se vê), ERR_CONFLICT (um deles já se
 *        fundiu; o outro está encerrado e este não; há mensagem saindo para
 *        outro endereço; o contato foi apagado), ERR_INVALID com intoId (não
 *        existe, é ele mesmo, é de outro contato ou de outro canal).
 */
enum err
ticket_merge(struct ctx *c, int64_t id, int64_t into, struct q_ticket_row *out);

#endif
