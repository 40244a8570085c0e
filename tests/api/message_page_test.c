/* message_page_test.c - anotar, agir numa mensagem e rascunhos, sem JavaScript.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

static const char *
bubble_of(int64_t message)
{
    return path_of(fx.active, text("/messages/%" PRId64, message));
}

TEST(a_note_is_written_by_the_same_box_and_shown_apart)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    a = inbox_submit(b, path_of(fx.active, "/messages"),
                     "body=%40Sara+Supervisora+olha&note=true", NULL);
    assert_status(a, 303);
    a = inbox_page(b, path_of(fx.active, ""));
    assert_has(a, "class=\"msg memo");
    assert_has(a, "Anotação interna");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'notification'"),
                     1);
}

TEST(a_closed_conversation_still_takes_notes)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a = inbox_page(b, path_of(fx.closed, ""));

    UNUSED;
    assert_has(a, "<input type=\"hidden\" name=\"note\" value=\"true\">");
    assert_lacks(a, "type=\"checkbox\" name=\"note\"");
    assert_status(inbox_submit(b, path_of(fx.closed, "/messages"),
                               "body=depois&note=true", NULL),
                  303);
}

TEST(text_is_formatted_and_never_markup)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE messages SET body = '*oi* <script>x</script> "
        "https://a.test/?q=1&r=\"2' WHERE id = %" PRId64,
        fx.active + 10);
    a = inbox_page(browser_of(fx.agent), path_of(fx.active, ""));
    assert_has(a, "<strong>oi</strong> &lt;script&gt;");
    assert_has(a, "<a href=\"https://a.test/?q=1&amp;r=\" target=\"_blank\" "
                  "rel=\"noopener noreferrer nofollow\">");
    assert_lacks(a, "<script>x");
}

TEST(the_box_comes_back_with_what_was_left_in_it)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    sql("INSERT INTO drafts (company_id, user_id, ticket_id, body, reply_to) "
        "VALUES (1, 13, %" PRId64 ", 'quase <pronto>', %" PRId64 ")",
        fx.active, fx.active + 10);
    a = inbox_page(b, path_of(fx.active, ""));
    assert_has(a, ">quase &lt;pronto&gt;</textarea>");
    assert_has(a, "name=\"replyTo\" value=\"72\"");
    assert_lacks(inbox_page(browser_of(fx.admin), path_of(fx.active, "")),
                 "quase");
    b = browser_of(fx.agent);
    inbox_submit(b, path_of(fx.active, "/messages"), "body=pronto", NULL);
    assert_int_equal(sql_int("SELECT count(*) FROM drafts"), 0);
}

TEST(the_actions_of_a_message_have_a_page_of_their_own)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a = inbox_page(b, bubble_of(fx.active + 10));

    UNUSED;
    assert_status(a, 200);
    assert_has(a, "Tem pão?");
    assert_has(a, "Marcar com estrela");
    assert_has(a, "👍");
    assert_lacks(a, "Apagar");
    a = inbox_page(b, text("%s?part=menu", bubble_of(fx.active + 10)));
    assert_lacks(a, "<html");
    assert_status(inbox_page(b, bubble_of(fx.pending + 10)), 404);
    assert_status(inbox_page(b, path_of(fx.hidden, "/messages/75")), 404);
    assert_status(inbox_page(b, path_of(fx.foreign, "/messages/76")), 404);
}

TEST(forms_react_star_and_forward)
{
    struct browser b = browser_of(fx.admin);
    const char *path = bubble_of(fx.active + 10);

    UNUSED;
    assert_status(inbox_submit(b, path, "act=react&emoji=%F0%9F%91%8D", NULL),
                  303);
    assert_has(inbox_page(b, path_of(fx.active, "")), "class=\"reaction\"");
    assert_has(inbox_page(b, path), "Tirar a reação");
    assert_status(inbox_submit(b, path, "act=react&emoji=", NULL), 303);
    assert_lacks(inbox_page(b, path), "Tirar a reação");
    assert_status(inbox_submit(b, path, "act=star", NULL), 303);
    assert_has(inbox_page(b, path), "Tirar a estrela");
    assert_status(inbox_submit(b, path, "act=unstar", NULL), 303);
    assert_has(inbox_page(b, path), "Gil Gomes");
    assert_status(inbox_submit(b, path, "act=forward&tickets=65", NULL), 303);
    assert_has(inbox_page(b, path_of(fx.hidden, "")), "Encaminhada");
}

TEST(a_failed_message_is_sent_again_with_one_click)
{
    struct browser b = browser_of(fx.agent);
    int64_t id;
    struct answer *a;

    UNUSED;
    inbox_submit(b, path_of(fx.active, "/messages"), "body=oi", NULL);
    id = sql_int("SELECT max(id) FROM messages");
    sql("UPDATE messages SET status = 'failed', error = 'número sem WhatsApp' "
        "WHERE id = %" PRId64,
        id);
    sql("DELETE FROM jobs");
    a = inbox_page(b, path_of(fx.active, ""));
    assert_has(a, "número sem WhatsApp");
    assert_has(a, "value=\"retry\"");
    a = inbox_submit(b, bubble_of(id), "act=retry", PART);
    assert_status(a, 200);
    assert_has(a, text("id=\"m%" PRId64 "\"", id));
    assert_lacks(a, "número sem WhatsApp");
    a = inbox_submit(b, bubble_of(id), "act=retry", NULL);
    assert_status(a, 409);
    assert_has(a, "não está entre as que falharam");
    assert_status(inbox_submit(b, bubble_of(id), "act=retry", PART), 409);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     1);
}

TEST(notes_are_edited_and_deleted_by_forms)
{
    struct browser b = browser_of(fx.agent);
    int64_t id;

    UNUSED;
    inbox_submit(b, path_of(fx.active, "/messages"), "body=ruim&note=true",
                 NULL);
    id = sql_int("SELECT max(id) FROM messages");
    assert_has(inbox_page(b, bubble_of(id)), "Apagar");
    assert_status(inbox_submit(b, bubble_of(id), "act=edit&body=bom", NULL),
                  303);
    assert_has(inbox_page(b, path_of(fx.active, "")), ">bom<");
    assert_status(inbox_submit(b, bubble_of(id), "act=edit&body=+", NULL), 422);
    assert_status(inbox_submit(b, bubble_of(id), "act=delete", NULL), 303);
    assert_has(inbox_page(b, path_of(fx.active, "")), "Mensagem apagada");
    assert_status(inbox_submit(b, bubble_of(fx.pending + 10), "act=star", NULL),
                  404);
    assert_status(inbox_submit(b, bubble_of(id), "act=voar", NULL), 422);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, harness_reset)
    const struct CMUnitTest tests[] = {
        T(a_note_is_written_by_the_same_box_and_shown_apart),
        T(a_closed_conversation_still_takes_notes),
        T(text_is_formatted_and_never_markup),
        T(the_box_comes_back_with_what_was_left_in_it),
        T(the_actions_of_a_message_have_a_page_of_their_own),
        T(forms_react_star_and_forward),
        T(a_failed_message_is_sent_again_with_one_click),
        T(notes_are_edited_and_deleted_by_forms),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
