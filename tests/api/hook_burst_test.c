/* hook_burst_test.c - entregas ao mesmo tempo, cada uma num processo. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook.h"

#define CHILDREN 20
#define EACH 5

/* Cada filho entrega EACH corpos; a falha de um é falha do teste. */
static void
burst(const char *(*body)(int child, int i))
{
    int child, status, bad = 0;

    for (child = 0; child < CHILDREN; child++) {
        if (fork() == 0) {
            int i, wrong = 0;

            for (i = 0; i < EACH; i++)
                wrong += hook_post(body(child, i))->status != 200;
            _exit(wrong);
        }
    }
    while (wait(&status) > 0)
        bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    assert_int_equal(bad, 0);
}

static int64_t
fresh(const char *table)
{
    return sql_int("SELECT count(*) FROM %s WHERE id > 1000", table);
}

static const char *
one_customer(int child, int i)
{
    return hook_text((child + i) % 2 ? "5511987651234" : "551187651234",
                     text("wamid.%d.%d", child, i), "oi");
}

TEST(hundred_first_messages_at_once_make_one_contact_and_one_ticket)
{
    UNUSED;
    burst(one_customer);
    assert_int_equal(fresh("contacts"), 1);
    assert_int_equal(fresh("tickets"), 1);
    assert_int_equal(fresh("messages"), CHILDREN * EACH);
    assert_int_equal(
        sql_int("SELECT unread_count FROM tickets WHERE id > 1000"),
        CHILDREN * EACH);
    assert_int_equal(hook_events("message:created"), CHILDREN * EACH);
    assert_int_equal(hook_events("ticket:created"), 1);
    assert_int_equal(hook_events("contact:created"), 1);
}

static const char *
same_messages(int child, int i)
{
    (void)child;
    return hook_text("5511987651234", text("wamid.%d", i), "oi");
}

TEST(redeliveries_at_once_make_each_message_once)
{
    UNUSED;
    burst(same_messages);
    assert_int_equal(fresh("messages"), EACH);
    assert_int_equal(hook_events("message:created"), EACH);
    assert_int_equal(
        sql_int("SELECT unread_count FROM tickets WHERE id > 1000"), EACH);
}

/* Os mesmos quatro clientes e estados, em ordens contrárias. */
static const char *
crossed_batch(int child, int i)
{
    const char *parts[4];
    int k;

    for (k = 0; k < 4; k++) {
        int who = child % 2 ? k : 3 - k;

        parts[k] = text(
            "{\"from\":\"551198765000%d\",\"id\":\"w.%d.%d.%d\","
            "\"timestamp\":\"1760000000\",\"type\":\"text\",\"text\":{\"body\":"
            "\"oi\"}}",
            who + 5, child, i, who);
    }
    return hook_value(
        "\"messages\":[%s,%s,%s,%s],\"statuses\":["
        "{\"id\":\"s%d\",\"status\":\"read\"},{\"id\":\"s%d\",\"status\":"
        "\"read\"}]",
        parts[0], parts[1], parts[2], parts[3], child % 2, 1 - child % 2);
}

TEST(batches_with_the_same_customers_in_opposite_order_all_enter)
{
    UNUSED;
    burst(crossed_batch);
    assert_int_equal(fresh("messages"), CHILDREN * EACH * 4);
    assert_int_equal(sql_int("SELECT count(*) FROM webhook_failures"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM parked_updates"), 2);
}

#define RUN(name) cmocka_unit_test_setup(name, hook_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(hundred_first_messages_at_once_make_one_contact_and_one_ticket),
        RUN(redeliveries_at_once_make_each_message_once),
        RUN(batches_with_the_same_customers_in_opposite_order_all_enter),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
