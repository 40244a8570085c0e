/*
 * csat_test.c - a pesquisa de satisfação: quando se pergunta, o que volta, e
 * as contas. A resposta não reabre nada e conta uma vez por encerramento.
 */
#include <inttypes.h>
#include <string.h>

#include "channel/send.h"
#include "db/db.h"
#include "desk/csat.h"
#include "hook.h"
#include "inbox_kit.h"
#include "job_kit.h"

#define TICKETS "/api/v1/tickets"
#define CALLER "5511987650002" /* o contato do atendimento 62 */

/* Começa com a pesquisa ligada na empresa. */
static int
reset(void **state)
{
    if (hook_reset(state) != 0)
        return 1;
    sql("UPDATE companies SET csat = true WHERE id = 1");
    return 0;
}

static struct answer *
act(int64_t person, const char *verb)
{
    return post_as(person, "tickets",
                   text(TICKETS "/%" PRId64 "/%s", fx.active, verb), "{}");
}

/* Roda os jobs da espécie, como o worker; `keep` os deixa na fila. */
static int
run_jobs(const struct job_kind *kind, bool keep)
{
    int n = (int)sql_int("SELECT count(*) FROM jobs WHERE kind = '%s'",
                         kind->name),
        i;

    for (i = 0; i < n; i++) {
        struct ctx c = { .arena = job_arena,
                         .db = job_db,
                         .token_version = -1,
                         .company_id = 1 };
        struct job job = {
            .company_id = 1,
            .payload = text("%s", sql("SELECT payload FROM jobs WHERE kind = "
                                      "'%s' ORDER BY id OFFSET %d LIMIT 1",
                                      kind->name, i))
        };
        enum job_next next;

        assert_int_equal(kind->prepare(&c, &job, &next), OK);
        assert_int_equal(next, JOB_DONE);
        assert_int_equal(db_commit(&c), OK);
    }
    if (!keep)
        sql("DELETE FROM jobs WHERE kind = '%s'", kind->name);
    return n;
}

/* Encerra e pergunta; devolve o número da pesquisa. */
static int64_t
ask(void)
{
    assert_status(act(fx.agent, "close"), 200);
    assert_int_equal(run_jobs(&csat_kind, false), 1);
    return sql_int("SELECT max(id) FROM csat_surveys");
}

static void
touches(const char *wamid, int64_t survey, int score)
{
    hook_deliver(hook_value(
        "\"contacts\":[{\"profile\":{\"name\":\"Davi Dias\"},\"wa_id\":"
        "\"" CALLER "\"}],\"messages\":[{\"from\":\"" CALLER "\",\"id\":\"%s\","
        "\"timestamp\":\"1760000000\",\"type\":\"interactive\",\"interactive\":"
        "{\"type\":\"list_reply\",\"list_reply\":{\"id\":\"csat:%" PRId64
        ":%d\",\"title\":\"%d – Nota\"}}}]",
        wamid, survey, score, score));
    /* a entrega é de um dia fixo */
}

static void
writes(const char *wamid, const char *body)
{
    hook_deliver(hook_text(CALLER, wamid, body));
}

static const char *
status(void)
{
    return sql("SELECT status FROM tickets WHERE id = %" PRId64, fx.active);
}

static int64_t
score_of(int64_t survey)
{
    return sql_int("SELECT coalesce(score, 0) FROM csat_surveys WHERE id = "
                   "%" PRId64,
                   survey);
}

/* ---- perguntar ---- */

