/* scheduled_test.c - mensagens agendadas: marcar, mudar, cancelar e sair. */
#include <inttypes.h>
#include <string.h>

#include "db/db.h"
#include "desk/schedule.h"
#include "harness.h"
#include "inbox_kit.h"
#include "job_kit.h"

#define ALL "/api/v1/scheduled"

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

static const char *
of_ticket(int64_t id)
{
    return text("/api/v1/tickets/%" PRId64 "/scheduled", id);
}

/* Daqui a tantas horas, como a API o pede. */
static const char *
in_hours(int hours)
{
    return sql("SELECT to_char((now() + interval '%d hours') AT TIME ZONE "
               "'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
               hours);
}

static const char *
words(const char *body, int hours, const char *repeat)
{
    return text("{\"body\":\"%s\",\"dueAt\":\"%s\",\"repeat\":\"%s\"}", body,
                in_hours(hours), repeat);
}

/* Agenda como a pessoa e devolve o número. */
static int64_t
scheduled(int64_t person, const char *repeat)
{
    struct answer *a =
        ask(person, "POST", of_ticket(fx.active), words("Oi", 2, repeat));

    assert_status(a, 201);
    return at_int(a, "id");
}

static const char *
one(int64_t id)
{
    return text(ALL "/%" PRId64, id);
}

static const char *
column(int64_t id, const char *name)
{
    return sql("SELECT %s FROM scheduled_messages WHERE id = %" PRId64, name,
               id);
}

static int64_t
messages_of(int64_t ticket)
{
    return sql_int("SELECT count(*) FROM messages WHERE sender_type = 'user' "
                   "AND ticket_id = %" PRId64,
                   ticket);
}

/* Roda o job do agendamento, como o worker; desfeito, ele caiu no meio. */
static void
work(int64_t id, bool crashes)
{
    struct ctx c = {
        .arena = job_arena, .db = job_db, .token_version = -1, .company_id = 1
    };
    struct job job = { .payload = text("{\"scheduledId\":%" PRId64 "}", id) };
    enum job_next next;

    assert_int_equal(schedule_kind.prepare(&c, &job, &next), OK);
    assert_int_equal(next, JOB_DONE);
    if (crashes)
        db_rollback(&c);
    else
        assert_int_equal(db_commit(&c), OK);
}

static void
run_job(int64_t id)
{
    work(id, false);
}

/* A hora chega. */
static void
make_due(int64_t id)
{
    sql("UPDATE scheduled_messages SET due_at = now() - interval '1 second', "
        "first_at = now() - interval '1 second' WHERE id = %" PRId64,
        id);
}

TEST(message_is_scheduled_seen_and_waits_for_its_hour)
{
    struct answer *a = ask(fx.agent, "POST", of_ticket(fx.active),
                           words("Tudo certo com o pedido?", 2, "none"));
    int64_t id;

    UNUSED;
    assert_status(a, 201);
    id = at_int(a, "id");
    assert_string_equal(at_text(a, "status"), "pending");
    assert_string_equal(at_text(a, "contact"), "Davi Dias");
    assert_string_equal(at_text(a, "userName"), "Bruno Agente");
    assert_string_equal(at_text(a, "repeat"), "none");
    assert_false(json_object_get_boolean(at(a, "afterWindow")));
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.scheduled' AND run_at BETWEEN now() + "
                             "interval '119 minutes' AND now() + interval "
                             "'121 minutes'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE field "
                             "= 'schedule' AND user_id = 13"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'ticket:updated'"),
                     1);
    a = ask(fx.agent, "GET", of_ticket(fx.active), NULL);
    assert_status(a, 200);
    assert_int_equal(at_int(a, "data.0.id"), id);
    assert_status(ask(fx.agent, "GET", one(id), NULL), 200);
    a = ask(fx.agent, "GET", ALL, NULL);
    assert_status(a, 200);
    assert_int_equal(at_int(a, "data.0.id"), id);
    a = ask(fx.agent, "GET", ALL "?status=sent", NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
    run_job(id); /* cedo demais: nada acontece */
    assert_string_equal(column(id, "status"), "pending");
    assert_int_equal(messages_of(fx.active), 0);
}

