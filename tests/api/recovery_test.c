/* recovery_test.c - senha esquecida, pela API e pelas páginas. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/recovery.h"
#include "auth/one_time.h"
#include "base/conf.h"
#include "db/db.h"
#include "harness.h"
#include "login_kit.h"

#define FORGOT "/api/v1/auth/forgot"
#define RESET "/api/v1/auth/reset"
#define LOGIN "/api/v1/auth/login"
#define FRESH "cavalo-bateria-grampo"

static struct answer *
ask_from(const char *address, const char *email)
{
    return call(
        &(struct call){ .program = "auth",
                        .path = FORGOT,
                        .body = text("{\"email\":\"%s\"}", email),
                        .headers = { text("X-Forwarded-For: %s", address) } });
}

/* O segredo do último link mandado. */
static const char *
sent_token(void)
{
    const char *link = mail_text("reset_password", "link");
    const char *at = strstr(link, "/reset?token=");

    assert_non_null(at);
    assert_true(token_is_opaque(at + 13));
    return at + 13;
}

static const char *
asked(const char *email)
{
    assert_status(ask_from("192.0.2.1", email), 204);
    return sent_token();
}

static struct answer *
reset(const char *token, const char *password)
{
    return post_as(
        0, "auth", RESET,
        text("{\"token\":\"%s\",\"password\":\"%s\"}", token, password));
}

static struct answer *
login(const char *email, const char *password)
{
    return post_as(
        0, "auth", LOGIN,
        text("{\"email\":\"%s\",\"password\":\"%s\"}", email, password));
}

TEST(asking_sends_one_link_that_lasts_thirty_minutes)
{
    const char *token = asked("Agent@A.test");

    UNUSED;
    assert_int_equal(mails("reset_password"), 1);
    assert_string_equal(mail_text("reset_password", "minutes"), "30");
    assert_int_equal(sql_int("SELECT count(*) FROM one_time_tokens WHERE "
                             "token_hash = sha256('%s') AND "
                             "expires_at BETWEEN now() + interval '29 minutes' "
                             "AND now() + interval '30 minutes'",
                             token),
                     1);
    assert_null(
        sql("SELECT 1 FROM jobs WHERE payload::text LIKE '%%%s%%'", token));
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'password.asked' AND company_id = %" PRId64,
                             fx.company),
                     1);
}

TEST(unknown_and_disabled_accounts_answer_alike_and_send_nothing)
{
    struct answer *known = ask_from("192.0.2.1", "agent@a.test");
    struct answer *unknown = ask_from("192.0.2.2", "nobody@a.test");
    struct answer *off;

    UNUSED;
    sql("UPDATE users SET disabled_at = now() WHERE id = %" PRId64, fx.loner);
    off = ask_from("192.0.2.3", "loner@a.test");
    assert_status(known, 204);
    assert_status(unknown, 204);
    assert_status(off, 204);
    assert_string_equal(known->body, unknown->body);
    assert_int_equal(mails("reset_password"), 1);
}

TEST(flood_stops_after_three_mails_and_keeps_the_last_link_alive)
{
    const char *token = NULL;
    int i;

    UNUSED;
    for (i = 0; i < 6; i++) {
        assert_status(ask_from(text("192.0.2.%d", i), "agent@a.test"), 204);
        token = sent_token();
    }
    assert_int_equal(mails("reset_password"), 3);
    assert_status(reset(token, FRESH), 204);
}

TEST(address_that_asks_for_many_is_refused)
{
    int i;

    UNUSED;
    for (i = 0; i < 20; i++)
        assert_status(ask_from("192.0.2.9", text("p%d@x.test", i)), 204);
    assert_problem(ask_from("192.0.2.9", "agent@a.test"), 429, "rate-limited");
    assert_status(ask_from("192.0.2.8", "agent@a.test"), 204);
}

