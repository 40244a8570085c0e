/*
 * password.h - senhas em bcrypt $2b$, pela libcrypt. O bcrypt só lê 72 bytes e
 * para no primeiro zero: o que passa disso é recusado, nunca cortado.
 */
#ifndef BALCAO_PASSWORD_H
#define BALCAO_PASSWORD_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/str.h"

enum { PASSWORD_MAX_BYTES = 72, PASSWORD_HASH_CHARS = 60 };

/*
 * Confere se a senha cabe no bcrypt: 1 a 72 bytes, sem byte zero. É sobre o
 * formato, não sobre a força.
 *   field  nome JSON do campo, para o erro
 * Erros:   ERR_INVALID, com o campo registrado.
 */
enum err password_check(struct ctx *c, const char *field, struct slice plain);

/*
 * Gera o hash com o custo bcrypt_cost da configuração (a 12, uns 200 ms).
 *   plain  já passou por password_check
 *   out    [saída] PASSWORD_HASH_CHARS caracteres e o '\0'
 * Erros:   ERR_INTERNAL se a libcrypt recusar.
 * Fonte:   crypt(5), prefixo $2b$.
 */
enum err password_hash(struct ctx *c, struct slice plain,
                       char out[static PASSWORD_HASH_CHARS + 1]);

/*
 * Compara em tempo constante.
 *   hash  $2a$, $2b$ ou $2y$; NULL ou outra coisa: gasta o tempo de um hash
 *         de verdade e devolve falso, para que ninguém meça se a conta existe
 */
bool password_verify(struct slice plain, const char *hash);

/* Diz se o hash deve ser refeito no próximo login: prefixo ou custo antigos. */
bool password_needs_rehash(const char *hash);

#endif
