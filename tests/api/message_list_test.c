/* message_list_test.c - andar pela conversa, para cima, para baixo e em volta.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* Ids que as cem mensagens recebem: FIRST .. FIRST + 99. */
#define FIRST INT64_C(5000)

static void
fill(int count)
{
    sql("INSERT INTO messages (company_id, id, ticket_id, channel_id, "
        "sender_type, kind, body, status) SELECT 1, %" PRId64 " + n, %" PRId64
        ", 41, 'contact', 'text', 'm' || n, 'received' FROM "
        "generate_series(0, %d - 1) n",
        FIRST, fx.active, count);
}

static struct answer *
list(int64_t person, int64_t ticket, const char *query)
{
    return get_as(
        person, "tickets",
        text("/api/v1/tickets/%" PRId64 "/messages?%s", ticket, query));
}

static void
assert_span(const struct answer *a, int64_t newest, int64_t oldest)
{
    int n = (int)json_object_array_length(at(a, "data"));

    assert_int_equal(n, newest - oldest + 1);
    assert_int_equal(at_int(a, "data.0.id"), newest);
    assert_int_equal(at_int(a, text("data.%d.id", n - 1)), oldest);
}

TEST(before_walks_up_to_the_first)
{
    struct answer *a;
    int pages = 0;

    UNUSED;
    fill(100);
    a = list(fx.agent, fx.active, "limit=30");
    assert_span(a, FIRST + 99, FIRST + 70);
    for (; at(a, "nextCursor") != NULL; pages++)
        a = list(fx.agent, fx.active,
                 text("limit=30&before=%s", at_text(a, "nextCursor")));
    assert_int_equal(pages, 3);
    assert_int_equal(json_object_array_length(at(a, "data")), 11);
}

TEST(after_walks_down_without_gaps)
{
    struct answer *a;

    UNUSED;
    fill(100);
    a = list(fx.agent, fx.active, text("limit=10&after=%" PRId64, FIRST + 49));
    assert_span(a, FIRST + 59, FIRST + 50);
    a = list(fx.agent, fx.active,
             text("limit=100&after=%s", at_text(a, "nextCursor")));
    assert_span(a, FIRST + 99, FIRST + 60);
    assert_null(at(a, "nextCursor"));
    a = list(fx.agent, fx.active, text("after=%" PRId64, FIRST + 99));
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
}

TEST(around_shows_both_sides_of_a_message)
{
    struct answer *a;

    UNUSED;
    fill(100);
    a = list(fx.agent, fx.active, text("limit=11&around=%" PRId64, FIRST + 50));
    assert_span(a, FIRST + 55, FIRST + 45);
    a = list(fx.agent, fx.active, text("limit=1&around=%" PRId64, FIRST + 50));
    assert_span(a, FIRST + 50, FIRST + 50);
    a = list(fx.agent, fx.active, text("limit=6&around=%" PRId64, FIRST + 99));
    assert_span(a, FIRST + 99, FIRST + 96);
    a = list(fx.agent, fx.active, "around=9223372036854775807");
    assert_status(a, 200);
}

TEST(two_ways_at_once_are_refused)
{
    UNUSED;
    assert_field(list(fx.agent, fx.active, "before=9&after=1"), "after",
                 "alone");
    assert_field(list(fx.agent, fx.active, "around=9&after=1"), "around",
                 "alone");
    assert_field(list(fx.agent, fx.active, "after=0"), "after", "min");
}

TEST(every_way_into_a_hidden_ticket_answers_404)
{
    static const char *const ways[] = { "before=9999", "after=1", "around=75" };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof ways / sizeof *ways; i++) {
        assert_problem(list(fx.agent, fx.hidden, ways[i]), 404, "not-found");
        assert_problem(list(fx.admin, fx.foreign, ways[i]), 404, "not-found");
    }
}

/* Cem mil: cada página é uma descida no índice, sem ordenar a conversa. */
TEST(a_page_of_a_huge_conversation_reads_little)
{
    const char *plan;

    UNUSED;
    fill(100000);
    sql("ANALYZE messages");
    sql("CREATE OR REPLACE FUNCTION pg_temp.explain_page() RETURNS text "
        "LANGUAGE plpgsql AS $$ DECLARE j json; BEGIN "
        "EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT id FROM ("
        "(SELECT id FROM balcao.message_rows WHERE company_id = 1 AND "
        "ticket_id = 62 AND id < 55000 ORDER BY id DESC LIMIT 25) UNION ALL "
        "(SELECT id FROM balcao.message_rows WHERE company_id = 1 AND "
        "ticket_id = 62 AND id > 54999 ORDER BY id LIMIT 25)) n "
        "ORDER BY id DESC' INTO j; "
        "RETURN (j -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::int + "
        "(j -> 0 -> 'Plan' ->> 'Shared Read Blocks')::int; END $$");
    plan = sql("SELECT pg_temp.explain_page()");
    assert_in_range(strtoll(plan, NULL, 10), 1, 60);
    assert_span(list(fx.agent, fx.active, "limit=50&before=6000"), 5999, 5950);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, harness_reset)
    const struct CMUnitTest tests[] = {
        T(before_walks_up_to_the_first),
        T(after_walks_down_without_gaps),
        T(around_shows_both_sides_of_a_message),
        T(two_ways_at_once_are_refused),
        T(every_way_into_a_hidden_ticket_answers_404),
        T(a_page_of_a_huge_conversation_reads_little),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
