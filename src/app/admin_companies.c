/* admin_companies.c - /admin/companies: as empresas, para a plataforma. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "account/email.h"
#include "app/admin_pages.h"
#include "app/company_fields.h"
#include "app/cursor.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"

#define HERE "/admin/companies"
#define ROWS 20
#define N struct company_new_form
#define L struct limits_form

/* clang-format off */
const struct field companies_query[] = {
    TEXT(struct companies_query, search, .from = QUERY, .max = 120,
         .doc = "Parte do nome"),
    TEXT(struct companies_query, cursor, .from = QUERY, .max = 400,
         .doc = "Continua depois desta linha"),
    FIELDS_END
};
const struct field company_new_form[] = {
    TEXT(N, name, .required = true, .min = 1, .max = COMPANY_NAME_MAX,
         .doc = "Nome"),
    ENUM(N, locale, .required = true, .one_of = "pt-BR en", .doc = "Língua"),
    TEXT(N, time_zone, .required = true, .min = 1, .max = 60, .doc = "Fuso"),
    TEXT(N, admin_email, .required = true, .max = EMAIL_MAX_CHARS,
         .doc = "Quem a administra"),
    TEXT(N, admin_name, .max = 120, .doc = "Nome de quem a administra"),
    TEXT(N, max_users, .max = 10, .doc = "Pessoas; em branco: sem limite"),
    TEXT(N, max_channels, .max = 10, .doc = "Canais; em branco: sem limite"),
    TEXT(N, max_storage_mb, .max = 10, .doc = "MB; em branco: sem limite"),
    FIELDS_END
};
const struct field company_path[] = {
    INT(struct company_id, id, .from = PATH, .min = 1, .doc = "Empresa"),
    FIELDS_END
};
const struct field limits_form[] = {
    INT (L, id, .from = PATH, .min = 1, .doc = "Empresa"),
    INT (L, version, .min = 1, .doc = "Versão que a tela mostrou"),
    TEXT(L, max_users, .max = 10, .doc = "Pessoas; em branco: sem limite"),
    TEXT(L, max_channels, .max = 10, .doc = "Canais; em branco: sem limite"),
    TEXT(L, max_storage_mb, .max = 10, .doc = "MB; em branco: sem limite"),
    FIELDS_END
};
const struct field company_delete_form[] = {
    INT (struct company_delete_form, id, .from = PATH, .min = 1,
         .doc = "Empresa"),
    TEXT(struct company_delete_form, confirm, .max = COMPANY_NAME_MAX,
         .doc = "O nome dela"),
    FIELDS_END
};
/* clang-format on */

/* ---- a lista ---- */

/* "3 de 10", ou só "3". */
static const char *
of_limit(struct req *r, int64_t count, bool has, int32_t max)
{
    return has ? arena_printf(r->ctx.arena, _("%d de %d"), (int)count, (int)max)
               : arena_printf(r->ctx.arena, "%d", (int)count);
}

/* O dia por extenso, no fuso da empresa de quem lê. */
static const char *
day_text(struct req *r, const char *at)
{
    return when_day_text(r->ctx.arena, when_parse(at), clock_now_ms());
}

static struct json_object *
row_model(struct req *r, const struct q_company_list_row *row)
{
    struct json_object *m = json_object_new_object();

    model_text(m, "path", page_path(r, HERE, row->id, ""));
    model_text(m, "name", row->name);
    model_int(m, "id", row->id);
    model_text(m, "users",
               of_limit(r, row->users, row->has_max_users, row->max_users));
    model_text(
        m, "channels",
        of_limit(r, row->channels, row->has_max_channels, row->max_channels));
    model_bool(m, "deleting", row->deleting_at != NULL);
    model_bool(m, "suspended", row->suspended && row->deleting_at == NULL);
    model_bool(m, "active", !row->suspended);
    model_bool(m, "current", row->current);
    model_text(m, "created", day_text(r, row->created_at));
    return m;
}