TEST(closing_asks_once_with_a_list_the_cloud_api_takes)
{
    struct ctx c = {
        .arena = job_arena, .db = job_db, .token_version = -1, .company_id = 1
    };
    struct job job = { .company_id = 1 };
    enum job_next next;
    int64_t survey;
    const char *body;

    UNUSED;
    assert_status(act(fx.agent, "close"), 200);
    run_jobs(&csat_kind, true);
    run_jobs(&csat_kind, false); /* o worker caiu depois do COMMIT */
    survey = sql_int("SELECT id FROM csat_surveys");
    assert_int_equal(
        sql_int("SELECT count(*) FROM csat_surveys WHERE ticket_id "
                "= 62 AND user_id = 13 AND queue_id = 31 AND "
                "score IS NULL"),
        1);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     1);
    job.payload = text("%s", sql("SELECT payload FROM jobs WHERE kind = "
                                 "'message.send'"));
    assert_int_equal(message_send_kind.prepare(&c, &job, &next), OK);
    assert_int_equal(next, JOB_CALL);
    body = text("%.*s", (int)job.call.body.len, job.call.body.data);
    db_rollback(&c);
    assert_non_null(strstr(body, "\"type\":\"interactive\""));
    assert_non_null(strstr(body, "\"type\": \"list\""));
    assert_non_null(strstr(body, "Como foi o seu atendimento?"));
    assert_non_null(strstr(body, text("csat:%" PRId64 ":5", survey)));
    assert_int_equal(
        sql_int("SELECT count(*) FROM messages m, jsonb_array_elements("
                "m.payload #> '{send,action,sections,0,rows}') r WHERE "
                "m.kind = 'interactive' AND char_length(r ->> 'title') <= 24 "
                "AND char_length(m.payload #>> '{send,action,button}') <= 20"),
        5);
    assert_has(inbox_page(browser_of(fx.agent), path_of(fx.active, "?panel=1")),
               "Ainda não respondeu");
}

TEST(queue_says_otherwise_and_has_its_own_question)
{
    UNUSED;
    sql("UPDATE queues SET csat = 'off' WHERE id = 31");
    assert_status(act(fx.agent, "close"), 200);
    assert_int_equal(run_jobs(&csat_kind, false), 0);
    assert_status(act(fx.agent, "reopen"), 200);
    sql("UPDATE companies SET csat = false WHERE id = 1");
    sql("UPDATE queues SET csat = 'on', csat_question = 'E aí?' WHERE id = 31");
    ask();
    assert_string_equal(sql("SELECT body FROM messages WHERE kind = "
                            "'interactive'"),
                        "E aí?");
}

TEST(nobody_is_asked_out_of_the_window_blocked_or_reopened)
{
    UNUSED;
    sql("UPDATE tickets SET window_until = now() - interval '1 minute' WHERE "
        "id = 62");
    assert_status(act(fx.agent, "close"), 200);
    assert_int_equal(run_jobs(&csat_kind, false), 0);
    sql("UPDATE tickets SET window_until = now() + interval '1 hour' WHERE "
        "id = 62");
    assert_status(act(fx.agent, "reopen"), 200);
    sql("UPDATE contacts SET blocked_at = now() WHERE id = 52");
    assert_status(act(fx.agent, "close"), 200);
    assert_int_equal(run_jobs(&csat_kind, false), 0);
    sql("UPDATE contacts SET blocked_at = NULL WHERE id = 52");
    assert_status(act(fx.agent, "reopen"), 200);
    assert_status(act(fx.agent, "close"), 200);
    assert_status(act(fx.agent, "reopen"), 200); /* antes do job */
    assert_int_equal(run_jobs(&csat_kind, false), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM csat_surveys"), 0);
}

/* ---- responder ---- */

TEST(touch_on_the_list_gives_the_score_and_reopens_nothing)
{
    int64_t survey, tickets = sql_int("SELECT count(*) FROM tickets");
    struct answer *a;

    UNUSED;
    survey = ask();
    touches("wamid.c1", survey, 4);
    assert_int_equal(score_of(survey), 4);
    assert_string_equal(status(), "closed");
    assert_int_equal(sql_int("SELECT count(*) FROM tickets"), tickets);
    assert_int_equal(sql_int("SELECT unread_count FROM tickets WHERE id = 62"),
                     0);
    assert_null(sql("SELECT waiting_since FROM tickets WHERE id = 62"));
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE "
                             "ticket_id = 62 AND field = 'csat' AND new_value "
                             "= '4'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE ticket_id = "
                             "62 AND provider_id = 'wamid.c1'"),
                     1);
    assert_int_equal(hook_events("message:created"), 2); /* a lista e o toque */
    touches("wamid.c1b", survey, 1); /* o segundo toque não muda a nota */
    assert_int_equal(score_of(survey), 4);
    assert_string_equal(status(), "closed");
    a = inbox_page(browser_of(fx.agent), path_of(fx.active, "?panel=1"));
    assert_has(a, "4 de 5");
    assert_has(a, "anotou a nota do contato: 4 de 5");
}

