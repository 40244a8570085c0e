/* ticket_work_test.c - começar, mudar, passar adiante e adiar atendimentos. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"

#define P "tickets"

static struct answer *
post(int64_t person, const char *path, const char *body)
{
    return post_as(person, P, path, body);
}

static struct answer *
get(int64_t person, const char *path)
{
    return get_as(person, P, path);
}

static const char *
path_of(int64_t id, const char *rest)
{
    return text("/api/v1/tickets/%" PRId64 "%s", id, rest);
}

static struct answer *
edit(int64_t person, int64_t id, const char *method, const char *body)
{
    return call(&(struct call){ .program = P,
                                .method = method,
                                .path = path_of(id, ""),
                                .token = token_of(person),
                                .body = body });
}

static int64_t
events(const char *type, const char *room)
{
    return sql_int("SELECT count(*) FROM live_outbox WHERE type = '%s' AND "
                   "'%s' = ANY (rooms)",
                   type, room);
}

/* ---- começar ---- */

TEST(open_with_a_contact_starts_a_conversation_of_who_asked)
{
    struct answer *a;

    UNUSED;
    a = post(fx.agent, "/api/v1/tickets",
             "{\"contactId\":53,\"subject\":\"Bolo\",\"priority\":\"high\"}");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "status"), "active");
    assert_string_equal(at_text(a, "subject"), "Bolo");
    assert_string_equal(at_text(a, "priority"), "high");
    assert_int_equal(at_int(a, "assigneeId"), fx.agent);
    assert_int_equal(at_int(a, "queueId"), fx.queue);
    assert_int_equal(events("ticket:created", "user:13"), 1);
    assert_string_equal(sql("SELECT reply_to FROM tickets WHERE id = %" PRId64,
                            at_int(a, "id")),
                        "5511987650003");
}

TEST(open_with_a_new_phone_creates_the_contact_and_may_wait)
{
    struct answer *a;

    UNUSED;
    a = post(fx.agent, "/api/v1/tickets",
             "{\"phone\":\"+55 (11) 99123-4567\",\"name\":\"Zé Novo\","
             "\"assign\":false}");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "status"), "pending");
    assert_string_equal(at_text(a, "contact"), "Zé Novo");
    assert_string_equal(at_text(a, "phone"), "5511991234567");
    assert_int_equal(events("contact:created", "company"), 1);
    /* o mesmo telefone, sem o nono dígito, é o mesmo contato */
    a = post(fx.agent, "/api/v1/tickets", "{\"phone\":\"551191234567\"}");
    assert_problem(a, 409, "conflict");
}

TEST(open_beside_an_open_one_answers_409_and_names_it)
{
    struct answer *a;

    UNUSED;
    a = post(fx.admin, "/api/v1/tickets", "{\"contactId\":52}");
    assert_problem(a, 409, "conflict");
    assert_non_null(strstr(at_text(a, "detail"), "62"));
    assert_non_null(strstr(at_text(a, "detail"), "Bruno Agente"));
    a = post(fx.admin, "/api/v1/tickets", "{\"phone\":\"5511987650002\"}");
    assert_problem(a, 409, "conflict");
    assert_int_equal(sql_int("SELECT count(*) FROM contacts"), 6);
}

TEST(open_with_a_blocked_contact_answers_409)
{
    UNUSED;
    sql("UPDATE contacts SET blocked_at = now() WHERE id = 53");
    assert_problem(post(fx.admin, "/api/v1/tickets", "{\"contactId\":53}"), 409,
                   "conflict");
}

TEST(open_with_bad_fields_says_which)
{
    static const struct {
        const char *body, *field;
    } bad[] = {
        { "{}", "contactId" },
        { "{\"contactId\":53,\"phone\":\"5511987650009\"}", "contactId" },
        { "{\"contactId\":56}", "contactId" },
        { "{\"phone\":\"abcdef\"}", "phone" },
        { "{\"contactId\":53,\"channelId\":42}", "channelId" },
        { "{\"contactId\":53,\"queueId\":33}", "queueId" },
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct answer *a = post(fx.admin, "/api/v1/tickets", bad[i].body);

        assert_problem(a, 422, "invalid-fields");
        assert_string_equal(at_text(a, "errors.0.field"), bad[i].field);
    }
    assert_problem(
        post(fx.admin, "/api/v1/tickets", "{\"contactId\":53,\"userId\":21}"),
        422, "invalid-fields");
    assert_problem(
        post(fx.agent, "/api/v1/tickets", "{\"contactId\":53,\"userId\":11}"),
        403, "forbidden");
    sql("INSERT INTO channels (company_id, id, platform, name, key, "
        "external_id, secrets) VALUES (1, 43, 'evolution', 'Outro', "
        "'chave-do-canal-a-0002', 'x', '\\x00')");
    assert_field(post(fx.admin, "/api/v1/tickets", "{\"contactId\":53}"),
                 "channelId", "required");
    sql("DELETE FROM contact_identities WHERE contact_id = 53");
    assert_field(post(fx.admin, "/api/v1/tickets",
                      "{\"contactId\":53,\"channelId\":41}"),
                 "contactId", "unreachable");
}