TEST(bad_schedule_is_refused_by_field)
{
    static const char *const bad[] = { "2020-01-01T00:00:00Z", "amanhã",
                                       "9999-01-01T00:00:00Z" };
    struct answer *a;
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_field(ask(fx.agent, "POST", of_ticket(fx.active),
                         text("{\"body\":\"Oi\",\"dueAt\":\"%s\"}", bad[i])),
                     "dueAt", "range");
    a = ask(fx.agent, "POST", of_ticket(fx.active), words(" \\n ", 2, "none"));
    assert_field(a, "body", "min");
    assert_status(
        ask(fx.agent, "POST", of_ticket(fx.active), words("Oi", 2, "hourly")),
        422);
    assert_problem(
        ask(fx.agent, "POST", of_ticket(fx.closed), words("Oi", 2, "none")),
        409, "conflict");
    assert_problem(
        ask(fx.agent, "POST", of_ticket(fx.hidden), words("Oi", 2, "none")),
        404, "not-found");
    assert_problem(
        ask(fx.admin, "POST", of_ticket(fx.foreign), words("Oi", 2, "none")),
        404, "not-found");
    assert_problem(ask(fx.agent, "GET", of_ticket(fx.hidden), NULL), 404,
                   "not-found");
    assert_field(ask(fx.agent, "GET", ALL "?cursor=nada", NULL), "cursor",
                 "format");
    sql("INSERT INTO scheduled_messages (company_id, ticket_id, user_id, body, "
        "due_at, first_at) SELECT 1, 62, 13, 'x', now() + interval '1 day', "
        "now() + interval '1 day' FROM generate_series(1, 50)");
    assert_problem(
        ask(fx.agent, "POST", of_ticket(fx.active), words("Oi", 2, "none")),
        409, "limit-reached");
}

TEST(due_message_goes_once_however_many_jobs_there_are)
{
    int64_t id;

    UNUSED;
    id = scheduled(fx.agent, "none");
    make_due(id);
    run_job(id);
    run_job(id);
    assert_int_equal(messages_of(fx.active), 1);
    assert_string_equal(column(id, "status"), "sent");
    assert_string_equal(sql("SELECT user_id || status || body FROM messages "
                            "WHERE sender_type = 'user'"),
                        "13queuedOi");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'message:created'"),
                     1);
    assert_string_equal(sql("SELECT last_message || unread_count FROM tickets "
                            "WHERE id = 62"),
                        "Oi1"); /* ninguém leu a do cliente */
    assert_problem(ask(fx.agent, "DELETE", one(id), NULL), 409, "conflict");
    assert_problem(ask(fx.agent, "PATCH", one(id), "{\"body\":\"Y\"}"), 409,
                   "conflict");
    assert_int_equal(
        at_int(ask(fx.agent, "GET", ALL "?status=sent", NULL), "data.0.id"),
        id);
}

TEST(worker_that_falls_in_the_middle_leaves_it_waiting)
{
    int64_t id;

    UNUSED;
    id = scheduled(fx.agent, "none");
    make_due(id);
    work(id, true);
    assert_int_equal(messages_of(fx.active), 0);
    assert_string_equal(column(id, "status"), "pending");
    run_job(id);
    assert_int_equal(messages_of(fx.active), 1);
}

