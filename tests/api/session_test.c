/* session_test.c - as páginas de entrada e saída, como um navegador as usa. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/csrf.h"
#include "auth/token.h"
#include "harness.h"
#include "login_kit.h"

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
        .program = "accounts", .path = "/api/v1/me", .cookie = cookie });
    assert_status(a, 200);
    assert_non_null(strstr(a->headers, text("Set-Cookie: %s; Path=/; "
                                            "Max-Age=1209600",
                                            cookie)));
    assert_int_equal(sql_int("SELECT count(*) FROM web_sessions "
                             "WHERE expires_at > now() + interval '13 days'"),
                     1);
    a = call(&(struct call){
        .program = "accounts", .path = "/api/v1/me", .cookie = cookie });
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

/* ---- segunda etapa ---- */

/* Depois da senha: o cookie da metade que já se provou. */
static const char *
half_logged_in(void)
{
    struct answer *a = login(GOOD "&next=%2Finbox%2F7");

    assert_status(a, 303);
    assert_string_equal(header(a, "Location"), "/login/code?next=%2Finbox%2F7");
    assert_string_equal(set_cookie(a, "balcao"), "");
    return text("balcao-login=%s", set_cookie(a, "balcao-login"));
}

TEST(second_step_asks_the_code_and_never_the_password_again)
{
    const char *half, *code;
    struct answer *a;

    UNUSED;
    totp_on(fx.admin);
    half = half_logged_in();
    assert_int_equal(open_sessions(), 0);
    a = page("/login/code?next=%2Finbox%2F7", half);
    assert_status(a, 200);
    assert_non_null(strstr(a->body, "autocomplete=\"one-time-code\""));
    assert_non_null(strstr(a->body, "name=\"next\" value=\"/inbox/7\""));
    assert_null(strstr(a->body, "type=\"password\""));
    assert_null(strstr(a->body, half + strlen("balcao-login=")));
    a = submit("/login/code", "code=000000&next=%2Finbox%2F7", half, HERE);
    assert_status(a, 401);
    assert_non_null(strstr(a->body, "role=\"alert\""));
    assert_int_equal(open_sessions(), 0);
    code = totp_code(0);
    a = submit("/login/code", text("code=%s&next=%%2Finbox%%2F7", code), half,
               HERE);
    assert_status(a, 303);
    assert_string_equal(header(a, "Location"), "/inbox/7");
    assert_status(page("/login", text("balcao=%s", set_cookie(a, "balcao"))),
                  303);
    assert_non_null(strstr(a->headers, "balcao-login=; Path=/login; "
                                       "Max-Age=0"));
    /* gastos os dois: o segredo e o código */
    assert_status(
        submit("/login/code", text("code=%s", totp_code(1)), half, HERE), 401);
    assert_int_equal(open_sessions(), 1);
}

TEST(recovery_code_opens_the_session_too)
{
    const char *half;
    struct answer *a;

    UNUSED;
    totp_on(fx.admin);
    half = half_logged_in();
    a = page("/login/code?use=recovery", half);
    assert_non_null(strstr(a->body, "name=\"use\" value=\"recovery\""));
    a = submit("/login/code", "code=AAAA-AAAA-AAAA-AAAA&use=recovery", half,
               HERE);
    assert_status(a, 401);
    assert_non_null(strstr(a->body, "name=\"use\" value=\"recovery\""));
    assert_status(submit("/login/code",
                         text("code=%s&use=recovery", recovery_code(fx.admin)),
                         half, HERE),
                  303);
    assert_int_equal(open_sessions(), 1);
}

TEST(half_a_login_dies_with_time_password_or_tampering)
{
    const char *half;

    UNUSED;
    totp_on(fx.admin);
    assert_status(page("/login/code", NULL), 303);
    assert_status(page("/login/code", "balcao-login=garbage"), 303);
    assert_status(
        submit("/login/code", text("code=%s", totp_code(0)), NULL, HERE), 401);
    half = half_logged_in();
    assert_status(submit("/login/code", text("code=%s", totp_code(0)), half,
                         "Origin: https://evil.test"),
                  403);
    /* não é sessão, nem cookie de sessão é metade */
    assert_status(
        page("/login", text("balcao=%s", half + strlen("balcao-login="))), 200);
    sql("UPDATE one_time_tokens SET expires_at = now()");
    assert_status(page("/login/code", half), 303);
    assert_status(
        submit("/login/code", text("code=%s", totp_code(0)), half, HERE), 401);
    half = half_logged_in();
    sql("SELECT auth_logout_all(%" PRId64 ")", fx.admin);
    assert_status(
        submit("/login/code", text("code=%s", totp_code(0)), half, HERE), 401);
    assert_int_equal(open_sessions(), 0);
}

TEST(code_page_never_leads_out_of_the_site)
{
    struct answer *a;

    UNUSED;
    totp_on(fx.admin);
    a = submit("/login/code",
               text("code=%s&next=%%2F%%2Fevil.test", totp_code(0)),
               half_logged_in(), HERE);
    assert_status(a, 303);
    assert_string_equal(header(a, "Location"), "/inbox");
}

/* ---- freio ---- */