/* ---- dados ---- */

TEST(edit_changes_what_came_and_keeps_the_history)
{
    struct answer *a;

    UNUSED;
    sql("INSERT INTO tags (company_id, id, name) VALUES (1, 7, 'Urgente'), "
        "(1, 8, 'Doce'), (2, 9, 'Alheia')");
    sql("INSERT INTO custom_fields (company_id, target, key, label, kind) "
        "VALUES (1, 'ticket', 'pedido', 'Pedido', 'number')");
    a = edit(fx.agent, fx.active, "PATCH",
             "{\"version\":1,\"subject\":\"Pão\",\"tagIds\":[8,7],"
             "\"custom\":{\"pedido\":12}}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "subject"), "Pão");
    assert_int_equal(at_int(a, "tagIds.0"), 7);
    assert_int_equal(at_int(a, "custom.pedido"), 12);
    assert_int_equal(at_int(a, "version"), 2);
    assert_int_equal(events("ticket:updated", "ticket:62"), 1);
    a = edit(fx.agent, fx.active, "PUT",
             "{\"version\":2,\"tagIds\":[],\"custom\":{\"pedido\":null}}");
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "tagIds")), 0);
    assert_null(at(a, "custom.pedido"));
    a = get(fx.agent, path_of(fx.active, "/history"));
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 5);
    assert_string_equal(at_text(a, "data.4.field"), "subject");
    assert_string_equal(at_text(a, "data.4.to"), "Pão");
    assert_string_equal(at_text(a, "data.4.userName"), "Bruno Agente");
    assert_string_equal(at_text(a, "data.1.from"), "Doce, Urgente");
    assert_string_equal(at_text(a, "data.0.field"), "custom.pedido");
}

TEST(edit_of_an_old_version_answers_409_and_changes_nothing)
{
    static const char *const ways[] = { "PATCH", "PUT" };
    size_t i;

    UNUSED;
    sql("UPDATE tickets SET version = 5 WHERE id = 62");
    for (i = 0; i < 2; i++)
        assert_problem(edit(fx.agent, fx.active, ways[i],
                            "{\"version\":4,\"subject\":\"x\"}"),
                       409, "conflict");
    assert_string_equal(sql("SELECT subject FROM tickets WHERE id = 62"), "");
}

TEST(edit_with_the_same_values_changes_no_version)
{
    struct answer *a;

    UNUSED;
    a = edit(fx.agent, fx.active, "PATCH",
             "{\"version\":1,\"priority\":\"normal\"}");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "version"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox"), 0);
}

