/* board_test.c - o quadro: colunas, cartões, mover; pela API e nas páginas. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

#define BOARD "/api/v1/board"

static struct answer *
ask(int64_t person, const char *method, const char *path, const char *body)
{
    return call(&(struct call){
        .program = strstr(path, "/tickets/") != NULL ? "tickets" : "desk",
        .method = method,
        .path = path,
        .body = body,
        .token = token_of(person) });
}

static struct answer *
move(int64_t person, int64_t ticket, const char *tag)
{
    return ask(person, "PUT", text("/api/v1/tickets/%" PRId64 "/board", ticket),
               text("{\"tagId\":%s}", tag));
}

/* 91 e 92 são etapas, 94 não; 62 está na 91 e tem a 94. */
static void
stages(void)
{
    sql("INSERT INTO tags (company_id, id, name, color, position, board) "
        "VALUES (1, 91, 'Proposta', '#ff0000', 2, true), "
        "(1, 92, 'Contato', '#00ff00', 1, true), "
        "(1, 94, 'VIP', '#0000ff', 0, false), "
        "(2, 93, 'Alheia', '#00ff00', 1, true)");
    sql("INSERT INTO ticket_tags (company_id, ticket_id, tag_id) "
        "VALUES (1, 62, 91), (1, 62, 94), (1, 63, 91), (1, 65, 91)");
}

TEST(columns_are_the_stages_with_the_open_tickets_one_sees)
{
    struct answer *a;

    UNUSED;
    stages();
    a = ask(fx.agent, "GET", BOARD, NULL);
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 3);
    assert_null(at(a, "data.0.tagId"));
    assert_int_equal(at_int(a, "data.0.cards"), 2); /* 61 e 64 */
    assert_string_equal(at_text(a, "data.1.name"), "Contato");
    assert_int_equal(at_int(a, "data.1.cards"), 0);
    assert_int_equal(at_int(a, "data.2.cards"), 1); /* 63 fechou, 65 é alheio */
    a = ask(fx.admin, "GET", BOARD, NULL);
    assert_int_equal(at_int(a, "data.2.cards"), 2);
    assert_problem(ask(fx.auditor, "GET", BOARD, NULL), 403, "forbidden");
}

TEST(cards_of_a_column_go_on_by_key)
{
    struct answer *a;

    UNUSED;
    stages();
    a = ask(fx.admin, "GET", BOARD "/cards?tagId=91&limit=1", NULL);
    assert_status(a, 200);
    assert_int_equal(at_int(a, "data.0.id"), 65);
    assert_string_equal(at_text(a, "nextCursor"), "65");
    a = ask(fx.admin, "GET", BOARD "/cards?tagId=91&limit=1&before=65", NULL);
    assert_int_equal(at_int(a, "data.0.id"), 62);
    a = ask(fx.agent, "GET", BOARD "/cards", NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    assert_int_equal(at_int(a, "data.0.id"), 64);
    a = ask(fx.admin, "GET", BOARD "/cards?tagId=93", NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
}

TEST(moving_a_card_changes_the_stage_and_keeps_the_other_tags)
{
    struct answer *a;

    UNUSED;
    stages();
    a = move(fx.agent, fx.active, "92");
    assert_status(a, 200);
    assert_string_equal(sql("SELECT tag_ids FROM tickets WHERE id = 62"),
                        "{92,94}");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'ticket:updated'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE field "
                             "= 'tags' AND user_id = 13"),
                     1);
    assert_status(move(fx.agent, fx.active, "92"), 200); /* já está lá */
    assert_status(move(fx.agent, fx.active, "null"), 200);
    assert_string_equal(sql("SELECT tag_ids FROM tickets WHERE id = 62"),
                        "{94}");
}

TEST(card_that_cannot_move_says_why)
{
    UNUSED;
    stages();
    assert_field(move(fx.agent, fx.active, "94"), "tagId", "exists");
    assert_field(move(fx.agent, fx.active, "93"), "tagId", "exists");
    assert_problem(move(fx.agent, fx.closed, "92"), 409, "conflict");
    assert_problem(move(fx.agent, fx.hidden, "92"), 404, "not-found");
    assert_problem(move(fx.admin, fx.foreign, "92"), 404, "not-found");
    assert_problem(move(fx.auditor, fx.active, "92"), 403, "forbidden");
}

/* ---- páginas ---- */

static struct answer *
page(int64_t person, const char *path)
{
    return browser_page(browser_of(person), "desk_pages", path);
}

TEST(page_shows_the_columns_and_a_select_moves_the_card)
{
    struct answer *a;

    UNUSED;
    assert_has(page(fx.admin, "/board"), "Nenhuma etiqueta é coluna ainda");
    stages();
    a = page(fx.agent, "/board");
    assert_status(a, 200);
    assert_has(a, "Proposta");
    assert_has(a, "Davi Dias");
    assert_lacks(a, "Gil Gomes");
    assert_lacks(a, "Alheia");
    assert_true(strstr(a->body, "data-name=\"Sem etapa\"") <
                strstr(a->body, "data-name=\"Contato\""));
    assert_lacks(page(fx.agent, "/board?part=columns"), "<html");
    assert_lacks(page(fx.agent, "/board?column=92"), "Davi Dias");
    assert_status(page(fx.auditor, "/board"), 403);
    a = browser_submit(browser_of(fx.agent), "desk_pages", "/board/62",
                       "tagId=92");
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/board");
    assert_string_equal(sql("SELECT tag_ids FROM tickets WHERE id = 62"),
                        "{92,94}");
    a = browser_submit(browser_of(fx.agent), "desk_pages", "/board/63",
                       "tagId=92");
    assert_status(a, 409);
    assert_has(a, "já não está no quadro");
    assert_status(browser_submit(browser_of(fx.agent), "desk_pages",
                                 "/board/62", "tagId=94"),
                  422);
    assert_status(browser_submit(browser_of(fx.agent), "desk_pages",
                                 "/board/65", "tagId=92"),
                  404);
}

TEST(long_column_has_more_and_the_link_continues_it)
{
    struct answer *a;

    UNUSED;
    stages();
    sql("INSERT INTO contacts (company_id, id, name) SELECT 1, 500 + g, "
        "'Pessoa ' || g FROM generate_series(1, 25) g");
    sql("INSERT INTO tickets (company_id, id, contact_id, channel_id, "
        "queue_id, status, last_message) SELECT 1, 500 + g, 500 + g, 41, 31, "
        "'pending', 'Oi' FROM generate_series(1, 25) g");
    a = page(fx.agent, "/board");
    assert_has(a, "Pessoa 25");
    assert_has(a, "Pessoa 6<");
    assert_lacks(a, "Pessoa 5<");
    assert_has(a, "/board?column=0&amp;before=506");
    a = page(fx.agent, "/board?column=0&before=506");
    assert_has(a, "Pessoa 5<");
    assert_lacks(a, "Pessoa 6<");
    assert_has(a, "Quadro inteiro");
    assert_has(page(fx.agent, "/board?part=columns&rows=40"), "Pessoa 1<");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(columns_are_the_stages_with_the_open_tickets_one_sees),
        T(cards_of_a_column_go_on_by_key),
        T(moving_a_card_changes_the_stage_and_keeps_the_other_tags),
        T(card_that_cannot_move_says_why),
        T(page_shows_the_columns_and_a_select_moves_the_card),
        T(long_column_has_more_and_the_link_continues_it),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
