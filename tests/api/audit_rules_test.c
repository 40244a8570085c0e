/*
 * audit_rules_test.c - o que ninguém pode esquecer ao mexer no banco: toda
 * tabela da administração se registra, toda ação tem palavras, segredo nenhum
 * sai, e só o que venceu se apaga.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/audit_words.h"

/* Tabelas sem gatilho de auditoria, e por quê. Uma nova sem ele, nem razão
 * aqui, falha. */
static const struct {
    const char *table, *why;
} exempt[] = {
    { "audit_log", "é o próprio registro" },
    { "company_visits", "a troca de empresa se anota (company.entered)" },
    { "contact_identities", "trabalho do dia, não administração" },
    { "contact_list_members", "trabalho do dia; a lista se registra" },
    { "contact_tags", "trabalho do dia, não administração" },
    { "contact_duplicates", "pares que uma procura achou" },
    { "contact_imports", "importar e desfazer se anotam" },
    { "contact_import_rows", "as linhas de uma importação, que se anota" },
    { "contact_merges", "fundir e desfazer se anotam" },
    { "contact_scans", "andamento de uma procura" },
    { "contact_words", "palavras que a busca corrige; cópia dos contatos" },
    { "contacts", "trabalho do dia, não administração" },
    { "contact_notes", "anotações: cada uma diz quem e quando" },
    { "csat_surveys", "o histórico é ticket_changes" },
    { "drafts", "rascunho de cada um" },
    { "talks", "conversas entre colegas" },
    { "talk_members", "conversas entre colegas" },
    { "talk_messages", "conversas entre colegas" },
    { "message_templates", "cópia da lista da Meta" },
    { "notifications", "avisos de cada um" },
    { "notification_settings", "gosto de cada um" },
    { "push_subscriptions", "gosto de cada um" },
    { "ticket_participants", "o histórico é ticket_changes" },
    { "file_trash", "arquivos a tirar do disco" },
    { "file_usage", "conta do espaço usado" },
    { "files", "trabalho do dia, não administração" },
    { "fixture", "só existe nos testes" },
    { "fixture_sequences", "só existe nos testes" },
    { "fixture_tables", "só existe nos testes" },
    { "idempotency_keys", "respostas guardadas por um dia" },
    { "invitation_queues", "nasce com o convite, que se registra" },
    { "jobs", "fila de trabalho" },
    { "link_previews", "o que páginas alheias dizem de si" },
    { "live_cursor", "posição do relay" },
    { "live_outbox", "avisos ao vivo" },
    { "login_buckets", "contadores do freio" },
    { "message_stars", "marca de cada um" },
    { "messages", "trabalho do dia; o histórico é ticket_changes" },
    { "one_time_tokens", "quem pede e quem usa se anota" },
    { "parked_updates", "avisos da Meta por casar" },
    { "presence", "sinais de vida, a cada 25 s" },
    { "recovery_codes", "segredos da segunda etapa, que se registra em users" },
    { "refresh_tokens", "entrada e saída se anotam" },
    { "revoked_families", "o fim do login se anota" },
    { "scheduled_messages", "o histórico é ticket_changes" },
    { "schema_migrations", "da instalação" },
    { "ticket_changes", "é o próprio histórico" },
    { "ticket_tags", "o histórico é ticket_changes" },
    { "tickets", "o histórico é ticket_changes" },
    { "web_sessions", "entrada e saída se anotam" },
    { "webhook_failures", "entregas por repetir" },
};

TEST(every_table_is_audited_or_says_why_not)
{
    char list[4000] = "''";
    const char *missing;
    size_t i, n = strlen(list);

    UNUSED;
    for (i = 0; i < sizeof exempt / sizeof *exempt; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, ", '%s'",
                              exempt[i].table);
    missing = sql(
        "SELECT string_agg(c.relname, ', ') FROM pg_class c WHERE "
        "c.relnamespace = 'balcao'::regnamespace AND c.relkind IN ('r', 'p') "
        "AND NOT c.relispartition AND c.relname NOT IN (%s) AND NOT EXISTS ("
        "SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE "
        "t.tgrelid = c.oid AND p.proname = 'audit_row')",
        list);
    if (missing != NULL)
        fail_msg("sem gatilho de auditoria nem razão em `exempt`: %s", missing);
}