TEST(bare_number_is_a_score_and_the_next_text_a_comment)
{
    int64_t survey = ask();

    UNUSED;
    writes("wamid.c2", " 5 ");
    assert_int_equal(score_of(survey), 5);
    assert_string_equal(status(), "closed");
    /* a entrega é de um dia fixo: a janela não se esticou com ela */
    assert_int_equal(run_jobs(&csat_kind, false), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE ticket_id = "
                             "62 AND sender_type = 'bot' AND body LIKE "
                             "'Obrigado pela nota!%%'"),
                     1);
    writes("wamid.c2b", "Atendimento excelente");
    assert_string_equal(sql("SELECT comment FROM csat_surveys"),
                        "Atendimento excelente");
    assert_string_equal(status(), "closed");
    assert_has(inbox_page(browser_of(fx.agent), path_of(fx.active, "?panel=1")),
               "Atendimento excelente");
    writes("wamid.c2c", "Na verdade, tenho outra dúvida");
    assert_string_equal(status(), "active");
}

TEST(other_words_reopen_as_always)
{
    int64_t survey = ask();

    UNUSED;
    writes("wamid.c3", "Não resolveu");
    assert_string_equal(status(), "active");
    assert_int_equal(score_of(survey), 0);
    touches("wamid.c3b", survey, 2); /* tarde, mas ainda é a nota daquele */
    assert_int_equal(score_of(survey), 2);
    assert_string_equal(status(), "active");
    writes("wamid.c3c", "3"); /* com a conversa aberta é só uma mensagem */
    assert_int_equal(score_of(survey), 2);
}

TEST(score_after_the_window_does_not_count)
{
    int64_t survey = ask();

    UNUSED;
    sql("UPDATE csat_surveys SET asked_at = now() - interval '25 hours'");
    touches("wamid.c4", survey, 5);
    assert_int_equal(score_of(survey), 0);
    assert_string_equal(status(), "closed"); /* um toque velho não reabre */
    writes("wamid.c4b", "5");
    assert_int_equal(score_of(survey), 0);
    assert_string_equal(status(), "active");
}

TEST(text_long_after_the_score_is_not_a_comment)
{
    int64_t survey = ask();

    UNUSED;
    writes("wamid.c5", "1");
    assert_int_equal(score_of(survey), 1);
    sql("UPDATE csat_surveys SET scored_at = now() - interval '11 minutes'");
    writes("wamid.c5b", "Oi de novo");
    assert_string_equal(status(), "active");
    assert_null(sql("SELECT comment FROM csat_surveys"));
}

TEST(each_closing_has_its_own_survey)
{
    int64_t first = ask(), second;

    UNUSED;
    touches("wamid.c6", first, 2);
    assert_status(act(fx.agent, "reopen"), 200);
    sql("DELETE FROM jobs WHERE kind = 'csat.ask'");
    sql("UPDATE tickets SET window_until = now() + interval '1 hour' WHERE "
        "id = 62");
    second = ask();
    assert_int_not_equal(first, second);
    touches("wamid.c6b", second, 5);
    assert_int_equal(score_of(first), 2);
    assert_int_equal(score_of(second), 5);
}

TEST(touch_on_a_survey_of_another_contact_counts_nothing)
{
    int64_t survey = ask();

    UNUSED;
    sql("UPDATE csat_surveys SET ticket_id = 65");
    touches("wamid.c7", survey, 5);
    assert_int_equal(score_of(survey), 0);
}