static const char *
list_path(struct req *r, const char *search)
{
    struct str s;

    if (search[0] == '\0')
        return HERE;
    str_init(&s, r->ctx.arena, 200);
    str_puts(&s, HERE "?search=");
    str_url(&s, search, strlen(search));
    return s.data;
}

enum err
companies_page(struct req *r, const void *input)
{
    const struct companies_query *in = input;
    const char *search = in->search != NULL ? in->search : "";
    struct q_company_list_in q = { .search = search,
                                   .everyone = true,
                                   .max = ROWS + 1 };
    struct json_object *m, *rows = json_object_new_array();
    struct q_company_list_row *list;
    int i, count;
    enum err e;

    m = settings_model(r, HERE, _("Empresas"),
                       _("Todas as que dividem esta instalação."));
    json_object_object_add(m, "rows", rows);
    if (!cursor_read(r, in->cursor, &q.after_name, &q.after_id))
        q.after_name = "";
    e = q_company_list(&r->ctx, &q, &list, &count);
    if (e != OK)
        return e;
    for (i = 0; i < count && i < ROWS; i++)
        json_object_array_add(rows, row_model(r, &list[i]));
    settings_action(m, HERE "/new", "plus", _("Nova empresa"));
    settings_pager(r, m, list_path(r, search), in->cursor,
                   count > ROWS ? cursor_after(r, list[ROWS - 1].id,
                                               list[ROWS - 1].sort_name)
                                : NULL);
    form_model(r, m, NULL);
    model_text(m, "search", search);
    model_bool(m, "hasRows", count > 0);
    return page_reply(r, 200, "admin/companies", m);
}

/* ---- criar ---- */

static enum err
show_new(struct req *r)
{
    struct json_object *m =
        settings_model(r, HERE, _("Nova empresa"),
                       _("Ela nasce com uma pessoa que a administra."));
    struct json_object *form = json_object_new_object();
    struct json_object *langs = json_object_new_array();
    static const char *const texts[] = { "name",        "adminEmail",
                                         "adminName",   "maxUsers",
                                         "maxChannels", "maxStorageMb" };
    size_t i;
    enum err e = model_zones(r, m);

    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        model_text(form, texts[i], "");
    model_text(form, "timeZone", "America/Sao_Paulo");
    settings_option(r, langs, "locale", "pt-BR", "Português", true);
    settings_option(r, langs, "locale", "en", "English", false);
    json_object_object_add(m, "locales", langs);
    settings_parent(m, HERE, _("Empresas"));
    form_model(r, m, form);
    return e != OK ? e : page_reply(r, 200, "admin/companies_new", m);
}

enum err
company_new_page(struct req *r, const void *input)
{
    (void)input;
    return show_new(r);
}

enum err
company_new_redraw(struct req *r)
{
    return show_new(r);
}

static enum err
read_limits(struct ctx *c, const char *users, const char *channels,
            const char *storage, int64_t out[3])
{
    form_number(c, "maxUsers", users, &out[0]);
    form_number(c, "maxChannels", channels, &out[1]);
    form_number(c, "maxStorageMb", storage, &out[2]);
    return c->error;
}

enum err
company_new_save(struct req *r, const void *input)
{
    const N *in = input;
    struct company_new new = { .name = in->name,
                               .locale = in->locale,
                               .time_zone = in->time_zone };
    int64_t limits[3], id;
    bool invited;
    enum err e;

    email_check(&r->ctx, "adminEmail", in->admin_email, &new.admin_email);
    e = read_limits(&r->ctx, in->max_users, in->max_channels,
                    in->max_storage_mb, limits);
    if (e != OK)
        return e;
    if (in->admin_name != NULL && in->admin_name[0] != '\0')
        new.admin_name = in->admin_name;
    new.max_users = limits[0];
    new.max_channels = limits[1];
    new.max_storage_mb = limits[2];
    e = company_create(&r->ctx, &new, &id, &invited);
    if (e != OK)
        return e;
    return form_done(r, page_path(r, HERE, id, ""),
                     invited ? _("Empresa criada; o convite foi mandado")
                             : _("Empresa criada; a pessoa já pode entrar"));
}

/* ---- uma empresa ---- */

