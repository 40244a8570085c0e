/*
 * session/join.c - por onde chega quem ainda não tem conta: registro e convite,
 * na API e em páginas. É um programa à parte porque cada chegada gasta um
 * bcrypt, e ninguém que trabalha deve esperar por ele.
 */
#include <json-c/json.h>
#include <string.h>

#include "account/invitation.h"
#include "account/register.h"
#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/sign_in_http.h"
#include "app/tokens_reply.h"
#include "auth/csrf.h"
#include "base/i18n.h"
#include "db/db.h"

#define SMALL_BODY 16384
#define NAME_MAX 120

/* ---- registro ---- */

struct register_in {
    const char *name, *email, *password, *company_name;
};
static const struct field register_in[] = {
    TEXT(struct register_in, name, .required = true, .min = 1, .max = NAME_MAX,
         .doc = "Nome da pessoa"),
    TEXT(struct register_in, email, .required = true, .max = 254,
         .doc = "E-mail da conta; um de cada, sem contar maiúsculas"),
    TEXT(struct register_in, password, .required = true,
         .doc = "Senha, 10 a 72 bytes"),
    TEXT(struct register_in, company_name, .required = true, .min = 1,
         .max = NAME_MAX, .doc = "Nome da empresa, que nasce com a conta"),
    FIELDS_END
};

static enum err
do_register(struct req *r, const struct register_in *in, struct auth_user *user)
{
    return account_register(
        &r->ctx,
        &(struct registration){ .name = in->name,
                                .email = in->email,
                                .password = in->password,
                                .company_name = in->company_name,
                                .lang = r->lang },
        user);
}

static enum err
api_register(struct req *r, const void *input)
{
    struct auth_tokens tokens;
    struct auth_user user;
    enum err e = do_register(r, input, &user);

    if (e == OK)
        e = auth_tokens_start(&r->ctx, &user, &tokens);
    return e != OK ? e : tokens_reply(r, &tokens);
}

static enum err
draw_register(struct req *r)
{
    struct json_object *m = page_model(r, _("Criar conta"));
    bool is_open, is_first;
    enum err e = register_state(&r->ctx, &is_open, &is_first);

    if (e != OK)
        return e;
    form_model(r, m, NULL);
    model_bool(m, "isOpen", is_open);
    model_bool(m, "isFirst", is_first);
    return page_reply(r, is_open ? 200 : 403, "people/register", m);
}

static enum err
register_page(struct req *r, const void *input)
{
    (void)input;
    return draw_register(r);
}

static enum err
register_form(struct req *r, const void *input)
{
    struct auth_user user;
    enum err e = do_register(r, input, &user);

    if (e == OK)
        e = browser_session_open(r, &user);
    return e != OK ? e : reply_redirect(r, "/inbox");
}

/* ---- convite ---- */

struct accept_in {
    const char *token, *name, *password;
};
static const struct field accept_in[] = {
    TEXT(struct accept_in, token, .required = true, .max = 200,
         .doc = "O que veio no link do convite"),
    TEXT(struct accept_in, name, .max = NAME_MAX,
         .doc = "Nome; obrigatório para quem ainda não tem conta"),
    TEXT(struct accept_in, password,
         .doc = "Senha, 10 a 72 bytes; idem, e para quem tem uma conta cujo "
                "e-mail ninguém provou. Os outros ficam com a sua"),
    FIELDS_END
};

static enum err
do_accept(struct req *r, const struct accept_in *in, struct auth_user *user,
          bool *is_new)
{
    return invitation_accept(
        &r->ctx,
        &(struct invitation_answer){ .token = in->token,
                                     .name = in->name,
                                     .password = in->password,
                                     .lang = r->lang },
        user, is_new);
}

static enum err
api_accept(struct req *r, const void *input)
{
    struct auth_tokens tokens;
    struct auth_user user;
    bool is_new;
    enum err e = do_accept(r, input, &user, &is_new);

    if (e != OK)
        return e;
    if (!is_new)
        return tokens_reply_none(r, &user);
    e = auth_tokens_start(&r->ctx, &user, &tokens);
    return e != OK ? e : tokens_reply(r, &tokens);
}

/* Quem já está neste navegador; user_id 0: ninguém. */
static enum err
who_is_here(struct req *r, struct auth_session *s)
{
    unsigned char hash[TOKEN_HASH_BYTES];
    bool found = false;
    enum err e = OK;

    memset(s, 0, sizeof *s);
    if (session_cookie_hash(r, hash))
        e = auth_session_find(&r->ctx, hash, s, &found);
    if (!found)
        s->user_id = 0;
    return e;
}

/* O convite é de quem está no navegador? 0: de conta nenhuma ainda. */
static enum err
invited_person(struct req *r, const struct q_invitation_read_row *invite,
               int64_t *id)
{
    struct auth_account account;
    bool found = false;
    enum err e = OK;

    if (invite->has_account)
        e = auth_find_account(&r->ctx, invite->email, 0, &account, &found);
    *id = found ? account.user.id : 0;
    return e;
}

static void
add_invite(struct req *r, struct json_object *m,
           const struct q_invitation_read_row *invite)
{
    struct json_object *saved = json_object_new_object();

    model_text(saved, "name", invite->name);
    form_model(r, m, saved);
    model_text(m, "email", invite->email);
    model_text(m, "inviter", invite->inviter);
    model_text(m, "company", invite->company_name);
    model_text(m, "role",
               invite->role_name[0] != '\0'
                   ? invite->role_name
                   : _(role_title(role_parse(invite->role))));
    model_bool(m, "hasAccount", invite->has_account);
    model_bool(m, "isUnverified", invite->unverified);
    model_bool(m, "asksPassword", !invite->has_account || invite->unverified);
}

