/*
 * password_policy.h - que senha se aceita de quem a escolhe. Só vale ao criar
 * e ao trocar: quem entra passa por password_check, mais brando. Não guarda
 * nem escreve a senha em lugar nenhum.
 */
#ifndef BALCAO_PASSWORD_POLICY_H
#define BALCAO_PASSWORD_POLICY_H

#include "base/ctx.h"
#include "base/str.h"

enum { PASSWORD_MIN_BYTES = 10 };

/*
 * Confere uma senha nova: 10 a 72 bytes, UTF-8 sem caractere de controle, fora
 * do dicionário (password_dictionary), sem ser repetição ou sequência, e que
 * não seja o e-mail, a parte dele antes do @ ou o nome, com até 3 letras a
 * mais. Maiúsculas, números e símbolos não são exigidos.
 *   field  nome JSON do campo, para o erro
 *   email  da pessoa, ou NULL
 *   name   da pessoa, ou NULL
 * Sem dicionário avisa uma vez no log e segue com as outras regras.
 * Erros:   ERR_INVALID, com o campo: required, min, max, type ou common.
 * Memória: a cópia de trabalho é apagada antes de voltar.
 * Fonte:   NIST SP 800-63B seção 5.1.1.2; libcrack (cracklib) 2.9.
 */
enum err
password_policy_check(struct ctx *c, const char *field, struct slice plain,
                      const char *email, const char *name);

#endif
