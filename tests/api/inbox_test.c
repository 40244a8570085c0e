/* inbox_test.c - as páginas da caixa de entrada, sem navegador. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"
#include "media_kit.h"

static const char *
status_of(int64_t ticket)
{
    return sql("SELECT status FROM tickets WHERE id = %" PRId64, ticket);
}

TEST(root_leads_to_the_inbox)
{
    struct answer *a = inbox_page(browser_of(fx.admin), "/");

    UNUSED;
    assert_status(a, 303);
    assert_non_null(strstr(a->headers, "Location: /inbox\r\n"));
}

TEST(pages_without_a_session_lead_to_the_login_and_back)
{
    struct answer *a =
        call(&(struct call){ .program = "inbox", .path = "/inbox/61" });

    UNUSED;
    assert_status(a, 303);
    assert_non_null(strstr(a->headers, "Location: /login?next=%2Finbox%2F61"));
}

TEST(list_shows_the_chosen_tab_with_counts)
{
    struct answer *a =
        inbox_page(browser_of(fx.admin), "/inbox?status=pending");

    UNUSED;
    assert_status(a, 200);
    assert_has(a, "Carla Cliente");
    assert_has(a, "Bom dia");
    assert_has(a, "2 mensagens não lidas");
    assert_has(a, "1 conversa com mensagem não lida");
    assert_has(a, "<title>(2) Conversas");
    assert_lacks(a, "Davi Dias");
    assert_lacks(a, "Hugo Horta");
    assert_has(a, "data-rooms=\"company,user:");
}

TEST(list_without_a_known_tab_opens_the_one_that_waits)
{
    struct browser b = browser_of(fx.admin);

    UNUSED;
    assert_has(inbox_page(b, "/inbox"), "Carla Cliente");
    assert_has(inbox_page(b, "/inbox?status=nada"), "Carla Cliente");
    sql("UPDATE tickets SET status = 'closed' WHERE status = 'pending'");
    assert_has(inbox_page(b, "/inbox"), "Davi Dias");
}

TEST(list_respects_what_each_person_may_see)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a = inbox_page(agent, "/inbox?status=active");

    UNUSED;
    assert_has(a, "Davi Dias");
    assert_lacks(a, "Gil Gomes");
    assert_has(a, "queue:31");
    assert_lacks(a, "data-rooms=\"company,user:");
    a = inbox_page(browser_of(fx.loner), "/inbox?status=active");
    assert_status(a, 200);
    assert_lacks(a, "Davi Dias");
}

TEST(list_part_has_no_page_around_it)
{
    struct answer *a = inbox_part(browser_of(fx.admin),
                                  "/inbox?part=list&status=active&open=62");

    UNUSED;
    assert_status(a, 200);
    assert_lacks(a, "<html");
    assert_has(a, "aria-current=\"true\"");
}

TEST(list_continues_after_the_cursor)
{
    struct browser b = browser_of(fx.admin);
    struct answer *a = inbox_part(b, "/inbox?part=list&status=active&rows=1");
    const char *more = strstr(a->body, "cursor=");
    char cursor[120];

    UNUSED;
    assert_non_null(more);
    assert_int_equal(sscanf(more, "cursor=%119[^\"&]", cursor), 1);
    a = inbox_page(b, text("/inbox?status=active&rows=1&cursor=%s", cursor));
    assert_status(a, 200);
    assert_has(a, "class=\"item");
    a = inbox_page(b, "/inbox?status=active&cursor=lixo");
    assert_status(a, 200);
    assert_has(a, "Davi Dias");
}

TEST(rows_out_of_bounds_are_refused)
{
    struct browser b = browser_of(fx.admin);

    UNUSED;
    assert_status(inbox_page(b, "/inbox?rows=0"), 422);
    assert_status(inbox_page(b, "/inbox?rows=100000"), 422);
    assert_status(inbox_page(b, "/inbox/61?before=x"), 422);
    assert_status(inbox_page(b, "/inbox/abc"), 422);
}

TEST(opening_a_talk_marks_it_read_and_says_so)
{
    struct answer *a = inbox_page(browser_of(fx.agent),
                                  path_of(fx.pending, "?status=pending"));

    UNUSED;
    assert_status(a, 200);
    assert_has(a, "Bom dia");
    assert_has(a, "Assumir");
    assert_int_equal(sql_int("SELECT unread_count FROM tickets WHERE id = %d",
                             (int)fx.pending),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'ticket:updated'"),
                     1);
}

TEST(parts_of_a_talk_do_not_mark_it_read_unless_seen)
{
    struct browser b = browser_of(fx.agent);
    const char *count = "SELECT unread_count FROM tickets WHERE id = 61";
    struct answer *a;

    UNUSED;
    a = inbox_part(b, path_of(fx.pending, "?part=messages&after=70"));
    assert_status(a, 200);
    assert_lacks(a, "composer");
    assert_has(a, "id=\"m71\"");
    assert_status(inbox_part(b, path_of(fx.pending, "?part=talk")), 200);
    assert_int_equal(sql_int("%s", count), 2);
    inbox_part(
        b, path_of(fx.pending, "?part=messages&after=71&ids=71,x,9&seen=1"));
    assert_int_equal(sql_int("%s", count), 0);
}

/* O atendimento é do agente: a supervisora que espia não o lê por ele. */
TEST(only_who_attends_reads_an_assigned_talk)
{
    const char *read = text("/api/v1/tickets/%" PRId64 "/read", fx.active);
    const char *count = "SELECT unread_count FROM tickets WHERE id = 62";
    struct browser boss = browser_of(fx.supervisor);

    UNUSED;
    sql("UPDATE tickets SET unread_count = 3 WHERE id = 62");
    assert_status(inbox_page(boss, path_of(fx.active, "")), 200);
    assert_status(
        inbox_part(boss, path_of(fx.active, "?part=messages&after=71&seen=1")),
        200);
    assert_status(post_as(fx.supervisor, "tickets", read, NULL), 204);
    assert_int_equal(sql_int("%s", count), 3);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.read'"),
                     0);
    assert_status(inbox_part(browser_of(fx.agent),
                             path_of(fx.active, "?part=messages&after=71")),
                  200);
    assert_int_equal(sql_int("%s", count), 3);
    assert_status(post_as(fx.agent, "tickets", read, NULL), 204);
    assert_int_equal(sql_int("%s", count), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.read'"),
                     1);
    /* de ninguém, quem vir primeiro lê; e em lote é de propósito */
    sql("UPDATE tickets SET unread_count = 3, user_id = NULL WHERE id = 62");
    assert_status(inbox_page(boss, path_of(fx.active, "")), 200);
    assert_int_equal(sql_int("%s", count), 0);
    sql("UPDATE tickets SET unread_count = 3, user_id = 13 WHERE id = 62");
    assert_status(post_as(fx.supervisor, "tickets", "/api/v1/tickets/bulk",
                          "{\"ticketIds\":[62],\"action\":\"read\"}"),
                  200);
    assert_int_equal(sql_int("%s", count), 0);
}

