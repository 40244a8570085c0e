/*
 * audit_test.c - consulta e exportação da auditoria: filtros, papéis, empresas,
 * páginas que não pulam nem repetem, CSV que se lê de volta.
 */
#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct answer *
ask_as(int64_t person, const char *query)
{
    return get_as(person, "accounts", text("/api/v1/audit%s", query));
}

static struct answer *
search(const char *query)
{
    struct answer *a = ask_as(fx.admin, query);

    assert_status(a, 200);
    return a;
}

static size_t
found(const struct answer *a)
{
    return json_object_array_length(at(a, "data"));
}

/* Um registro na empresa A, sem passar por rota nenhuma. */
static void
note(int64_t person, const char *action, const char *kind, const char *target,
     const char *after)
{
    sql("SELECT audit_note(1, %" PRId64 ", '%s', '%s', '%s', NULL, '%s', "
        "E'10.1.2.3\\nPrograma\\npedido-1')",
        person, action, kind, target, after);
}

TEST(list_tells_who_did_what_from_where_newest_first)
{
    struct answer *a;

    UNUSED;
    note(11, "login.failed", "user", "11", "{\"step\":\"code\"}");
    note(11, "login.succeeded", "user", "11", "{\"factor\":\"totp\"}");
    note(11, "logout", "", "", "{}");
    a = search("?limit=2");
    assert_string_equal(at_text(a, "data.0.action"), "logout");
    assert_string_equal(at_text(a, "data.1.action"), "login.succeeded");
    assert_string_equal(at_text(a, "data.1.userName"), "Ana Admin");
    assert_string_equal(at_text(a, "data.1.targetName"), "Ana Admin");
    assert_string_equal(at_text(a, "data.1.address"), "10.1.2.3");
    assert_string_equal(at_text(a, "data.1.requestId"), "pedido-1");
    assert_string_equal(at_text(a, "data.1.after.factor"), "totp");
    assert_non_null(at_text(a, "nextCursor"));
}

TEST(filters_choose_and_combine)
{
    UNUSED;
    sql("TRUNCATE audit_log");
    note(11, "login.succeeded", "user", "11", "{}");
    note(13, "login.failed", "user", "13", "{\"step\":\"password\"}");
    note(13, "logout", "", "", "{}");
    note(0, "role.updated", "role", "81", "{\"name\":\"Atenção\"}");
    assert_int_equal(found(search("")), 4);
    assert_int_equal(found(search("?userId=13")), 2);
    assert_int_equal(found(search("?userId=0")), 1);
    assert_int_equal(found(search("?action=login")), 2);
    assert_int_equal(found(search("?action=login.failed")), 1);
    assert_int_equal(found(search("?action=login,logout")), 3);
    assert_int_equal(found(search("?action=log")), 0);
    assert_int_equal(found(search("?action=role_updated")), 0);
    assert_int_equal(found(search("?targetType=role&targetId=81")), 1);
    assert_int_equal(found(search("?targetType=role&targetId=82")), 0);
    assert_int_equal(found(search("?address=10.1.")), 4);
    assert_int_equal(found(search("?address=10.2.")), 0);
    assert_int_equal(found(search("?q=ATENCAO")), 1);
    assert_int_equal(found(search("?q=bruno")), 2);
    assert_int_equal(found(search("?q=%25")), 0);
    assert_int_equal(found(search("?q=bruno&action=logout")), 1);
    assert_int_equal(found(search("?from=&to=&q=&action=")), 4);
}

TEST(period_is_whole_days_of_the_company_or_instants)
{
    UNUSED;
    sql("TRUNCATE audit_log");
    sql("INSERT INTO audit_log (company_id, user_id, action, at) VALUES "
        "(1, 0, 'logout', '2026-03-01 02:59:59Z'), "
        "(1, 0, 'logout', '2026-03-01 03:00:00Z'), "
        "(1, 0, 'logout', '2026-03-02 02:59:59Z'), "
        "(1, 0, 'logout', '2026-03-02 03:00:00Z')");
    assert_int_equal(found(search("?from=2026-03-01&to=2026-03-01")), 2);
    assert_int_equal(found(search("?from=2026-03-02")), 1);
    assert_int_equal(found(search("?to=2026-02-28")), 1);
    assert_int_equal(found(search("?from=2026-03-01T03:00:00Z")), 3);
    assert_int_equal(found(search("?to=2026-03-01T03:00:00Z")), 1);
    assert_int_equal(
        found(search("?from=2026-03-01T00:00:00.5-03:00&to=2026-03-02")), 2);
    sql("UPDATE companies SET time_zone = 'UTC' WHERE id = 1");
    assert_int_equal(found(search("?from=2026-03-01&to=2026-03-01")), 2);
}

