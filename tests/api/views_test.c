/* views_test.c - filtros guardados: quem os vê, ordem, quantos trazem. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

#define VIEWS "/api/v1/tickets/views"

static struct answer *
save(int64_t person, const char *body)
{
    return post_as(person, "tickets", VIEWS, body);
}

static int64_t
saved(int64_t person, const char *body)
{
    struct answer *a = save(person, body);

    assert_status(a, 201);
    return at_int(a, "id");
}

static struct answer *
on(int64_t person, const char *method, int64_t id, const char *body)
{
    return call(&(struct call){ .program = "tickets",
                                .method = method,
                                .path = text(VIEWS "/%" PRId64, id),
                                .body = body,
                                .token = token_of(person) });
}

static struct answer *
change(int64_t person, int64_t id, const char *body)
{
    return on(person, "PATCH", id, body);
}

static struct answer *
list(int64_t person)
{
    return get_as(person, "tickets", VIEWS);
}

/* O que o filtro traz à pessoa; -2: ela não o vê. */
static int64_t
count_of(int64_t person, int64_t id)
{
    struct answer *a = get_as(person, "tickets", VIEWS "/counts");
    size_t i, n;

    assert_status(a, 200);
    n = json_object_array_length(at(a, "data"));
    for (i = 0; i < n; i++)
        if (at_int(a, text("data.%zu.id", i)) == id)
            return at_int(a, text("data.%zu.tickets", i));
    return -2;
}

static size_t
listed(struct answer *a)
{
    return json_object_array_length(at(a, "data"));
}

static struct browser
agent_b(void)
{
    return browser_of(fx.agent);
}

static struct answer *
desk_get(struct browser b, const char *path)
{
    return browser_page(b, "desk_pages", path);
}

static struct answer *
desk_post(struct browser b, const char *path, const char *fields)
{
    return browser_submit(b, "desk_pages", path, fields);
}

/* ---- quem vê ---- */

TEST(shared_with_the_company_is_seen_by_all_and_changed_by_its_owner)
{
    int64_t id = saved(fx.admin, "{\"name\":\"Comigo\",\"status\":\"active\","
                                 "\"userId\":\"me\",\"share\":\"company\"}");
    struct answer *a = list(fx.agent);

    UNUSED;
    assert_int_equal(at_int(a, "data.0.id"), id);
    assert_string_equal(at_text(a, "data.0.share"), "company");
    assert_string_equal(at_text(a, "data.0.filter.userId"), "me");
    assert_false(json_object_get_boolean(at(a, "data.0.mine")));
    assert_problem(change(fx.agent, id, "{\"name\":\"Outro\"}"), 403,
                   "forbidden");
    assert_problem(on(fx.agent, "DELETE", id, NULL), 403, "forbidden");
    assert_status(change(fx.admin, id, "{\"share\":\"private\"}"), 200);
    assert_int_equal(listed(list(fx.agent)), 0);
    assert_problem(change(fx.agent, id, "{\"name\":\"Outro\"}"), 404,
                   "not-found");
    assert_status(on(fx.admin, "DELETE", id, NULL), 204);
}

TEST(shared_with_a_queue_is_seen_by_its_members_only)
{
    int64_t id = saved(fx.admin, "{\"name\":\"Da 31\",\"queueId\":\"31\","
                                 "\"share\":\"queue\",\"shareQueueId\":31}");
    struct answer *a = list(fx.agent);

    UNUSED;
    assert_int_equal(at_int(a, "data.0.shareQueueId"), 31);
    assert_int_equal(at_int(a, "data.0.ownerId"), fx.admin);
    assert_int_equal(listed(list(16)), 0);
    assert_problem(on(16, "DELETE", id, NULL), 404, "not-found");
    a = change(fx.admin, id, "{\"shareQueueId\":32,\"share\":\"queue\"}");
    assert_status(a, 200);
    assert_int_equal(listed(list(fx.agent)), 0);
    /* membro que vê tudo também o é */
    sql("INSERT INTO queue_members (company_id, queue_id, user_id) VALUES "
        "(1, 32, 13); UPDATE memberships SET visibility = 'all' WHERE user_id "
        "= 13");
    assert_int_equal(listed(list(fx.agent)), 1);
    /* a fila acaba: o filtro volta a ser só do dono */
    sql("INSERT INTO queues (company_id, id, name) VALUES (1, 39, 'Breve'); "
        "UPDATE ticket_views SET queue_id = 39; "
        "DELETE FROM queues WHERE id = 39");
    assert_string_equal(at_text(list(fx.admin), "data.0.share"), "private");
}