TEST(talks_of_others_do_not_exist)
{
    UNUSED;
    assert_status(inbox_page(browser_of(fx.admin), path_of(fx.foreign, "")),
                  404);
    assert_status(inbox_page(browser_of(fx.agent), path_of(fx.hidden, "")),
                  404);
    assert_status(inbox_page(browser_of(fx.admin), path_of(999999, "")), 404);
    assert_status(inbox_submit(browser_of(fx.agent),
                               path_of(fx.hidden, "/take"), "", NULL),
                  404);
    assert_status(inbox_submit(browser_of(fx.admin),
                               path_of(fx.foreign, "/messages"), "body=oi",
                               NULL),
                  404);
}

TEST(every_kind_of_message_is_drawn_and_escaped)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE contacts SET name = '<b>Carla</b> \"C\"' WHERE id = 51");
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, sender_type,"
        " kind, body, status, error, media, location, contacts, reactions,"
        " reply_to_id) SELECT 1, 61, 41, w, k, b, s, e, m::jsonb, l::jsonb,"
        " c::jsonb, coalesce(r, '[]')::jsonb, q FROM (VALUES"
        " ('contact', 'image', 'legenda <script>', 'received', NULL,"
        "  '{\"id\":\"1\",\"mime\":\"image/jpeg\"}', NULL, NULL, NULL, NULL),"
        " ('contact', 'document', '', 'received', NULL,"
        "  '{\"filename\":\"nota.pdf\",\"mime\":\"application/pdf\"}', NULL,"
        "  NULL, NULL, NULL::bigint),"
        " ('contact', 'location', 'Praça', 'received', NULL, NULL,"
        "  '{\"latitude\":-23.5,\"longitude\":-46.6,\"name\":\"Praça\"}', NULL,"
        "  NULL, NULL),"
        " ('contact', 'contacts', 'Zé', 'received', NULL, NULL, NULL,"
        "  '[{\"name\":{\"formatted_name\":\"Zé\"},\"phones\":[{\"phone\":"
        "\"+5511\"}]},7]', NULL, NULL),"
        " ('contact', 'unsupported', '', 'received', NULL, NULL, NULL, NULL,"
        "  '[{\"emoji\":\"👍\",\"fromMe\":false}]', NULL),"
        " ('contact', 'interactive', 'Opção 1', 'received', NULL, NULL, NULL,"
        "  NULL, NULL, NULL),"
        " ('user', 'text', 'respondi', 'failed', 'número sem WhatsApp', NULL,"
        "  NULL, NULL, NULL, 71)) v (w, k, b, s, e, m, l, c, r, q)");
    a = inbox_page(browser_of(fx.admin), path_of(fx.pending, ""));
    assert_status(a, 200);
    assert_lacks(a, "<script>");
    assert_lacks(a, "<b>Carla");
    assert_has(a, "legenda &lt;script&gt;");
    assert_has(a, "nota.pdf");
    assert_has(a, "openstreetmap.org/?mlat=-23.500000");
    assert_has(a, "Zé");
    assert_has(a, "ainda não é mostrado");
    assert_has(a, "Tocou numa opção");
    assert_has(a, "👍");
    assert_has(a, "número sem WhatsApp");
    assert_has(a, "href=\"#m71\"");
}

