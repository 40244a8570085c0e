/* accounts/audit.c - rotas de /api/v1/audit: quem fez o quê, quando e de onde.
 */
#include <inttypes.h>

#include "app/app.h"
#include "app/audit_csv.h"
#include "auth/audit.h"
#include "auth/audit_words.h"
#include "base/i18n.h"

/* clang-format off */
#define ANY_OBJECT "{\"type\":[\"object\",\"null\"],\"x-open\":true}"

static const struct field audit_out[] = {
    INT (struct q_audit_row, id, .doc = "Registro"),
    TIME(struct q_audit_row, at, .doc = "Quando"),
    INT (struct q_audit_row, user_id,
         .doc = "Quem; 0: o sistema, ou alguém que não se provou"),
    TEXT(struct q_audit_row, user_name, .doc = "Nome que a pessoa tinha"),
    TEXT(struct q_audit_row, action, .doc = "O quê: alvo.verbo"),
    TEXT(struct q_audit_row, target_type, .doc = "Espécie do alvo"),
    TEXT(struct q_audit_row, target_id, .doc = "Número do alvo"),
    TEXT(struct q_audit_row, target_name, .nullable = true,
         .doc = "Nome que o alvo tem, ou tinha"),
    JSON(struct q_audit_row, before, .nullable = true, .schema = ANY_OBJECT,
         .doc = "O que mudou, antes; segredos como ***"),
    JSON(struct q_audit_row, after, .nullable = true, .schema = ANY_OBJECT,
         .doc = "O que mudou, depois; segredos como ***"),
    TEXT(struct q_audit_row, address, .doc = "Endereço IP"),
    TEXT(struct q_audit_row, user_agent, .doc = "Navegador ou programa"),
    TEXT(struct q_audit_row, request_id, .doc = "Id do pedido, o do log"),
    FIELDS_END
};

/* Os mesmos filtros na lista e na exportação. */
#define FILTER_FIELDS(S) \
    TEXT(S, filter.since, .json = "from", .from = QUERY, .max = 40, \
         .doc = "Desde: dia no fuso da empresa, ou instante ISO 8601"), \
    TEXT(S, filter.until, .json = "to", .from = QUERY, .max = 40, \
         .doc = "Até: o dia inteiro; um instante não entra"), \
    INT_OR_NULL_AT(S, filter, user_id, .json = "userId", .from = QUERY, \
         .doc = "Quem; 0: o sistema"), \
    TEXT(S, filter.actions, .json = "action", .from = QUERY, .max = 200, \
         .doc = "Ações ou começos, separados por vírgula: login,role.updated"), \
    TEXT(S, filter.target_type, .json = "targetType", .from = QUERY, \
         .max = 40, .doc = "Espécie do alvo"), \
    TEXT(S, filter.target_id, .json = "targetId", .from = QUERY, .max = 40, \
         .doc = "Número do alvo"), \
    TEXT(S, filter.address, .json = "address", .from = QUERY, .max = 60, \
         .doc = "Começo do endereço IP"), \
    TEXT(S, filter.words, .json = "q", .from = QUERY, .max = 100, \
         .doc = "Texto em qualquer lugar do registro"), \
    COMPANY_FIELD(S)
