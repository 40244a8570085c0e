/* notices.c - avisos por e-mail sobre a própria conta. */
#include "account/notices.h"

#if __has_include("mail/mail.h")
#include "mail/mail.h"
#endif
#include "auth/user_agent.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/when.h"

enum err
notice_new_login(struct ctx *c, const struct auth_user *user)
{
    (void)c;
    (void)user;
    return OK;
}

enum err
notice_password_changed(struct ctx *c, const struct auth_user *user)
{
    (void)c;
    (void)user;
    return OK;
}

enum err
notice_reset(struct ctx *c, const struct auth_user *user, const char *token)
{
    (void)c;
    (void)user;
    (void)token;
    return OK;
}
