/* join_test.c - chegar: registro e convite, pela API e como um navegador. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define HERE "Origin: http://balcao.test"
#define FORM "application/x-www-form-urlencoded"
#define NEW_PASSWORD "uma frase comprida e calma"
#define TOKEN "0123456789abcdefABCDEF0123456789abcdefABCDE"
#define ACCEPT "/api/v1/auth/invitations/accept"

static const char *
register_body(const char *email, const char *password)
{
    return text("{\"name\":\"Nilo\",\"email\":\"%s\",\"password\":\"%s\","
                "\"companyName\":\"Padaria do Nilo\"}",
                email, password);
}

static struct answer *
api(const char *path, const char *body)
{
    return call(&(struct call){ .program = "session",
                                .path = path,
                                .body = body,
                                .remote = "203.0.113.7" });
}

static struct answer *
do_register(const char *email)
{
    /* cada teste no seu endereço: o limite é por endereço */
    static int last;

    return call(&(struct call){ .program = "session",
                                .path = "/api/v1/auth/register",
                                .body = register_body(email, NEW_PASSWORD),
                                .remote = text("203.0.113.%d", ++last) });
}

static struct answer *
page(const char *path, const char *cookie)
{
    return call(
        &(struct call){ .program = "session", .path = path, .cookie = cookie });
}

static struct answer *
submit(const char *path, const char *body, const char *cookie)
{
    return call(&(struct call){ .program = "session",
                                .method = "POST",
                                .path = path,
                                .body = body,
                                .type = FORM,
                                .cookie = cookie,
                                .headers = { HERE } });
}

static const char *
session_of(const struct answer *a)
{
    const char *set = header_of(a, "Set-Cookie");

    assert_non_null(set);
    return text("%.*s", (int)strcspn(set, ";"), set);
}

static void
mode(const char *name)
{
    setenv("BALCAO_REGISTRATION", name, 1);
}

static void
empty_installation(void)
{
    sql("TRUNCATE users, companies CASCADE");
}

/* Convida pela API e põe no lugar do segredo um que o teste conhece. */
static int64_t
invite(const char *email, const char *more)
{
    struct answer *a = post_as(
        fx.admin, "accounts", "/api/v1/invitations",
        text("{\"email\":\"%s\",\"role\":\"operator\"%s}", email, more));

    assert_status(a, 201);
    sql("UPDATE one_time_tokens SET token_hash = sha256('" TOKEN "') "
        "WHERE purpose = 'invite'");
    return at_int(a, "id");
}

static int64_t
mails(void)
{
    return sql_int("SELECT count(*) FROM jobs WHERE kind = 'mail.send'");
}

/* ---- registro ---- */

TEST(open_registration_makes_a_person_an_own_company_and_tokens)
{
    struct answer *a, *b;

    UNUSED;
    mode("open");
    a = do_register("Nilo@Novo.test");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "user.role"), "admin");
    assert_string_equal(at_text(a, "tokenType"), "Bearer");
    assert_non_null(strstr(header_of(a, "Set-Cookie"), "HttpOnly"));
    assert_null(strstr(a->body, "assword"));
    assert_memory_equal(
        sql("SELECT password_hash FROM users WHERE id = %" PRId64,
            at_int(a, "user.id")),
        "$2b$", 4);
    assert_string_equal(sql("SELECT name FROM companies WHERE id = %" PRId64,
                            at_int(a, "user.companyId")),
                        "Padaria do Nilo");
    assert_int_equal(mails(), 1);
    b = call(&(struct call){ .program = "accounts",
                             .path = "/api/v1/users",
                             .token = at_text(a, "accessToken") });
    assert_status(b, 200);
    assert_int_equal(json_object_array_length(at(b, "data")), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'member.created' AND address <> ''"),
                     1);
}

TEST(same_email_in_any_letter_case_answers_409)
{
    struct answer *a;

    UNUSED;
    mode("open");
    a = do_register("ADMIN@a.TEST");
    assert_problem(a, 409, "conflict");
    assert_field(a, "email", "taken");
    assert_int_equal(sql_int("SELECT count(*) FROM companies"), 2);
}

TEST(bad_fields_are_told_all_at_once)
{
    struct answer *a;

    UNUSED;
    mode("open");
    a = api("/api/v1/auth/register", register_body("torto", "curta"));
    assert_status(a, 422);
    assert_field(a, "email", "format");
    assert_field(a, "password", "min");
    a = api("/api/v1/auth/register",
            register_body("n@n.test", text("%s%s%s", NEW_PASSWORD, NEW_PASSWORD,
                                           "1234567890123456789012345")));
    assert_field(a, "password", "max");
    a = api(
        "/api/v1/auth/register",
        "{\"name\":\"N\",\"email\":\"n@n.test\",\"password\":\"" NEW_PASSWORD
        "\",\"companyName\":\"C\",\"role\":\"super\"}");
    assert_field(a, "role", "unknown");
    assert_int_equal(sql_int("SELECT count(*) FROM users"), 8);
}