/* Encerra, pergunta e funde o 62 no 67, também encerrado, do canal dado: de
 * outro, como os que se fundiram antes de a fusão ser de um canal só. */
static int64_t
ask_and_merge(int64_t channel, const char *state)
{
    int64_t survey = ask();

    sql("UPDATE messages SET status = 'sent' WHERE status = 'queued'");
    sql("INSERT INTO channels (company_id, id, platform, name, key, "
        "external_id, secrets) VALUES (1, 43, 'whatsapp_cloud', 'WhatsApp 2', "
        "'chave-do-canal-a-0002', '100200300400501', '\\x00')");
    sql("INSERT INTO tickets (company_id, id, contact_id, channel_id, "
        "queue_id, user_id, status, reply_to, closed_at) VALUES (1, 67, 52, "
        "41, 31, 13, '%s', '%s', %s)",
        state, channel == 41 ? CALLER : "5500000000000",
        strcmp(state, "closed") == 0 ? "now()" : "NULL");
    assert_status(
        post_as(fx.admin, "tickets", TICKETS "/62/merge", "{\"intoId\":67}"),
        200);
    sql("UPDATE tickets SET channel_id = %" PRId64 ", window_until = CASE "
        "WHEN channel_id = %" PRId64 " THEN window_until END WHERE id = 67",
        channel, channel);
    return survey;
}

static int64_t
messages_of(int64_t ticket, const char *wamid)
{
    return sql_int("SELECT count(*) FROM messages WHERE ticket_id = %" PRId64
                   " AND provider_id = '%s'",
                   ticket, wamid);
}

TEST(answer_goes_where_the_merged_messages_are)
{
    int64_t survey;

    UNUSED;
    survey = ask_and_merge(41, "closed");
    writes("wamid.m1", "4");
    assert_int_equal(score_of(survey), 4);
    assert_int_equal(messages_of(67, "wamid.m1"), 1);
    assert_int_equal(run_jobs(&csat_kind, false), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE ticket_id = "
                             "67 AND body LIKE 'Obrigado pela nota!%%'"),
                     1);
    writes("wamid.m1b", "Muito bom");
    assert_string_equal(sql("SELECT comment FROM csat_surveys"), "Muito bom");
    assert_int_equal(messages_of(67, "wamid.m1b"), 1);
    touches("wamid.m1c", survey, 2); /* um toque velho também */
    assert_int_equal(messages_of(67, "wamid.m1c"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE ticket_id = "
                             "62"),
                     0);
    assert_string_equal(sql("SELECT status || unread_count FROM tickets WHERE "
                            "id = 67"),
                        "closed0");
}

/* O outro canal não passa a responder para o endereço deste, nem agradece. */
TEST(answer_to_one_merged_into_another_channel_changes_no_address)
{
    int64_t survey = ask_and_merge(43, "closed");

    UNUSED;
    touches("wamid.m2", survey, 5);
    assert_int_equal(score_of(survey), 5);
    assert_int_equal(messages_of(67, "wamid.m2"), 1);
    assert_string_equal(sql("SELECT reply_to FROM tickets WHERE id = 67"),
                        "5500000000000");
    assert_null(sql("SELECT window_until FROM tickets WHERE id = 67"));
    run_jobs(&csat_kind, false);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE body LIKE "
                             "'Obrigado pela nota!%%'"),
                     0);
}

TEST(answer_to_one_merged_into_an_open_one_is_a_message_of_it)
{
    int64_t survey = ask_and_merge(41, "active");

    UNUSED;
    touches("wamid.m3", survey, 3);
    assert_int_equal(score_of(survey), 3);
    assert_int_equal(messages_of(67, "wamid.m3"), 1);
    assert_string_equal(sql("SELECT status || unread_count FROM tickets WHERE "
                            "id = 67"),
                        "active1");
}

