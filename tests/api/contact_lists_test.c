/* contact_lists_test.c - listas de contatos: nome, entrada, saída e contas. */
#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct answer *
lists(int64_t person, const char *method, const char *rest, const char *body)
{
    return call(&(struct call){ .program = "contacts",
                                .method = method,
                                .path = text("/api/v1/contact-lists%s", rest),
                                .token = token_of(person),
                                .body = body });
}

static int64_t
list_named(const char *name)
{
    struct answer *a =
        lists(fx.admin, "POST", "", text("{\"name\":\"%s\"}", name));

    assert_status(a, 201);
    return at_int(a, "id");
}

static struct answer *
pick(int64_t id, const char *rest, const char *body)
{
    return lists(fx.admin, "POST", text("/%" PRId64 "/contacts%s", id, rest),
                 body);
}

static int64_t
stored_count(int64_t id)
{
    return sql_int(
        "SELECT contact_count FROM contact_lists WHERE id = %" PRId64, id);
}

TEST(a_list_is_made_read_changed_and_deleted)
{
    int64_t id = list_named("Clientes VIP");
    const char *one = text("/%" PRId64, id);
    struct answer *a;

    UNUSED;
    a = lists(fx.agent, "GET", one, NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "name"), "Clientes VIP");
    assert_int_equal(at_int(a, "contactCount"), 0);
    a = lists(fx.admin, "PATCH", one,
              "{\"version\":1,\"description\":\"Natal\"}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "name"), "Clientes VIP");
    assert_string_equal(at_text(a, "description"), "Natal");
    assert_int_equal(at_int(a, "version"), 2);
    assert_problem(
        lists(fx.admin, "PATCH", one, "{\"version\":1,\"name\":\"x\"}"), 409,
        "conflict");
    assert_status(lists(fx.admin, "DELETE", one, NULL), 204);
    assert_problem(lists(fx.admin, "DELETE", one, NULL), 404, "not-found");
    assert_problem(lists(fx.admin, "GET", one, NULL), 404, "not-found");
    assert_problem(lists(fx.admin, "PATCH", one, "{\"version\":1}"), 404,
                   "not-found");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action LIKE "
                             "'contact_list.%%'"),
                     3);
}

TEST(a_name_is_of_one_list)
{
    int64_t id = list_named("Café");

    UNUSED;
    assert_problem(lists(fx.admin, "POST", "", "{\"name\":\"CAFE\"}"), 409,
                   "conflict");
    list_named("Chá");
    assert_problem(lists(fx.admin, "PATCH", text("/%" PRId64, id),
                         "{\"version\":1,\"name\":\"cha\"}"),
                   409, "conflict");
    assert_status(lists(fx.admin, "PATCH", text("/%" PRId64, id),
                        "{\"version\":1,\"name\":\"CAFÉ\"}"),
                  200);
    assert_field(lists(fx.admin, "POST", "", "{\"name\":\"  \"}"), "name",
                 "min");
}

TEST(lists_page_by_name)
{
    struct answer *a;
    const char *next;

    UNUSED;
    list_named("beta");
    list_named("Álamo");
    list_named("Cedro");
    a = lists(fx.agent, "GET", "?limit=2", NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "data.0.name"), "Álamo");
    assert_string_equal(at_text(a, "data.1.name"), "beta");
    next = at_text(a, "nextCursor");
    a = lists(fx.agent, "GET", text("?limit=2&cursor=%s", next), NULL);
    assert_string_equal(at_text(a, "data.0.name"), "Cedro");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    a = lists(fx.agent, "GET", "?search=alam", NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_field(lists(fx.agent, "GET", "?cursor=x", NULL), "cursor", "format");
}

TEST(contacts_enter_by_number_once)
{
    int64_t id = list_named("A");
    struct answer *a;

    UNUSED;
    a = pick(id, "", "{\"contactIds\":[51,52,51]}");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "changed"), 2);
    a = pick(id, "", "{\"contactIds\":[52,53]}");
    assert_int_equal(at_int(a, "changed"), 1);
    assert_int_equal(at_int(a, "contactCount"), 3);
    a = lists(fx.agent, "GET", text("/%" PRId64 "/contacts?limit=2", id), NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "data.0.name"), "Carla Cliente");
    a = lists(fx.agent, "GET",
              text("/%" PRId64 "/contacts?limit=2&cursor=%s", id,
                   at_text(a, "nextCursor")),
              NULL);
    assert_int_equal(at_int(a, "data.0.id"), 53);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
}