TEST(bad_filter_is_told_by_its_name)
{
    static const char *const days[] = {
        "2026-02-29",
        "2026-13-01",
        "ontem",
        "2026-1-1",
        "2026-01-01T10:00:00",
        "2026-01-01T25:00:00Z",
        "infinity",
        "2026-01-01T10:00:00Z'--",
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof days / sizeof *days; i++) {
        assert_field(ask_as(fx.admin, text("?from=%s", days[i])), "from",
                     "time");
        assert_field(ask_as(fx.admin, text("/export?to=%s", days[i])), "to",
                     "time");
    }
    assert_field(ask_as(fx.admin, "?action=LOGIN"), "action", "action");
    assert_field(ask_as(fx.admin, "?action=%7Ba%7D"), "action", "action");
    assert_field(ask_as(fx.admin, "?userId=x"), "userId", "type");
    assert_field(ask_as(fx.admin, "?cursor=x"), "cursor", "cursor");
    assert_field(ask_as(fx.admin, "?limit=201"), "limit", "max");
    assert_field(ask_as(fx.admin, "?page=2"), "page", "unknown");
}

TEST(only_who_may_read_the_audit_reads_it)
{
    static const char *const paths[] = { "", "/1", "/actions", "/export" };
    size_t i;

    UNUSED;
    note(11, "logout", "", "", "{}");
    for (i = 0; i < 4; i++) {
        assert_problem(ask_as(0, paths[i]), 401, "unauthorized");
        assert_problem(ask_as(fx.agent, paths[i]), 403, "forbidden");
        assert_problem(ask_as(fx.supervisor, paths[i]), 403, "forbidden");
        assert_status(ask_as(fx.auditor, paths[i]), 200);
        assert_status(ask_as(fx.super, paths[i]), 200);
    }
}

TEST(other_company_is_out_of_reach_except_to_super)
{
    struct answer *a;
    int64_t theirs;

    UNUSED;
    note(11, "logout", "", "", "{}");
    sql("UPDATE companies SET name = 'Oficina C' WHERE id = 2");
    theirs = sql_int("SELECT max(id) FROM audit_log WHERE company_id = 2");
    sql("SELECT audit_note(0, 10, 'company.created', 'company', '2', NULL, "
        "'{}', '')");
    assert_problem(ask_as(fx.admin, "?companyId=2"), 403, "forbidden");
    assert_problem(ask_as(fx.admin, "?companyId=0"), 403, "forbidden");
    assert_problem(ask_as(fx.admin, "/export?companyId=2"), 403, "forbidden");
    assert_problem(ask_as(fx.admin, "/actions?companyId=2"), 403, "forbidden");
    assert_problem(ask_as(fx.admin, text("/%" PRId64, theirs)), 404,
                   "not-found");
    assert_problem(ask_as(fx.admin, text("/%" PRId64 "?companyId=2", theirs)),
                   403, "forbidden");
    assert_true(found(search("?companyId=1")) > 0);
    a = ask_as(fx.super, text("/%" PRId64 "?companyId=2", theirs));
    assert_status(a, 200);
    a = ask_as(fx.super, "?companyId=0&action=company");
    assert_status(a, 200);
    assert_int_equal(found(a), 1);
    assert_string_equal(at_text(a, "data.0.targetName"), "Oficina C");
    assert_int_equal(
        found(ask_as(fx.super, "?companyId=2&action=company.updated")), 1);
}

TEST(database_itself_refuses_another_company)
{
    UNUSED;
    assert_false(sql_works(
        "SET LOCAL ROLE balcao_app; SELECT app_enter(1, 11, -1, 0, NULL, "
        "false, ''); SELECT * FROM audit_find(2, NULL, NULL, NULL, NULL, NULL, "
        "NULL, NULL, NULL, 999999, 10)"));
    assert_false(sql_works(
        "SET LOCAL ROLE balcao_app; SELECT app_enter(1, 11, -1, 0, NULL, "
        "false, ''); SELECT audit_actions(0)"));
    assert_true(sql_works(
        "SET LOCAL ROLE balcao_app; SELECT app_enter(1, 10, -1, 0, NULL, "
        "false, ''); SELECT audit_actions(0)"));
    assert_false(sql_works("SET LOCAL ROLE balcao_app; SELECT audit_target_name"
                           "(2, 'user', '21', NULL, NULL)"));
}