TEST(answer_is_queued_and_takes_the_ticket)
{
    struct answer *a =
        inbox_submit(browser_of(fx.agent), path_of(fx.pending, "/messages"),
                     "body=Ol%C3%A1%0D%0Atudo+bem%3F+&replyTo=71", NULL);

    UNUSED;
    assert_status(a, 303);
    assert_non_null(strstr(a->headers, "Location: /inbox/61#m"));
    assert_string_equal(sql("SELECT body FROM messages WHERE sender_type = "
                            "'user'"),
                        "Olá\ntudo bem?");
    assert_int_equal(sql_int("SELECT reply_to_id FROM messages WHERE "
                             "sender_type = 'user'"),
                     71);
    assert_string_equal(status_of(fx.pending), "active");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     1);
}

TEST(answer_as_a_part_gives_back_the_new_messages)
{
    struct answer *a =
        inbox_submit(browser_of(fx.agent), path_of(fx.active, "/messages"),
                     "body=pronto&after=72", PART);

    UNUSED;
    assert_status(a, 201);
    assert_has(a, "pronto");
    assert_has(a, "tick-queued");
    assert_lacks(a, "Tem pão?");
}

TEST(refused_answer_shows_the_reason_and_keeps_the_text)
{
    struct browser b = browser_of(fx.agent);
    const char *body = text("%05000d", 0);
    struct answer *a;

    UNUSED;
    a = inbox_submit(b, path_of(fx.active, "/messages"), text("body=%s", body),
                     NULL);
    assert_status(a, 422);
    assert_has(a, "5000 caracteres");
    assert_has(a, body);
    assert_status(
        inbox_submit(b, path_of(fx.active, "/messages"), "body=+", NULL), 422);
    a = inbox_submit(b, path_of(fx.active, "/messages"), "body=oi&replyTo=73",
                     NULL);
    assert_status(a, 422);
    assert_has(a, ">oi</textarea>");
    sql("UPDATE tickets SET window_until = now() - interval '1 minute'");
    a = inbox_submit(b, path_of(fx.active, "/messages"), "body=oi", NULL);
    assert_status(a, 422);
    assert_has(a, "A janela de 24 horas fechou");
    a = inbox_submit(b, path_of(fx.closed, "/messages"), "body=oi", PART);
    assert_status(a, 409);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     0);
}

