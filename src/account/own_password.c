/* own_password.c - provar a senha e trocá-la. */
#include "account/own_password.h"

#include <inttypes.h>
#include <string.h>

#include "account/notices.h"
#include "auth/audit.h"
#include "auth/logins.h"
#include "auth/password.h"
#include "auth/password_policy.h"
#include "auth/throttle.h"
#include "base/i18n.h"
#include "db/db.h"

static enum err
note(struct ctx *c, const char *action)
{
    return audit_note(
        c, &(struct audit){
               .action = action,
               .target_type = "user",
               .target_id = arena_printf(c->arena, "%" PRId64, c->user_id) });
}

/* Como no login, conta antes; mas o balde é só de quem já entrou. */
static enum err
count_attempt(struct ctx *c, struct throttle *t)
{
    enum err e, done;

    throttle_add(c, t, THROTTLE_SELF,
                 arena_printf(c->arena, "password:%" PRId64, c->user_id));
    e = throttle_take(c, t, NULL);
    if (e != OK && e != ERR_RATE_LIMITED)
        return e;
    done = db_commit(c);
    return done != OK ? done : e;
}

static enum err
refuse(struct ctx *c, const char *field)
{
    enum err e = note(c, "password.wrong");

    if (e == OK)
        e = db_commit(c); /* o registro fica, mesmo com a resposta de erro */
    if (e != OK)
        return e;
    return fail_field(c, field, "wrong", "%s", _("A senha não confere"));
}

enum err
own_password_prove(struct ctx *c, const char *field, const char *password,
                   struct auth_account *out)
{
    struct slice plain = { password, strlen(password) };
    struct throttle t = { 0 };
    struct auth_account account;
    bool found = false;
    enum err e;

    if (c->api_token_id != 0)
        return fail(c, ERR_FORBIDDEN, NULL);
    e = auth_find_account(c, "", c->user_id, &account, &found);
    if (e == OK)
        e = count_attempt(c, &t);
    if (e != OK)
        return e;
    if (!found || plain.len > PASSWORD_MAX_BYTES ||
        !password_verify(plain, account.password_hash))
        return refuse(c, field);
    if (out != NULL)
        *out = account;
    return throttle_pass(c, &t);
}

enum err
own_password_change(struct ctx *c, const char *current, const char *fresh)
{
    struct slice plain = { fresh, strlen(fresh) };
    struct auth_account account;
    enum err e = own_password_prove(c, "currentPassword", current, &account);

    if (e == OK)
        e = password_policy_check(c, "newPassword", plain, account.user.email,
                                  account.user.name);
    if (e == OK && strcmp(current, fresh) == 0)
        e = fail_field(c, "newPassword", "same", "%s",
                       _("Escolha uma senha diferente da atual"));
    if (e == OK)
        e = auth_set_password(c, c->user_id, fresh);
    if (e == OK)
        e = auth_revoke_others(c, NULL);
    if (e == OK)
        e = notice_password_changed(c, &account.user);
    return e == OK ? note(c, "password.changed") : e;
}