TEST(edit_with_foreign_tags_or_bad_custom_fields_is_refused)
{
    static const struct {
        const char *key, *value, *rule;
    } bad[] = {
        { "nada", "1", "unknown" },
        { "pedido", "\"doze\"", "type" },
        { "quando", "\"ontem\"", "format" },
        { "quando", "\"2026-13-40\"", "format" },
        { "cor", "\"roxo\"", "one_of" },
        { "site", "\"javascript:x\"", "format" },
        { "mail", "\"sem-arroba\"", "format" },
        { "certo", "\"sim\"", "type" },
        { "fone", "\"abc\"", "format" },
    };
    struct answer *a;
    size_t i;

    UNUSED;
    sql("INSERT INTO tags (company_id, id, name) VALUES (2, 9, 'Alheia')");
    sql("INSERT INTO custom_fields (company_id, target, key, label, kind, "
        "options) VALUES (1, 'ticket', 'pedido', 'P', 'number', '{}'), "
        "(1, 'ticket', 'quando', 'Q', 'date', '{}'), (1, 'ticket', 'cor', 'C', "
        "'select', '{azul,verde}'), (1, 'ticket', 'site', 'S', 'url', '{}'), "
        "(1, 'ticket', 'mail', 'M', 'email', '{}'), (1, 'ticket', 'certo', "
        "'B', 'boolean', '{}'), (1, 'ticket', 'fone', 'F', 'phone', '{}'), "
        "(1, 'contact', 'nada', 'N', 'text', '{}')");
    assert_field(
        edit(fx.agent, fx.active, "PATCH", "{\"version\":1,\"tagIds\":[9]}"),
        "tagIds", "exists");
    assert_field(
        edit(fx.agent, fx.active, "PATCH", "{\"version\":1,\"custom\":[1]}"),
        "custom", "type");
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_field(edit(fx.agent, fx.active, "PATCH",
                          text("{\"version\":1,\"custom\":{\"%s\":%s}}",
                               bad[i].key, bad[i].value)),
                     text("custom.%s", bad[i].key), bad[i].rule);
    a = edit(fx.agent, fx.active, "PATCH",
             "{\"version\":1,\"custom\":{\"cor\":\"azul\",\"certo\":true,"
             "\"quando\":\"2026-11-21\",\"site\":\"https://a.test/x\","
             "\"mail\":\"a@b.test\",\"fone\":\"+55 11 98765-4321\"}}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "custom.fone"), "5511987654321");
    assert_problem(edit(fx.agent, fx.active, "PATCH",
                        "{\"version\":1,\"custom\":{\"cor\":\"verde\"}}"),
                   409, "conflict");
}

/* ---- passar adiante ---- */

TEST(transfer_to_a_person_tells_the_old_and_the_new)
{
    struct answer *a;

    UNUSED;
    a = post(fx.agent, path_of(fx.active, "/transfer"),
             "{\"userId\":14,\"note\":\"É cliente da Lia\"}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "assignee"), "Lia Solo");
    assert_string_equal(at_text(a, "status"), "active");
    assert_int_equal(events("ticket:transferred", "user:13"), 1);
    assert_int_equal(events("ticket:transferred", "user:14"), 1);
    assert_int_equal(events("ticket:updated", "user:13"), 1);
    a = get(fx.agent, path_of(fx.active, "/history"));
    assert_string_equal(at_text(a, "data.0.field"), "note");
    assert_string_equal(at_text(a, "data.0.to"), "É cliente da Lia");
    assert_string_equal(at_text(a, "data.1.field"), "assignee");
    assert_string_equal(at_text(a, "data.1.fromName"), "Bruno Agente");
    assert_string_equal(at_text(a, "data.1.toName"), "Lia Solo");
    assert_non_null(sql("SELECT assigned_at FROM tickets WHERE id = 62"));
}

TEST(transfer_to_a_queue_waits_there_for_whoever_takes_it)
{
    struct answer *a;

    UNUSED;
    a = post(fx.agent, text("/api/v1/chats/%" PRId64 "/transfer", fx.active),
             "{\"queueId\":32}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "pending");
    assert_string_equal(at_text(a, "queue"), "Suporte");
    assert_null(at(a, "assigneeId"));
    assert_int_equal(events("ticket:transferred", "queue:31"), 1);
    assert_int_equal(events("ticket:transferred", "queue:32"), 1);
    assert_problem(get(fx.agent, path_of(fx.active, "")), 404, "not-found");
}

TEST(transfer_to_who_cannot_answer_is_refused_with_the_field)
{
    static const char *const bad[] = { "{\"userId\":21}", "{\"userId\":15}",
                                       "{\"userId\":999}" };
    size_t i;

    UNUSED;
    for (i = 0; i < 3; i++)
        assert_string_equal(
            at_text(post(fx.agent, path_of(fx.active, "/transfer"), bad[i]),
                    "errors.0.field"),
            "userId");
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 14");
    assert_field(
        post(fx.agent, path_of(fx.active, "/transfer"), "{\"userId\":14}"),
        "userId", "exists");
    assert_field(
        post(fx.agent, path_of(fx.active, "/transfer"), "{\"queueId\":33}"),
        "queueId", "exists");
    assert_field(post(fx.agent, path_of(fx.active, "/transfer"), "{}"),
                 "userId", "required");
    assert_string_equal(sql("SELECT user_id FROM tickets WHERE id = 62"), "13");
}

TEST(transfer_of_a_closed_or_settled_ticket_answers_409)
{
    UNUSED;
    assert_problem(
        post(fx.agent, path_of(fx.closed, "/transfer"), "{\"queueId\":32}"),
        409, "conflict");
    assert_problem(
        post(fx.agent, path_of(fx.active, "/transfer"), "{\"userId\":13}"), 409,
        "conflict");
}

TEST(what_another_attends_moves_only_by_who_coordinates)
{
    UNUSED;
    sql("UPDATE tickets SET user_id = 14 WHERE id = 62");
    assert_problem(
        post(fx.agent, path_of(fx.active, "/transfer"), "{\"queueId\":32}"),
        403, "forbidden");
    assert_problem(post(fx.agent, path_of(fx.active, "/assign"), "{}"), 403,
                   "forbidden");
    assert_status(
        post(fx.supervisor, path_of(fx.active, "/assign"), "{\"userId\":13}"),
        200);
    assert_string_equal(sql("SELECT user_id FROM tickets WHERE id = 62"), "13");
}

TEST(assign_takes_gives_and_gives_back)
{
    struct answer *a;

    UNUSED;
    a = post(fx.agent, path_of(fx.pending, "/assign"), "{}");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "assigneeId"), fx.agent);
    assert_problem(post(fx.agent, path_of(fx.pending, "/assign"), "{}"), 409,
                   "conflict");
    assert_problem(
        post(fx.agent, path_of(fx.pending, "/assign"), "{\"userId\":14}"), 403,
        "forbidden");
    a = post(fx.agent, path_of(fx.pending, "/assign"), "{\"userId\":null}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "pending");
    assert_problem(post(fx.agent, path_of(fx.closed, "/assign"), "{}"), 409,
                   "conflict");
}

/* ---- adiar e não lido ---- */

TEST(snooze_waits_for_its_hour_and_a_job_wakes_it)
{
    struct answer *a;

    UNUSED;
    a = post(fx.agent, path_of(fx.active, "/snooze"),
             text("{\"until\":\"%s\"}",
                  sql("SELECT to_char(now() + interval '2 hours', "
                      "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")));
    assert_status(a, 200);
    assert_non_null(at_text(a, "snoozedUntil"));
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'ticket.wake' AND payload ->> 'ticketId' = '62' "
                             "AND run_at > now() + interval '1 hour'"),
                     1);
    a = post(fx.agent, path_of(fx.active, "/unsnooze"), NULL);
    assert_status(a, 200);
    assert_null(at(a, "snoozedUntil"));
    assert_problem(post(fx.agent, path_of(fx.active, "/unsnooze"), NULL), 409,
                   "conflict");
    assert_problem(post(fx.agent, path_of(fx.closed, "/snooze"),
                        "{\"until\":\"2027-01-01\"}"),
                   409, "conflict");
}

