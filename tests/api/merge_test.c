/* merge_test.c - fundir dois atendimentos do mesmo contato. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

#define MERGE "/api/v1/tickets/%" PRId64 "/merge"

/* 67 é um encerrado mais antigo de Davi, o contato do ativo 62; 68, um aberto
 * dele noutro canal. Cada um com o que se guarda num atendimento. */
static void
more_tickets(void)
{
    sql("INSERT INTO channels (company_id, id, platform, name, key, "
        "external_id, secrets) VALUES (1, 43, 'whatsapp_cloud', 'WhatsApp 2', "
        "'chave-do-canal-a-0002', '100200300400501', '\\x00')");
    sql("INSERT INTO tickets (company_id, id, contact_id, channel_id, "
        "queue_id, user_id, status, last_message, last_message_at, "
        "unread_count, reply_to, subject, closed_at) VALUES "
        "(1, 67, 52, 41, 31, 13, 'closed', 'Antiga', now() - interval '3 "
        "days', 0, '5511987650002', 'Pão', now()), "
        "(1, 68, 52, 43, 31, 13, 'active', 'Noutro', now() + interval '1 "
        "minute', 3, '5511987650002', '', NULL)");
    sql("INSERT INTO messages (company_id, id, ticket_id, channel_id, "
        "sender_type, kind, body, status) VALUES (1, 90, 67, 41, 'contact', "
        "'text', 'Antiga', 'received'), (1, 91, 68, 43, 'contact', 'text', "
        "'Noutro', 'received')");
    sql("INSERT INTO tags (company_id, id, name) VALUES (1, 71, 'Paga'), "
        "(1, 72, 'Nova')");
    sql("INSERT INTO ticket_tags (company_id, ticket_id, tag_id) VALUES "
        "(1, 62, 71), (1, 67, 71), (1, 67, 72)");
    sql("INSERT INTO drafts (company_id, ticket_id, user_id, body) VALUES "
        "(1, 67, 13, 'velho'), (1, 62, 13, 'novo'), (1, 67, 11, 'do admin')");
    sql("INSERT INTO scheduled_messages (company_id, ticket_id, user_id, body, "
        "due_at, first_at) VALUES (1, 67, 13, 'lembrete', now() + interval '1 "
        "day', now() + interval '1 day')");
    sql("INSERT INTO files (company_id, user_id, ticket_id, source, kind, "
        "state, reason) VALUES (1, 13, 67, 'upload', 'image', 'failed', 'x')");
    sql("TRUNCATE ticket_changes, live_outbox");
}

static struct answer *
merge(int64_t person, int64_t id, int64_t into)
{
    return post_as(person, "tickets", text(MERGE, id),
                   text("{\"intoId\":%" PRId64 "}", into));
}

TEST(everything_passes_to_the_one_that_stays)
{
    struct answer *a;

    UNUSED;
    more_tickets();
    a = merge(fx.supervisor, 67, fx.active);
    assert_status(a, 200);
    assert_int_equal(at_int(a, "id"), fx.active);
    assert_string_equal(at_text(a, "status"), "active");
    assert_string_equal(at_text(a, "subject"), "Pão");
    assert_string_equal(at_text(a, "lastMessage"), "Tem pão?");
    assert_int_equal(json_object_array_length(at(a, "tagIds")), 2);
    assert_int_equal(
        sql_int("SELECT merged_into_id FROM tickets WHERE id = 67"), 62);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE ticket_id = "
                             "62"),
                     2);
    assert_int_equal(
        sql_int("SELECT (SELECT count(*) FROM messages WHERE ticket_id = 67) + "
                "(SELECT count(*) FROM files WHERE ticket_id = 67) + (SELECT "
                "count(*) FROM scheduled_messages WHERE ticket_id = 67) + "
                "(SELECT count(*) FROM drafts WHERE ticket_id = 67)"),
        0);
    assert_string_equal(sql("SELECT string_agg(body, ',' ORDER BY user_id) "
                            "FROM drafts WHERE ticket_id = 62"),
                        "do admin,novo");
    assert_string_equal(
        sql("SELECT string_agg(ticket_id || field || user_id, ' ' ORDER BY id) "
            "FROM ticket_changes"),
        "67mergedInto12 62mergedFrom12 62tags12");
    /* a conversa mostra as duas num fio só, e o fundido não reabre */
    a = get_as(fx.agent, "tickets", "/api/v1/tickets/62/messages");
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    assert_problem(call(&(struct call){ .program = "tickets",
                                        .method = "POST",
                                        .path = "/api/v1/tickets/67/reopen",
                                        .token = token_of(fx.agent) }),
                   409, "conflict");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'ticket:merged' AND rooms @> '{ticket:67}' AND "
                             "rooms @> '{ticket:62}'"),
                     1);
}