TEST(actions_come_once_with_a_name_in_both_languages)
{
    struct answer *a;

    UNUSED;
    sql("TRUNCATE audit_log");
    note(11, "logout", "", "", "{}");
    note(11, "logout", "", "", "{}");
    note(11, "login.failed", "", "", "{}");
    a = ask_as(fx.admin, "/actions");
    assert_int_equal(found(a), 2);
    assert_string_equal(at_text(a, "data.0.label"), "Entrada recusada");
    a = call(&(struct call){ .program = "accounts",
                             .path = "/api/v1/audit/actions",
                             .token = token_of(fx.admin),
                             .headers = { "Accept-Language: en" } });
    assert_string_equal(at_text(a, "data.1.action"), "logout");
    assert_string_equal(at_text(a, "data.1.label"), "Sign-out");
}

/* 5 mil registros, de 50 em 50, com novos chegando o tempo todo. */
TEST(pages_neither_skip_nor_repeat_while_rows_arrive)
{
    struct answer *a;
    const char *cursor = NULL;
    int64_t last = INT64_MAX;
    size_t total = 0, i;

    UNUSED;
    sql("TRUNCATE audit_log");
    sql("INSERT INTO audit_log (company_id, user_id, action) SELECT 1 + "
        "(n %% 2), 11, 'logout' FROM generate_series(1, 10000) n");
    do {
        a = search(cursor == NULL ? "?limit=200"
                                  : text("?limit=200&cursor=%s", cursor));
        for (i = 0; i < found(a); i++) {
            int64_t id = at_int(a, text("data.%zu.id", i));

            assert_true(id < last);
            last = id;
        }
        total += found(a);
        cursor = at_text(a, "nextCursor");
        note(13, "login.succeeded", "", "", "{}");
    } while (cursor != NULL);
    assert_int_equal(total, 5000);
}

/* Lê um CSV estrito (RFC 4180): todas as células com aspas, CRLF no fim. */
static const char *
csv_next(const char *p, char *out, size_t size, bool *ends)
{
    size_t n = 0;

    assert_int_equal(*p, '"');
    for (p++; *p != '"' || p[1] == '"'; p++) {
        assert_true(*p != '\0');
        p += *p == '"';
        if (n + 1 < size)
            out[n++] = *p;
    }
    out[n] = '\0';
    p++;
    *ends = strncmp(p, "\r\n", 2) == 0;
    assert_true(*ends || *p == ',');
    return p + (*ends ? 2 : 1);
}

#define COLUMNS 14

static size_t
csv_rows(const char *body, const char *column, char wanted[][200], size_t max)
{
    char cell[4000], names[COLUMNS][40];
    const char *p = body + 3;
    size_t rows = 0, i;
    bool ends = false;

    assert_memory_equal(body, "\xEF\xBB\xBF", 3);
    for (i = 0; i < COLUMNS; i++)
        p = csv_next(p, names[i], sizeof names[i], &ends);
    assert_true(ends);
    while (*p != '\0') {
        for (i = 0; i < COLUMNS; i++) {
            p = csv_next(p, cell, sizeof cell, &ends);
            assert_int_equal(ends, i == COLUMNS - 1);
            if (strcmp(names[i], column) == 0 && rows < max)
                snprintf(wanted[rows], 200, "%.199s", cell);
        }
        rows++;
    }
    return rows;
}

TEST(csv_reads_back_and_no_cell_is_a_formula)
{
    char got[8][200];
    struct answer *a;

    UNUSED;
    sql("TRUNCATE audit_log");
    sql("INSERT INTO audit_log (company_id, user_id, action, user_name) VALUES "
        "(1, 1, 'logout', '=HYPERLINK(\"http://x\";\"a\")'), "
        "(1, 1, 'logout', '+1'), (1, 1, 'logout', '-1'), "
        "(1, 1, 'logout', '@soma'), (1, 1, 'logout', E'\\tx'), "
        "(1, 1, 'logout', E'dois\\nnomes, com \"aspas\"')");
    a = ask_as(fx.admin, "/export?action=logout");
    assert_status(a, 200);
    assert_non_null(
        strstr(a->headers, "Content-Type: text/csv; charset=utf-8"));
    assert_non_null(strstr(header_of(a, "Content-Disposition"), "attachment"));
    assert_int_equal(csv_rows(a->body, "user_name", got, 8), 6);
    assert_string_equal(got[0], "dois\nnomes, com \"aspas\"");
    assert_string_equal(got[1], "'\tx");
    assert_string_equal(got[2], "'@soma");
    assert_string_equal(got[3], "'-1");
    assert_string_equal(got[4], "'+1");
    assert_string_equal(got[5], "'=HYPERLINK(\"http://x\";\"a\")");
}

