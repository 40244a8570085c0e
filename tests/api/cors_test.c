/* cors_test.c - páginas de outras origens e a API. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#include "base/conf.h"
#include "base/origin.h"

#define APP "https://app.example"
#define LIST APP ", http://localhost:5173,https://[2001:db8::1]:8443"

static struct answer *
ask(const char *method, const char *path, const char *origin)
{
    return call(&(struct call){
        .program = strstr(path, "stream") != NULL   ? "stream"
                   : strstr(path, "poll") != NULL   ? "poll"
                   : strstr(path, "/api") == NULL   ? "session"
                   : strstr(path, "health") != NULL ? "system"
                                                    : "tickets",
        .method = method,
        .path = path,
        .token = strcmp(method, "OPTIONS") != 0 ? token_of(fx.agent) : NULL,
        .headers = { origin != NULL ? text("Origin: %s", origin) : NULL,
                     "Access-Control-Request-Method: POST",
                     "Access-Control-Request-Headers: authorization" } });
}

static void
assert_header(const struct answer *a, const char *name, const char *value)
{
    const char *got = header_of(a, name);

    if (value == NULL)
        assert_null(got);
    else if (got == NULL || strcmp(got, value) != 0)
        fail_msg("%s: %s, e não %s", name, got != NULL ? got : "-", value);
}

static void
assert_closed(const struct answer *a)
{
    if (strstr(a->headers, "Access-Control-") != NULL)
        fail_msg("não devia ter CORS: %s", a->headers);
}

static int
with_list(void **state)
{
    setenv("BALCAO_FRONTEND_URL", LIST, 1);
    return harness_reset(state);
}

static int
without_list(void **state)
{
    setenv("BALCAO_FRONTEND_URL", "", 1);
    return harness_reset(state);
}

TEST(a_listed_origin_reads_answers_and_problems)
{
    UNUSED;
    static const char *const paths[] = { "/api/v1/tickets", "/api/tickets",
                                         "/api/v1/tickets?limit=x",
                                         "/api/v1/tickets/999999",
                                         "/api/v1/health" };
    size_t i;

    for (i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct answer *a = ask("GET", paths[i], APP);

        assert_header(a, "Access-Control-Allow-Origin", APP);
        assert_header(a, "Access-Control-Allow-Credentials", "true");
        assert_header(a, "Vary", "Origin");
        assert_non_null(strstr(header_of(a, "Access-Control-Expose-Headers"),
                               "Retry-After"));
        assert_header(a, "Access-Control-Allow-Methods", NULL);
    }
}

TEST(each_of_the_list_is_answered_with_itself)
{
    UNUSED;
    assert_header(ask("GET", "/api/v1/tickets", "http://localhost:5173"),
                  "Access-Control-Allow-Origin", "http://localhost:5173");
    assert_header(ask("GET", "/api/v1/tickets", "https://[2001:db8::1]:8443"),
                  "Access-Control-Allow-Origin", "https://[2001:db8::1]:8443");
}

TEST(the_live_routes_answer_too)
{
    UNUSED;
    struct answer *a = ask("GET", "/api/v1/poll?timeout=0", APP);

    assert_status(a, 200);
    assert_header(a, "Access-Control-Allow-Origin", APP);
    assert_non_null(header_of(a, "RateLimit-Remaining"));
    a = ask("GET", "/api/v1/stream", APP);
    assert_status(a, 200);
    assert_header(a, "Access-Control-Allow-Origin", APP);
    assert_header(a, "Access-Control-Allow-Credentials", "true");
}

TEST(nobody_else_reads_anything)
{
    UNUSED;
    static const char *const others[] = {
        "null",
        "*",
        "",
        "https://evil.example",
        "http://app.example",
        "https://app.example:443",
        "https://app.example:8443",
        "https://app.example/",
        "https://APP.example",
        "https://app.example.",
        "https://xapp.example",
        "https://app.example.evil.example",
        "https://app.exampl",
        APP ", https://evil.example",
        LIST,
        "https://app.example\thttps://evil.example",
    };
    size_t i;

    for (i = 0; i < sizeof others / sizeof *others; i++) {
        struct answer *a = ask("GET", "/api/v1/tickets", others[i]);

        assert_status(a, 200);
        assert_closed(a);
        assert_header(a, "Vary", "Origin");
        a = ask("OPTIONS", "/api/v1/tickets", others[i]);
        assert_status(a, 204);
        assert_closed(a);
        assert_header(a, "Vary", "Origin");
    }
    assert_closed(ask("GET", "/api/v1/tickets", NULL));
}

TEST(a_preflight_tells_the_methods_of_the_route)
{
    UNUSED;
    struct answer *a = ask("OPTIONS", "/api/v1/tickets/1/messages", APP);

    assert_status(a, 204);
    assert_int_equal(a->len, 0);
    assert_header(a, "Allow", "GET, HEAD, POST, OPTIONS");
    assert_header(a, "Access-Control-Allow-Origin", APP);
    assert_header(a, "Access-Control-Allow-Credentials", "true");
    assert_header(a, "Access-Control-Allow-Methods",
                  "GET, HEAD, POST, OPTIONS");
    assert_header(a, "Access-Control-Max-Age", "600");
    assert_non_null(strstr(header_of(a, "Access-Control-Allow-Headers"),
                           "Authorization, Content-Type, Idempotency-Key"));
    a = ask("OPTIONS", "/api/v1/tickets/1/take", APP);
    assert_header(a, "Access-Control-Allow-Methods", "POST, OPTIONS");
    assert_problem(ask("OPTIONS", "/api/v1/tickets/1/nada", APP), 404,
                   "not-found");
}

TEST(options_without_origin_is_a_plain_question)
{
    UNUSED;
    struct answer *a = ask("OPTIONS", "/api/v1/tickets", NULL);

    assert_status(a, 204);
    assert_header(a, "Allow", "GET, HEAD, POST, OPTIONS");
    assert_closed(a);
    a = ask("OPTIONS", "/login", NULL);
    assert_status(a, 204);
    assert_closed(a);
}

TEST(pages_are_never_shared)
{
    UNUSED;
    struct answer *a = ask("GET", "/login", APP);

    assert_status(a, 200);
    assert_closed(a);
    assert_header(a, "Vary", NULL);
    assert_closed(ask("OPTIONS", "/login", APP));
}

TEST(with_no_list_there_is_no_cors)
{
    UNUSED;
    struct answer *a = ask("GET", "/api/v1/tickets", APP);

    assert_status(a, 200);
    assert_closed(a);
    assert_header(a, "Vary", NULL);
    a = ask("OPTIONS", "/api/v1/tickets", APP);
    assert_status(a, 204);
    assert_closed(a);
}

/* ---- cookie de fora ---- */

