/* inbox_list_test.c - procurar, filtrar, guardar filtros e mudar muitas. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

static struct answer *
views(int64_t person, const char *body)
{
    return post_as(person, "tickets", "/api/v1/tickets/views", body);
}

static struct answer *
forget(int64_t person, int64_t id)
{
    return call(
        &(struct call){ .program = "tickets",
                        .method = "DELETE",
                        .path = text("/api/v1/tickets/views/%" PRId64, id),
                        .token = token_of(person) });
}

/* ---- a página ---- */

TEST(list_is_filtered_and_every_link_carries_it)
{
    struct browser admin = browser_of(fx.admin);
    struct answer *a;

    UNUSED;
    a = inbox_page(admin, "/inbox?status=active&queueId=31");
    assert_status(a, 200);
    assert_has(a, "id=\"t62\"");
    assert_lacks(a, "id=\"t65\"");
    assert_has(a, "/inbox/62?status=active&amp;queueId=31");
    assert_has(a, "<option value=\"31\" selected>");
    a = inbox_part(admin, "/inbox?status=active&queueId=none&part=list");
    assert_lacks(a, "id=\"t62\"");
    assert_has(a, "Nada com estes filtros");
    assert_lacks(a, "id=\"filter-queue\"");
    a = inbox_page(admin, "/inbox?status=pending&q="
                          "Carla");
    assert_has(a, "id=\"t61\"");
    a = inbox_page(admin, path_of(fx.active, "?status=active&queueId=31"));
    assert_has(a, "/inbox/62?status=active&amp;queueId=31");
}

TEST(filters_nobody_understands_are_left_out)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a =
        inbox_page(agent, "/inbox?status=active&queueId=abc&sort=nope&userId="
                          "&priority=alta&unread=sim&tagIds=x");

    UNUSED;
    assert_status(a, 200);
    assert_has(a, "id=\"t62\"");
    assert_lacks(a, "Com filtros");
}

TEST(filtered_list_shows_only_what_one_may_see)
{
    UNUSED;
    assert_lacks(
        inbox_page(browser_of(fx.agent), "/inbox?status=active&sort=oldest"),
        "id=\"t65\"");
    assert_has(
        inbox_page(browser_of(fx.admin), "/inbox?status=active&sort=oldest"),
        "id=\"t65\"");
}

/* ---- etiquetas nas linhas ---- */

TEST(rows_show_three_tags_in_order_and_how_many_more)
{
    struct answer *a;

    UNUSED;
    assert_lacks(inbox_page(browser_of(fx.admin), "/inbox?status=active"),
                 "item-labels");
    sql("INSERT INTO tags (company_id, id, name, color, position) VALUES "
        "(1, 91, 'Quinta', '#ff0000', 5), (1, 92, '<b>Segunda', '#00ff00', 2), "
        "(1, 93, 'Primeira', '#0000ff', 1), (1, 94, 'Terceira', '#0000ff', 3), "
        "(1, 95, 'Quarta', '#0000ff', 4), (2, 96, 'Alheia', '#0000ff', 0)");
    sql("INSERT INTO ticket_tags (company_id, ticket_id, tag_id) SELECT 1, 62, "
        "g FROM generate_series(91, 95) g");
    sql("INSERT INTO ticket_tags (company_id, ticket_id, tag_id) VALUES "
        "(1, 65, 95)");
    a = inbox_part(browser_of(fx.admin), "/inbox?status=active&part=list");
    assert_status(a, 200);
    assert_has(a, "title=\"&lt;b&gt;Segunda\"");
    assert_has(a, "title=\"Quarta, Quinta\">+2<");
    assert_true(strstr(a->body, "title=\"Primeira\"") <
                strstr(a->body, "title=\"Terceira\""));
    assert_lacks(a, "title=\"Quinta\"");
    assert_lacks(a, "Alheia");
    /* a outra linha tem a dela */
    assert_has(a, "title=\"Quarta\"");
    assert_has(a, "fill=\"#00ff00\"");
}

/* ---- filtros guardados ---- */

TEST(view_is_kept_by_form_and_is_a_link)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    a = inbox_submit(agent, "/inbox/views",
                     "name=Minhas&status=active&userId=me&sort=waiting", NULL);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"),
                        "/inbox?status=active&userId=me&sort=waiting");
    a = inbox_page(agent, "/inbox?status=active&userId=me&sort=waiting");
    assert_has(a, "href=\"/inbox?status=active&amp;userId=me&amp;sort=waiting\""
                  " aria-current=\"true\"><span class=\"view-name\">Minhas");
    a = inbox_submit(agent, "/inbox/views",
                     "name=minhas&status=active&userId=me", NULL);
    assert_status(a, 409);
    assert_has(a, "você já tem um filtro com este nome");
    assert_has(a, "value=\"minhas\"");
    assert_lacks(inbox_page(browser_of(fx.admin), "/inbox"), "Minhas");
}

