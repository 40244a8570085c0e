/* account.c - páginas de /account: a pessoa cuida da própria conta. */
#include <string.h>

#include "account/email_change.h"
#include "account/own_password.h"
#include "account/picture.h"
#include "account/profile.h"
#include "app/account_page.h"
#include "app/app.h"
#include "app/form_page.h"
#include "app/picture_reply.h"
#include "auth/logins.h"
#include "base/i18n.h"

#define APP_NAME "account"
#define SMALL_BODY 16384
#define PICTURE_BODY (4 << 20)

/* ---- perfil ---- */

static enum err
show_profile(struct req *r, const void *input)
{
    (void)input;
    return account_profile_page(r);
}

/* clang-format off */
static const struct field profile_in[] = {
    TEXT(struct profile, name, .required = true, .max = 120,
         .doc = "Nome da conta"),
    TEXT(struct profile, display_name, .required = true, .max = 120,
         .doc = "Nome nesta empresa"),
    ENUM(struct profile, locale, .required = true, .one_of = "pt-BR en",
         .doc = "Língua"),
    FIELDS_END
};
struct picture_in { const struct upload *picture; };
static const struct field picture_in[] = {
    UPLOAD(struct picture_in, picture, .required = true, .max = PICTURE_BODY,
           .one_of = PROFILE_PICTURE_TYPES, .doc = "Imagem do retrato"),
    FIELDS_END
};
/* clang-format on */

static enum err
save_profile(struct req *r, const void *input)
{
    enum err e = profile_change(&r->ctx, input);

    return e != OK ? e : form_done(r, "/account", _("Perfil salvo"));
}

static enum err
save_picture(struct req *r, const void *input)
{
    const struct picture_in *in = input;
    enum err e = profile_picture_put(&r->ctx, "picture", in->picture->data);

    return e != OK ? e : form_done(r, "/account", _("Retrato trocado"));
}

static enum err
drop_picture(struct req *r, const void *input)
{
    enum err e = picture_drop(&r->ctx, PICTURE_OF_USER, r->ctx.user_id);

    (void)input;
    return e != OK ? e : form_done(r, "/account", _("Retrato tirado"));
}

static enum err
get_picture(struct req *r, const void *input)
{
    (void)input;
    return picture_reply(r, PICTURE_OF_USER, r->ctx.user_id);
}

/* ---- senha e e-mail ---- */

static enum err
show_password(struct req *r, const void *input)
{
    (void)input;
    return account_password_page(r);
}

/* clang-format off */
struct password_in { const char *current_password, *new_password; };
static const struct field password_in[] = {
    TEXT(struct password_in, current_password, .required = true,
         .doc = "A senha de agora"),
    TEXT(struct password_in, new_password, .required = true,
         .doc = "A senha nova"),
    FIELDS_END
};
struct email_in { const char *new_email, *password; };
static const struct field email_in[] = {
    TEXT(struct email_in, new_email, .required = true, .max = 254,
         .doc = "O endereço novo"),
    TEXT(struct email_in, password, .required = true, .doc = "A senha"),
    FIELDS_END
};
struct token_in { const char *token; };
static const struct field token_query[] = {
    TEXT(struct token_in, token, .lines = true, .from = QUERY, .max = 100,
         .doc = "O segredo do link"),
    FIELDS_END
};
static const struct field token_body[] = {
    TEXT(struct token_in, token, .max = 100, .doc = "O segredo do link"),
    FIELDS_END
};
/* clang-format on */

static enum err
change_password(struct req *r, const void *input)
{
    const struct password_in *in = input;
    enum err e =
        own_password_change(&r->ctx, in->current_password, in->new_password);

    return e != OK ? e
                   : form_done(r, "/account/password",
                               _("Senha trocada; os outros aparelhos foram "
                                 "desconectados"));
}

static enum err
change_email(struct req *r, const void *input)
{
    const struct email_in *in = input;
    enum err e = email_change_ask(&r->ctx, in->new_email, in->password);

    return e != OK ? e
                   : form_done(r, "/account/password",
                               _("Mandamos um link ao endereço novo; a troca "
                                 "vale depois que você o abrir"));
}

