/*
 * admin.c - as páginas /admin, /admin/company, /admin/roles e
 * /admin/companies. As pessoas estão em people.c.
 */
#include <inttypes.h>
#include <json-c/json.h>

#include "app/admin_pages.h"
#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"

#define APP_NAME "admin"
#define SMALL_BODY 16384

/* Os cartões da visão geral; cada um, de quem pode ver o que ele conta. */
static struct json_object *
cards_model(struct req *r, const struct q_company_numbers_row *n)
{
    const struct {
        enum permission permit;
        const char *path, *label;
        int64_t count;
    } all[] = {
        { PERM_USERS_READ, "/admin/users", _("Pessoas"), n->users },
        { PERM_USERS_READ, "/admin/invitations", _("Convites em aberto"),
          n->invitations },
        { PERM_ROLES_READ, "/admin/roles", _("Papéis próprios"), n->roles },
        { PERM_COMPANY_READ, "/admin/company", _("Filas"), n->queues },
        { PERM_COMPANY_READ, "/admin/company", _("Canais"), n->channels },
        { PERM_TOKENS_MANAGE, "/admin/tokens", _("Tokens de API"), n->tokens },
        { PERM_AUDIT_READ, "/admin/audit", _("Registros em 24 horas"),
          n->audit_today },
        { PERM_COMPANIES_MANAGE, "/admin/companies", _("Empresas"),
          n->companies },
    };
    struct json_object *cards = json_object_new_array(), *m;
    size_t i;

    for (i = 0; i < sizeof all / sizeof *all; i++) {
        if (!settings_may(r, all[i].permit))
            continue;
        m = json_object_new_object();
        model_text(m, "path", all[i].path);
        model_text(m, "label", all[i].label);
        model_text(m, "count",
                   arena_printf(r->ctx.arena, "%" PRId64, all[i].count));
        json_object_array_add(cards, m);
    }
    return cards;
}

/* "6 pessoas ainda entram só com a senha.", ou NULL. */
static const char *
two_factor_text(struct req *r, int64_t without)
{
    if (without == 0 || !settings_may(r, PERM_USERS_READ))
        return NULL;
    return arena_printf(r->ctx.arena,
                        i18n_plural("%d pessoa ainda entra só com a senha.",
                                    "%d pessoas ainda entram só com a senha.",
                                    (unsigned long)without),
                        (int)without);
}