TEST(what_cannot_go_fails_with_the_reason)
{
    static const char *const why[][3] = {
        { "window",
          "UPDATE tickets SET window_until = now() - interval "
          "'1 hour' WHERE id = 62",
          "UPDATE tickets SET window_until = now() + interval '1 hour' "
          "WHERE id = 62" },
        { "blocked", "UPDATE contacts SET blocked_at = now() WHERE id = 52",
          "UPDATE contacts SET blocked_at = NULL WHERE id = 52" },
        { "author",
          "UPDATE memberships SET disabled_at = now() WHERE user_id = 13",
          "UPDATE memberships SET disabled_at = NULL WHERE user_id = 13" },
        { "author",
          "UPDATE tickets SET queue_id = 32, user_id = 11 WHERE id = 62",
          "UPDATE tickets SET queue_id = 31, user_id = 13 WHERE id = 62" },
        { "author",
          "INSERT INTO roles (company_id, id, name, permissions) VALUES (1, "
          "89, 'Só lê', '{self,tickets.read}'); UPDATE memberships SET "
          "role_id = 89 WHERE user_id = 13",
          "UPDATE memberships SET role_id = NULL WHERE user_id = 13" },
        { "closed",
          "UPDATE tickets SET status = 'closed', closed_at = now() WHERE id "
          "= 62",
          "SELECT 1" },
    };
    struct answer *a;
    int64_t id;
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof why / sizeof *why; i++) {
        id = scheduled(fx.agent, "daily");
        make_due(id);
        sql("%s", why[i][1]);
        run_job(id);
        sql("%s", why[i][2]);
        assert_string_equal(column(id, "status"), "failed");
        assert_string_equal(column(id, "reason"), why[i][0]);
    }
    assert_int_equal(messages_of(fx.active), 0);
    a = ask(fx.supervisor, "GET", ALL "?status=failed", NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 6);
}

TEST(failed_one_with_a_new_hour_waits_again)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    id = scheduled(fx.agent, "none");
    make_due(id);
    sql("UPDATE scheduled_messages SET status = 'failed', reason = 'window'");
    assert_field(ask(fx.agent, "PATCH", one(id), "{\"body\":\"Y\"}"), "dueAt",
                 "range");
    a = ask(fx.agent, "PATCH", one(id),
            text("{\"dueAt\":\"%s\"}", in_hours(3)));
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "pending");
    assert_null(at(a, "reason"));
}

TEST(repeated_message_waits_for_the_next_time)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    id = scheduled(fx.agent, "weekly");
    make_due(id);
    run_job(id);
    assert_string_equal(column(id, "status || sent_count || (due_at > now() + "
                                   "interval '6 days 23 hours')"),
                        "pending1true");
    assert_int_equal(messages_of(fx.active), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.scheduled' AND run_at > now() + "
                             "interval '6 days'"),
                     1);
    a = ask(fx.agent, "GET", ALL, NULL);
    assert_true(json_object_get_boolean(at(a, "data.0.afterWindow")));
    assert_int_equal(at_int(a, "data.0.sentCount"), 1);
}

TEST(repetition_follows_the_clock_of_the_company)
{
    UNUSED;
#define NEXT(first, every, since) \
    sql("SELECT to_char(schedule_next('" first "', '" every \
        "', 'America/New_York', '" since "') AT TIME ZONE " \
        "'America/New_York', 'YYYY-MM-DD HH24:MI')")
    /* as 9 h continuam 9 h na troca de horário de 8 de março de 2026 */
    assert_string_equal(NEXT("2026-03-07 14:00Z", "daily", "2026-03-07 14:00Z"),
                        "2026-03-08 09:00");
    assert_string_equal(
        NEXT("2026-01-31 14:00Z", "monthly", "2026-01-31 14:00Z"),
        "2026-02-28 09:00");
    assert_string_equal(
        NEXT("2026-01-31 14:00Z", "monthly", "2026-02-28 14:00Z"),
        "2026-03-31 09:00");
    assert_string_equal(
        NEXT("2016-01-31 14:00Z", "monthly", "2026-06-15 00:00Z"),
        "2026-06-30 09:00");
    assert_string_equal(NEXT("2016-01-04 14:00Z", "daily", "2026-06-15 13:30Z"),
                        "2026-06-16 09:00");
    assert_string_equal(
        NEXT("2026-11-02 14:00Z", "weekly", "2026-11-20 00:00Z"),
        "2026-11-23 09:00");
    assert_null(NEXT("2026-11-02 14:00Z", "none", "2026-11-20 00:00Z"));
}

