/* cli_user_test.c - balcao user: criar quem administra, socorrer, listar. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness.h"

#define NEW_PASSWORD "uma frase comprida e calma"

static char output[16384];

/* Roda `balcao user …` com `input` na entrada; devolve o que ele disse. */
static int
balcao_user(const char *arguments, const char *input)
{
    FILE *f = popen(text("printf '%%s' '%s' | LC_ALL=C LANG=pt_BR.UTF-8 "
                         "%s/bin/balcao user %s 2>&1",
                         input, getenv("BUILD"), arguments),
                    "r");
    size_t n;
    int status;

    assert_non_null(f);
    n = fread(output, 1, sizeof output - 1, f);
    output[n] = '\0';
    status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
assert_says(const char *what)
{
    if (strstr(output, what) == NULL)
        fail_msg("esperava \"%s\" em:\n%s", what, output);
}

static struct answer *
login(const char *email, const char *password)
{
    return post_as(
        0, "auth", "/api/v1/auth/login",
        text("{\"email\":\"%s\",\"password\":\"%s\"}", email, password));
}

TEST(admin_is_created_with_the_password_of_standard_input)
{
    struct answer *a;

    UNUSED;
    assert_int_equal(balcao_user("create-admin --email novo@c.test --name Novo "
                                 "--company 'Casa Nova'",
                                 NEW_PASSWORD "\n"),
                     0);
    assert_null(strstr(output, NEW_PASSWORD));
    a = login("novo@c.test", NEW_PASSWORD);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "user.role"), "admin");
    assert_string_equal(sql("SELECT name FROM companies WHERE id = %" PRId64,
                            at_int(a, "user.companyId")),
                        "Casa Nova");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'member.created'"),
                     1);
}

TEST(empty_password_is_drawn_and_shown_once)
{
    const char *at;
    char password[21];

    UNUSED;
    assert_int_equal(balcao_user("create-admin --email p@c.test --name P "
                                 "--super",
                                 ""),
                     0);
    at = strstr(output, "senha, que não aparece de novo: ");
    assert_non_null(at);
    snprintf(password, sizeof password, "%s", strrchr(at, ':') + 2);
    assert_int_equal(strlen(password), 20);
    assert_status(login("p@c.test", password), 200);
    assert_string_equal(
        sql("SELECT is_super::text FROM users WHERE email = 'p@c.test'"),
        "true");
}

TEST(known_person_is_promoted_and_keeps_the_password)
{
    UNUSED;
    assert_int_equal(balcao_user("create-admin --email Agent@A.test --name B "
                                 "--company 1",
                                 ""),
                     0);
    assert_says("a senha é a de antes");
    assert_string_equal(sql("SELECT role FROM memberships WHERE company_id = 1 "
                            "AND user_id = %" PRId64,
                            fx.agent),
                        "admin");
}

TEST(create_admin_refuses_what_it_cannot_decide)
{
    UNUSED;
    assert_int_equal(balcao_user("create-admin --email x@c.test --name X",
                                 NEW_PASSWORD "\n"),
                     1);
    assert_says("--company");
    assert_int_equal(balcao_user("create-admin --email x@c.test --name X "
                                 "--company 1",
                                 "1234567890\n"),
                     1);
    assert_says("password");
    assert_int_equal(balcao_user("create-admin --email torto --name X "
                                 "--company 1",
                                 NEW_PASSWORD "\n"),
                     1);
    assert_says("email");
    assert_int_equal(balcao_user("create-admin --name X", ""), 2);
    assert_int_equal(balcao_user("create-admin --email x@c.test --name X "
                                 "--password segredo",
                                 ""),
                     2);
    assert_int_equal(
        sql_int("SELECT count(*) FROM users WHERE email LIKE '%%c.test'"), 0);
}

TEST(reset_password_shows_a_link_that_works_once)
{
    const char *at, *body;
    struct answer *a;

    UNUSED;
    assert_int_equal(balcao_user("reset-password AGENT@a.test", ""), 0);
    at = strstr(output, "/reset?token=");
    assert_non_null(at);
    body = text("{\"token\":\"%.43s\",\"password\":\"" NEW_PASSWORD "\"}",
                at + 13);
    a = post_as(0, "auth", "/api/v1/auth/reset", body);

    assert_int_equal(a->status / 100, 2);
    assert_status(login("agent@a.test", NEW_PASSWORD), 200);
    a = post_as(0, "auth", "/api/v1/auth/reset", body);
    assert_field(a, "token", "expired");
    assert_int_equal(balcao_user("reset-password ninguem@a.test", ""), 1);
    assert_says("não há conta");
}

TEST(list_shows_accounts_and_no_secret)
{
    UNUSED;
    assert_int_equal(balcao_user("list", ""), 0);
    assert_says("super@platform.test");
    assert_says("Padaria A (operator), Oficina B (supervisor)");
    assert_says("Padaria A (Auditoria)");
    assert_null(strstr(output, "$2b$"));
    /* um nome não manda no terminal de quem lê */
    sql("UPDATE users SET name = E'\\x1b]0;dono\\x07Eva\\u009b2J' WHERE id = "
        "13");
    assert_int_equal(balcao_user("list", ""), 0);
    assert_says("\\x1b]0;dono\\x07Eva\\xc2\\x9b2J");
    assert_null(strchr(output, '\x1b'));
    assert_null(strstr(output, "\xc2\x9b"));
    assert_int_equal(balcao_user("", ""), 2);
}

/* O dono é o mesmo banco, com o outro papel. */
static int
setup(void **state)
{
    int failed = harness_setup(state);
    const char *url = getenv("BALCAO_DATABASE_URL"), *at;

    at = url != NULL ? strstr(url, "balcao_app") : NULL;
    if (failed || at == NULL)
        return 1;
    setenv("BALCAO_DATABASE_OWNER_URL",
           text("%.*sbalcao_owner%s", (int)(at - url), url,
                at + strlen("balcao_app")),
           1);
    return 0;
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(admin_is_created_with_the_password_of_standard_input),
        T(empty_password_is_drawn_and_shown_once),
        T(known_person_is_promoted_and_keeps_the_password),
        T(create_admin_refuses_what_it_cannot_decide),
        T(reset_password_shows_a_link_that_works_once),
        T(list_shows_accounts_and_no_secret),
    };

    return cmocka_run_group_tests(tests, setup, harness_teardown);
}