TEST(sharing_is_for_those_who_change_what_is_of_all)
{
    int64_t id = saved(fx.agent, "{\"name\":\"Meu\",\"status\":\"active\"}");

    UNUSED;
    assert_problem(save(fx.agent, "{\"name\":\"X\",\"status\":\"active\","
                                  "\"share\":\"company\"}"),
                   403, "forbidden");
    assert_problem(change(fx.agent, id,
                          "{\"share\":\"queue\","
                          "\"shareQueueId\":31}"),
                   403, "forbidden");
    assert_field(save(fx.admin, "{\"name\":\"X\",\"status\":\"active\","
                                "\"share\":\"queue\",\"shareQueueId\":33}"),
                 "shareQueueId", "exists");
    assert_field(save(fx.admin, "{\"name\":\"X\",\"status\":\"active\","
                                "\"share\":\"queue\"}"),
                 "shareQueueId", "exists");
    assert_int_equal(listed(list(fx.admin)), 0);
}

TEST(only_sharing_is_audited_and_without_what_is_sought)
{
    int64_t id = saved(fx.admin, "{\"name\":\"Segredo\",\"q\":\"Carla\"}");

    UNUSED;
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action LIKE "
                             "'ticket_view.%%'"),
                     0);
    assert_status(change(fx.admin, id, "{\"share\":\"company\"}"), 200);
    assert_status(on(fx.admin, "DELETE", id, NULL), 204);
    assert_string_equal(sql("SELECT string_agg(action, ' ' ORDER BY id) FROM "
                            "audit_log WHERE action LIKE 'ticket_view.%%'"),
                        "ticket_view.updated ticket_view.deleted");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log a WHERE action "
                             "LIKE 'ticket_view.%%' AND a::text LIKE "
                             "'%%Carla%%'"),
                     0);
}

/* ---- mudar e ordenar ---- */

TEST(name_and_order_change_with_the_version_shown)
{
    int64_t a = saved(fx.agent, "{\"name\":\"A\",\"status\":\"active\"}");
    int64_t b = saved(fx.agent, "{\"name\":\"B\",\"status\":\"pending\"}");

    UNUSED;
    assert_problem(change(fx.agent, a, "{\"name\":\"b\"}"), 409, "conflict");
    assert_string_equal(
        at_text(change(fx.agent, a, "{\"name\":\"a\"}"), "name"), "a");
    assert_problem(change(fx.agent, a, "{\"name\":\"Z\",\"version\":1}"), 409,
                   "conflict");
    assert_int_equal(at_int(list(fx.agent), "data.0.id"), a);
    assert_status(change(fx.agent, a, "{\"position\":9}"), 200);
    assert_int_equal(at_int(list(fx.agent), "data.0.id"), b);
    assert_problem(change(fx.agent, 999, "{\"name\":\"Z\"}"), 404, "not-found");
}

/* ---- quantos ---- */

TEST(count_is_what_the_reader_may_see)
{
    int64_t id = saved(fx.admin, "{\"name\":\"Ativas\",\"status\":\"active\","
                                 "\"share\":\"company\"}");
    int64_t mine = saved(fx.admin, "{\"name\":\"Comigo\",\"userId\":\"me\","
                                   "\"share\":\"company\"}");

    UNUSED;
    assert_int_equal(count_of(fx.admin, id),
                     sql_int("SELECT count(*) FROM tickets WHERE company_id = "
                             "1 AND status = 'active'"));
    assert_true(count_of(fx.agent, id) < count_of(fx.admin, id));
    assert_int_equal(
        count_of(fx.agent, id),
        (int64_t)listed(get_as(fx.agent, "tickets",
                               "/api/v1/tickets?status=active&limit=100")));
    assert_int_equal(count_of(fx.agent, mine),
                     sql_int("SELECT count(*) FROM tickets WHERE user_id = 13 "
                             "AND status <> 'closed'"));
    assert_int_equal(count_of(fx.admin, mine),
                     sql_int("SELECT count(*) FROM tickets WHERE user_id = "
                             "%" PRId64 " AND status <> 'closed'",
                             fx.admin));
}

TEST(count_follows_the_order_and_stops_at_a_hundred)
{
    int64_t waits = saved(fx.admin, "{\"name\":\"Espera\",\"status\":"
                                    "\"active\",\"sort\":\"waiting\"}");
    int64_t all = saved(fx.admin, "{\"name\":\"Na espera\",\"status\":"
                                  "\"pending\"}");
    int64_t closed = saved(fx.admin, "{\"name\":\"Fechadas\",\"status\":"
                                     "\"closed\"}");
    int64_t odd = sql_int("INSERT INTO ticket_views (company_id, user_id, "
                          "name, filter) VALUES (1, %" PRId64 ", 'torto', "
                          "'{\"tagIds\": \"1,,2\"}') RETURNING id",
                          fx.admin);
    struct answer *a;

    UNUSED;
    assert_int_equal(count_of(fx.admin, waits),
                     sql_int("SELECT count(*) FROM tickets WHERE company_id = "
                             "1 AND status = 'active' AND waiting_since IS NOT "
                             "NULL"));
    sql("WITH c AS (INSERT INTO contacts (company_id, name) SELECT 1, 'Fila ' "
        "|| n FROM generate_series(1, 130) n RETURNING id) INSERT INTO tickets "
        "(company_id, contact_id, channel_id, status) SELECT 1, c.id, 41, "
        "'pending' FROM c");
    assert_int_equal(count_of(fx.admin, all), 100);
    assert_has(inbox_page(browser_of(fx.admin), "/inbox"), "99+");
    a = get_as(fx.admin, "tickets", VIEWS "/counts");
    assert_status(a, 200);
    assert_has(a, text("{\"id\":%" PRId64 ",\"tickets\":null}", odd));
    assert_has(a, text("{\"id\":%" PRId64 ",\"tickets\":null}", closed));
}

