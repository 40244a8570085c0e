/*
 * silence_test.c - a conversa em que o contato se cala: o aviso, o fim, e tudo
 * o que a impede de se encerrar sozinha.
 */
#include <inttypes.h>
#include <string.h>

#include "db/db.h"
#include "desk/silence.h"
#include "hook.h"
#include "inbox_kit.h"
#include "job_kit.h"

#define CALLER "5511912345678"
#define SALES "/api/v1/queues/31"
#define WARNING "Ainda está aí? Sem resposta, encerramos em uma hora."

static struct answer *
ticket(int64_t id, const char *rest, const char *body)
{
    return call(
        &(struct call){ .program = "tickets",
                        .path = text("/api/v1/tickets/%" PRId64 "%s", id, rest),
                        .body = body,
                        .token = token_of(fx.agent) });
}

static void
rules(const char *body)
{
    assert_status(call(&(struct call){ .program = "desk",
                                       .method = "PATCH",
                                       .path = SALES,
                                       .body = body,
                                       .token = token_of(fx.admin) }),
                  200);
}

/* O que esperava para sair saiu agora. */
static void
goes_out(void)
{
    sql("UPDATE messages SET status = 'delivered', sent_at = now() WHERE "
        "status "
        "= 'queued'");
}

/* Em Vendas: aviso em meia hora, fim em uma. Nós respondemos por último. */
static int64_t
answered(const char *wamid)
{
    int64_t id;

    rules("{\"silenceMinutes\":30,\"silenceMessage\":\"" WARNING "\","
          "\"silenceCloseMinutes\":60}");
    id = hook_arrives(CALLER, wamid);
    assert_status(ticket(id, "/take", "{}"), 200);
    assert_status(ticket(id, "/messages", "{\"body\":\"Pode ser?\"}"), 201);
    goes_out();
    return id;
}

/* Passa o tempo: tudo o que se disse foi há mais `minutes`. */
static void
wait_for(int minutes)
{
    sql("UPDATE messages SET created_at = created_at - make_interval(mins => "
        "%d), sent_at = sent_at - make_interval(mins => %d)",
        minutes, minutes);
}

/* Roda o job, como o worker; devolve em quantos minutos volta, ou -1. */
static int64_t
work(int64_t id)
{
    struct ctx c = {
        .arena = job_arena, .db = job_db, .token_version = -1, .company_id = 1
    };
    struct job job = { .payload = text("{\"ticketId\":%" PRId64 "}", id) };
    enum job_next next;

    assert_int_equal(silence_kind.prepare(&c, &job, &next), OK);
    assert_int_equal(db_commit(&c), OK);
    return next == JOB_DONE ? -1 : (job.delay_ms + 59999) / 60000;
}

static const char *
status_of(int64_t id)
{
    return sql("SELECT status FROM tickets WHERE id = %" PRId64, id);
}

static int64_t
warnings(void)
{
    return sql_int(
        "SELECT count(*) FROM messages WHERE sender_type = 'bot' AND "
        "body = '" WARNING "'");
}

static int64_t
silence_jobs(int64_t id)
{
    return sql_int(
        "SELECT count(*) FROM jobs WHERE kind = 'ticket.silence' AND "
        "unique_key = '%" PRId64 "'",
        id);
}

TEST(queue_takes_the_rule_and_refuses_nonsense)
{
    struct browser b = browser_of(fx.admin);
    struct answer *a;

    UNUSED;
    rules("{\"silenceMinutes\":30,\"silenceMessage\":\"Oi?\"}");
    a = get_as(fx.agent, "desk", SALES);
    assert_int_equal(at_int(a, "silenceMinutes"), 30);
    assert_string_equal(at_text(a, "silenceMessage"), "Oi?");
    assert_null(at(a, "silenceCloseMinutes"));
    a = call(&(struct call){ .program = "desk",
                             .method = "PATCH",
                             .path = SALES,
                             .body = "{\"silenceMinutes\":4}",
                             .token = token_of(fx.admin) });
    assert_status(a, 422);
    assert_field(a, "silenceMinutes", "min");
    a = browser_page(b, "desk_pages", "/admin/queues/31");
    assert_has(a, "name=\"silenceMinutes\" value=\"30\"");
    a = browser_submit(
        b, "desk_pages", "/admin/queues/31",
        text("version=%s&name=Vendas&assignment=off&csat=company&"
             "silenceMinutes=4",
             sql("SELECT version FROM queues WHERE id = 31")));
    assert_status(a, 422);
    assert_has(a, "id=\"silence-error\"");
    rules("{\"silenceMinutes\":null}");
    assert_null(at(get_as(fx.agent, "desk", SALES), "silenceMinutes"));
}

