/* inbox_kit.c - o navegador de quem atende, para os testes das páginas. */
#include "inbox_kit.h"

#include <inttypes.h>
#include <string.h>

#include "auth/csrf.h"
#include "auth/token.h"
#include "base/str.h"
#include "harness.h"

#define HERE "Origin: http://balcao.test"
#define FORM "application/x-www-form-urlencoded"

struct browser
browser_of(int64_t person)
{
    static char csrf[CSRF_CHARS + 1];
    char opaque[TOKEN_OPAQUE_CHARS + 1], hex[2 * TOKEN_HASH_BYTES + 1];
    unsigned char hash[TOKEN_HASH_BYTES];

    token_opaque(opaque);
    token_hash(opaque, hash);
    hex_encode(hash, sizeof hash, hex);
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, expires_at) SELECT m.user_id, m.company_id, "
        "u.token_version, decode('%s', 'hex'), now() + interval '1 day' "
        "FROM memberships m JOIN users u ON u.id = m.user_id "
        "WHERE u.id = %" PRId64,
        hex, person);
    csrf_token(hash, csrf);
    return (struct browser){ text("balcao=%s", opaque), text("%s", csrf) };
}

struct answer *
browser_page(struct browser b, const char *program, const char *path)
{
    return call(
        &(struct call){ .program = program, .path = path, .cookie = b.cookie });
}

static struct answer *
submit(struct browser b, const char *program, const char *path,
       const char *fields, const char *header)
{
    return call(&(struct call){ .program = program,
                                .method = "POST",
                                .path = path,
                                .cookie = b.cookie,
                                .type = FORM,
                                .body = text("_csrf=%s&%s", b.csrf, fields),
                                .headers = { HERE, header } });
}

struct answer *
browser_submit(struct browser b, const char *program, const char *path,
               const char *fields)
{
    return submit(b, program, path, fields, NULL);
}

struct answer *
inbox_page(struct browser b, const char *path)
{
    return browser_page(b, "inbox", path);
}

struct answer *
inbox_part(struct browser b, const char *path)
{
    return call(&(struct call){ .program = "inbox",
                                .path = path,
                                .cookie = b.cookie,
                                .headers = { PART } });
}

struct answer *
inbox_submit(struct browser b, const char *path, const char *fields,
             const char *header)
{
    return submit(b, "inbox", path, fields, header);
}

const char *
path_of(int64_t ticket, const char *rest)
{
    return text("/inbox/%" PRId64 "%s", ticket, rest);
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
