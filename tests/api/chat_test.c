/*
 * chat_test.c - a conversa entre colegas: abrir, escrever, ler, corrigir,
 * grupos, e quem não está nela.
 */
#include "harness.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TALKS "/api/v1/conversations"

static struct answer *
ask(int64_t person, const char *method, const char *path, const char *body)
{
    return call(
        &(struct call){ .program = "conversations",
                        .method = method,
                        .path = path,
                        .body = body,
                        .token = person != 0 ? token_of(person) : NULL });
}

/* "/api/v1/conversations/ID" e o resto. */
static const char *
path_of(int64_t talk, const char *rest)
{
    return text(TALKS "/%" PRId64 "%s", talk, rest);
}

static int64_t
open_with(int64_t person, int64_t other)
{
    struct answer *a =
        ask(person, "POST", TALKS, text("{\"userIds\":[%" PRId64 "]}", other));

    assert_status(a, 201);
    return at_int(a, "id");
}

static int64_t
open_group(void)
{
    struct answer *a = ask(fx.agent, "POST", TALKS,
                           "{\"name\":\"Turno da manhã\",\"userIds\":[11,12]}");

    assert_status(a, 201);
    return at_int(a, "id");
}

static int64_t
say(int64_t person, int64_t talk, const char *body)
{
    struct answer *a = ask(person, "POST", path_of(talk, "/messages"),
                           text("{\"body\":\"%s\"}", body));

    assert_status(a, 201);
    return at_int(a, "id");
}

static int64_t
unread_of(int64_t person, int64_t talk)
{
    return sql_int("SELECT unread FROM talk_members WHERE talk_id = %" PRId64
                   " AND user_id = %" PRId64,
                   talk, person);
}

static int64_t
events(const char *type, int64_t person)
{
    return sql_int("SELECT count(*) FROM live_outbox WHERE type = '%s' AND "
                   "'user:%" PRId64 "' = ANY (rooms)",
                   type, person);
}

/* ---- abrir ---- */

TEST(two_people_have_one_conversation_whoever_opens_it)
{
    int64_t talk = open_with(fx.agent, fx.admin);
    struct answer *a;

    UNUSED;
    assert_int_equal(open_with(fx.admin, fx.agent), talk);
    a = ask(fx.agent, "GET", path_of(talk, ""), NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "kind"), "private");
    assert_string_equal(at_text(a, "name"), "Ana Admin");
    assert_int_equal(at_int(a, "peerId"), fx.admin);
    assert_string_equal(at_text(a, "presence"), "offline");
    assert_int_equal(json_object_array_length(at(a, "members")), 2);
    a = ask(fx.admin, "GET", path_of(talk, ""), NULL);
    assert_string_equal(at_text(a, "name"), "Bruno Agente");
}

TEST(bad_openings_are_refused_with_the_field)
{
    UNUSED;
    assert_field(ask(fx.agent, "POST", TALKS, "{\"userIds\":[]}"), "userIds",
                 "count");
    assert_field(ask(fx.agent, "POST", TALKS, "{\"userIds\":[13]}"), "userIds",
                 "count");
    assert_field(ask(fx.agent, "POST", TALKS, "{\"userIds\":[11,12]}"),
                 "userIds", "count");
    assert_field(ask(fx.agent, "POST", TALKS, "{\"userIds\":[21]}"), "userIds",
                 "exists");
    assert_field(
        ask(fx.agent, "POST", TALKS, "{\"name\":\"  \",\"userIds\":[11]}"),
        "name", "min");
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 12");
    assert_field(ask(fx.agent, "POST", TALKS, "{\"userIds\":[12]}"), "userIds",
                 "exists");
    assert_int_equal(sql_int("SELECT count(*) FROM talks"), 0);
}

TEST(role_without_the_permission_is_refused)
{
    UNUSED;
    assert_problem(ask(fx.auditor, "GET", TALKS, NULL), 403, "forbidden");
    assert_problem(ask(0, "GET", TALKS, NULL), 401, "unauthorized");
}