/* Aberto noutro canal: a mensagem segue o caminho de qualquer outra deste. */
TEST(answer_to_one_merged_into_an_open_one_elsewhere_is_ordinary)
{
    int64_t survey = ask_and_merge(43, "active");

    UNUSED;
    touches("wamid.m4", survey, 3);
    assert_int_equal(score_of(survey), 3);
    assert_int_equal(
        sql_int("SELECT count(*) FROM messages m JOIN tickets t ON "
                "t.id = m.ticket_id WHERE m.provider_id = "
                "'wamid.m4' AND t.channel_id = 41 AND t.status = "
                "'pending' AND t.unread_count = 1"),
        1);
}

/* ---- as contas e as regras ---- */

static void
seed_scores(void)
{
    sql("INSERT INTO csat_surveys (company_id, ticket_id, cycle, queue_id, "
        "user_id, score, comment, scored_at, asked_at) VALUES "
        "(1, 61, 90, 31, 13, 5, 'Ótimo', now(), now()), "
        "(1, 62, 90, 31, 13, 2, NULL, now(), now()), "
        "(1, 63, 90, 31, NULL, NULL, NULL, NULL, now()), "
        "(1, 65, 90, 32, 11, 4, NULL, now(), now()), "
        "(1, 65, 91, 32, 11, 1, NULL, now(), now() - interval '60 days'), "
        "(2, 66, 90, 33, 21, 1, NULL, now(), now())");
}

static struct answer *
figures(int64_t person, const char *query)
{
    return get_as(person, "desk", text("/api/v1/csat%s", query));
}

TEST(figures_are_of_the_period_the_queue_and_the_person)
{
    struct answer *a;

    UNUSED;
    seed_scores();
    a = figures(fx.supervisor, "");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "asked"), 4);
    assert_int_equal(at_int(a, "answered"), 3);
    assert_string_equal(at_text(a, "average"), "3.67");
    assert_int_equal(at_int(a, "scores.4"), 1);
    assert_int_equal(at_int(a, "scores.0"), 0);
    assert_string_equal(at_text(a, "queues.0.name"), "Suporte");
    assert_string_equal(at_text(a, "users.0.name"), "Ana Admin");
    a = figures(fx.supervisor, "?queueId=31");
    assert_int_equal(at_int(a, "asked"), 3);
    assert_string_equal(at_text(a, "average"), "3.50");
    a = figures(fx.supervisor, "?userId=13&queueId=32");
    assert_int_equal(at_int(a, "asked"), 0);
    assert_null(at(a, "average"));
    a = figures(fx.supervisor, "?from=2020-01-01");
    assert_int_equal(at_int(a, "answered"), 4);
    a = figures(fx.supervisor, "?from=2020-01-01&to=2020-02-01");
    assert_int_equal(at_int(a, "asked"), 0);
    assert_field(figures(fx.supervisor, "?from=ontem"), "from", "format");
    assert_field(figures(fx.supervisor, "?to=2026-02-31"), "to", "format");
    assert_problem(figures(fx.agent, ""), 403, "forbidden");
}

TEST(answers_go_on_by_key)
{
    struct answer *a;

    UNUSED;
    seed_scores();
    a = get_as(fx.supervisor, "desk", "/api/v1/csat/answers?limit=2");
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    assert_int_equal(at_int(a, "data.0.score"), 4);
    a = get_as(fx.supervisor, "desk",
               text("/api/v1/csat/answers?limit=2&cursor=%s",
                    at_text(a, "nextCursor")));
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_string_equal(at_text(a, "data.0.comment"), "Ótimo");
    assert_field(get_as(fx.supervisor, "desk", "/api/v1/csat/answers?to=x"),
                 "to", "format");
}

