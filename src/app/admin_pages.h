/*
 * admin_pages.h - as páginas de /admin que são da empresa e da plataforma:
 * ajustes, papéis, empresas. Tratadores e entradas da tabela de admin.c; as
 * regras estão em account/company.h e account/role.h.
 */
#ifndef BALCAO_ADMIN_PAGES_H
#define BALCAO_ADMIN_PAGES_H

#include "account/company.h"
#include "http/route.h"

enum { LOGO_MAX = 5242880 };

/* ---- /admin/company ---- */

struct company_form {
    const char *name, *locale, *time_zone, *retention_days;
    const char *default_visibility;
    const char *hours_mon, *hours_tue, *hours_wed, *hours_thu, *hours_fri,
        *hours_sat, *hours_sun;
    int64_t version;
    bool require_two_factor, has_require_two_factor;
};
extern const struct field company_form[];
struct logo_form {
    const struct upload *picture;
};
extern const struct field logo_form[];

/* GET /admin/company. */
enum err company_page(struct req *r, const void *input);
/* POST /admin/company. */
enum err company_save(struct req *r, const void *input);
/* A página dos ajustes, depois de uma recusa. */
enum err company_redraw(struct req *r);
struct company_messages_form {
    bool read_receipts, link_previews, sign_messages;
};
extern const struct field company_messages_form[];
/* POST /admin/company/messages: como a empresa trata as mensagens. */
enum err company_messages_save(struct req *r, const void *input);
/* POST /admin/company/logo. */
enum err logo_save(struct req *r, const void *input);
/* POST /admin/company/logo/delete. */
enum err logo_drop(struct req *r, const void *input);

/* ---- /admin/roles ---- */

struct role_form {
    int64_t id, version;
    const char *name, *description, *permissions;
};
extern const struct field role_new_form[], role_form[], role_path[];
struct role_id {
    int64_t id;
};

/* GET /admin/roles: a matriz. */
enum err roles_page(struct req *r, const void *input);
/* GET /admin/roles/new. */
enum err role_new_page(struct req *r, const void *input);
/* O papel novo, depois de uma recusa. */
enum err role_new_redraw(struct req *r);
/* POST /admin/roles. */
enum err role_new_save(struct req *r, const void *input);
/* GET /admin/roles/{id}. */
enum err role_page(struct req *r, const void *input);
/* Um papel, depois de uma recusa. */
enum err role_redraw(struct req *r);
/* POST /admin/roles/{id}. */
enum err role_save(struct req *r, const void *input);
/* GET /admin/roles/{id}/delete: confirma. */
enum err role_delete_page(struct req *r, const void *input);
/* A confirmação, depois de uma recusa. */
enum err role_delete_redraw(struct req *r);
/* POST /admin/roles/{id}/delete. */
enum err role_delete_save(struct req *r, const void *input);

/* ---- /admin/companies ---- */

struct companies_query {
    const char *search, *cursor;
};
extern const struct field companies_query[];
struct company_new_form {
    const char *name, *locale, *time_zone, *admin_email, *admin_name;
    const char *max_users, *max_channels, *max_storage_mb;
};
extern const struct field company_new_form[];
struct company_id {
    int64_t id;
};
extern const struct field company_path[];
struct limits_form {
    int64_t id, version;
    const char *max_users, *max_channels, *max_storage_mb;
};
extern const struct field limits_form[];
struct company_delete_form {
    int64_t id;
    const char *confirm;
};
extern const struct field company_delete_form[];

/* GET /admin/companies. */
enum err companies_page(struct req *r, const void *input);
/* GET /admin/companies/new. */
enum err company_new_page(struct req *r, const void *input);
/* A empresa nova, depois de uma recusa. */
enum err company_new_redraw(struct req *r);
/* POST /admin/companies. */
enum err company_new_save(struct req *r, const void *input);
/* GET /admin/companies/{id}. */
enum err company_one_page(struct req *r, const void *input);
/* Uma empresa, depois de uma recusa. */
enum err company_one_redraw(struct req *r);
/* POST /admin/companies/{id}/limits. */
enum err company_limits_save(struct req *r, const void *input);
/* POST /admin/companies/{id}/suspend. */
enum err company_suspend_save(struct req *r, const void *input);
/* POST /admin/companies/{id}/resume. */
enum err company_resume_save(struct req *r, const void *input);
/* GET /admin/companies/{id}/delete: confirma. */
enum err company_delete_page(struct req *r, const void *input);
/* A confirmação, depois de uma recusa. */
enum err company_delete_redraw(struct req *r);
/* POST /admin/companies/{id}/delete. */
enum err company_delete_save(struct req *r, const void *input);

/*
 * Um número que pode ficar em branco no formulário.
 *   out   [saída] 0 se em branco
 * Erros:  ERR_INVALID no campo.
 */
enum err
form_number(struct ctx *c, const char *field, const char *text, int64_t *out);

/* "" para 0 ou nulo, como o campo em branco. */
const char *form_number_text(struct arena *a, bool has, int64_t value);

/* Põe `zones` [{name}], os fusos que se sugerem; lidos uma vez por processo. */
enum err model_zones(struct req *r, struct json_object *m);

#endif
