/* account_page.c - os modelos das páginas de /account. */
#include "app/account_page.h"

#include <json-c/json.h>
#include <string.h>

#include "account/email_change.h"
#include "account/picture.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "auth/logins.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "gen/q_auth.h"

#define HUES 8
#define SECRET_GROUP 4

/* Um membro do JSON de auth_me, como texto; NULL se é null. */
static const char *
text_of(struct json_object *o, const char *name)
{
    struct json_object *v = NULL;

    return json_object_object_get_ex(o, name, &v) ? json_object_get_string(v)
                                                  : NULL;
}

static void
drop_json(void *object)
{
    json_object_put(object);
}

static enum err
read_me(struct req *r, struct json_object **me)
{
    struct slice json;
    enum err e = q_auth_me(&r->ctx, &json);

    if (e != OK)
        return e;
    *me = json_tokener_parse(arena_memdup(r->ctx.arena, json.data, json.len));
    if (*me == NULL)
        return fail(&r->ctx, ERR_INTERNAL, NULL);
    arena_defer(r->ctx.arena, drop_json, *me);
    return OK;
}

static void
add_locales(struct req *r, struct json_object *m, const char *saved)
{
    struct json_object *list = json_object_new_array();

    settings_option(r, list, "locale", "pt-BR", "Português (Brasil)",
                    strcmp(saved, "pt-BR") == 0);
    settings_option(r, list, "locale", "en", "English",
                    strcmp(saved, "en") == 0);
    json_object_object_add(m, "locales", list);
}

enum err
account_profile_page(struct req *r)
{
    struct json_object *m, *saved, *me;
    struct picture p;
    enum err e = read_me(r, &me);

    if (e != OK)
        return e;
    e = picture_get(&r->ctx, PICTURE_OF_USER, r->ctx.user_id, NULL, &p);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    m = settings_model(r, "/account", _("Perfil"),
                       _("Como você aparece para a equipe."));
    saved = json_object_new_object();
    model_text(saved, "name", text_of(me, "name"));
    model_text(saved, "displayName", text_of(me, "displayName"));
    form_model(r, m, saved);
    model_text(m, "email", text_of(me, "email"));
    model_text(m, "companyName", text_of(me, "companyName"));
    model_bool(m, "hasPicture", e == OK);
    model_text(m, "pictureVersion", e == OK ? p.etag : NULL);
    model_text(m, "initials",
               page_initials(r->ctx.arena, text_of(me, "displayName")));
    model_int(m, "hue", r->ctx.user_id % HUES);
    add_locales(r, m, text_of(me, "locale"));
    ctx_clear_error(&r->ctx);
    return page_reply(r, 200, "account/profile", m);
}

enum err
account_password_page(struct req *r)
{
    struct json_object *m, *me;
    const char *pending;
    enum err e = read_me(r, &me);

    if (e == OK)
        e = email_change_pending(&r->ctx, &pending);
    if (e != OK)
        return e;
    m = settings_model(r, "/account/password", _("Senha e e-mail"),
                       _("O que você usa para entrar."));
    form_model(r, m, NULL);
    model_text(m, "email", text_of(me, "email"));
    model_text(m, "pending", pending);
    return page_reply(r, 200, "account/password", m);
}

/* "ABCD EFGH …": dá para ler e digitar. */
static const char *
grouped(struct arena *a, const char *secret)
{
    struct str s;
    size_t i;

    str_init(&s, a, 48);
    for (i = 0; secret[i] != '\0'; i++) {
        if (i > 0 && i % SECRET_GROUP == 0)
            str_putc(&s, ' ');
        str_putc(&s, secret[i]);
    }
    return s.data;
}

static void
add_offer(struct req *r, struct json_object *m,
          const struct two_factor_offer *offer)
{
    struct json_object *o = json_object_new_object();

    model_text(o, "secret", grouped(r->ctx.arena, offer->secret));
    model_text(o, "uri", offer->uri);
    model_text(o, "setup", offer->setup);
    model_int(o, "side", offer->qr.side);
    model_text(o, "path", offer->qr.path);
    json_object_object_add(m, "offer", o);
}