TEST(too_many_wrong_passwords_are_told_on_the_form)
{
    struct answer *a;
    int i;

    UNUSED;
    for (i = 0; i < 10; i++)
        assert_status(login("email=admin%40a.test&password=x"), 401);
    a = login(GOOD);
    assert_status(a, 429);
    assert_true(atoi(header(a, "Retry-After")) > 0);
    assert_non_null(strstr(a->body, "Tentativas demais"));
    assert_non_null(strstr(a->body, "value=\"admin@a.test\""));
    assert_int_equal(open_sessions(), 0);
}

/* ---- cookies plantados e adulterados ---- */

TEST(planted_session_cookie_is_never_adopted)
{
    const char *planted = "balcao=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const char *theirs = logged_in(), *fresh;
    struct answer *a;

    UNUSED;
    a = submit("/login", GOOD, planted, HERE);
    assert_status(a, 303);
    assert_status(page("/login", planted), 200);
    /* plantado o de uma sessão de verdade: ela acaba, e a nova é outra */
    a = submit("/login", "email=agent%40a.test&password=" FIXTURE_PASSWORD,
               theirs, HERE);
    fresh = text("balcao=%s", set_cookie(a, "balcao"));
    assert_string_not_equal(fresh, theirs);
    assert_status(page("/login", theirs), 200);
    assert_status(page("/login", fresh), 303);
}

TEST(altered_session_cookies_open_nothing)
{
    const char *cookie = logged_in();
    size_t n = strlen(cookie), i;

    UNUSED;
    for (i = strlen("balcao="); i < n; i += 6) {
        char altered[200];

        snprintf(altered, sizeof altered, "%s", cookie);
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        assert_status(page("/login", altered), 200);
    }
    assert_status(page("/login", text("%s=", cookie)), 200);
    assert_status(page("/login", text("%.*s", (int)n - 1, cookie)), 200);
    assert_status(page("/login", cookie), 303);
}

/* ---- empresa ---- */

TEST(company_switch_changes_the_session_with_a_new_cookie)
{
    struct answer *a = login("email=both%40ab.test&password=" FIXTURE_PASSWORD);
    const char *first = cookie_of(a), *second, *form;

    UNUSED;
    form = text("%s&companyId=%" PRId64, csrf_of(first), fx.other_company);
    a = submit("/company", form, first, HERE);
    assert_status(a, 303);
    assert_string_equal(header(a, "Location"), "/inbox");
    second = text("balcao=%s", set_cookie(a, "balcao"));
    assert_string_not_equal(first, second);
    assert_status(page("/login", first), 200);
    assert_status(page("/login", second), 303);
    assert_int_equal(sql_int("SELECT company_id FROM web_sessions WHERE "
                             "revoked_at IS NULL"),
                     fx.other_company);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'company.entered' AND user_id = %" PRId64,
                             fx.both),
                     1);
}

TEST(company_of_others_is_not_found_and_the_session_stays)
{
    const char *cookie = logged_in();

    UNUSED;
    assert_status(
        submit("/company",
               text("%s&companyId=%" PRId64, csrf_of(cookie), fx.other_company),
               cookie, HERE),
        404);
    assert_status(submit("/company", text("companyId=%" PRId64, fx.company),
                         cookie, HERE),
                  403);
    assert_status(page("/login", cookie), 303);
}

TEST(switcher_is_drawn_only_for_who_has_more_than_one_company)
{
    struct answer *a = login("email=both%40ab.test&password=" FIXTURE_PASSWORD);
    struct call inbox = { .program = "inbox", .path = "/inbox" };

    UNUSED;
    inbox.cookie = cookie_of(a);
    a = call(&inbox);
    assert_status(a, 200);
    assert_non_null(strstr(a->body, "action=\"/company\""));
    assert_non_null(strstr(a->body, "Oficina B"));
    inbox.cookie = logged_in();
    assert_null(strstr(call(&inbox)->body, "action=\"/company\""));
}

TEST(company_that_requires_a_second_step_leads_pages_to_the_account)
{
    const char *cookie = logged_in();
    struct answer *a;

    UNUSED;
    sql("UPDATE companies SET require_two_factor = true");
    a = call(&(struct call){
        .program = "inbox", .path = "/inbox", .cookie = cookie });
    assert_status(a, 303);
    assert_string_equal(header(a, "Location"), "/account/two-factor");
    assert_status(submit("/logout", csrf_of(cookie), cookie, HERE), 303);
}

TEST(forgotten_password_has_its_pages)
{
    UNUSED;
    assert_status(page("/forgot", NULL), 200);
    assert_status(page("/forgot/sent", NULL), 200);
    assert_status(submit("/forgot", "email=nobody%40a.test", NULL, HERE), 303);
    assert_status(page("/reset?token=x", NULL), 303);
    assert_status(submit("/reset", "password=x", NULL, HERE), 422);
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
        CASE(second_step_asks_the_code_and_never_the_password_again),
        CASE(recovery_code_opens_the_session_too),
        CASE(half_a_login_dies_with_time_password_or_tampering),
        CASE(code_page_never_leads_out_of_the_site),
        CASE(too_many_wrong_passwords_are_told_on_the_form),
        CASE(planted_session_cookie_is_never_adopted),
        CASE(altered_session_cookies_open_nothing),
        CASE(company_switch_changes_the_session_with_a_new_cookie),
        CASE(company_of_others_is_not_found_and_the_session_stays),
        CASE(switcher_is_drawn_only_for_who_has_more_than_one_company),
        CASE(company_that_requires_a_second_step_leads_pages_to_the_account),
        CASE(forgotten_password_has_its_pages),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
