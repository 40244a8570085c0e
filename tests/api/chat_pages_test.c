/* chat_pages_test.c - /chat, /notifications e as escolhas, sem JavaScript. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

static struct answer *
page(struct browser b, const char *path)
{
    return call(&(struct call){
        .program = "chat_pages", .path = path, .cookie = b.cookie });
}

static struct answer *
submit(struct browser b, const char *path, const char *fields)
{
    return call(&(struct call){ .program = "chat_pages",
                                .method = "POST",
                                .path = path,
                                .cookie = b.cookie,
                                .type = "application/x-www-form-urlencoded",
                                .body = text("_csrf=%s&%s", b.csrf, fields),
                                .headers = { "Origin: http://balcao.test" } });
}

static const char *
place(const struct answer *a)
{
    const char *to = header_of(a, "Location");

    assert_status(a, 303);
    assert_non_null(to);
    return text("%s", strstr(to, "/") != NULL ? to : "");
}

static int64_t
last_talk(void)
{
    return sql_int("SELECT max(id) FROM talks");
}

TEST(conversation_goes_by_forms_from_the_first_word_to_the_last)
{
    struct browser b = browser_of(fx.agent);
    const char *talk;
    struct answer *a;

    UNUSED;
    assert_status(page(b, "/chat"), 200);
    assert_has(page(b, "/chat"), "Nenhuma conversa ainda");
    assert_has(page(b, "/chat/new"), "Ana Admin");
    assert_lacks(page(b, "/chat/new"), "Beto da B");
    talk =
        text("/chat/%" PRId64,
             (place(submit(b, "/chat/new", "userIds=11&name=")), last_talk()));
    a = submit(b, talk, "body=Bom+dia%0D%0Aa+todos&replyTo=0&edit=0");
    assert_string_equal(place(a), talk);
    a = page(b, talk);
    assert_has(a, "Bom dia\na todos");
    assert_has(a, "Ana Admin");
    a = page(b, text("%s?reply=%" PRId64, talk,
                     sql_int("SELECT max(id) FROM talk_messages")));
    assert_has(a, "chat-about");
    a = page(b, text("%s?edit=%" PRId64, talk,
                     sql_int("SELECT max(id) FROM talk_messages")));
    assert_has(a, "Corrigir a mensagem");
    place(submit(b, talk,
                 text("body=Boa+tarde&edit=%" PRId64,
                      sql_int("SELECT max(id) FROM talk_messages"))));
    assert_has(page(b, talk), "editada");
    place(submit(b,
                 text("%s/messages/%" PRId64 "/delete", talk,
                      sql_int("SELECT max(id) FROM talk_messages")),
                 ""));
    assert_has(page(b, talk), "Mensagem apagada");
    assert_status(submit(b,
                         text("%s/messages/%" PRId64 "/delete", talk,
                              sql_int("SELECT max(id) FROM talk_messages")),
                         ""),
                  409);
}

TEST(refused_message_comes_back_with_what_was_typed)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a;
    const char *talk;

    UNUSED;
    place(submit(b, "/chat/new", "userIds=11&name="));
    talk = text("/chat/%" PRId64, last_talk());
    a = submit(b, talk, "body=++&replyTo=0&edit=0");
    assert_status(a, 422);
    assert_has(a, "escreva algo");
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 11 AND "
        "company_id = 1");
    a = submit(b, talk, "body=guarde+isto&replyTo=0&edit=0");
    assert_status(a, 409);
    assert_has(a, "guarde isto");
    a = submit(b, "/chat/new", "userIds=12&userIds=13&userIds=14&name=");
    assert_status(a, 422);
    assert_has(a, "dê um nome ao grupo");
}

TEST(opening_reads_and_peeking_does_not)
{
    struct browser b;
    int64_t talk;

    UNUSED;
    place(submit(browser_of(fx.agent), "/chat/new", "userIds=11&name="));
    talk = last_talk();
    place(submit(browser_of(fx.agent), text("/chat/%" PRId64, talk),
                 "body=oi&replyTo=0&edit=0"));
    b = browser_of(fx.admin);
    assert_has(page(b, text("/chat/%" PRId64 "?peek=1", talk)), "oi");
    assert_int_equal(sql_int("SELECT unread FROM talk_members WHERE user_id "
                             "= 11"),
                     1);
    assert_has(page(b, "/notifications"), "Bruno Agente escreveu a você");
    assert_status(page(b, text("/chat/%" PRId64, talk)), 200);
    assert_int_equal(sql_int("SELECT unread FROM talk_members WHERE user_id "
                             "= 11"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM notifications WHERE "
                             "read_at IS NULL"),
                     0);
}

TEST(group_is_changed_and_left_by_forms)
{
    struct browser b = browser_of(fx.agent), other = browser_of(fx.admin);
    const char *talk;

    UNUSED;
    place(submit(b, "/chat/new", "userIds=11&userIds=12&name=Manhã"));
    talk = text("/chat/%" PRId64, last_talk());
    other = browser_of(fx.admin);
    assert_lacks(page(other, text("%s/group", talk)), "Salvar");
    assert_status(submit(other, text("%s/group", talk), "name=X&version=1"),
                  403);
    b = browser_of(fx.agent);
    assert_has(page(b, text("%s/group", talk)), "Salvar");
    place(submit(b, text("%s/group", talk), "name=Tarde&version=1&userIds=11"));
    assert_has(page(b, talk), "Tarde");
    assert_int_equal(sql_int("SELECT count(*) FROM talk_members"), 2);
    assert_status(
        submit(b, text("%s/group", talk), "name=Noite&version=1&userIds=11"),
        409);
    place(submit(b, text("%s/leave", talk), ""));
    assert_status(page(b, talk), 404);
}

TEST(other_peoples_conversation_does_not_exist)
{
    struct browser b = browser_of(fx.agent);
    const char *talk;

    UNUSED;
    place(submit(b, "/chat/new", "userIds=11&name="));
    talk = text("/chat/%" PRId64, last_talk());
    assert_status(page(b, text("%s/group", talk)), 404);
    assert_status(submit(b, text("%s/leave", talk), ""), 409);
    b = browser_of(fx.supervisor);
    assert_status(page(b, talk), 404);
    assert_status(submit(b, talk, "body=oi&replyTo=0&edit=0"), 404);
    b = browser_of(fx.stranger);
    assert_status(page(b, talk), 404);
}

TEST(notification_opens_what_it_tells_and_is_read)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a;
    int64_t id;

    UNUSED;
    assert_has(page(b, "/notifications"), "Tudo em dia");
    sql("INSERT INTO notifications (company_id, user_id, kind, ticket_id, "
        "by_id) VALUES (1, 13, 'assigned', 61, 11), (1, 13, 'transferred', 62,"
        " 11), (1, 11, 'assigned', 65, 13)");
    id = sql_int("SELECT id FROM notifications WHERE ticket_id = 62");
    a = page(b, "/notifications");
    assert_has(a, "Ana Admin passou um atendimento a você");
    assert_has(a, "Davi Dias");
    assert_has(a, "id=\"bell-badge\">2<");
    assert_string_equal(
        place(submit(b, text("/notifications/%" PRId64 "/read", id), "")),
        "/inbox/62");
    assert_status(
        submit(b,
               text("/notifications/%" PRId64 "/read",
                    sql_int("SELECT id FROM notifications WHERE user_id = 11")),
               ""),
        404);
    place(submit(b, "/notifications/read", ""));
    assert_int_equal(sql_int("SELECT count(*) FROM notifications WHERE "
                             "user_id = 13 AND read_at IS NULL"),
                     0);
}

TEST(choices_are_saved_and_shown_again)
{
    struct browser b = browser_of(fx.agent);

    UNUSED;
    assert_has(page(b, "/account/notifications"), "Quero ser avisado");
    place(submit(b, "/account/notifications",
                 "kinds=mention&kinds=chat&kinds=&sound=false&browser=true"));
    assert_string_equal(
        sql("SELECT muted::text || sound || browser FROM "
            "notification_settings"),
        "{assigned,transferred,sla,participant,followed}falsetrue");
    assert_has(page(b, "/account/notifications"), "value=\"mention\" checked");
    assert_status(submit(b, "/account/notifications", "kinds=barulho"), 422);
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(conversation_goes_by_forms_from_the_first_word_to_the_last),
        T(refused_message_comes_back_with_what_was_typed),
        T(opening_reads_and_peeking_does_not),
        T(group_is_changed_and_left_by_forms),
        T(other_peoples_conversation_does_not_exist),
        T(notification_opens_what_it_tells_and_is_read),
        T(choices_are_saved_and_shown_again),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
