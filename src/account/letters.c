/* letters.c - convite, boas-vindas e a segunda etapa tirada, por e-mail. */
#include "account/letters.h"

#include <json-c/json.h>

#include "auth/one_time.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "gen/q_invitation.h"
#include "mail/mail.h"

enum { DAY_S = 86400 };

static void
drop_json(void *object)
{
    json_object_put(object);
}

static struct json_object *
new_model(struct ctx *c)
{
    struct json_object *m = json_object_new_object();

    arena_defer(c->arena, drop_json, m);
    return m;
}

static void
put(struct json_object *m, const char *key, const char *text)
{
    json_object_object_add(m, key, json_object_new_string(text));
}

/* O nome do papel na língua da carta, que pode não ser a de quem a manda. */
static const char *
role_text(const char *role, const char *role_name, const char *lang)
{
    const char *mine = i18n_lang(), *text;

    if (role_name != NULL)
        return role_name;
    i18n_set(lang);
    text = _(role_title(role_parse(role)));
    i18n_set(mine);
    return text;
}

enum err
letter_invitation(struct ctx *c, const char *email, const char *token,
                  const char *role, const char *role_name)
{
    struct json_object *m = new_model(c);
    struct q_inviter_of_row from;
    enum err e = q_inviter_of(c, &from);

    if (e != OK)
        return e;
    put(m, "inviter", from.name);
    put(m, "company", from.company_name);
    put(m, "role", role_text(role, role_name, from.locale));
    put(m, "link",
        arena_printf(c->arena, "%s/invite?token=%s", conf()->base_url, token));
    json_object_object_add(m, "days",
                           json_object_new_int(ONE_TIME_INVITE_S / DAY_S));
    return mail_enqueue(c, &(struct mail_new){ .to = email,
                                               .template = "invitation",
                                               .lang = from.locale,
                                               .model = m });
}

enum err
letter_welcome(struct ctx *c, const struct auth_user *user,
               const char *company_name)
{
    struct json_object *m = new_model(c);

    put(m, "name", user->name);
    put(m, "company", company_name);
    put(m, "link", arena_printf(c->arena, "%s/login", conf()->base_url));
    return mail_enqueue(c,
                        &(struct mail_new){ .to = user->email,
                                            .to_name = user->name,
                                            .template = "welcome",
                                            .lang = user->locale,
                                            .model = m,
                                            .company_id = user->company_id });
}

enum err
letter_two_factor_removed(struct ctx *c, const struct auth_user *user)
{
    struct json_object *m = new_model(c);
    struct q_inviter_of_row by;
    enum err e = q_inviter_of(c, &by);

    if (e != OK)
        return e;
    put(m, "name", user->name);
    put(m, "by", by.name);
    return mail_enqueue(c, &(struct mail_new){ .to = user->email,
                                               .to_name = user->name,
                                               .template = "two_factor_removed",
                                               .lang = user->locale,
                                               .model = m });
}
