/* two_factor.c - a segunda etapa, sobre sql/queries/two_factor.sql. */
#include "auth/two_factor.h"

#include <inttypes.h>
#include <string.h>

#include "auth/secret_box.h"
#include "base/clock.h"
#include "base/log.h"
#include "gen/q_two_factor.h"

static const char *
box_context(struct ctx *c, int64_t user_id)
{
    return arena_printf(c->arena, "totp:%" PRId64, user_id);
}

enum err
two_factor_state(struct ctx *c, int64_t user_id, struct two_factor *out)
{
    struct q_two_factor_of_row row;
    bool found;
    enum err e = q_two_factor_of(
        c, &(struct q_two_factor_of_in){ .user_id = user_id }, &row, &found);

    if (e != OK)
        return e;
    if (!found)
        return fail(c, ERR_NOT_FOUND, NULL);
    *out = (struct two_factor){ .is_on = row.enabled_at != NULL,
                                .enabled_at = row.enabled_at,
                                .codes_left = row.codes_left };
    return OK;
}

enum err
two_factor_missing(struct ctx *c, int64_t user_id, int64_t company_id,
                   bool *missing)
{
    struct q_two_factor_missing_row row;
    enum err e =
        q_two_factor_missing(c,
                             &(struct q_two_factor_missing_in){
                                 .user_id = user_id, .company_id = company_id },
                             &row);

    *missing = e == OK && row.missing;
    return e;
}

/* Códigos novos, e os hashes deles um depois do outro. */
static struct slice
make_codes(struct ctx *c, int64_t user_id,
           char codes[static RECOVERY_CODES][RECOVERY_CODE_CHARS + 1])
{
    unsigned char *hashes =
        arena_alloc(c->arena, RECOVERY_CODES * RECOVERY_HASH_BYTES);
    int i;

    recovery_codes_make(codes);
    for (i = 0; i < RECOVERY_CODES; i++)
        recovery_code_hash(user_id, codes[i], hashes + i * RECOVERY_HASH_BYTES);
    return (struct slice){ (const char *)hashes,
                           RECOVERY_CODES * RECOVERY_HASH_BYTES };
}

enum err
two_factor_enable(struct ctx *c, int64_t user_id,
                  const unsigned char secret[static TOTP_SECRET_BYTES],
                  int64_t step,
                  char codes[static RECOVERY_CODES][RECOVERY_CODE_CHARS + 1])
{
    struct slice plain = { (const char *)secret, TOTP_SECRET_BYTES }, sealed;
    int64_t changed;

    if (!secret_box_seal(c->arena, box_context(c, user_id), plain, &sealed))
        return fail(c, ERR_INTERNAL, NULL);
    return q_two_factor_set(
        c,
        &(struct q_two_factor_set_in){ .user_id = user_id,
                                       .secret = sealed,
                                       .step = step,
                                       .codes = make_codes(c, user_id, codes) },
        &changed);
}

enum err
two_factor_disable(struct ctx *c, int64_t user_id)
{
    int64_t changed;

    return q_two_factor_set(
        c, &(struct q_two_factor_set_in){ .user_id = user_id, .step = 0 },
        &changed);
}

enum err
two_factor_new_codes(struct ctx *c, int64_t user_id,
                     char codes[static RECOVERY_CODES][RECOVERY_CODE_CHARS + 1])
{
    int64_t changed;

    return q_recovery_codes_replace(
        c,
        &(struct q_recovery_codes_replace_in){
            .user_id = user_id, .codes = make_codes(c, user_id, codes) },
        &changed);
}

/* O código do aplicativo; o passo só se toma uma vez. */
static enum err
check_app(struct ctx *c, int64_t user_id, const char *code, bool *passes)
{
    struct q_two_factor_step_row taken;
    struct q_two_factor_of_row row;
    struct slice secret;
    int64_t step;
    bool found;
    enum err e = q_two_factor_of(
        c, &(struct q_two_factor_of_in){ .user_id = user_id }, &row, &found);

    if (e != OK || !found || row.secret.data == NULL)
        return e;
    if (!secret_box_open(c->arena, box_context(c, user_id), row.secret,
                         &secret) ||
        secret.len != TOTP_SECRET_BYTES) {
        log_error("segunda etapa da pessoa %lld não abre com a chave de agora",
                  (long long)user_id);
        return OK;
    }
    if (!totp_check((const unsigned char *)secret.data, code, clock_now_s(),
                    row.last_step, &step))
        return OK;
    e = q_two_factor_step(
        c, &(struct q_two_factor_step_in){ .user_id = user_id, .step = step },
        &taken);
    *passes = e == OK && taken.taken;
    return e;
}

enum err
two_factor_check(struct ctx *c, int64_t user_id, const char *code, bool *passes,
                 bool *recovery)
{
    unsigned char *hash = arena_alloc(c->arena, RECOVERY_HASH_BYTES);
    char text[RECOVERY_CODE_CHARS + 1];
    struct q_recovery_code_use_row row;
    enum err e;

    *passes = false;
    if (recovery != NULL)
        *recovery = false;
    if (code == NULL || code[0] == '\0')
        return OK;
    if (!recovery_code_read(code, text))
        return check_app(c, user_id, code, passes);
    recovery_code_hash(user_id, text, hash);
    e = q_recovery_code_use(
        c,
        &(struct q_recovery_code_use_in){
            .user_id = user_id,
            .hash = { (const char *)hash, RECOVERY_HASH_BYTES } },
        &row);
    if (e != OK)
        return e;
    *passes = row.taken;
    if (recovery != NULL)
        *recovery = row.taken;
    return OK;
}