TEST(conversation_one_is_not_in_does_not_exist)
{
    int64_t talk = open_with(fx.agent, fx.admin);
    int64_t line = say(fx.agent, talk, "só nós dois");
    const char *one = path_of(talk, text("/messages/%" PRId64, line));
    const int64_t others[] = { fx.supervisor, fx.stranger };
    size_t i;

    UNUSED;
    for (i = 0; i < 2; i++) {
        int64_t who = others[i];

        assert_problem(ask(who, "GET", path_of(talk, ""), NULL), 404,
                       "not-found");
        assert_problem(ask(who, "GET", path_of(talk, "/messages"), NULL), 404,
                       "not-found");
        assert_problem(
            ask(who, "POST", path_of(talk, "/messages"), "{\"body\":\"oi\"}"),
            404, "not-found");
        assert_problem(ask(who, "POST", path_of(talk, "/read"), "{}"), 404,
                       "not-found");
        assert_problem(ask(who, "POST", path_of(talk, "/typing"), "{}"), 404,
                       "not-found");
        assert_problem(ask(who, "POST", path_of(talk, "/leave"), "{}"), 404,
                       "not-found");
        assert_problem(
            ask(who, "PATCH", path_of(talk, ""), "{\"name\":\"meu\"}"), 404,
            "not-found");
        assert_problem(ask(who, "PATCH", one, "{\"body\":\"x\"}"), 404,
                       "not-found");
        assert_problem(ask(who, "DELETE", one, NULL), 404, "not-found");
        assert_int_equal(
            json_object_array_length(at(ask(who, "GET", TALKS, NULL), "data")),
            0);
    }
    assert_false(sql_works("INSERT INTO talk_members (company_id, talk_id, "
                           "user_id) SELECT 1, max(id), 21 FROM talks"));
}

/* ---- escrever e ler ---- */

TEST(message_counts_as_unread_and_tells_every_device)
{
    int64_t talk = open_with(fx.agent, fx.admin);
    struct answer *a;

    UNUSED;
    say(fx.agent, talk, "Olá, Ana");
    say(fx.agent, talk, "Pode me ajudar?");
    assert_int_equal(unread_of(fx.admin, talk), 2);
    assert_int_equal(unread_of(fx.agent, talk), 0);
    assert_int_equal(events("private_message", fx.admin), 2);
    assert_int_equal(events("private_message", fx.agent), 2);
    assert_int_equal(events("message_received", fx.admin), 2);
    assert_int_equal(events("message_received", fx.agent), 0);
    assert_int_equal(events("private_message", fx.supervisor), 0);
    a = ask(fx.admin, "GET", TALKS, NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "data.0.lastBody"), "Pode me ajudar?");
    assert_string_equal(at_text(a, "data.0.lastByName"), "Bruno Agente");
    assert_int_equal(at_int(a, "data.0.unread"), 2);
    a = ask(fx.admin, "GET", path_of(talk, "/messages?limit=1"), NULL);
    assert_string_equal(at_text(a, "data.0.body"), "Pode me ajudar?");
    a = ask(fx.admin, "GET",
            path_of(talk, text("/messages?limit=1&before=%s",
                               at_text(a, "nextCursor"))),
            NULL);
    assert_string_equal(at_text(a, "data.0.body"), "Olá, Ana");
    assert_null(at(a, "nextCursor"));
}

TEST(reading_clears_the_count_and_never_goes_back)
{
    int64_t talk = open_with(fx.agent, fx.admin);
    int64_t first = say(fx.agent, talk, "um"), last;
    struct answer *a;

    UNUSED;
    say(fx.agent, talk, "dois");
    last = say(fx.agent, talk, "três");
    a = ask(fx.admin, "POST", path_of(talk, "/read"),
            text("{\"upto\":%" PRId64 "}", first));
    assert_status(a, 200);
    assert_int_equal(at_int(a, "unread"), 2);
    a = ask(fx.admin, "POST", path_of(talk, "/read"), "{}");
    assert_int_equal(at_int(a, "unread"), 0);
    assert_int_equal(at_int(a, "readId"), last);
    a = ask(fx.admin, "POST", path_of(talk, "/read"),
            text("{\"upto\":%" PRId64 "}", first));
    assert_int_equal(at_int(a, "readId"), last);
    assert_int_equal(unread_of(fx.admin, talk), 0);
    assert_int_equal(events("chat:read", fx.agent), 2);
    a = ask(fx.agent, "GET", path_of(talk, ""), NULL);
    assert_int_equal(at_int(a, "members.0.readId"), last);
    /* responder também é ter lido */
    say(fx.agent, talk, "quatro");
    say(fx.admin, talk, "cinco");
    assert_int_equal(unread_of(fx.admin, talk), 0);
}

/* Dez escrevem e um lê ao mesmo tempo: no fim a conta é a das linhas. */
TEST(unread_is_right_when_many_write_and_read_at_once)
{
    int64_t talk = open_group();
    const char *path = path_of(talk, "/messages");
    const char *reading = path_of(talk, "/read");
    const char *tokens[3] = { token_of(fx.agent), token_of(fx.admin),
                              token_of(fx.supervisor) };
    int i, k, status;

    UNUSED;
    for (i = 0; i < 3; i++) {
        if (fork() != 0)
            continue;
        for (k = 0; k < 6; k++)
            call(&(struct call){
                .program = "conversations",
                .method = "POST",
                .path = i == 2 && k % 2 == 1 ? reading : path,
                .body = i == 2 && k % 2 == 1 ? "{}" : "{\"body\":\"junto\"}",
                .token = tokens[i] });
        _exit(0);
    }
    for (i = 0; i < 3; i++)
        wait(&status);
    assert_int_equal(sql_int("SELECT count(*) FROM talk_messages"), 15);
    assert_int_equal(
        sql_int("SELECT count(*) FROM talk_members m WHERE m.unread <> "
                "(SELECT count(*) FROM talk_messages n WHERE n.talk_id = "
                "m.talk_id AND n.id > m.read_id AND n.user_id <> m.user_id)"),
        0);
}

