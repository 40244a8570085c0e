/* recovery.c - senha esquecida, do pedido à senha nova. */
#include "account/recovery.h"

#include <inttypes.h>
#include <string.h>

#include "account/notices.h"
#include "auth/audit.h"
#include "auth/login.h"
#include "auth/one_time.h"
#include "auth/password.h"
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
count_request(struct ctx *c, const char *subject, bool *may_send)
{
    struct throttle from = { 0 }, to = { 0 };
    enum err e, done;

    throttle_add(c, &from, THROTTLE_ASK_ADDRESS,
                 c->remote != NULL ? c->remote : "");
    throttle_add(c, &to, THROTTLE_ASK, subject);
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
    const char *subject = email;
    bool found, may_send = false;
    enum err e = auth_find_account(c, email, 0, &account, &found);

    /* pela conta: o banco junta letras que o resumo do texto não juntaria */
    if (e == OK && found)
        subject = arena_printf(c->arena, "account:%" PRId64, account.user.id);
    if (e == OK)
        e = count_request(c, subject, &may_send);
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

/* Quem lê o e-mail não espera pelo que fizeram com a conta de fora. */
static enum err
open_door(struct ctx *c, int64_t user_id)
{
    struct throttle t = { 0 };

    throttle_add(c, &t, THROTTLE_ACCOUNT,
                 arena_printf(c->arena, "%" PRId64, user_id));
    return throttle_pass(c, &t);
}

static enum err
set_password(struct ctx *c, const struct auth_user *user, const char *address,
             struct slice plain)
{
    struct q_account_recovered_row row;
    char hash[PASSWORD_HASH_CHARS + 1];
    enum err e = password_hash(c, plain, hash);

    if (e == OK)
        e = q_account_recovered(
            c,
            &(struct q_account_recovered_in){ .user_id = user->id,
                                              .address = address,
                                              .password_hash = hash },
            &row);
    c->nudges |= NUDGE_RELAY;
    return e == OK ? open_door(c, user->id) : e;
}

enum err
recovery_finish(struct ctx *c, const char *token, const char *password)
{
    struct slice plain = { password, strlen(password) };
    struct auth_account account;
    struct one_time one;
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
        e = set_password(c, &account.user, one.address, plain);
    if (e == OK)
        e = notice_password_changed(c, &account.user);
    if (e == OK)
        e = note(c, &account.user, "password.reset");
    if (e != OK)
        db_rollback(c); /* senha recusada: o link continua valendo */
    return e;
}