TEST(reset_changes_the_password_once_and_ends_every_login)
{
    struct answer *old = login("agent@a.test", FIXTURE_PASSWORD);
    const char *token = asked("agent@a.test");

    UNUSED;
    assert_status(reset(token, FRESH), 204);
    assert_problem(login("agent@a.test", FIXTURE_PASSWORD), 401, "bad-login");
    assert_status(login("agent@a.test", FRESH), 200);
    assert_problem(call(&(struct call){ .program = "auth",
                                        .path = "/api/v1/auth/sessions",
                                        .token = at_text(old, "accessToken") }),
                   401, "unauthorized");
    assert_problem(reset(token, FRESH "-2"), 422, "invalid-fields");
    assert_field(reset(token, FRESH "-2"), "token", "expired");
    assert_int_equal(mails("password_changed"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'password.reset' AND company_id = %" PRId64,
                             fx.company),
                     1);
    assert_null(sql("SELECT 1 FROM audit_log WHERE after::text LIKE '%%$2b$%%' "
                    "OR before::text LIKE '%%$2b$%%'"));
}

TEST(refused_password_does_not_spend_the_link)
{
    const char *token = asked("agent@a.test");

    UNUSED;
    assert_field(reset(token, "curta"), "password", "min");
    assert_field(reset(token, "agent@a.test"), "password", "common");
    assert_field(reset(token, text("%080d", 1)), "password", "max");
    assert_status(reset(token, FRESH), 204);
}

TEST(older_link_expired_link_and_other_purposes_are_refused)
{
    const char *first = asked("agent@a.test"), *second = asked("agent@a.test");

    UNUSED;
    assert_field(reset(first, FRESH), "token", "expired");
    sql("UPDATE one_time_tokens SET purpose = 'email'");
    assert_field(reset(second, FRESH), "token", "expired");
    sql("UPDATE one_time_tokens SET purpose = 'reset', expires_at = now()");
    assert_field(reset(second, FRESH), "token", "expired");
    assert_field(reset("x", FRESH), "token", "expired");
    assert_field(reset("", FRESH), "token", "min");
}

TEST(person_in_no_company_recovers_the_password_too)
{
    const char *token;

    UNUSED;
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = %" PRId64,
        fx.agent);
    token = asked("agent@a.test");
    assert_status(reset(token, FRESH), 204);
    assert_problem(login("agent@a.test", FRESH), 403, "forbidden");
}

TEST(reset_does_not_skip_the_second_step)
{
    UNUSED;
    totp_on(fx.agent);
    assert_status(reset(asked("agent@a.test"), FRESH), 204);
    assert_problem(login("agent@a.test", FRESH), 401, "two-factor-required");
}

/* Seis processos com o mesmo link: um troca a senha. */
TEST(concurrent_use_of_one_link_changes_the_password_once)
{
    const char *token = asked("agent@a.test");
    int i, status, done = 0;
    pid_t child[6];

    UNUSED;
    for (i = 0; i < 6; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            struct ctx c = { .arena = arena_new(8192),
                             .db = db_new(conf()->database_url),
                             .token_version = -1 };
            enum err e = recovery_finish(&c, token, FRESH);

            _exit(e == OK && db_commit(&c) == OK);
        }
    }
    for (i = 0; i < 6; i++) {
        waitpid(child[i], &status, 0);
        done += WEXITSTATUS(status);
    }
    assert_int_equal(done, 1);
    assert_int_equal(sql_int("SELECT token_version FROM users WHERE id = "
                             "%" PRId64,
                             fx.agent),
                     2);
    assert_int_equal(mails("password_changed"), 1);
}

/* ---- segredos de um uso, direto ---- */