TEST(invite_mode_takes_only_the_first_account_which_becomes_super)
{
    struct answer *a;

    UNUSED;
    mode("invite");
    assert_problem(do_register("n@n.test"), 403, "forbidden");
    empty_installation();
    a = do_register("primeira@n.test");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "user.role"), "super");
    assert_string_equal(sql("SELECT is_super::text FROM users"), "true");
    assert_problem(do_register("segunda@n.test"), 403, "forbidden");
}

TEST(off_takes_nobody)
{
    UNUSED;
    mode("off");
    empty_installation();
    assert_problem(do_register("n@n.test"), 403, "forbidden");
    assert_status(page("/register", NULL), 403);
    assert_int_equal(sql_int("SELECT count(*) FROM users"), 0);
}

/* Quantas chamadas deram este status, feitas ao mesmo tempo. */
static int
at_once(const struct call *calls, int count, int status)
{
    int i, got, hits = 0;

    for (i = 0; i < count; i++)
        if (fork() == 0)
            _exit(call(&calls[i])->status == status ? 0 : 1);
    while (wait(&got) > 0)
        hits += WIFEXITED(got) && WEXITSTATUS(got) == 0;
    return hits;
}

TEST(two_first_registrations_at_once_make_one_super)
{
    struct call calls[2];
    int i, round;

    UNUSED;
    mode("open");
    for (round = 0; round < 3; round++) {
        empty_installation();
        for (i = 0; i < 2; i++)
            calls[i] = (struct call){
                .program = "session",
                .path = "/api/v1/auth/register",
                .body = register_body(text("n%d@n.test", i), NEW_PASSWORD),
                .remote = text("198.51.100.%d", round * 2 + i),
            };
        assert_int_equal(at_once(calls, 2, 201), 2);
        assert_int_equal(sql_int("SELECT count(*) FROM users WHERE is_super"),
                         1);
        assert_int_equal(sql_int("SELECT count(*) FROM users"), 2);
    }
}

TEST(same_email_registered_twice_at_once_makes_one_account)
{
    struct call calls[2];
    int i;

    UNUSED;
    mode("open");
    for (i = 0; i < 2; i++)
        calls[i] = (struct call){
            .program = "session",
            .path = "/api/v1/auth/register",
            .body =
                register_body(i == 0 ? "n@n.test" : "N@N.test", NEW_PASSWORD),
            .remote = text("198.51.100.%d", 50 + i),
        };
    assert_int_equal(at_once(calls, 2, 201), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE lower(email) = "
                             "'n@n.test'"),
                     1);
}

TEST(registration_is_limited_per_address)
{
    struct answer *a = NULL;
    int i;

    UNUSED;
    mode("off");
    for (i = 0; i < 21; i++)
        a = call(&(struct call){ .program = "session",
                                 .path = "/api/v1/auth/register",
                                 .body = "{}",
                                 .remote = "192.0.2.200" });
    assert_problem(a, 429, "rate-limited");
    a = call(&(struct call){ .program = "session",
                             .path = "/api/v1/auth/register",
                             .body = "{}",
                             .remote = "192.0.2.201" });
    assert_status(a, 422);
}

TEST(register_page_enters_or_comes_back_with_what_was_typed)
{
    struct answer *a;

    UNUSED;
    mode("open");
    assert_non_null(strstr(page("/register", NULL)->body, "new-password"));
    a = submit("/register",
               "name=Nilo&companyName=P%C3%A3o&email=admin%40a.test&password="
               "uma+frase+comprida+e+calma",
               NULL);
    assert_status(a, 409);
    assert_non_null(strstr(a->body, "value=\"Pão\""));
    assert_non_null(strstr(a->body, "email-error"));
    assert_null(strstr(a->body, "comprida"));
    a = submit("/register",
               "name=Nilo&companyName=P%C3%A3o&email=nilo%40n.test&password="
               "uma+frase+comprida+e+calma",
               NULL);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/inbox");
    assert_memory_equal(session_of(a), "balcao=", 7);
    mode("invite");
    a = page("/register", NULL);
    assert_status(a, 403);
    assert_null(strstr(a->body, "new-password"));
}

/* ---- convite ---- */