static enum err
cancel_email(struct req *r, const void *input)
{
    enum err e = email_change_cancel(&r->ctx);

    (void)input;
    return e != OK ? e
                   : form_done(r, "/account/password",
                               _("A troca de e-mail foi cancelada"));
}

/* Abrir o link não basta: leitores de e-mail abrem tudo sozinhos. */
static enum err
show_confirm(struct req *r, const void *input)
{
    const struct token_in *in = input;
    const char *token = in->token != NULL ? in->token : "", *address;
    enum err e = email_change_peek(&r->ctx, token, &address);

    return e != OK ? e : account_confirm_page(r, token, address);
}

static enum err
redraw_confirm(struct req *r)
{
    return account_confirm_page(r, "", NULL);
}

static enum err
confirm_email(struct req *r, const void *input)
{
    const struct token_in *in = input;
    enum err e =
        email_change_confirm(&r->ctx, in->token != NULL ? in->token : "");

    return e != OK
               ? e
               : form_done(r, "/account/password",
                           _("E-mail confirmado: é com ele que você entra"));
}

/* ---- segunda etapa ---- */

static enum err
show_two_factor(struct req *r, const void *input)
{
    (void)input;
    return account_two_factor_page(r, NULL, NULL);
}

/* O formulário recusado volta com a mesma oferta, se ela ainda vale. */
static enum err
redraw_two_factor(struct req *r)
{
    const char *setup = req_form(r, "setup");
    struct two_factor_offer offer;

    if (setup != NULL && two_factor_offer_again(&r->ctx, setup, &offer) == OK)
        return account_two_factor_page(r, &offer, NULL);
    ctx_clear_error(&r->ctx);
    return account_two_factor_page(r, NULL, NULL);
}

/* clang-format off */
struct proof_in { const char *password, *code; };
static const struct field proof_in[] = {
    TEXT(struct proof_in, password, .required = true, .doc = "A senha"),
    FIELDS_END
};
static const struct field both_in[] = {
    TEXT(struct proof_in, password, .required = true, .doc = "A senha"),
    TEXT(struct proof_in, code, .required = true, .max = 40,
         .doc = "Código do aplicativo ou de recuperação"),
    FIELDS_END
};
struct confirm_in { const char *setup, *code; };
static const struct field confirm_in[] = {
    TEXT(struct confirm_in, setup, .required = true, .doc = "A oferta"),
    TEXT(struct confirm_in, code, .required = true, .max = 20,
         .doc = "Código que o aplicativo mostra"),
    FIELDS_END
};
/* clang-format on */

static enum err
offer_two_factor(struct req *r, const void *input)
{
    const struct proof_in *in = input;
    struct two_factor_offer offer;
    enum err e = two_factor_offer(&r->ctx, in->password, &offer);

    return e != OK ? e : account_two_factor_page(r, &offer, NULL);
}

static enum err
confirm_two_factor(struct req *r, const void *input)
{
    const struct confirm_in *in = input;
    two_factor_codes codes;
    enum err e = two_factor_confirm(&r->ctx, in->setup, in->code, codes);

    return e != OK ? e : account_two_factor_page(r, NULL, codes);
}

static enum err
renew_codes(struct req *r, const void *input)
{
    const struct proof_in *in = input;
    two_factor_codes codes;
    enum err e = two_factor_renew_codes(&r->ctx, in->password, in->code, codes);

    return e != OK ? e : account_two_factor_page(r, NULL, codes);
}

static enum err
show_removal(struct req *r, const void *input)
{
    (void)input;
    return account_two_factor_remove_page(r);
}

static enum err
remove_two_factor(struct req *r, const void *input)
{
    const struct proof_in *in = input;
    enum err e = two_factor_remove(&r->ctx, in->password, in->code);

    return e != OK ? e
                   : form_done(r, "/account/two-factor",
                               _("Segunda etapa desligada"));
}

/* ---- aparelhos ---- */

static enum err
show_sessions(struct req *r, const void *input)
{
    (void)input;
    return account_sessions_page(r);
}

/* clang-format off */
struct id_in { const char *id; };
static const struct field id_in[] = {
    TEXT(struct id_in, id, .from = PATH, .max = 36, .doc = "Nome do login"),
    FIELDS_END
};
/* clang-format on */

