/*
 * recovery.h - quem esqueceu a senha: o pedido, o link de uso único e a senha
 * nova. Serve também a quem não está em empresa nenhuma. Não diz a ninguém se
 * uma conta existe: isso só sabe quem recebe o e-mail.
 */
#ifndef BALCAO_RECOVERY_H
#define BALCAO_RECOVERY_H

#include <stdbool.h>

#include "base/ctx.h"

/*
 * Manda o link, se a conta existe. A resposta e o trabalho são os mesmos se
 * não existe: o que muda é um job a mais na mesma ida ao banco. Passado do
 * limite do e-mail (throttle.h) não manda outro, e o último continua valendo:
 * quem inunda a caixa de alguém não lhe tira o link.
 * Efeito: confirma a transação por conta própria.
 * Erros:  ERR_RATE_LIMITED, pelo endereço de quem pede.
 * Fonte:  OWASP Forgot Password Cheat Sheet.
 */
enum err recovery_ask(struct ctx *c, const char *email);

/* O link ainda vale? Não o gasta. */
enum err recovery_peek(struct ctx *c, const char *token, bool *valid);

/*
 * Troca a senha, encerra toda sessão e todo token da pessoa e a avisa por
 * e-mail. A segunda etapa continua: quem só leu a caixa de entrada não entra.
 * Erros: ERR_INVALID com o campo `token` (venceu, já foi usado, não existe)
 *        ou `password` (regra de password_policy.h); aí o link ainda vale.
 */
enum err
recovery_finish(struct ctx *c, const char *token, const char *password);

#endif