/* ---- as páginas ---- */

TEST(strip_of_the_inbox_has_counts_and_is_a_part_too)
{
    struct answer *a;

    UNUSED;
    assert_has(inbox_page(agent_b(), "/inbox"),
               "hx-swap=\"outerMorph\" hidden");
    saved(fx.agent, "{\"name\":\"Ativas\",\"status\":\"active\",\"queueId\":"
                    "\"31\"}");
    a = inbox_page(agent_b(), "/inbox");
    assert_lacks(a, "hx-swap=\"outerMorph\" hidden");
    assert_has(a, "href=\"/inbox?status=active&amp;queueId=31\"");
    a = inbox_part(agent_b(), "/inbox?part=views&queueId=31");
    assert_status(a, 200);
    assert_has(a, "aria-current=\"true\"");
    assert_has(a, "class=\"view-count\"");
    assert_has(a, "/inbox?part=views&amp;queueId=31");
    assert_lacks(a, "<body");
}

TEST(pages_rename_share_order_and_delete)
{
    struct browser admin = browser_of(fx.admin);
    int64_t one = saved(fx.admin, "{\"name\":\"Um\",\"status\":\"active\"}");
    int64_t two = saved(fx.admin, "{\"name\":\"Dois\",\"status\":\"pending\"}");
    const char *path = text("/admin/views/%" PRId64, one);
    struct answer *a = desk_get(admin, "/admin/views");

    UNUSED;
    assert_has(a, "só você");
    assert_has(desk_get(admin, path), "value=\"queue:31\"");
    a = desk_post(admin, path, "version=1&name=Dois&audience=company");
    assert_status(a, 409);
    assert_has(a, "você já tem um filtro com este nome");
    a = desk_post(admin, path, "version=1&name=Uma&audience=queue%3A77");
    assert_status(a, 422);
    assert_has(a, "não é uma fila desta empresa");
    assert_status(
        desk_post(admin, path, "version=1&name=Uma&audience=queue%3A31"), 303);
    assert_has(desk_get(agent_b(), "/admin/views"), "Uma");
    assert_status(
        desk_post(admin, text("/admin/views/%" PRId64 "/move", two), "to=up"),
        303);
    assert_int_equal(at_int(list(fx.admin), "data.0.id"), two);
    assert_has(desk_get(admin, text("%s/delete", path)), "Uma");
    assert_status(desk_post(admin, text("%s/delete", path), ""), 303);
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_views"), 1);
}

TEST(pages_of_what_is_of_others_only_open_it)
{
    int64_t id = saved(fx.admin, "{\"name\":\"Geral\",\"status\":\"active\","
                                 "\"share\":\"company\"}");
    const char *path = text("/admin/views/%" PRId64, id);
    struct answer *a = desk_get(agent_b(), path);

    UNUSED;
    assert_status(a, 200);
    assert_lacks(a, "/delete");
    assert_lacks(a, "queue:31");
    assert_has(a, "href=\"/inbox?status=active\"");
    assert_status(desk_get(agent_b(), text("%s/delete", path)), 403);
    assert_status(desk_post(agent_b(), text("%s/delete", path), ""), 403);
    assert_status(desk_post(agent_b(), text("%s/move", path), "to=up"), 403);
    assert_status(desk_post(agent_b(), path, "version=1&name=Meu"), 403);
    /* quem muda o que é de todos apaga o que outro compartilhou */
    sql("UPDATE memberships SET role = 'supervisor' WHERE user_id = 13");
    assert_status(desk_post(agent_b(), text("%s/delete", path), ""), 303);
    assert_int_equal(listed(list(fx.admin)), 0);
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(shared_with_the_company_is_seen_by_all_and_changed_by_its_owner),
        T(shared_with_a_queue_is_seen_by_its_members_only),
        T(sharing_is_for_those_who_change_what_is_of_all),
        T(only_sharing_is_audited_and_without_what_is_sought),
        T(name_and_order_change_with_the_version_shown),
        T(count_is_what_the_reader_may_see),
        T(count_follows_the_order_and_stops_at_a_hundred),
        T(strip_of_the_inbox_has_counts_and_is_a_part_too),
        T(pages_rename_share_order_and_delete),
        T(pages_of_what_is_of_others_only_open_it),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
