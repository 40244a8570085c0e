/* one_time.c - segredos de um uso, sobre sql/queries/one_time.sql. */
#include "auth/one_time.h"

#include "gen/q_one_time.h"

static struct slice
hash_of(struct ctx *c, const char *token)
{
    unsigned char *hash = arena_alloc(c->arena, TOKEN_HASH_BYTES);

    token_hash(token, hash);
    return (struct slice){ (const char *)hash, TOKEN_HASH_BYTES };
}

enum err
one_time_create(struct ctx *c, const struct one_time_new *one,
                char token[static TOKEN_OPAQUE_CHARS + 1])
{
    struct q_one_time_create_row row;

    token_opaque(token);
    return q_one_time_create(
        c,
        &(struct q_one_time_create_in){
            .purpose = one->purpose,
            .user_id = one->user_id,
            .company_id = one->company_id,
            .address = one->address != NULL ? one->address : "",
            .payload = one->payload,
            .hash = hash_of(c, token),
            .life_s = one->life_s,
            .keep_older = one->keep_older },
        &row);
}

static enum err
take(struct ctx *c, struct q_one_time_take_in in, const char *token,
     struct one_time *out, bool *found)
{
    struct q_one_time_row row;
    enum err e;

    *found = false;
    if (token == NULL || !token_is_opaque(token))
        return OK;
    in.hash = hash_of(c, token);
    e = q_one_time_take(c, &in, &row, found);
    if (e != OK || !*found)
        return e;
    *out = (struct one_time){ .id = row.id,
                              .user_id = row.user_id,
                              .company_id = row.company_id,
                              .address = row.address,
                              .payload = row.payload,
                              .created_at = row.created_at,
                              .expires_at = row.expires_at };
    return OK;
}

enum err
one_time_peek(struct ctx *c, const char *purpose, const char *token,
              struct one_time *out, bool *found)
{
    return take(c, (struct q_one_time_take_in){ .purpose = purpose }, token,
                out, found);
}

enum err
one_time_consume(struct ctx *c, const char *purpose, const char *token,
                 struct one_time *out, bool *found)
{
    return take(
        c, (struct q_one_time_take_in){ .purpose = purpose, .spend = true },
        token, out, found);
}

enum err
one_time_drop(struct ctx *c, const char *purpose, int64_t user_id,
              int64_t company_id, const char *address)
{
    struct q_one_time_drop_row row;

    return q_one_time_drop(c,
                           &(struct q_one_time_drop_in){
                               .purpose = purpose,
                               .user_id = user_id,
                               .company_id = company_id,
                               .address = address != NULL ? address : "" },
                           &row);
}