/* O formulário de sair precisa do token da sessão que este navegador tem. */
static void
add_session_csrf(struct req *r, struct json_object *m)
{
    unsigned char hash[TOKEN_HASH_BYTES];
    char csrf[CSRF_CHARS + 1];

    if (!session_cookie_hash(r, hash))
        return;
    csrf_token(hash, csrf);
    model_text(m, "csrf", csrf);
}

static enum err
show_invite(struct req *r, const char *token)
{
    struct json_object *m = page_model(r, _("Convite"));
    struct q_invitation_read_row invite;
    struct auth_session here;
    int64_t person = 0;
    bool found;
    enum err e = invitation_peek(&r->ctx, token, &invite, &found);

    if (e == OK)
        e = who_is_here(r, &here);
    if (e == OK && found)
        e = invited_person(r, &invite, &person);
    if (e != OK)
        return e;
    model_bool(m, "isDead", !found);
    if (!found)
        return page_reply(r, 404, "people/invite", m);
    add_invite(r, m, &invite);
    add_session_csrf(r, m);
    model_text(m, "token", token);
    model_bool(m, "isMine", person != 0 && person == here.user_id);
    model_text(m, "otherName",
               here.user_id != 0 && here.user_id != person ? here.name : NULL);
    return page_reply(r, 200, "people/invite", m);
}

struct invite_in {
    const char *token;
};
static const struct field invite_in[] = { TEXT(struct invite_in, token,
                                               .from = QUERY, .max = 200,
                                               .doc = "O que veio no link"),
                                          FIELDS_END };

static enum err
invite_page(struct req *r, const void *input)
{
    const struct invite_in *in = input;

    return show_invite(r, in->token);
}

static enum err
draw_invite(struct req *r)
{
    return show_invite(r, req_form(r, "token"));
}

/* Só quem foi convidado aceita: outro que esteja aqui precisa sair antes. */
static enum err
check_person(struct req *r, const char *token, struct auth_session *here)
{
    struct q_invitation_read_row invite;
    int64_t person = 0;
    bool found;
    enum err e = who_is_here(r, here);

    if (e != OK || here->user_id == 0)
        return e;
    e = invitation_peek(&r->ctx, token, &invite, &found);
    if (e == OK && found)
        e = invited_person(r, &invite, &person);
    if (e == OK && found && person != here->user_id)
        return fail(&r->ctx, ERR_CONFLICT,
                    _("este convite é de %s; saia e abra o link de novo"),
                    invite.email);
    return e == OK ? db_commit(&r->ctx) : e;
}

static enum err
accept_form(struct req *r, const void *input)
{
    const struct accept_in *in = input;
    struct auth_session here;
    struct auth_user user;
    bool is_new;
    enum err e = check_person(r, in->token, &here);

    if (e == OK)
        e = do_accept(r, in, &user, &is_new);
    if (e != OK)
        return e;
    /* a senha nova derrubou a sessão que havia, fosse de quem fosse */
    if (!is_new &&
        (here.user_id != user.id || here.token_version != user.token_version))
        return form_done(r, "/login",
                         _("Convite aceito. Entre com a sua senha."));
    e = browser_session_open(r, &user);
    return e != OK ? e : reply_redirect(r, "/inbox");
}

/* Cada tentativa pode custar um bcrypt e um e-mail. */
#define FEW .rate = { .hits = 20, .per_s = 600 }
#define PAGE .html = true, .out_type = "text/html"

/* clang-format off */
const struct route join_pages[] = {
    { POST, "/api/v1/auth/register", api_register, .auth = AUTH_PUBLIC, FEW,
      .max_body = SMALL_BODY, IN(struct register_in, register_in),
      .out = tokens_out, .success = 201, .refuses = "403 409",
      .doc = "Cria uma conta e a empresa dela, se a instalação deixa; a "
             "primeira conta de todas administra a plataforma" },
    { POST, "/api/v1/auth/invitations/accept", api_accept,
      .auth = AUTH_PUBLIC, FEW, .max_body = SMALL_BODY,
      IN(struct accept_in, accept_in), .out = maybe_tokens_out,
      .success = 201, .refuses = "404 409",
      .doc = "Aceita um convite. Conta nova já entra; quem tinha conta passa "
             "a ser também desta empresa e entra com a senha de sempre" },
    { GET, "/register", register_page, .auth = AUTH_PUBLIC, PAGE,
      .refuses = "403", .doc = "Formulário de registro" },
    { POST, "/register", register_form, .auth = AUTH_PUBLIC_FORM,
      .accepts = ACCEPT_FORM, PAGE, .success = 303, FEW,
      .max_body = SMALL_BODY, .redraw = draw_register,
      IN(struct register_in, register_in), .refuses = "403 409",
      .doc = "Cria a conta e entra" },
    { GET, "/invite", invite_page, .auth = AUTH_PUBLIC, PAGE, .writes = true,
      IN(struct invite_in, invite_in), .refuses = "404",
      .doc = "O convite de um link" },
    { POST, "/invite", accept_form, .auth = AUTH_PUBLIC_FORM,
      .accepts = ACCEPT_FORM, PAGE, .success = 303, FEW,
      .max_body = SMALL_BODY, .redraw = draw_invite,
      IN(struct accept_in, accept_in), .refuses = "403 404 409",
      .doc = "Aceita o convite e entra" },
    ROUTES_END
};
/* clang-format on */
