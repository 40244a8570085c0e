/*
 * login.h - entrar, renovar e sair: as regras, sobre sql/queries/auth.sql.
 * Não conhece HTTP: cookies e cabeçalhos são de quem chama. Tudo aqui roda
 * com ctx->company_id 0, porque ainda não se sabe a empresa.
 */
#ifndef BALCAO_LOGIN_H
#define BALCAO_LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/token.h"
#include "base/ctx.h"

/* De onde vem quem entra; fica gravado na sessão. NULL vale vazio. */
struct auth_client {
    const char *user_agent, *address;
};

/* Quem entrou, e na qual empresa. */
struct auth_user {
    int64_t id, company_id;
    int32_t token_version, access_version;
    enum role role;
    const char *permissions; /* códigos; NULL: as do papel da casa */
    const char *name, *email;
};

/* O par que um programa guarda. */
struct auth_tokens {
    const char *access, *refresh, *family;
    int64_t expires_in_s, refresh_expires_in_s;
    struct auth_user user;
};

/* Uma sessão de navegador aberta. */
struct auth_session {
    int64_t id, user_id, company_id;
    int32_t token_version, access_version;
    enum role role;
    const char *permissions; /* códigos; NULL: as do papel da casa */
    bool renewed;            /* o prazo andou: o cookie precisa ir de novo */
    const char *name, *locale, *company_name, *time_zone, *visibility;
    const char *queue_ids; /* "1,2" ou "" */
    const char *companies; /* JSON [{id, name, current}]; NULL: é uma só */
    char family[TOKEN_FAMILY_CHARS + 1]; /* nome do login, para encerrá-lo */
};

/*
 * Confere e-mail e senha. Gasta o mesmo tempo exista ou não a conta, e refaz
 * o hash antigo. Não fica transação aberta durante o hash.
 * Erros: ERR_BAD_LOGIN; ERR_INVALID (senha com mais de 72 bytes);
 *        ERR_SUSPENDED e ERR_FORBIDDEN (sem empresa), só com a senha certa.
 */
enum err auth_check_password(struct ctx *c, const char *email,
                             const char *password, struct auth_user *out);

/*
 * Começa uma família de tokens de renovação para quem já se provou.
 * Efeito: grava na transação do contexto.
 */
enum err
auth_tokens_start(struct ctx *c, const struct auth_user *user,
                  const struct auth_client *from, struct auth_tokens *out);

/*
 * Troca o token de renovação por um par novo. De dois pedidos juntos com o
 * mesmo token um ganha, e o outro derruba a família: é o que um ladrão faria.
 * Efeito: confirma a transação por conta própria, também quando recusa; a
 *         queda da família não pode se desfazer com a resposta 401.
 * Erros:  ERR_UNAUTHORIZED; ERR_SUSPENDED.
 * Fonte:  RFC 9700 seção 4.14.2.
 */
enum err
auth_tokens_rotate(struct ctx *c, const char *refresh,
                   const struct auth_client *from, struct auth_tokens *out);

/* Encerra a família do token; um desconhecido não é erro. */
enum err auth_tokens_end(struct ctx *c, const char *refresh);

/* O mesmo, para quem só tem o JWT de acesso: a família é o sid dele. */
enum err auth_family_end(struct ctx *c, const char *family);

/*
 * Abre uma sessão de navegador.
 *   cookie  [saída] o valor do cookie; só o hash dele fica no banco
 */
enum err auth_session_start(struct ctx *c, const struct auth_user *user,
                            const struct auth_client *from,
                            char cookie[static TOKEN_OPAQUE_CHARS + 1]);

/*
 * Acha a sessão pelo hash do cookie, se vale: aberta, no prazo, de pessoa e
 * empresa ativas e da versão de token atual.
 */
enum err auth_session_find(struct ctx *c,
                           const unsigned char hash[static TOKEN_HASH_BYTES],
                           struct auth_session *out, bool *found);

/* Encerra a sessão; uma desconhecida não é erro. */
enum err auth_session_end(struct ctx *c,
                          const unsigned char hash[static TOKEN_HASH_BYTES]);

#endif
