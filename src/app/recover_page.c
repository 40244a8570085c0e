/* recover_page.c - páginas de senha esquecida. */
#include "app/recover_page.h"

#include <string.h>

#include "account/recovery.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "auth/one_time.h"
#include "base/i18n.h"

/* clang-format off */
const struct field forgot_in[] = {
    TEXT(struct forgot_in, email, .max = 254, .doc = "E-mail da conta"),
    FIELDS_END
};
const struct field reset_page_in[] = {
    TEXT(struct reset_page_in, token, .lines = true, .from = QUERY, .max = 200,
         .doc = "O segredo do link"),
    FIELDS_END
};
const struct field reset_in[] = {
    TEXT(struct reset_in, password, .doc = "Senha nova"),
    FIELDS_END
};
/* clang-format on */

static const char *
cookie_name(const struct req *r)
{
    return r->https ? "__Secure-balcao-reset" : "balcao-reset";
}

static const char *
error_text(struct req *r, enum err problem)
{
    if (problem == OK)
        return NULL;
    if (r->ctx.fields != NULL)
        return r->ctx.fields->detail;
    return r->ctx.detail != NULL ? r->ctx.detail : _(err_info(problem)->title);
}

static enum err
show_forgot(struct req *r, enum err problem, const char *email)
{
    struct json_object *m = page_model(r, _("Esqueci a senha"));

    model_text(m, "email", email);
    model_text(m, "error", error_text(r, problem));
    if (problem == ERR_RATE_LIMITED && r->ctx.retry_after_s > 0)
        reply_header(r, "Retry-After",
                     arena_printf(r->ctx.arena, "%u", r->ctx.retry_after_s));
    return page_reply(r, problem != OK ? err_info(problem)->status : 200,
                      "session/forgot", m);
}

enum err
forgot_page(struct req *r, const void *input)
{
    (void)input;
    return show_forgot(r, OK, "");
}

enum err
forgot_send(struct req *r, const void *input)
{
    const struct forgot_in *in = input;
    enum err e;

    if (in->email == NULL || in->email[0] == '\0')
        e = fail_field(&r->ctx, "email", "required", "%s",
                       _("Informe o e-mail"));
    else
        e = recovery_ask(&r->ctx, in->email);
    if (e == ERR_INVALID || e == ERR_RATE_LIMITED)
        return show_forgot(r, e, in->email != NULL ? in->email : "");
    return e != OK ? e : reply_redirect(r, "/forgot/sent");
}

enum err
forgot_sent(struct req *r, const void *input)
{
    (void)input;
    return page_reply(r, 200, "session/sent",
                      page_model(r, _("Veja o seu e-mail")));
}

/* O link venceu: nada a digitar, só a pedir outro. */
static enum err
show_reset(struct req *r, enum err problem, bool valid)
{
    struct json_object *m = page_model(r, _("Escolha outra senha"));
    int status = problem != OK ? err_info(problem)->status : 200;

    model_bool(m, "valid", valid);
    model_text(m, "error", error_text(r, problem));
    return page_reply(r, valid ? status : err_info(ERR_INVALID)->status,
                      "session/reset", m);
}

enum err
reset_page(struct req *r, const void *input)
{
    const struct reset_page_in *in = input;
    bool valid;
    enum err e;

    if (in->token != NULL) {
        reply_cookie(r, cookie_name(r),
                     token_is_opaque(in->token) ? in->token : "", "/reset",
                     token_is_opaque(in->token) ? ONE_TIME_RESET_S : 0);
        return reply_redirect(r, "/reset");
    }
    e = recovery_peek(&r->ctx, req_cookie(r, cookie_name(r)), &valid);
    return e != OK ? e : show_reset(r, OK, valid);
}

enum err
reset_save(struct req *r, const void *input)
{
    const struct reset_in *in = input;
    const char *token = req_cookie(r, cookie_name(r));
    enum err e = recovery_finish(&r->ctx, token != NULL ? token : "",
                                 in->password != NULL ? in->password : "");

    if (e == ERR_INVALID)
        return show_reset(r, e, strcmp(r->ctx.fields->field, "token") != 0);
    if (e != OK)
        return e;
    reply_cookie(r, cookie_name(r), "", "/reset", 0);
    return form_done(r, "/login",
                     _("Senha trocada. Entre com a nova em todos os seus "
                       "aparelhos."));
}
