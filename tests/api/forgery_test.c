/*
 * forgery_test.c - em toda rota que o navegador chama com a sessão: sem o
 * token do formulário, com o de outra sessão, ou vindo de outro site, nada
 * acontece. E cookies adulterados não entram em lugar nenhum.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "auth/csrf.h"
#include "auth/token.h"
#include "routes.h"

#define COOKIE "0123456789abcdefABCDEF0123456789abcdefABCDE"
#define OTHER_COOKIE "9876543210abcdefABCDEF0123456789abcdefABCDE"

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static void
open_session(void)
{
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, expires_at) VALUES (10, 1, 1, sha256('" COOKIE "'), "
        "now() + interval '1 hour')");
}

static const char *
csrf_of(const char *cookie)
{
    char token[CSRF_CHARS + 1];
    unsigned char hash[TOKEN_HASH_BYTES];

    token_hash(cookie, hash);
    csrf_token(hash, token);
    return text("X-CSRF-Token: %s", token);
}

static bool
is_by_browser(const struct known_route *r)
{
    return !is(r->method, "GET") &&
           (is(r->auth, "cookie") || is(r->auth, "either") ||
            is(r->auth, "stream"));
}

static struct answer *
ask(const struct known_route *r, const char *csrf, const char *site)
{
    struct call c = { .program = r->program,
                      .method = r->method,
                      .path = filled_path(r, nobody_id),
                      .cookie = "balcao=" COOKIE,
                      .body = r->is_page ? "x=1" : "{}" };
    struct answer *a;
    int n = 0;

    if (r->is_page)
        c.type = "application/x-www-form-urlencoded";
    if (csrf != NULL)
        c.headers[n++] = csrf;
    if (site != NULL)
        c.headers[n++] = site;
    a = call(&c);
    if (a->status == 415) { /* a rota recebe arquivos */
        c.type = "multipart/form-data; boundary=b";
        c.body = "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n"
                 "1\r\n--b--\r\n";
        a = call(&c);
    }
    return a;
}

static const char *
state_of_everything(void)
{
    return sql("SELECT md5((SELECT string_agg(m::text, '' ORDER BY m::text) "
               "FROM memberships m) || (SELECT string_agg(u::text, '' ORDER "
               "BY u.id) FROM users u) || (SELECT string_agg(c::text, '' ORDER "
               "BY c.id) FROM companies c) || (SELECT string_agg(t::text, '' "
               "ORDER BY t.id) FROM tickets t))");
}

static void
assert_forgery_fails(const struct known_route *r, const char *csrf,
                     const char *site)
{
    const char *before = state_of_everything();
    struct answer *a = ask(r, csrf, site);

    if (a->status != 403 && a->status != 429)
        fail_msg("%s %s aceitou um formulário forjado (%d): %s", r->method,
                 r->path, a->status, a->body);
    assert_string_equal(before, state_of_everything());
}

TEST(forged_forms_are_refused_on_every_browser_route)
{
    const struct known_route *routes;
    size_t count, i, tried = 0;

    routes = known_routes(&count);
    for (i = 0; i < count; i++) {
        if (!is_by_browser(&routes[i]))
            continue;
        harness_reset(state);
        open_session();
        assert_forgery_fails(&routes[i], NULL, NULL);
        assert_forgery_fails(&routes[i], csrf_of(OTHER_COOKIE), NULL);
        assert_forgery_fails(&routes[i], "X-CSRF-Token: 0", NULL);
        assert_forgery_fails(&routes[i], csrf_of(COOKIE),
                             "Sec-Fetch-Site: cross-site");
        assert_forgery_fails(&routes[i], csrf_of(COOKIE),
                             "Origin: https://outro.exemplo");
        tried++;
    }
    assert_true(tried > 0);
    print_message("formulários forjados: %zu rotas x 5 jeitos\n", tried);
}

TEST(public_forms_refuse_other_sites)
{
    const struct known_route *routes;
    size_t count, i;

    routes = known_routes(&count);
    for (i = 0; i < count; i++) {
        if (is(routes[i].method, "GET") || !is(routes[i].auth, "public-form"))
            continue;
        harness_reset(state);
        assert_int_equal(
            ask(&routes[i], NULL, "Sec-Fetch-Site: cross-site")->status, 403);
        assert_int_equal(
            ask(&routes[i], NULL, "Origin: https://outro.exemplo")->status,
            403);
    }
}

TEST(altered_cookies_open_nothing)
{
    static const char *const cookies[] = {
        "balcao=" OTHER_COOKIE,
        "balcao=",
        "balcao=" COOKIE "x",
        "balcao=\"" COOKIE "\"",
        "Balcao=" COOKIE,
        "__Host-balcao=" COOKIE,
        "balcao=" OTHER_COOKIE "; balcao=" COOKIE,
        "=balcao; ;;; balcao",
        "balcao=%30123456789abcdefABCDEF0123456789abcdefABCDE",
    };
    size_t i;

    harness_reset(state);
    open_session();
    for (i = 0; i < sizeof cookies / sizeof *cookies; i++) {
        struct answer *a = call(&(struct call){
            .program = "inbox", .path = "/inbox", .cookie = cookies[i] });

        if (a->status != 303)
            fail_msg("%s entrou (%d)", cookies[i], a->status);
    }
    assert_int_equal(call(&(struct call){ .program = "inbox",
                                          .path = "/inbox",
                                          .cookie = "balcao=" COOKIE })
                         ->status,
                     200);
}

static int
set_up(void **state)
{
    setenv("BALCAO_REDIS_URL", "", 1); /* o limite não é o que se mede */
    unsetenv("TEST_REDIS");
    harness_keep_programs();
    return harness_setup(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forged_forms_are_refused_on_every_browser_route),
        cmocka_unit_test(public_forms_refuse_other_sites),
        cmocka_unit_test(altered_cookies_open_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