TEST(silent_contact_is_warned_once_and_then_the_ticket_closes)
{
    int64_t id = answered("wamid.s1");

    UNUSED;
    assert_int_equal(silence_jobs(id), 1);
    assert_int_equal(work(id), 30);
    assert_int_equal(warnings(), 0);
    wait_for(31);
    assert_int_equal(work(id), 60);
    assert_int_equal(warnings(), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs j JOIN messages m ON "
                             "j.unique_key = m.id::text WHERE j.kind = "
                             "'message.send' AND m.sender_type = 'bot'"),
                     1);
    /* o aviso ainda não saiu: nada conta */
    wait_for(61);
    assert_int_equal(work(id), 1);
    goes_out();
    assert_int_equal(work(id), 60);
    assert_string_equal(status_of(id), "active");
    wait_for(61);
    assert_int_equal(work(id), -1);
    assert_string_equal(status_of(id), "closed");
    assert_int_equal(warnings(), 1);
    assert_string_equal(sql("SELECT close_reason FROM tickets WHERE id = "
                            "%" PRId64,
                            id),
                        "o contato não respondeu");
    assert_int_equal(work(id), -1);
}

TEST(ticket_that_waits_for_us_never_closes)
{
    int64_t id = answered("wamid.s2");

    UNUSED;
    wait_for(31);
    assert_int_equal(work(id), 60);
    hook_deliver(hook_text(CALLER, "wamid.s2b", "Estou sim"));
    wait_for(5000);
    assert_int_equal(work(id), -1);
    assert_string_equal(status_of(id), "active");
    assert_int_equal(warnings(), 1);
    /* respondemos de novo: outro silêncio, outro job */
    sql("DELETE FROM jobs WHERE kind = 'ticket.silence'");
    assert_status(ticket(id, "/messages", "{\"body\":\"Certo\"}"), 201);
    goes_out();
    assert_int_equal(silence_jobs(id), 1);
    assert_int_equal(work(id), 30);
}

TEST(what_the_contact_never_got_is_not_his_silence)
{
    int64_t id = answered("wamid.s3");

    UNUSED;
    sql("UPDATE messages SET status = 'failed' WHERE sender_type = 'user'");
    wait_for(5000);
    assert_int_equal(work(id), 60); /* talvez a mandem de novo */
    assert_string_equal(status_of(id), "active");
    sql("UPDATE messages SET status = 'delivered', sent_at = now() WHERE "
        "status "
        "= 'failed'");
    assert_int_equal(work(id), 30);
}

TEST(the_longest_wait_fits)
{
    int64_t id = answered("wamid.s8");

    UNUSED;
    rules("{\"silenceCloseMinutes\":525600}");
    wait_for(31);
    assert_int_equal(work(id), 525600);
}

TEST(another_answer_starts_the_wait_again_and_a_note_does_not)
{
    int64_t id = answered("wamid.s4");

    UNUSED;
    wait_for(20);
    assert_status(ticket(id, "/messages", "{\"body\":\"Então?\"}"), 201);
    goes_out();
    assert_int_equal(silence_jobs(id), 1);
    wait_for(15);
    assert_int_equal(work(id), 15);
    assert_status(ticket(id, "/notes", "{\"body\":\"Sumiu\"}"), 201);
    assert_int_equal(work(id), 15);
}

TEST(snoozed_ticket_and_queue_without_the_rule_are_left_alone)
{
    int64_t id = answered("wamid.s5");

    UNUSED;
    wait_for(5000);
    sql("UPDATE tickets SET snoozed_until = now() + interval '1 day' WHERE id "
        "= %" PRId64,
        id);
    assert_int_equal(work(id), -1);
    sql("DELETE FROM jobs WHERE kind = 'ticket.silence'");
    sql("UPDATE tickets SET snoozed_until = NULL WHERE id = %" PRId64, id);
    assert_int_equal(silence_jobs(id), 1);
    rules("{\"silenceMinutes\":0}");
    assert_int_equal(work(id), -1);
    assert_string_equal(status_of(id), "active");
}

TEST(outside_the_window_or_without_a_text_it_closes_unwarned)
{
    int64_t id = answered("wamid.s6");

    UNUSED;
    sql("UPDATE tickets SET window_until = now() - interval '1 minute'");
    wait_for(31);
    assert_int_equal(work(id), -1);
    assert_string_equal(status_of(id), "closed");
    assert_int_equal(warnings(), 0);
    id = answered("wamid.s7");
    rules("{\"silenceMessage\":\"\"}");
    wait_for(31);
    assert_int_equal(work(id), -1);
    assert_string_equal(status_of(id), "closed");
}

#define T(name) cmocka_unit_test_setup(name, hook_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(queue_takes_the_rule_and_refuses_nonsense),
        T(silent_contact_is_warned_once_and_then_the_ticket_closes),
        T(ticket_that_waits_for_us_never_closes),
        T(what_the_contact_never_got_is_not_his_silence),
        T(the_longest_wait_fits),
        T(another_answer_starts_the_wait_again_and_a_note_does_not),
        T(snoozed_ticket_and_queue_without_the_rule_are_left_alone),
        T(outside_the_window_or_without_a_text_it_closes_unwarned),
    };

    return cmocka_run_group_tests(tests, job_setup, job_teardown);
}
