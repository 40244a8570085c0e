/*
 * participant.h - os participantes de um atendimento: colegas que o acompanham
 * além de quem atende. Participar dá vista a ele, qualquer que seja a fila; por
 * isso só põe gente quem o vê e pode atender. O histórico e o aviso
 * (ticket:participants) são do banco (0064). Não conhece HTTP.
 */
#ifndef BALCAO_PARTICIPANT_H
#define BALCAO_PARTICIPANT_H

#include "base/ctx.h"
#include "base/field.h"
#include "desk/ticket.h"
#include "gen/q_participant.h"

#define PARTICIPANTS_MAX 20

/* Como um participante sai na API. */
extern const struct field participant_out[];

/* A pessoa do contexto participa dele? */
bool participant_is_me(const struct ctx *c, const struct q_ticket_row *t);

/*
 * Os participantes, do mais antigo ao mais novo.
 * Erros: ERR_NOT_FOUND se a pessoa do contexto não vê o atendimento.
 */
enum err participant_list(struct ctx *c, int64_t ticket_id,
                          struct q_participant_row **rows, int *count);

/*
 * Põe um colega, ou quem pede. Num encerrado também, como as anotações.
 *   user_id  0: quem pede
 * Erros: ERR_NOT_FOUND (não se vê o atendimento); ERR_INVALID com userId (não é
 *        pessoa ativa da empresa, não pode ler atendimentos, já é quem atende);
 *        ERR_CONFLICT (já participa, ou o atendimento se fundiu em outro);
 *        ERR_LIMIT_REACHED (são PARTICIPANTS_MAX).
 */
enum err participant_add(struct ctx *c, int64_t ticket_id, int64_t user_id,
                         struct q_participant_row *out);

/*
 * Tira um colega (pede tickets.write), ou a si mesmo (basta ver).
 * Erros: ERR_NOT_FOUND (não se vê o atendimento, ou a pessoa não participa),
 *        ERR_FORBIDDEN.
 */
enum err participant_drop(struct ctx *c, int64_t ticket_id, int64_t user_id);

#endif
