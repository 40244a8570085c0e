/* admin_company.c - /admin/company: ajustes e marca da empresa em que se está.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "account/picture.h"
#include "app/admin_pages.h"
#include "app/form_page.h"
#include "app/hours_form.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "gen/q_link.h"
#include "view/picture.h"

#define HERE "/admin/company"
#define F struct company_form

/* clang-format off */
const struct field company_form[] = {
    INT (F, version, .min = 1, .doc = "Versão que a tela mostrou"),
    TEXT(F, name, .required = true, .min = 1, .max = COMPANY_NAME_MAX,
         .doc = "Nome"),
    ENUM(F, locale, .required = true, .one_of = "pt-BR en", .doc = "Língua"),
    TEXT(F, time_zone, .required = true, .min = 1, .max = 60, .doc = "Fuso"),
    TEXT(F, retention_days, .max = 10, .doc = "Dias; em branco: para sempre"),
    BOOL_IF_SENT(F, require_two_factor, .doc = "Segunda etapa obrigatória"),
    ENUM(F, default_visibility, .required = true, .one_of = "all queues own",
         .doc = "Visibilidade de quem chega"),
    HOURS_FORM_FIELDS(F),
    FIELDS_END
};
const struct field company_messages_form[] = {
    BOOL(struct company_messages_form, read_receipts,
         .doc = "Diz ao cliente que a mensagem dele foi lida"),
    BOOL(struct company_messages_form, link_previews,
         .doc = "Busca e mostra a prévia dos endereços"),
    BOOL(struct company_messages_form, sign_messages,
         .doc = "O texto vai com o nome de quem o escreveu"),
    FIELDS_END
};
const struct field logo_form[] = {
    UPLOAD(struct logo_form, picture, .required = true, .max = LOGO_MAX,
           .doc = "JPEG, PNG, WebP ou GIF"),
    FIELDS_END
};
/* clang-format on */

enum err
form_number(struct ctx *c, const char *field, const char *text, int64_t *out)
{
    *out = 0;
    if (text == NULL || text[0] == '\0')
        return OK;
    if (!parse_int64(text, out) || *out < 0 || *out > 100000000)
        return fail_field(c, field, "type", "%s",
                          _("escreva um número inteiro, ou deixe em branco"));
    return OK;
}

const char *
form_number_text(struct arena *a, bool has, int64_t value)
{
    return has && value != 0 ? arena_printf(a, "%" PRId64, value) : "";
}

enum err
model_zones(struct req *r, struct json_object *m)
{
    static struct json_object *zones;
    struct q_time_zone_list_row *rows;
    int i, count;
    enum err e;

    if (zones == NULL) {
        e = q_time_zone_list(&r->ctx, &rows, &count);
        if (e != OK)
            return e;
        zones = json_object_new_array();
        for (i = 0; i < count; i++) {
            struct json_object *zone = json_object_new_object();

            model_text(zone, "name", rows[i].name);
            json_object_array_add(zones, zone);
        }
    }
    json_object_object_add(m, "zones", json_object_get(zones));
    return OK;
}

static void
add_lists(struct req *r, struct json_object *m, const struct q_company_row *c)
{
    static const struct settings_choice locales[] = {
        { "pt-BR", "Português" },
        { "en", "English" },
        { NULL, NULL },
    };
    static const struct settings_choice sights[] = {
        { "queues", N_("As filas da pessoa") },
        { "own", N_("Só os dela") },
        { "all", N_("Todos") },
        { NULL, NULL },
    };

    json_object_object_add(m, "locales",
                           settings_choices(r, "locale", c->locale, locales));
    json_object_object_add(m, "visibilities",
                           settings_choices(r, "defaultVisibility",
                                            c->default_visibility, sights));
    model_bool(
        m, "twoFactorOn",
        form_marked(r, "requireTwoFactor", "true", c->require_two_factor));
}

static void
add_form(struct req *r, struct json_object *m, const struct q_company_row *c)
{
    struct json_object *form = json_object_new_object();

    model_text(form, "name", c->name);
    model_text(form, "timeZone", c->time_zone);
    model_text(form, "retentionDays",
               form_number_text(r->ctx.arena, c->has_retention_days,
                                c->retention_days));
    model_int(form, "version", c->version);
    form_model(r, m, form);
}