static const char *
log_in(void)
{
    struct answer *a = call(&(struct call){
        .program = "session",
        .path = "/login",
        .type = "application/x-www-form-urlencoded",
        .body = "email=agent%40a.test&password=" FIXTURE_PASSWORD });
    const char *cookie;

    assert_status(a, 303);
    cookie = header_of(a, "Set-Cookie");
    return text("%.*s", (int)strcspn(cookie, ";"), cookie);
}

static const char *
csrf_of(const char *cookie)
{
    struct answer *a = call(&(struct call){
        .program = "inbox", .path = "/inbox", .cookie = cookie });
    const char *p = strstr(a->body, "name=\"_csrf\" value=\"");

    assert_non_null(p);
    return text("%.64s", p + 20);
}

static struct answer *
write_as(const char *cookie, const char *origin, const char *csrf)
{
    return call(&(struct call){
        .program = "accounts",
        .method = "POST",
        .path = "/api/v1/stream/token",
        .cookie = cookie,
        .headers = { text("Origin: %s", origin), "Sec-Fetch-Site: same-site",
                     csrf != NULL ? text("X-CSRF-Token: %s", csrf) : NULL } });
}

TEST(a_listed_origin_with_only_a_cookie_writes_nothing)
{
    UNUSED;
    const char *cookie = log_in();
    struct answer *a = write_as(cookie, APP, NULL);

    assert_problem(a, 403, "csrf");
    assert_header(a, "Access-Control-Allow-Origin", APP);
    assert_problem(write_as(cookie, APP, "0000"), 403, "csrf");
    assert_status(write_as(cookie, APP, csrf_of(cookie)), 200);
}

TEST(an_unlisted_origin_writes_nothing_even_with_the_token)
{
    UNUSED;
    const char *cookie = log_in();
    const char *csrf = csrf_of(cookie);

    assert_problem(write_as(cookie, "https://evil.example", csrf), 403, "csrf");
    assert_problem(write_as(cookie, "null", csrf), 403, "csrf");
}

/* ---- a lista ---- */

TEST(only_origins_make_a_list)
{
    UNUSED;
    static const char *const good[] = {
        "", APP, LIST, "http://127.0.0.1:8080", "https://a-b.example",
    };
    static const char *const bad[] = {
        "*",
        "null",
        "app.example",
        "https://",
        "https://*.example",
        "https://app.example/",
        "https://app.example/x",
        "ftp://a.example",
        "https://app.example:443",
        "http://app.example:80",
        "https://app.example:",
        "https://app.example:99999",
        "https://app.example:0",
        "https://app.example:08",
        "https://a b",
        "https://user@app.example",
        "https://APP.example",
        "HTTPS://a.example",
        "https://[::1",
        "https://[]",
        "https://.a",
        "https://a?x",
        "https://a#",
        APP ",,https://b.example",
        APP " https://b.example",
    };
    struct slice which;
    size_t i;

    for (i = 0; i < sizeof good / sizeof *good; i++)
        if (!origin_list_valid(good[i], &which))
            fail_msg("recusou %s", good[i]);
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (origin_list_valid(bad[i], &which))
            fail_msg("aceitou %s", bad[i]);
}

TEST(a_bad_list_stops_the_start)
{
    UNUSED;
    FILE *errors = tmpfile();
    char said[400] = "";

    assert_non_null(errors);
    setenv("BALCAO_FRONTEND_URL", APP ",https://b.example/x", 1);
    assert_false(conf_load(NULL, errors));
    rewind(errors);
    assert_true(fread(said, 1, sizeof said - 1, errors) > 0);
    fclose(errors);
    assert_non_null(strstr(said, "frontend_url: \"https://b.example/x\""));
    setenv("BALCAO_FRONTEND_URL", "", 1);
    assert_true(conf_load(NULL, stderr));
}

#define WITH(test) cmocka_unit_test_setup(test, with_list)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_listed_origin_reads_answers_and_problems),
        WITH(each_of_the_list_is_answered_with_itself),
        WITH(the_live_routes_answer_too),
        WITH(nobody_else_reads_anything),
        WITH(a_preflight_tells_the_methods_of_the_route),
        WITH(options_without_origin_is_a_plain_question),
        WITH(pages_are_never_shared),
        cmocka_unit_test_setup(with_no_list_there_is_no_cors, without_list),
        WITH(a_listed_origin_with_only_a_cookie_writes_nothing),
        WITH(an_unlisted_origin_writes_nothing_even_with_the_token),
        WITH(only_origins_make_a_list),
        WITH(a_bad_list_stops_the_start),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
