/* message_action_test.c - reagir, apagar, repetir, encaminhar, marcar, ler. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static struct answer *
ask(int64_t person, const char *method, int64_t id, const char *rest,
    const char *body)
{
    return call(&(struct call){
        .program = "messages",
        .method = method,
        .path = text("/api/v1/messages/%" PRId64 "%s", id, rest),
        .token = token_of(person),
        .body = body });
}

static struct answer *
path_as(int64_t person, const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "messages",
                                .method = method,
                                .path = text("/api/v1/messages/%s", path),
                                .token = token_of(person),
                                .body = body });
}

/* A mensagem que o cliente mandou no ticket ativo. */
static int64_t
heard(void)
{
    return fx.active + 10;
}

/* Uma resposta nossa, no estado pedido. */
static int64_t
said(const char *status, const char *provider_id)
{
    int64_t id =
        at_int(post_as(fx.agent, "tickets",
                       text("/api/v1/tickets/%" PRId64 "/messages", fx.active),
                       "{\"body\":\"Já vai\"}"),
               "id");

    sql("UPDATE messages SET status = '%s', provider_id = nullif('%s', ''), "
        "error = 'caiu' WHERE id = %" PRId64,
        status, provider_id, id);
    sql("DELETE FROM jobs");
    sql("DELETE FROM live_outbox");
    return id;
}

static int64_t
jobs_of(const char *kind)
{
    return sql_int("SELECT count(*) FROM jobs WHERE kind = '%s'", kind);
}

static int64_t
events(const char *type)
{
    return sql_int("SELECT count(*) FROM live_outbox WHERE type = '%s'", type);
}

/* ---- reações ---- */

TEST(a_reaction_is_shown_announced_and_enqueued)
{
    struct answer *a;

    UNUSED;
    a = ask(fx.agent, "POST", heard(), "/reaction", "{\"emoji\":\"👍🏽\"}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "reactions.0.emoji"), "👍🏽");
    assert_int_equal(jobs_of("message.react"), 1);
    assert_int_equal(events("message:updated"), 1);
    /* a mesma de novo não é novidade */
    ask(fx.agent, "POST", heard(), "/reaction", "{\"emoji\":\"👍🏽\"}");
    assert_int_equal(jobs_of("message.react"), 1);
}

TEST(a_reaction_replaces_ours_and_keeps_the_clients)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE messages SET reactions = "
        "'[{\"emoji\":\"❤️\",\"fromMe\":false}]' WHERE id = %" PRId64,
        heard());
    ask(fx.agent, "POST", heard(), "/reaction", "{\"emoji\":\"😀\"}");
    a = ask(fx.agent, "POST", heard(), "/reaction", "{\"emoji\":\"🇧🇷\"}");
    assert_int_equal(json_object_array_length(at(a, "reactions")), 2);
    assert_string_equal(at_text(a, "reactions.1.emoji"), "🇧🇷");
    a = ask(fx.agent, "POST", heard(), "/reaction", "{\"emoji\":\"\"}");
    assert_int_equal(json_object_array_length(at(a, "reactions")), 1);
    assert_string_equal(at_text(a, "reactions.0.emoji"), "❤️");
    assert_int_equal(jobs_of("message.react"), 3);
}

TEST(what_is_not_one_emoji_is_refused)
{
    static const char *const good[] = { "👍",
                                        "❤️",
                                        "👩‍👩‍👧‍👦",
                                        "1️⃣",
                                        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
                                        "☕" };
    static const char *const bad[] = { "a", "ok",  "👍👍", "🇧",
                                       "1", "<b>", "👍a", "ã" };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof good / sizeof *good; i++)
        assert_status(ask(fx.agent, "POST", heard(), "/reaction",
                          text("{\"emoji\":\"%s\"}", good[i])),
                      200);
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_field(ask(fx.agent, "POST", heard(), "/reaction",
                         text("{\"emoji\":\"%s\"}", bad[i])),
                     "emoji", "format");
}

