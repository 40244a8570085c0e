/*
 * sla_test.c - os prazos por fila: a conta no horário dela, quando se calcula,
 * o estado na lista, o filtro, e o estouro anotado uma vez só.
 */
#include <inttypes.h>
#include <string.h>

#include "db/db.h"
#include "desk/sla.h"
#include "hook.h"
#include "inbox_kit.h"
#include "job_kit.h"

#define TICKETS "/api/v1/tickets"
#define SALES "/api/v1/queues/31"
#define CALLER "5511912345678"

static struct answer *
ticket(int64_t person, const char *method, int64_t id, const char *rest,
       const char *body)
{
    return call(
        &(struct call){ .program = "tickets",
                        .method = method,
                        .path = text(TICKETS "/%" PRId64 "%s", id, rest),
                        .body = body,
                        .token = token_of(person) });
}

static void
targets(int64_t queue, int answer, int resolution)
{
    sql("UPDATE queues SET answer_minutes = nullif(%d, 0), resolution_minutes "
        "= nullif(%d, 0) WHERE id = %" PRId64,
        answer, resolution, queue);
}

static const char *
column(int64_t id, const char *what)
{
    return sql("SELECT %s FROM tickets WHERE id = %" PRId64, what, id);
}

/* Minutos de agora até a coluna, arredondados. */
static int64_t
minutes_to(int64_t id, const char *name)
{
    return sql_int("SELECT coalesce(round(extract(epoch FROM %s - now()) / "
                   "60), -999) FROM tickets WHERE id = %" PRId64,
                   name, id);
}

static int64_t
jobs_of(int64_t id)
{
    return sql_int("SELECT count(*) FROM jobs WHERE kind = 'ticket.sla' AND "
                   "payload ->> 'ticketId' = '%" PRId64 "'",
                   id);
}

/* O prazo venceu há um minuto. */
static void
make_late(int64_t id, const char *kind)
{
    sql("UPDATE tickets SET %s_due_at = now() - interval '1 minute', "
        "%s_near_at = now() - interval '9 minutes', sla_due_at = now() - "
        "interval '1 minute', sla_near_at = now() - interval '9 minutes' "
        "WHERE id = %" PRId64,
        kind, kind, id);
}

/* Roda o job do prazo, como o worker; desfeito, ele caiu no meio. */
static void
work(int64_t id, bool of_resolution, bool crashes)
{
    struct ctx c = {
        .arena = job_arena, .db = job_db, .token_version = -1, .company_id = 1
    };
    struct job job = { .payload =
                           text("{\"ticketId\":%" PRId64 ",\"resolution\":%d}",
                                id, of_resolution) };
    enum job_next next;

    assert_int_equal(sla_kind.prepare(&c, &job, &next), OK);
    assert_int_equal(next, JOB_DONE);
    if (crashes)
        db_rollback(&c);
    else
        assert_int_equal(db_commit(&c), OK);
}

static int64_t
notices(int64_t ticket_id, int64_t person)
{
    return sql_int("SELECT count(*) FROM notifications WHERE kind = 'sla' AND "
                   "ticket_id = %" PRId64 " AND user_id = %" PRId64,
                   ticket_id, person);
}

static int64_t
noted(int64_t id)
{
    return sql_int("SELECT count(*) FROM ticket_changes WHERE field = 'sla' "
                   "AND ticket_id = %" PRId64,
                   id);
}

/* ---- a conta ---- */

#define WEEK \
    "'{\"mon\":[{\"from\":\"09:00\",\"to\":\"12:00\"},{\"from\":\"13:00\"," \
    "\"to\":\"18:00\"}],\"tue\":[{\"from\":\"09:00\",\"to\":\"18:00\"}]," \
    "\"fri\":[{\"from\":\"09:00\",\"to\":\"18:00\"}]}'"

static void
assert_due(const char *holidays, const char *since, int minutes,
           const char *due)
{
    const char *got =
        sql("SELECT to_char(d.due AT TIME ZONE 'America/Sao_Paulo', "
            "'YYYY-MM-DD HH24:MI') FROM balcao.sla_due(%d, %s, '%s', "
            "'America/Sao_Paulo', timestamp '%s' AT TIME ZONE "
            "'America/Sao_Paulo') d",
            minutes, WEEK, holidays, since);

    if (due == NULL)
        assert_null(got);
    else
        assert_string_equal(got, due);
}

