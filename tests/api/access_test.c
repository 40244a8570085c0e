/*
 * access_test.c - quem pode o quê muda na hora: papel, vínculo, login e
 * empresa; e cada mudança fica na auditoria, sem segredo nenhum.
 */
#include "harness.h"

#include <inttypes.h>
#include <string.h>

static struct answer *
tickets_with(const char *token)
{
    return call(&(struct call){ .program = "tickets",
                                .path = "/api/v1/tickets?status=pending",
                                .token = token });
}

/* A mudança derruba o token antigo; um novo vale. */
static void
assert_outdated(int64_t person, const char *change)
{
    const char *old = token_of(person);

    assert_int_equal(tickets_with(old)->status, 200);
    sql("%s", change);
    assert_problem(tickets_with(old), 401, "unauthorized");
    assert_int_equal(tickets_with(token_of(person))->status, 200);
}

TEST(changed_role_or_visibility_outdates_the_token)
{
    UNUSED;
    assert_outdated(fx.supervisor, "UPDATE memberships SET role = 'operator' "
                                   "WHERE user_id = 12");
    assert_outdated(fx.agent, "UPDATE memberships SET visibility = 'own' "
                              "WHERE user_id = 13");
    assert_outdated(fx.admin, "UPDATE companies SET require_two_factor = true "
                              "WHERE id = 1; UPDATE companies SET "
                              "require_two_factor = false WHERE id = 1");
}

TEST(unrelated_change_keeps_the_token)
{
    const char *token = token_of(fx.agent);

    UNUSED;
    sql("UPDATE memberships SET display_name = 'Outro' WHERE user_id = 13");
    sql("UPDATE companies SET name = 'Outro nome' WHERE id = 1");
    assert_int_equal(tickets_with(token)->status, 200);
}

TEST(custom_role_rules_over_the_house_role)
{
    const char *old = token_of(fx.auditor);

    UNUSED;
    assert_problem(tickets_with(old), 403, "forbidden");
    sql("UPDATE roles SET permissions = permissions || '{tickets.read}' "
        "WHERE id = 81");
    assert_problem(tickets_with(old), 401, "unauthorized"); /* renove-o */
    assert_int_equal(tickets_with(token_of(fx.auditor))->status, 200);
}

TEST(role_of_another_company_is_refused_by_the_database)
{
    UNUSED;
    assert_false(sql_works("UPDATE memberships SET role_id = 82 "
                           "WHERE company_id = 1 AND user_id = 13"));
}

TEST(super_enters_a_company_without_membership)
{
    UNUSED;
    assert_int_equal(tickets_with(token_of(fx.super))->status, 200);
    assert_int_equal(tickets_with(token_in(fx.super, fx.other_company))->status,
                     200);
    sql("UPDATE users SET is_super = false WHERE id = 10");
    assert_int_equal(sql_int("SELECT count(*) FROM access_of(10, 1)"), 0);
}

TEST(suspended_company_answers_403_and_lets_super_in)
{
    const char *agent = token_of(fx.agent), *boss = token_of(fx.super);

    UNUSED;
    sql("UPDATE companies SET suspended_at = now() WHERE id = 1");
    assert_problem(tickets_with(agent), 403, "suspended");
    assert_int_equal(tickets_with(boss)->status, 200);
}

TEST(queue_change_is_seen_at_once)
{
    const char *token = token_of(fx.agent);

    UNUSED;
    assert_int_equal(json_object_array_length(at(tickets_with(token), "data")),
                     1);
    sql("DELETE FROM queue_members WHERE user_id = 13");
    assert_int_equal(json_object_array_length(at(tickets_with(token), "data")),
                     0);
}

TEST(two_factor_demanded_leaves_only_the_own_account)
{
    UNUSED;
    sql("UPDATE companies SET require_two_factor = true WHERE id = 1");
    assert_int_equal(tickets_with(token_of(fx.agent))->status, 403);
    assert_int_equal(get_as(fx.agent, "accounts", "/api/v1/me")->status, 200);
    sql("UPDATE users SET totp_enabled_at = now() WHERE id = 13");
    assert_int_equal(tickets_with(token_of(fx.agent))->status, 200);
}

static int64_t
streams_told(int64_t person)
{
    return sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                   "'access:changed' AND 'user:%" PRId64 "' = ANY (rooms)",
                   person);
}

TEST(every_access_change_tells_the_open_streams)
{
    UNUSED;
    sql("UPDATE memberships SET role = 'supervisor' WHERE user_id = 13");
    assert_int_equal(streams_told(fx.agent), 1);
    sql("DELETE FROM queue_members WHERE user_id = 13");
    assert_int_equal(streams_told(fx.agent), 2);
    sql("UPDATE users SET token_version = token_version + 1 WHERE id = 13");
    assert_int_equal(streams_told(fx.agent), 3);
    sql("UPDATE roles SET permissions = '{self}' WHERE id = 81");
    assert_int_equal(streams_told(fx.auditor), 1);
    sql("UPDATE users SET token_version = token_version + 1 WHERE id = 16");
    assert_int_equal(streams_told(fx.both), 2); /* uma por empresa */
}

TEST(admin_tables_write_their_own_audit)
{
    UNUSED;
    sql("UPDATE memberships SET role = 'supervisor' WHERE user_id = 13");
    assert_string_equal(sql("SELECT action || ' ' || target_id || ' ' || "
                            "(before ->> 'role') || '>' || (after ->> 'role') "
                            "FROM audit_log WHERE company_id = 1"),
                        "member.updated 13 operator>supervisor");
    assert_string_equal(sql("SELECT string_agg(k, ',') FROM audit_log, "
                            "jsonb_object_keys(after) k"),
                        "role");
}

TEST(audit_never_keeps_a_secret)
{
    UNUSED;
    sql("UPDATE users SET password_hash = '$2b$10$outro', totp_secret = "
        "'\\xdeadbeef' WHERE id = 13");
    sql("UPDATE channels SET secrets = '\\xc0ffee' WHERE id = 41");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log"), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE "
                             "(before::text || after::text) ~ "
                             "'2b|deadbeef|c0ffee'"),
                     0);
    assert_string_equal(sql("SELECT after ->> 'password_hash' FROM audit_log "
                            "WHERE action = 'user.updated'"),
                        "***");
}

#define AS_APP(command) \
    "SET ROLE balcao_app; SELECT set_config('app.company_id', '1', " \
    "false); " command

TEST(application_cannot_change_or_erase_the_audit)
{
    UNUSED;
    sql("UPDATE queues SET name = 'Outra' WHERE id = 31");
    assert_false(sql_works(AS_APP("DELETE FROM audit_log")));
    assert_false(sql_works(AS_APP("UPDATE audit_log SET action = 'x'")));
    assert_false(sql_works(AS_APP("TRUNCATE audit_log")));
    assert_false(sql_works(AS_APP("INSERT INTO audit_log (company_id, user_id, "
                                  "action) VALUES (1, 1, 'x')")));
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log"), 1);
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(changed_role_or_visibility_outdates_the_token),
        RUN(unrelated_change_keeps_the_token),
        RUN(custom_role_rules_over_the_house_role),
        RUN(role_of_another_company_is_refused_by_the_database),
        RUN(super_enters_a_company_without_membership),
        RUN(suspended_company_answers_403_and_lets_super_in),
        RUN(queue_change_is_seen_at_once),
        RUN(two_factor_demanded_leaves_only_the_own_account),
        RUN(every_access_change_tells_the_open_streams),
        RUN(admin_tables_write_their_own_audit),
        RUN(audit_never_keeps_a_secret),
        RUN(application_cannot_change_or_erase_the_audit),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
