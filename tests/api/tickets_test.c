/* tickets_test.c - rotas de /api/v1/tickets, pelo programa de verdade. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

#define P "tickets"

static struct answer *
get(int64_t person, const char *path)
{
    return get_as(person, P, path);
}

static struct answer *
post(int64_t person, const char *path, const char *body)
{
    return post_as(person, P, path, body);
}

static const char *
ticket_path(int64_t id, const char *rest)
{
    return text("/api/v1/tickets/%" PRId64 "%s", id, rest);
}

TEST(list_without_token_answers_401)
{
    UNUSED;
    assert_problem(get(0, "/api/v1/tickets"), 401, "unauthorized");
}

TEST(list_shows_active_tickets_of_the_queue_only)
{
    struct answer *a;

    UNUSED;
    a = get(fx.agent, "/api/v1/tickets?status=open");
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_int_equal(at_int(a, "data.0.id"), fx.active);
    assert_string_equal(at_text(a, "data.0.contact"), "Davi Dias");
    assert_string_equal(at_text(a, "data.0.queue"), "Vendas");
    assert_string_equal(at_text(a, "data.0.assignee"), "Bruno Agente");
    assert_string_equal(at_text(a, "data.0.lastMessage"), "Tem pão?");
    assert_int_equal(at_int(a, "data.0.unreadCount"), 1);
}

TEST(list_shows_admin_every_ticket_of_the_company)
{
    struct answer *a;

    UNUSED;
    a = get(fx.admin, "/api/v1/tickets?status=active");
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
}

TEST(list_for_own_visibility_hides_the_queue)
{
    UNUSED;
    assert_int_equal(
        json_object_array_length(
            at(get(fx.loner, "/api/v1/tickets?status=pending"), "data")),
        0);
}

TEST(list_pages_by_cursor_without_repeating)
{
    struct answer *one, *two;
    struct json_object *next;

    UNUSED;
    one = get(fx.admin, "/api/v1/tickets?limit=1");
    next = at(one, "nextCursor");
    assert_non_null(next);
    two = call(&(struct call){
        .program = P,
        .token = token_of(fx.admin),
        .path = text("/api/v1/tickets?limit=1&cursor=%s", "lixo") });
    assert_problem(two, 422, "invalid-fields");
    assert_field(two, "cursor", "format");
    sql("UPDATE tickets SET updated_at = now() - interval '1 day' "
        "WHERE id = %" PRId64,
        fx.hidden);
    one = get(fx.admin, "/api/v1/tickets?limit=1");
    two = get(fx.admin, text("/api/v1/tickets?limit=1&cursor=%.10sT%.2s%%3A%s",
                             at_text(one, "nextCursor"), "00", "x"));
    assert_status(two, 422);
}

TEST(list_cursor_leads_to_the_next_row)
{
    struct answer *one, *two;
    char cursor[200] = "";
    const char *p;
    size_t n = 0;

    UNUSED;
    one = get(fx.admin, "/api/v1/tickets?limit=1");
    for (p = at_text(one, "nextCursor"); *p != '\0'; p++)
        n += (size_t)snprintf(cursor + n, sizeof cursor - n, "%%%02X",
                              (unsigned char)*p);
    two = get(fx.admin, text("/api/v1/tickets?limit=1&cursor=%s", cursor));
    assert_status(two, 200);
    assert_int_not_equal(at_int(one, "data.0.id"), at_int(two, "data.0.id"));
}

TEST(list_with_bad_fields_reports_all_of_them)
{
    struct answer *a;

    UNUSED;
    a = get(fx.admin, "/api/v1/tickets?status=x&limit=0&enfeite=1");
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "status", "one_of");
    assert_field(a, "limit", "min");
    assert_field(a, "enfeite", "unknown");
}

TEST(aliases_answer_as_the_canonical_path)
{
    const char *body;

    UNUSED;
    body = get(fx.admin, "/api/v1/tickets?status=active")->body;
    assert_string_equal(get(fx.admin, "/api/tickets?status=active")->body,
                        body);
    assert_string_equal(get(fx.admin, "/api/v1/chats?status=active")->body,
                        body);
}

TEST(get_of_another_company_or_hidden_answers_404)
{
    UNUSED;
    assert_status(get(fx.admin, ticket_path(fx.active, "")), 200);
    assert_problem(get(fx.admin, ticket_path(fx.foreign, "")), 404,
                   "not-found");
    assert_problem(get(fx.agent, ticket_path(fx.hidden, "")), 404, "not-found");
    assert_problem(get(fx.admin, "/api/v1/tickets/9223372036854775808"), 422,
                   "invalid-fields");
}

TEST(messages_of_a_ticket_come_newest_first)
{
    struct answer *a;

    UNUSED;
    post(fx.agent, ticket_path(fx.active, "/messages"), "{\"body\":\"um\"}");
    a = get(fx.agent, ticket_path(fx.active, "/messages?limit=1"));
    assert_string_equal(at_text(a, "data.0.body"), "um");
    a = get(fx.agent, text("/api/v1/tickets/%" PRId64 "/messages?before=%s",
                           fx.active, at_text(a, "nextCursor")));
    assert_string_equal(at_text(a, "data.0.body"), "Tem pão?");
    assert_problem(get(fx.agent, ticket_path(fx.hidden, "/messages")), 404,
                   "not-found");
    assert_problem(get(fx.stranger, ticket_path(fx.active, "/messages")), 404,
                   "not-found");
}

TEST(reply_is_stored_queued_announced_and_enqueued)
{
    struct answer *a;

    UNUSED;
    a = post(fx.agent, ticket_path(fx.active, "/messages"),
             "{\"body\":\"Já vai! 😀\"}");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "status"), "queued");
    assert_string_equal(at_text(a, "senderType"), "user");
    assert_int_equal(at_int(a, "userId"), fx.agent);
    assert_int_equal(
        sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                "'message:created' AND rooms @> ARRAY['ticket:%" PRId64
                "', 'company', "
                "'queue:%" PRId64 "', 'user:%" PRId64 "']",
                fx.active, fx.queue, fx.agent),
        1);
    assert_int_equal(
        sql_int("SELECT count(*) FROM jobs WHERE kind = "
                "'message.send' AND payload->>'messageId' = '%" PRId64 "'",
                at_int(a, "id")),
        1);
    assert_int_equal(
        sql_int("SELECT unread_count FROM tickets WHERE id = %" PRId64,
                fx.active),
        0);
}

TEST(reply_to_a_pending_ticket_takes_it)
{
    UNUSED;
    assert_status(post(fx.agent, ticket_path(fx.pending, "/messages"),
                       "{\"body\":\"Bom dia!\"}"),
                  201);
    assert_string_equal(sql("SELECT status || ' ' || user_id FROM tickets "
                            "WHERE id = %" PRId64,
                            fx.pending),
                        "active 13");
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE "
                             "ticket_id = %" PRId64 " AND new_value = 'active'",
                             fx.pending),
                     1);
}

TEST(reply_to_a_closed_ticket_answers_409)
{
    UNUSED;
    assert_problem(post(fx.agent, ticket_path(fx.closed, "/messages"),
                        "{\"body\":\"oi\"}"),
                   409, "conflict");
}

TEST(reply_after_the_window_is_refused_before_the_provider)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE tickets SET window_until = now() - interval '1 s' WHERE id = "
        "%" PRId64,
        fx.active);
    a = post(fx.agent, ticket_path(fx.active, "/messages"),
             "{\"body\":\"oi\"}");
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "body", "window");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
}

TEST(reply_quoting_another_ticket_is_refused)
{
    struct answer *a;

    UNUSED;
    a = post(
        fx.agent, ticket_path(fx.active, "/messages"),
        text("{\"body\":\"oi\",\"replyTo\":%" PRId64 "}", fx.pending + 10));
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "replyTo", "exists");
    assert_status(
        post(fx.agent, ticket_path(fx.active, "/messages"),
             text("{\"body\":\"oi\",\"replyTo\":%" PRId64 "}", fx.active + 10)),
        201);
}

TEST(reply_to_another_company_answers_404)
{
    UNUSED;
    assert_problem(post(fx.admin, ticket_path(fx.foreign, "/messages"),
                        "{\"body\":\"oi\"}"),
                   404, "not-found");
    assert_problem(post(fx.agent, ticket_path(2147483647, "/messages"),
                        "{\"body\":\"oi\"}"),
                   404, "not-found");
}

TEST(reply_with_bad_bodies_is_refused_clearly)
{
    static const struct {
        const char *body;
        int status;
        const char *code;
    } bad[] = {
        { "", 400, "bad-json" },
        { "{", 400, "bad-json" },
        { "[]", 400, "bad-json" },
        { "{\"body\":\"a\"}lixo", 400, "bad-json" },
        { "{\"body\":\"\xff\"}", 400, "bad-json" },
        { "{}", 422, "invalid-fields" },
        { "{\"body\":1}", 422, "invalid-fields" },
        { "{\"body\":\"\"}", 422, "invalid-fields" },
        { "{\"body\":\"  \\n\"}", 422, "invalid-fields" },
        { "{\"body\":\"a\\u0000b\"}", 422, "invalid-fields" },
        { "{\"body\":\"a\",\"role\":\"admin\"}", 422, "invalid-fields" },
        { "{\"body\":\"a\",\"replyTo\":\"1\"}", 422, "invalid-fields" },
        { "{\"body\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
          "}",
          400, "bad-json" },
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_problem(
            post(fx.agent, ticket_path(fx.active, "/messages"), bad[i].body),
            bad[i].status, bad[i].code);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE user_id IS "
                             "NOT NULL"),
                     0);
}

TEST(reply_counts_characters_not_bytes)
{
    struct answer *a;

    UNUSED;
    a = post(fx.agent, ticket_path(fx.active, "/messages"),
             sql("SELECT json_build_object('body', repeat('ã', 4096))"));
    assert_status(a, 201);
    a = post(fx.agent, ticket_path(fx.active, "/messages"),
             sql("SELECT json_build_object('body', repeat('ã', 4097))"));
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "body", "max");
}

TEST(reply_with_wrong_type_or_size_is_refused_before_reading)
{
    struct answer *a;

    UNUSED;
    a = call(&(struct call){ .program = P,
                             .token = token_of(fx.agent),
                             .path = ticket_path(fx.active, "/messages"),
                             .type = "text/plain",
                             .body = "{\"body\":\"a\"}" });
    assert_problem(a, 415, "unsupported-media-type");
    setenv("BALCAO_UPLOAD_MAX_SIZE", "1024", 1);
    a = post(fx.agent, ticket_path(fx.active, "/messages"),
             sql("SELECT json_build_object('body', repeat('a', 2000))"));
    unsetenv("BALCAO_UPLOAD_MAX_SIZE");
    assert_problem(a, 413, "too-large");
}

static struct answer *
post_keyed(const char *key, const char *body)
{
    return call(
        &(struct call){ .program = P,
                        .token = token_of(fx.agent),
                        .path = ticket_path(fx.active, "/messages"),
                        .body = body,
                        .headers = { text("Idempotency-Key: %s", key) } });
}

TEST(reply_repeated_with_its_key_is_the_same_message)
{
    struct answer *one, *two;

    UNUSED;
    one = post_keyed("\"chave-1\"", "{\"body\":\"uma vez\"}");
    two = post_keyed("chave-1", "{\"body\":\"uma vez\"}");
    assert_status(one, 201);
    assert_status(two, 201);
    assert_string_equal(one->body, two->body);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE body = "
                             "'uma vez'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     1);
    assert_problem(post_keyed("chave-1", "{\"body\":\"outra\"}"), 422,
                   "idempotency-key-reused");
    assert_problem(post_keyed("com espaço", "{\"body\":\"x\"}"), 400,
                   "bad-request");
}

TEST(take_gives_the_ticket_to_one_and_tells_the_other)
{
    struct answer *a;

    UNUSED;
    a = post(fx.agent, ticket_path(fx.pending, "/take"), NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "active");
    assert_int_equal(at_int(a, "assigneeId"), fx.agent);
    a = post(fx.admin, ticket_path(fx.pending, "/take"), NULL);
    assert_problem(a, 409, "conflict");
    assert_non_null(strstr(at_text(a, "detail"), "Bruno Agente"));
    assert_status(post(fx.agent, ticket_path(fx.pending, "/take"), NULL), 200);
}

TEST(close_and_reopen_keep_the_history)
{
    struct answer *a;

    UNUSED;
    a = post(fx.agent, ticket_path(fx.active, "/close"), NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "closed");
    assert_non_null(at(a, "closedAt"));
    assert_problem(post(fx.agent, ticket_path(fx.active, "/close"), NULL), 409,
                   "conflict");
    a = post(fx.agent, text("/api/v1/chats/%" PRId64 "/reopen", fx.active),
             NULL);
    assert_status(a, 200);
    assert_null(at(a, "closedAt"));
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE "
                             "ticket_id = %" PRId64,
                             fx.active),
                     2);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'ticket:closed'"),
                     1);
    assert_problem(post(fx.agent, ticket_path(fx.active, "/reopen"), NULL), 409,
                   "conflict");
}

TEST(reopen_beside_another_open_ticket_answers_409)
{
    UNUSED;
    sql("INSERT INTO tickets (company_id, contact_id, channel_id, queue_id, "
        "status) SELECT company_id, contact_id, channel_id, queue_id, "
        "'pending' FROM tickets WHERE id = %" PRId64,
        fx.closed);
    assert_problem(post(fx.agent, ticket_path(fx.closed, "/reopen"), NULL), 409,
                   "conflict");
}

TEST(mark_read_clears_the_count_and_tells_the_rooms)
{
    UNUSED;
    assert_status(post(fx.agent, ticket_path(fx.active, "/read"), NULL), 204);
    assert_int_equal(
        sql_int("SELECT unread_count FROM tickets WHERE id = %" PRId64,
                fx.active),
        0);
    assert_problem(post(fx.agent, ticket_path(fx.hidden, "/read"), NULL), 404,
                   "not-found");
}

TEST(changes_by_a_stranger_answer_404_and_change_nothing)
{
    static const char *const actions[] = { "/take", "/close", "/reopen",
                                           "/read" };
    size_t i;

    UNUSED;
    for (i = 0; i < 4; i++)
        assert_problem(
            post(fx.stranger, ticket_path(fx.active, actions[i]), NULL), 404,
            "not-found");
    assert_string_equal(
        sql("SELECT status FROM tickets WHERE id = %" PRId64, fx.active),
        "active");
}

TEST(wrong_method_answers_405_with_allow)
{
    struct answer *a;

    UNUSED;
    a = call(&(struct call){ .program = P,
                             .method = "DELETE",
                             .path = "/api/v1/tickets/1",
                             .token = token_of(fx.admin) });
    assert_problem(a, 405, "method-not-allowed");
    assert_non_null(strstr(a->headers, "Allow: GET, HEAD"));
}

TEST(unknown_paths_answer_404)
{
    UNUSED;
    assert_problem(get(fx.admin, "/api/v1/tickets/1/nada"), 404, "not-found");
    assert_problem(get(fx.admin, "/api/v1/tickets/"), 404, "not-found");
}

TEST(head_has_the_length_and_no_body)
{
    struct answer *a;

    UNUSED;
    a = call(&(struct call){ .program = P,
                             .method = "HEAD",
                             .path = "/api/v1/tickets",
                             .token = token_of(fx.admin) });
    assert_status(a, 200);
    assert_int_equal(a->len, 0);
    assert_null(strstr(a->headers, "Content-Length: 0"));
}

TEST(a_raised_token_version_ends_older_tokens)
{
    const char *token;

    UNUSED;
    token = token_of(fx.agent);
    sql("UPDATE users SET token_version = token_version + 1 WHERE id = "
        "%" PRId64,
        fx.agent);
    assert_problem(call(&(struct call){ .program = P,
                                        .token = token,
                                        .path = "/api/v1/tickets" }),
                   401, "unauthorized");
}

TEST(a_suspended_company_answers_403)
{
    UNUSED;
    sql("UPDATE companies SET suspended_at = now() WHERE id = %" PRId64,
        fx.company);
    assert_problem(get(fx.agent, "/api/v1/tickets"), 403, "suspended");
}

TEST(forged_and_broken_tokens_answer_401)
{
    static const char *const bad[] = {
        "x",
        "a.b.c",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMSJ9.",
        "",
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_problem(call(&(struct call){ .program = P,
                                            .token = bad[i],
                                            .path = "/api/v1/tickets" }),
                       401, "unauthorized");
}

TEST(problems_come_in_the_language_asked_for)
{
    struct answer *a;

    UNUSED;
    a = call(
        &(struct call){ .program = P,
                        .path = "/api/v1/tickets",
                        .headers = { "Accept-Language: en-US,en;q=0.9" } });
    assert_string_equal(at_text(a, "title"), "Sign in to continue");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, harness_reset)
    const struct CMUnitTest tests[] = {
        T(list_without_token_answers_401),
        T(list_shows_active_tickets_of_the_queue_only),
        T(list_shows_admin_every_ticket_of_the_company),
        T(list_for_own_visibility_hides_the_queue),
        T(list_pages_by_cursor_without_repeating),
        T(list_cursor_leads_to_the_next_row),
        T(list_with_bad_fields_reports_all_of_them),
        T(aliases_answer_as_the_canonical_path),
        T(get_of_another_company_or_hidden_answers_404),
        T(messages_of_a_ticket_come_newest_first),
        T(reply_is_stored_queued_announced_and_enqueued),
        T(reply_to_a_pending_ticket_takes_it),
        T(reply_to_a_closed_ticket_answers_409),
        T(reply_after_the_window_is_refused_before_the_provider),
        T(reply_quoting_another_ticket_is_refused),
        T(reply_to_another_company_answers_404),
        T(reply_with_bad_bodies_is_refused_clearly),
        T(reply_counts_characters_not_bytes),
        T(reply_with_wrong_type_or_size_is_refused_before_reading),
        T(reply_repeated_with_its_key_is_the_same_message),
        T(take_gives_the_ticket_to_one_and_tells_the_other),
        T(close_and_reopen_keep_the_history),
        T(reopen_beside_another_open_ticket_answers_409),
        T(mark_read_clears_the_count_and_tells_the_rooms),
        T(changes_by_a_stranger_answer_404_and_change_nothing),
        T(wrong_method_answers_405_with_allow),
        T(unknown_paths_answer_404),
        T(head_has_the_length_and_no_body),
        T(a_raised_token_version_ends_older_tokens),
        T(a_suspended_company_answers_403),
        T(forged_and_broken_tokens_answer_401),
        T(problems_come_in_the_language_asked_for),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
