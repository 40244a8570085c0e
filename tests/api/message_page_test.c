/* message_page_test.c - anotar, agir numa mensagem e rascunhos, sem JavaScript.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auth/csrf.h"
#include "auth/token.h"
#include "base/str.h"
#include "harness.h"

#define HERE "Origin: http://balcao.test"
#define FORM "application/x-www-form-urlencoded"
#define PART "HX-Request-Type: partial"

struct browser {
    const char *cookie, *csrf;
};

static struct browser
browser_of(int64_t person)
{
    static char csrf[CSRF_CHARS + 1];
    char opaque[TOKEN_OPAQUE_CHARS + 1], hex[2 * TOKEN_HASH_BYTES + 1];
    unsigned char hash[TOKEN_HASH_BYTES];

    token_opaque(opaque);
    token_hash(opaque, hash);
    hex_encode(hash, sizeof hash, hex);
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, expires_at) SELECT m.user_id, m.company_id, "
        "u.token_version, decode('%s', 'hex'), now() + interval '1 day' "
        "FROM memberships m JOIN users u ON u.id = m.user_id "
        "WHERE u.id = %" PRId64 " AND m.company_id = 1",
        hex, person);
    csrf_token(hash, csrf);
    return (struct browser){ text("balcao=%s", opaque), text("%s", csrf) };
}

static struct answer *
page(struct browser b, const char *path)
{
    return call(
        &(struct call){ .program = "inbox", .path = path, .cookie = b.cookie });
}

static struct answer *
submit(struct browser b, const char *path, const char *fields,
       const char *header)
{
    return call(&(struct call){ .program = "inbox",
                                .method = "POST",
                                .path = path,
                                .cookie = b.cookie,
                                .type = FORM,
                                .body = text("_csrf=%s&%s", b.csrf, fields),
                                .headers = { HERE, header } });
}

static const char *
path_of(int64_t ticket, const char *rest)
{
    return text("/inbox/%" PRId64 "%s", ticket, rest);
}

static const char *
bubble_of(int64_t message)
{
    return path_of(fx.active, text("/messages/%" PRId64, message));
}

static void
assert_has(const struct answer *a, const char *words)
{
    if (strstr(a->body, words) == NULL)
        fail_msg("falta \"%s\" em:\n%s", words, a->body);
}

static void
assert_lacks(const struct answer *a, const char *words)
{
    if (strstr(a->body, words) != NULL)
        fail_msg("sobra \"%s\" em:\n%s", words, a->body);
}

TEST(a_note_is_written_by_the_same_box_and_shown_apart)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    a = submit(b, path_of(fx.active, "/messages"),
               "body=%40Sara+Supervisora+olha&note=true", NULL);
    assert_status(a, 303);
    a = page(b, path_of(fx.active, ""));
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
    struct answer *a = page(b, path_of(fx.closed, ""));

    UNUSED;
    assert_has(a, "<input type=\"hidden\" name=\"note\" value=\"true\">");
    assert_lacks(a, "type=\"checkbox\" name=\"note\"");
    assert_status(submit(b, path_of(fx.closed, "/messages"),
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
    a = page(browser_of(fx.agent), path_of(fx.active, ""));
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
    a = page(b, path_of(fx.active, ""));
    assert_has(a, ">quase &lt;pronto&gt;</textarea>");
    assert_has(a, "name=\"replyTo\" value=\"72\"");
    assert_lacks(page(browser_of(fx.admin), path_of(fx.active, "")), "quase");
    b = browser_of(fx.agent);
    submit(b, path_of(fx.active, "/messages"), "body=pronto", NULL);
    assert_int_equal(sql_int("SELECT count(*) FROM drafts"), 0);
}

TEST(the_actions_of_a_message_have_a_page_of_their_own)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a = page(b, bubble_of(fx.active + 10));

    UNUSED;
    assert_status(a, 200);
    assert_has(a, "Tem pão?");
    assert_has(a, "Marcar com estrela");
    assert_has(a, "👍");
    assert_lacks(a, "Apagar");
    a = page(b, text("%s?part=menu", bubble_of(fx.active + 10)));
    assert_lacks(a, "<html");
    assert_status(page(b, bubble_of(fx.pending + 10)), 404);
    assert_status(page(b, path_of(fx.hidden, "/messages/75")), 404);
    assert_status(page(b, path_of(fx.foreign, "/messages/76")), 404);
}

TEST(forms_react_star_and_forward)
{
    struct browser b = browser_of(fx.admin);
    const char *path = bubble_of(fx.active + 10);

    UNUSED;
    assert_status(submit(b, path, "act=react&emoji=%F0%9F%91%8D", NULL), 303);
    assert_has(page(b, path_of(fx.active, "")), "class=\"reaction\"");
    assert_has(page(b, path), "Tirar a reação");
    assert_status(submit(b, path, "act=react&emoji=", NULL), 303);
    assert_lacks(page(b, path), "Tirar a reação");
    assert_status(submit(b, path, "act=star", NULL), 303);
    assert_has(page(b, path), "Tirar a estrela");
    assert_status(submit(b, path, "act=unstar", NULL), 303);
    assert_has(page(b, path), "Gil Gomes");
    assert_status(submit(b, path, "act=forward&tickets=65", NULL), 303);
    assert_has(page(b, path_of(fx.hidden, "")), "Encaminhada");
}

TEST(a_failed_message_is_sent_again_with_one_click)
{
    struct browser b = browser_of(fx.agent);
    int64_t id;
    struct answer *a;

    UNUSED;
    submit(b, path_of(fx.active, "/messages"), "body=oi", NULL);
    id = sql_int("SELECT max(id) FROM messages");
    sql("UPDATE messages SET status = 'failed', error = 'número sem WhatsApp' "
        "WHERE id = %" PRId64,
        id);
    sql("DELETE FROM jobs");
    a = page(b, path_of(fx.active, ""));
    assert_has(a, "número sem WhatsApp");
    assert_has(a, "value=\"retry\"");
    a = submit(b, bubble_of(id), "act=retry", PART);
    assert_status(a, 200);
    assert_has(a, text("id=\"m%" PRId64 "\"", id));
    assert_lacks(a, "número sem WhatsApp");
    a = submit(b, bubble_of(id), "act=retry", NULL);
    assert_status(a, 409);
    assert_has(a, "não está entre as que falharam");
    assert_status(submit(b, bubble_of(id), "act=retry", PART), 409);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     1);
}

TEST(notes_are_edited_and_deleted_by_forms)
{
    struct browser b = browser_of(fx.agent);
    int64_t id;

    UNUSED;
    submit(b, path_of(fx.active, "/messages"), "body=ruim&note=true", NULL);
    id = sql_int("SELECT max(id) FROM messages");
    assert_has(page(b, bubble_of(id)), "Apagar");
    assert_status(submit(b, bubble_of(id), "act=edit&body=bom", NULL), 303);
    assert_has(page(b, path_of(fx.active, "")), ">bom<");
    assert_status(submit(b, bubble_of(id), "act=edit&body=+", NULL), 422);
    assert_status(submit(b, bubble_of(id), "act=delete", NULL), 303);
    assert_has(page(b, path_of(fx.active, "")), "Mensagem apagada");
    assert_status(submit(b, bubble_of(fx.pending + 10), "act=star", NULL), 404);
    assert_status(submit(b, bubble_of(id), "act=voar", NULL), 422);
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
