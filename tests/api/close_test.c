/* close_test.c - o que a fila exige de quem encerra um atendimento. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

static const char *
close_path(int64_t id)
{
    return text("/api/v1/tickets/%" PRId64 "/close", id);
}

static void
queue_needs(const char *what)
{
    struct answer *a =
        call(&(struct call){ .program = "desk",
                             .method = "PATCH",
                             .path = "/api/v1/queues/31",
                             .body = text("{\"closeNeeds\":\"%s\"}", what),
                             .token = token_of(fx.admin) });

    assert_status(a, 200);
    assert_string_equal(at_text(a, "closeNeeds"), what);
}

static const char *
status_of(int64_t id)
{
    return sql("SELECT status FROM tickets WHERE id = %" PRId64, id);
}

TEST(queue_that_asks_for_a_reason_refuses_to_close_without_one)
{
    struct answer *a;

    UNUSED;
    queue_needs("reason");
    a = post_as(fx.agent, "tickets", close_path(fx.active), "{}");
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "reason", "required");
    a = post_as(fx.agent, "tickets", close_path(fx.active),
                "{\"reason\":\"  \"}");
    assert_field(a, "reason", "required");
    assert_string_equal(status_of(fx.active), "active");
    a = post_as(fx.agent, "tickets", close_path(fx.active),
                "{\"reason\":\"Resolvido\"}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "closeReason"), "Resolvido");
}

TEST(queue_that_asks_for_a_tag_refuses_to_close_without_one)
{
    struct answer *a;

    UNUSED;
    queue_needs("tag");
    a = post_as(fx.agent, "tickets", close_path(fx.active),
                "{\"reason\":\"Resolvido\"}");
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "tagIds", "required");
    sql("UPDATE tickets SET tag_ids = '{1}' WHERE id = %" PRId64, fx.active);
    assert_status(post_as(fx.agent, "tickets", close_path(fx.active), "{}"),
                  200);
}

TEST(in_bulk_each_ticket_says_what_it_lacks)
{
    struct answer *a;

    UNUSED;
    queue_needs("reason");
    a = post_as(
        fx.admin, "tickets", "/api/v1/tickets/bulk",
        text("{\"ticketIds\":[%" PRId64 "],\"action\":\"close\"}", fx.active));
    assert_status(a, 200);
    assert_string_equal(at_text(a, "data.0.code"), "invalid-fields");
    assert_string_equal(status_of(fx.active), "active");
}

TEST(page_asks_for_the_reason_where_the_button_is)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    a = inbox_page(b, path_of(fx.active, ""));
    assert_lacks(a, "id=\"close-reason\"");
    queue_needs("reason");
    a = inbox_page(b, path_of(fx.active, ""));
    assert_has(a, "id=\"close-reason\"");
    a = inbox_submit(b, path_of(fx.active, "/close"), "reason=+", NULL);
    assert_status(a, 422);
    assert_has(a, "esta fila pede o motivo");
    assert_status(
        inbox_submit(b, path_of(fx.active, "/close"), "reason=Resolvido", NULL),
        303);
    assert_string_equal(status_of(fx.active), "closed");
}

TEST(queue_form_keeps_what_it_asks_for)
{
    struct browser b = browser_of(fx.admin);
    struct answer *a;

    UNUSED;
    assert_status(
        browser_submit(b, "desk_pages", "/admin/queues/31",
                       text("version=%s&name=Vendas&assignment=off&"
                            "csat=company&closeNeeds=tag",
                            sql("SELECT version FROM queues WHERE id = 31"))),
        303);
    a = browser_page(b, "desk_pages", "/admin/queues/31");
    assert_has(a, "<option value=\"tag\" selected>");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(queue_that_asks_for_a_reason_refuses_to_close_without_one),
        T(queue_that_asks_for_a_tag_refuses_to_close_without_one),
        T(in_bulk_each_ticket_says_what_it_lacks),
        T(page_asks_for_the_reason_where_the_button_is),
        T(queue_form_keeps_what_it_asks_for),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