TEST(cycles_and_second_merges_answer_409)
{
    struct answer *a;

    UNUSED;
    more_tickets();
    sql("INSERT INTO tickets (company_id, id, contact_id, channel_id, status, "
        "closed_at) VALUES (1, 69, 52, 41, 'closed', now())");
    assert_status(merge(fx.admin, 69, 67), 200);
    a = merge(fx.admin, 67, 69);
    assert_problem(a, 409, "conflict");
    assert_non_null(strstr(at_text(a, "detail"),
                           sql("SELECT ticket_protocol(created_at, id) FROM "
                               "tickets WHERE id = 67")));
    assert_problem(merge(fx.admin, 69, fx.active), 409, "conflict");
    /* o que se fundira no primeiro acompanha: não há corrente */
    assert_status(merge(fx.admin, 67, fx.active), 200);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE "
                             "merged_into_id = 62"),
                     2);
    assert_problem(merge(fx.admin, fx.active, 67), 409, "conflict");
    assert_int_equal(
        sql_int("SELECT count(*) FROM messages WHERE ticket_id = 62"), 2);
}

/* Do mesmo contato, mas a conversa que fica responderia só por um deles. */
TEST(another_channel_is_refused_and_named)
{
    struct browser boss = browser_of(fx.supervisor);
    struct answer *a;

    UNUSED;
    more_tickets();
    a = merge(fx.admin, 67, 68);
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "intoId", "channel");
    assert_non_null(strstr(a->body, "é do canal WhatsApp 2"));
    assert_field(merge(fx.admin, 68, fx.active), "intoId", "channel");
    a = inbox_page(boss, path_of(67, "/merge"));
    assert_has(a, "value=\"62\"");
    assert_lacks(a, "value=\"68\"");
    a = inbox_submit(boss, path_of(67, "/merge"), "into=68", NULL);
    assert_status(a, 422);
    assert_has(a, "responde por um canal só");
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE "
                             "merged_into_id IS NOT NULL"),
                     0);
}

TEST(what_cannot_be_merged_is_refused_with_the_reason)
{
    UNUSED;
    more_tickets();
    assert_problem(merge(fx.agent, 67, fx.active), 403, "forbidden");
    assert_field(merge(fx.admin, 67, 67), "intoId", "same");
    assert_field(merge(fx.admin, 67, fx.pending), "intoId", "contact");
    assert_field(merge(fx.admin, 67, fx.foreign), "intoId", "exists");
    assert_field(merge(fx.admin, 67, 987), "intoId", "exists");
    assert_problem(merge(fx.admin, fx.foreign, fx.active), 404, "not-found");
    assert_problem(merge(fx.admin, fx.active, 67), 409, "conflict");
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, sender_type, "
        "kind, body, status) VALUES (1, 67, 41, 'user', 'text', 'indo', "
        "'queued')");
    sql("UPDATE tickets SET reply_to = '5511900000000' WHERE id = 67");
    assert_problem(merge(fx.admin, 67, fx.active), 409, "conflict");
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE "
                             "merged_into_id IS NOT NULL"),
                     0);
}

/* 69: um encerrado de Davi há um ano, já sem o texto; 67, encerrado ontem.
 * 90 dias é o prazo da empresa. */
static void
an_old_blanked_one(void)
{
    more_tickets();
    sql("UPDATE companies SET retention_days = 90 WHERE id = 1");
    sql("UPDATE tickets SET closed_at = now() - interval '1 day' WHERE id = "
        "67");
    sql("INSERT INTO tickets (company_id, id, contact_id, channel_id, status, "
        "closed_at, erased_at) VALUES (1, 69, 52, 41, 'closed', now() - "
        "interval '1 year', now() - interval '9 months')");
}

static int64_t
retained(void)
{
    return sql_int("SELECT blanked FROM privacy_retain(1000)");
}

TEST(what_joins_a_blanked_one_still_loses_its_text_in_time)
{
    UNUSED;
    an_old_blanked_one();
    assert_status(merge(fx.admin, 67, 69), 200);
    /* nem antes da hora, pelo prazo do antigo, nem nunca */
    assert_int_equal(retained(), 0);
    assert_string_equal(sql("SELECT body FROM messages WHERE id = 90"),
                        "Antiga");
    sql("UPDATE tickets SET closed_at = closed_at - interval '91 days' WHERE "
        "id = 69");
    assert_int_equal(retained(), 1);
    assert_string_equal(sql("SELECT body FROM messages WHERE id = 90"), "");
}

TEST(what_joins_an_older_one_keeps_its_own_time)
{
    UNUSED;
    an_old_blanked_one();
    sql("UPDATE tickets SET erased_at = NULL WHERE id = 69");
    assert_status(merge(fx.admin, 67, 69), 200);
    assert_int_equal(retained(), 0);
    assert_string_equal(sql("SELECT body FROM messages WHERE id = 90"),
                        "Antiga");
}

TEST(erased_person_does_not_merge_and_open_ticket_has_no_end)
{
    UNUSED;
    an_old_blanked_one();
    sql("UPDATE contacts SET erased_at = now() WHERE id = 52");
    assert_problem(merge(fx.admin, 67, 69), 409, "conflict");
    sql("UPDATE contacts SET erased_at = NULL WHERE id = 52");
    assert_status(merge(fx.admin, 69, fx.active), 200);
    assert_null(sql("SELECT closed_at FROM tickets WHERE id = 62"));
}

