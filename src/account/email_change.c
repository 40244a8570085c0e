/* email_change.c - o pedido, o link e a troca do e-mail. */
#include "account/email_change.h"

#include <inttypes.h>
#include <strings.h>

#include "account/email.h"
#include "account/notices.h"
#include "account/own_password.h"
#include "auth/audit.h"
#include "auth/one_time.h"
#include "auth/throttle.h"
#include "base/i18n.h"
#include "db/db.h"
#include "gen/q_account.h"

/* O link vai a qualquer endereço: sem freio seria correio de graça. */
static enum err
count_request(struct ctx *c)
{
    struct throttle t = { 0 };
    enum err e, done;

    throttle_add(c, &t, THROTTLE_ASK,
                 arena_printf(c->arena, "email:%" PRId64, c->user_id));
    e = throttle_take(c, &t, NULL);
    if (e != OK && e != ERR_RATE_LIMITED)
        return e;
    done = db_commit(c);
    return done != OK ? done : e;
}

static enum err
send_link(struct ctx *c, const struct auth_user *user, const char *address)
{
    struct q_account_email_is_free_row row;
    char token[TOKEN_OPAQUE_CHARS + 1];
    enum err e = q_account_email_is_free(
        c, &(struct q_account_email_is_free_in){ .address = address }, &row);

    if (e == OK)
        e = one_time_create(
            c,
            &(struct one_time_new){ .purpose = ONE_TIME_EMAIL,
                                    .user_id = user->id,
                                    .address = address,
                                    .life_s = ONE_TIME_EMAIL_S },
            token);
    if (e != OK || !row.is_free)
        return e;
    return notice_confirm_email(c, user, address, token);
}

enum err
email_change_ask(struct ctx *c, const char *new_email, const char *password)
{
    struct auth_account account;
    const char *address;
    enum err e = email_check(c, "newEmail", new_email, &address);

    if (e == OK)
        e = own_password_prove(c, "password", password, &account);
    if (e != OK)
        return e;
    if (strcasecmp(address, account.user.email) == 0)
        return fail_field(c, "newEmail", "same", "%s",
                          _("Este já é o seu e-mail"));
    e = count_request(c);
    return e != OK ? e : send_link(c, &account.user, address);
}

enum err
email_change_pending(struct ctx *c, const char **address)
{
    struct q_account_pending_email_row row;
    enum err e = q_account_pending_email(c, &row);

    *address = e == OK ? row.address : NULL;
    return e;
}

enum err
email_change_cancel(struct ctx *c)
{
    return one_time_drop(c, ONE_TIME_EMAIL, c->user_id, 0, NULL);
}

enum err
email_change_peek(struct ctx *c, const char *token, const char **address)
{
    struct one_time one;
    bool valid;
    enum err e = one_time_peek(c, ONE_TIME_EMAIL, token, &one, &valid);

    *address =
        e == OK && valid && one.user_id == c->user_id ? one.address : NULL;
    return e;
}

static enum err
refuse(struct ctx *c, const char *rule, const char *text)
{
    return fail_field(c, "token", rule, "%s", text);
}

/*
 * Os links do endereço antigo morrem com ele: quem o perdeu troca o e-mail
 * justamente para que ali não se refaça a senha. Quem abre o link pode não ter
 * entrado: o registro vai à empresa da pessoa.
 */
static enum err
leave_old_address(struct ctx *c, const struct auth_user *user,
                  const char *address)
{
    struct str was, is;
    enum err e = one_time_drop(c, ONE_TIME_RESET, user->id, 0, NULL);

    if (e == OK)
        e = one_time_drop(c, ONE_TIME_EMAIL, user->id, 0, NULL);
    if (e != OK)
        return e;
    str_init(&was, c->arena, 100);
    str_init(&is, c->arena, 100);
    str_puts(&was, "{\"email\":");
    str_json(&was, user->email);
    str_putc(&was, '}');
    str_puts(&is, "{\"email\":");
    str_json(&is, address);
    str_putc(&is, '}');
    return audit_note(c, &(struct audit){ .action = "email.changed",
                                          .target_type = "user",
                                          .target_id = arena_printf(
                                              c->arena, "%" PRId64, user->id),
                                          .before = was.data,
                                          .after = is.data,
                                          .company_id = user->company_id,
                                          .user_id = user->id });
}

enum err
email_change_confirm(struct ctx *c, const char *token)
{
    struct q_account_email_set_row done;
    struct auth_account account;
    struct one_time one;
    bool valid, found = false;
    enum err e = one_time_peek(c, ONE_TIME_EMAIL, token, &one, &valid);

    valid = valid && one.user_id == c->user_id; /* o de outro não se gasta */
    if (e == OK && valid)
        e = one_time_consume(c, ONE_TIME_EMAIL, token, &one, &valid);
    if (e == OK && valid)
        e = auth_find_account(c, "", one.user_id, &account, &found);
    if (e != OK)
        return e;
    if (!found)
        return refuse(c, "expired",
                      _("O link venceu ou já foi usado; peça outro"));
    e = q_account_email_set(
        c,
        &(struct q_account_email_set_in){ .user_id = one.user_id,
                                          .address = one.address },
        &done);
    if (e != OK)
        return e;
    if (!done.is_done)
        return refuse(c, "taken", _("Este e-mail já é de outra conta"));
    e = leave_old_address(c, &account.user, one.address);
    return e != OK ? e : notice_email_changed(c, &account.user, one.address);
}