static void
add_company(struct req *r, struct json_object *m, const struct q_company_row *c)
{
    model_int(m, "id", c->id);
    model_text(m, "name", c->name);
    model_text(m, "timeZone", c->time_zone);
    model_int(m, "users", c->users);
    model_int(m, "channels", c->channels);
    model_text(m, "usersText",
               arena_printf(r->ctx.arena, "%" PRId64, c->users));
    model_text(m, "channelsText",
               arena_printf(r->ctx.arena, "%" PRId64, c->channels));
    model_text(m, "created", day_text(r, c->created_at));
    model_text(m, "exported",
               c->exported_at != NULL ? day_text(r, c->exported_at) : NULL);
    model_bool(m, "deleting", c->deleting_at != NULL);
    model_bool(m, "suspended", c->suspended && c->deleting_at == NULL);
    model_bool(m, "active", !c->suspended);
    model_text(m, "path", page_path(r, HERE, c->id, ""));
}

static void
add_limits(struct req *r, struct json_object *m, const struct q_company_row *c)
{
    struct json_object *form = json_object_new_object();
    struct arena *a = r->ctx.arena;

    model_text(form, "maxUsers",
               form_number_text(a, c->has_max_users, c->max_users));
    model_text(form, "maxChannels",
               form_number_text(a, c->has_max_channels, c->max_channels));
    model_text(form, "maxStorageMb",
               form_number_text(a, c->has_max_storage_mb, c->max_storage_mb));
    model_int(form, "version", c->version);
    form_model(r, m, form);
}

static enum err
show(struct req *r, int64_t id, const char *page)
{
    struct q_company_row c;
    struct json_object *m;
    enum err e =
        q_company_get(&r->ctx, &(struct q_company_get_in){ .id = id }, &c);

    if (e != OK)
        return e;
    m = settings_model(r, HERE, c.name, NULL);
    settings_parent(m, HERE, _("Empresas"));
    add_limits(r, m, &c);
    add_company(r, m, &c);
    return page_reply(r, 200, page, m);
}

enum err
company_one_page(struct req *r, const void *input)
{
    const struct company_id *in = input;

    return show(r, in->id, "admin/companies_one");
}

enum err
company_one_redraw(struct req *r)
{
    return show(r, form_path_id(r), "admin/companies_one");
}

enum err
company_limits_save(struct req *r, const void *input)
{
    const L *in = input;
    struct q_company_row row;
    int64_t limits[3];
    enum err e = read_limits(&r->ctx, in->max_users, in->max_channels,
                             in->max_storage_mb, limits);

    if (e == OK)
        e = company_set_limits(&r->ctx, in->id, in->version, limits, &row);
    return e != OK ? e
                   : form_done(r, page_path(r, HERE, in->id, ""),
                               _("Limites salvos"));
}

static enum err
turn(struct req *r, int64_t id, bool stop)
{
    struct q_company_row row;
    enum err e = company_suspend(&r->ctx, id, stop, &row);

    return e != OK ? e
                   : form_done(r, page_path(r, HERE, id, ""),
                               stop ? _("Empresa suspensa")
                                    : _("Empresa de volta"));
}

enum err
company_suspend_save(struct req *r, const void *input)
{
    return turn(r, ((const struct company_id *)input)->id, true);
}

enum err
company_resume_save(struct req *r, const void *input)
{
    return turn(r, ((const struct company_id *)input)->id, false);
}

enum err
company_delete_page(struct req *r, const void *input)
{
    const struct company_id *in = input;

    return show(r, in->id, "admin/companies_delete");
}

enum err
company_delete_redraw(struct req *r)
{
    return show(r, form_path_id(r), "admin/companies_delete");
}

enum err
company_delete_save(struct req *r, const void *input)
{
    const struct company_delete_form *in = input;
    enum err e = company_delete_enqueue(&r->ctx, in->id,
                                        in->confirm != NULL ? in->confirm : "");

    return e != OK ? e
                   : form_done(r, page_path(r, HERE, in->id, ""),
                               _("A empresa está sendo apagada"));
}
