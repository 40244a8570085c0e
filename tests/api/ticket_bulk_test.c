/* ticket_bulk_test.c - muitos de uma vez, e as regras da empresa. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"

#define P "tickets"

static struct answer *
bulk(int64_t person, const char *body)
{
    return post_as(person, P, "/api/v1/tickets/bulk", body);
}

TEST(bulk_says_of_each_whether_it_changed)
{
    struct answer *a;

    UNUSED;
    a = bulk(fx.admin, "{\"ticketIds\":[66,63,62,61,62],\"action\":\"close\","
                       "\"reason\":\"Fim do dia\"}");
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 4);
    assert_int_equal(at_int(a, "data.0.id"), 61);
    assert_true(json_object_get_boolean(at(a, "data.0.done")));
    assert_true(json_object_get_boolean(at(a, "data.1.done")));
    assert_false(json_object_get_boolean(at(a, "data.2.done")));
    assert_string_equal(at_text(a, "data.2.code"), "conflict");
    assert_string_equal(at_text(a, "data.3.code"), "not-found");
    assert_string_equal(sql("SELECT close_reason FROM tickets WHERE id = 61"),
                        "Fim do dia");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'ticket:closed'"),
                     2);
    assert_string_equal(sql("SELECT status FROM tickets WHERE id = 66"),
                        "active");
}

TEST(bulk_tags_prioritizes_assigns_transfers_and_reads)
{
    UNUSED;
    sql("INSERT INTO tags (company_id, id, name) VALUES (1, 7, 'A')");
    assert_status(bulk(fx.supervisor, "{\"ticketIds\":[61,62],\"action\":"
                                      "\"tag\",\"tagIds\":[7]}"),
                  200);
    assert_string_equal(sql("SELECT string_agg(tag_ids::text, ' ') FROM "
                            "tickets WHERE id IN (61, 62)"),
                        "{7} {7}");
    assert_status(bulk(fx.supervisor, "{\"ticketIds\":[61],\"action\":"
                                      "\"untag\",\"tagIds\":[7]}"),
                  200);
    assert_string_equal(sql("SELECT tag_ids FROM tickets WHERE id = 61"), "{}");
    assert_status(bulk(fx.supervisor, "{\"ticketIds\":[61,62],\"action\":"
                                      "\"priority\",\"priority\":\"high\"}"),
                  200);
    assert_status(bulk(fx.supervisor, "{\"ticketIds\":[61,62],\"action\":"
                                      "\"read\"}"),
                  200);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE priority = "
                             "'high' AND unread_count = 0"),
                     2);
    assert_status(bulk(fx.supervisor, "{\"ticketIds\":[61],\"action\":"
                                      "\"assign\",\"userId\":14}"),
                  200);
    assert_string_equal(sql("SELECT user_id FROM tickets WHERE id = 61"), "14");
    assert_status(bulk(fx.supervisor,
                       "{\"ticketIds\":[61,62],\"action\":\"transfer\","
                       "\"queueId\":32,\"note\":\"Mutirão\"}"),
                  200);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE queue_id = 32 "
                             "AND status = 'pending'"),
                     2);
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE "
                             "field = 'note'"),
                     2);
}

TEST(bulk_that_no_ticket_could_take_is_refused_with_the_field)
{
    static const struct {
        const char *rest, *field;
    } bad[] = {
        { "\"action\":\"tag\"", "tagIds" },
        { "\"action\":\"untag\",\"tagIds\":[999]", "tagIds" },
        { "\"action\":\"priority\"", "priority" },
        { "\"action\":\"transfer\"", "userId" },
        { "\"action\":\"transfer\",\"queueId\":33", "queueId" },
        { "\"action\":\"assign\",\"userId\":21", "userId" },
        { "\"action\":\"fly\"", "action" },
    };
    const char *many = "1";
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct answer *a =
            bulk(fx.admin, text("{\"ticketIds\":[62],%s}", bad[i].rest));

        assert_problem(a, 422, "invalid-fields");
        assert_string_equal(at_text(a, "errors.0.field"), bad[i].field);
    }
    for (i = 2; i <= 501; i++)
        many = text("%s,%zu", many, i);
    assert_string_equal(
        at_text(bulk(fx.admin,
                     text("{\"ticketIds\":[%s],\"action\":\"read\"}", many)),
                "errors.0.field"),
        "ticketIds");
    assert_problem(bulk(fx.agent, "{\"ticketIds\":[62],\"action\":\"read\"}"),
                   403, "forbidden");
}

TEST(reopen_rule_is_read_by_all_and_changed_by_admins)
{
    struct answer *a;
    struct call c = { .program = P,
                      .method = "PUT",
                      .path = "/api/v1/settings/tickets",
                      .body = "{\"reopenHours\":48}" };

    UNUSED;
    a = get_as(fx.agent, P, "/api/v1/settings/tickets");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "reopenHours"), 24);
    c.token = token_of(fx.agent);
    assert_problem(call(&c), 403, "forbidden");
    c.token = token_of(fx.admin);
    a = call(&c);
    assert_status(a, 200);
    assert_int_equal(at_int(a, "reopenHours"), 48);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE user_id = "
                             "11 AND target_type = 'company'"),
                     1);
    assert_int_equal(sql_int("SELECT reopen_hours FROM companies WHERE id = 2"),
                     24);
    c.body = "{\"reopenHours\":721}";
    assert_field(call(&c), "reopenHours", "max");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, harness_reset)
    const struct CMUnitTest tests[] = {
        T(bulk_says_of_each_whether_it_changed),
        T(bulk_tags_prioritizes_assigns_transfers_and_reads),
        T(bulk_that_no_ticket_could_take_is_refused_with_the_field),
        T(reopen_rule_is_read_by_all_and_changed_by_admins),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