static void
add_codes(struct json_object *m, char (*codes)[RECOVERY_CODE_CHARS + 1])
{
    struct json_object *list = json_object_new_array();
    int i;

    for (i = 0; i < RECOVERY_CODES; i++)
        json_object_array_add(list, json_object_new_string(codes[i]));
    json_object_object_add(m, "codes", list);
    model_bool(m, "hasCodes", true);
}

enum err
account_two_factor_page(struct req *r, const struct two_factor_offer *offer,
                        char (*codes)[RECOVERY_CODE_CHARS + 1])
{
    struct two_factor state;
    struct json_object *m;
    bool required = false;
    enum err e = two_factor_state(&r->ctx, r->ctx.user_id, &state);

    if (e == OK)
        e = two_factor_required(&r->ctx, &required);
    if (e != OK)
        return e;
    m = settings_model(r, "/account/two-factor", _("Segunda etapa"),
                       _("Além da senha, um código do seu celular."));
    form_model(r, m, NULL);
    model_bool(m, "isOn", state.is_on);
    model_bool(m, "required", required);
    model_bool(m, "mustEnrol", required && !state.is_on);
    model_int(m, "codesLeft", state.codes_left);
    model_bool(m, "fewCodes", state.is_on && state.codes_left < 3);
    if (offer != NULL)
        add_offer(r, m, offer);
    if (codes != NULL)
        add_codes(m, codes);
    return page_reply(r, 200, "account/two_factor", m);
}

enum err
account_two_factor_remove_page(struct req *r)
{
    struct json_object *m = settings_model(r, "/account/two-factor",
                                           _("Desligar a segunda etapa"), NULL);

    settings_parent(m, "/account/two-factor", _("Segunda etapa"));
    form_model(r, m, NULL);
    return page_reply(r, 200, "account/two_factor_remove", m);
}

static struct json_object *
login_model(struct req *r, const struct auth_login *l)
{
    struct json_object *m = json_object_new_object();
    struct arena *a = r->ctx.arena;
    int64_t used = when_parse(l->last_used_at), now = clock_now_ms();

    model_text(m, "id", l->id);
    model_text(m, "device", l->device);
    model_text(m, "address", l->address);
    model_text(m, "company", l->company_name);
    model_bool(m, "isProgram", strcmp(l->kind, "program") == 0);
    model_bool(m, "isCurrent", l->current);
    model_text(m, "used", when_brief(a, used, now));
    model_text(m, "usedIso", when_iso(a, used));
    model_text(m, "since", when_day_text(a, when_parse(l->created_at), now));
    return m;
}

enum err
account_sessions_page(struct req *r)
{
    struct json_object *m, *list = json_object_new_array();
    struct auth_login *logins;
    int i, count = 0;
    enum err e;

    arena_defer(r->ctx.arena, drop_json, list);
    m = settings_model(r, "/account/sessions", _("Aparelhos"),
                       _("Onde a sua conta está aberta. Não reconhece algum? "
                         "Encerre-o e troque a senha."));
    e = auth_logins(&r->ctx, &logins, &count);
    if (e != OK)
        return e;
    form_model(r, m, NULL);
    for (i = 0; i < count; i++)
        json_object_array_add(list, login_model(r, &logins[i]));
    json_object_object_add(m, "rows", json_object_get(list));
    model_bool(m, "hasOthers", count > 1);
    return page_reply(r, 200, "account/sessions", m);
}

enum err
account_confirm_page(struct req *r, const char *token, const char *address)
{
    struct json_object *m = page_model(r, _("Confirmar e-mail"));

    form_model(r, m, NULL);
    model_text(m, "token", token);
    model_text(m, "address", address);
    return page_reply(r, address != NULL ? 200 : 410, "account/confirm_email",
                      m);
}
