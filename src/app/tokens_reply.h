/*
 * tokens_reply.h - o par de tokens como a API o dá a quem acabou de se provar:
 * no corpo, e o de renovação também em cookie HttpOnly.
 */
#ifndef BALCAO_TOKENS_REPLY_H
#define BALCAO_TOKENS_REPLY_H

#include "auth/login.h"
#include "base/field.h"
#include "http/route.h"

/* A pessoa, como entrou. */
struct tokens_user {
    int64_t id, company_id;
    const char *name, *email, *role;
};

struct tokens_out {
    const char *access_token, *refresh_token, *token_type;
    int64_t expires_in;
    bool has_expires_in;
    struct tokens_user user;
};

/* O .out das rotas que sempre dão tokens. */
extern const struct field tokens_out[];

/* O mesmo, quando os tokens podem faltar (null). */
extern const struct field maybe_tokens_out[];

/* O nome do cookie do token de renovação, que só vai para /api. */
const char *refresh_cookie_name(const struct req *r);

/* Responde com os tokens e manda o cookie. */
enum err tokens_reply(struct req *r, const struct auth_tokens *t);

/* Responde só com a pessoa: ela ainda precisa entrar (maybe_tokens_out). */
enum err tokens_reply_none(struct req *r, const struct auth_user *user);

#endif