static enum err
add_messages(struct req *r, struct json_object *m)
{
    struct q_message_settings_row row;
    enum err e = q_message_settings_get(&r->ctx, &row);

    if (e != OK)
        return e;
    model_bool(m, "receiptsOn", row.read_receipts);
    model_bool(m, "previewsOn", row.link_previews);
    model_bool(m, "signOn", row.sign_messages);
    return OK;
}

static enum err
show(struct req *r)
{
    struct json_object *m =
        settings_model(r, HERE, _("Empresa"),
                       _("Como a empresa aparece e como ela trabalha."));
    struct q_company_row c;
    enum err e = q_company_get(
        &r->ctx, &(struct q_company_get_in){ .id = r->ctx.company_id }, &c);

    if (e == OK)
        e = model_zones(r, m);
    if (e == OK)
        e = add_messages(r, m);
    if (e != OK)
        return e;
    add_form(r, m, &c);
    add_lists(r, m, &c);
    hours_form_model(r, m, c.business_hours);
    model_int(m, "companyId", c.id);
    model_text(m, "logo", c.logo);
    model_text(m, "companyName", c.name);
    model_text(m, "companyInitials", page_initials(r->ctx.arena, c.name));
    model_bool(m, "mayWrite", settings_may(r, PERM_COMPANY_WRITE));
    return page_reply(r, 200, "admin/company", m);
}

enum err
company_page(struct req *r, const void *input)
{
    (void)input;
    return show(r);
}

enum err
company_redraw(struct req *r)
{
    return show(r);
}

enum err
company_save(struct req *r, const void *input)
{
    const F *in = input;
    const char *const typed[COMPANY_DAYS] = { in->hours_mon, in->hours_tue,
                                              in->hours_wed, in->hours_thu,
                                              in->hours_fri, in->hours_sat,
                                              in->hours_sun };
    struct company_change to = {
        .version = in->version,
        .name = in->name,
        .locale = in->locale,
        .time_zone = in->time_zone,
        .default_visibility = in->default_visibility,
        .has_retention_days = true,
        .require_two_factor = in->require_two_factor,
        .has_require_two_factor = in->has_require_two_factor,
    };
    struct q_company_row row;
    enum err e = form_number(&r->ctx, "retentionDays", in->retention_days,
                             &to.retention_days);

    company_hours_read(&r->ctx, typed, &to.business_hours);
    if (r->ctx.error != OK)
        return r->ctx.error;
    e = company_change(&r->ctx, r->ctx.company_id, &to, &row);
    return e != OK ? e : form_done(r, HERE, _("Ajustes salvos"));
}

enum err
company_messages_save(struct req *r, const void *input)
{
    const struct company_messages_form *in = input;
    struct q_message_settings_row row;
    enum err e = q_message_settings_save(&r->ctx,
                                         &(struct q_message_settings_save_in){
                                             .read_receipts = in->read_receipts,
                                             .has_read_receipts = true,
                                             .link_previews = in->link_previews,
                                             .has_link_previews = true,
                                             .sign_messages = in->sign_messages,
                                             .has_sign_messages = true },
                                         &row);

    return e != OK ? e : form_done(r, HERE, _("Ajustes salvos"));
}

enum err
logo_save(struct req *r, const void *input)
{
    const struct logo_form *in = input;
    struct slice webp;
    enum err e = picture_square(&r->ctx, "picture", in->picture->data,
                                PICTURE_SIDE, &webp);

    if (e == OK)
        e = picture_put(&r->ctx, PICTURE_OF_COMPANY, r->ctx.company_id, webp);
    return e != OK ? e : form_done(r, HERE, _("Marca trocada"));
}

enum err
logo_drop(struct req *r, const void *input)
{
    enum err e = picture_drop(&r->ctx, PICTURE_OF_COMPANY, r->ctx.company_id);

    (void)input;
    return e != OK ? e : form_done(r, HERE, _("Marca tirada"));
}
