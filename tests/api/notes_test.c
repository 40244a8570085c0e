/* notes_test.c - anotações internas e rascunhos. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

static const char *
ticket_path(int64_t id, const char *rest)
{
    return text("/api/v1/tickets/%" PRId64 "%s", id, rest);
}

static struct answer *
note_on(int64_t ticket, int64_t person, const char *body)
{
    return post_as(person, "tickets", ticket_path(ticket, "/notes"), body);
}

static struct answer *
send_as(int64_t person, const char *program, const char *method,
        const char *path, const char *body)
{
    return call(&(struct call){ .program = program,
                                .method = method,
                                .path = path,
                                .token = token_of(person),
                                .body = body });
}

/* Tudo o que o ticket guarda, para provar que nada mudou. */
static const char *
ticket_digest(int64_t id)
{
    return sql("SELECT md5(t::text) FROM tickets t WHERE id = %" PRId64, id);
}

TEST(a_note_is_announced_and_leaves_the_ticket_alone)
{
    const char *before = ticket_digest(fx.active);
    struct answer *a;

    UNUSED;
    a = note_on(fx.active, fx.agent, "{\"body\":\"Cliente antigo\"}");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "kind"), "note");
    assert_string_equal(at_text(a, "senderType"), "user");
    assert_string_equal(at_text(a, "body"), "Cliente antigo");
    assert_string_equal(before, ticket_digest(fx.active));
    assert_int_equal(
        sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                "'message:created' AND rooms @> ARRAY['ticket:%" PRId64 "']",
                fx.active),
        1);
}

TEST(a_note_never_reaches_the_sending_queue)
{
    int64_t id;

    UNUSED;
    id = at_int(note_on(fx.active, fx.agent, "{\"body\":\"segredo\"}"), "id");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
    /* nem quem mexa no banco a põe na rua */
    assert_false(sql_works(
        text("UPDATE messages SET status = 'queued' WHERE id = %" PRId64, id)));
    assert_false(sql_works(
        text("UPDATE messages SET provider_id = 'x' WHERE id = %" PRId64, id)));
    assert_problem(send_as(fx.agent, "messages", "POST",
                           text("/api/v1/messages/%" PRId64 "/retry", id),
                           NULL),
                   409, "conflict");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
}

TEST(a_closed_ticket_takes_notes)
{
    UNUSED;
    assert_status(note_on(fx.closed, fx.agent, "{\"body\":\"depois\"}"), 201);
    assert_string_equal(
        sql("SELECT status FROM tickets WHERE id = %" PRId64, fx.closed),
        "closed");
}

TEST(mentions_by_number_and_by_name_are_told)
{
    struct answer *a;

    UNUSED;
    a = note_on(fx.active, fx.agent,
                text("{\"body\":\"@sara supervisora, veja\",\"mentions\":"
                     "[%" PRId64 ",%" PRId64 "]}",
                     fx.admin, fx.admin));
    assert_status(a, 201);
    assert_int_equal(json_object_array_length(at(a, "mentions")), 2);
    assert_int_equal(
        sql_int("SELECT count(*) FROM live_outbox WHERE type = 'notification' "
                "AND rooms IN (ARRAY['user:11'], ARRAY['user:12'])"),
        2);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'notification' AND payload LIKE '%%veja%%'"),
                     0);
}

TEST(mentioning_oneself_tells_nobody)
{
    UNUSED;
    assert_status(
        note_on(fx.active, fx.agent,
                text("{\"body\":\"x\",\"mentions\":[%" PRId64 "]}", fx.agent)),
        201);
    assert_int_equal(
        sql_int("SELECT count(*) FROM live_outbox WHERE type = 'notification'"),
        0);
}

TEST(mentioning_someone_from_outside_is_refused)
{
    struct answer *a;

    UNUSED;
    a = note_on(
        fx.active, fx.agent,
        text("{\"body\":\"x\",\"mentions\":[%" PRId64 "]}", fx.stranger));
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "mentions", "exists");
    assert_int_equal(
        sql_int("SELECT count(*) FROM messages WHERE kind = 'note'"), 0);
}

TEST(notes_with_bad_bodies_are_refused)
{
    UNUSED;
    assert_field(note_on(fx.active, fx.agent, "{\"body\":\" \\n\"}"), "body",
                 "min");
    assert_field(note_on(fx.active, fx.agent, "{}"), "body", "required");
    assert_field(note_on(fx.active, fx.agent,
                         sql("SELECT json_build_object('body', "
                             "repeat('ã', 4097))")),
                 "body", "max");
    assert_problem(note_on(fx.hidden, fx.agent, "{\"body\":\"x\"}"), 404,
                   "not-found");
    assert_problem(note_on(fx.foreign, fx.admin, "{\"body\":\"x\"}"), 404,
                   "not-found");
}

static int64_t
a_note_by(int64_t person)
{
    return at_int(note_on(fx.active, person, "{\"body\":\"primeira\"}"), "id");
}