TEST(author_edits_and_everyone_of_the_talk_cancels)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    id = scheduled(fx.admin, "none");
    assert_problem(ask(fx.agent, "PATCH", one(id), "{\"body\":\"Y\"}"), 403,
                   "forbidden");
    a = ask(fx.admin, "PATCH", one(id),
            text("{\"version\":1,\"body\":\"Outro texto\",\"dueAt\":\"%s\","
                 "\"repeat\":\"monthly\"}",
                 in_hours(5)));
    assert_status(a, 200);
    assert_string_equal(at_text(a, "body"), "Outro texto");
    assert_string_equal(at_text(a, "repeat"), "monthly");
    assert_problem(
        ask(fx.admin, "PATCH", one(id), "{\"version\":1,\"body\":\"Y\"}"), 409,
        "conflict");
    assert_problem(ask(fx.loner, "DELETE", one(id), NULL), 404, "not-found");
    assert_problem(ask(fx.stranger, "GET", one(id), NULL), 404, "not-found");
    assert_problem(ask(fx.stranger, "PATCH", one(id), "{\"body\":\"Y\"}"), 404,
                   "not-found");
    a = ask(fx.agent, "DELETE", one(id), NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "cancelled");
    assert_problem(ask(fx.agent, "DELETE", one(id), NULL), 409, "conflict");
    make_due(id);
    run_job(id);
    assert_int_equal(messages_of(fx.active), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE field "
                             "= 'schedule' AND new_value IS NULL"),
                     1);
}

TEST(list_goes_on_by_key)
{
    struct answer *a;
    const char *next;

    UNUSED;
    sql("INSERT INTO scheduled_messages (company_id, id, ticket_id, user_id, "
        "body, due_at, first_at) SELECT 1, 100 + g, 62, 13, 'n' || g, now() + "
        "interval '1 hour' * g, now() FROM generate_series(1, 3) g");
    a = ask(fx.agent, "GET", ALL "?limit=2", NULL);
    assert_int_equal(at_int(a, "data.0.id"), 101);
    next = at_text(a, "nextCursor");
    assert_non_null(next);
    a = ask(fx.agent, "GET",
            text(ALL "?limit=2&cursor=%s",
                 sql("SELECT replace(replace('%s', '+', '%%2B'), ' ', '%%20')",
                     next)),
            NULL);
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_int_equal(at_int(a, "data.0.id"), 103);
    a = ask(fx.agent, "GET",
            text("%s?limit=2&before=103", of_ticket(fx.active)), NULL);
    assert_int_equal(at_int(a, "data.0.id"), 102);
    assert_problem(ask(fx.auditor, "GET", ALL, NULL), 403, "forbidden");
}

/* ---- páginas ---- */

static struct answer *
page(int64_t person, const char *path)
{
    return browser_page(browser_of(person), "desk_pages", path);
}

static struct answer *
submit(int64_t person, const char *path, const char *body)
{
    return browser_submit(browser_of(person), "desk_pages", path, body);
}

/* Daqui a duas horas, no relógio da empresa, como o campo o manda. */
static const char *
field_time(void)
{
    return sql("SELECT to_char((now() + interval '2 hours') AT TIME ZONE "
               "'America/Sao_Paulo', 'YYYY-MM-DD\"T\"HH24:MI')");
}

TEST(panel_schedules_shows_and_cancels)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a;
    const char *id;

    UNUSED;
    a = inbox_submit(
        agent, path_of(fx.active, "/scheduled"),
        text("body=Linha+1%%0D%%0ALinha+2%%0D%%0A&dueAt=%s&repeat=weekly",
             field_time()),
        NULL);
    assert_status(a, 303);
    id = sql("SELECT id FROM scheduled_messages WHERE body = E'Linha 1\\nLinha "
             "2' AND to_char(due_at AT TIME ZONE 'America/Sao_Paulo', "
             "'YYYY-MM-DD\"T\"HH24:MI') = '%s'",
             field_time());
    assert_non_null(id);
    a = inbox_page(agent, path_of(fx.active, "?panel=1"));
    assert_has(a, "Toda semana");
    assert_has(a, "mudou o agendamento");
    a = inbox_submit(agent, path_of(fx.active, "/scheduled"),
                     "body=Ontem+nao&dueAt=2020-01-01T10%3A00&repeat=daily",
                     PART);
    assert_status(a, 422);
    assert_has(a, "Ontem nao</textarea>");
    assert_has(a, "value=\"2020-01-01T10:00\"");
    assert_status(inbox_submit(agent, path_of(fx.hidden, "/scheduled"),
                               text("body=x&dueAt=%s", field_time()), NULL),
                  404);
    assert_status(
        inbox_submit(agent,
                     path_of(fx.active, text("/scheduled/%s/cancel", id)), "",
                     NULL),
        303);
    assert_status(
        inbox_submit(agent,
                     path_of(fx.active, text("/scheduled/%s/cancel", id)), "",
                     NULL),
        409);
    assert_has(inbox_page(agent, path_of(fx.active, "?panel=1")),
               "tirou o agendamento");
}