TEST(new_person_accepts_once_and_lands_logged_in)
{
    struct answer *a;

    UNUSED;
    invite("novo@a.test", ",\"queueIds\":[31],\"name\":\"Novo\"");
    a = api(ACCEPT, "{\"token\":\"" TOKEN "\",\"name\":\"Novo Nome\","
                    "\"password\":\"" NEW_PASSWORD "\"}");
    assert_status(a, 201);
    assert_int_equal(at_int(a, "user.companyId"), fx.company);
    assert_string_equal(at_text(a, "user.role"), "operator");
    assert_status(call(&(struct call){ .program = "tickets",
                                       .path = "/api/v1/tickets",
                                       .token = at_text(a, "accessToken") }),
                  200);
    assert_int_equal(sql_int("SELECT queue_id FROM queue_members WHERE user_id "
                             "= %" PRId64,
                             at_int(a, "user.id")),
                     fx.queue);
    a = api(ACCEPT, "{\"token\":\"" TOKEN "\",\"name\":\"Outro\","
                    "\"password\":\"" NEW_PASSWORD "\"}");
    assert_problem(a, 404, "not-found");
    a = get_as(fx.admin, "accounts", "/api/v1/invitations?status=accepted");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
}

TEST(known_person_joins_keeping_the_password_and_gets_no_tokens)
{
    const char *before;
    struct answer *a;

    UNUSED;
    before =
        sql("SELECT password_hash FROM users WHERE id = %" PRId64, fx.stranger);
    invite("Admin@B.test", "");
    a = api(ACCEPT, "{\"token\":\"" TOKEN
                    "\",\"name\":\"X\",\"password\":\"" NEW_PASSWORD "\"}");
    assert_status(a, 201);
    assert_null(at(a, "accessToken"));
    assert_null(header_of(a, "Set-Cookie"));
    assert_string_equal(
        sql("SELECT password_hash FROM users WHERE id = %" PRId64, fx.stranger),
        before);
    assert_string_equal(sql("SELECT role FROM memberships WHERE company_id = 1 "
                            "AND user_id = %" PRId64,
                            fx.stranger),
                        "operator");
}

TEST(dead_links_say_nothing_but_that)
{
    struct answer *a;

    UNUSED;
    invite("novo@a.test", "");
    a = api(ACCEPT,
            "{\"token\":\"x\",\"name\":\"N\",\"password\":\"" NEW_PASSWORD
            "\"}");
    assert_problem(a, 404, "not-found");
    assert_field(a, "token", "expired");
    sql("UPDATE one_time_tokens SET expires_at = now() - interval '1 second'");
    a = api(ACCEPT, "{\"token\":\"" TOKEN
                    "\",\"name\":\"N\",\"password\":\"" NEW_PASSWORD "\"}");
    assert_problem(a, 404, "not-found");
    assert_status(page("/invite?token=" TOKEN, NULL), 404);
    assert_status(page("/invite", NULL), 404);
}

TEST(weak_password_does_not_spend_the_invitation)
{
    struct answer *a;

    UNUSED;
    invite("novo@a.test", "");
    a = api(ACCEPT, "{\"token\":\"" TOKEN "\",\"password\":\"novo@a.test\"}");
    assert_status(a, 422);
    assert_field(a, "name", "required");
    assert_non_null(strstr(a->body, "\"password\""));
    a = api(ACCEPT, "{\"token\":\"" TOKEN
                    "\",\"name\":\"N\",\"password\":\"" NEW_PASSWORD "\"}");
    assert_status(a, 201);
}

TEST(two_accepts_at_once_make_one_membership)
{
    struct call calls[2];
    int i;

    UNUSED;
    invite("novo@a.test", "");
    for (i = 0; i < 2; i++)
        calls[i] = (struct call){
            .program = "session",
            .path = ACCEPT,
            .body = text("{\"token\":\"" TOKEN "\",\"name\":\"N%d\","
                         "\"password\":\"" NEW_PASSWORD "\"}",
                         i),
        };
    assert_int_equal(at_once(calls, 2, 201), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE email = "
                             "'novo@a.test'"),
                     1);
}

TEST(old_invitation_does_not_change_who_is_already_in)
{
    UNUSED;
    invite("novo@a.test", "");
    sql("UPDATE invitations SET email = 'admin@a.test'");
    assert_status(api(ACCEPT, "{\"token\":\"" TOKEN "\"}"), 201);
    assert_string_equal(sql("SELECT role FROM memberships WHERE company_id = 1 "
                            "AND user_id = %" PRId64,
                            fx.admin),
                        "admin");
}

TEST(suspended_company_takes_nobody)
{
    UNUSED;
    invite("novo@a.test", "");
    sql("UPDATE companies SET suspended_at = now() WHERE id = 1");
    assert_problem(api(ACCEPT, "{\"token\":\"" TOKEN "\",\"name\":\"N\","
                               "\"password\":\"" NEW_PASSWORD "\"}"),
                   404, "not-found");
}

#define COOKIE "abcdef0123456789ABCDEFabcdef0123456789ABCDE"

