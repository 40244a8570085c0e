/* cli_token_test.c - balcao token e balcao audit, no banco da fixture. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char output[262144];

/* Roda `balcao …`, na língua pedida; o erro só se junta se pedido. */
static int
balcao(const char *arguments, const char *lang, const char *errors)
{
    const char *url = getenv("BALCAO_DATABASE_URL");
    const char *owner =
        text("%.*suser=balcao_owner", (int)(strstr(url, "user=") - url), url);
    FILE *f = popen(text("BALCAO_DATABASE_OWNER_URL='%s' LC_ALL=%s "
                         "%s/bin/balcao %s 2>%s",
                         owner, lang, getenv("BUILD"), arguments, errors),
                    "r");
    size_t n;
    int status;

    assert_non_null(f);
    n = fread(output, 1, sizeof output - 1, f);
    output[n] = '\0';
    status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
run(const char *arguments)
{
    return balcao(arguments, "pt_BR.UTF-8", "&1");
}

static void
assert_says(const char *what)
{
    if (strstr(output, what) == NULL)
        fail_msg("esperava \"%s\" em:\n%s", what, output);
}

TEST(created_token_is_alone_on_the_output_and_works)
{
    UNUSED;
    assert_int_equal(balcao("token create --email AGENT@a.test --name ERP "
                            "--scopes tickets.read,me.read --days 7",
                            "C", "/dev/null"),
                     0);
    output[strcspn(output, "\n")] = '\0';
    assert_int_equal(strncmp(output, "blc_", 4), 0);
    assert_int_equal(strlen(output), 47);
    assert_status(call(&(struct call){ .program = "tickets",
                                       .path = "/api/v1/tickets",
                                       .token = text("%s", output) }),
                  200);
    assert_int_equal(sql_int("SELECT expires_at::date - now()::date FROM "
                             "api_tokens WHERE user_id = 13"),
                     7);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'api_token.created' AND user_id = 13 AND "
                             "user_agent = 'balcao token create'"),
                     1);
}

TEST(company_says_where_the_token_works)
{
    UNUSED;
    assert_int_equal(run("token create --email both@ab.test --name t --scopes "
                         "users.read --company 2 --days 0"),
                     0);
    assert_int_equal(sql_int("SELECT company_id FROM api_tokens WHERE "
                             "expires_at IS NULL"),
                     2);
    assert_int_equal(run("token create --email both@ab.test --name t --scopes "
                         "users.read --company 1"),
                     1);
    assert_says("users.read");
    assert_int_equal(run("token create --email admin@a.test --name t --scopes "
                         "users.read --company 2"),
                     1);
    assert_says("ninguém com esse e-mail");
}

TEST(bad_request_creates_nothing_and_says_why)
{
    UNUSED;
    assert_int_equal(run("token create --email agent@a.test --name t --scopes "
                         "users.write"),
                     1);
    assert_says("users.write");
    assert_int_equal(run("token create --email agent@a.test --name t --scopes "
                         "nada"),
                     1);
    assert_says("tickets.read");
    assert_int_equal(run("token create --email x@a.test --name t --scopes "
                         "me.read"),
                     1);
    assert_int_equal(run("token create --email agent@a.test --name t"), 2);
    assert_int_equal(run("token create --email agent@a.test --name t --scopes "
                         "me.read --days -1"),
                     2);
    assert_int_equal(run("token"), 2);
    assert_int_equal(run("token revoke"), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM api_tokens"), 0);
}

TEST(list_and_revoke_reach_every_company)
{
    UNUSED;
    run("token create --email agent@a.test --name ERP --scopes me.read");
    run("token create --email admin@b.test --name CRM --scopes me.read");
    assert_int_equal(run("token list"), 0);
    assert_says("ERP");
    assert_says("CRM");
    assert_says("\tvale\t");
    assert_int_equal(
        run(text("token revoke %s", sql("SELECT id FROM api_tokens WHERE name "
                                        "= 'ERP'"))),
        0);
    assert_int_equal(sql_int("SELECT count(*) FROM api_tokens WHERE revoked_at "
                             "IS NOT NULL AND name = 'ERP'"),
                     1);
    run("token list");
    assert_says("\trevogado\t");
    assert_int_equal(run("token revoke 999999"), 1);
    assert_int_equal(run("token revoke x"), 1);
}

TEST(audit_export_writes_the_csv_of_one_company)
{
    UNUSED;
    sql("INSERT INTO audit_log (company_id, user_id, user_name, action) SELECT "
        "1 + n %% 2, 11, 'Ana', 'logout' FROM generate_series(1, 1400) n");
    assert_int_equal(run("audit export --company 1 --action logout"), 0);
    assert_memory_equal(output, "\xEF\xBB\xBF\"id\",", 8);
    {
        int lines = 0;
        const char *p = output;

        while ((p = strstr(p, "\r\n")) != NULL) {
            lines++;
            p += 2;
        }
        assert_int_equal(lines, 701);
    }
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE company_id "
                             "= 1 AND action = 'audit.exported' AND user_agent "
                             "= 'balcao audit export'"),
                     1);
    assert_int_equal(run("audit export --company 1 --from ontem"), 1);
    assert_says("precisa ser um dia");
    assert_int_equal(run("audit export"), 2);
}

TEST(help_comes_in_both_languages)
{
    UNUSED;
    assert_int_equal(balcao("token --help", "pt_BR.UTF-8", "&1"), 0);
    assert_says("o token para de valer na hora");
    assert_int_equal(balcao("token --help", "en_US.UTF-8", "&1"), 0);
    assert_says("the token stops working at once");
    assert_int_equal(balcao("audit --help", "en_US.UTF-8", "&1"), 0);
    assert_says("Writes a company's audit log as CSV");
}

TEST(cleanup_forgets_only_what_the_configuration_says)
{
    UNUSED;
    sql("INSERT INTO audit_log (company_id, user_id, action, at) VALUES "
        "(1, 11, 'logout', now() - interval '200 days'), "
        "(1, 11, 'logout', now() - interval '100 days')");
    assert_int_equal(run("cleanup"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'logout'"),
                     2);
    setenv("BALCAO_AUDIT_DAYS", "120", 1);
    assert_int_equal(run("cleanup"), 0);
    unsetenv("BALCAO_AUDIT_DAYS");
    assert_says("registros da auditoria vencidos: 1");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'logout'"),
                     1);
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(created_token_is_alone_on_the_output_and_works),
        RUN(company_says_where_the_token_works),
        RUN(bad_request_creates_nothing_and_says_why),
        RUN(list_and_revoke_reach_every_company),
        RUN(audit_export_writes_the_csv_of_one_company),
        RUN(help_comes_in_both_languages),
        RUN(cleanup_forgets_only_what_the_configuration_says),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
