/* api_token.c - cria, acha e limita tokens de API. */
#include "auth/api_token.h"

#include <string.h>

#include "base/i18n.h"
#include "base/str.h"
#include "db/db.h"
#include "gen/q_api_token.h"

#define START_CHARS (sizeof API_TOKEN_START - 1)
#define PREFIX_CHARS (START_CHARS + 6)

uint64_t
api_token_scopes(uint64_t permissions)
{
    return permissions & ~(PERM_BIT(PERM_SELF) | PERM_BIT(PERM_TOKENS_OWN));
}

bool
api_token_is_one(const char *text)
{
    return strncmp(text, API_TOKEN_START, START_CHARS) == 0 &&
           token_is_opaque(text + START_CHARS);
}

static struct slice
hash_of(struct ctx *c, const char *text)
{
    unsigned char *hash = arena_alloc(c->arena, TOKEN_HASH_BYTES);

    token_hash(text, hash);
    return (struct slice){ (const char *)hash, TOKEN_HASH_BYTES };
}

enum err
api_token_find(struct ctx *c, const char *text, struct api_token_owner *out,
               bool *found)
{
    struct q_api_token_find_row row;
    uint64_t scopes, owned;
    enum err e;

    *found = false;
    e = q_api_token_find(c,
                         &(struct q_api_token_find_in){
                             .hash = hash_of(c, text),
                             .address = c->remote != NULL ? c->remote : "" },
                         &row, found);
    if (e == OK)
        e = db_commit(c);
    if (e != OK || !*found)
        return e;
    *out = (struct api_token_owner){ .token_id = row.token_id,
                                     .user_id = row.user_id,
                                     .company_id = row.company_id,
                                     .role = role_parse(row.role) };
    owned = permissions_of(out->role);
    if (row.permissions != NULL)
        permissions_parse(row.permissions, &owned);
    permissions_parse(row.scopes, &scopes);
    out->permissions = api_token_scopes(scopes & owned);
    return OK;
}

/* "{a,b}" -> máscara; o que não se conhece não passa da tabela da rota. */
static uint64_t
scopes_mask(struct ctx *c, const char *array)
{
    char *words = arena_strdup(c->arena, array), *p;
    uint64_t mask;

    for (p = words; *p != '\0'; p++)
        if (strchr("{},", *p) != NULL)
            *p = ' ';
    permissions_parse(words, &mask);
    return mask;
}

static enum err
may_create(struct ctx *c, const struct api_token_new *t)
{
    uint64_t asked = scopes_mask(c, t->scopes);

    if (c->api_token_id != 0)
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("Um token não cria outro: entre com a sua conta"));
    if (asked == 0)
        return fail_field(c, "scopes", "required", "%s",
                          _("escolha ao menos uma permissão"));
    if ((asked & ~api_token_scopes(c->permissions)) != 0)
        return fail_field(
            c, "scopes", "not_yours", _("você não pode dar: %s"),
            permission_slugs(c->arena,
                             asked & ~api_token_scopes(c->permissions)));
    return OK;
}

enum err
api_token_create(struct ctx *c, const struct api_token_new *new_token,
                 struct api_token_made *out)
{
    char *text = arena_alloc(c->arena, API_TOKEN_CHARS + 1);
    struct q_api_token_create_row row;
    bool is_member;
    enum err e = may_create(c, new_token);

    if (e != OK)
        return e;
    memcpy(text, API_TOKEN_START, START_CHARS);
    token_opaque(text + START_CHARS);
    out->prefix = arena_memdup(c->arena, text, PREFIX_CHARS);
    e = q_api_token_create(
        c,
        &(struct q_api_token_create_in){ .name = new_token->name,
                                         .scopes = new_token->scopes,
                                         .prefix = out->prefix,
                                         .hash = hash_of(c, text),
                                         .life_days = new_token->life_days },
        &row, &is_member);
    if (e == OK && !is_member)
        e = fail(c, ERR_FORBIDDEN, "%s",
                 _("Só membros desta empresa criam tokens nela"));
    if (e != OK)
        return e;
    out->id = row.id;
    out->token = text;
    out->created_at = row.created_at;
    out->expires_at = row.expires_at;
    return OK;
}
