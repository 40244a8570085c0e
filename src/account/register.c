/* register.c - a porta de quem chega sem convite. */
#include "account/register.h"

#include <string.h>

#include "account/email.h"
#include "account/letters.h"
#include "auth/password.h"
#include "auth/password_policy.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "db/db.h"
#include "gen/q_register.h"

static bool
mode_is(const char *mode)
{
    return strcmp(conf()->registration, mode) == 0;
}

/* Aberta a qualquer um, ou só à primeira pessoa de todas. */
static bool
allows(bool is_first)
{
    return mode_is("open") || (mode_is("invite") && is_first);
}

static enum err
ask(struct ctx *c, const char *email, bool *is_open, bool *is_first,
    bool *taken)
{
    struct q_register_state_row row;
    enum err e = q_register_state(
        c, &(struct q_register_state_in){ .email = email }, &row);

    if (e != OK)
        return e;
    *is_open = allows(row.is_new);
    *is_first = row.is_new;
    *taken = row.taken;
    return OK;
}

enum err
register_state(struct ctx *c, bool *is_open, bool *is_first)
{
    bool first, taken;
    enum err e = ask(c, "", is_open, &first, &taken);

    if (e == OK && is_first != NULL)
        *is_first = first;
    return e;
}

static enum err
closed(struct ctx *c)
{
    return fail(c, ERR_FORBIDDEN, "%s",
                _("o registro é só por convite; peça um a quem administra"));
}

static enum err
email_taken(struct ctx *c)
{
    fail_field(c, "email", "taken", "%s", _("já há uma conta com este e-mail"));
    return fail(c, ERR_CONFLICT, "%s", _("já há uma conta com este e-mail"));
}

/* Tudo que se pode dizer antes do hash, que demora; nada fica aberto. */
static enum err
check(struct ctx *c, const struct registration *in, const char **email)
{
    struct slice plain = { in->password, strlen(in->password) };
    bool is_open, is_first, taken;
    enum err e;

    email_check(c, "email", in->email, email);
    e = ask(c, *email, &is_open, &is_first, &taken);
    if (e == OK && !is_open) {
        ctx_clear_error(c); /* porta fechada não discute campos */
        return closed(c);
    }
    if (e == OK)
        password_policy_check(c, "password", plain, *email, in->name);
    if (e == OK && c->fields != NULL)
        return ERR_INVALID;
    if (e == OK && taken)
        return email_taken(c);
    return e == OK ? db_commit(c) : e;
}

static enum err
create(struct ctx *c, const struct registration *in, const char *email,
       const char *hash, struct q_account_register_row *row)
{
    enum err e = q_account_register(
        c,
        &(struct q_account_register_in){ .email = email,
                                         .name = in->name,
                                         .password_hash = hash,
                                         .company_name = in->company_name,
                                         .locale = in->lang,
                                         .anyone = mode_is("open"),
                                         .origin = db_origin(c) },
        row);

    if (e == OK && strcmp(row->outcome, "closed") == 0)
        return closed(c);
    if (e == OK && strcmp(row->outcome, "taken") == 0)
        return email_taken(c);
    return e;
}

enum err
account_register(struct ctx *c, const struct registration *in,
                 struct auth_user *out)
{
    char hash[PASSWORD_HASH_CHARS + 1];
    struct q_account_register_row row;
    const char *email;
    enum err e = check(c, in, &email);

    if (e == OK)
        e = password_hash(
            c, (struct slice){ in->password, strlen(in->password) }, hash);
    if (e == OK)
        e = create(c, in, email, hash, &row);
    if (e != OK)
        return e;
    *out = (struct auth_user){ .id = row.user_id,
                               .company_id = row.company_id,
                               .token_version = 1,
                               .access_version = 1,
                               .role = row.is_super ? ROLE_SUPER : ROLE_ADMIN,
                               .name = in->name,
                               .email = email,
                               .locale = in->lang };
    return letter_welcome(c, out, in->company_name);
}
