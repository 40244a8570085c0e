/*
 * assign_test.c - a distribuição automática: quem recebe, e tudo o que põe um
 * atendimento a esperar numa fila que distribui.
 */
#include "harness.h"

#include <inttypes.h>

#include "hook.h"

#define TICKETS "/api/v1/tickets"

static struct answer *
ask(int64_t person, const char *path, const char *body)
{
    return post_as(person, "tickets", path, body);
}

static struct answer *
beat(int64_t person)
{
    return post_as(person, "desk", "/api/v1/me/presence", "{}");
}

/* A presença e a vaga, sem passar pela distribuição. */
static void
put_agent_in(int64_t queue, int64_t person)
{
    sql("INSERT INTO presence (company_id, user_id) VALUES (1, %" PRId64
        ") ON CONFLICT (company_id, user_id) DO UPDATE SET seen_at = now()",
        person);
    sql("INSERT INTO queue_members (company_id, queue_id, user_id) VALUES (1, "
        "%" PRId64 ", %" PRId64 ") ON CONFLICT DO NOTHING",
        queue, person);
}

static void
put_agent(int64_t person)
{
    put_agent_in(31, person);
}

static int64_t
holder(int64_t ticket)
{
    return sql_int("SELECT coalesce(user_id, 0) FROM tickets WHERE id = "
                   "%" PRId64,
                   ticket);
}

static void
share(const char *how)
{
    sql("UPDATE queues SET assignment = '%s' WHERE id = 31", how);
    sql("UPDATE tickets SET status = 'closed', closed_at = now() WHERE id IN "
        "(61, 62, 64)");
}

TEST(new_tickets_go_around_among_those_present)
{
    int64_t a, b, c;

    UNUSED;
    share("round_robin");
    put_agent(fx.agent);
    put_agent(fx.supervisor);
    put_agent(fx.loner);
    sql("UPDATE presence SET away = true WHERE user_id = 14");
    hook_deliver(hook_text("5511900000001", "wamid.A1", "um"));
    hook_deliver(hook_text("5511900000002", "wamid.A2", "dois"));
    hook_deliver(hook_text("5511900000003", "wamid.A3", "três"));
    a = sql_int("SELECT user_id FROM tickets WHERE last_message = 'um'");
    b = sql_int("SELECT user_id FROM tickets WHERE last_message = 'dois'");
    c = sql_int("SELECT user_id FROM tickets WHERE last_message = 'três'");
    assert_int_equal(a, fx.supervisor);
    assert_int_equal(b, fx.agent);
    assert_int_equal(c, fx.supervisor);
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE field "
                             "= 'assignee' AND user_id IS NULL"),
                     3);
    assert_int_equal(hook_events("ticket:updated"), 3);
}

TEST(least_busy_gets_the_next_one)
{
    UNUSED;
    share("least_busy");
    sql("UPDATE tickets SET status = 'active', closed_at = NULL WHERE id = 62");
    put_agent(fx.agent);
    put_agent(fx.supervisor);
    sql("UPDATE queue_members SET last_assigned_at = now() WHERE user_id = 12");
    hook_deliver(hook_text("5511900000001", "wamid.A1", "um"));
    assert_int_equal(sql_int("SELECT user_id FROM tickets WHERE last_message "
                             "= 'um'"),
                     fx.supervisor);
}

TEST(nobody_present_leaves_the_ticket_waiting_for_the_one_who_arrives)
{
    UNUSED;
    share("round_robin");
    hook_deliver(hook_text("5511900000001", "wamid.A1", "um"));
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE last_message "
                             "= 'um' AND status = 'pending'"),
                     1);
    assert_status(beat(fx.agent), 200);
    assert_int_equal(sql_int("SELECT user_id FROM tickets WHERE last_message "
                             "= 'um' AND status = 'active'"),
                     fx.agent);
}

TEST(full_agent_who_closes_gets_the_oldest_waiting)
{
    int64_t first, second;

    UNUSED;
    share("round_robin");
    sql("UPDATE queues SET capacity = 1 WHERE id = 31");
    sql("UPDATE tickets SET status = 'active', closed_at = NULL WHERE id = 62");
    put_agent(fx.agent);
    hook_deliver(hook_text("5511900000001", "wamid.A1", "um"));
    hook_deliver(hook_text("5511900000002", "wamid.A2", "dois"));
    first = sql_int("SELECT id FROM tickets WHERE last_message = 'um'");
    second = sql_int("SELECT id FROM tickets WHERE last_message = 'dois'");
    assert_int_equal(holder(first), 0);
    assert_int_equal(holder(second), 0);
    assert_status(ask(fx.agent, TICKETS "/62/close", "{}"), 200);
    assert_int_equal(holder(first), fx.agent);
    assert_int_equal(holder(second), 0);
}

TEST(queue_that_starts_to_share_gives_at_once_whom_it_has)
{
    UNUSED;
    put_agent(fx.agent);
    assert_status(call(&(struct call){ .program = "desk",
                                       .method = "PATCH",
                                       .path = "/api/v1/queues/31",
                                       .body = "{\"assignment\":\"least_busy\","
                                               "\"capacity\":2}",
                                       .token = token_of(fx.admin) }),
                  200);
    assert_int_equal(holder(fx.pending), fx.agent);
    assert_string_equal(sql("SELECT status FROM tickets WHERE id = 61"),
                        "active");
}

