/* recovery.c - senha esquecida, do pedido à senha nova. */
#include "account/recovery.h"

#include <inttypes.h>
#include <string.h>

#include "account/notices.h"
#include "auth/audit.h"
#include "auth/login.h"
#include "auth/one_time.h"
#include "auth/password_policy.h"
#include "auth/throttle.h"
#include "base/i18n.h"
#include "db/db.h"
#include "gen/q_account.h"

static enum err
note(struct ctx *c, const struct auth_user *user, const char *action)
{
    return audit_note(c, &(struct audit){ .action = action,
                                          .target_type = "user",
                                          .target_id = arena_printf(
                                              c->arena, "%" PRId64, user->id),
                                          .company_id = user->company_id });
}

/*
 * Um balde de cada vez: cheio o do endereço, responde-se 429; cheio o do
 * e-mail, a resposta é a de sempre, e só o e-mail não sai.
 */
static enum err
count_request(struct ctx *c, const char *email, bool *may_send)
{
    struct throttle from = { 0 }, to = { 0 };
    enum err e, done;

    throttle_add(c, &from, THROTTLE_ASK_ADDRESS,
                 c->remote != NULL ? c->remote : "");
    throttle_add(c, &to, THROTTLE_ASK, email);
    e = throttle_take(c, &from, NULL);
    if (e == OK) {
        e = throttle_take(c, &to, NULL);
        *may_send = e == OK;
        if (e == ERR_RATE_LIMITED) {
            ctx_clear_error(c);
            c->retry_after_s = 0;
            e = OK;
        }
    }
    if (e != OK && e != ERR_RATE_LIMITED)
        return e;
    done = db_commit(c);
    return done != OK ? done : e;
}

/* Sem conta grava-se um segredo já vencido: o mesmo trabalho, sem dono. */
static enum err
send_link(struct ctx *c, const char *email, const struct auth_account *account)
{
    struct one_time_new one = { .purpose = ONE_TIME_RESET, .address = email };
    char token[TOKEN_OPAQUE_CHARS + 1];
    enum err e;

    if (account != NULL) {
        one.user_id = account->user.id;
        one.life_s = ONE_TIME_RESET_S;
    }
    e = one_time_create(c, &one, token);
    if (e == OK && account != NULL)
        e = notice_reset(c, &account->user, token);
    if (e == OK && account != NULL)
        e = note(c, &account->user, "password.asked");
    return e != OK ? e : db_commit(c);
}

enum err
recovery_ask(struct ctx *c, const char *email)
{
    struct auth_account account;
    bool found, may_send = false;
    enum err e = count_request(c, email, &may_send);

    if (e == OK)
        e = auth_find_account(c, email, 0, &account, &found);
    if (e != OK)
        return e;
    return send_link(c, email, found && may_send ? &account : NULL);
}

enum err
recovery_peek(struct ctx *c, const char *token, bool *valid)
{
    struct one_time one;

    return one_time_peek(c, ONE_TIME_RESET, token, &one, valid);
}

static enum err
refuse_token(struct ctx *c)
{
    return fail_field(c, "token", "expired", "%s",
                      _("O link venceu ou já foi usado; peça outro"));
}

enum err
recovery_finish(struct ctx *c, const char *token, const char *password)
{
    struct slice plain = { password, strlen(password) };
    struct auth_account account;
    struct one_time one;
    int64_t changed;
    bool valid, found = false;
    /* gasta já: o segundo pedido com o mesmo link espera por este */
    enum err e = one_time_consume(c, ONE_TIME_RESET, token, &one, &valid);

    if (e == OK && valid)
        e = auth_find_account(c, "", one.user_id, &account, &found);
    if (e != OK)
        return e;
    if (!found)
        return refuse_token(c);
    e = password_policy_check(c, "password", plain, account.user.email,
                              account.user.name);
    if (e == OK)
        e = auth_set_password(c, account.user.id, password, true);
    if (e == OK)
        e = q_email_verified(
            c,
            &(struct q_email_verified_in){ .user_id = account.user.id,
                                           .address = one.address },
            &changed);
    if (e == OK)
        e = notice_password_changed(c, &account.user);
    if (e == OK)
        e = note(c, &account.user, "password.reset");
    if (e != OK)
        db_rollback(c); /* senha recusada: o link continua valendo */
    return e;
}