TEST(snooze_until_the_past_or_nonsense_is_refused)
{
    static const char *const bad[] = { "2020-01-01T00:00:00Z", "amanhã",
                                       "infinity", "2027-02-31",
                                       "9999-01-01T00:00:00Z" };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_field(post(fx.agent, path_of(fx.active, "/snooze"),
                          text("{\"until\":\"%s\"}", bad[i])),
                     "until", "range");
}

TEST(unread_counts_one_and_closed_ones_refuse)
{
    UNUSED;
    sql("UPDATE tickets SET unread_count = 0 WHERE id = 62");
    assert_status(post(fx.agent, path_of(fx.active, "/unread"), NULL), 204);
    assert_status(post(fx.agent, path_of(fx.active, "/unread"), NULL), 204);
    assert_string_equal(sql("SELECT unread_count FROM tickets WHERE id = 62"),
                        "1");
    assert_int_equal(events("ticket:updated", "ticket:62"), 1);
    assert_problem(post(fx.agent, path_of(fx.closed, "/unread"), NULL), 409,
                   "conflict");
}

/* ---- ciclos ---- */

TEST(reply_stops_the_wait_and_keeps_the_first_answer_time)
{
    UNUSED;
    sql("UPDATE tickets SET opened_at = now() - interval '90 s', waiting_since "
        "= now() - interval '90 s', last_message_at = now() - interval '90 s' "
        "WHERE id = 61");
    assert_status(post(fx.agent, path_of(fx.pending, "/messages"),
                       "{\"body\":\"Bom dia\"}"),
                  201);
    assert_null(sql("SELECT waiting_since FROM tickets WHERE id = 61"));
    assert_int_equal(sql_int("SELECT (first_answer_s BETWEEN 90 AND 95)::int "
                             "FROM tickets WHERE id = 61"),
                     1);
}