TEST(deadline_counts_only_the_hours_the_queue_is_open)
{
    UNUSED;
    /* 2026-11-20 é sexta */
    assert_due("[]", "2026-11-20 10:00", 30, "2026-11-20 10:30");
    assert_due("[]", "2026-11-20 17:50", 30, "2026-11-23 09:20");
    assert_due("[]", "2026-11-21 03:00", 180, "2026-11-23 12:00");
    assert_due("[]", "2026-11-23 11:30", 60, "2026-11-23 13:30");
    assert_due("[{\"date\":\"2026-11-23\",\"name\":\"X\"}]", "2026-11-20 17:50",
               30, "2026-11-24 09:20");
    assert_due("[{\"date\":\"2026-11-21\",\"name\":\"X\",\"hours\":[{\"from\":"
               "\"10:00\",\"to\":\"10:15\"}]}]",
               "2026-11-20 17:50", 30, "2026-11-23 09:05");
    assert_string_equal(
        sql("SELECT to_char(near AT TIME ZONE 'UTC', 'HH24:MI') || to_char(due "
            "AT TIME ZONE 'UTC', ' HH24:MI') FROM balcao.sla_due(100, NULL, "
            "'[]', 'UTC', '2026-11-20 10:00Z')"),
        "11:20 11:40");
    assert_null(sql("SELECT due FROM balcao.sla_due(5, '{}', '[]', 'UTC', "
                    "now())"));
    /* a hora que o relógio pulou não foi aberta */
    assert_string_equal(
        sql("SELECT to_char(due AT TIME ZONE 'America/New_York', 'HH24:MI') "
            "FROM balcao.sla_due(120, NULL, '[]', 'America/New_York', "
            "timestamp '2026-03-08 01:00' AT TIME ZONE 'America/New_York')"),
        "04:00");
}

TEST(queue_takes_targets_shows_them_and_refuses_nonsense)
{
    struct answer *a = call(&(struct call){
        .program = "desk",
        .method = "PATCH",
        .path = SALES,
        .body = "{\"answerMinutes\":15,\"resolutionMinutes\":480}",
        .token = token_of(fx.admin) });
    struct browser b = browser_of(fx.admin);

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(at_int(a, "answerMinutes"), 15);
    assert_int_equal(at_int(a, "resolutionMinutes"), 480);
    a = call(&(struct call){ .program = "desk",
                             .method = "PATCH",
                             .path = SALES,
                             .body = "{\"answerMinutes\":525601}",
                             .token = token_of(fx.admin) });
    assert_field(a, "answerMinutes", "max");
    a = browser_page(b, "desk_pages", "/admin/queues/31");
    assert_has(a, "name=\"answerMinutes\" value=\"15\"");
    a = browser_submit(b, "desk_pages", "/admin/queues/31",
                       "version=2&name=Vendas&color=%23206bc4&memberIds=13&"
                       "assignment=off&answerMinutes=dez&resolutionMinutes=60");
    assert_status(a, 422);
    assert_has(a, "id=\"answer-error\"");
    assert_has(a, "name=\"resolutionMinutes\" value=\"60\"");
    a = browser_submit(b, "desk_pages", "/admin/queues/31",
                       "version=2&name=Vendas&color=%23206bc4&memberIds=13&"
                       "assignment=off&answerMinutes=&resolutionMinutes=60");
    assert_status(a, 303);
    assert_string_equal(sql("SELECT answer_minutes IS NULL AND "
                            "resolution_minutes = 60 FROM queues WHERE id = "
                            "31"),
                        "t");
}

/* ---- quando se calcula ---- */

TEST(who_arrives_has_both_deadlines_and_a_job_for_each)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    targets(31, 10, 60);
    id = hook_arrives(CALLER, "wamid.sla1");
    a = ticket(fx.agent, "GET", id, "", NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "sla"), "ok");
    assert_string_equal(at_text(a, "slaKind"), "answer");
    assert_non_null(at_text(a, "answerDueAt"));
    assert_non_null(at_text(a, "resolutionDueAt"));
    assert_string_equal(at_text(a, "slaDueAt"), at_text(a, "answerDueAt"));
    assert_int_equal(minutes_to(id, "sla_due_at"), 10);
    assert_int_equal(minutes_to(id, "sla_near_at"), 8);
    assert_int_equal(minutes_to(id, "resolution_due_at"), 60);
    assert_int_equal(
        sql_int("SELECT count(*) FROM jobs j, tickets t WHERE t.id = %" PRId64
                " AND j.kind = 'ticket.sla' AND j.state = 'delayed' AND "
                "j.run_at IN (t.answer_due_at, t.resolution_due_at)",
                id),
        2);
    /* a segunda mensagem não muda nada */
    hook_deliver(hook_text(CALLER, "wamid.sla1b", "Alô?"));
    assert_int_equal(jobs_of(id), 2);
}

