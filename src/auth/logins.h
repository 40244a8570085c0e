/*
 * logins.h - os logins abertos de uma pessoa, de navegador e de programa, e
 * como se encerram. Um login é uma família de tokens ou uma sessão; o nome
 * dele (uuid) é o mesmo do claim sid e de ctx->family.
 */
#ifndef BALCAO_LOGINS_H
#define BALCAO_LOGINS_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/login.h"
#include "base/ctx.h"

struct auth_login {
    const char *id;                   /* uuid */
    const char *kind;                 /* "browser" ou "program" */
    const char *device;               /* "Firefox no Linux" */
    const char *user_agent, *address; /* como vieram */
    int64_t company_id;
    const char *company_name;
    const char *created_at, *last_used_at; /* timestamptz em UTC */
    bool current;                          /* é o deste pedido */
};

/*
 * Os logins abertos da pessoa do contexto, em qualquer empresa, do usado há
 * menos tempo ao mais esquecido (até 200).
 */
enum err auth_logins(struct ctx *c, struct auth_login **out, int *count);

/* Esta pessoa já entrou por este programa neste endereço (os do contexto)? */
enum err auth_seen_here(struct ctx *c, int64_t user_id, bool *seen);

/*
 * Encerra um login da pessoa do contexto, e já: o token de acesso não vale no
 * próximo pedido e o fluxo dele cai. Vai para a auditoria.
 *   id  qualquer texto
 * Erros: ERR_NOT_FOUND se não é dela ou já acabou.
 */
enum err auth_login_end(struct ctx *c, const char *id);

/*
 * Encerra todos os logins da pessoa do contexto menos o deste pedido: o que
 * trocar a senha ou ligar a segunda etapa pede. Tokens de API ficam.
 *   ended  [saída] quantos; pode ser NULL
 */
enum err auth_revoke_others(struct ctx *c, int64_t *ended);

/*
 * Encerra tudo da pessoa, também este pedido: sobe a versão dela, e nenhum
 * token ou sessão de antes vale mais. Vai para a auditoria.
 */
enum err auth_logout_all(struct ctx *c);

/*
 * O que a pessoa do contexto é noutra empresa, para entrar nela; quem é da
 * plataforma entra em qualquer uma. Lembra a visita e a põe na auditoria da
 * empresa (company.entered). Depois: auth_tokens_start ou auth_session_start,
 * e auth_family_end(c, c->family).
 * Erros: ERR_NOT_FOUND (não existe ou não é dela: não se distingue),
 *        ERR_SUSPENDED; ERR_FORBIDDEN com token de API, que é de uma empresa.
 */
enum err
auth_enter_company(struct ctx *c, int64_t company_id, struct auth_user *out);

#endif
