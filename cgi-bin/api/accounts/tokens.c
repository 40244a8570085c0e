/* accounts/tokens.c - rotas de /api/v1/tokens: tokens de API de programas. */
#include <inttypes.h>

#include "app/app.h"
#include "auth/api_token.h"
#include "base/i18n.h"
#include "gen/q_api_token.h"

#define DEFAULT_DAYS 90
#define MAX_DAYS 3650
#define SMALL_BODY 16384

/* clang-format off */
static const struct field token_out[] = {
    INT (struct q_api_token_row, id, .doc = "Token"),
    TEXT(struct q_api_token_row, name, .doc = "Nome dado pelo dono"),
    TEXT(struct q_api_token_row, prefix,
         .doc = "Começo do segredo, para reconhecê-lo"),
    JSON(struct q_api_token_row, scopes, .doc = "Permissões pedidas",
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"),
    INT (struct q_api_token_row, user_id, .doc = "Dono"),
    TEXT(struct q_api_token_row, user_name, .doc = "Nome do dono"),
    TIME(struct q_api_token_row, created_at, .doc = "Quando nasceu"),
    TIME(struct q_api_token_row, expires_at, .nullable = true,
         .doc = "Até quando vale; null: sem prazo"),
    TIME(struct q_api_token_row, revoked_at, .nullable = true,
         .doc = "Quando foi revogado; null: vale"),
    TIME(struct q_api_token_row, last_used_at, .nullable = true,
         .doc = "Último uso, de minuto em minuto"),
    TEXT(struct q_api_token_row, last_used_address,
         .doc = "Endereço IP do último uso"),
    FIELDS_END
};

struct list_in {
    bool all;
    const char *cursor;
    int64_t limit;
};
static const struct field list_in[] = {
    BOOL(struct list_in, all, .from = QUERY,
         .doc = "Os de todos; exige tokens.manage"),
    INT (struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
         .fallback = 50, .doc = "Quantos por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 20,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};
/* clang-format on */

static bool
may_manage(const struct req *r)
{
    return (r->ctx.permissions & PERM_BIT(PERM_TOKENS_MANAGE)) != 0;
}

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_api_token_list_in q = { .everyone = in->all,
                                     .before_id = INT64_MAX,
                                     .max = in->limit + 1 };
    struct q_api_token_row *rows;
    const char *next = NULL;
    int count;
    enum err e;

    if (in->all && !may_manage(r))
        return fail(&r->ctx, ERR_FORBIDDEN, NULL);
    if (in->cursor != NULL && !parse_int64(in->cursor, &q.before_id))
        return fail_field(&r->ctx, "cursor", "cursor", "%s",
                          _("não é um cursor desta lista"));
    e = q_api_token_list(&r->ctx, &q, &rows, &count);
    if (e != OK)
        return e;
    if (count > in->limit) {
        count = (int)in->limit;
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    }
    return reply_list(r, rows, sizeof *rows, count, next);
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
    INT  (struct create_in, expires_in_days, .max = MAX_DAYS,
          .fallback = DEFAULT_DAYS, .doc = "Dias que vale; 0: sem prazo"),
    FIELDS_END
};
static const struct field made_out[] = {
    INT (struct api_token_made, id, .doc = "Token"),
    TEXT(struct api_token_made, token,
         .doc = "O segredo, para Authorization: Bearer; só aparece aqui"),
    TEXT(struct api_token_made, prefix, .doc = "Começo do segredo"),
    TIME(struct api_token_made, created_at, .doc = "Quando nasceu"),
    TIME(struct api_token_made, expires_at, .nullable = true,
         .doc = "Até quando vale; null: sem prazo"),
    FIELDS_END
};
/* clang-format on */

static enum err
create(struct req *r, const void *input)
{
    const struct create_in *in = input;
    struct api_token_made made;
    enum err e = api_token_create(
        &r->ctx,
        &(struct api_token_new){ .name = in->name,
                                 .scopes = in->scopes,
                                 .life_days = in->expires_in_days },
        &made);

    return e != OK ? e : reply(r, &made);
}

/* clang-format off */
struct id_in { int64_t id; };
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Token"),
    FIELDS_END
};
/* clang-format on */

static enum err
revoke(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_api_token_revoke_row row;
    bool found;
    enum err e =
        q_api_token_revoke(&r->ctx,
                           &(struct q_api_token_revoke_in){
                               .id = in->id, .everyone = may_manage(r) },
                           &row, &found);

    if (e == OK && !found)
        e = fail(&r->ctx, ERR_NOT_FOUND, NULL);
    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
const struct route tokens_routes[] = {
    { GET, "/api/v1/tokens", list, PERM_TOKENS_OWN, .one_query = true,
      IN(struct list_in, list_in), .out = token_out, .out_list = true,
      .doc = "Tokens de API, do mais novo ao mais velho" },
    { POST, "/api/v1/tokens", create, PERM_TOKENS_OWN, .secret = true,
      .max_body = SMALL_BODY, IN(struct create_in, create_in),
      .out = made_out, .success = 201,
      .doc = "Cria um token de API; o segredo aparece só nesta resposta" },
    { DELETE, "/api/v1/tokens/{id}", revoke, PERM_TOKENS_OWN,
      IN(struct id_in, id_in), .success = 204,
      .doc = "Revoga um token: ele para de valer na hora" },
    ROUTES_END
};
/* clang-format on */
