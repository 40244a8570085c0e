/* session_test.c - as páginas de entrada e saída, como um navegador as usa. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auth/csrf.h"
#include "auth/token.h"
#include "harness.h"

#define HERE "Origin: http://balcao.test"
#define FORM "application/x-www-form-urlencoded"
#define GOOD "email=admin%40a.test&password=" FIXTURE_PASSWORD

static struct answer *
submit(const char *path, const char *body, const char *cookie,
       const char *origin)
{
    return call(&(struct call){ .program = "session",
                                .path = path,
                                .method = "POST",
                                .body = body,
                                .type = FORM,
                                .cookie = cookie,
                                .headers = { origin } });
}

static struct answer *
login(const char *body)
{
    return submit("/login", body, NULL, HERE);
}

static struct answer *
page(const char *path, const char *cookie)
{
    return call(
        &(struct call){ .program = "session", .path = path, .cookie = cookie });
}

/* O valor de um cabeçalho, ou "". */
static const char *
header(const struct answer *a, const char *name)
{
    const char *at = strstr(a->headers, text("%s: ", name));

    if (at == NULL)
        return "";
    at += strlen(name) + 2;
    return text("%.*s", (int)strcspn(at, "\r"), at);
}

/* "balcao=..." do Set-Cookie, pronto para voltar. */
static const char *
cookie_of(const struct answer *a)
{
    const char *set = header(a, "Set-Cookie");

    return text("%.*s", (int)strcspn(set, ";"), set);
}

static const char *
logged_in(void)
{
    struct answer *a = login(GOOD);

    assert_status(a, 303);
    return cookie_of(a);
}

static int64_t
open_sessions(void)
{
    return sql_int("SELECT count(*) FROM web_sessions "
                   "WHERE revoked_at IS NULL");
}

TEST(login_page_is_an_accessible_form)
{
    struct answer *a = page("/login?next=/inbox/7", NULL);

    UNUSED;
    assert_status(a, 200);
    assert_non_null(strstr(header(a, "Content-Type"), "text/html"));
    assert_non_null(strstr(a->body, "<form method=\"post\" action=\"/login\""));
    assert_non_null(strstr(a->body, "name=\"next\" value=\"/inbox/7\""));
    assert_non_null(strstr(a->body, "autocomplete=\"current-password\""));
    assert_null(strstr(a->body, "role=\"alert\""));
    assert_null(strstr(header(a, "Content-Security-Policy"), "unsafe"));
}

TEST(login_page_speaks_the_language_of_the_browser)
{
    struct answer *a;

    UNUSED;
    a = call(&(struct call){ .program = "session",
                             .path = "/login",
                             .headers = { "Accept-Language: en-US" } });
    assert_non_null(strstr(a->body, "<html lang=\"en\""));
    assert_non_null(strstr(a->body, "Sign in"));
    a = page("/login", "lang=en");
    assert_non_null(strstr(a->body, "Sign in"));
    a = page("/login", NULL);
    assert_non_null(strstr(a->body, "Entrar"));
}

TEST(right_pair_opens_a_session_and_redirects)
{
    struct answer *a = login(GOOD "&next=%2Finbox%2F7");
    const char *set = header(a, "Set-Cookie");

    UNUSED;
    assert_status(a, 303);
    assert_string_equal(header(a, "Location"), "/inbox/7");
    assert_memory_equal(set, "balcao=", 7);
    assert_non_null(strstr(set, "; Path=/; Max-Age=1209600; HttpOnly; "
                                "SameSite=Lax"));
    assert_null(strstr(set, "Secure"));
    assert_null(strstr(set, "Domain"));
    assert_int_equal(open_sessions(), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM web_sessions "
                             "WHERE token_hash = sha256('%s')",
                             cookie_of(a) + 7),
                     1);
}

TEST(https_session_uses_the_host_prefix)
{
    struct answer *a;

    UNUSED;
    setenv("HTTPS", "on", 1);
    a = submit("/login", GOOD, NULL, "Origin: https://balcao.test");
    unsetenv("HTTPS");
    assert_status(a, 303);
    assert_memory_equal(header(a, "Set-Cookie"), "__Host-balcao=", 14);
    assert_non_null(strstr(header(a, "Set-Cookie"), "; Secure"));
}