/* ---- o que põe um atendimento a esperar ---- */

TEST(transfer_to_a_queue_that_shares_gives_it_to_who_is_there)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE queues SET assignment = 'round_robin' WHERE id = 32");
    put_agent_in(32, fx.supervisor);
    a = ask(fx.agent, TICKETS "/62/transfer", "{\"queueId\":32}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "active");
    assert_int_equal(at_int(a, "queueId"), 32);
    assert_int_equal(at_int(a, "assigneeId"), fx.supervisor);
    assert_int_equal(hook_events("ticket:transferred"), 1);
}

TEST(transfer_leaves_room_for_the_one_who_waits)
{
    UNUSED;
    sql("UPDATE queues SET assignment = 'least_busy', capacity = 1 WHERE id = "
        "31");
    put_agent(fx.agent);
    assert_status(ask(fx.agent, TICKETS "/62/transfer", "{\"queueId\":32}"),
                  200);
    assert_int_equal(holder(fx.active), 0);
    assert_int_equal(holder(fx.pending), fx.agent);
}

TEST(what_one_gives_back_goes_to_another_or_waits)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE queues SET assignment = 'round_robin' WHERE id = 31");
    sql("UPDATE tickets SET status = 'closed', closed_at = now() WHERE id = "
        "61");
    put_agent(fx.agent);
    a = ask(fx.agent, TICKETS "/62/assign", "{\"userId\":null}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "pending");
    assert_int_equal(holder(fx.active), 0);

    assert_status(ask(fx.agent, TICKETS "/62/take", "{}"), 200);
    put_agent(fx.supervisor);
    sql("UPDATE queue_members SET last_assigned_at = now() WHERE user_id = 12");
    a = ask(fx.agent, TICKETS "/62/assign", "{\"userId\":null}");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "assigneeId"), fx.supervisor);
}

TEST(ticket_that_stops_being_snoozed_is_given)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    share("round_robin");
    hook_deliver(hook_text("5511900000001", "wamid.A1", "um"));
    hook_deliver(hook_text("5511900000002", "wamid.A2", "dois"));
    sql("UPDATE tickets SET snoozed_until = now() + interval '1 day' WHERE "
        "last_message IN ('um', 'dois')");
    put_agent(fx.agent);
    id = sql_int("SELECT id FROM tickets WHERE last_message = 'um'");
    a = ask(fx.supervisor, text(TICKETS "/%" PRId64 "/unsnooze", id), "{}");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "assigneeId"), fx.agent);
    hook_deliver(hook_text("5511900000002", "wamid.A3", "três"));
    assert_int_equal(sql_int("SELECT user_id FROM tickets WHERE last_message "
                             "= 'três'"),
                     fx.agent);
}

TEST(contact_who_comes_back_to_nobody_is_given_to_who_is_there)
{
    UNUSED;
    share("round_robin");
    hook_deliver(hook_text("5511900000001", "wamid.A1", "um"));
    sql("UPDATE tickets SET status = 'closed', closed_at = now() WHERE "
        "last_message = 'um'");
    put_agent(fx.agent);
    hook_deliver(hook_text("5511900000001", "wamid.A2", "dois"));
    assert_int_equal(sql_int("SELECT user_id FROM tickets WHERE last_message "
                             "= 'dois' AND status = 'active' AND cycle = 2"),
                     fx.agent);
}

TEST(bulk_transfer_shares_them_among_those_present)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE queues SET assignment = 'least_busy' WHERE id = 32");
    sql("UPDATE tickets SET status = 'closed', closed_at = now() WHERE id = "
        "64");
    put_agent_in(32, fx.supervisor);
    put_agent_in(32, fx.loner);
    a = ask(fx.admin, TICKETS "/bulk",
            "{\"ticketIds\":[61,62],\"action\":\"transfer\",\"queueId\":32}");
    assert_status(a, 200);
    assert_int_equal(holder(fx.pending), fx.supervisor);
    assert_int_equal(holder(fx.active), fx.loner);
}

TEST(conversation_started_for_nobody_is_given)
{
    struct answer *a;

    UNUSED;
    share("round_robin");
    put_agent(fx.agent);
    a = ask(fx.supervisor, TICKETS,
            "{\"phone\":\"5511911112222\",\"queueId\":31,\"assign\":false}");
    assert_status(a, 201);
    assert_int_equal(at_int(a, "assigneeId"), fx.agent);
}

#define T(name) cmocka_unit_test_setup(name, hook_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(new_tickets_go_around_among_those_present),
        T(least_busy_gets_the_next_one),
        T(nobody_present_leaves_the_ticket_waiting_for_the_one_who_arrives),
        T(full_agent_who_closes_gets_the_oldest_waiting),
        T(queue_that_starts_to_share_gives_at_once_whom_it_has),
        T(transfer_to_a_queue_that_shares_gives_it_to_who_is_there),
        T(transfer_leaves_room_for_the_one_who_waits),
        T(what_one_gives_back_goes_to_another_or_waits),
        T(ticket_that_stops_being_snoozed_is_given),
        T(contact_who_comes_back_to_nobody_is_given_to_who_is_there),
        T(bulk_transfer_shares_them_among_those_present),
        T(conversation_started_for_nobody_is_given),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
