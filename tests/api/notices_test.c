/* notices_test.c - as notificações: de que nascem, ler, escolher. */
#include "harness.h"

#include <inttypes.h>
#include <string.h>

#define NOTICES "/api/v1/notifications"

static struct answer *
ask(int64_t person, const char *program, const char *method, const char *path,
    const char *body)
{
    return call(&(struct call){ .program = program,
                                .method = method,
                                .path = path,
                                .body = body,
                                .token = token_of(person) });
}

static struct answer *
bell(int64_t person, const char *method, const char *path, const char *body)
{
    return ask(person, "conversations", method, path, body);
}

static int64_t
talk_between(int64_t a, int64_t b)
{
    return at_int(bell(a, "POST", "/api/v1/conversations",
                       text("{\"userIds\":[%" PRId64 "]}", b)),
                  "id");
}

static void
say(int64_t person, int64_t talk, const char *body)
{
    assert_status(bell(person, "POST",
                       text("/api/v1/conversations/%" PRId64 "/messages", talk),
                       text("{\"body\":\"%s\"}", body)),
                  201);
}

TEST(mention_in_a_note_is_told_and_lets_one_see_the_ticket)
{
    struct answer *a;

    UNUSED;
    assert_status(ask(fx.admin, "tickets", "POST", "/api/v1/tickets/65/notes",
                      "{\"body\":\"@Lia Solo, veja\"}"),
                  201);
    a = bell(fx.loner, "GET", NOTICES, NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "data.0.kind"), "mention");
    assert_int_equal(at_int(a, "data.0.ticketId"), 65);
    assert_string_equal(at_text(a, "data.0.byName"), "Ana Admin");
    /* ela só vê os seus e aqueles em que participa */
    assert_string_equal(at_text(a, "data.0.contact"), "Gil Gomes");
    assert_null(strstr(a->body, "veja"));
    assert_status(ask(fx.admin, "tickets", "DELETE",
                      "/api/v1/tickets/65/participants/14", NULL),
                  204);
    a = bell(fx.loner, "GET", NOTICES, NULL);
    assert_string_equal(at_text(a, "data.0.kind"), "mention");
    assert_null(at(a, "data.0.contact"));
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'notification' AND rooms = '{user:14}'"),
                     1);
}

TEST(ticket_given_or_passed_on_is_told_to_who_gets_it)
{
    struct answer *a;

    UNUSED;
    assert_status(ask(fx.admin, "tickets", "POST",
                      "/api/v1/tickets/61/transfer", "{\"userId\":13}"),
                  200);
    assert_status(ask(fx.admin, "tickets", "POST",
                      "/api/v1/tickets/65/transfer", "{\"userId\":13}"),
                  200);
    assert_status(
        ask(fx.agent, "tickets", "POST", "/api/v1/tickets/64/take", "{}"),
        200); /* quem pega o próprio não é avisado */
    a = bell(fx.agent, "GET", NOTICES "?unread=true", NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    assert_string_equal(at_text(a, "data.0.kind"), "transferred");
    assert_string_equal(at_text(a, "data.1.kind"), "assigned");
    assert_string_equal(at_text(a, "data.1.contact"), "Carla Cliente");
}

TEST(chat_messages_join_in_one_and_reading_the_talk_reads_it)
{
    int64_t talk = talk_between(fx.agent, fx.admin);
    struct answer *a;

    UNUSED;
    say(fx.agent, talk, "um");
    say(fx.agent, talk, "dois");
    say(fx.agent, talk, "três @ana admin");
    a = bell(fx.admin, "GET", NOTICES, NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_int_equal(at_int(a, "data.0.amount"), 3);
    assert_string_equal(at_text(a, "data.0.kind"), "mention");
    a = bell(fx.admin, "GET", NOTICES "/counts", NULL);
    assert_int_equal(at_int(a, "unread"), 1);
    assert_int_equal(at_int(a, "chat"), 3);
    assert_status(bell(fx.admin, "POST",
                       text("/api/v1/conversations/%" PRId64 "/read", talk),
                       "{}"),
                  200);
    a = bell(fx.admin, "GET", NOTICES "/counts", NULL);
    assert_int_equal(at_int(a, "unread"), 0);
    assert_int_equal(at_int(a, "chat"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM notifications WHERE "
                             "user_id = 13"),
                     0);
}

TEST(one_is_read_or_all_of_them_and_only_ones_own)
{
    int64_t id;
    struct answer *a;

    UNUSED;
    sql("INSERT INTO notifications (company_id, user_id, kind, ticket_id) "
        "VALUES (1, 13, 'assigned', 61), (1, 13, 'assigned', 62), (1, 11, "
        "'assigned', 65)");
    a = bell(fx.agent, "GET", NOTICES "?limit=1", NULL);
    id = at_int(a, "data.0.id");
    a = bell(fx.agent, "GET",
             text(NOTICES "?limit=5&cursor=%s", at_text(a, "nextCursor")),
             NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    a = bell(fx.agent, "POST", text(NOTICES "/%" PRId64 "/read", id), "{}");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "unread"), 1);
    assert_problem(
        bell(fx.admin, "POST", text(NOTICES "/%" PRId64 "/read", id), "{}"),
        404, "not-found");
    a = bell(fx.agent, "POST", NOTICES "/read", "{}");
    assert_int_equal(at_int(a, "unread"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'notification:read'"),
                     2);
    assert_int_equal(sql_int("SELECT count(*) FROM notifications WHERE "
                             "read_at IS NULL"),
                     1);
}

TEST(kind_that_is_not_wanted_is_not_told)
{
    struct answer *a = bell(fx.agent, "GET", NOTICES "/settings", NULL);

    UNUSED;
    assert_status(a, 200);
    assert_true(json_object_get_boolean(at(a, "sound")));
    assert_false(json_object_get_boolean(at(a, "browser")));
    a = bell(fx.agent, "PUT", NOTICES "/settings",
             "{\"muted\":[\"assigned\",\"chat\"],\"sound\":false,\"browser\":"
             "true}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "muted.0"), "assigned");
    assert_true(json_object_get_boolean(at(a, "browser")));
    assert_status(ask(fx.admin, "tickets", "POST",
                      "/api/v1/tickets/61/transfer", "{\"userId\":13}"),
                  200);
    say(fx.admin, talk_between(fx.admin, fx.agent), "oi");
    assert_int_equal(sql_int("SELECT count(*) FROM notifications"), 0);
    a = bell(fx.agent, "GET", NOTICES "/counts", NULL);
    assert_int_equal(at_int(a, "chat"), 1);
    assert_field(bell(fx.agent, "PUT", NOTICES "/settings",
                      "{\"muted\":[\"barulho\"],\"sound\":true,\"browser\":"
                      "false}"),
                 "muted", "one_of");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(mention_in_a_note_is_told_and_lets_one_see_the_ticket),
        T(ticket_given_or_passed_on_is_told_to_who_gets_it),
        T(chat_messages_join_in_one_and_reading_the_talk_reads_it),
        T(one_is_read_or_all_of_them_and_only_ones_own),
        T(kind_that_is_not_wanted_is_not_told),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
