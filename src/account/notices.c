/* notices.c - avisos por e-mail sobre a própria conta. */
#include "account/notices.h"

#include <json-c/json.h>

#include "auth/one_time.h"
#include "auth/user_agent.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/when.h"
#include "mail/mail.h"

static void
drop_json(void *object)
{
    json_object_put(object);
}

static struct json_object *
new_model(struct ctx *c, const struct auth_user *user)
{
    struct json_object *m = json_object_new_object();

    arena_defer(c->arena, drop_json, m);
    json_object_object_add(m, "name", json_object_new_string(user->name));
    return m;
}

static void
put(struct json_object *m, const char *key, const char *text)
{
    json_object_object_add(m, key,
                           json_object_new_string(text != NULL ? text : ""));
}

/*
 * De onde e quando, na língua de quem vai ler (não na de quem fez o pedido).
 * O fuso vai dito: quem viaja não se confunde.
 */
static void
put_circumstances(struct ctx *c, struct json_object *m,
                  const struct auth_user *user)
{
    const char *zone = user->time_zone != NULL ? user->time_zone : "UTC";
    const char *mine = i18n_lang();
    int64_t now_ms = clock_now_ms();

    i18n_set(user->locale != NULL ? user->locale : mine);
    when_zone(zone);
    put(m, "device", user_agent_text(c->arena, c->user_agent));
    put(m, "address", c->remote);
    put(m, "when",
        arena_printf(c->arena, "%s, %s (%s)",
                     when_day_text(c->arena, now_ms, 0),
                     when_clock(c->arena, now_ms), zone));
    i18n_set(mine);
}

static enum err
send(struct ctx *c, const struct auth_user *user, const char *template_name,
     struct json_object *model)
{
    return mail_enqueue(c,
                        &(struct mail_new){ .to = user->email,
                                            .to_name = user->name,
                                            .template = template_name,
                                            .lang = user->locale,
                                            .model = model,
                                            .company_id = user->company_id });
}

enum err
notice_new_login(struct ctx *c, const struct auth_user *user)
{
    struct json_object *m = new_model(c, user);

    put_circumstances(c, m, user);
    return send(c, user, "new_login", m);
}

enum err
notice_password_changed(struct ctx *c, const struct auth_user *user)
{
    struct json_object *m = new_model(c, user);

    put_circumstances(c, m, user);
    return send(c, user, "password_changed", m);
}

enum err
notice_reset(struct ctx *c, const struct auth_user *user, const char *token)
{
    struct json_object *m = new_model(c, user);

    put_circumstances(c, m, user);
    put(m, "link",
        arena_printf(c->arena, "%s/reset?token=%s", conf()->base_url, token));
    json_object_object_add(m, "minutes",
                           json_object_new_int(ONE_TIME_RESET_S / 60));
    return send(c, user, "reset_password", m);
}

enum err
notice_confirm_email(struct ctx *c, const struct auth_user *user,
                     const char *address, const char *token)
{
    struct json_object *m = new_model(c, user);
    struct auth_user there = *user;

    put(m, "newEmail", address);
    put(m, "link",
        arena_printf(c->arena, "%s/account/email/confirm?token=%s",
                     conf()->base_url, token));
    json_object_object_add(m, "hours",
                           json_object_new_int(ONE_TIME_EMAIL_S / 3600));
    there.email = address;
    return send(c, &there, "confirm_email", m);
}

enum err
notice_email_changed(struct ctx *c, const struct auth_user *user,
                     const char *address)
{
    struct json_object *m = new_model(c, user);

    put(m, "newEmail", address);
    return send(c, user, "email_changed", m);
}
