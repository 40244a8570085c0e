/* account_kit.c - o navegador de quem mexe na própria conta, para os testes. */
#include <inttypes.h>

#include "account_kit.h"
#include "auth/csrf.h"
#include "auth/token.h"
#include "harness.h"
#include "login_kit.h"

#define FORM "application/x-www-form-urlencoded"
#define HERE "Origin: http://balcao.test"

void
open_session(int64_t person, const char *cookie)
{
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, expires_at, user_agent, address) SELECT id, 1, "
        "token_version, sha256('%s'), now() + interval '1 hour', "
        "'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', '198.51.100.7' "
        "FROM users WHERE id = %" PRId64,
        cookie, person);
}

struct answer *
page_with(const char *cookie, const char *program, const char *path)
{
    return call(&(struct call){ .program = program,
                                .path = path,
                                .cookie = text("balcao=%s", cookie) });
}

struct answer *
page(const char *path)
{
    return page_with(MINE, "account", path);
}

const char *
csrf(void)
{
    static char token[CSRF_CHARS + 1];
    unsigned char hash[TOKEN_HASH_BYTES];

    token_hash(MINE, hash);
    csrf_token(hash, token);
    return token;
}

struct answer *
submit(const char *path, const char *body)
{
    return call(&(struct call){ .program = "account",
                                .method = "POST",
                                .path = path,
                                .type = FORM,
                                .cookie = "balcao=" MINE,
                                .body = text("_csrf=%s&%s", csrf(), body),
                                .headers = { HERE } });
}

void
assert_done(const struct answer *a, const char *where)
{
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), where);
}

const char *
after(const struct answer *a, const char *mark)
{
    const char *at = strstr(a->body, mark);

    if (at == NULL)
        fail_msg("a página não tem %s", mark);
    at += strlen(mark);
    return text("%.*s", (int)strcspn(at, "\"<"), at);
}

struct answer *
ask(const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "accounts",
                                .method = method,
                                .path = text("/api/v1/me%s", path),
                                .token = token_of(fx.agent),
                                .body = body });
}

struct answer *
follow(const char *method, const char *token)
{
    bool post = strcmp(method, "POST") == 0;

    return call(&(struct call){
        .program = "account",
        .method = method,
        .path = post ? "/account/email/confirm"
                     : text("/account/email/confirm?token=%s", token),
        .type = post ? FORM : NULL,
        .cookie = "balcao=" MINE,
        .body = post ? text("_csrf=%s&token=%s", csrf(), token) : NULL,
        .headers = { HERE } });
}

/* O segredo que foi no e-mail. */
const char *
mailed_token(void)
{
    return strstr(mail_text("confirm_email", "link"), "token=") + 6;
}

int
reset_account(void **state)
{
    int failed = harness_reset(state);

    if (failed == 0)
        open_session(fx.agent, MINE);
    return failed;
}
