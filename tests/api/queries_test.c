/*
 * queries_test.c - prepara no banco migrado cada consulta de sql/queries e
 * confere os tipos declarados com os que o PostgreSQL dá.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/db.h"
#include "harness.h"

#define QUERY(name) extern const struct db_query q_##name##_query;
#include "gen/query_list.h"
#undef QUERY

static const struct db_query *const queries[] = {
#define QUERY(name) &q_##name##_query,
#include "gen/query_list.h"
#undef QUERY
};

static PGconn *conn;

static int
connect_as_app(void **state)
{
    char options[300];

    if (harness_setup(state) != 0)
        return 1;
    snprintf(options, sizeof options, "%s", getenv("BALCAO_DATABASE_URL"));
    conn = PQconnectdb(options);
    PQclear(PQexec(conn, "SET search_path = balcao"));
    return PQstatus(conn) == CONNECTION_OK ? 0 : 1;
}

static int
disconnect(void **state)
{
    PQfinish(conn);
    return harness_teardown(state);
}

static void
check_types(const struct db_query *q, const PGresult *r)
{
    int i;

    for (i = 0; i < q->param_count; i++)
        assert_int_equal(PQparamtype(r, i), q->param_types[i]);
    if (q->column_types == NULL)
        return;
    assert_int_equal(PQnfields(r), q->column_count);
    for (i = 0; i < q->column_count; i++) {
        unsigned got = PQftype(r, i), want = q->column_types[i];

        if (got == 21 || got == 1700)
            got = 20; /* smallint e numeric cabem em int8 */
        if (got == 1043 || got == 18)
            got = 25;
        if (got != want && !(got == 23 && want == 20))
            fail_msg("%s: coluna %d (%s) é %u, declarada %u", q->name, i + 1,
                     PQfname(r, i), got, want);
    }
}

TEST(every_query_prepares_with_the_declared_types)
{
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof queries / sizeof *queries; i++) {
        const struct db_query *q = queries[i];
        PGresult *r =
            PQprepare(conn, q->name, q->sql, q->param_count, q->param_types);

        if (PQresultStatus(r) != PGRES_COMMAND_OK)
            fail_msg("%s: %s", q->name, PQresultErrorMessage(r));
        PQclear(r);
        r = PQdescribePrepared(conn, q->name);
        check_types(q, r);
        PQclear(r);
    }
}

TEST(every_tenant_table_has_a_policy_and_its_own_key)
{
    UNUSED;
    assert_null(sql("SELECT string_agg(c.relname, ', ') FROM pg_class c "
                    "JOIN pg_namespace n ON n.oid = c.relnamespace AND "
                    "n.nspname = 'balcao' "
                    "WHERE c.relkind IN ('r', 'p') AND NOT c.relrowsecurity "
                    "AND c.relname !~ '^fixture|^schema_migrations$'"));
    assert_null(sql("SELECT string_agg(relname || '.' || attname, ', ') "
                    "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
                    "JOIN pg_namespace n ON n.oid = c.relnamespace AND "
                    "n.nspname = 'balcao' "
                    "WHERE attname = 'company_id' AND relkind IN ('r', 'p') "
                    "AND NOT attnotnull"));
}

TEST(the_application_role_owns_nothing_and_obeys_the_policies)
{
    UNUSED;
    assert_int_equal(
        sql_int("SELECT count(*) FROM pg_class c JOIN pg_roles r "
                "ON r.oid = c.relowner WHERE r.rolname = 'balcao_app'"),
        0);
    assert_int_equal(sql_int("SELECT (rolbypassrls OR rolsuper)::int FROM "
                             "pg_roles WHERE rolname = 'balcao_app'"),
                     0);
}

TEST(every_table_and_column_is_commented)
{
    UNUSED;
    assert_null(sql(
        "SELECT string_agg(c.relname || coalesce('.' || x.name, ''), "
        "', ') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "AND n.nspname = 'balcao' CROSS JOIN LATERAL (SELECT 0, NULL UNION ALL "
        "SELECT attnum, attname FROM pg_attribute WHERE attrelid = c.oid "
        "AND attnum > 0 AND NOT attisdropped) x (at, name) "
        "WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition "
        "AND c.relname !~ '^fixture' AND NOT EXISTS (SELECT FROM "
        "pg_description "
        "d WHERE d.classoid = 'pg_class'::regclass AND d.objoid = c.oid "
        "AND d.objsubid = x.at)"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_query_prepares_with_the_declared_types),
        cmocka_unit_test(every_tenant_table_has_a_policy_and_its_own_key),
        cmocka_unit_test(
            the_application_role_owns_nothing_and_obeys_the_policies),
        cmocka_unit_test(every_table_and_column_is_commented),
    };

    return cmocka_run_group_tests(tests, connect_as_app, disconnect);
}