TEST(a_reaction_that_cannot_arrive_answers_409)
{
    int64_t waiting;

    UNUSED;
    waiting = said("queued", "");
    assert_problem(
        ask(fx.agent, "POST", waiting, "/reaction", "{\"emoji\":\"👍\"}"), 409,
        "conflict");
    sql("UPDATE messages SET kind = 'note', status = 'received' WHERE id = "
        "%" PRId64,
        waiting);
    assert_problem(
        ask(fx.agent, "POST", waiting, "/reaction", "{\"emoji\":\"👍\"}"), 409,
        "conflict");
    sql("UPDATE tickets SET window_until = now() - interval '1 s'");
    assert_problem(
        ask(fx.agent, "POST", heard(), "/reaction", "{\"emoji\":\"👍\"}"), 409,
        "conflict");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
}

/* ---- editar e apagar ---- */

TEST(what_was_sent_cannot_be_changed_and_says_why)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    id = said("delivered", "wamid.X");
    a = ask(fx.admin, "DELETE", id, "", NULL);
    assert_problem(a, 409, "conflict");
    assert_non_null(strstr(at_text(a, "detail"), "WhatsApp"));
    assert_problem(ask(fx.admin, "PATCH", id, "", "{\"body\":\"x\"}"), 409,
                   "conflict");
    assert_problem(ask(fx.admin, "DELETE", heard(), "", NULL), 409, "conflict");
    sql("UPDATE messages SET status = 'sending', provider_id = NULL WHERE id = "
        "%" PRId64,
        id);
    assert_problem(ask(fx.admin, "DELETE", id, "", NULL), 409, "conflict");
}

TEST(a_failed_message_can_be_corrected)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    id = said("failed", "");
    a = ask(fx.agent, "PATCH", id, "", "{\"body\":\"Corrigida\"}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "body"), "Corrigida");
    assert_string_equal(at_text(a, "status"), "failed");
}

TEST(a_deleted_message_leaves_a_mark_and_the_list_goes_back)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    id = said("queued", "");
    a = ask(fx.agent, "DELETE", id, "", NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "failed");
    assert_string_equal(at_text(a, "body"), "");
    assert_non_null(at(a, "deletedAt"));
    assert_string_equal(
        sql("SELECT last_message FROM tickets WHERE id = %" PRId64, fx.active),
        "Tem pão?");
    assert_int_equal(events("message:updated"), 1);
    assert_int_equal(events("ticket:updated"), 1);
    /* o envio, se já estava na fila, não acha mais o que mandar */
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE id = %" PRId64
                             " AND deleted_at IS NULL",
                             id),
                     0);
}

/* ---- mandar de novo ---- */

TEST(a_retry_sends_the_same_message_once)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    id = said("failed", "");
    a = ask(fx.agent, "POST", id, "/retry", NULL);
    assert_status(a, 200);
    assert_int_equal(at_int(a, "id"), id);
    assert_string_equal(at_text(a, "status"), "queued");
    assert_null(at(a, "error"));
    assert_problem(ask(fx.agent, "POST", id, "/retry", NULL), 409, "conflict");
    assert_int_equal(jobs_of("message.send"), 1);
    assert_int_equal(
        sql_int("SELECT attempts FROM messages WHERE id = %" PRId64, id), 0);
}