TEST(answer_in_time_leaves_the_resolution_and_closing_leaves_nothing)
{
    int64_t id;

    UNUSED;
    targets(31, 10, 60);
    id = hook_arrives(CALLER, "wamid.sla2");
    assert_status(ticket(fx.agent, "POST", id, "/take", "{}"), 200);
    assert_string_equal(column(id, "sla_kind"), "answer");
    assert_status(
        ticket(fx.agent, "POST", id, "/messages", "{\"body\":\"Olá\"}"), 201);
    assert_string_equal(column(id, "answer_met"), "t");
    assert_string_equal(column(id, "sla_kind"), "resolution");
    assert_int_equal(minutes_to(id, "sla_due_at"), 60);
    assert_int_equal(jobs_of(id), 1);
    work(id, false, false); /* um job velho não diz nada */
    assert_status(ticket(fx.agent, "POST", id, "/close", "{}"), 200);
    assert_string_equal(column(id, "resolution_met"), "t");
    assert_null(column(id, "sla_due_at"));
    assert_int_equal(jobs_of(id), 0);
    assert_int_equal(noted(id), 0);
}

TEST(contact_that_comes_back_starts_the_deadlines_again)
{
    int64_t id;

    UNUSED;
    targets(31, 10, 0);
    id = hook_arrives(CALLER, "wamid.sla3");
    assert_status(ticket(fx.supervisor, "POST", id, "/close", "{}"), 200);
    assert_null(column(id, "answer_due_at"));
    assert_int_equal(jobs_of(id), 0);
    hook_deliver(hook_text(CALLER, "wamid.sla3b", "Voltei"));
    assert_int_equal(sql_int("SELECT max(id) FROM tickets"), id);
    assert_string_equal(column(id, "sla_kind"), "answer");
    assert_int_equal(minutes_to(id, "sla_due_at"), 10);
    assert_int_equal(jobs_of(id), 1);
}

TEST(whom_the_company_calls_has_no_first_answer_to_wait_for)
{
    struct answer *a;

    UNUSED;
    targets(31, 10, 60);
    sql("UPDATE tickets SET status = 'closed' WHERE id = 61");
    a = post_as(fx.agent, "tickets", TICKETS,
                "{\"contactId\":51,\"queueId\":31}");
    assert_status(a, 201);
    assert_null(at(a, "answerDueAt"));
    assert_string_equal(at_text(a, "slaKind"), "resolution");
}

TEST(other_queue_has_its_own_deadlines)
{
    int64_t id;

    UNUSED;
    targets(31, 10, 60);
    targets(32, 30, 0);
    id = hook_arrives(CALLER, "wamid.sla4");
    assert_status(
        ticket(fx.supervisor, "POST", id, "/transfer", "{\"queueId\":32}"),
        200);
    assert_int_equal(minutes_to(id, "answer_due_at"), 30);
    assert_null(column(id, "resolution_due_at"));
    assert_int_equal(jobs_of(id), 1);
    targets(31, 0, 0);
    assert_status(
        ticket(fx.supervisor, "POST", id, "/transfer", "{\"queueId\":31}"),
        200);
    assert_null(column(id, "sla_due_at"));
    assert_int_equal(jobs_of(id), 0);
}

TEST(snoozed_ticket_stops_the_clock_and_goes_on_from_there)
{
    int64_t id;

    UNUSED;
    targets(31, 10, 60);
    id = hook_arrives(CALLER, "wamid.sla5");
    assert_status(ticket(fx.supervisor, "POST", id, "/snooze",
                         text("{\"until\":\"%s\"}",
                              sql("SELECT to_char((now() + interval '2 hours') "
                                  "AT TIME ZONE 'UTC', "
                                  "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"))),
                  200);
    assert_null(column(id, "sla_due_at"));
    assert_int_equal(jobs_of(id), 0);
    work(id, false, false);
    /* ficou uma hora assim */
    sql("UPDATE tickets SET sla_paused_at = sla_paused_at - interval '60 "
        "minutes', answer_due_at = answer_due_at - interval '60 minutes', "
        "resolution_due_at = resolution_due_at - interval '60 minutes' "
        "WHERE id = %" PRId64,
        id);
    assert_status(ticket(fx.supervisor, "POST", id, "/unsnooze", "{}"), 200);
    assert_int_equal(minutes_to(id, "answer_due_at"), 10);
    assert_int_equal(minutes_to(id, "resolution_due_at"), 60);
    assert_null(column(id, "sla_paused_at"));
    assert_int_equal(jobs_of(id), 2);
}

