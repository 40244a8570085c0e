/*
 * conflicts_test.c - o 409 das ações que chegam tarde: o convite já aceito, a
 * conta já desligada, a tela que mostrava uma versão antiga.
 */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "login_kit.h"

#define INVITE "{\"email\":\"novo@a.test\",\"role\":\"operator\"}"
#define PROOF "\"password\":\"" FIXTURE_PASSWORD "\""

static struct answer *
ask(int64_t person, const char *program, const char *method, const char *path,
    const char *body)
{
    return call(&(struct call){ .program = program,
                                .method = method,
                                .path = path,
                                .token = token_of(person),
                                .body = body });
}

TEST(accepted_invitation_is_neither_resent_nor_cancelled)
{
    const char *path;

    UNUSED;
    mail_on();
    path = text(
        "/api/v1/invitations/%" PRId64,
        at_int(post_as(fx.admin, "accounts", "/api/v1/invitations", INVITE),
               "id"));
    sql("UPDATE invitations SET accepted_at = now()");
    assert_problem(post_as(fx.admin, "accounts", text("%s/resend", path), NULL),
                   409, "conflict");
    assert_problem(ask(fx.admin, "accounts", "DELETE", path, NULL), 409,
                   "conflict");
}

TEST(disabled_account_does_not_come_back_by_an_invitation)
{
    const char *link;

    UNUSED;
    mail_on();
    post_as(fx.admin, "accounts", "/api/v1/invitations", INVITE);
    link = strstr(mail_text("invitation", "link"), "token=") + 6;
    sql("UPDATE invitations SET email = 'stranger@b.test'");
    sql("UPDATE users SET email = 'stranger@b.test', disabled_at = now() "
        "WHERE id = %" PRId64,
        fx.stranger);
    assert_problem(post_as(0, "session", "/api/v1/auth/invitations/accept",
                           text("{\"token\":\"%s\",\"name\":\"N\","
                                "\"password\":\"caneca azul na janela 7\"}",
                                link)),
                   409, "conflict");
}

TEST(disabled_person_gets_no_reset_mail)
{
    UNUSED;
    mail_on();
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = %" PRId64,
        fx.agent);
    assert_problem(
        post_as(fx.admin, "accounts",
                text("/api/v1/users/%" PRId64 "/reset-password", fx.agent),
                NULL),
        409, "conflict");
    assert_int_equal(mails("reset_password"), 0);
}

TEST(screen_that_showed_an_old_version_overwrites_nothing)
{
    UNUSED;
    assert_problem(
        ask(fx.admin, "accounts", "PUT",
            text("/api/v1/users/%" PRId64, fx.agent),
            "{\"name\":\"Outro\",\"role\":\"operator\",\"visibility\":"
            "\"queues\",\"queueIds\":[],\"disabled\":false,"
            "\"version\":9}"),
        409, "conflict");
    assert_problem(ask(fx.admin, "accounts", "PATCH", "/api/v1/roles/81",
                       "{\"name\":\"Outro\",\"version\":9}"),
                   409, "conflict");
    assert_int_equal(sql_int("SELECT count(*) FROM roles WHERE name = 'Outro'"),
                     0);
}

TEST(setup_left_open_in_another_tab_does_not_replace_the_app_in_use)
{
    struct answer *a =
        post_as(fx.agent, "accounts", "/api/v1/me/two-factor", "{" PROOF "}");
    const char *setup = at_text(a, "setup");

    UNUSED;
    totp_use(at_text(a, "secret"));
    sql("UPDATE users SET totp_secret = '\\x00', totp_enabled_at = now() "
        "WHERE id = %" PRId64,
        fx.agent);
    assert_problem(post_as(fx.agent, "accounts",
                           "/api/v1/me/two-factor/confirm",
                           text("{\"setup\":\"%s\",\"code\":\"%s\"}", setup,
                                totp_code(0))),
                   409, "conflict");
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(accepted_invitation_is_neither_resent_nor_cancelled),
        RUN(disabled_account_does_not_come_back_by_an_invitation),
        RUN(disabled_person_gets_no_reset_mail),
        RUN(screen_that_showed_an_old_version_overwrites_nothing),
        RUN(setup_left_open_in_another_tab_does_not_replace_the_app_in_use),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
