/* cli_test.c - o comando balcao, num banco vazio só deste teste. */
#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char base[64];        /* banco vazio, recriado a cada teste */
static char folder[64];      /* migrações de mentira */
static char output[1 << 22]; /* cabe o OpenAPI inteiro */

/* Roda `balcao …` com a saída e o erro em output; devolve o que ele disse. */
static int
balcao(const char *arguments)
{
    const char *url =
        text("postgresql:///%s?host=%s&user=", base, getenv("TEST_PG"));
    FILE *f = popen(text("export BALCAO_DATABASE_URL='%sbalcao_app' "
                         "BALCAO_DATABASE_OWNER_URL='%sbalcao_owner' "
                         "LC_ALL=C LANG=pt_BR.UTF-8; %s/bin/balcao %s 2>&1",
                         url, url, getenv("BUILD"), arguments),
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

/* Uma célula do banco do comando, como superusuário. */
static const char *
cell(const char *query)
{
    FILE *f =
        popen(text("PGOPTIONS='-c search_path=balcao' psql -X -q -A -t "
                   "-h '%s' -U '%s' -d %s -c \"%s\"",
                   getenv("TEST_PG"), getenv("TEST_PG_USER"), base, query),
              "r");
    size_t n = fread(output, 1, sizeof output - 1, f);

    assert_int_equal(pclose(f), 0);
    while (n > 0 && output[n - 1] == '\n')
        n--;
    output[n] = '\0';
    return text("%s", output);
}

static void
write_file(const char *name, const char *content)
{
    FILE *f = fopen(text("%s/%s", folder, name), "w");

    assert_non_null(f);
    fputs(content, f);
    fclose(f);
}

static int
fresh(void **state)
{
    if (harness_reset(state) != 0)
        return 1;
    snprintf(base, sizeof base, "balcao_cli_%d", (int)getpid());
    sql("DROP DATABASE IF EXISTS %s WITH (FORCE)", base);
    sql("CREATE DATABASE %s OWNER balcao_owner", base);
    snprintf(folder, sizeof folder, "/tmp/balcao-cli-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int
clean(void **state)
{
    UNUSED;
    sql("DROP DATABASE IF EXISTS %s WITH (FORCE)", base);
    return system(text("rm -rf '%s'", folder));
}

TEST(migrate_twice_applies_each_file_once)
{
    const char *first;

    UNUSED;
    assert_int_equal(balcao("migrate"), 0);
    assert_says("0001_core.sql aplicada");
    first = cell("SELECT count(*) FROM schema_migrations");
    assert_int_equal(balcao("migrate"), 0);
    assert_string_equal(output, "");
    assert_string_equal(cell("SELECT count(*) FROM schema_migrations"), first);
    assert_string_equal(cell("SELECT DISTINCT length(checksum) "
                             "FROM schema_migrations"),
                        "64");
}

TEST(two_migrates_at_once_both_end_well)
{
    UNUSED;
    assert_int_equal(balcao(text("migrate & %s/bin/balcao migrate || exit 9; "
                                 "wait $!",
                                 getenv("BUILD"))),
                     0);
    assert_says("0001_core.sql aplicada");
    assert_int_equal(balcao("migrate"), 0);
    assert_string_equal(output, "");
}

TEST(an_applied_file_that_changed_is_refused_and_named)
{
    UNUSED;
    write_file("0001_a.sql", "CREATE TABLE a (x int);");
    assert_int_equal(balcao(text("migrate --dir %s", folder)), 0);
    write_file("0001_a.sql", "CREATE TABLE a (y int);");
    assert_int_equal(balcao(text("migrate --dir %s", folder)), 1);
    assert_says("0001_a.sql: o arquivo mudou");
}

TEST(a_migration_that_fails_leaves_nothing_and_stops_the_next_ones)
{
    UNUSED;
    write_file("0001_a.sql", "CREATE TABLE a (x int);");
    write_file("0002_b.sql", "CREATE TABLE b (x int); SELECT 1 / 0;");
    write_file("0003_c.sql", "CREATE TABLE c (x int);");
    assert_int_equal(balcao(text("migrate --dir %s", folder)), 1);
    assert_says("0002_b.sql: falhou");
    assert_string_equal(cell("SELECT string_agg(relname, ',') FROM pg_class "
                             "WHERE relname IN ('a', 'b', 'c')"),
                        "a");
    write_file("0002_b.sql", "CREATE TABLE b (x int);");
    assert_int_equal(balcao(text("migrate --dir %s", folder)), 0);
    assert_string_equal(cell("SELECT count(*) FROM schema_migrations"), "3");
}

TEST(seed_demo_twice_makes_one_company_and_keeps_its_secrets)
{
    const char *first;

    UNUSED;
    assert_int_equal(balcao("migrate --quiet"), 0);
    assert_int_equal(balcao("demo-info"), 1);
    assert_says("seed demo");
    assert_int_equal(balcao("seed demo"), 0);
    assert_int_equal(balcao("demo-info"), 0);
    first = text("%s", output);
    assert_int_equal(balcao("seed demo"), 0);
    assert_int_equal(balcao("demo-info"), 0);
    assert_string_equal(output, first);
    assert_says("BASE_URL=");
    assert_says("/api/v1/webhook/whatsapp/");
    assert_says("WEBHOOK_VERIFY_TOKEN=");
    assert_says("WEBHOOK_APP_SECRET=");
    assert_says("WEBHOOK_PHONE_NUMBER_ID=100200300400500");
    assert_says("ADMIN_EMAIL=admin@demo.balcao");
    assert_says("AGENT_EMAIL=agent@demo.balcao");
    assert_says("PASSWORD=balcao-demo");
    assert_string_equal(cell("SELECT count(*) FROM companies"), "1");
    assert_string_equal(cell("SELECT count(DISTINCT status) FROM tickets"),
                        "4");
}

TEST(secrets_sealed_with_another_key_are_drawn_again)
{
    UNUSED;
    assert_int_equal(balcao("migrate --quiet"), 0);
    assert_int_equal(balcao("seed demo"), 0);
    cell("UPDATE channels SET secrets = '\\\\x00'");
    assert_int_equal(balcao("demo-info"), 1);
    assert_says("app_secret");
    assert_int_equal(balcao("seed demo"), 0);
    assert_int_equal(balcao("demo-info"), 0);
}

TEST(seed_bench_keeps_one_open_ticket_per_contact_and_channel)
{
    UNUSED;
    assert_int_equal(balcao("migrate --quiet"), 0);
    assert_int_equal(balcao("seed bench --scale 0.01"), 0);
    assert_string_equal(cell("SELECT count(*) FROM tickets"), "1000");
    assert_string_equal(cell("SELECT count(*) FROM messages"), "10000");
    assert_string_equal(
        cell("SELECT string_agg(n::text, ' ' ORDER BY status) "
             "FROM (SELECT status, count(*) AS n FROM tickets GROUP BY 1) x"),
        "200 700 100");
    assert_int_equal(balcao("seed bench --scale 0.01"), 0);
    assert_string_equal(cell("SELECT count(*) FROM tickets"), "1000");
    assert_string_equal(cell("SELECT count(*) FROM contact_identities i "
                             "JOIN contacts c ON c.id = i.contact_id "
                             "WHERE i.value = c.phone AND i.match_key = "
                             "left(c.phone, 4) || right(c.phone, 8)"),
                        "200");
    assert_int_equal(balcao("seed medium"), 2);
}

TEST(cleanup_deletes_the_expired_and_fails_the_forgotten_send)
{
    UNUSED;
    assert_int_equal(balcao("migrate --quiet"), 0);
    assert_int_equal(balcao("seed demo"), 0);
    cell("UPDATE messages SET status = 'queued', provider_id = NULL, "
         "created_at = now() - interval '2 hours' WHERE id IN "
         "(SELECT max(id) FROM messages WHERE sender_type = 'user' AND kind "
         "<> 'note')");
    cell("INSERT INTO idempotency_keys (company_id, user_id, route, key, "
         "fingerprint, status, body, created_at) SELECT 1, 1, 'r', i::text, "
         "'\\\\x00', 200, '{}', now() - i * interval '10 hours' "
         "FROM generate_series(1, 4) i");
    cell("INSERT INTO contact_merges (company_id, winner_id, loser_id, was, "
         "became, tickets, notes, identities, tags, lists, left_lists, "
         "created_at) SELECT 1, min(c.id), max(c.id), '{}', '{}', '{}', '{}', "
         "'{}', '{}', '{}', '[]', now() - i * interval '29 days' FROM contacts "
         "c, generate_series(1, 2) i WHERE c.company_id = 1 GROUP BY i");
    cell("DELETE FROM notifications");
    cell("INSERT INTO notifications (company_id, user_id, kind, ticket_id, "
         "created_at, read_at) SELECT 1, m.user_id, 'assigned', t.id, now() - "
         "interval '100 days', now() - d * interval '1 day' FROM (SELECT "
         "min(user_id) AS user_id FROM memberships WHERE company_id = 1) m, "
         "(SELECT min(id) AS id FROM tickets WHERE company_id = 1) t, "
         "unnest(ARRAY[91, 89, NULL]) d");
    assert_int_equal(balcao("cleanup"), 0);
    assert_string_equal(cell("SELECT count(*) FROM notifications"), "2");
    assert_string_equal(cell("SELECT count(*) FROM contact_merges"), "1");
    assert_string_equal(cell("SELECT count(*) FROM idempotency_keys"), "2");
    assert_string_equal(cell("SELECT count(*) FROM messages WHERE status = "
                             "'failed' AND error LIKE '%reenvie%'"),
                        "1");
    assert_string_equal(cell("SELECT count(*) FROM live_outbox WHERE type = "
                             "'message:ack'"),
                        "1");
    assert_int_equal(balcao("cleanup"), 0);
    assert_string_equal(cell("SELECT count(*) FROM live_outbox WHERE type = "
                             "'message:ack'"),
                        "1");
}

TEST(a_worker_for_a_while_fails_a_send_whose_channel_has_no_secrets)
{
    UNUSED;
    assert_int_equal(balcao("migrate --quiet"), 0);
    assert_int_equal(balcao("seed demo"), 0);
    cell("UPDATE channels SET secrets = '\\\\x00'");
    cell("UPDATE messages SET status = 'queued', provider_id = NULL WHERE id "
         "IN (SELECT max(m.id) FROM messages m JOIN tickets t ON t.id = "
         "m.ticket_id WHERE t.status = 'active' AND sender_type = 'user')");
    cell("INSERT INTO jobs (company_id, lane, kind, payload) SELECT "
         "company_id, 2, 'message.send', jsonb_build_object('messageId', id) "
         "FROM messages WHERE status = 'queued'");
    assert_int_equal(balcao("work --for 1s"), 0);
    assert_string_equal(cell("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                        "0");
    assert_string_equal(cell("SELECT count(*) FROM messages WHERE "
                             "error LIKE 'as credenciais do canal%'"),
                        "1");
}

TEST(every_command_explains_itself_and_refuses_what_it_does_not_know)
{
    static const char *const names[] = { "migrate", "seed",    "demo-info",
                                         "work",    "relay",   "routes",
                                         "config",  "webhook", "cleanup" };
    size_t i;

    UNUSED;
    assert_int_equal(balcao("--help"), 0);
    for (i = 0; i < sizeof names / sizeof *names; i++)
        assert_says(names[i]);
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(balcao(text("%s --help", names[i])), 0);
        assert_says(text("Uso: balcao %s", names[i]));
        assert_int_equal(balcao(text("%s --nada", names[i])), 2);
    }
    assert_int_equal(balcao("nada"), 2);
    assert_int_equal(balcao("seed nada"), 2);
    assert_int_equal(balcao("config"), 2);
    assert_int_equal(balcao("webhook"), 2);
}

TEST(config_check_names_each_bad_setting)
{
    UNUSED;
    assert_int_equal(balcao("config example"), 0);
    assert_says("#worker_concurrency = 16");
    setenv("BALCAO_WORKER_CONCURRENCY", "0", 1);
    setenv("BALCAO_NONSENSE", "1", 1);
    assert_int_equal(balcao("config check"), 1);
    assert_says("worker_concurrency");
    assert_says("BALCAO_NONSENSE");
    assert_int_equal(balcao("work"), 1);
    unsetenv("BALCAO_WORKER_CONCURRENCY");
    unsetenv("BALCAO_NONSENSE");
}

TEST(routes_joins_every_program_and_no_path_has_two_owners)
{
    UNUSED;
    assert_int_equal(balcao("routes"), 0);
    assert_says("/api/v1/tickets/{id}/messages");
    assert_says("/api/v1/auth/login");
    assert_int_equal(balcao("routes --nginx --run /x"), 0);
    assert_says("location ^~ /api/v1/tickets { fastcgi_pass unix:/x/tickets");
    assert_says("location ^~ /api/tickets { fastcgi_pass unix:/x/tickets");
    assert_int_equal(balcao("routes --apache"), 0);
    assert_says("ProxyPass \"/api/v1/stream\"");
    assert_int_equal(balcao("routes --openapi"), 0);
    assert_says("\"/api/v1/tickets/{id}\"");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define RUN(name) cmocka_unit_test_setup_teardown(name, fresh, clean)
        RUN(migrate_twice_applies_each_file_once),
        RUN(two_migrates_at_once_both_end_well),
        RUN(an_applied_file_that_changed_is_refused_and_named),
        RUN(a_migration_that_fails_leaves_nothing_and_stops_the_next_ones),
        RUN(seed_demo_twice_makes_one_company_and_keeps_its_secrets),
        RUN(secrets_sealed_with_another_key_are_drawn_again),
        RUN(seed_bench_keeps_one_open_ticket_per_contact_and_channel),
        RUN(cleanup_deletes_the_expired_and_fails_the_forgotten_send),
        RUN(a_worker_for_a_while_fails_a_send_whose_channel_has_no_secrets),
        RUN(every_command_explains_itself_and_refuses_what_it_does_not_know),
        RUN(config_check_names_each_bad_setting),
        RUN(routes_joins_every_program_and_no_path_has_two_owners),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
