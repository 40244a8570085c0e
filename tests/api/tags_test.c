/* tags_test.c - etiquetas: ler, criar, mudar, apagar; e as páginas delas. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

#define TAGS "/api/v1/tags"
#define PAGES "/admin/tags"

static struct answer *
ask(int64_t person, const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "desk",
                                .method = method,
                                .path = path,
                                .body = body,
                                .token = token_of(person) });
}

/* 91 num atendimento e num contato; 92 é etapa, e vem antes. */
static void
two_tags(void)
{
    sql("INSERT INTO tags (company_id, id, name, color, position, board) "
        "VALUES (1, 91, 'Atacado', '#ff0000', 2, false), "
        "(1, 92, 'Orçamento', '#00ff00', 1, true), "
        "(2, 93, 'Alheia', '#00ff00', 1, true)");
    sql("INSERT INTO ticket_tags (company_id, ticket_id, tag_id) "
        "VALUES (1, 62, 91)");
    sql("INSERT INTO contact_tags (company_id, contact_id, tag_id) "
        "VALUES (1, 52, 91)");
}

TEST(tags_are_listed_in_order_with_where_they_are)
{
    struct answer *a;

    UNUSED;
    two_tags();
    a = ask(fx.agent, "GET", TAGS, NULL);
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    assert_string_equal(at_text(a, "data.0.name"), "Orçamento");
    assert_true(json_object_get_boolean(at(a, "data.0.board")));
    assert_int_equal(at_int(a, "data.1.tickets"), 1);
    assert_int_equal(at_int(a, "data.1.contacts"), 1);
    assert_status(ask(fx.agent, "GET", TAGS "/91", NULL), 200);
    assert_problem(ask(fx.agent, "GET", TAGS "/93", NULL), 404, "not-found");
    assert_problem(ask(fx.auditor, "GET", TAGS, NULL), 403, "forbidden");
}

TEST(supervisor_creates_a_tag_and_it_is_audited)
{
    struct answer *a =
        ask(fx.supervisor, "POST", TAGS,
            "{\"name\":\"  Pós-venda \",\"color\":\"#D63939\",\"position\":3,"
            "\"board\":true}");

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "name"), "Pós-venda");
    assert_string_equal(at_text(a, "color"), "#d63939");
    assert_int_equal(at_int(a, "position"), 3);
    assert_int_equal(at_int(a, "version"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'tag.created'"),
                     1);
    assert_problem(ask(fx.agent, "POST", TAGS, "{\"name\":\"X\"}"), 403,
                   "forbidden");
}

TEST(bad_tag_is_refused_by_field)
{
    UNUSED;
    two_tags();
    assert_field(ask(fx.admin, "POST", TAGS, "{\"name\":\"  \"}"), "name",
                 "min");
    assert_field(
        ask(fx.admin, "POST", TAGS, "{\"name\":\"A\",\"color\":\"red\"}"),
        "color", "format");
    assert_field(ask(fx.admin, "POST", TAGS, "{\"name\":\"ORCAMENTO\"}"),
                 "name", "taken");
    assert_problem(ask(fx.admin, "POST", TAGS, "{\"name\":\"atacado\"}"), 409,
                   "conflict");
    assert_problem(ask(fx.admin, "PATCH", TAGS "/92", "{\"name\":\"Atacado\"}"),
                   409, "conflict");
    sql("INSERT INTO tags (company_id, id, name) SELECT 1, 1000 + g, 'T' || g "
        "FROM generate_series(1, 498) g");
    assert_problem(ask(fx.admin, "POST", TAGS, "{\"name\":\"Mais uma\"}"), 409,
                   "limit-reached");
}

