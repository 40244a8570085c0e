/* auth.c - rotas de /api/v1/auth: entrar, sair, logins, empresa e senha. */
#include <string.h>
#include <strings.h>

#include "account/recovery.h"
#include "account/sign_in.h"
#include "app/app.h"
#include "app/sign_in_http.h"
#include "auth/logins.h"
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
struct login_in { const char *email, *password, *code; };
static const struct field login_in[] = {
    TEXT(struct login_in, email, .required = true, .max = 254,
         .doc = "E-mail da conta, em maiúsculas ou minúsculas"),
    TEXT(struct login_in, password, .required = true,
         .doc = "Senha, até 72 bytes em UTF-8"),
    TEXT(struct login_in, code, .max = 40,
         .doc = "Com a segunda etapa ligada: o código de 6 dígitos do "
                "aplicativo, ou um de recuperação"),
    FIELDS_END
};
/* clang-format on */

static enum err
login(struct req *r, const void *input)
{
    const struct login_in *in = input;
    struct signed_in who = { 0 };
    struct auth_tokens tokens;
    enum err e;

    e = sign_in_password(&r->ctx,
                         &(struct sign_in){ .email = in->email,
                                            .password = in->password,
                                            .code = in->code,
                                            .device = device_cookie(r) },
                         &who);
    if (e == OK)
        e = auth_tokens_start(&r->ctx, &who.user, &tokens);
    if (e != OK)
        return e;
    device_cookie_send(r, who.device);
    return reply_tokens(r, &tokens);
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
    struct auth_tokens tokens;
    enum err e;

    if (token == NULL)
        return fail(&r->ctx, ERR_UNAUTHORIZED, "%s",
                    _("Falta o token de renovação"));
    e = auth_tokens_rotate(&r->ctx, token, &tokens);
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
    e = auth_sign_out(&r->ctx, token, "");
    if (e == OK)
        e = auth_sign_out(&r->ctx, NULL, family); /* pode ser outra */
    if (e != OK)
        return e;
    if (req_cookie(r, cookie_name(r)) != NULL)
        reply_cookie(r, cookie_name(r), "", "/api", 0);
    return reply_empty(r);
}

static enum err
logout_all(struct req *r, const void *input)
{
    enum err e = auth_logout_all(&r->ctx);

    (void)input;
    if (e != OK)
        return e;
    if (req_cookie(r, cookie_name(r)) != NULL)
        reply_cookie(r, cookie_name(r), "", "/api", 0);
    return reply_empty(r);
}

/* clang-format off */
static const struct field session_out[] = {
    TEXT(struct auth_login, id, .doc = "Nome do login (uuid)"),
    ENUM(struct auth_login, kind, .one_of = "browser program",
         .doc = "Navegador, ou programa com tokens"),
    TEXT(struct auth_login, device,
         .doc = "Palpite pelo User-Agent: \"Firefox no Linux\""),
    TEXT(struct auth_login, user_agent, .doc = "User-Agent, como veio"),
    TEXT(struct auth_login, address, .doc = "Endereço IP do último uso"),
    INT (struct auth_login, company_id, .doc = "Empresa em que está"),
    TEXT(struct auth_login, company_name, .doc = "Nome da empresa"),
    TIME(struct auth_login, created_at, .doc = "Quando entrou"),
    TIME(struct auth_login, last_used_at,
         .doc = "Último uso, com folga de 5 minutos (navegador) ou da última "
                "renovação (programa)"),
    BOOL(struct auth_login, current, .doc = "É o deste pedido"),
    FIELDS_END
};
/* clang-format on */

