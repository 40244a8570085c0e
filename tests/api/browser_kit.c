/* browser_kit.c - o navegador de quem entrou, para os testes das páginas. */
#include "browser_kit.h"

#include <inttypes.h>

#include "auth/csrf.h"
#include "auth/token.h"
#include "base/str.h"
#include "harness.h"

#define HERE "Origin: http://balcao.test"

struct browser
browser_in(int64_t person, int64_t company)
{
    char csrf[CSRF_CHARS + 1];
    char opaque[TOKEN_OPAQUE_CHARS + 1], hex[2 * TOKEN_HASH_BYTES + 1];
    unsigned char hash[TOKEN_HASH_BYTES];

    token_opaque(opaque);
    token_hash(opaque, hash);
    hex_encode(hash, sizeof hash, hex);
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, expires_at) SELECT id, %" PRId64 ", token_version, "
        "decode('%s', 'hex'), now() + interval '1 day' FROM users WHERE id = "
        "%" PRId64,
        company, hex, person);
    csrf_token(hash, csrf);
    return (struct browser){ text("balcao=%s", opaque), text("%s", csrf) };
}

struct browser
browser_of(int64_t person)
{
    return browser_in(person,
                      sql_int("SELECT coalesce(min(company_id), 1) FROM "
                              "memberships WHERE user_id = %" PRId64,
                              person));
}

struct answer *
browser_page(struct browser b, const char *program, const char *path)
{
    return call(
        &(struct call){ .program = program, .path = path, .cookie = b.cookie });
}

struct answer *
browser_part(struct browser b, const char *program, const char *path)
{
    return call(&(struct call){ .program = program,
                                .path = path,
                                .cookie = b.cookie,
                                .headers = { PART } });
}

struct answer *
browser_submit_with(struct browser b, const char *program, const char *path,
                    const char *fields, const char *header)
{
    return call(&(struct call){ .program = program,
                                .method = "POST",
                                .path = path,
                                .cookie = b.cookie,
                                .type = FORM_TYPE,
                                .body = text("_csrf=%s&%s", b.csrf, fields),
                                .headers = { HERE, header } });
}

struct answer *
browser_submit(struct browser b, const char *program, const char *path,
               const char *fields)
{
    return browser_submit_with(b, program, path, fields, NULL);
}

void
assert_has(const struct answer *a, const char *words)
{
    if (strstr(a->body, words) == NULL)
        fail_msg("falta \"%s\" em:\n%s", words, a->body);
}

void
assert_lacks(const struct answer *a, const char *words)
{
    if (strstr(a->body, words) != NULL)
        fail_msg("sobra \"%s\" em:\n%s", words, a->body);
}

void
assert_saved(const struct answer *a, const char *where)
{
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), where);
    assert_non_null(strstr(a->headers, "Set-Cookie: done="));
}
