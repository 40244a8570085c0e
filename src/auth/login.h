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

/* Quem entrou, e na qual empresa. */
struct auth_user {
    int64_t id, company_id;
    int32_t token_version, access_version;
    enum role role;
    const char *permissions; /* códigos; NULL: as do papel da casa */
    const char *name, *email;
    const char *locale;    /* língua da pessoa, ou da empresa; pode ser NULL */
    const char *time_zone; /* fuso da empresa; pode ser NULL */
};

/* Quem bate à porta, com o que é preciso para conferir. */
struct auth_account {
    struct auth_user user; /* company_id 0: em nenhuma empresa */
    const char *password_hash;
    bool two_factor; /* a segunda etapa está ligada */
    bool suspended;  /* a única empresa que resta está suspensa */
    bool is_first;   /* nunca entrou */
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
 * A conta do e-mail (maiúsculas não contam), ou do número se user_id não é 0,
 * e a empresa em que o login cai: a última em que a pessoa esteve.
 *   found  [saída] falso se não existe ou está desligada
 */
enum err auth_find_account(struct ctx *c, const char *email, int64_t user_id,
                           struct auth_account *out, bool *found);

/* Refaz o hash antigo com o custo de agora; se não der, fica como estava. */
void auth_rehash(struct ctx *c, const struct auth_account *account,
                 const char *password);

/* Lembra que a pessoa está nesta empresa: nela cai o próximo login. */
enum err auth_visit(struct ctx *c, const struct auth_user *user);

/*
 * Grava a senha nova de alguém e mata os segredos que a trocariam de novo
 * (redefinição, e-mail novo, login pela metade). A regra da senha é de quem
 * chama (password_policy.h); depois, password_changed por e-mail.
 * As sessões continuam: chame auth_revoke_others.
 * Gasta o tempo de um hash: confirme a transação antes, se ela segura algo.
 * Erros:     ERR_NOT_FOUND se a pessoa não existe.
 */
enum err
auth_set_password(struct ctx *c, int64_t user_id, const char *password);

/*
 * Começa uma família de tokens de renovação para quem já se provou.
 * Efeito: grava na transação do contexto.
 */
enum err auth_tokens_start(struct ctx *c, const struct auth_user *user,
                           struct auth_tokens *out);

/*
 * Troca o token de renovação por um par novo. De dois pedidos juntos com o
 * mesmo token um ganha, e o outro derruba a família: é o que um ladrão faria.
 * Efeito: confirma a transação por conta própria, também quando recusa; a
 *         queda da família não pode se desfazer com a resposta 401.
 * Erros:  ERR_UNAUTHORIZED; ERR_SUSPENDED.
 * Fonte:  RFC 9700 seção 4.14.2.
 */
enum err
auth_tokens_rotate(struct ctx *c, const char *refresh, struct auth_tokens *out);

/*
 * Encerra a família do token, já: o de acesso dela também não vale mais. Vai
 * para a auditoria (logout); um token desconhecido não é erro.
 *   refresh  token de renovação, ou NULL
 *   family   de quem só tem o JWT de acesso: o sid dele; "" se não há
 */
enum err auth_sign_out(struct ctx *c, const char *refresh, const char *family);

/* Encerra uma família (ou sessão) pelo nome; "" ou desconhecida não é erro. */
enum err auth_family_end(struct ctx *c, const char *family);

/*
 * Abre uma sessão de navegador.
 *   cookie  [saída] o valor do cookie; só o hash dele fica no banco
 */
enum err auth_session_start(struct ctx *c, const struct auth_user *user,
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
