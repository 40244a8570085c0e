/*
 * email_change.h - trocar o e-mail da conta: o novo precisa provar que recebe,
 * e o antigo fica sabendo. Até lá nada muda.
 */
#ifndef BALCAO_EMAIL_CHANGE_H
#define BALCAO_EMAIL_CHANGE_H

#include <stdbool.h>

#include "base/ctx.h"

/*
 * Manda o link de confirmação ao endereço novo. Se ele já é de outra conta a
 * resposta é a mesma e o e-mail não sai: só o dono da caixa saberia.
 * Erros: ERR_INVALID nos campos newEmail e password; ERR_RATE_LIMITED.
 */
enum err
email_change_ask(struct ctx *c, const char *new_email, const char *password);

/* O endereço à espera de confirmação; NULL: nenhum. */
enum err email_change_pending(struct ctx *c, const char **address);

/* Desiste da troca; não haver uma não é erro. */
enum err email_change_cancel(struct ctx *c);

/*
 * O link ainda vale, e é da pessoa do contexto? Não o gasta.
 *   address  [saída] o endereço novo, se vale; senão NULL
 */
enum err
email_change_peek(struct ctx *c, const char *token, const char **address);

/*
 * Troca o e-mail da pessoa do contexto. O link prova que alguém lê o endereço;
 * que esse alguém é o dono da conta, só a sessão dele prova: sem ela, uma conta
 * alheia tomaria o endereço de quem clicasse.
 * Erros: ERR_INVALID no campo token (venceu, já serviu, é de outra conta, ou o
 *        endereço foi tomado por outra nesse meio-tempo).
 */
enum err email_change_confirm(struct ctx *c, const char *token);

#endif
