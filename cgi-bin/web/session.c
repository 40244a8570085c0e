/* session.c - páginas de entrada e saída; língua e aparência. */
#include <string.h>

#include "app/app.h"
#include "app/page_model.h"
#include "auth/login.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "http/local_path.h"

#define APP_NAME "session"
#define YEAR_S 31536000
#define SMALL_BODY 16384

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

static enum err
show_login(struct req *r, enum err problem, const char *email, const char *next)
{
    const struct err_info *info = err_info(problem);
    const struct field_error *f = r->ctx.fields;
    struct json_object *m = page_model(r, _("Entrar"));
    const char *error = NULL;

    if (problem != OK)
        error = f != NULL               ? f->detail
                : r->ctx.detail != NULL ? r->ctx.detail
                                        : _(info->title);
    model_text(m, "email", email != NULL ? email : "");
    model_text(m, "next", after_login(next));
    model_text(m, "error", error);
    model_bool(m, "focusPassword", email != NULL && email[0] != '\0');
    return page_reply(r, problem != OK ? info->status : 200, "session/login",
                      m);
}

/* clang-format off */
struct login_page_in { const char *next; };
static const struct field login_page_in[] = {
    TEXT(struct login_page_in, next, .from = QUERY,
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
    TEXT(struct login_in, next, .doc = "Caminho local para onde ir depois"),
    FIELDS_END
};
/* clang-format on */

/* Uma sessão por navegador: a anterior, se havia, acaba aqui. */
static enum err
open_session(struct req *r, const struct auth_user *user)
{
    struct auth_client from = { req_header(r, "User-Agent"), req_remote(r) };
    char *cookie = arena_alloc(r->ctx.arena, TOKEN_OPAQUE_CHARS + 1);
    unsigned char hash[TOKEN_HASH_BYTES];
    enum err e = OK;

    if (session_cookie_hash(r, hash))
        e = auth_session_end(&r->ctx, hash);
    if (e == OK)
        e = auth_session_start(&r->ctx, user, &from, cookie);
    if (e == OK)
        reply_cookie(r, session_cookie_name(r), cookie, "/", conf()->session_s);
    return e;
}

/* O que se mostra no próprio formulário; o resto é página de problema. */
static bool
belongs_to_form(enum err e)
{
    return e == ERR_BAD_LOGIN || e == ERR_INVALID || e == ERR_SUSPENDED ||
           e == ERR_FORBIDDEN;
}

static enum err
login(struct req *r, const void *input)
{
    const struct login_in *in = input;
    struct auth_user user;
    enum err e;

    if (in->email == NULL || in->email[0] == '\0')
        e = fail_field(&r->ctx, "email", "required", "%s",
                       _("Informe o e-mail"));
    else
        e = auth_check_password(&r->ctx, in->email,
                                in->password != NULL ? in->password : "",
                                &user);
    if (e == OK)
        e = open_session(r, &user);
    if (belongs_to_form(e))
        return show_login(r, e, in->email, in->next);
    return e != OK ? e : reply_redirect(r, after_login(in->next));
}

static enum err
logout(struct req *r, const void *input)
{
    unsigned char hash[TOKEN_HASH_BYTES];
    enum err e = OK;

    (void)input;
    if (session_cookie_hash(r, hash))
        e = auth_session_end(&r->ctx, hash);
    if (e != OK)
        return e;
    reply_cookie(r, session_cookie_name(r), "", "/", 0);
    return reply_redirect(r, "/login");
}

/* clang-format off */
struct language_in { const char *lang, *next; };
static const struct field language_in[] = {
    ENUM(struct language_in, lang, .required = true, .one_of = "pt-BR en",
         .doc = "Língua das páginas"),
    TEXT(struct language_in, next, .doc = "Caminho local para onde voltar"),
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
    TEXT(struct theme_in, next, .doc = "Caminho local para onde voltar"),
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
      .success = 303, .max_body = SMALL_BODY, .refuses = "401 403",
      .rate = { .hits = 60, .per_s = 60 },
      IN(struct login_in, login_in), .doc = "Abre a sessão do navegador" },
    { POST, "/logout", logout, .auth = AUTH_COOKIE, .permit = PERM_SELF,
      PAGE_FORM, .doc = "Encerra a sessão do navegador" },
    { POST, "/language", language, .auth = AUTH_PUBLIC_FORM, PAGE_FORM,
      IN(struct language_in, language_in), .doc = "Troca a língua" },
    { POST, "/theme", theme, .auth = AUTH_PUBLIC_FORM, PAGE_FORM,
      IN(struct theme_in, theme_in), .doc = "Troca a aparência" },
    ROUTES_END
};
/* clang-format on */

APP_MAIN(routes)