TEST(views_of_the_api_are_of_one_person)
{
    struct answer *a =
        views(fx.agent, "{\"name\":\"Espera\",\"status\":\"pending\","
                        "\"channelId\":41,\"unread\":true,\"sort\":"
                        "\"waiting\"}");
    int64_t id;

    UNUSED;
    assert_status(a, 201);
    id = at_int(a, "id");
    assert_string_equal(at_text(a, "filter.channelId"), "41");
    assert_string_equal(at_text(a, "filter.unread"), "true");
    a = get_as(fx.agent, "tickets", "/api/v1/tickets/views");
    assert_string_equal(at_text(a, "data.0.name"), "Espera");
    a = get_as(fx.admin, "tickets", "/api/v1/tickets/views");
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
    assert_problem(forget(fx.admin, id), 404, "not-found");
    assert_problem(views(fx.agent, "{\"name\":\"ESPERA\",\"q\":\"pão\"}"), 409,
                   "conflict");
    assert_status(forget(fx.agent, id), 204);
    assert_problem(forget(fx.agent, id), 404, "not-found");
}

TEST(views_without_sense_or_beyond_thirty_are_refused)
{
    int i;

    UNUSED;
    assert_field(views(fx.agent, "{\"name\":\"Nada\"}"), "name", "empty");
    assert_field(views(fx.agent, "{\"name\":\"X\",\"queueId\":\"abc\"}"),
                 "queueId", "format");
    assert_field(views(fx.agent, "{\"name\":\"X\",\"tagIds\":\"1;2\"}"),
                 "tagIds", "format");
    for (i = 0; i < 30; i++)
        sql("INSERT INTO ticket_views (company_id, user_id, name, filter) "
            "VALUES (1, 13, 'f%d', '{}')",
            i);
    assert_problem(views(fx.agent, "{\"name\":\"X\",\"q\":\"pão\"}"), 409,
                   "limit-reached");
}

/* ---- muitas ---- */

TEST(picked_talks_change_together_and_say_who_did_not)
{
    struct browser admin = browser_of(fx.admin);
    struct answer *a;

    UNUSED;
    a = inbox_page(admin, "/inbox?status=active&pick=1");
    assert_has(a, "name=\"ticketIds\" value=\"62\"");
    assert_has(a, "value=\"queue:32\"");
    a = inbox_submit(admin, "/inbox/bulk",
                     "ticketIds=62&ticketIds=61&what=priority%3Ahigh&back="
                     "%2Finbox%3Fstatus%3Dactive",
                     NULL);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/inbox?status=active");
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE priority = "
                             "'high'"),
                     2);
    a = inbox_submit(admin, "/inbox/bulk",
                     "ticketIds=62&ticketIds=63&what=close&back=https%3A%2F%2F"
                     "evil.example",
                     NULL);
    assert_string_equal(header_of(a, "Location"), "/inbox");
    assert_string_equal(sql("SELECT status FROM tickets WHERE id = 62"),
                        "closed");
}

TEST(picking_nothing_or_nonsense_comes_back_marked)
{
    struct browser admin = browser_of(fx.admin);
    struct answer *a;

    UNUSED;
    a = inbox_submit(admin, "/inbox/bulk", "what=close&status=active", NULL);
    assert_status(a, 422);
    assert_has(a, "escolha ao menos uma conversa");
    assert_has(a, "id=\"bulk-form\"");
    a = inbox_submit(admin, "/inbox/bulk", "ticketIds=62&what=explode", NULL);
    assert_status(a, 422);
    assert_has(a, "escolha o que fazer");
    a = inbox_submit(admin, "/inbox/bulk", "ticketIds=62&what=user%3A0x", NULL);
    assert_status(a, 422);
    assert_lacks(inbox_page(browser_of(fx.agent), "/inbox?pick=1"),
                 "bulk-form");
    assert_status(inbox_submit(browser_of(fx.agent), "/inbox/bulk",
                               "ticketIds=62&what=close", NULL),
                  403);
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(list_is_filtered_and_every_link_carries_it),
        T(filters_nobody_understands_are_left_out),
        T(filtered_list_shows_only_what_one_may_see),
        T(rows_show_three_tags_in_order_and_how_many_more),
        T(view_is_kept_by_form_and_is_a_link),
        T(views_of_the_api_are_of_one_person),
        T(views_without_sense_or_beyond_thirty_are_refused),
        T(picked_talks_change_together_and_say_who_did_not),
        T(picking_nothing_or_nonsense_comes_back_marked),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
