/*
 * own_password.h - a pessoa prova de novo que é ela, com a senha, antes do
 * que é grave; e troca a própria senha. Quem entrou e deixou a tela aberta
 * não basta.
 */
#ifndef BALCAO_OWN_PASSWORD_H
#define BALCAO_OWN_PASSWORD_H

#include "auth/login.h"
#include "base/ctx.h"

/*
 * Confere a senha da pessoa do contexto. Cada erro conta num freio só dela
 * (THROTTLE_SELF) e vai para a auditoria. Confirma a transação por conta
 * própria: chame antes de gravar. field  nome JSON do campo, para o erro out
 * [saída] a conta; pode ser NULL Erros:   ERR_INVALID com o campo;
 * ERR_RATE_LIMITED; ERR_FORBIDDEN por token de API, que não é a pessoa.
 */
enum err own_password_prove(struct ctx *c, const char *field,
                            const char *password, struct auth_account *out);

/*
 * Troca a senha de quem prova a atual. Encerra todos os outros logins, avisa
 * por e-mail e deixa rastro na auditoria; este login continua.
 * Erros: os de own_password_prove no campo currentPassword, e os de
 *        password_policy.h no campo newPassword.
 */
enum err
own_password_change(struct ctx *c, const char *current, const char *fresh);

#endif
