/* auth.c - rotas de /api/v1/auth: entrar, renovar e sair de um programa. */
#include <string.h>
#include <strings.h>

#include "app/app.h"
#include "auth/login.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"

#define APP_NAME "auth"
#define SMALL_BODY 16384

/* clang-format off */
struct user_out {
    int64_t id, company_id;
    const char *name, *email, *role;
};
static const struct field user_out[] = {
    INT (struct user_out, id, .doc = "Pessoa"),
    TEXT(struct user_out, name, .doc = "Nome"),
    TEXT(struct user_out, email, .doc = "E-mail"),
    ENUM(struct user_out, role, .doc = "Papel na empresa",
         .one_of = "super admin supervisor operator"),
    INT (struct user_out, company_id, .doc = "Empresa em que entrou"),
    FIELDS_END
};

struct tokens_out {
    const char *access_token, *refresh_token, *token_type;
    int64_t expires_in;
    struct user_out user;
};
static const struct field tokens_out[] = {
    TEXT(struct tokens_out, access_token, .doc = "JWT para Authorization"),
    TEXT(struct tokens_out, refresh_token,
         .doc = "Serve uma vez, para renovar; vai também em cookie HttpOnly"),
    TEXT(struct tokens_out, token_type, .doc = "Sempre Bearer"),
    INT (struct tokens_out, expires_in, .doc = "Segundos que o JWT vale"),
    { .name = "user", .kind = FIELD_OBJECT, .of = user_out,
      .offset = offsetof(struct tokens_out, user), .doc = "Quem entrou" },
    FIELDS_END
};
/* clang-format on */

/* Caminho próprio não aceita o prefixo __Host-; __Secure- aceita. */
static const char *
cookie_name(const struct req *r)
{
    return r->https ? "__Secure-balcao-refresh" : "balcao-refresh";
}

static struct auth_client
client_of(struct req *r)
{
    return (struct auth_client){ req_header(r, "User-Agent"), req_remote(r) };
}

static enum err
reply_tokens(struct req *r, const struct auth_tokens *t)
{
    reply_cookie(r, cookie_name(r), t->refresh, "/api",
                 t->refresh_expires_in_s);
    return reply(
        r, &(struct tokens_out){ .access_token = t->access,
                                 .refresh_token = t->refresh,
                                 .token_type = "Bearer",
                                 .expires_in = t->expires_in_s,
                                 .user = { .id = t->user.id,
                                           .company_id = t->user.company_id,
                                           .name = t->user.name,
                                           .email = t->user.email,
                                           .role = role_name(t->user.role) } });
}

/* clang-format off */
struct login_in { const char *email, *password; };
static const struct field login_in[] = {
    TEXT(struct login_in, email, .required = true, .max = 254,
         .doc = "E-mail da conta, em maiúsculas ou minúsculas"),
    TEXT(struct login_in, password, .required = true,
         .doc = "Senha, até 72 bytes em UTF-8"),
    FIELDS_END
};
/* clang-format on */

static enum err
login(struct req *r, const void *input)
{
    const struct login_in *in = input;
    struct auth_client from = client_of(r);
    struct auth_tokens tokens;
    struct auth_user user;
    enum err e;

    e = auth_check_password(&r->ctx, in->email, in->password, &user);
    if (e == OK)
        e = auth_tokens_start(&r->ctx, &user, &from, &tokens);
    return e != OK ? e : reply_tokens(r, &tokens);
}

/* clang-format off */
struct refresh_in { const char *refresh_token; };
static const struct field refresh_in[] = {
    TEXT(struct refresh_in, refresh_token, .max = 200,
         .doc = "Na falta vale o cabeçalho X-Refresh-Token, e depois o "
                "cookie do login"),
    FIELDS_END
};
/* clang-format on */

/* O token de onde quer que venha; NULL se não veio. */
static const char *
given_token(struct req *r, const struct refresh_in *in)
{
    const char *token = in->refresh_token;

    if (token == NULL)
        token = req_header(r, "X-Refresh-Token");
    if (token == NULL)
        token = req_cookie(r, cookie_name(r));
    return token != NULL && token[0] != '\0' ? token : NULL;
}

static enum err
refresh(struct req *r, const void *input)
{
    const char *token = given_token(r, input);
    struct auth_client from = client_of(r);
    struct auth_tokens tokens;
    enum err e;

    if (token == NULL)
        return fail(&r->ctx, ERR_UNAUTHORIZED, "%s",
                    _("Falta o token de renovação"));
    e = auth_tokens_rotate(&r->ctx, token, &from, &tokens);
    if (e == OK)
        return reply_tokens(r, &tokens);
    if (e == ERR_UNAUTHORIZED && req_cookie(r, cookie_name(r)) != NULL)
        reply_cookie(r, cookie_name(r), "", "/api", 0);
    return e;
}

/* A família do JWT de acesso, ou "" se ele não veio ou não vale. */
static const char *
bearer_family(struct req *r)
{
    const char *header = req_header(r, "Authorization");
    struct token t;

    if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0 ||
        !token_verify(header + 7, clock_now_s(), &t))
        return "";
    return arena_strdup(r->ctx.arena, t.family);
}

static enum err
logout(struct req *r, const void *input)
{
    const char *token = given_token(r, input), *family = bearer_family(r);
    enum err e;

    if (token == NULL && family[0] == '\0')
        return fail(&r->ctx, ERR_UNAUTHORIZED, "%s",
                    _("Falta o token de renovação"));
    e = token != NULL ? auth_tokens_end(&r->ctx, token) : OK;
    if (e == OK)
        e = auth_family_end(&r->ctx, family);
    if (e != OK)
        return e;
    if (req_cookie(r, cookie_name(r)) != NULL)
        reply_cookie(r, cookie_name(r), "", "/api", 0);
    return reply_empty(r);
}

/* clang-format off */
static const struct route routes[] = {
    { POST, "/api/v1/auth/login", login, .auth = AUTH_PUBLIC,
      .rate = { .hits = 60, .per_s = 60 }, .max_body = SMALL_BODY,
      IN(struct login_in, login_in), .out = tokens_out,
      .refuses = "401 403",
      .doc = "Troca e-mail e senha por um par de tokens" },
    { POST, "/api/v1/auth/refresh", refresh, .auth = AUTH_PUBLIC,
      .alias = "/api/v1/auth/refresh_token",
      .rate = { .hits = 240, .per_s = 60 }, .max_body = SMALL_BODY,
      IN(struct refresh_in, refresh_in), .out = tokens_out,
      .refuses = "401 403",
      .doc = "Troca o token de renovação por um par novo; o gasto não serve "
             "mais, e usá-lo de novo encerra todos os que vieram dele" },
    { POST, "/api/v1/auth/logout", logout, .auth = AUTH_PUBLIC,
      .rate = { .hits = 240, .per_s = 60 }, .max_body = SMALL_BODY,
      IN(struct refresh_in, refresh_in), .success = 204,
      .refuses = "401",
      .doc = "Encerra o token de renovação e todos os parentes dele, já; "
             "basta um dos dois tokens" },
    ROUTES_END
};
/* clang-format on */

APP_MAIN(routes)