TEST(every_recorded_action_has_words)
{
    FILE *f;
    char line[200];
    size_t noted = 0;

    UNUSED;
    f = popen(
        "{ perl -0777 -ne 'while(/(?:\\bnote\\w*\\(|audit_note|\\.action\\s"
        "*=)[^;]{0,160}?\"([a-z_]+(?:\\.[a-z_]+)+|logout)\"/g){print "
        "\"$1\\n\"}' src/*/*.c cgi-bin/*/*.c; perl -0777 -ne 'while(/"
        "audit_note\\([^;]{0,200}?\\x27([a-z_]+(?:\\.[a-z_]+)+)\\x27/g)"
        "{print \"$1\\n\"}' sql/*/*.sql; }",
        "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (!audit_action_known(line))
            fail_msg("%s: sem linha em src/auth/audit_words.def", line);
        noted++;
    }
    pclose(f);
    assert_true(noted >= 10);
}

TEST(every_trigger_has_words)
{
    static const char *const verbs[] = { "created", "updated", "deleted" };
    const char *names =
        sql("SELECT string_agg(DISTINCT (string_to_array(encode(t.tgargs, "
            "'escape'), '\\000'))[1], ' ') FROM pg_trigger t JOIN pg_proc p ON "
            "p.oid = t.tgfoid WHERE p.proname = 'audit_row'");
    char *copy = strdup(names), *save, *name;
    size_t i;

    UNUSED;
    for (name = strtok_r(copy, " ", &save); name != NULL;
         name = strtok_r(NULL, " ", &save))
        for (i = 0; i < 3; i++)
            if (!audit_action_known(text("%s.%s", name, verbs[i])))
                fail_msg("%s.%s: sem linha em src/auth/audit_words.def", name,
                         verbs[i]);
    free(copy);
}

TEST(no_secret_reaches_the_log_or_the_export)
{
    const char *hash = sql("SELECT password_hash FROM users WHERE id = 13");
    struct answer *a;

    UNUSED;
    sql("UPDATE users SET password_hash = '$2b$10$outro-hash-secreto', "
        "totp_secret = 'segredo-totp' WHERE id = 13");
    sql("UPDATE channels SET secrets = 'segredo-do-canal' WHERE id = 41");
    post_as(fx.agent, "accounts", "/api/v1/tokens",
            "{\"name\":\"t\",\"scopes\":[\"me.read\"]}");
    a = get_as(fx.admin, "accounts", "/api/v1/audit/export");
    assert_status(a, 200);
    assert_non_null(strstr(a->body, "***"));
    assert_null(strstr(a->body, hash));
    assert_null(strstr(a->body, "outro-hash"));
    assert_null(strstr(a->body, "segredo-totp"));
    assert_null(strstr(a->body, "segredo-do-canal"));
    assert_null(strstr(
        a->body, sql("SELECT encode(token_hash, 'hex') FROM api_tokens")));
    assert_int_equal(
        sql_int("SELECT count(*) FROM audit_log l WHERE l::text ~ "
                "'\\$2b\\$|736567726564'"), /* "segred" em hexadecimal */
        0);
}

TEST(only_old_rows_are_forgotten_and_only_by_the_function)
{
    UNUSED;
    sql("TRUNCATE audit_log");
    sql("INSERT INTO audit_log (company_id, user_id, action, at) SELECT 1, 11, "
        "'logout', now() - make_interval(days => n * 10) FROM "
        "generate_series(1, 20) n");
    assert_int_equal(sql_int("SELECT audit_forget(0, 100)"), 0);
    assert_int_equal(sql_int("SELECT audit_forget(120, 3)"), 3);
    assert_int_equal(sql_int("SELECT audit_forget(120, 100)"), 6);
    assert_int_equal(sql_int("SELECT audit_forget(1, 100)"), 3);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE company_id "
                             "= 1"),
                     8);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE company_id "
                             "= 0 AND action = 'audit.forgotten'"),
                     3);
    assert_false(sql_works("SET LOCAL ROLE balcao_app; DELETE FROM audit_log"));
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(every_table_is_audited_or_says_why_not),
        RUN(every_recorded_action_has_words),
        RUN(every_trigger_has_words),
        RUN(no_secret_reaches_the_log_or_the_export),
        RUN(only_old_rows_are_forgotten_and_only_by_the_function),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