static const char *
cookie_of(int64_t person, int64_t company)
{
    sql("DELETE FROM web_sessions");
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, expires_at) VALUES (%" PRId64 ", %" PRId64
        ", 1, sha256('" COOKIE "'), now() + interval '1 hour')",
        person, company);
    return "balcao=" COOKIE;
}

TEST(invite_page_makes_the_account_and_enters)
{
    struct answer *a;

    UNUSED;
    invite("novo@a.test", ",\"name\":\"Nova Pessoa\"");
    a = page("/invite?token=" TOKEN, NULL);
    assert_status(a, 200);
    assert_non_null(strstr(a->body, "Ana Admin"));
    assert_non_null(strstr(a->body, "Padaria A"));
    assert_non_null(strstr(a->body, "value=\"Nova Pessoa\""));
    a = submit("/invite", "token=" TOKEN "&name=Nova&password=curta", NULL);
    assert_status(a, 422);
    assert_non_null(strstr(a->body, "password-error"));
    assert_non_null(strstr(a->body, TOKEN));
    a = submit("/invite",
               "token=" TOKEN "&name=Nova&password=uma+frase+comprida+e+calma",
               NULL);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/inbox");
    assert_memory_equal(session_of(a), "balcao=", 7);
}

TEST(signed_in_person_joins_by_a_button_and_lands_there)
{
    struct answer *a;
    const char *cookie;

    UNUSED;
    invite("admin@b.test", "");
    cookie = cookie_of(fx.stranger, fx.other_company);
    a = page("/invite?token=" TOKEN, cookie);
    assert_null(strstr(a->body, "new-password"));
    a = submit("/invite", "token=" TOKEN, cookie);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/inbox");
    assert_int_equal(sql_int("SELECT company_id FROM web_sessions WHERE "
                             "revoked_at IS NULL"),
                     fx.company);
}

TEST(known_person_signed_out_accepts_and_is_sent_to_the_login)
{
    struct answer *a;

    UNUSED;
    invite("admin@b.test", "");
    a = submit("/invite", "token=" TOKEN, NULL);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/login");
    assert_int_equal(sql_int("SELECT count(*) FROM web_sessions"), 0);
}

TEST(somebody_else_at_the_browser_cannot_accept)
{
    struct answer *a;
    const char *cookie;

    UNUSED;
    invite("novo@a.test", "");
    cookie = cookie_of(fx.agent, fx.company);
    a = page("/invite?token=" TOKEN, cookie);
    assert_status(a, 200);
    assert_non_null(strstr(a->body, "Bruno Agente"));
    assert_null(strstr(a->body, "new-password"));
    a = submit("/invite",
               "token=" TOKEN "&name=N&password=uma+frase+comprida+e+calma",
               cookie);
    assert_status(a, 409);
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE email = "
                             "'novo@a.test'"),
                     0);
}

TEST(forms_of_another_site_are_refused)
{
    struct answer *a;

    UNUSED;
    invite("novo@a.test", "");
    a = call(&(struct call){
        .program = "session",
        .method = "POST",
        .path = "/invite",
        .type = FORM,
        .body = "token=" TOKEN "&name=N&password=uma+frase+comprida+e+calma",
        .headers = { "Origin: https://mal.test" } });
    assert_status(a, 403);
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE email = "
                             "'novo@a.test'"),
                     0);
}

static int
setup(void **state)
{
    int failed = harness_setup(state);

    setenv("BALCAO_SMTP_URL", "smtp://127.0.0.1:1", 1);
    setenv("BALCAO_MAIL_FROM", "Balcao <nao-responda@balcao.test>", 1);
    return failed;
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(open_registration_makes_a_person_an_own_company_and_tokens),
        T(same_email_in_any_letter_case_answers_409),
        T(bad_fields_are_told_all_at_once),
        T(invite_mode_takes_only_the_first_account_which_becomes_super),
        T(off_takes_nobody),
        T(two_first_registrations_at_once_make_one_super),
        T(same_email_registered_twice_at_once_makes_one_account),
        T(registration_is_limited_per_address),
        T(register_page_enters_or_comes_back_with_what_was_typed),
        T(new_person_accepts_once_and_lands_logged_in),
        T(known_person_joins_keeping_the_password_and_gets_no_tokens),
        T(dead_links_say_nothing_but_that),
        T(weak_password_does_not_spend_the_invitation),
        T(two_accepts_at_once_make_one_membership),
        T(old_invitation_does_not_change_who_is_already_in),
        T(suspended_company_takes_nobody),
        T(invite_page_makes_the_account_and_enters),
        T(signed_in_person_joins_by_a_button_and_lands_there),
        T(known_person_signed_out_accepts_and_is_sent_to_the_login),
        T(somebody_else_at_the_browser_cannot_accept),
        T(forms_of_another_site_are_refused),
    };

    return cmocka_run_group_tests(tests, setup, harness_teardown);
}