TEST(answer_over_a_colleague_unseen_reply_is_shown_first)
{
    struct browser b = browser_of(fx.agent);
    int64_t seen = sql_int("SELECT coalesce(max(id), 1) FROM messages WHERE "
                           "ticket_id = %" PRId64,
                           fx.active);
    const char *fields = text("body=Minha+resposta&after=%" PRId64, seen);
    struct answer *a;

    UNUSED;
    sql("UPDATE tickets SET window_until = now() + interval '1 hour'");
    assert_status(
        post_as(fx.supervisor, "tickets",
                text("/api/v1/tickets/%" PRId64 "/messages", fx.active),
                "{\"body\":\"Eu já disse\"}"),
        201);
    a = inbox_submit(b, path_of(fx.active, "/messages"), fields, PART);
    assert_status(a, 409);
    assert_has(a, "Sara Supervisora respondeu enquanto");
    a = inbox_submit(b, path_of(fx.active, "/messages"), fields, NULL);
    assert_status(a, 409);
    assert_has(a, "Sara Supervisora respondeu enquanto");
    assert_has(a, ">Minha resposta</textarea>");
    assert_has(a, "Eu já disse");
    assert_status(
        call(&(struct call){
            .program = "tickets",
            .path = text("/api/v1/tickets/%" PRId64 "/messages", fx.active),
            .body = text("{\"body\":\"x\",\"seenId\":%" PRId64 "}", seen),
            .token = token_of(fx.agent) }),
        409);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE user_id = "
                             "%" PRId64 " AND created_at > now() - interval '1 "
                             "minute'",
                             fx.agent),
                     0);
    /* visto, vai; e a própria resposta não conta */
    seen = sql_int("SELECT max(id) FROM messages");
    fields = text("body=Minha+resposta&after=%" PRId64, seen);
    assert_status(
        inbox_submit(b, path_of(fx.active, "/messages"), fields, NULL), 303);
    assert_status(
        inbox_submit(b, path_of(fx.active, "/messages"), fields, NULL), 303);
}

/* O formulário do arquivo ou da gravação, como o navegador o manda. */
static struct answer *
attach_after(struct browser b, int64_t seen)
{
    static const char words[] = "uma nota simples, com dez palavras.\n";

    return media_post(&(struct media_form){
        .program = "inbox",
        .path = path_of(fx.active, "/files"),
        .cookie = b.cookie,
        .csrf = b.csrf,
        .fields = text("after=%" PRId64, seen),
        .sample = &(struct sample){ "nota.txt", words, sizeof words - 1 } });
}

TEST(file_over_a_colleague_unseen_reply_is_held_as_the_text_is)
{
    struct browser b = browser_of(fx.agent);
    const char *at;
    int forms;
    int64_t seen = sql_int("SELECT coalesce(max(id), 1) FROM messages WHERE "
                           "ticket_id = %" PRId64,
                           fx.active);
    struct answer *a;

    UNUSED;
    sql("UPDATE tickets SET window_until = now() + interval '1 hour'");
    assert_status(
        post_as(fx.supervisor, "tickets",
                text("/api/v1/tickets/%" PRId64 "/messages", fx.active),
                "{\"body\":\"Eu já mandei\"}"),
        201);
    a = attach_after(b, seen);
    assert_status(a, 409);
    assert_has(a, "Sara Supervisora respondeu enquanto");
    assert_has(a, "Eu já mandei");
    assert_int_equal(sql_int("SELECT count(*) FROM files"), 0);
    seen = sql_int("SELECT max(id) FROM messages");
    /* o texto, o arquivo e a gravação dizem até onde a tela mostra */
    a = inbox_page(b, path_of(fx.active, ""));
    at = a->body;
    for (forms = 0; forms < 3; forms++) {
        at = strstr(at, text("name=\"after\" value=\"%" PRId64 "\"", seen));
        assert_non_null(at);
        at++;
    }
    assert_status(attach_after(b, seen), 303);
    assert_int_equal(sql_int("SELECT count(*) FROM files"), 1);
}

TEST(take_close_and_reopen_redirect_back_to_the_talk)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a = inbox_submit(b, path_of(fx.pending, "/take"), "", NULL);

    UNUSED;
    assert_status(a, 303);
    assert_non_null(strstr(a->headers, "Location: /inbox/61\r\n"));
    assert_string_equal(status_of(fx.pending), "active");
    assert_status(inbox_submit(b, path_of(fx.pending, "/close"), "", NULL),
                  303);
    assert_string_equal(status_of(fx.pending), "closed");
    a = inbox_submit(b, path_of(fx.pending, "/reopen"), "", PART);
    assert_status(a, 200);
    assert_string_equal(status_of(fx.pending), "active");
    assert_has(a, "state-active");
    assert_lacks(a, "<html");
}