TEST(contacts_enter_and_leave_by_filter)
{
    int64_t id = list_named("A");
    struct answer *a;

    UNUSED;
    sql("INSERT INTO tags (company_id, id, name) VALUES (1, 901, 'vip')");
    sql("INSERT INTO contact_tags (company_id, contact_id, tag_id) VALUES "
        "(1, 51, 901), (1, 54, 901)");
    a = pick(id, "", "{\"tagIds\":[901],\"search\":\"FABIO\"}");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "changed"), 1);
    a = pick(id, "", "{\"everyone\":true}");
    assert_int_equal(at_int(a, "contactCount"), 5);
    a = pick(id, "/remove", "{\"tagIds\":[901]}");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "changed"), 2);
    assert_int_equal(at_int(a, "contactCount"), 3);
    a = pick(id, "/remove", "{\"everyone\":true}");
    assert_int_equal(at_int(a, "contactCount"), 0);
    assert_int_equal(stored_count(id), 0);
}

TEST(a_choice_that_chooses_nothing_is_refused)
{
    int64_t id = list_named("A");

    UNUSED;
    assert_field(pick(id, "", "{}"), "everyone", "choose");
    assert_field(pick(id, "", "{\"search\":\" \"}"), "everyone", "choose");
    assert_field(pick(id, "/remove", "{}"), "everyone", "choose");
    assert_field(pick(id, "", "{\"everyone\":true,\"search\":\"a\"}"),
                 "everyone", "choose");
    assert_field(pick(id, "", "{\"contactIds\":[51,56]}"), "contactIds",
                 "exists");
    assert_field(pick(id, "", "{\"tagIds\":[999]}"), "tagIds", "exists");
    assert_problem(pick(9999, "", "{\"everyone\":true}"), 404, "not-found");
    assert_problem(pick(9999, "/remove", "{\"everyone\":true}"), 404,
                   "not-found");
    assert_int_equal(stored_count(id), 0);
}

TEST(one_contact_leaves)
{
    int64_t id = list_named("A");
    const char *path = text("/%" PRId64 "/contacts/51", id);

    UNUSED;
    pick(id, "", "{\"contactIds\":[51,52]}");
    assert_status(lists(fx.admin, "DELETE", path, NULL), 204);
    assert_problem(lists(fx.admin, "DELETE", path, NULL), 404, "not-found");
    assert_int_equal(stored_count(id), 1);
}

TEST(who_leaves_the_contacts_leaves_the_lists)
{
    int64_t id = list_named("A");

    UNUSED;
    pick(id, "", "{\"everyone\":true}");
    sql("UPDATE contacts SET deleted_at = now() WHERE id = 51");
    assert_int_equal(stored_count(id), 4);
    assert_field(pick(id, "", "{\"contactIds\":[51]}"), "contactIds", "exists");
    sql("DELETE FROM tickets WHERE contact_id = 52");
    sql("DELETE FROM contacts WHERE id = 52");
    assert_int_equal(stored_count(id), 3);
}

TEST(an_agent_reads_and_does_not_change)
{
    int64_t id = list_named("A");

    UNUSED;
    assert_problem(lists(fx.agent, "POST", "", "{\"name\":\"B\"}"), 403,
                   "forbidden");
    assert_problem(lists(fx.agent, "DELETE", text("/%" PRId64, id), NULL), 403,
                   "forbidden");
    assert_problem(lists(fx.stranger, "GET", text("/%" PRId64, id), NULL), 404,
                   "not-found");
    assert_problem(
        lists(fx.stranger, "GET", text("/%" PRId64 "/contacts", id), NULL), 404,
        "not-found");
}

/* Mede, não afirma: cem mil contatos de uma vez. */
TEST(a_hundred_thousand_contacts_enter_at_once)
{
    int64_t id = list_named("A"), ms;
    const char *from;

    UNUSED;
    sql("INSERT INTO contacts (company_id, name) SELECT 1, 'Pessoa ' || n "
        "FROM generate_series(1, 100000) n");
    from = sql("SELECT clock_timestamp()");
    assert_status(pick(id, "", "{\"search\":\"pessoa\"}"), 200);
    ms = sql_int("SELECT extract(epoch FROM clock_timestamp() - '%s') * 1000",
                 from);
    print_message("100.000 contatos na lista: %" PRId64 " ms\n", ms);
    assert_int_equal(stored_count(id), 100000);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, harness_reset)
    const struct CMUnitTest tests[] = {
        T(a_list_is_made_read_changed_and_deleted),
        T(a_name_is_of_one_list),
        T(lists_page_by_name),
        T(contacts_enter_by_number_once),
        T(contacts_enter_and_leave_by_filter),
        T(a_choice_that_chooses_nothing_is_refused),
        T(one_contact_leaves),
        T(who_leaves_the_contacts_leaves_the_lists),
        T(an_agent_reads_and_does_not_change),
        T(a_hundred_thousand_contacts_enter_at_once),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