TEST(own_message_is_edited_and_deleted_and_others_are_not)
{
    int64_t talk = open_with(fx.agent, fx.admin);
    int64_t line = say(fx.agent, talk, "Bom dai");
    const char *one = path_of(talk, text("/messages/%" PRId64, line));
    struct answer *a = ask(fx.agent, "PATCH", one, "{\"body\":\"Bom dia\"}");

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "body"), "Bom dia");
    assert_non_null(at(a, "editedAt"));
    assert_problem(ask(fx.admin, "PATCH", one, "{\"body\":\"meu\"}"), 403,
                   "forbidden");
    assert_problem(ask(fx.admin, "DELETE", one, NULL), 403, "forbidden");
    assert_int_equal(unread_of(fx.admin, talk), 1);
    assert_status(ask(fx.agent, "DELETE", one, NULL), 204);
    assert_int_equal(unread_of(fx.admin, talk), 0);
    assert_problem(ask(fx.agent, "DELETE", one, NULL), 409, "conflict");
    assert_problem(ask(fx.agent, "PATCH", one, "{\"body\":\"x\"}"), 409,
                   "conflict");
    a = ask(fx.admin, "GET", path_of(talk, "/messages"), NULL);
    assert_string_equal(at_text(a, "data.0.body"), "");
    assert_non_null(at(a, "data.0.deletedAt"));
    assert_int_equal(events("chat:message", fx.admin), 2);
    assert_problem(ask(fx.agent, "PATCH", path_of(talk, "/messages/9999"),
                       "{\"body\":\"x\"}"),
                   404, "not-found");
}

TEST(reply_quotes_only_a_message_of_the_same_conversation)
{
    int64_t talk = open_with(fx.agent, fx.admin);
    int64_t other = open_with(fx.agent, fx.supervisor);
    int64_t line = say(fx.agent, talk, "a pergunta");
    int64_t away = say(fx.agent, other, "noutra conversa");
    struct answer *a =
        ask(fx.admin, "POST", path_of(talk, "/messages"),
            text("{\"body\":\"a resposta\",\"replyTo\":%" PRId64 "}", line));

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "replyBody"), "a pergunta");
    assert_string_equal(at_text(a, "replyName"), "Bruno Agente");
    assert_field(ask(fx.admin, "POST", path_of(talk, "/messages"),
                     text("{\"body\":\"x\",\"replyTo\":%" PRId64 "}", away)),
                 "replyTo", "exists");
    assert_field(
        ask(fx.admin, "POST", path_of(talk, "/messages"), "{\"body\":\"  \"}"),
        "body", "min");
}

TEST(person_who_left_the_company_is_not_written_to)
{
    int64_t talk = open_with(fx.agent, fx.admin);

    UNUSED;
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 11 AND "
        "company_id = 1");
    assert_problem(
        ask(fx.agent, "POST", path_of(talk, "/messages"), "{\"body\":\"oi\"}"),
        409, "conflict");
    assert_status(ask(fx.agent, "GET", path_of(talk, "/messages"), NULL), 200);
}

TEST(typing_is_never_stored)
{
    int64_t talk = open_with(fx.agent, fx.admin);

    UNUSED;
    assert_status(ask(fx.agent, "POST", path_of(talk, "/typing"), "{}"), 204);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox"), 0);
}

/* ---- grupos ---- */

TEST(group_is_changed_only_by_who_takes_care_of_it)
{
    int64_t talk = open_group();
    struct answer *a = ask(fx.agent, "PATCH", path_of(talk, ""),
                           "{\"name\":\"Tarde\",\"userIds\":[11,14],"
                           "\"version\":1}");

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "name"), "Tarde");
    assert_int_equal(at_int(a, "people"), 3);
    assert_int_equal(at_int(a, "version"), 2);
    /* quem saiu soube, e já não a vê */
    assert_true(events("chat:updated", fx.supervisor) >= 2);
    assert_problem(ask(fx.supervisor, "GET", path_of(talk, ""), NULL), 404,
                   "not-found");
    assert_status(ask(fx.loner, "GET", path_of(talk, ""), NULL), 200);
    assert_problem(
        ask(fx.admin, "PATCH", path_of(talk, ""), "{\"name\":\"Minha\"}"), 403,
        "forbidden");
    assert_problem(ask(fx.agent, "PATCH", path_of(talk, ""),
                       "{\"name\":\"X\",\"version\":1}"),
                   409, "conflict");
    assert_field(
        ask(fx.agent, "PATCH", path_of(talk, ""), "{\"userIds\":[21]}"),
        "userIds", "exists");
    assert_field(ask(fx.agent, "PATCH", path_of(talk, ""), "{\"name\":\" \"}"),
                 "name", "min");
    assert_problem(ask(fx.agent, "PATCH",
                       path_of(open_with(fx.agent, fx.admin), ""),
                       "{\"name\":\"X\"}"),
                   409, "conflict");
}