#define INT_OR_NULL_AT(S, in, m, ...) \
    FIELD_AS(FIELD_INT, S, in.m, int64_t, \
             .has_offset = offsetof(S, in.has_##m), __VA_ARGS__)
#define COMPANY_FIELD(S) \
    INT_OR_NULL_AT(S, filter, company_id, .json = "companyId", \
         .from = QUERY, \
         .doc = "Outra empresa, só para quem administra a plataforma; 0: a " \
                "própria plataforma")

struct list_in {
    struct audit_filter filter;
    const char *cursor;
    int64_t limit;
};
static const struct field list_in[] = {
    FILTER_FIELDS(struct list_in),
    INT (struct list_in, limit, .from = QUERY, .min = 1, .max = 200,
         .fallback = 50, .doc = "Quantos por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 20,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};
/* clang-format on */

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_audit_row *rows;
    int64_t before_id = INT64_MAX;
    const char *next = NULL;
    int count;
    enum err e = audit_filter_check(&r->ctx, &in->filter);

    if (e != OK)
        return e;
    if (in->cursor != NULL && !parse_int64(in->cursor, &before_id))
        return fail_field(&r->ctx, "cursor", "cursor", "%s",
                          _("não é um cursor desta lista"));
    e = audit_list(&r->ctx, &in->filter,
                   (struct audit_span){ before_id, in->limit + 1 }, &rows,
                   &count);
    if (e != OK)
        return e;
    if (count > in->limit) {
        count = (int)in->limit;
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    }
    return reply_list(r, rows, sizeof *rows, count, next);
}

/* clang-format off */
struct export_in { struct audit_filter filter; };
static const struct field export_in[] = {
    FILTER_FIELDS(struct export_in),
    FIELDS_END
};
/* clang-format on */

static enum err
export_csv(struct req *r, const void *input)
{
    const struct export_in *in = input;

    return audit_csv_reply(r, &in->filter);
}

/* clang-format off */
struct one_in {
    struct audit_filter filter;
    int64_t id;
};
static const struct field one_in[] = {
    INT(struct one_in, id, .from = PATH, .min = 1, .doc = "Registro"),
    COMPANY_FIELD(struct one_in),
    FIELDS_END
};
/* clang-format on */

static enum err
one(struct req *r, const void *input)
{
    const struct one_in *in = input;
    struct q_audit_row row;
    enum err e = audit_filter_check(&r->ctx, &in->filter);

    if (e == OK)
        e = audit_get(&r->ctx, &in->filter, in->id, &row);
    return e != OK ? e : reply(r, &row);
}

/* clang-format off */
struct action { const char *action, *label; };
static const struct field action_out[] = {
    TEXT(struct action, action, .doc = "Código, para o filtro action"),
    TEXT(struct action, label, .doc = "Em palavras, na língua pedida"),
    FIELDS_END
};

struct actions_in { struct audit_filter filter; };
static const struct field actions_in[] = {
    COMPANY_FIELD(struct actions_in),
    FIELDS_END
};
/* clang-format on */

static enum err
actions(struct req *r, const void *input)
{
    const struct actions_in *in = input;
    struct q_audit_actions_row *rows;
    struct action *out;
    int count, i;
    enum err e = audit_filter_check(&r->ctx, &in->filter);

    if (e == OK)
        e = q_audit_actions(&r->ctx,
                            &(struct q_audit_actions_in){
                                .has_company_id = in->filter.has_company_id,
                                .company_id = in->filter.company_id },
                            &rows, &count);
    if (e != OK)
        return e;
    out = arena_alloc(r->ctx.arena, (size_t)(count + 1) * sizeof *out);
    for (i = 0; i < count; i++)
        out[i] = (struct action){ rows[i].action,
                                  audit_action_label(rows[i].action) };
    return reply_list(r, out, sizeof *out, count, NULL);
}

/* clang-format off */
const struct route audit_routes[] = {
    { GET, "/api/v1/audit", list, PERM_AUDIT_READ, .one_query = true,
      IN(struct list_in, list_in), .out = audit_out, .out_list = true,
      .doc = "Registros da auditoria, do mais novo ao mais velho" },
    { GET, "/api/v1/audit/actions", actions, PERM_AUDIT_READ,
      .one_query = true, IN(struct actions_in, actions_in),
      .out = action_out, .out_list = true,
      .doc = "As ações que já aconteceram, com nome de gente" },
    { GET, "/api/v1/audit/export", export_csv, PERM_AUDIT_READ,
      .writes = true, .rate = { .hits = 30, .per_s = 600 },
      IN(struct export_in, export_in), .out_type = "text/csv",
      .doc = "Os mesmos registros em CSV, sem limite; fica registrado" },
    { GET, "/api/v1/audit/{id}", one, PERM_AUDIT_READ, .one_query = true,
      IN(struct one_in, one_in), .out = audit_out,
      .doc = "Um registro" },
    ROUTES_END
};
/* clang-format on */