TEST(secrets_without_a_person_are_kept_by_address_and_company)
{
    struct ctx c = { .arena = arena_new(8192),
                     .db = db_new(conf()->database_url),
                     .token_version = -1 };
    struct one_time_new one = { .purpose = ONE_TIME_INVITE,
                                .company_id = fx.company,
                                .address = "nova@a.test",
                                .payload = "{\"role\":\"admin\"}",
                                .life_s = 60 };
    char first[TOKEN_OPAQUE_CHARS + 1], second[TOKEN_OPAQUE_CHARS + 1],
        other[TOKEN_OPAQUE_CHARS + 1];
    struct one_time got;
    bool found;

    UNUSED;
    assert_int_equal(one_time_create(&c, &one, first), OK);
    one.company_id = fx.other_company;
    assert_int_equal(one_time_create(&c, &one, other), OK);
    one.company_id = fx.company;
    one.address = "NOVA@a.test";
    assert_int_equal(one_time_create(&c, &one, second), OK);
    assert_int_equal(one_time_peek(&c, ONE_TIME_INVITE, first, &got, &found),
                     OK);
    assert_false(found);
    assert_int_equal(one_time_peek(&c, ONE_TIME_INVITE, other, &got, &found),
                     OK);
    assert_true(found);
    assert_int_equal(one_time_peek(&c, ONE_TIME_INVITE, NULL, &got, &found),
                     OK);
    assert_false(found);
    assert_int_equal(
        one_time_consume(&c, ONE_TIME_INVITE, second, &got, &found), OK);
    assert_true(found);
    assert_int_equal(got.company_id, fx.company);
    assert_int_equal(got.user_id, 0);
    assert_string_equal(got.payload, "{\"role\": \"admin\"}");
    assert_int_equal(
        one_time_consume(&c, ONE_TIME_INVITE, second, &got, &found), OK);
    assert_false(found);
    assert_int_equal(
        one_time_drop(&c, ONE_TIME_INVITE, 0, fx.other_company, "nova@a.test"),
        OK);
    assert_int_equal(one_time_peek(&c, ONE_TIME_INVITE, other, &got, &found),
                     OK);
    assert_false(found);
    db_rollback(&c);
    db_close(c.db);
    arena_free(c.arena);
}

/* ---- páginas ---- */

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
                                .path = path,
                                .method = "POST",
                                .body = body,
                                .type = "application/x-www-form-urlencoded",
                                .cookie = cookie,
                                .headers = { "Origin: http://balcao.test" } });
}

TEST(forgot_page_answers_the_same_page_for_any_address)
{
    struct answer *known, *unknown;

    UNUSED;
    assert_non_null(strstr(page("/login", NULL)->body, "href=\"/forgot\""));
    assert_non_null(strstr(page("/forgot", NULL)->body, "action=\"/forgot\""));
    known = submit("/forgot", "email=agent%40a.test", NULL);
    unknown = submit("/forgot", "email=nobody%40a.test", NULL);
    assert_status(known, 303);
    assert_status(unknown, 303);
    assert_string_equal(header_of(known, "Location"), "/forgot/sent");
    assert_string_equal(known->headers, unknown->headers);
    assert_int_equal(mails("reset_password"), 1);
    assert_non_null(strstr(page("/forgot/sent", NULL)->body, "30 minutos"));
    assert_status(submit("/forgot", "", NULL), 422);
    assert_status(
        call(&(struct call){ .program = "session",
                             .path = "/forgot",
                             .method = "POST",
                             .body = "email=agent%40a.test",
                             .type = "application/x-www-form-urlencoded",
                             .headers = { "Origin: https://evil.test" } }),
        403);
}

TEST(forgot_page_says_when_it_is_too_much)
{
    struct answer *a = NULL;
    int i;

    UNUSED;
    for (i = 0; i < 21; i++)
        a = submit("/forgot", text("email=p%d%%40x.test", i), NULL);
    assert_status(a, 429);
    assert_non_null(header_of(a, "Retry-After"));
    assert_non_null(strstr(a->body, "role=\"alert\""));
}

TEST(link_leaves_the_address_bar_and_opens_the_form)
{
    const char *token = asked("agent@a.test");
    const char *cookie;
    struct answer *a = page(text("/reset?token=%s", token), NULL);

    UNUSED;
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/reset");
    assert_string_equal(set_cookie(a, "balcao-reset"), token);
    assert_non_null(
        strstr(a->headers, "; Path=/reset; Max-Age=1800; HttpOnly"));
    cookie = text("balcao-reset=%s", token);
    a = page("/reset", cookie);
    assert_status(a, 200);
    assert_non_null(strstr(a->body, "autocomplete=\"new-password\""));
    assert_null(strstr(a->body, token));
    /* abrir não gasta: o antivírus do correio abre antes da pessoa */
    assert_status(page("/reset", cookie), 200);
    a = submit("/reset", "password=curta", cookie);
    assert_status(a, 422);
    assert_non_null(strstr(a->body, "autocomplete=\"new-password\""));
    assert_null(strstr(a->body, "value=\"curta\""));
    a = submit("/reset", "password=" FRESH, cookie);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/login");
    assert_non_null(strstr(a->headers, "balcao-reset=; Path=/reset; "
                                       "Max-Age=0"));
    assert_status(login("agent@a.test", FRESH), 200);
    assert_status(submit("/reset", "password=" FRESH "2", cookie), 422);
}