TEST(change_keeps_what_was_not_sent_and_stale_version_answers_409)
{
    struct answer *a;

    UNUSED;
    two_tags();
    a = ask(fx.admin, "PATCH", TAGS "/92",
            "{\"version\":1,\"name\":\"Preço\"}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "color"), "#00ff00");
    assert_true(json_object_get_boolean(at(a, "board")));
    assert_int_equal(at_int(a, "version"), 2);
    assert_problem(
        ask(fx.admin, "PATCH", TAGS "/92", "{\"version\":1,\"name\":\"Y\"}"),
        409, "conflict");
    a = ask(fx.admin, "PATCH", TAGS "/92",
            "{\"board\":false,\"position\":0,\"color\":\"#010203\"}");
    assert_false(json_object_get_boolean(at(a, "board")));
    assert_problem(ask(fx.admin, "PATCH", TAGS "/93", "{\"name\":\"Y\"}"), 404,
                   "not-found");
}

TEST(deleted_tag_leaves_tickets_and_contacts)
{
    UNUSED;
    two_tags();
    assert_string_equal(sql("SELECT tag_ids FROM tickets WHERE id = 62"),
                        "{91}");
    assert_status(ask(fx.admin, "DELETE", TAGS "/91", NULL), 204);
    assert_string_equal(sql("SELECT tag_ids FROM tickets WHERE id = 62"), "{}");
    assert_string_equal(sql("SELECT tag_ids FROM contacts WHERE id = 52"),
                        "{}");
    assert_problem(ask(fx.admin, "DELETE", TAGS "/91", NULL), 404, "not-found");
    assert_problem(ask(fx.admin, "DELETE", TAGS "/93", NULL), 404, "not-found");
}

/* ---- páginas ---- */

static struct answer *
page(int64_t person, const char *path)
{
    return browser_page(browser_of(person), "desk_pages", path);
}

static struct answer *
submit(int64_t person, const char *path, const char *body)
{
    return browser_submit(browser_of(person), "desk_pages", path, body);
}

TEST(pages_list_the_tags_to_who_may_change_them)
{
    struct answer *a = page(fx.supervisor, PAGES);

    UNUSED;
    assert_status(a, 200);
    assert_has(a, "Nenhuma etiqueta ainda");
    two_tags();
    a = page(fx.supervisor, PAGES);
    assert_has(a, "fill=\"#ff0000\"");
    assert_has(a, "coluna");
    assert_lacks(a, "Alheia");
    assert_status(page(fx.agent, PAGES), 403);
}

TEST(form_creates_changes_and_gives_back_what_was_typed)
{
    struct answer *a = page(fx.admin, PAGES "/new");

    UNUSED;
    two_tags();
    assert_status(a, 200);
    a = submit(fx.admin, PAGES,
               "name=Troca&color=%23112233&position=4&board=true&board=false");
    assert_status(a, 303);
    assert_string_equal(sql("SELECT color || position || board FROM tags WHERE "
                            "name = 'Troca'"),
                        "#1122334true");
    a = submit(fx.admin, PAGES, "name=Atacado&color=%23112233&position=99999");
    assert_status(a, 422);
    assert_has(a, "value=\"Atacado\"");
    assert_has(a, "position-error");
    a = submit(fx.admin, PAGES, "name=atacado&color=%23112233");
    assert_status(a, 409);
    assert_has(a, "name-error");
    assert_status(page(fx.admin, PAGES "/92"), 200);
    assert_status(page(fx.admin, PAGES "/93"), 404);
    assert_status(submit(fx.admin, PAGES "/92",
                         "version=1&name=Valor&color=%23112233&position="),
                  303);
    assert_string_equal(sql("SELECT name FROM tags WHERE id = 92"), "Valor");
    assert_status(submit(fx.admin, PAGES "/92", "version=1&name=Preço"), 409);
    assert_status(submit(fx.admin, PAGES "/93", "version=1&name=Meu"), 404);
}

TEST(delete_page_says_what_the_tag_is_on)
{
    struct answer *a;

    UNUSED;
    two_tags();
    a = page(fx.admin, PAGES "/91/delete");
    assert_status(a, 200);
    assert_has(a, "1 atendimento, 1 contato");
    assert_status(page(fx.admin, PAGES "/93/delete"), 404);
    assert_status(submit(fx.admin, PAGES "/93/delete", ""), 404);
    assert_status(submit(fx.admin, PAGES "/91/delete", ""), 303);
    assert_has(page(fx.admin, PAGES), "Orçamento");
    assert_int_equal(sql_int("SELECT count(*) FROM tags WHERE id = 91"), 0);
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(tags_are_listed_in_order_with_where_they_are),
        T(supervisor_creates_a_tag_and_it_is_audited),
        T(bad_tag_is_refused_by_field),
        T(change_keeps_what_was_not_sent_and_stale_version_answers_409),
        T(deleted_tag_leaves_tickets_and_contacts),
        T(pages_list_the_tags_to_who_may_change_them),
        T(form_creates_changes_and_gives_back_what_was_typed),
        T(delete_page_says_what_the_tag_is_on),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
