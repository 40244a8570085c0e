/* session.c - páginas de entrada e saída, empresa, língua e aparência. */
#include <string.h>

#include "account/sign_in.h"
#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/recover_page.h"
#include "app/sign_in_http.h"
#include "auth/logins.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "http/local_path.h"

#define APP_NAME "session"
#define YEAR_S 31536000
#define SMALL_BODY 16384

extern const struct route join_pages[], unsubscribe_routes[], worker_routes[];
extern const struct route manifest_routes[];

/* Sair não é lugar para onde se vá. */
static bool
is_place(const char *next)
{
    return local_path(next) && strncmp(next, "/logout", 7) != 0;
}

/* Para onde ir depois de entrar. */
static const char *
after_login(const char *next)
{
    return is_place(next) && strncmp(next, "/login", 6) != 0 ? next : "/inbox";
}

/* O que se diz no alto do formulário recusado; NULL se nada houve. */
static const char *
error_text(struct req *r, enum err problem)
{
    if (problem == OK)
        return NULL;
    if (problem == ERR_RATE_LIMITED && r->ctx.retry_after_s > 0)
        reply_header(r, "Retry-After",
                     arena_printf(r->ctx.arena, "%u", r->ctx.retry_after_s));
    if (r->ctx.fields != NULL)
        return r->ctx.fields->detail;
    return r->ctx.detail != NULL ? r->ctx.detail : _(err_info(problem)->title);
}

static enum err
show_login(struct req *r, enum err problem, const char *email, const char *next)
{
    struct json_object *m = page_model(r, _("Entrar"));

    form_model(r, m, NULL);
    model_text(m, "email", email != NULL ? email : "");
    model_text(m, "next", after_login(next));
    model_text(m, "error", error_text(r, problem));
    model_bool(m, "focusPassword", email != NULL && email[0] != '\0');
    model_bool(m, "canRegister", strcmp(conf()->registration, "open") == 0);
    return page_reply(r, problem != OK ? err_info(problem)->status : 200,
                      "session/login", m);
}

/* clang-format off */
struct login_page_in { const char *next; };
static const struct field login_page_in[] = {
    TEXT(struct login_page_in, next, .lines = true, .from = QUERY,
         .doc = "Caminho local para onde ir depois"),
    FIELDS_END
};
/* clang-format on */

static enum err
login_page(struct req *r, const void *input)
{
    const struct login_page_in *in = input;
    unsigned char hash[TOKEN_HASH_BYTES];
    struct auth_session session;
    bool found = false;

    if (session_cookie_hash(r, hash)) {
        enum err e = auth_session_find(&r->ctx, hash, &session, &found);

        if (e != OK)
            return e;
    }
    if (found)
        return reply_redirect(r, after_login(in->next));
    return show_login(r, OK, NULL, in->next);
}

/* clang-format off */
struct login_in { const char *email, *password, *next; };
static const struct field login_in[] = {
    TEXT(struct login_in, email, .doc = "E-mail da conta"),
    TEXT(struct login_in, password, .doc = "Senha"),
    TEXT(struct login_in, next, .lines = true, .doc = "Caminho local para onde ir depois"),
    FIELDS_END
};
/* clang-format on */

/* O que se mostra no próprio formulário; o resto é página de problema. */
static bool
belongs_to_form(enum err e)
{
    return e == ERR_BAD_LOGIN || e == ERR_INVALID || e == ERR_SUSPENDED ||
           e == ERR_FORBIDDEN || e == ERR_RATE_LIMITED ||
           e == ERR_UNAUTHORIZED || e == ERR_TWO_FACTOR;
}

/* O login pela metade: só este cookie, e nunca a senha de novo. */
static const char *
half_cookie_name(const struct req *r)
{
    return r->https ? "__Secure-balcao-login" : "balcao-login";
}

static const char *
code_path(struct req *r, const char *next)
{
    struct str s;

    str_init(&s, r->ctx.arena, 80);
    str_puts(&s, "/login/code?next=");
    str_url(&s, after_login(next), strlen(after_login(next)));
    return s.data;
}

static enum err
ask_code(struct req *r, const struct signed_in *half, const char *next)
{
    char *token = arena_alloc(r->ctx.arena, TOKEN_OPAQUE_CHARS + 1);
    enum err e = sign_in_half(&r->ctx, half, token);

    if (e != OK)
        return e;
    reply_cookie(r, half_cookie_name(r), token, "/login", ONE_TIME_LOGIN_S);
    return reply_redirect(r, code_path(r, next));
}

/* Entrou: sessão nova, e o aparelho fica conhecido. */
static enum err
let_in(struct req *r, const struct signed_in *who, const char *next)
{
    enum err e = browser_session_open(r, &who->user);

    if (e != OK)
        return e;
    device_cookie_send(r, who->device);
    return reply_redirect(r, after_login(next));
}

