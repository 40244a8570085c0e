/* transcript_test.c - a conversa inteira para imprimir: tudo, em ordem. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

#define MANY 450 /* mais que dois pedaços */

static const char *
path(int64_t id)
{
    return path_of(id, "/transcript");
}

static void
fill(int64_t ticket)
{
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, sender_type, "
        "kind, body, status, created_at) SELECT company_id, id, channel_id, "
        "'contact', 'text', 'linha ' || n || '.', 'received', now() - "
        "interval '1 day' + n * interval '1 second' FROM tickets, "
        "generate_series(1, %d) n WHERE id = %" PRId64,
        MANY, ticket);
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, sender_type, "
        "user_id, kind, body, status) SELECT company_id, id, channel_id, "
        "'user', %" PRId64 ", 'note', 'só para a equipe', 'received' FROM "
        "tickets WHERE id = %" PRId64,
        fx.agent, ticket);
}

TEST(whole_conversation_comes_in_order_and_ends)
{
    struct answer *a;
    const char *at;
    int i;

    UNUSED;
    fill(fx.active);
    sql("UPDATE messages SET body = '<b>linha 7.</b>' WHERE body = 'linha 7.'");
    a = inbox_page(browser_of(fx.agent), path(fx.active));
    assert_status(a, 200);
    assert_has(a, "&lt;b&gt;linha 7.&lt;/b&gt;");
    at = a->body;
    for (i = 1; i <= MANY; i++) {
        at = strstr(at, text("linha %d.", i));
        assert_non_null(at);
    }
    assert_null(strstr(a->body, "só para a equipe"));
    assert_non_null(strstr(at, "</html>"));
    assert_has(a, path_of(fx.active, "/transcript?notes=1"));
}

TEST(notes_come_when_asked_and_opening_it_is_audited)
{
    struct answer *a;

    UNUSED;
    fill(fx.active);
    a = inbox_page(browser_of(fx.agent),
                   path_of(fx.active, "/transcript?notes=1"));
    assert_status(a, 200);
    assert_has(a, "só para a equipe");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'ticket.exported' AND target_id = '%" PRId64
                             "' AND user_id = %" PRId64,
                             fx.active, fx.agent),
                     1);
    assert_has(inbox_page(browser_of(fx.agent), path_of(fx.active, "")),
               "/transcript\"");
}

TEST(conversation_one_may_not_see_is_not_there)
{
    UNUSED;
    assert_status(inbox_page(browser_of(fx.agent), path(fx.hidden)), 404);
    assert_status(inbox_page(browser_of(fx.agent), path(fx.foreign)), 404);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'ticket.exported'"),
                     0);
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(whole_conversation_comes_in_order_and_ends),
        T(notes_come_when_asked_and_opening_it_is_audited),
        T(conversation_one_may_not_see_is_not_there),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
