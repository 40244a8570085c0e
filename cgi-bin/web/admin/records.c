/*
 * admin/records.c - páginas do que fica registrado: a auditoria, e os tokens de
 * API de uma pessoa e de todos.
 */
#include "app/app.h"
#include "app/audit_csv.h"
#include "app/audit_page.h"
#include "app/form_page.h"
#include "app/tokens_page.h"
#include "base/i18n.h"
#include "gen/q_api_token.h"

#define MAX_DAYS 3650

/* ---- auditoria ---- */

/* clang-format off */
#define QUERY_FIELDS \
    TEXT(struct audit_query, from, .from = QUERY, .max = 40, \
         .doc = "Desde este dia, no fuso da empresa"), \
    TEXT(struct audit_query, to, .from = QUERY, .max = 40, \
         .doc = "Até este dia, inteiro"), \
    TEXT(struct audit_query, person, .from = QUERY, .max = 20, \
         .doc = "Número de quem fez; 0: o sistema"), \
    TEXT(struct audit_query, action, .from = QUERY, .max = 200, \
         .doc = "Ações ou começos, separados por vírgula"), \
    TEXT(struct audit_query, q, .from = QUERY, .max = 100, \
         .doc = "Texto em qualquer lugar")

static const struct field audit_in[] = {
    QUERY_FIELDS,
    TEXT(struct audit_query, cursor, .from = QUERY, .max = 20,
         .doc = "Cursor da página"),
    FIELDS_END
};
static const struct field export_in[] = { QUERY_FIELDS, FIELDS_END };
/* clang-format on */

static enum err
show_audit(struct req *r, const void *input)
{
    return audit_page(r, input);
}

static enum err
export_audit(struct req *r, const void *input)
{
    struct audit_filter f;
    enum err e = audit_query_filter(r, input, &f);

    return e != OK ? e : audit_csv_reply(r, &f);
}

/* ---- tokens ---- */

struct list_in {
    const char *cursor;
};
static const struct field list_in[] = { TEXT(struct list_in, cursor,
                                             .from = QUERY, .max = 20,
                                             .doc = "Cursor da página"),
                                        FIELDS_END };

static enum err
own_tokens(struct req *r, const void *input)
{
    const struct list_in *in = input;

    return tokens_page(r, TOKENS_OWN, in->cursor, NULL);
}

static enum err
all_tokens(struct req *r, const void *input)
{
    const struct list_in *in = input;

    return tokens_page(r, TOKENS_ALL, in->cursor, NULL);
}

/* clang-format off */
struct create_in {
    const char *name, *scopes;
    int64_t expires_in_days;
};
static const struct field create_in[] = {
    TEXT (struct create_in, name, .required = true, .max = 80,
          .doc = "Nome, para reconhecê-lo depois"),
    WORDS(struct create_in, scopes, .required = true,
          .one_of = permission_words, .doc = "Permissões que o token terá"),
    INT  (struct create_in, expires_in_days, .max = MAX_DAYS, .fallback = 90,
          .doc = "Dias que vale; 0: sem prazo"),
    FIELDS_END
};
/* clang-format on */

static enum err
draw_own(struct req *r)
{
    return tokens_page(r, TOKENS_OWN, NULL, NULL);
}

static enum err
create_token(struct req *r, const void *input)
{
    const struct create_in *in = input;
    struct api_token_made made;
    enum err e = api_token_create(
        &r->ctx,
        &(struct api_token_new){ .name = in->name,
                                 .scopes = in->scopes,
                                 .life_days = in->expires_in_days },
        &made);

    return e != OK ? e : tokens_page(r, TOKENS_OWN, NULL, &made);
}

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Token"), FIELDS_END
};

static enum err
ask_revoke_own(struct req *r, const void *input)
{
    return token_revoke_page(r, TOKENS_OWN, ((const struct id_in *)input)->id);
}

static enum err
ask_revoke_any(struct req *r, const void *input)
{
    return token_revoke_page(r, TOKENS_ALL, ((const struct id_in *)input)->id);
}

static enum err
revoke(struct req *r, int64_t id, enum tokens_of of)
{
    struct q_api_token_revoke_row row;
    bool found;
    enum err e =
        q_api_token_revoke(&r->ctx,
                           &(struct q_api_token_revoke_in){
                               .id = id, .everyone = of == TOKENS_ALL },
                           &row, &found);

    if (e == OK && !found)
        e = fail(&r->ctx, ERR_NOT_FOUND, NULL);
    return e != OK ? e
                   : form_done(r, tokens_path(of),
                               _("Token revogado: ele já não vale."));
}

static enum err
revoke_own(struct req *r, const void *input)
{
    return revoke(r, ((const struct id_in *)input)->id, TOKENS_OWN);
}

static enum err
revoke_any(struct req *r, const void *input)
{
    return revoke(r, ((const struct id_in *)input)->id, TOKENS_ALL);
}

/* clang-format off */
const struct route records_pages[] = {
    { GET, "/admin/audit", show_audit, PERM_AUDIT_READ, WEB_PAGE,
      IN(struct audit_query, audit_in), .doc = "Auditoria da empresa" },
    { GET, "/admin/audit/export", export_audit, PERM_AUDIT_READ,
      .auth = AUTH_COOKIE, .html = true, .out_type = "text/csv",
      .writes = true, .rate = { .hits = 30, .per_s = 600 },
      IN(struct audit_query, export_in),
      .doc = "A auditoria em CSV; fica registrado" },
    { GET, "/account/tokens", own_tokens, PERM_TOKENS_OWN, WEB_PAGE,
      IN(struct list_in, list_in), .doc = "Tokens de API da pessoa" },
    { POST, "/account/tokens", create_token, PERM_TOKENS_OWN, WEB_POST,
      .success = 201, .redraw = draw_own, IN(struct create_in, create_in),
      .doc = "Cria um token e o mostra uma vez" },
    { GET, "/account/tokens/{id}/revoke", ask_revoke_own, PERM_TOKENS_OWN,
      WEB_PAGE, IN(struct id_in, id_in), .doc = "Confirma a revogação" },
    { POST, "/account/tokens/{id}/revoke", revoke_own, PERM_TOKENS_OWN, WEB_FORM,
      IN(struct id_in, id_in), .doc = "Revoga um token seu" },
    { GET, "/admin/tokens", all_tokens, PERM_TOKENS_MANAGE, WEB_PAGE,
      IN(struct list_in, list_in), .doc = "Tokens de API de todos" },
    { GET, "/admin/tokens/{id}/revoke", ask_revoke_any, PERM_TOKENS_MANAGE,
      WEB_PAGE, IN(struct id_in, id_in), .doc = "Confirma a revogação" },
    { POST, "/admin/tokens/{id}/revoke", revoke_any, PERM_TOKENS_MANAGE,
      WEB_FORM, IN(struct id_in, id_in),
      .doc = "Revoga o token de alguém" },
    ROUTES_END
};
/* clang-format on */