/* ---- o estouro ---- */

TEST(breach_tells_the_assignee_once_however_many_jobs_run)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    targets(31, 10, 0);
    id = hook_arrives(CALLER, "wamid.sla6");
    work(id, false, false); /* antes da hora, nada */
    assert_int_equal(noted(id), 0);
    assert_status(ticket(fx.agent, "POST", id, "/take", "{}"), 200);
    make_late(id, "answer");
    work(id, false, true); /* caiu no meio: nada se perde nem se repete */
    assert_int_equal(noted(id), 0);
    assert_int_equal(jobs_of(id), 1);
    work(id, false, false);
    work(id, false, false);
    assert_int_equal(noted(id), 1);
    assert_int_equal(notices(id, fx.agent), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM notifications WHERE kind = "
                             "'sla'"),
                     1);
    assert_int_equal(hook_events("ticket:sla"), 1);
    assert_non_null(strstr(sql("SELECT payload FROM live_outbox WHERE type = "
                               "'ticket:sla'"),
                           "\"sla\":\"breached\""));
    assert_string_equal(column(id, "answer_met"), "f");
    a = ticket(fx.agent, "GET", id, "/history", NULL);
    assert_string_equal(at_text(a, "data.0.field"), "sla");
    assert_has(inbox_page(browser_of(fx.agent), path_of(id, "?panel=1")),
               "anotou o prazo vencido: a primeira resposta");
    a = browser_page(browser_of(fx.agent), "chat_pages", "/notifications");
    assert_has(a, "Venceu o prazo de um atendimento");
}

TEST(breach_of_nobody_tells_the_members_who_want_it)
{
    int64_t id;

    UNUSED;
    targets(31, 10, 0);
    sql("INSERT INTO queue_members (company_id, queue_id, user_id) VALUES (1, "
        "31, 14), (1, 31, 16)");
    sql("INSERT INTO notification_settings (company_id, user_id, muted) VALUES "
        "(1, 14, '{sla}')");
    id = hook_arrives(CALLER, "wamid.sla7");
    make_late(id, "answer");
    work(id, false, false);
    assert_int_equal(notices(id, fx.agent), 1);
    assert_int_equal(notices(id, fx.both), 1);
    assert_int_equal(notices(id, fx.loner), 0);
    assert_int_equal(notices(id, fx.admin), 0);
}

TEST(answer_that_came_late_is_noted_when_the_worker_is_back)
{
    int64_t id;

    UNUSED;
    targets(31, 10, 60);
    id = hook_arrives(CALLER, "wamid.sla8");
    make_late(id, "answer");
    assert_status(
        ticket(fx.agent, "POST", id, "/messages", "{\"body\":\"Olá\"}"), 201);
    assert_null(column(id, "answer_met"));
    assert_int_equal(jobs_of(id), 2);
    work(id, false, false);
    assert_string_equal(column(id, "answer_met"), "f");
    assert_int_equal(noted(id), 1);
    assert_int_equal(notices(id, fx.agent), 0); /* já respondeu */
    assert_int_equal(jobs_of(id), 1);
}

TEST(resolution_breach_is_told_too)
{
    int64_t id;

    UNUSED;
    targets(31, 0, 60);
    id = hook_arrives(CALLER, "wamid.sla9");
    assert_string_equal(column(id, "sla_kind"), "resolution");
    make_late(id, "resolution");
    work(id, true, false);
    assert_string_equal(column(id, "resolution_met"), "f");
    assert_int_equal(notices(id, fx.agent), 1);
    assert_status(ticket(fx.agent, "POST", id, "/take", "{}"), 200);
    assert_status(ticket(fx.agent, "POST", id, "/close", "{}"), 200);
    assert_string_equal(column(id, "resolution_met"), "f");
    assert_int_equal(noted(id), 1);
}

/* ---- listar ---- */

/* O cursor como vai num endereço. */
static const char *
url(const char *p)
{
    const char *out = "";

    for (; *p != '\0'; p++)
        out = text(strchr(" +:", *p) != NULL ? "%s%%%02X" : "%s%c", out, *p);
    return out;
}

static int64_t
count_with(const char *query)
{
    struct answer *a =
        get_as(fx.supervisor, "tickets", text(TICKETS "?status=all&%s", query));

    assert_status(a, 200);
    return (int64_t)json_object_array_length(at(a, "data"));
}

