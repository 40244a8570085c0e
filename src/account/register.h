/*
 * register.h - conta nova com a empresa dela, quando a instalação deixa
 * (configuração registration). A primeira conta de todas administra a
 * plataforma. Não conhece HTTP.
 */
#ifndef BALCAO_REGISTER_H
#define BALCAO_REGISTER_H

#include <stdbool.h>

#include "auth/login.h"
#include "base/ctx.h"

struct registration {
    const char *name, *email, *password, *company_name;
    const char *lang; /* "pt-BR" ou "en"; NULL: o padrão */
};

/*
 * Pode-se registrar agora?
 *   is_open   [saída]
 *   is_first  [saída] seria a primeira conta; pode ser NULL
 */
enum err register_state(struct ctx *c, bool *is_open, bool *is_first);

/*
 * Cria pessoa, empresa e vínculo de administração, e manda as boas-vindas.
 * Não deixa transação aberta durante o hash. De dois pedidos juntos numa
 * instalação nova só um nasce super.
 * Erros: ERR_FORBIDDEN (registro fechado); ERR_INVALID (e-mail, senha);
 *        ERR_CONFLICT com o campo email, já usado com quaisquer maiúsculas.
 */
enum err account_register(struct ctx *c, const struct registration *in,
                          struct auth_user *out);

#endif
