/* user_rescue.c - quem administra socorre: senha esquecida, aparelho perdido.
 */
#include <inttypes.h>

#include "account/letters.h"
#include "account/notices.h"
#include "account/user.h"
#include "auth/audit.h"
#include "auth/one_time.h"
#include "auth/two_factor.h"
#include "base/i18n.h"
#include "db/db.h"

/* A pessoa, se quem pede pode socorrê-la, e a conta dela. */
static enum err
find(struct ctx *c, int64_t id, struct q_member_row *row,
     struct auth_account *account)
{
    bool found = false;
    enum err e = user_lock(c, id, row);

    if (e == OK && row->disabled)
        return fail(c, ERR_CONFLICT, "%s", _("esta pessoa está desligada"));
    if (e == OK)
        e = auth_find_account(c, "", id, account, &found);
    return e == OK && !found ? db_not_found(c) : e;
}

static enum err
note(struct ctx *c, int64_t id, const char *action)
{
    return audit_note(c, &(struct audit){ .action = action,
                                          .target_type = "user",
                                          .target_id = arena_printf(
                                              c->arena, "%" PRId64, id) });
}

enum err
user_send_reset(struct ctx *c, int64_t id)
{
    char token[TOKEN_OPAQUE_CHARS + 1];
    struct auth_account account;
    struct q_member_row row;
    enum err e = find(c, id, &row, &account);

    if (e == OK)
        e = one_time_create(
            c,
            &(struct one_time_new){ .purpose = ONE_TIME_RESET,
                                    .user_id = id,
                                    .address = account.user.email,
                                    .life_s = ONE_TIME_RESET_S },
            token);
    if (e == OK)
        e = notice_reset(c, &account.user, token);
    return e != OK ? e : note(c, id, "password.reset_sent");
}

/* A conta é de todas as empresas da pessoa: uma só não enfraquece as outras. */
static enum err
only_here(struct ctx *c, int64_t id)
{
    struct q_user_elsewhere_row row;
    enum err e;

    if (c->role == ROLE_SUPER)
        return OK;
    e = q_user_elsewhere(c, &(struct q_user_elsewhere_in){ .id = id }, &row);
    if (e == OK && row.elsewhere)
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("esta pessoa trabalha também noutra empresa: só ela, "
                      "ou quem administra a plataforma, desliga a segunda "
                      "etapa dela"));
    return e;
}

enum err
user_remove_two_factor(struct ctx *c, int64_t id)
{
    struct auth_account account;
    struct q_member_row row;
    enum err e = find(c, id, &row, &account);

    if (e == OK && !row.two_factor)
        return fail(c, ERR_CONFLICT, "%s",
                    _("a segunda etapa já está desligada"));
    if (e == OK)
        e = only_here(c, id);
    if (e == OK)
        e = two_factor_disable(c, id);
    if (e == OK)
        e = letter_two_factor_removed(c, &account.user);
    c->nudges |= NUDGE_RELAY;
    return e != OK ? e : note(c, id, "two_factor.removed");
}