TEST(refused_change_shows_the_talk_with_the_reason)
{
    struct answer *a;

    UNUSED;
    a = inbox_submit(browser_of(fx.admin), path_of(fx.active, "/take"), "",
                     NULL);
    assert_status(a, 409);
    assert_has(a, "já está com Bruno Agente");
    a = inbox_submit(browser_of(fx.agent), path_of(fx.closed, "/close"), "",
                     PART);
    assert_status(a, 409);
    assert_has(a, "já está fechado");
    sql("INSERT INTO tickets (company_id, contact_id, channel_id, status) "
        "VALUES (1, 53, 41, 'pending')");
    a = inbox_submit(browser_of(fx.agent), path_of(fx.closed, "/reopen"), "",
                     NULL);
    assert_status(a, 409);
    assert_has(a, "já tem outro atendimento aberto");
}

TEST(forms_without_the_csrf_token_change_nothing)
{
    struct browser b = browser_of(fx.agent);

    UNUSED;
    b.csrf = "0";
    assert_status(inbox_submit(b, path_of(fx.pending, "/take"), "", NULL), 403);
    assert_status(
        inbox_submit(b, path_of(fx.pending, "/messages"), "body=oi", NULL),
        403);
    assert_string_equal(status_of(fx.pending), "pending");
}

TEST(pages_speak_the_chosen_language)
{
    struct browser b = browser_of(fx.admin);
    struct answer *a;

    UNUSED;
    b.cookie = text("%s; lang=en; theme=dark", b.cookie);
    sql("UPDATE tickets SET last_message = '[imagem] pão' WHERE id = 62");
    a = inbox_page(b, path_of(fx.active, ""));
    assert_has(a, "lang=\"en\" data-bs-theme=\"dark\"");
    assert_has(a, ">Close</span>");
    assert_has(a, "[image] pão");
    assert_lacks(a, "Encerrar");
}

TEST(unknown_addresses_answer_a_page_to_browsers_and_json_to_programs)
{
    struct call c = { .program = "inbox",
                      .path = "/nada",
                      .headers = { "Accept: text/html,*/*;q=0.8" } };
    struct answer *a;

    UNUSED;
    a = call(&c);
    assert_status(a, 404);
    assert_has(a, "<!doctype html>");
    c.path = path_of(fx.pending, "/take");
    a = call(&c);
    assert_status(a, 405);
    assert_has(a, "<!doctype html>");
    c.path = "/api/v1/nada";
    assert_problem(call(&c), 404, "not-found");
    c = (struct call){ .program = "inbox", .path = "/nada" };
    assert_problem(call(&c), 404, "not-found");
}

#define CASE(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(root_leads_to_the_inbox),
        CASE(pages_without_a_session_lead_to_the_login_and_back),
        CASE(list_shows_the_chosen_tab_with_counts),
        CASE(list_without_a_known_tab_opens_the_one_that_waits),
        CASE(list_respects_what_each_person_may_see),
        CASE(list_part_has_no_page_around_it),
        CASE(list_continues_after_the_cursor),
        CASE(rows_out_of_bounds_are_refused),
        CASE(opening_a_talk_marks_it_read_and_says_so),
        CASE(parts_of_a_talk_do_not_mark_it_read_unless_seen),
        CASE(only_who_attends_reads_an_assigned_talk),
        CASE(talks_of_others_do_not_exist),
        CASE(every_kind_of_message_is_drawn_and_escaped),
        CASE(answer_is_queued_and_takes_the_ticket),
        CASE(answer_as_a_part_gives_back_the_new_messages),
        CASE(refused_answer_shows_the_reason_and_keeps_the_text),
        CASE(answer_over_a_colleague_unseen_reply_is_shown_first),
        CASE(file_over_a_colleague_unseen_reply_is_held_as_the_text_is),
        CASE(take_close_and_reopen_redirect_back_to_the_talk),
        CASE(refused_change_shows_the_talk_with_the_reason),
        CASE(forms_without_the_csrf_token_change_nothing),
        CASE(pages_speak_the_chosen_language),
        CASE(unknown_addresses_answer_a_page_to_browsers_and_json_to_programs),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
