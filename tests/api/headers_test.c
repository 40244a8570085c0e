/* headers_test.c - os cabeçalhos de segurança, em http e em https. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* Um proxy de confiança diz que lá fora é https. */
static struct answer *
ask(const char *program, const char *path, bool https)
{
    setenv("BALCAO_TRUSTED_PROXIES", "192.0.2.10", 1);
    return call(&(struct call){
        .program = program,
        .path = path,
        .remote = "192.0.2.10",
        .headers = { "X-Forwarded-For: 198.51.100.20",
                     https ? "X-Forwarded-Proto: https" : NULL } });
}

static void
assert_header(const struct answer *a, const char *name, const char *value)
{
    const char *got = header_of(a, name);

    if (got == NULL || strcmp(got, value) != 0)
        fail_msg("%s: %s, e não %s", name, got != NULL ? got : "-", value);
}

static void
assert_common(const struct answer *a)
{
    assert_header(a, "X-Content-Type-Options", "nosniff");
    assert_header(a, "X-Frame-Options", "DENY");
    assert_header(a, "X-DNS-Prefetch-Control", "off");
    assert_header(a, "X-Download-Options", "noopen");
    assert_header(a, "X-Permitted-Cross-Domain-Policies", "none");
    assert_header(a, "X-XSS-Protection", "0");
    assert_header(a, "Cross-Origin-Opener-Policy", "same-origin");
    assert_header(a, "Cross-Origin-Embedder-Policy", "require-corp");
    assert_header(a, "Cross-Origin-Resource-Policy", "same-origin");
    assert_header(a, "Origin-Agent-Cluster", "?1");
    assert_non_null(strstr(header_of(a, "Permissions-Policy"), "camera=()"));
}

TEST(over_https_the_browser_is_told_to_stay_there)
{
    UNUSED;
    struct answer *a = ask("session", "/login", true);

    assert_status(a, 200);
    assert_common(a);
    assert_header(a, "Strict-Transport-Security",
                  "max-age=31536000; includeSubDomains");
    assert_non_null(strstr(header_of(a, "Content-Security-Policy"),
                           "; upgrade-insecure-requests"));
    a = ask("tickets", "/api/v1/tickets", true);
    assert_problem(a, 401, "unauthorized");
    assert_common(a);
    assert_header(a, "Strict-Transport-Security",
                  "max-age=31536000; includeSubDomains");
}

TEST(over_http_it_is_not)
{
    UNUSED;
    struct answer *a = ask("session", "/login", false);

    assert_common(a);
    assert_null(header_of(a, "Strict-Transport-Security"));
    assert_null(strstr(a->headers, "upgrade-insecure-requests"));
}

TEST(a_forged_proto_makes_no_https)
{
    UNUSED;
    struct answer *a =
        call(&(struct call){ .program = "session",
                             .path = "/login",
                             .remote = "203.0.113.1",
                             .headers = { "X-Forwarded-Proto: https",
                                          "X-Forwarded-For: 192.0.2.10" } });

    assert_null(header_of(a, "Strict-Transport-Security"));
}

TEST(pages_and_data_have_each_their_policy)
{
    UNUSED;
    struct answer *a = ask("session", "/login", false);
    const char *csp = header_of(a, "Content-Security-Policy");

    assert_non_null(strstr(csp, "script-src 'self';"));
    assert_non_null(strstr(csp, "script-src-attr 'none'"));
    assert_non_null(strstr(csp, "object-src 'none'"));
    assert_non_null(strstr(csp, "base-uri 'self'"));
    assert_non_null(strstr(csp, "form-action 'self'"));
    assert_non_null(strstr(csp, "frame-ancestors 'none'"));
    assert_null(strstr(csp, "unsafe"));
    assert_header(a, "Referrer-Policy", "same-origin");
    a = ask("system", "/api/v1/health", false);
    assert_header(a, "Content-Security-Policy",
                  "default-src 'none'; frame-ancestors 'none'");
    assert_header(a, "Referrer-Policy", "no-referrer");
    assert_header(a, "Cache-Control", "no-store");
}

static const char *
next_of(const char *next)
{
    struct answer *a =
        call(&(struct call){ .program = "session",
                             .path = "/theme",
                             .type = "application/x-www-form-urlencoded",
                             .body = text("theme=dark&next=%s", next) });

    assert_status(a, 303);
    return header_of(a, "Location");
}

TEST(next_never_leaves_the_site_nor_splits_the_answer)
{
    UNUSED;
    static const char *const bad[] = {
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "%2F%5Cevil.example",
        "%2F%09%2Fevil.example",
        "%2F%252fevil.example",
        "javascript%3Aalert(1)",
        "%2Fx%0D%0ASet-Cookie%3A%20a%3Db",
        "%2F.%2F%2Fevil.example",
        "%40evil.example",
        "%2F%EF%BC%8Fevil.example",
        "%2Flogout",
    };
    size_t i;

    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(next_of(bad[i]), "/inbox");
    assert_string_equal(next_of("%2Finbox%2F12%3Fq%3Da%2520b%23m"),
                        "/inbox/12?q=a%20b#m");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(over_https_the_browser_is_told_to_stay_there,
                               harness_reset),
        cmocka_unit_test_setup(over_http_it_is_not, harness_reset),
        cmocka_unit_test_setup(a_forged_proto_makes_no_https, harness_reset),
        cmocka_unit_test_setup(pages_and_data_have_each_their_policy,
                               harness_reset),
        cmocka_unit_test_setup(next_never_leaves_the_site_nor_splits_the_answer,
                               harness_reset),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