TEST(wrong_pair_shows_the_form_again_with_the_email)
{
    struct answer *wrong = login("email=admin%40a.test&password=x"
                                 "&next=%2Finbox%2F7");
    struct answer *unknown = login("email=nobody%40a.test&password=x"
                                   "&next=%2Finbox%2F7");

    UNUSED;
    assert_status(wrong, 401);
    assert_status(unknown, 401);
    assert_non_null(strstr(wrong->body, "role=\"alert\""));
    assert_non_null(strstr(wrong->body, "E-mail ou senha não conferem"));
    assert_non_null(strstr(wrong->body, "value=\"admin@a.test\""));
    assert_non_null(strstr(wrong->body, "value=\"/inbox/7\""));
    assert_string_equal(header(wrong, "Set-Cookie"), "");
    assert_int_equal(open_sessions(), 0);
}

TEST(typed_text_is_escaped_and_the_password_never_comes_back)
{
    struct answer *a = login("email=%22%3E%3Cscript%3E&password=segredo-9");

    UNUSED;
    assert_status(a, 401);
    assert_null(strstr(a->body, "<script>"));
    assert_non_null(strstr(a->body, "value=\"&quot;&gt;&lt;script&gt;\""));
    assert_null(strstr(a->body, "segredo-9"));
}

TEST(missing_or_long_fields_show_a_clear_error)
{
    struct answer *a = login("password=x");

    UNUSED;
    assert_status(a, 422);
    assert_non_null(strstr(a->body, "Informe o e-mail"));
    a = login("email=admin%40a.test");
    assert_status(a, 422);
    assert_non_null(strstr(a->body, "Informe a senha"));
    a = login(text("email=admin%%40a.test&password=%073d", 1));
    assert_status(a, 422);
    assert_non_null(strstr(a->body, "72 bytes"));
}

TEST(next_never_leaves_the_site)
{
    static const char *const bad[] = {
        "https%3A%2F%2Fevil.test",
        "%2F%2Fevil.test",
        "%2F%5Cevil.test",
        "%2F%09%2Fevil.test",
        "%2F%0A%2Fevil.test",
        "evil",
        "",
        "javascript%3Aalert(1)",
        "%2Flogin",
        "%2Flogout",
        "%5C%2Fevil.test",
        "%2F%2509%2Fx%0D%0ASet-Cookie%3A%20a%3Db",
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct answer *a = login(text("%s&next=%s", GOOD, bad[i]));

        assert_status(a, 303);
        assert_string_equal(header(a, "Location"), "/inbox");
        a = page(text("/login?next=%s", bad[i]), NULL);
        assert_non_null(strstr(a->body, "name=\"next\" value=\"/inbox\""));
        sql("TRUNCATE web_sessions");
    }
}

TEST(login_posted_from_another_site_is_refused)
{
    struct answer *a =
        submit("/login", GOOD, NULL, "Origin: https://evil.test");

    UNUSED;
    assert_status(a, 403);
    assert_status(submit("/login", GOOD, NULL, "Origin: null"), 403);
    assert_status(submit("/login", GOOD, NULL, "Sec-Fetch-Site: cross-site"),
                  403);
    assert_status(
        submit("/language", "lang=en", NULL, "Sec-Fetch-Site: same-site"), 403);
    assert_int_equal(open_sessions(), 0);
}