static enum err
sessions(struct req *r, const void *input)
{
    struct auth_login *rows;
    int count;
    enum err e = auth_logins(&r->ctx, &rows, &count);

    (void)input;
    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

/* clang-format off */
struct session_in { const char *id; };
static const struct field session_in[] = {
    TEXT(struct session_in, id, .from = PATH, .max = 36,
         .doc = "Nome do login"),
    FIELDS_END
};
/* clang-format on */

static enum err
end_session(struct req *r, const void *input)
{
    const struct session_in *in = input;
    enum err e = auth_login_end(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
struct company_in { int64_t company_id; };
static const struct field company_in[] = {
    INT(struct company_in, company_id, .required = true, .min = 1,
        .doc = "Empresa em que se quer trabalhar"),
    FIELDS_END
};
/* clang-format on */

static enum err
enter_company(struct req *r, const void *input)
{
    const struct company_in *in = input;
    struct auth_tokens tokens = { 0 };
    struct auth_user user;
    enum err e = auth_enter_company(&r->ctx, in->company_id, &user);

    if (e == OK)
        e = auth_tokens_start(&r->ctx, &user, &tokens);
    if (e == OK)
        e = auth_family_end(&r->ctx, r->ctx.family);
    return e != OK ? e : reply_tokens(r, &tokens);
}

/* clang-format off */
struct forgot_in { const char *email; };
static const struct field forgot_in[] = {
    TEXT(struct forgot_in, email, .required = true, .min = 1, .max = 254,
         .doc = "E-mail da conta"),
    FIELDS_END
};
/* clang-format on */

static enum err
forgot(struct req *r, const void *input)
{
    const struct forgot_in *in = input;
    enum err e = recovery_ask(&r->ctx, in->email);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
struct reset_in { const char *token, *password; };
static const struct field reset_in[] = {
    TEXT(struct reset_in, token, .required = true, .max = 200,
         .doc = "O token do link que veio por e-mail"),
    TEXT(struct reset_in, password, .required = true,
         .doc = "Senha nova: 10 a 72 bytes, fora das listas de senhas comuns"),
    FIELDS_END
};
/* clang-format on */

static enum err
reset(struct req *r, const void *input)
{
    const struct reset_in *in = input;
    enum err e = recovery_finish(&r->ctx, in->token, in->password);

    return e != OK ? e : reply_empty(r);
}

#define MINE .auth = AUTH_EITHER, .permit = PERM_SELF

/* clang-format off */
static const struct route routes[] = {
    { POST, "/api/v1/auth/login", login, .auth = AUTH_PUBLIC,
      .rate = { .hits = 60, .per_s = 60 }, .max_body = SMALL_BODY,
      IN(struct login_in, login_in), .out = tokens_out,
      .refuses = "401 403 429",
      .doc = "Troca e-mail e senha por um par de tokens. Com a segunda etapa "
             "ligada e sem o código, 401 two-factor-required: repita com code" },
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
    { POST, "/api/v1/auth/logout-all", logout_all, MINE,
      .max_body = SMALL_BODY, .success = 204,
      .doc = "Encerra todos os logins da pessoa, também este, em todas as "
             "empresas; tokens de API ficam" },
    { GET, "/api/v1/auth/sessions", sessions, MINE, .one_query = true,
      .out = session_out, .out_list = true,
      .doc = "Os logins abertos da pessoa, em todas as empresas" },
    { DELETE, "/api/v1/auth/sessions/{id}", end_session, MINE,
      IN(struct session_in, session_in), .success = 204, .refuses = "404",
      .doc = "Encerra um login, já: o token de acesso dele e os fluxos abertos "
             "não valem mais" },
    { POST, "/api/v1/auth/company", enter_company, .permit = PERM_SELF, .secret = true,
      .max_body = SMALL_BODY, IN(struct company_in, company_in),
      .out = tokens_out, .refuses = "403 404",
      .doc = "Passa a trabalhar noutra empresa: um par de tokens dela no lugar "
             "do de agora, que acaba" },
    { POST, "/api/v1/auth/forgot", forgot, .auth = AUTH_PUBLIC,
      .rate = { .hits = 60, .per_s = 60 }, .max_body = SMALL_BODY,
      IN(struct forgot_in, forgot_in), .success = 204, .refuses = "429",
      .doc = "Manda por e-mail um link de 30 minutos para escolher outra "
             "senha; a resposta é a mesma se a conta não existe" },
    { POST, "/api/v1/auth/reset", reset, .auth = AUTH_PUBLIC,
      .rate = { .hits = 60, .per_s = 60 }, .max_body = SMALL_BODY,
      IN(struct reset_in, reset_in), .success = 204,
      .doc = "Grava a senha nova com o token do link, que serve uma vez, e "
             "encerra todos os logins da pessoa" },
    ROUTES_END
};
/* clang-format on */

APP_MAIN(routes)
