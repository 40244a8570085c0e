/*
 * person.h - o que uma mudança numa pessoa faz aos atendimentos dela: quem
 * sai da empresa os devolve à fila, todos, na mesma transação.
 */
#ifndef BALCAO_PERSON_H
#define BALCAO_PERSON_H

#include "account/user.h"

/*
 * user_change e, se ela deixou de trabalhar aqui, a volta dos atendimentos
 * abertos à fila, com histórico e aviso.
 * Erros: os de user_change.
 */
enum err person_change(struct ctx *c, int64_t id, const struct user_change *to,
                       struct q_member_row *out);

/* Desliga a pessoa da empresa; já desligada não é erro. */
enum err person_remove(struct ctx *c, int64_t id);

/* Traz de volta quem foi desligado, como era. Erros: os de user_change. */
enum err person_restore(struct ctx *c, int64_t id, struct q_member_row *out);

#endif