static enum err
login(struct req *r, const void *input)
{
    const struct login_in *in = input;
    struct signed_in who = { 0 };
    enum err e;

    if (in->email == NULL || in->email[0] == '\0')
        e = fail_field(&r->ctx, "email", "required", "%s",
                       _("Informe o e-mail"));
    else
        e = sign_in_password(&r->ctx,
                             &(struct sign_in){ .email = in->email,
                                                .password = in->password != NULL
                                                                ? in->password
                                                                : "",
                                                .device = device_cookie(r) },
                             &who);
    if (e == ERR_TWO_FACTOR)
        return ask_code(r, &who, in->next);
    if (e == OK)
        return let_in(r, &who, in->next);
    return belongs_to_form(e) ? show_login(r, e, in->email, in->next) : e;
}

static enum err
show_code(struct req *r, enum err problem, const char *next, bool recovery)
{
    struct json_object *m = page_model(r, _("Segunda etapa"));

    model_text(m, "next", after_login(next));
    model_bool(m, "recovery", recovery);
    model_text(m, "error", error_text(r, problem));
    return page_reply(r, problem != OK ? err_info(problem)->status : 200,
                      "session/code", m);
}

/* clang-format off */
struct code_page_in { const char *next, *use; };
static const struct field code_page_in[] = {
    TEXT(struct code_page_in, next, .lines = true, .from = QUERY,
         .doc = "Caminho local para onde ir depois"),
    ENUM(struct code_page_in, use, .from = QUERY, .one_of = "app recovery",
         .doc = "Que código se vai digitar"),
    FIELDS_END
};
struct code_in { const char *code, *next, *use; };
static const struct field code_in[] = {
    TEXT(struct code_in, code, .max = 40,
         .doc = "Código do aplicativo ou de recuperação"),
    TEXT(struct code_in, next, .lines = true, .doc = "Caminho local para onde ir depois"),
    ENUM(struct code_in, use, .one_of = "app recovery",
         .doc = "Que código se pediu"),
    FIELDS_END
};
/* clang-format on */

static bool
is_recovery(const char *use)
{
    return use != NULL && strcmp(use, "recovery") == 0;
}

static enum err
code_page(struct req *r, const void *input)
{
    const struct code_page_in *in = input;
    struct one_time half;
    bool valid;
    enum err e =
        one_time_peek(&r->ctx, ONE_TIME_LOGIN,
                      req_cookie(r, half_cookie_name(r)), &half, &valid);

    if (e != OK)
        return e;
    return valid ? show_code(r, OK, in->next, is_recovery(in->use))
                 : reply_redirect(r, "/login");
}

static enum err
code(struct req *r, const void *input)
{
    const struct code_in *in = input;
    struct signed_in who = { 0 };
    enum err e = sign_in_code(&r->ctx, req_cookie(r, half_cookie_name(r)),
                              in->code, device_cookie(r), &who);

    if (e == OK)
        e = let_in(r, &who, in->next);
    if (e == OK || e == ERR_UNAUTHORIZED)
        reply_cookie(r, half_cookie_name(r), "", "/login", 0);
    if (e == ERR_TWO_FACTOR || e == ERR_RATE_LIMITED)
        return show_code(r, e, in->next, is_recovery(in->use));
    return belongs_to_form(e) ? show_login(r, e, NULL, in->next) : e;
}

static enum err
logout(struct req *r, const void *input)
{
    unsigned char hash[TOKEN_HASH_BYTES];
    enum err e = OK;

    (void)input;
    if (session_cookie_hash(r, hash))
        e = auth_session_end(&r->ctx, hash);
    if (e == OK)
        e = sign_out_note(&r->ctx);
    if (e != OK)
        return e;
    r->session.renewed = false;
    reply_cookie(r, session_cookie_name(r), "", "/", 0);
    return reply_redirect(r, "/login");
}

/* clang-format off */
struct company_in { int64_t company_id; const char *next; };
static const struct field company_in[] = {
    INT (struct company_in, company_id, .required = true, .min = 1,
         .doc = "Empresa em que se quer trabalhar"),
    TEXT(struct company_in, next, .lines = true, .doc = "Caminho local para onde ir depois"),
    FIELDS_END
};
/* clang-format on */

/* A sessão é da empresa: trocar de uma é trocar da outra, com cookie novo. */
static enum err
enter_company(struct req *r, const void *input)
{
    const struct company_in *in = input;
    struct auth_user user;
    enum err e = auth_enter_company(&r->ctx, in->company_id, &user);

    if (e == OK)
        e = browser_session_open(r, &user);
    return e != OK ? e : reply_redirect(r, after_login(in->next));
}