static enum err
home(struct req *r, const void *input)
{
    struct json_object *m =
        settings_model(r, "/admin", _("Visão geral"), r->session.company_name);
    struct q_company_numbers_row n;
    enum err e = q_company_numbers(&r->ctx, &n);

    (void)input;
    if (e != OK)
        return e;
    form_model(r, m, NULL);
    json_object_object_add(m, "cards", cards_model(r, &n));
    model_text(m, "withoutTwoFactor", two_factor_text(r, n.without_two_factor));
    model_bool(m, "mayWrite", settings_may(r, PERM_COMPANY_WRITE));
    return page_reply(r, 200, "admin/home", m);
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/admin", home, PERM_COMPANY_READ, WEB_PAGE, .doc = "Visão geral" },

    { GET, "/admin/company", company_page, PERM_COMPANY_READ, WEB_PAGE,
      .doc = "Ajustes da empresa" },
    { POST, "/admin/company", company_save, PERM_COMPANY_WRITE, WEB_FORM,
      IN(struct company_form, company_form), .redraw = company_redraw,
      .refuses = "409", .doc = "Salva os ajustes" },
    { POST, "/admin/company/messages", company_messages_save,
      PERM_COMPANY_WRITE, WEB_FORM,
      IN(struct company_messages_form, company_messages_form),
      .redraw = company_redraw, .doc = "Confirmação de leitura e prévias" },
    { POST, "/admin/company/logo", logo_save, PERM_COMPANY_WRITE,
      .auth = AUTH_COOKIE, .accepts = ACCEPT_MULTIPART, .html = true,
      .max_body = LOGO_MAX + SMALL_BODY, .success = 303,
      IN(struct logo_form, logo_form), .redraw = company_redraw,
      .doc = "Troca a marca" },
    { POST, "/admin/company/logo/delete", logo_drop, PERM_COMPANY_WRITE, WEB_FORM,
      .redraw = company_redraw, .doc = "Tira a marca" },

    { GET, "/admin/roles", roles_page, PERM_ROLES_READ, WEB_PAGE,
      .doc = "A matriz de papéis e permissões" },
    { POST, "/admin/roles", role_new_save, PERM_ROLES_WRITE, WEB_FORM,
      IN(struct role_form, role_new_form), .redraw = role_new_redraw,
      .refuses = "409", .doc = "Cria um papel" },
    { GET, "/admin/roles/new", role_new_page, PERM_ROLES_WRITE, WEB_PAGE,
      .doc = "Papel novo" },
    { GET, "/admin/roles/{id}", role_page, PERM_ROLES_READ, WEB_PAGE,
      IN(struct role_id, role_path), .doc = "Um papel próprio" },
    { POST, "/admin/roles/{id}", role_save, PERM_ROLES_WRITE, WEB_FORM,
      IN(struct role_form, role_form), .redraw = role_redraw,
      .refuses = "409", .doc = "Salva um papel" },
    { GET, "/admin/roles/{id}/delete", role_delete_page, PERM_ROLES_WRITE,
      WEB_PAGE, IN(struct role_id, role_path), .doc = "Confirma apagar" },
    { POST, "/admin/roles/{id}/delete", role_delete_save, PERM_ROLES_WRITE,
      WEB_FORM, IN(struct role_id, role_path), .redraw = role_delete_redraw,
      .refuses = "409", .doc = "Apaga um papel que ninguém tem" },

    { GET, "/admin/companies", companies_page, PERM_COMPANIES_MANAGE, WEB_PAGE,
      IN(struct companies_query, companies_query), .doc = "Empresas" },
    { POST, "/admin/companies", company_new_save, PERM_COMPANIES_MANAGE, WEB_FORM,
      IN(struct company_new_form, company_new_form),
      .redraw = company_new_redraw, .refuses = "409",
      .doc = "Cria uma empresa" },
    { GET, "/admin/companies/new", company_new_page, PERM_COMPANIES_MANAGE,
      WEB_PAGE, .doc = "Empresa nova" },
    { GET, "/admin/companies/{id}", company_one_page, PERM_COMPANIES_MANAGE,
      WEB_PAGE, IN(struct company_id, company_path), .doc = "Uma empresa" },
    { POST, "/admin/companies/{id}/limits", company_limits_save,
      PERM_COMPANIES_MANAGE, WEB_FORM, IN(struct limits_form, limits_form),
      .redraw = company_one_redraw, .refuses = "409",
      .doc = "Salva os limites" },
    { POST, "/admin/companies/{id}/suspend", company_suspend_save,
      PERM_COMPANIES_MANAGE, WEB_FORM, IN(struct company_id, company_path),
      .redraw = company_one_redraw, .refuses = "409",
      .doc = "Suspende uma empresa" },
    { POST, "/admin/companies/{id}/resume", company_resume_save,
      PERM_COMPANIES_MANAGE, WEB_FORM, IN(struct company_id, company_path),
      .redraw = company_one_redraw, .refuses = "409",
      .doc = "Traz uma empresa de volta" },
    { GET, "/admin/companies/{id}/delete", company_delete_page,
      PERM_COMPANIES_MANAGE, WEB_PAGE, IN(struct company_id, company_path),
      .doc = "Confirma apagar" },
    { POST, "/admin/companies/{id}/delete", company_delete_save,
      PERM_COMPANIES_MANAGE, WEB_FORM,
      IN(struct company_delete_form, company_delete_form),
      .redraw = company_delete_redraw, .refuses = "409",
      .doc = "Apaga uma empresa suspensa e exportada" },
    ROUTES_END
};
/* clang-format on */

extern const struct route people_pages[];
extern const struct route records_pages[];
extern const struct route privacy_pages[];

APP_MAIN_OF(routes, people_pages, records_pages, privacy_pages)