TEST(who_leaves_a_group_hands_it_to_another)
{
    int64_t talk = open_group();

    UNUSED;
    say(fx.admin, talk, "tchau");
    assert_status(ask(fx.agent, "POST", path_of(talk, "/leave"), "{}"), 204);
    assert_problem(ask(fx.agent, "GET", path_of(talk, ""), NULL), 404,
                   "not-found");
    assert_int_equal(sql_int("SELECT owner_id FROM talks"), 11);
    assert_int_equal(sql_int("SELECT count(*) FROM notifications WHERE "
                             "user_id = 13"),
                     0);
    assert_problem(ask(fx.agent, "POST",
                       path_of(open_with(fx.agent, fx.admin), "/leave"), "{}"),
                   409, "conflict");
}

TEST(large_group_is_told_in_several_events_and_each_person_once)
{
    int64_t talk;

    UNUSED;
    sql("INSERT INTO users (id, email, name, password_hash) SELECT g, 'g' || "
        "g || '@a.test', 'G' || g, 'x' FROM generate_series(201, 220) g");
    sql("INSERT INTO memberships (company_id, user_id, role, display_name) "
        "SELECT 1, g, 'operator', 'G' || g FROM generate_series(201, 220) g");
    talk = at_int(ask(fx.agent, "POST", TALKS,
                      "{\"name\":\"Todos\",\"userIds\":[201,202,203,204,205,"
                      "206,207,208,209,210,211,212,213,214,215,216,217]}"),
                  "id");
    say(fx.agent, talk, "bom dia a todos");
    assert_int_equal(
        sql_int("SELECT count(*) FROM (SELECT unnest(rooms) AS room FROM "
                "live_outbox WHERE type = 'private_message') x"),
        18);
    assert_int_equal(events("private_message", 217), 1);
}

TEST(lists_come_page_by_page)
{
    struct answer *a;

    UNUSED;
    open_with(fx.agent, fx.admin);
    open_with(fx.agent, fx.supervisor);
    open_group();
    a = ask(fx.agent, "GET", TALKS "?limit=2", NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    assert_string_equal(at_text(a, "data.0.kind"), "group");
    a = ask(fx.agent, "GET",
            text(TALKS "?limit=2&cursor=%.10s%%20%.*s%%2B%s",
                 at_text(a, "nextCursor"),
                 (int)strcspn(at_text(a, "nextCursor") + 11, "+"),
                 at_text(a, "nextCursor") + 11,
                 strchr(at_text(a, "nextCursor"), '+') + 1),
            NULL);
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_field(ask(fx.agent, "GET", TALKS "?cursor=nada", NULL), "cursor",
                 "format");
    a = ask(fx.agent, "GET", TALKS "/people?limit=2", NULL);
    assert_string_equal(at_text(a, "data.0.name"), "Ana Admin");
    assert_string_equal(at_text(a, "nextCursor"), "14,lia solo");
    a = ask(fx.agent, "GET", TALKS "/people?limit=9&cursor=14,lia%20solo",
            NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 3);
    assert_field(ask(fx.agent, "GET", TALKS "/people?cursor=x", NULL), "cursor",
                 "format");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(two_people_have_one_conversation_whoever_opens_it),
        T(bad_openings_are_refused_with_the_field),
        T(role_without_the_permission_is_refused),
        T(conversation_one_is_not_in_does_not_exist),
        T(message_counts_as_unread_and_tells_every_device),
        T(reading_clears_the_count_and_never_goes_back),
        T(unread_is_right_when_many_write_and_read_at_once),
        T(own_message_is_edited_and_deleted_and_others_are_not),
        T(reply_quotes_only_a_message_of_the_same_conversation),
        T(person_who_left_the_company_is_not_written_to),
        T(typing_is_never_stored),
        T(group_is_changed_only_by_who_takes_care_of_it),
        T(who_leaves_a_group_hands_it_to_another),
        T(large_group_is_told_in_several_events_and_each_person_once),
        T(lists_come_page_by_page),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