static enum err
end_session(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = auth_login_end(&r->ctx, in->id);

    return e != OK
               ? e
               : form_done(r, "/account/sessions", _("Aparelho desconectado"));
}

static enum err
end_others(struct req *r, const void *input)
{
    enum err e = auth_revoke_others(&r->ctx, NULL);

    (void)input;
    return e != OK ? e
                   : form_done(r, "/account/sessions",
                               _("Todos os outros foram desconectados"));
}

#define OWN \
    .permit = PERM_SELF, .auth = AUTH_COOKIE, .html = true, \
    .out_type = "text/html"
#define FORM OWN, .accepts = ACCEPT_FORM, .success = 303, .max_body = SMALL_BODY
#define TWO_FACTOR "/account/two-factor"

/* clang-format off */
static const struct route routes[] = {
    { GET, "/account", show_profile, OWN, .doc = "Perfil" },
    { POST, "/account", save_profile, FORM, .redraw = account_profile_page,
      IN(struct profile, profile_in), .doc = "Salva o perfil" },
    { GET, "/account/picture", get_picture, .permit = PERM_SELF,
      .auth = AUTH_COOKIE, .html = true, .out_type = PICTURE_TYPE,
      .one_query = true, .doc = "O próprio retrato" },
    { POST, "/account/picture", save_picture, OWN, .success = 303,
      .accepts = ACCEPT_MULTIPART, .max_body = PICTURE_BODY + 65536,
      .redraw = account_profile_page, IN(struct picture_in, picture_in),
      .rate = { .hits = 20, .per_s = 600 }, .doc = "Troca o retrato" },
    { POST, "/account/picture/delete", drop_picture, FORM,
      .redraw = account_profile_page, .doc = "Tira o retrato" },
    { GET, "/account/password", show_password, OWN, .doc = "Senha e e-mail" },
    { POST, "/account/password", change_password, FORM,
      .redraw = account_password_page, IN(struct password_in, password_in),
      .doc = "Troca a senha" },
    { POST, "/account/email", change_email, FORM,
      .redraw = account_password_page, IN(struct email_in, email_in),
      .doc = "Pede a troca do e-mail" },
    { POST, "/account/email/cancel", cancel_email, FORM,
      .redraw = account_password_page, .doc = "Desiste da troca do e-mail" },
    { GET, "/account/email/confirm", show_confirm, OWN,
      IN(struct token_in, token_query), .doc = "Chegada pelo link" },
    { POST, "/account/email/confirm", confirm_email, FORM,
      .redraw = redraw_confirm,
      .rate = { .hits = 60, .per_s = 60 }, IN(struct token_in, token_body),
      .doc = "Confirma o e-mail novo" },
    { GET, TWO_FACTOR, show_two_factor, OWN, .doc = "Segunda etapa" },
    { POST, TWO_FACTOR, offer_two_factor, FORM, .redraw = redraw_two_factor,
      IN(struct proof_in, proof_in), .doc = "Começa a ligar" },
    { POST, TWO_FACTOR "/confirm", confirm_two_factor, FORM,
      .redraw = redraw_two_factor, IN(struct confirm_in, confirm_in),
      .doc = "Liga a segunda etapa" },
    { POST, TWO_FACTOR "/codes", renew_codes, FORM,
      .redraw = redraw_two_factor, IN(struct proof_in, both_in),
      .doc = "Códigos de recuperação novos" },
    { GET, TWO_FACTOR "/remove", show_removal, OWN,
      .doc = "Desligar a segunda etapa" },
    { POST, TWO_FACTOR "/remove", remove_two_factor, FORM,
      .redraw = account_two_factor_remove_page,
      IN(struct proof_in, both_in), .doc = "Desliga a segunda etapa" },
    { GET, "/account/sessions", show_sessions, OWN, .doc = "Aparelhos" },
    { POST, "/account/sessions/{id}/end", end_session, FORM,
      .redraw = account_sessions_page, IN(struct id_in, id_in),
      .doc = "Desconecta um aparelho" },
    { POST, "/account/sessions/end-others", end_others, FORM,
      .redraw = account_sessions_page, .doc = "Desconecta todos os outros" },
    ROUTES_END
};
/* clang-format on */

APP_MAIN(routes)