/* De fora se fecha a porta da conta; quem lê o e-mail a abre de novo. */
TEST(reset_opens_the_door_others_closed)
{
    int i;

    UNUSED;
    for (i = 0; i < 11; i++)
        login("agent@a.test", "senha errada de fora");
    assert_status(login("agent@a.test", FIXTURE_PASSWORD), 429);
    submit("/reset", "password=" FRESH,
           text("balcao-reset=%s", asked("agent@a.test")));
    assert_status(login("agent@a.test", FRESH), 200);
}

TEST(letters_of_another_alphabet_do_not_buy_more_mail)
{
    int i;

    UNUSED;
    sql("UPDATE users SET email = 'kiko@a.test' WHERE id = 13");
    for (i = 0; i < 3; i++)
        ask_from(text("192.0.2.%d", i + 1), "kiko@a.test");
    i = (int)mails("reset");
    ask_from("192.0.2.77", "\u212aiko@a.test");
    assert_int_equal(mails("reset"), i);
}

TEST(reset_page_without_a_good_link_only_offers_another)
{
    struct answer *a = page("/reset", NULL);

    UNUSED;
    assert_status(a, 422);
    assert_null(strstr(a->body, "type=\"password\""));
    assert_non_null(strstr(a->body, "href=\"/forgot\""));
    a = page("/reset?token=%0d%0aSet-Cookie:x=1", NULL);
    assert_status(a, 303);
    assert_null(strstr(a->headers, "x=1"));
    a = submit("/reset", "password=" FRESH, "balcao-reset=garbage");
    assert_status(a, 422);
    assert_null(strstr(a->body, "type=\"password\""));
}

TEST(finished_reset_tells_the_login_page_once)
{
    const char *token = asked("agent@a.test"), *done;
    struct answer *a;

    UNUSED;
    a = submit("/reset", "password=" FRESH, text("balcao-reset=%s", token));
    done = set_cookie(a, "done");
    assert_true(done[0] != '\0');
    a = page("/login", text("done=%s", done));
    assert_non_null(strstr(a->body, "role=\"status\""));
    assert_non_null(strstr(a->body, "Senha trocada"));
    assert_non_null(strstr(a->headers, "done=; Path=/; Max-Age=0"));
}

static int
set_up(void **state)
{
    int failed = harness_setup(state);

    setenv("BALCAO_REDIS_URL", "", 1); /* o limite por rota fica de fora */
    setenv("BALCAO_TRUSTED_PROXIES", "127.0.0.1", 1);
    mail_on();
    assert_true(conf_load(NULL, stderr));
    return failed;
}

#define CASE(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(asking_sends_one_link_that_lasts_thirty_minutes),
        CASE(unknown_and_disabled_accounts_answer_alike_and_send_nothing),
        CASE(flood_stops_after_three_mails_and_keeps_the_last_link_alive),
        CASE(address_that_asks_for_many_is_refused),
        CASE(reset_changes_the_password_once_and_ends_every_login),
        CASE(refused_password_does_not_spend_the_link),
        CASE(older_link_expired_link_and_other_purposes_are_refused),
        CASE(person_in_no_company_recovers_the_password_too),
        CASE(reset_does_not_skip_the_second_step),
        CASE(concurrent_use_of_one_link_changes_the_password_once),
        CASE(secrets_without_a_person_are_kept_by_address_and_company),
        CASE(forgot_page_answers_the_same_page_for_any_address),
        CASE(forgot_page_says_when_it_is_too_much),
        CASE(link_leaves_the_address_bar_and_opens_the_form),
        CASE(reset_opens_the_door_others_closed),
        CASE(letters_of_another_alphabet_do_not_buy_more_mail),
        CASE(reset_page_without_a_good_link_only_offers_another),
        CASE(finished_reset_tells_the_login_page_once),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