/* O job vai por número de ticket; o que se fundisse num que já passou ficaria
 * com o texto. */
TEST(merge_does_not_slip_past_an_erasure_on_its_way)
{
    UNUSED;
    sql("INSERT INTO tickets (company_id, id, contact_id, channel_id, status, "
        "closed_at) VALUES (1, 67, 51, 41, 'closed', now()), (1, 68, 51, 41, "
        "'closed', now())");
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, "
        "sender_type, kind, body, status) SELECT 1, 68, 41, 'contact', "
        "'text', 'fala-da-carla', 'received' FROM generate_series(1, 3) n");
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, "
        "sender_type, kind, body, status) SELECT 1, 67, 41, 'contact', "
        "'text', 'fala-da-carla', 'received' FROM generate_series(1, 3000) n");
    assert_status(post_as(fx.admin, "accounts",
                          "/api/v1/privacy/contacts/51/erase",
                          "{\"confirm\":\"Carla Cliente\"}"),
                  204);
    assert_true(sql_int("SELECT count(*) FROM messages WHERE body = "
                        "'fala-da-carla'") > 0);
    assert_problem(post_as(fx.admin, "tickets", "/api/v1/tickets/68/merge",
                           "{\"intoId\":61}"),
                   409, "conflict");
    assert_int_equal(
        sql_int("SELECT count(*) FROM messages WHERE ticket_id = 68"), 3);
}

/* Quem gere mas só vê o que é seu não funde o dos outros. */
TEST(who_does_not_see_one_of_them_cannot_merge)
{
    UNUSED;
    more_tickets();
    sql("UPDATE roles SET permissions = '{self,tickets.read,tickets.write,"
        "tickets.manage}' WHERE id = 81");
    assert_problem(merge(fx.auditor, 67, fx.active), 404, "not-found");
    sql("UPDATE tickets SET user_id = 15 WHERE id = 67");
    assert_field(merge(fx.auditor, 67, fx.active), "intoId", "exists");
}

TEST(pages_choose_show_and_confirm)
{
    struct browser boss = browser_of(fx.supervisor);
    struct answer *a;

    UNUSED;
    more_tickets();
    assert_has(inbox_page(boss, path_of(fx.active, "")), "/inbox/62/merge");
    assert_lacks(inbox_page(browser_of(fx.agent), path_of(fx.active, "")),
                 "/inbox/62/merge");
    assert_status(inbox_page(browser_of(fx.agent), path_of(67, "/merge")), 403);
    assert_status(inbox_page(boss, path_of(987, "/merge")), 404);
    assert_has(inbox_page(boss, path_of(fx.pending, "/merge")),
               "não tem, neste canal, outra conversa");
    a = inbox_page(boss, path_of(67, "/merge"));
    assert_status(a, 200);
    assert_has(a, "value=\"62\"");
    assert_lacks(a, "As respostas saem");
    assert_lacks(a, "method=\"post\" action=\"/inbox/67/merge\"");
    a = inbox_page(boss, path_of(67, "/merge?into=62"));
    assert_has(a, "method=\"post\" action=\"/inbox/67/merge\"");
    assert_has(a, "As respostas saem pelo canal WhatsApp");
    assert_has(a, "1 mensagem agendada");
    assert_has(a, "1 etiqueta");
    assert_has(a, "2 mensagens");
    /* o aberto não se funde no encerrado: nem se oferece */
    assert_lacks(inbox_page(boss, path_of(fx.active, "/merge")),
                 "value=\"67\"");
    a = inbox_submit(boss, path_of(67, "/merge"), "into=61", NULL);
    assert_status(a, 422);
    assert_has(a, "é de outro contato");
    a = inbox_submit(boss, path_of(67, "/merge"), "into=62", NULL);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/inbox/62");
    a = inbox_submit(boss, path_of(67, "/merge"), "into=68", NULL);
    assert_status(a, 409);
    assert_has(a, "já se fundiu em outro");
    a = inbox_page(boss, path_of(67, ""));
    assert_has(a, "href=\"/inbox/62\"");
    assert_has(a, "fundiu em");
    assert_has(a, "As mensagens passaram para lá.");
    assert_lacks(a, "67/reopen");
    assert_has(inbox_page(boss, path_of(fx.active, "")), "juntou aqui o");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(everything_passes_to_the_one_that_stays),
        T(cycles_and_second_merges_answer_409),
        T(another_channel_is_refused_and_named),
        T(what_cannot_be_merged_is_refused_with_the_reason),
        T(what_joins_a_blanked_one_still_loses_its_text_in_time),
        T(what_joins_an_older_one_keeps_its_own_time),
        T(erased_person_does_not_merge_and_open_ticket_has_no_end),
        T(merge_does_not_slip_past_an_erasure_on_its_way),
        T(who_does_not_see_one_of_them_cannot_merge),
        T(pages_choose_show_and_confirm),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