/* Quatro cliques ao mesmo tempo, de duas pessoas: uma mensagem, um envio. */
TEST(retries_at_once_make_one_send)
{
    const char *tokens[] = { token_of(fx.agent), token_of(fx.admin) };
    int64_t id = said("failed", "");
    const char *path = text("/api/v1/messages/%" PRId64 "/retry", id);
    int64_t rows = sql_int("SELECT count(*) FROM messages");
    int i, status, sent = 0;
    pid_t child[4];

    UNUSED;
    for (i = 0; i < 4; i++) {
        child[i] = fork();
        if (child[i] == 0)
            _exit(call(&(struct call){ .program = "messages",
                                       .method = "POST",
                                       .path = path,
                                       .token = tokens[i % 2] })
                      ->status == 200);
    }
    for (i = 0; i < 4; i++) {
        waitpid(child[i], &status, 0);
        sent += WEXITSTATUS(status);
    }
    assert_int_equal(sent, 1);
    assert_int_equal(jobs_of("message.send"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM messages"), rows);
}

TEST(a_retry_after_the_provider_refused_keeps_its_old_id)
{
    int64_t id;

    UNUSED;
    id = said("failed", "wamid.RECUSADA");
    assert_status(ask(fx.agent, "POST", id, "/retry", NULL), 200);
    assert_string_equal(sql("SELECT coalesce(provider_id, '-') || ' ' || "
                            "(payload #>> '{refused,0}') FROM messages WHERE "
                            "id = %" PRId64,
                            id),
                        "- wamid.RECUSADA");
}

TEST(a_retry_that_cannot_work_answers_409)
{
    int64_t id;

    UNUSED;
    id = said("failed", "");
    sql("UPDATE tickets SET window_until = now() - interval '1 s'");
    assert_problem(ask(fx.agent, "POST", id, "/retry", NULL), 409, "conflict");
    sql("UPDATE tickets SET status = 'closed', window_until = NULL WHERE id = "
        "%" PRId64,
        fx.active);
    assert_problem(ask(fx.agent, "POST", id, "/retry", NULL), 409, "conflict");
    assert_problem(ask(fx.agent, "POST", heard(), "/retry", NULL), 409,
                   "conflict");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
}

/* ---- encaminhar ---- */

TEST(forwarding_sends_a_copy_to_each_ticket)
{
    struct answer *a;

    UNUSED;
    a = ask(fx.admin, "POST", heard(), "/forward",
            text("{\"ticketIds\":[%" PRId64 ",%" PRId64 ",%" PRId64 "]}",
                 fx.pending, fx.hidden, fx.pending));
    assert_status(a, 201);
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    assert_string_equal(at_text(a, "data.0.body"), "Tem pão?");
    assert_true(json_object_get_boolean(at(a, "data.0.forwarded")));
    assert_int_equal(at_int(a, "data.1.ticketId"), fx.hidden);
    assert_int_equal(jobs_of("message.send"), 2);
}

TEST(forwarding_is_all_or_nothing)
{
    int64_t id;

    UNUSED;
    assert_problem(ask(fx.admin, "POST", heard(), "/forward",
                       text("{\"ticketIds\":[%" PRId64 ",%" PRId64 "]}",
                            fx.pending, fx.closed)),
                   409, "conflict");
    assert_problem(ask(fx.admin, "POST", heard(), "/forward",
                       text("{\"ticketIds\":[%" PRId64 ",%" PRId64 "]}",
                            fx.pending, fx.foreign)),
                   404, "not-found");
    assert_field(
        ask(fx.admin, "POST", heard(), "/forward", "{\"ticketIds\":[]}"),
        "ticketIds", "min");
    assert_field(ask(fx.admin, "POST", heard(), "/forward",
                     "{\"ticketIds\":[1,2,3,4,5,6]}"),
                 "ticketIds", "max");
    id = at_int(post_as(fx.agent, "tickets",
                        text("/api/v1/tickets/%" PRId64 "/notes", fx.active),
                        "{\"body\":\"interno\"}"),
                "id");
    assert_problem(ask(fx.admin, "POST", id, "/forward",
                       text("{\"ticketIds\":[%" PRId64 "]}", fx.pending)),
                   409, "conflict");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
    assert_int_equal(
        sql_int("SELECT count(*) FROM messages WHERE sender_type = 'user' "
                "AND kind <> 'note'"),
        0);
}

/* ---- estrelas ---- */

TEST(stars_are_of_one_person)
{
    struct answer *a;

    UNUSED;
    assert_status(ask(fx.agent, "PUT", heard(), "/star", NULL), 204);
    assert_status(ask(fx.agent, "PUT", heard(), "/star", NULL), 204);
    assert_status(ask(fx.agent, "PUT", fx.pending + 10, "/star", NULL), 204);
    a = path_as(fx.agent, "GET", "starred?limit=1", NULL);
    assert_status(a, 200);
    assert_int_equal(at_int(a, "data.0.id"), heard());
    a = path_as(fx.agent, "GET",
                text("starred?limit=1&before=%s", at_text(a, "nextCursor")),
                NULL);
    assert_int_equal(at_int(a, "data.0.id"), fx.pending + 10);
    assert_int_equal(json_object_array_length(
                         at(path_as(fx.admin, "GET", "starred", NULL), "data")),
                     0);
    assert_status(ask(fx.agent, "DELETE", heard(), "/star", NULL), 204);
    assert_int_equal(sql_int("SELECT count(*) FROM message_stars"), 1);
}

TEST(a_star_on_what_one_no_longer_sees_is_hidden)
{
    UNUSED;
    ask(fx.agent, "PUT", heard(), "/star", NULL);
    sql("UPDATE tickets SET queue_id = 32, user_id = 11 WHERE id = %" PRId64,
        fx.active);
    assert_int_equal(json_object_array_length(
                         at(path_as(fx.agent, "GET", "starred", NULL), "data")),
                     0);
    assert_problem(ask(fx.agent, "PUT", heard(), "/star", NULL), 404,
                   "not-found");
}

TEST(strangers_and_the_hidden_answer_404)
{
    static const struct {
        const char *method, *rest, *body;
    } all[] = {
        { "PATCH", "", "{\"body\":\"x\"}" },
        { "DELETE", "", NULL },
        { "POST", "/retry", NULL },
        { "POST", "/reaction", "{\"emoji\":\"👍\"}" },
        { "POST", "/forward", "{\"ticketIds\":[62]}" },
        { "PUT", "/star", NULL },
        { "DELETE", "/star", NULL },
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof all / sizeof *all; i++) {
        assert_problem(
            ask(fx.stranger, all[i].method, heard(), all[i].rest, all[i].body),
            404, "not-found");
        assert_problem(ask(fx.agent, all[i].method, fx.hidden + 10, all[i].rest,
                           all[i].body),
                       404, "not-found");
    }
}

/* ---- leitura ---- */

static void
read_ticket(int64_t person)
{
    assert_status(post_as(person, "tickets",
                          text("/api/v1/tickets/%" PRId64 "/read", fx.active),
                          NULL),
                  204);
}

TEST(reading_enqueues_one_receipt)
{
    UNUSED;
    read_ticket(fx.agent);
    read_ticket(fx.agent);
    sql("UPDATE tickets SET unread_count = 1");
    read_ticket(fx.admin);
    assert_int_equal(jobs_of("message.read"), 1);
    sql("DELETE FROM jobs");
    sql("UPDATE tickets SET unread_count = 1, receipt_message_id = %" PRId64,
        heard());
    read_ticket(fx.agent);
    assert_int_equal(jobs_of("message.read"), 0);
}

TEST(answering_is_reading)
{
    UNUSED;
    post_as(fx.agent, "tickets",
            text("/api/v1/tickets/%" PRId64 "/messages", fx.active),
            "{\"body\":\"oi\"}");
    assert_int_equal(jobs_of("message.read"), 1);
}

TEST(a_company_may_keep_its_reading_to_itself)
{
    struct answer *a;

    UNUSED;
    a = path_as(fx.agent, "GET", "settings", NULL);
    assert_status(a, 200);
    assert_true(json_object_get_boolean(at(a, "readReceipts")));
    a = path_as(fx.admin, "PUT", "settings", "{\"readReceipts\":false}");
    assert_status(a, 200);
    assert_false(json_object_get_boolean(at(a, "readReceipts")));
    read_ticket(fx.agent);
    assert_int_equal(jobs_of("message.read"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE "
                             "after ? 'read_receipts'"),
                     1);
    assert_int_equal(
        sql_int("SELECT count(*) FROM companies WHERE NOT read_receipts"), 1);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, harness_reset)
    const struct CMUnitTest tests[] = {
        T(a_reaction_is_shown_announced_and_enqueued),
        T(a_reaction_replaces_ours_and_keeps_the_clients),
        T(what_is_not_one_emoji_is_refused),
        T(a_reaction_that_cannot_arrive_answers_409),
        T(what_was_sent_cannot_be_changed_and_says_why),
        T(a_failed_message_can_be_corrected),
        T(a_deleted_message_leaves_a_mark_and_the_list_goes_back),
        T(a_retry_sends_the_same_message_once),
        T(retries_at_once_make_one_send),
        T(a_retry_after_the_provider_refused_keeps_its_old_id),
        T(a_retry_that_cannot_work_answers_409),
        T(forwarding_sends_a_copy_to_each_ticket),
        T(forwarding_is_all_or_nothing),
        T(stars_are_of_one_person),
        T(a_star_on_what_one_no_longer_sees_is_hidden),
        T(strangers_and_the_hidden_answer_404),
        T(reading_enqueues_one_receipt),
        T(answering_is_reading),
        T(a_company_may_keep_its_reading_to_itself),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