/* clang-format off */
struct language_in { const char *lang, *next; };
static const struct field language_in[] = {
    ENUM(struct language_in, lang, .required = true, .one_of = "pt-BR en",
         .doc = "Língua das páginas"),
    TEXT(struct language_in, next, .lines = true, .doc = "Caminho local para onde voltar"),
    FIELDS_END
};
/* clang-format on */

static enum err
language(struct req *r, const void *input)
{
    const struct language_in *in = input;

    reply_cookie(r, "lang", in->lang, "/", YEAR_S);
    return reply_redirect(r, is_place(in->next) ? in->next : "/inbox");
}

/* clang-format off */
struct theme_in { const char *theme, *next; };
static const struct field theme_in[] = {
    ENUM(struct theme_in, theme, .required = true, .doc = "Aparência",
         .one_of = "auto light dark"),
    TEXT(struct theme_in, next, .lines = true, .doc = "Caminho local para onde voltar"),
    FIELDS_END
};
/* clang-format on */

static enum err
theme(struct req *r, const void *input)
{
    const struct theme_in *in = input;

    reply_cookie(r, "theme", in->theme, "/", YEAR_S);
    return reply_redirect(r, is_place(in->next) ? in->next : "/inbox");
}

#define PAGE_FORM \
    .accepts = ACCEPT_FORM, .html = true, .out_type = "text/html", \
    .success = 303, .max_body = SMALL_BODY, .refuses = "403"

/* clang-format off */
static const struct route routes[] = {
    { GET, "/login", login_page, .auth = AUTH_PUBLIC, .html = true,
      .writes = true, .one_query = true, .out_type = "text/html",
      IN(struct login_page_in, login_page_in), .doc = "Formulário de entrada" },
    { POST, "/login", login, .auth = AUTH_PUBLIC_FORM,
      .accepts = ACCEPT_FORM, .html = true, .out_type = "text/html",
      .success = 303, .max_body = SMALL_BODY, .refuses = "401 403 429",
      .rate = { .hits = 60, .per_s = 60 },
      IN(struct login_in, login_in),
      .doc = "Abre a sessão do navegador, ou pede o código da segunda etapa" },
    { GET, "/login/code", code_page, .auth = AUTH_PUBLIC, .html = true,
      .one_query = true, .out_type = "text/html",
      IN(struct code_page_in, code_page_in),
      .doc = "Formulário do código, depois da senha" },
    { POST, "/login/code", code, .auth = AUTH_PUBLIC_FORM,
      .accepts = ACCEPT_FORM, .html = true, .out_type = "text/html",
      .success = 303, .max_body = SMALL_BODY, .refuses = "401 403 429",
      .rate = { .hits = 60, .per_s = 60 },
      IN(struct code_in, code_in),
      .doc = "Abre a sessão do navegador, com o código" },
    { POST, "/company", enter_company, .auth = AUTH_COOKIE,
      .permit = PERM_SELF, PAGE_FORM " 404",
      IN(struct company_in, company_in),
      .doc = "Passa a trabalhar noutra empresa" },
    { POST, "/logout", logout, .auth = AUTH_COOKIE, .permit = PERM_SELF,
      PAGE_FORM, .doc = "Encerra a sessão do navegador" },
    { POST, "/language", language, .auth = AUTH_PUBLIC_FORM, PAGE_FORM,
      IN(struct language_in, language_in), .doc = "Troca a língua" },
    { POST, "/theme", theme, .auth = AUTH_PUBLIC_FORM, PAGE_FORM,
      IN(struct theme_in, theme_in), .doc = "Troca a aparência" },
    { GET, "/forgot", forgot_page, .auth = AUTH_PUBLIC, .html = true,
      .out_type = "text/html", .doc = "Formulário de quem esqueceu a senha" },
    { POST, "/forgot", forgot_send, .auth = AUTH_PUBLIC_FORM, PAGE_FORM " 429",
      .rate = { .hits = 60, .per_s = 60 }, IN(struct forgot_in, forgot_in),
      .doc = "Manda o link para escolher outra senha" },
    { GET, "/forgot/sent", forgot_sent, .auth = AUTH_PUBLIC, .html = true,
      .out_type = "text/html", .doc = "O link foi, se a conta existe" },
    { GET, "/reset", reset_page, .auth = AUTH_PUBLIC, .html = true,
      .one_query = true, .out_type = "text/html", .refuses = "422",
      IN(struct reset_page_in, reset_page_in),
      .doc = "Formulário da senha nova; o token do link sai do endereço" },
    { POST, "/reset", reset_save, .auth = AUTH_PUBLIC_FORM, PAGE_FORM,
      .rate = { .hits = 60, .per_s = 60 }, IN(struct reset_in, reset_in),
      .doc = "Grava a senha nova e encerra todos os logins da pessoa" },
    ROUTES_END
};
/* clang-format on */

APP_MAIN_OF(routes, join_pages, manifest_routes, unsubscribe_routes,
            worker_routes)