TEST(pages_list_change_and_cancel)
{
    struct answer *a;
    int64_t id, other;

    UNUSED;
    assert_has(page(fx.agent, "/scheduled"), "Nada agendado");
    id = scheduled(fx.agent, "daily");
    other = scheduled(fx.admin, "none");
    sql("UPDATE scheduled_messages SET status = 'failed', reason = 'window' "
        "WHERE id = %" PRId64,
        other);
    a = page(fx.agent, "/scheduled");
    assert_has(a, "Todo dia");
    assert_has(a, "Davi Dias");
    assert_has(page(fx.agent, "/scheduled?status=failed"),
               "Não saiu: passaram 24 h");
    assert_status(page(fx.loner, text("/scheduled/%" PRId64, id)), 404);
    assert_lacks(page(fx.loner, "/scheduled"), "Davi Dias");
    assert_status(page(fx.auditor, "/scheduled"), 403);
    assert_has(page(fx.agent, text("/scheduled/%" PRId64, id)),
               "Oi</textarea>");
    a = submit(fx.agent, text("/scheduled/%" PRId64, id),
               "version=1&body=Outra&dueAt=2020-01-01T10%3A00&repeat=none");
    assert_status(a, 422);
    assert_has(a, "Outra</textarea>");
    assert_has(a, "due-error");
    assert_status(submit(fx.agent, text("/scheduled/%" PRId64, id),
                         text("version=1&body=Outra&dueAt=%s&repeat=monthly",
                              field_time())),
                  303);
    assert_string_equal(column(id, "body || repeats"), "Outramonthly");
    assert_status(submit(fx.agent, text("/scheduled/%" PRId64, id),
                         text("version=1&body=X&dueAt=%s", field_time())),
                  409);
    assert_status(submit(fx.agent, text("/scheduled/%" PRId64, other),
                         text("version=1&body=X&dueAt=%s", field_time())),
                  403);
    assert_status(
        submit(fx.agent, text("/scheduled/%" PRId64 "/cancel", id), ""), 303);
    assert_status(
        submit(fx.agent, text("/scheduled/%" PRId64 "/cancel", id), ""), 409);
    assert_status(page(fx.agent, text("/scheduled/%" PRId64, id)), 303);
}

TEST(retention_takes_what_was_scheduled)
{
    int64_t id = scheduled(fx.agent, "none");

    UNUSED;
    sql("UPDATE scheduled_messages SET status = 'sent', sent_at = now() WHERE "
        "id = %" PRId64,
        id);
    scheduled(fx.agent, "none");
    sql("UPDATE companies SET retention_days = 30 WHERE id = 1; UPDATE tickets "
        "SET status = 'closed', closed_at = now() - interval '31 days' WHERE "
        "id = %" PRId64,
        fx.active);
    assert_int_equal(sql_int("SELECT tickets FROM privacy_retain(1000)"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM scheduled_messages"), 0);
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(message_is_scheduled_seen_and_waits_for_its_hour),
        T(bad_schedule_is_refused_by_field),
        T(due_message_goes_once_however_many_jobs_there_are),
        T(worker_that_falls_in_the_middle_leaves_it_waiting),
        T(what_cannot_go_fails_with_the_reason),
        T(failed_one_with_a_new_hour_waits_again),
        T(repeated_message_waits_for_the_next_time),
        T(repetition_follows_the_clock_of_the_company),
        T(author_edits_and_everyone_of_the_talk_cancels),
        T(list_goes_on_by_key),
        T(panel_schedules_shows_and_cancels),
        T(pages_list_change_and_cancel),
        T(retention_takes_what_was_scheduled),
    };

    return cmocka_run_group_tests(tests, job_setup, job_teardown);
}