TEST(list_filters_and_sorts_by_the_deadline)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE tickets SET sla_kind = 'answer', sla_due_at = now() + "
        "interval '5 minutes', sla_near_at = now() - interval '1 minute' "
        "WHERE id = 61");
    sql("UPDATE tickets SET sla_kind = 'answer', sla_due_at = now() - "
        "interval '5 minutes', sla_near_at = now() - interval '9 minutes' "
        "WHERE id = 62");
    sql("UPDATE tickets SET sla_kind = 'resolution', sla_due_at = now() + "
        "interval '5 hours', sla_near_at = now() + interval '4 hours' "
        "WHERE id = 65");
    assert_int_equal(count_with("sla=ok"), 1);
    assert_int_equal(count_with("sla=near"), 1);
    assert_int_equal(count_with("sla=breached"), 1);
    assert_int_equal(count_with("sla=none"), 2);
    a = get_as(fx.supervisor, "tickets",
               TICKETS "?status=all&sort=sla&limit=2");
    assert_int_equal(at_int(a, "data.0.id"), 62);
    assert_string_equal(at_text(a, "data.0.sla"), "breached");
    assert_int_equal(at_int(a, "data.1.id"), 61);
    assert_string_equal(at_text(a, "data.1.sla"), "near");
    a = get_as(fx.supervisor, "tickets",
               text(TICKETS "?status=all&sort=sla&limit=2&cursor=%s",
                    url(at_text(a, "nextCursor"))));
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_int_equal(at_int(a, "data.0.id"), 65);
    assert_problem(get_as(fx.supervisor, "tickets", TICKETS "?sla=late"), 422,
                   "invalid-fields");
    a = get_as(fx.supervisor, "tickets", TICKETS "/counts?sla=breached");
    assert_int_equal(at_int(a, "active"), 1);
    assert_int_equal(at_int(a, "pending"), 0);
}

TEST(inbox_shows_the_deadline_in_words_and_filters_by_it)
{
    struct browser b = browser_of(fx.supervisor);
    struct answer *a;

    UNUSED;
    sql("UPDATE tickets SET sla_kind = 'answer', sla_due_at = now() + "
        "interval '5 minutes', sla_near_at = now() - interval '1 minute' "
        "WHERE id = 61");
    sql("UPDATE tickets SET sla_kind = 'resolution', sla_due_at = now() - "
        "interval '65 minutes', sla_near_at = now() - interval '90 minutes' "
        "WHERE id = 62");
    a = inbox_page(b, "/inbox?status=pending");
    assert_has(a, "class=\"sla is-near\"");
    assert_has(a, "vence em 5 min");
    a = inbox_page(b, path_of(fx.active, ""));
    assert_has(a, "class=\"sla is-breached\"");
    assert_has(a, "venceu há 1 h 5 min");
    assert_has(a, ">Solução</span>");
    a = inbox_page(b, "/inbox?status=pending&sla=breached");
    assert_lacks(a, "id=\"t61\"");
    a = inbox_page(b, "/inbox?status=pending&sla=near&sort=sla");
    assert_has(a, "id=\"t61\"");
    assert_has(a, "<option value=\"near\" selected>");
    assert_status(browser_submit(b, "inbox", "/inbox/views",
                                 "name=Perto&status=pending&sla=near"),
                  303);
    assert_string_equal(sql("SELECT filter ->> 'sla' FROM ticket_views"),
                        "near");
    assert_status(post_as(fx.agent, "tickets", TICKETS "/views",
                          "{\"name\":\"V\",\"sla\":\"breached\"}"),
                  201);
}

#define T(name) cmocka_unit_test_setup(name, hook_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(deadline_counts_only_the_hours_the_queue_is_open),
        T(queue_takes_targets_shows_them_and_refuses_nonsense),
        T(who_arrives_has_both_deadlines_and_a_job_for_each),
        T(answer_in_time_leaves_the_resolution_and_closing_leaves_nothing),
        T(contact_that_comes_back_starts_the_deadlines_again),
        T(whom_the_company_calls_has_no_first_answer_to_wait_for),
        T(other_queue_has_its_own_deadlines),
        T(snoozed_ticket_stops_the_clock_and_goes_on_from_there),
        T(breach_tells_the_assignee_once_however_many_jobs_run),
        T(breach_of_nobody_tells_the_members_who_want_it),
        T(answer_that_came_late_is_noted_when_the_worker_is_back),
        T(resolution_breach_is_told_too),
        T(list_filters_and_sorts_by_the_deadline),
        T(inbox_shows_the_deadline_in_words_and_filters_by_it),
    };

    return cmocka_run_group_tests(tests, job_setup, job_teardown);
}