TEST(close_with_a_reason_stores_the_time_and_reopen_starts_a_cycle)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE tickets SET opened_at = now() - interval '1 hour', "
        "snoozed_until = now() + interval '1 day' WHERE id = 62");
    a = post(fx.agent, path_of(fx.active, "/close"),
             "{\"reason\":\"Resolvido\"}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "closeReason"), "Resolvido");
    assert_null(at(a, "snoozedUntil"));
    assert_true(at_int(a, "resolutionS") >= 3600);
    a = post(fx.agent, path_of(fx.active, "/reopen"), NULL);
    assert_status(a, 200);
    assert_null(at(a, "resolutionS"));
    assert_null(at(a, "firstAnswerS"));
    assert_string_equal(at_text(a, "closeReason"), "");
    assert_string_equal(sql("SELECT cycle FROM tickets WHERE id = 62"), "2");
}

TEST(a_merged_ticket_does_not_reopen)
{
    UNUSED;
    sql("UPDATE tickets SET merged_into_id = 62 WHERE id = 63");
    assert_problem(post(fx.agent, path_of(fx.closed, "/reopen"), NULL), 409,
                   "conflict");
}

TEST(history_pages_by_cursor_and_hides_from_strangers)
{
    struct answer *a;

    UNUSED;
    post(fx.agent, path_of(fx.active, "/close"), NULL);
    post(fx.agent, path_of(fx.active, "/reopen"), NULL);
    a = get(fx.agent, path_of(fx.active, "/history?limit=1"));
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_string_equal(at_text(a, "data.0.to"), "active");
    a = get(fx.agent, path_of(fx.active, text("/history?limit=1&before=%s",
                                              at_text(a, "nextCursor"))));
    assert_string_equal(at_text(a, "data.0.to"), "closed");
    assert_problem(get(fx.stranger, path_of(fx.active, "/history")), 404,
                   "not-found");
    assert_problem(get(fx.agent, path_of(fx.hidden, "/history")), 404,
                   "not-found");
}

TEST(changes_of_what_one_does_not_see_answer_404)
{
    static const char *const actions[][2] = {
        { "/transfer", "{\"queueId\":31}" },
        { "/assign", "{}" },
        { "/snooze", "{\"until\":\"2027-01-01\"}" },
        { "/unsnooze", NULL },
        { "/unread", NULL },
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof actions / sizeof *actions; i++) {
        assert_problem(
            post(fx.agent, path_of(fx.hidden, actions[i][0]), actions[i][1]),
            404, "not-found");
        assert_problem(
            post(fx.stranger, path_of(fx.active, actions[i][0]), actions[i][1]),
            404, "not-found");
    }
    assert_problem(edit(fx.agent, fx.hidden, "PATCH", "{\"version\":1}"), 404,
                   "not-found");
    assert_problem(edit(fx.stranger, fx.active, "PUT", "{\"version\":1}"), 404,
                   "not-found");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, harness_reset)
    const struct CMUnitTest tests[] = {
        T(open_with_a_contact_starts_a_conversation_of_who_asked),
        T(open_with_a_new_phone_creates_the_contact_and_may_wait),
        T(open_beside_an_open_one_answers_409_and_names_it),
        T(open_with_a_blocked_contact_answers_409),
        T(open_with_bad_fields_says_which),
        T(edit_changes_what_came_and_keeps_the_history),
        T(edit_of_an_old_version_answers_409_and_changes_nothing),
        T(edit_with_the_same_values_changes_no_version),
        T(edit_with_foreign_tags_or_bad_custom_fields_is_refused),
        T(transfer_to_a_person_tells_the_old_and_the_new),
        T(transfer_to_a_queue_waits_there_for_whoever_takes_it),
        T(transfer_to_who_cannot_answer_is_refused_with_the_field),
        T(transfer_of_a_closed_or_settled_ticket_answers_409),
        T(what_another_attends_moves_only_by_who_coordinates),
        T(assign_takes_gives_and_gives_back),
        T(snooze_waits_for_its_hour_and_a_job_wakes_it),
        T(snooze_until_the_past_or_nonsense_is_refused),
        T(unread_counts_one_and_closed_ones_refuse),
        T(reply_stops_the_wait_and_keeps_the_first_answer_time),
        T(close_with_a_reason_stores_the_time_and_reopen_starts_a_cycle),
        T(a_merged_ticket_does_not_reopen),
        T(history_pages_by_cursor_and_hides_from_strangers),
        T(changes_of_what_one_does_not_see_answer_404),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
