/* people_test.c - as páginas de pessoas e convites, sem JavaScript. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "browser_kit.h"
#include "harness.h"

static struct answer *
page_in(int64_t person, int64_t company, const char *path)
{
    return browser_page(browser_in(person, company), "admin", path);
}

static struct answer *
page(int64_t person, const char *path)
{
    return page_in(person, fx.company, path);
}

static struct answer *
submit(int64_t person, const char *path, const char *body)
{
    return browser_submit(browser_in(person, fx.company), "admin", path, body);
}

static const char *
user_path(int64_t id, const char *rest)
{
    return text("/admin/users/%" PRId64 "%s", id, rest);
}

TEST(list_shows_people_filters_and_escapes)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE memberships SET display_name = '<b>Érica' WHERE user_id = "
        "%" PRId64,
        fx.loner);
    a = page(fx.admin, "/admin/users");
    assert_status(a, 200);
    HAS(a, "Bruno Agente");
    HAS(a, "&lt;b&gt;Érica");
    LACKS(a, "<b>Érica");
    HAS(a, "/admin/users/new");
    LACKS(a, "Beto da B");
    a = page(fx.admin, "/admin/users?search=erica&role=&queueId=&status=all");
    HAS(a, "Érica");
    LACKS(a, "Bruno Agente");
    a = page(fx.admin, "/admin/users?search=ninguem");
    HAS(a, "empty-title");
    a = page(fx.admin, "/admin/users?status=lixo&queueId=x&role=zzz&cursor=9");
    assert_status(a, 200);
    HAS(a, "Bruno Agente");
    a = page(fx.supervisor, "/admin/users");
    assert_status(a, 200);
    LACKS(a, "/admin/users/new");
    assert_status(page(fx.agent, "/admin/users"), 403);
    assert_status(
        call(&(struct call){ .program = "admin", .path = "/admin/users" }),
        303);
}

TEST(long_list_goes_on_in_the_next_page)
{
    struct answer *a;
    const char *next;

    UNUSED;
    sql("INSERT INTO users (id, email, name, password_hash) SELECT 2000 + n, "
        "'p' || n || '@a.test', 'P', 'x' FROM generate_series(1, 30) n");
    sql("INSERT INTO memberships (company_id, user_id, role, display_name) "
        "SELECT 1, 2000 + n, 'operator', 'Pessoa ' || lpad(n::text, 2, '0') "
        "FROM generate_series(1, 30) n");
    a = page(fx.admin, "/admin/users?search=pessoa");
    HAS(a, "Pessoa 25");
    LACKS(a, "Pessoa 26");
    next = strstr(a->body, "rel=\"next\"");
    assert_non_null(next);
    a = page(fx.admin, "/admin/users?search=pessoa&cursor=2025,pessoa%2025");
    HAS(a, "Pessoa 26");
    LACKS(a, "Pessoa 25");
}

TEST(new_person_is_created_invited_or_comes_back)
{
    struct answer *a = page(fx.admin, "/admin/users/new");

    UNUSED;
    assert_status(a, 200);
    HAS(a, "value=\"supervisor\"");
    HAS(a, "Auditoria");
    a = submit(fx.admin, "/admin/users/new",
               "email=torto&name=&role=operator&visibility=own&queueIds=31&"
               "queueIds=");
    assert_status(a, 422);
    HAS(a, "email-error");
    HAS(a, "name-error");
    HAS(a, "value=\"torto\"");
    HAS(a, "value=\"31\" checked");
    HAS(a, "value=\"own\" selected");
    a = submit(fx.admin, "/admin/users/new",
               "email=agent%40a.test&name=X&role=operator&visibility=own&"
               "password=uma+frase+comprida+e+calma&queueIds=");
    assert_status(a, 409);
    HAS(a, "email-error");
    LACKS(a, "comprida");
    a = submit(fx.admin, "/admin/users/new",
               "email=rita%40a.test&name=Rita&role=81&visibility=own&"
               "password=uma+frase+comprida+e+calma&queueIds=31&queueIds=");
    assert_saved(a, "/admin/users");
    assert_string_equal(sql("SELECT role_id || visibility FROM memberships m "
                            "JOIN users u ON u.id = m.user_id WHERE email = "
                            "'rita@a.test'"),
                        "81own");
    a = submit(fx.admin, "/admin/users/new",
               "email=rui%40a.test&name=Rui&role=operator&visibility=own&"
               "password=&queueIds=");
    assert_saved(a, "/admin/invitations");
    assert_status(submit(fx.admin, "/admin/users/new",
                         "email=s%40a.test&name=S&role=super&visibility=own"),
                  422);
    assert_status(submit(fx.supervisor, "/admin/users/new", "email=x"), 403);
}

TEST(person_is_edited_with_the_version_shown)
{
    struct answer *a = page(fx.admin, user_path(fx.agent, ""));

    UNUSED;
    assert_status(a, 200);
    HAS(a, "name=\"version\" value=\"1\"");
    HAS(a, "value=\"31\" checked");
    HAS(a, "value=\"operator\" selected");
    a = submit(fx.admin, user_path(fx.agent, ""),
               "version=1&name=Bruno+B&role=supervisor&visibility=queues&"
               "queueIds=31&queueIds=32&queueIds=");
    assert_saved(a, user_path(fx.agent, ""));
    assert_int_equal(sql_int("SELECT count(*) FROM queue_members WHERE "
                             "user_id = %" PRId64,
                             fx.agent),
                     2);
    a = submit(fx.admin, user_path(fx.agent, ""),
               "version=1&name=Tarde&role=operator&visibility=own&queueIds=");
    assert_status(a, 409);
    HAS(a, "value=\"Tarde\"");
    HAS(a, "role=\"alert\"");
    a = submit(fx.admin, user_path(fx.admin, ""),
               "version=1&name=Ana&role=operator&visibility=own&queueIds=");
    assert_status(a, 409);
    assert_status(page(fx.admin, user_path(fx.stranger, "")), 404);
    assert_status(submit(fx.admin, user_path(fx.stranger, ""),
                         "version=1&name=X&role=operator&visibility=own"),
                  404);
}

TEST(who_can_only_look_gets_no_forms)
{
    struct answer *a = page(fx.supervisor, user_path(fx.agent, ""));

    UNUSED;
    assert_status(a, 200);
    LACKS(a, "name=\"version\"");
    LACKS(a, "/disable");
}

TEST(disabling_asks_first_and_restoring_undoes_it)
{
    struct answer *a = page(fx.admin, user_path(fx.agent, ""));

    UNUSED;
    HAS(a, user_path(fx.agent, "/disable"));
    a = page(fx.admin, user_path(fx.agent, "/disable"));
    assert_status(a, 200);
    HAS(a, "btn-danger");
    assert_saved(submit(fx.admin, user_path(fx.agent, "/disable"), "x=1"),
                 user_path(fx.agent, ""));
    assert_string_equal(
        sql("SELECT status FROM tickets WHERE id = %" PRId64, fx.active),
        "pending");
    a = page(fx.admin, user_path(fx.agent, ""));
    HAS(a, user_path(fx.agent, "/restore"));
    assert_saved(submit(fx.admin, user_path(fx.agent, "/restore"), "x=1"),
                 user_path(fx.agent, ""));
    a = submit(fx.admin, user_path(fx.admin, "/disable"), "x=1");
    assert_status(a, 409);
    HAS(a, "btn-danger");
}

TEST(rescue_sends_a_link_ends_logins_and_takes_two_factor_off)
{
    struct answer *a;

    UNUSED;
    assert_saved(
        submit(fx.admin, user_path(fx.agent, "/reset-password"), "x=1"),
        user_path(fx.agent, ""));
    assert_int_equal(
        sql_int("SELECT count(*) FROM jobs WHERE kind = 'mail.send'"), 1);
    assert_saved(submit(fx.admin, user_path(fx.agent, "/logout-all"), "x=1"),
                 user_path(fx.agent, ""));
    sql("UPDATE users SET totp_secret = '\\x01', totp_enabled_at = now() "
        "WHERE id = %" PRId64,
        fx.agent);
    a = page(fx.admin, user_path(fx.agent, "/two-factor/remove"));
    assert_status(a, 200);
    HAS(a, "btn-danger");
    assert_saved(
        submit(fx.admin, user_path(fx.agent, "/two-factor/remove"), "x=1"),
        user_path(fx.agent, ""));
    a = submit(fx.admin, user_path(fx.agent, "/two-factor/remove"), "x=1");
    assert_status(a, 409);
}

TEST(invitations_are_sent_seen_resent_and_undone)
{
    const char *path;
    struct answer *a;
    int64_t id;

    UNUSED;
    a = page(fx.admin, "/admin/invitations");
    assert_status(a, 200);
    HAS(a, "empty-title");
    assert_status(page(fx.admin, "/admin/invitations/new"), 200);
    a = submit(fx.admin, "/admin/invitations/new",
               "email=novo%40a.test&name=&role=operator&visibility=queues&"
               "queueIds=31&queueIds=");
    assert_saved(a, "/admin/invitations");
    id = sql_int("SELECT id FROM invitations");
    path = text("/admin/invitations/%" PRId64, id);
    a = page(fx.supervisor, "/admin/invitations?status=pending");
    HAS(a, "novo@a.test");
    LACKS(a, "/resend");
    a = submit(fx.admin, "/admin/invitations/new",
               "email=novo%40a.test&role=operator&visibility=queues");
    assert_status(a, 409);
    HAS(a, "email-error");
    assert_saved(submit(fx.admin, text("%s/resend", path), "x=1"),
                 "/admin/invitations");
    a = submit(fx.admin, text("%s/resend", path), "x=1");
    assert_status(a, 429);
    HAS(a, "novo@a.test");
    a = page(fx.admin, text("%s/cancel", path));
    assert_status(a, 200);
    HAS(a, "novo@a.test");
    assert_saved(submit(fx.admin, text("%s/cancel", path), "x=1"),
                 "/admin/invitations");
    assert_int_equal(sql_int("SELECT count(*) FROM invitations"), 0);
    assert_status(page(fx.admin, text("%s/cancel", path)), 404);
}

TEST(form_without_its_token_changes_nothing)
{
    struct answer *a =
        call(&(struct call){ .program = "admin",
                             .method = "POST",
                             .path = user_path(fx.agent, "/disable"),
                             .type = FORM_TYPE,
                             .body = "x=1",
                             .cookie = browser_of(fx.admin).cookie,
                             .headers = { "Origin: http://balcao.test" } });

    UNUSED;
    assert_status(a, 403);
    assert_int_equal(sql_int("SELECT count(*) FROM memberships WHERE "
                             "disabled_at IS NOT NULL"),
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
        T(list_shows_people_filters_and_escapes),
        T(long_list_goes_on_in_the_next_page),
        T(new_person_is_created_invited_or_comes_back),
        T(person_is_edited_with_the_version_shown),
        T(who_can_only_look_gets_no_forms),
        T(disabling_asks_first_and_restoring_undoes_it),
        T(rescue_sends_a_link_ends_logins_and_takes_two_factor_off),
        T(invitations_are_sent_seen_resent_and_undone),
        T(form_without_its_token_changes_nothing),
    };

    return cmocka_run_group_tests(tests, setup, harness_teardown);
}