TEST(export_obeys_the_filters_and_is_itself_recorded)
{
    char got[4][200];
    struct answer *a;

    UNUSED;
    note(13, "login.failed", "user", "13", "{}");
    a = ask_as(fx.auditor, "/export?action=login&userId=13&q=bruno");
    assert_int_equal(csv_rows(a->body, "action", got, 4), 1);
    assert_string_equal(got[0], "login.failed");
    assert_int_equal(
        sql_int("SELECT count(*) FROM audit_log WHERE action = "
                "'audit.exported' AND user_id = 15 AND company_id = 1 AND "
                "address = '127.0.0.1' AND after = '{\"action\": \"login\", "
                "\"q\": \"bruno\", \"user_id\": \"13\"}'"),
        1);
    assert_problem(ask_as(fx.agent, "/export"), 403, "forbidden");
    ask_as(fx.auditor, "/export?from=x");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'audit.exported'"),
                     1);
}

TEST(long_export_comes_whole_in_parts)
{
    static char ids[1300][200];
    struct answer *a;
    size_t i;

    UNUSED;
    sql("TRUNCATE audit_log");
    sql("INSERT INTO audit_log (company_id, user_id, action) SELECT 1, 11, "
        "'logout' FROM generate_series(1, 1234)");
    a = ask_as(fx.admin, "/export?action=logout");
    assert_status(a, 200);
    assert_null(header_of(a, "Content-Length"));
    assert_int_equal(csv_rows(a->body, "id", ids, 1300), 1234);
    for (i = 1; i < 1234; i++)
        assert_true(atoll(ids[i]) < atoll(ids[i - 1]));
    a = call(&(struct call){ .program = "accounts",
                             .method = "HEAD",
                             .path = "/api/v1/audit/export",
                             .token = token_of(fx.admin) });
    assert_status(a, 200);
    assert_int_equal(a->len, 0);
}

TEST(api_token_reads_only_its_company)
{
    const char *token;

    UNUSED;
    sql("INSERT INTO memberships (company_id, user_id, role, display_name) "
        "VALUES (1, 10, 'admin', 'Paula')");
    sql("INSERT INTO api_tokens (company_id, user_id, name, scopes, prefix, "
        "token_hash) VALUES (1, 10, 't', '{audit.read}', 'blc_x', "
        "sha256('blc_0123456789abcdefABCDEF0123456789abcdefABCDE'))");
    token = "blc_0123456789abcdefABCDEF0123456789abcdefABCDE";
    assert_status(call(&(struct call){ .program = "accounts",
                                       .path = "/api/v1/audit",
                                       .token = token }),
                  200);
    assert_problem(call(&(struct call){ .program = "accounts",
                                        .path = "/api/v1/audit?companyId=2",
                                        .token = token }),
                   403, "forbidden");
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

static int
set_up(void **state)
{
    int failed;

    setenv("BALCAO_REDIS_URL", "", 1);
    unsetenv("TEST_REDIS");
    failed = harness_setup(state);
    return failed;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(list_tells_who_did_what_from_where_newest_first),
        RUN(filters_choose_and_combine),
        RUN(period_is_whole_days_of_the_company_or_instants),
        RUN(bad_filter_is_told_by_its_name),
        RUN(only_who_may_read_the_audit_reads_it),
        RUN(other_company_is_out_of_reach_except_to_super),
        RUN(database_itself_refuses_another_company),
        RUN(actions_come_once_with_a_name_in_both_languages),
        RUN(pages_neither_skip_nor_repeat_while_rows_arrive),
        RUN(csv_reads_back_and_no_cell_is_a_formula),
        RUN(export_obeys_the_filters_and_is_itself_recorded),
        RUN(long_export_comes_whole_in_parts),
        RUN(api_token_reads_only_its_company),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