TEST(who_is_already_in_goes_straight_on)
{
    const char *cookie = logged_in();
    struct answer *a = page("/login?next=/inbox/7", cookie);

    UNUSED;
    assert_status(a, 303);
    assert_string_equal(header(a, "Location"), "/inbox/7");
    assert_status(page("/login", "balcao=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                                 "AAAAAAAA"),
                  200);
    assert_status(page("/login", "balcao=garbage"), 200);
}

TEST(new_login_ends_the_session_of_the_same_browser)
{
    const char *first = logged_in(), *second;

    UNUSED;
    second = cookie_of(submit("/login", GOOD, first, HERE));
    assert_string_not_equal(first, second);
    assert_int_equal(open_sessions(), 1);
    assert_status(page("/login", first), 200);
    assert_status(page("/login", second), 303);
}

/* O token de formulário desta sessão, como a página o mostraria. */
static const char *
csrf_of(const char *cookie)
{
    unsigned char hash[TOKEN_HASH_BYTES];
    char token[CSRF_CHARS + 1];

    token_hash(cookie + strlen("balcao="), hash);
    csrf_token(hash, token);
    return text("_csrf=%s", token);
}

TEST(logout_without_the_csrf_token_is_refused)
{
    const char *cookie = logged_in();
    struct answer *a = submit("/logout", "a=b", cookie, HERE);

    UNUSED;
    assert_status(a, 403);
    assert_status(submit("/logout", "_csrf=0000", cookie, HERE), 403);
    assert_status(submit("/logout", csrf_of(logged_in()), cookie, HERE), 403);
    assert_status(
        submit("/logout", csrf_of(cookie), cookie, "Origin: https://evil.test"),
        403);
    assert_int_equal(open_sessions(), 2);
}

TEST(logout_ends_the_session_at_once)
{
    const char *cookie = logged_in();
    struct answer *a = submit("/logout", csrf_of(cookie), cookie, HERE);

    UNUSED;
    assert_status(a, 303);
    assert_string_equal(header(a, "Location"), "/login");
    assert_non_null(strstr(header(a, "Set-Cookie"), "balcao=; Path=/; "
                                                    "Max-Age=0"));
    assert_int_equal(open_sessions(), 0);
    assert_status(page("/login", cookie), 200);
}

TEST(logout_without_a_session_leads_to_the_login)
{
    struct answer *a = submit("/logout", "_csrf=x", NULL, HERE);

    UNUSED;
    assert_status(a, 303);
    assert_memory_equal(header(a, "Location"), "/login", 6);
}

TEST(session_dies_with_version_person_company_or_time)
{
    static const char *const ends[] = {
        "UPDATE users SET token_version = token_version + 1",
        "UPDATE users SET disabled_at = now()",
        "UPDATE memberships SET disabled_at = now()",
        "UPDATE companies SET suspended_at = now()",
        "UPDATE web_sessions SET expires_at = now()",
        "UPDATE web_sessions SET revoked_at = now()",
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *cookie = logged_in(), *change = text("%s", ends[i]);

        assert_status(page("/login", cookie), 303);
        sql("%s", change);
        assert_status(page("/login", cookie), 200);
        harness_reset(state);
    }
}

TEST(used_session_is_renewed_with_its_cookie)
{
    const char *cookie = logged_in();
    struct answer *a;

    UNUSED;
    sql("UPDATE web_sessions SET last_seen_at = now() - interval '6 minutes',"
        " expires_at = now() + interval '1 hour'");
    a = call(&(struct call){
        .program = "me", .path = "/api/v1/me", .cookie = cookie });
    assert_status(a, 200);
    assert_non_null(strstr(a->headers, text("Set-Cookie: %s; Path=/; "
                                            "Max-Age=1209600",
                                            cookie)));
    assert_int_equal(sql_int("SELECT count(*) FROM web_sessions "
                             "WHERE expires_at > now() + interval '13 days'"),
                     1);
    a = call(&(struct call){
        .program = "me", .path = "/api/v1/me", .cookie = cookie });
    assert_null(strstr(a->headers, "Set-Cookie"));
}

TEST(language_and_theme_are_kept_in_cookies)
{
    struct answer *a = submit("/language",
                              "lang=en&next=%2Flogin%3Fnext%3D"
                              "%252Finbox%252F7",
                              NULL, HERE);

    UNUSED;
    assert_status(a, 303);
    assert_string_equal(header(a, "Location"), "/login?next=%2Finbox%2F7");
    assert_memory_equal(header(a, "Set-Cookie"),
                        "lang=en; Path=/; Max-Age=", 25);
    a = submit("/theme", "theme=dark&next=%2F%2Fevil.test", NULL, HERE);
    assert_status(a, 303);
    assert_string_equal(header(a, "Location"), "/inbox");
    assert_memory_equal(header(a, "Set-Cookie"), "theme=dark; Path=/", 18);
    assert_non_null(
        strstr(page("/login", "theme=dark")->body, "data-bs-theme=\"dark\""));
    assert_status(submit("/language", "lang=xx", NULL, HERE), 422);
    assert_status(submit("/theme", "", NULL, HERE), 422);
}

static int
set_up(void **state)
{
    int failed = harness_setup(state);

    harness_cover("session");
    return failed;
}

#define CASE(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(login_page_is_an_accessible_form),
        CASE(login_page_speaks_the_language_of_the_browser),
        CASE(right_pair_opens_a_session_and_redirects),
        CASE(https_session_uses_the_host_prefix),
        CASE(wrong_pair_shows_the_form_again_with_the_email),
        CASE(typed_text_is_escaped_and_the_password_never_comes_back),
        CASE(missing_or_long_fields_show_a_clear_error),
        CASE(next_never_leaves_the_site),
        CASE(login_posted_from_another_site_is_refused),
        CASE(who_is_already_in_goes_straight_on),
        CASE(new_login_ends_the_session_of_the_same_browser),
        CASE(logout_without_the_csrf_token_is_refused),
        CASE(logout_ends_the_session_at_once),
        CASE(logout_without_a_session_leads_to_the_login),
        CASE(session_dies_with_version_person_company_or_time),
        CASE(used_session_is_renewed_with_its_cookie),
        CASE(language_and_theme_are_kept_in_cookies),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