TEST(rules_are_read_by_all_and_changed_by_admins)
{
    struct answer *a = get_as(fx.agent, "desk", "/api/v1/csat/settings");
    struct call put = { .program = "desk",
                        .method = "PUT",
                        .path = "/api/v1/csat/settings",
                        .body = "{\"enabled\":false,\"question\":\"Gostou?\"}",
                        .token = token_of(fx.admin) };

    UNUSED;
    assert_status(a, 200);
    assert_true(json_object_get_boolean(at(a, "enabled")));
    a = call(&put);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "question"), "Gostou?");
    assert_string_equal(sql("SELECT csat_question FROM companies WHERE id = 2"),
                        "");
    put.token = token_of(fx.supervisor);
    assert_problem(call(&put), 403, "forbidden");
    a = call(&(struct call){ .program = "desk",
                             .method = "PATCH",
                             .path = "/api/v1/queues/31",
                             .body = "{\"csat\":\"on\",\"csatQuestion\":\"E\"}",
                             .token = token_of(fx.admin) });
    assert_status(a, 200);
    assert_string_equal(at_text(a, "csat"), "on");
    assert_string_equal(at_text(a, "csatQuestion"), "E");
}

TEST(retention_takes_the_comment_and_leaves_the_score)
{
    UNUSED;
    seed_scores();
    sql("UPDATE companies SET retention_days = 30 WHERE id = 1; UPDATE tickets "
        "SET status = 'closed', closed_at = now() - interval '31 days' WHERE "
        "id = 61");
    assert_int_equal(sql_int("SELECT tickets FROM privacy_retain(1000)"), 1);
    assert_int_equal(sql_int("SELECT score FROM csat_surveys WHERE ticket_id = "
                             "61 AND comment IS NULL"),
                     5);
}

TEST(page_shows_the_figures_and_saves_the_rules)
{
    struct browser b = browser_of(fx.admin), s = browser_of(fx.supervisor);
    struct answer *a;

    UNUSED;
    seed_scores();
    a = browser_page(s, "desk_pages", "/admin/csat");
    assert_status(a, 200);
    assert_has(a, "3,67");
    assert_has(a, "75 %");
    assert_has(a, "Ótimo");
    assert_has(a, "fieldset class=\"set-card plain-set\" disabled");
    a = browser_page(s, "desk_pages",
                     "/admin/csat?queueId=31&userId=x&from=2020-01-01&to=zz");
    assert_status(a, 200);
    assert_has(a, "3,50");
    a = browser_submit(b, "desk_pages", "/admin/csat",
                       "enabled=true&enabled=false&question=Gostou%3F");
    assert_status(a, 303);
    assert_string_equal(sql("SELECT csat || csat_question FROM companies WHERE "
                            "id = 1"),
                        "trueGostou?");
    assert_status(browser_submit(s, "desk_pages", "/admin/csat",
                                 "enabled=false&question="),
                  403);
    a = browser_page(b, "desk_pages", "/admin/queues/31");
    assert_has(a, "id=\"csatQuestion\"");
}

#define T(name) cmocka_unit_test_setup(name, reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(closing_asks_once_with_a_list_the_cloud_api_takes),
        T(queue_says_otherwise_and_has_its_own_question),
        T(nobody_is_asked_out_of_the_window_blocked_or_reopened),
        T(touch_on_the_list_gives_the_score_and_reopens_nothing),
        T(bare_number_is_a_score_and_the_next_text_a_comment),
        T(other_words_reopen_as_always),
        T(score_after_the_window_does_not_count),
        T(text_long_after_the_score_is_not_a_comment),
        T(each_closing_has_its_own_survey),
        T(touch_on_a_survey_of_another_contact_counts_nothing),
        T(answer_goes_where_the_merged_messages_are),
        T(answer_to_one_merged_into_another_channel_changes_no_address),
        T(answer_to_one_merged_into_an_open_one_is_a_message_of_it),
        T(answer_to_one_merged_into_an_open_one_elsewhere_is_ordinary),
        T(figures_are_of_the_period_the_queue_and_the_person),
        T(answers_go_on_by_key),
        T(rules_are_read_by_all_and_changed_by_admins),
        T(retention_takes_the_comment_and_leaves_the_score),
        T(page_shows_the_figures_and_saves_the_rules),
    };

    return cmocka_run_group_tests(tests, job_setup, job_teardown);
}