TEST(only_the_author_or_a_leader_changes_a_note)
{
    struct answer *a;
    const char *path;

    UNUSED;
    sql("INSERT INTO queue_members (company_id, queue_id, user_id) "
        "VALUES (1, 31, 16)");
    path = text("/api/v1/messages/%" PRId64, a_note_by(fx.agent));
    assert_problem(
        send_as(fx.both, "messages", "PATCH", path, "{\"body\":\"outra\"}"),
        403, "forbidden");
    assert_problem(send_as(fx.both, "messages", "DELETE", path, NULL), 403,
                   "forbidden");
    a = send_as(fx.agent, "messages", "PATCH", path, "{\"body\":\"segunda\"}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "body"), "segunda");
    assert_non_null(at(a, "editedAt"));
    assert_status(send_as(fx.supervisor, "messages", "PATCH", path,
                          "{\"body\":\"terceira\"}"),
                  200);
    assert_string_equal(
        sql("SELECT string_agg(h ->> 'body', ',') FROM messages, "
            "jsonb_array_elements(payload -> 'history') h"),
        "primeira,segunda");
}

TEST(a_deleted_note_leaves_a_mark_without_the_text)
{
    struct answer *a;
    const char *path;

    UNUSED;
    path = text("/api/v1/messages/%" PRId64, a_note_by(fx.agent));
    a = send_as(fx.agent, "messages", "DELETE", path, NULL);
    assert_status(a, 200);
    assert_non_null(at(a, "deletedAt"));
    assert_string_equal(at_text(a, "body"), "");
    assert_int_equal(sql_int("SELECT count(*) FROM messages m WHERE "
                             "m::text LIKE '%%primeira%%'"),
                     0);
    assert_problem(send_as(fx.agent, "messages", "DELETE", path, NULL), 409,
                   "conflict");
    assert_problem(
        send_as(fx.agent, "messages", "PATCH", path, "{\"body\":\"volta\"}"),
        409, "conflict");
}

TEST(a_clients_edit_still_moves_the_list_under_a_note)
{
    UNUSED;
    a_note_by(fx.agent);
    sql("UPDATE tickets SET last_message = 'editada' WHERE id = %" PRId64
        " AND NOT EXISTS (SELECT FROM messages m WHERE m.ticket_id = "
        "tickets.id AND m.id > %" PRId64 " AND m.kind <> 'note')",
        fx.active, fx.active + 10);
    assert_string_equal(
        sql("SELECT last_message FROM tickets WHERE id = %" PRId64, fx.active),
        "editada");
}

/* ---- rascunhos ---- */

static struct answer *
draft(int64_t person, const char *method, const char *body)
{
    return send_as(person, "tickets", method, ticket_path(fx.active, "/draft"),
                   body);
}

TEST(a_draft_is_of_one_person_and_survives)
{
    struct answer *a;

    UNUSED;
    a = draft(fx.agent, "GET", NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "body"), "");
    assert_null(at(a, "updatedAt"));
    a = draft(fx.agent, "PUT",
              text("{\"body\":\"Bom di\",\"replyTo\":%" PRId64
                   ",\"isNote\":true}",
                   fx.active + 10));
    assert_status(a, 200);
    draft(fx.agent, "PUT", "{\"body\":\"Bom dia\"}");
    a = draft(fx.agent, "GET", NULL);
    assert_string_equal(at_text(a, "body"), "Bom dia");
    assert_null(at(a, "replyTo"));
    assert_non_null(at(a, "updatedAt"));
    assert_string_equal(at_text(draft(fx.admin, "GET", NULL), "body"), "");
    assert_int_equal(sql_int("SELECT count(*) FROM drafts"), 1);
}

TEST(an_empty_draft_is_no_draft)
{
    UNUSED;
    draft(fx.agent, "PUT", "{\"body\":\"x\"}");
    assert_status(draft(fx.agent, "PUT", "{\"body\":\"\"}"), 200);
    assert_int_equal(sql_int("SELECT count(*) FROM drafts"), 0);
    draft(fx.agent, "PUT", "{\"body\":\"x\"}");
    assert_status(draft(fx.agent, "DELETE", NULL), 204);
    assert_status(draft(fx.agent, "DELETE", NULL), 204);
    assert_int_equal(sql_int("SELECT count(*) FROM drafts"), 0);
}

TEST(drafts_of_tickets_one_cannot_see_answer_404)
{
    UNUSED;
    assert_problem(draft(fx.stranger, "GET", NULL), 404, "not-found");
    assert_problem(draft(fx.stranger, "PUT", "{\"body\":\"x\"}"), 404,
                   "not-found");
    assert_problem(draft(fx.stranger, "PUT", "{\"body\":\"\"}"), 404,
                   "not-found");
    assert_problem(draft(fx.stranger, "DELETE", NULL), 404, "not-found");
    assert_field(draft(fx.agent, "PUT",
                       sql("SELECT json_build_object('body', "
                           "repeat('a', 4097))")),
                 "body", "max");
}

TEST(erasing_a_conversation_takes_its_drafts)
{
    UNUSED;
    draft(fx.agent, "PUT", "{\"body\":\"CPF 123\"}");
    sql("UPDATE tickets SET erased_at = now() WHERE id = %" PRId64, fx.active);
    assert_int_equal(sql_int("SELECT count(*) FROM drafts"), 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, harness_reset)
    const struct CMUnitTest tests[] = {
        T(a_note_is_announced_and_leaves_the_ticket_alone),
        T(a_note_never_reaches_the_sending_queue),
        T(a_closed_ticket_takes_notes),
        T(mentions_by_number_and_by_name_are_told),
        T(mentioning_oneself_tells_nobody),
        T(mentioning_someone_from_outside_is_refused),
        T(notes_with_bad_bodies_are_refused),
        T(only_the_author_or_a_leader_changes_a_note),
        T(a_deleted_note_leaves_a_mark_without_the_text),
        T(a_clients_edit_still_moves_the_list_under_a_note),
        T(a_draft_is_of_one_person_and_survives),
        T(an_empty_draft_is_no_draft),
        T(drafts_of_tickets_one_cannot_see_answer_404),
        T(erasing_a_conversation_takes_its_drafts),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
