/* inbound_test.c - o que cada entrega faz com contatos, tickets e mensagens. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hook.h"

#include "base/conf.h"
#include "db/db.h"
#include "desk/inbound.h"

#define ANA "5511955550001" /* celular sem forma de oito dígitos */
#define NEW_MESSAGES "SELECT count(*) FROM messages WHERE id > 1000"
#define NEW_TICKETS "SELECT count(*) FROM tickets WHERE id > 1000"
#define NEW_CONTACTS "SELECT count(*) FROM contacts WHERE id > 1000"

static void
assert_counts(int contacts, int tickets, int messages)
{
    assert_int_equal(sql_int(NEW_CONTACTS), contacts);
    assert_int_equal(sql_int(NEW_TICKETS), tickets);
    assert_int_equal(sql_int(NEW_MESSAGES), messages);
}

static const char *
ticket(const char *column)
{
    return sql("SELECT %s FROM tickets WHERE id > 1000 ORDER BY id DESC "
               "LIMIT 1",
               column);
}

static const char *
message(const char *wamid, const char *column)
{
    return sql("SELECT %s FROM messages WHERE provider_id = '%s'", column,
               wamid);
}

static const char *
last_event(const char *type, const char *member)
{
    return sql("SELECT %s FROM live_outbox WHERE type = '%s' ORDER BY seq "
               "DESC LIMIT 1",
               member, type);
}

/* Uma mensagem nossa no ticket ativo, como o worker a deixa. */
static void
outgoing(int64_t id, const char *wamid, const char *status)
{
    sql("INSERT INTO messages (company_id, id, ticket_id, channel_id, user_id,"
        " sender_type, kind, body, status, provider_id) VALUES (%" PRId64
        ", %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64
        ", 'user', 'text', 'oi',"
        " '%s', nullif('%s', ''))",
        fx.company, id, fx.active, fx.channel, fx.agent, status, wamid);
}

/* ---- contato e ticket ---- */

TEST(first_message_makes_contact_pending_ticket_and_message)
{
    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.N1", "Bom dia!"));
    assert_counts(1, 1, 1);
    assert_string_equal(ticket("status"), "pending");
    assert_int_equal(sql_int("SELECT queue_id FROM tickets WHERE id > 1000"),
                     fx.queue);
    assert_string_equal(ticket("last_message"), "Bom dia!");
    assert_string_equal(ticket("unread_count"), "1");
    assert_string_equal(ticket("reply_to"), ANA);
    assert_string_equal(ticket("reply_to_kind"), "phone");
    assert_string_equal(ticket("window_until = to_timestamp(1760086400)"), "t");
    assert_string_equal(sql("SELECT name FROM contacts WHERE id > 1000"),
                        "Nome de Teste");
    assert_string_equal(message("wamid.N1", "status"), "received");
    assert_string_equal(message("wamid.N1", "sent_at = "
                                            "to_timestamp(1760000000)"),
                        "t");
}

TEST(first_message_tells_the_rooms_of_contact_ticket_and_message)
{
    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.N1", "Bom dia!"));
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox"), 3);
    assert_string_equal(
        last_event("contact:created", "payload::jsonb #>> '{contact,phone}'"),
        ANA);
    assert_string_equal(last_event("ticket:created",
                                   "payload::jsonb #>> '{ticket,lastMessage}'"),
                        "Bom dia!");
    assert_string_equal(
        last_event("message:created", "payload::jsonb #>> '{message,body}'"),
        "Bom dia!");
    assert_string_equal(
        last_event("message:created", "payload::jsonb #>> '{message,fromMe}'"),
        "false");
    assert_string_equal(
        last_event("message:created",
                   text("rooms @> array['company', 'queue:%" PRId64
                        "', 'ticket:' || "
                        "(payload::jsonb ->> 'ticketId')]",
                        fx.queue)),
        "t");
    assert_non_null(last_event("message:created",
                               "payload::jsonb #>> '{message,createdAt}'"));
}

TEST(repeated_wamid_changes_nothing)
{
    const char *before;

    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.R1", "uma vez"));
    before = ticket("updated_at || unread_count::text");
    hook_deliver(hook_text(ANA, "wamid.R1", "uma vez"));
    hook_deliver(hook_text(ANA, "wamid.R1", "uma vez"));
    assert_counts(1, 1, 1);
    assert_string_equal(ticket("updated_at || unread_count::text"), before);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox"), 3);
}

TEST(second_message_joins_the_open_ticket_whatever_its_state)
{
    static const char *const states[] = { "bot", "pending", "active" };
    int i;

    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.S0", "zero"));
    for (i = 0; i < 3; i++) {
        sql("UPDATE tickets SET status = '%s' WHERE id > 1000", states[i]);
        hook_deliver(hook_text(ANA, text("wamid.S%d", i + 1), "mais"));
        assert_string_equal(ticket("status"), states[i]);
    }
    assert_counts(1, 1, 4);
    assert_string_equal(ticket("unread_count"), "4");
    assert_int_equal(hook_events("ticket:updated"), 3);
    assert_int_equal(hook_events("contact:updated"), 0);
}

TEST(message_after_the_ticket_closed_opens_another)
{
    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.C1", "um"));
    sql("UPDATE tickets SET status = 'closed', closed_at = now() - interval "
        "'25 hours' WHERE id > 1000");
    hook_deliver(hook_text(ANA, "wamid.C2", "dois"));
    assert_counts(1, 2, 2);
    assert_string_equal(ticket("status"), "pending");
}

TEST(message_soon_after_the_close_continues_the_same_ticket)
{
    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.C1", "um"));
    sql("UPDATE tickets SET status = 'closed', closed_at = now() - interval "
        "'23 hours' WHERE id > 1000");
    hook_deliver(hook_text(ANA, "wamid.C2", "dois"));
    assert_counts(1, 1, 2);
    assert_string_equal(ticket("status"), "pending");
    assert_string_equal(ticket("cycle"), "2");
    assert_null(ticket("closed_at"));
    /* com quem o atendia, se ainda está na empresa */
    sql("UPDATE tickets SET status = 'closed', closed_at = now(), user_id = 13 "
        "WHERE id > 1000");
    hook_deliver(hook_text(ANA, "wamid.C3", "três"));
    assert_string_equal(ticket("status"), "active");
    assert_string_equal(ticket("user_id"), "13");
    sql("UPDATE tickets SET status = 'closed', closed_at = now() WHERE id > "
        "1000");
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 13");
    hook_deliver(hook_text(ANA, "wamid.C4", "quatro"));
    assert_string_equal(ticket("status"), "pending");
    assert_null(ticket("user_id"));
    assert_counts(1, 1, 4);
}

TEST(message_after_the_close_opens_another_where_the_rule_says_so)
{
    UNUSED;
    sql("UPDATE companies SET reopen_hours = 0");
    hook_deliver(hook_text(ANA, "wamid.C1", "um"));
    sql("UPDATE tickets SET status = 'closed', closed_at = now() WHERE id > "
        "1000");
    hook_deliver(hook_text(ANA, "wamid.C2", "dois"));
    assert_counts(1, 2, 2);
}

TEST(message_to_a_merged_ticket_opens_another)
{
    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.C1", "um"));
    sql("UPDATE tickets SET status = 'closed', closed_at = now(), "
        "merged_into_id = 62 WHERE id > 1000");
    hook_deliver(hook_text(ANA, "wamid.C2", "dois"));
    assert_counts(1, 2, 2);
}

TEST(message_wakes_the_snoozed_and_counts_the_wait_from_the_first)
{
    const char *since;

    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.S1", "um"));
    since = ticket("waiting_since");
    assert_non_null(since);
    sql("UPDATE tickets SET snoozed_until = now() + interval '1 day' WHERE id "
        "> 1000");
    hook_deliver(hook_text(ANA, "wamid.S2", "dois"));
    assert_null(ticket("snoozed_until"));
    assert_string_equal(ticket("waiting_since"), since);
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE field "
                             "= 'snooze' AND user_id IS NULL"),
                     1);
}

TEST(ninth_digit_variants_are_one_contact_answered_as_it_wrote)
{
    UNUSED;
    hook_deliver(hook_text("5521987654321", "wamid.9A", "com nove"));
    hook_deliver(hook_text("552187654321", "wamid.9B", "sem nove"));
    assert_counts(1, 1, 2);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_identities WHERE "
                             "contact_id > 1000"),
                     1);
    assert_string_equal(ticket("reply_to"), "552187654321");
    assert_string_equal(sql("SELECT value FROM contact_identities WHERE "
                            "contact_id > 1000"),
                        "552187654321");
    assert_string_equal(sql("SELECT phone FROM contacts WHERE id > 1000"),
                        "552187654321");
    assert_int_equal(hook_events("contact:updated"), 1);
}

TEST(landline_and_mobile_of_the_same_digits_are_two_contacts)
{
    UNUSED;
    hook_deliver(hook_text("551133334444", "wamid.L1", "fixo"));
    hook_deliver(hook_text("5511933334444", "wamid.L2", "celular"));
    assert_counts(2, 2, 2);
}

TEST(known_contact_writes_on_the_ticket_it_has)
{
    UNUSED;
    hook_deliver(hook_text("5511987650002", "wamid.K1", "outra coisa"));
    assert_counts(0, 0, 1);
    assert_int_equal(sql_int("SELECT ticket_id FROM messages WHERE provider_id"
                             " = 'wamid.K1'"),
                     fx.active);
    assert_string_equal(
        last_event("message:created",
                   text("rooms @> array['user:%" PRId64 "']", fx.agent)),
        "t");
}

TEST(profile_name_never_replaces_a_name)
{
    UNUSED;
    hook_deliver(hook_text("5511987650002", "wamid.K2", "oi"));
    assert_string_equal(sql("SELECT name FROM contacts WHERE id = 52"),
                        "Davi Dias");
    sql("UPDATE contacts SET name = '+55 11 98765-0002' WHERE id = 52");
    hook_deliver(hook_text("5511987650002", "wamid.K3", "oi"));
    assert_string_equal(sql("SELECT name FROM contacts WHERE id = 52"),
                        "Nome de Teste");
    assert_string_equal(
        last_event("contact:updated", "payload::jsonb #>> '{contact,name}'"),
        "Nome de Teste");
    assert_string_equal(
        last_event("ticket:updated", "payload::jsonb #>> '{ticket,contact}'"),
        "Nome de Teste");
}

TEST(contact_without_profile_is_named_by_its_number)
{
    UNUSED;
    hook_deliver(hook_value(
        "\"messages\":[{\"from\":\"" ANA "\",\"id\":\"w1\""
        ",\"timestamp\":1760000000,\"type\":\"text\",\"text\":{\"body\":\"x\"}"
        "}]"));
    assert_string_equal(sql("SELECT name FROM contacts WHERE id > 1000"),
                        "+" ANA);
}

static const char *
by_user_id(const char *from, const char *wamid)
{
    return hook_value(
        "\"messages\":[{%s%s%s\"from_user_id\":\"BR.150\","
        "\"id\":\"%s\",\"timestamp\":\"1760000000\",\"type\":\"text\","
        "\"text\":{\"body\":\"oi\"}}]",
        from[0] != '\0' ? "\"from\":\"" : "", from,
        from[0] != '\0' ? "\"," : "", wamid);
}

TEST(user_id_and_phone_learnt_together_are_one_contact)
{
    UNUSED;
    hook_deliver(by_user_id("", "wamid.U1"));
    assert_string_equal(ticket("reply_to || ' ' || reply_to_kind"),
                        "BR.150 bsuid");
    hook_deliver(by_user_id(ANA, "wamid.U2"));
    assert_string_equal(ticket("reply_to || ' ' || reply_to_kind"),
                        ANA " phone");
    hook_deliver(hook_text(ANA, "wamid.U3", "só o telefone"));
    assert_counts(1, 1, 3);
    assert_string_equal(sql("SELECT name || phone FROM contacts WHERE id > "
                            "1000"),
                        "Nome de Teste" ANA);
}

TEST(two_contacts_that_prove_to_be_one_are_merged)
{
    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.M1", "pelo telefone"));
    sql("UPDATE tickets SET status = 'closed' WHERE id > 1000");
    hook_deliver(by_user_id("", "wamid.M2"));
    assert_counts(2, 2, 2);
    hook_deliver(by_user_id(ANA, "wamid.M3"));
    assert_counts(1, 2, 3);
    assert_int_equal(sql_int("SELECT count(DISTINCT contact_id) FROM tickets "
                             "WHERE id > 1000"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_identities WHERE "
                             "contact_id > 1000"),
                     2);
}

TEST(merge_leaves_a_colliding_open_ticket_to_be_closed)
{
    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.M1", "pelo telefone"));
    hook_deliver(by_user_id("", "wamid.M2"));
    hook_deliver(by_user_id(ANA, "wamid.M3"));
    assert_counts(2, 2, 3);
    hook_deliver(by_user_id("", "wamid.M4"));
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE ticket_id = "
                             "(SELECT min(id) FROM tickets WHERE id > 1000)"),
                     3);
}

TEST(changed_number_is_learnt_and_answered)
{
    UNUSED;
    hook_deliver(hook_text("5511987654321", "wamid.H1", "antes"));
    hook_deliver(hook_fixture("system_number"));
    assert_counts(1, 1, 2);
    assert_string_equal(ticket("reply_to"), "5511912345678");
    hook_deliver(hook_text("5511912345678", "wamid.H2", "depois"));
    assert_counts(1, 1, 3);
}

TEST(same_number_in_two_companies_are_strangers)
{
    UNUSED;
    hook_deliver(hook_text("5511987650006", "wamid.F66", "oi"));
    assert_counts(1, 1, 1);
    assert_int_equal(sql_int("SELECT company_id FROM messages WHERE id > 1000"),
                     fx.company);
}

/* ---- conteúdo ---- */

TEST(every_kind_becomes_a_message_with_a_preview)
{
    static const char *const kinds[][3] = {
        { "text", "text", "Olá, tem pão de queijo?" },
        { "image", "image", "[imagem] o recibo" },
        { "video", "video", "[vídeo]" },
        { "audio", "audio", "[áudio]" },
        { "document", "document", "[documento] nota" },
        { "sticker", "sticker", "[figurinha]" },
        { "location", "location", "[localização] Praça da Sé" },
        { "location_text", "location", "[localização]" },
        { "contacts", "contacts", "[contato] Rui Sá, Bia" },
        { "button_reply", "interactive", "OK" },
        { "list_reply", "interactive", "Expresso" },
        { "flow_reply", "interactive", "Enviado" },
        { "interactive_empty", "interactive", "" },
        { "button", "button", "Parar" },
        { "order", "order", "[pedido] sem açúcar" },
        { "unsupported", "unsupported", "[mensagem não suportada]" },
        { "unknown_type", "unsupported", "[mensagem não suportada]" },
        { "request_welcome", "system", "[sistema]" },
        { "referral", "text", "vi o anúncio" },
        { "nul", "text",
          "antes\xef\xbf\xbd"
          "depois" },
    };
    size_t i, n = sizeof kinds / sizeof *kinds;

    UNUSED;
    for (i = 0; i < n; i++) {
        hook_deliver(hook_fixture(kinds[i][0]));
        assert_string_equal(sql("SELECT kind FROM messages ORDER BY id DESC "
                                "LIMIT 1"),
                            kinds[i][1]);
        assert_string_equal(ticket("last_message"), kinds[i][2]);
    }
    assert_counts(1, 1, (int)n);
    assert_int_equal(sql_int("SELECT count(*) FROM webhook_failures"), 0);
    assert_string_equal(sql("SELECT media ->> 'filename' FROM messages WHERE "
                            "kind = 'document'"),
                        "nf \"12\".pdf");
    assert_string_equal(sql("SELECT payload #>> '{hologram,depth,1,1,0}' FROM "
                            "messages WHERE payload ->> 'type' = 'hologram'"),
                        "3");
}

TEST(every_kind_is_read_back_in_the_documented_form)
{
    static const char *const kinds[] = {
        "image",    "audio",      "sticker", "location",     "location_text",
        "contacts", "list_reply", "order",   "unknown_type", "request_welcome"
    };
    size_t i, n = sizeof kinds / sizeof *kinds;
    struct answer *a;

    UNUSED;
    for (i = 0; i < n; i++)
        hook_deliver(hook_fixture(kinds[i]));
    a = get_as(fx.agent, "tickets",
               text("/api/v1/tickets/%s/messages", ticket("id")));
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), n);
    assert_string_equal(at_text(a, "data.9.media.mime"), "image/jpeg");
    assert_string_equal(at_text(a, "data.8.media.voice"), "true");
}

TEST(preview_is_cut_at_200_characters)
{
    char body[400];
    size_t i;

    UNUSED;
    for (i = 0; i + 2 < sizeof body; i += 2)
        memcpy(body + i, "\xc3\xa3", 3);
    hook_deliver(hook_text(ANA, "wamid.P1", body));
    assert_string_equal(ticket("char_length(last_message)"), "199");
    hook_deliver(hook_text(ANA, "wamid.P2", text("%s%s", body, body)));
    assert_string_equal(ticket("char_length(last_message)"), "200");
    assert_string_equal(message("wamid.P2", "char_length(body)"), "398");
}

TEST(window_is_not_moved_back_by_an_old_message_nor_ahead_by_a_fast_clock)
{
    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.W1", "agora"));
    hook_deliver(
        hook_value("\"messages\":[{\"from\":\"" ANA "\",\"id\":"
                   "\"w2\",\"timestamp\":\"99999999999\",\"type\":\"text\"}]"));
    assert_string_equal(ticket("window_until BETWEEN now() + interval "
                               "'23 hours' AND now() + interval '25 hours'"),
                        "t");
    hook_deliver(hook_text(ANA, "wamid.W3", "velha"));
    assert_string_equal(ticket("window_until > now() + interval '23 hours'"),
                        "t");
}

TEST(quoted_message_is_resolved_to_ours)
{
    UNUSED;
    outgoing(900, "wamid.Q", "sent");
    hook_deliver(hook_fixture("reply"));
    assert_string_equal(sql("SELECT reply_to_id FROM messages WHERE id > 1000"),
                        "900");
    hook_deliver(hook_value(
        "\"messages\":[{\"from\":\"" ANA "\",\"id\":"
        "\"w2\",\"timestamp\":\"1\",\"type\":\"text\",\"context\":{\"id\":"
        "\"wamid.sumiu\"}}]"));
    assert_null(message("w2", "reply_to_id"));
    assert_string_equal(message("w2", "reply_to_provider_id"), "wamid.sumiu");
}

TEST(batch_is_taken_whole)
{
    UNUSED;
    hook_deliver(hook_fixture("batch"));
    assert_counts(2, 2, 3);
    assert_int_equal(sql_int("SELECT count(*) FROM parked_updates"), 2);
    assert_string_equal(
        sql("SELECT last_message FROM tickets t JOIN contacts "
            "c ON c.id = t.contact_id WHERE c.phone = '5511987654321'"),
        "segunda");
}

TEST(group_message_is_kept_raw_and_answers_nobody)
{
    UNUSED;
    hook_deliver(hook_fixture("group"));
    assert_counts(0, 0, 0);
    assert_int_equal(sql_int("SELECT count(*) FROM webhook_failures"), 1);
}

/* ---- reação, edição, apagamento ---- */

TEST(reaction_attaches_to_its_message_and_opens_no_ticket)
{
    UNUSED;
    outgoing(900, "wamid.Q", "sent");
    hook_deliver(hook_fixture("reaction"));
    assert_counts(0, 0, 0);
    assert_string_equal(sql("SELECT reactions FROM messages WHERE id = 900"),
                        "[{\"emoji\": \"👍\", \"fromMe\": false}]");
    assert_string_equal(
        last_event("message:updated",
                   "payload::jsonb #>> '{message,reactions,0,emoji}'"),
        "👍");
    hook_deliver(hook_fixture("reaction"));
    assert_int_equal(hook_events("message:updated"), 1);
    hook_deliver(hook_fixture("reaction_removed"));
    assert_string_equal(sql("SELECT reactions FROM messages WHERE id = 900"),
                        "[]");
}

static const char *
reaction(const char *emoji, int at)
{
    return hook_value(
        "\"messages\":[{\"from\":\"" ANA "\",\"id\":\"r%d\","
        "\"timestamp\":\"%d\",\"type\":\"reaction\",\"reaction\":{"
        "\"message_id\":\"wamid.Q\",\"emoji\":\"%s\"}}]",
        at, at, emoji);
}

TEST(older_reaction_that_arrives_late_does_not_win)
{
    UNUSED;
    outgoing(900, "wamid.Q", "sent");
    sql("UPDATE messages SET reactions = '[{\"emoji\": \"🙏\", \"fromMe\": "
        "true}]' WHERE id = 900");
    hook_deliver(reaction("❤", 200));
    hook_deliver(reaction("👎", 100));
    assert_string_equal(sql("SELECT reactions FROM messages WHERE id = 900"),
                        "[{\"emoji\": \"🙏\", \"fromMe\": true}, "
                        "{\"emoji\": \"❤\", \"fromMe\": false}]");
}

TEST(reaction_before_its_message_waits_for_it)
{
    UNUSED;
    hook_deliver(reaction("👍", 100));
    assert_int_equal(sql_int("SELECT count(*) FROM parked_updates"), 1);
    hook_deliver(hook_text(ANA, "wamid.Q", "atrasada"));
    assert_string_equal(message("wamid.Q", "reactions #>> '{0,emoji}'"), "👍");
    assert_int_equal(sql_int("SELECT count(*) FROM parked_updates"), 0);
}

TEST(edit_changes_the_text_and_keeps_the_old_one)
{
    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.Q", "texto velho"));
    hook_deliver(hook_fixture("edit_text"));
    assert_string_equal(message("wamid.Q", "body"), "texto novo");
    assert_string_equal(message("wamid.Q", "payload #>> '{history,0,body}'"),
                        "texto velho");
    assert_non_null(message("wamid.Q", "edited_at"));
    assert_string_equal(ticket("last_message"), "texto novo");
    assert_non_null(last_event("message:updated",
                               "payload::jsonb #>> '{message,editedAt}'"));
    hook_deliver(hook_fixture("edit_text"));
    assert_int_equal(hook_events("message:updated"), 1);
}

TEST(revoke_marks_the_message_and_keeps_it)
{
    UNUSED;
    hook_deliver(hook_text(ANA, "wamid.Q", "arrependi"));
    hook_deliver(hook_fixture("revoke"));
    assert_non_null(message("wamid.Q", "deleted_at"));
    assert_string_equal(message("wamid.Q", "body"), "arrependi");
    assert_string_equal(ticket("last_message"), "[mensagem apagada]");
    assert_non_null(last_event("message:updated",
                               "payload::jsonb #>> '{message,deletedAt}'"));
}

TEST(customer_cannot_edit_or_erase_what_we_wrote)
{
    UNUSED;
    outgoing(900, "wamid.Q", "sent");
    hook_deliver(hook_fixture("edit_text"));
    hook_deliver(hook_fixture("revoke"));
    assert_string_equal(message("wamid.Q", "body"), "oi");
    assert_null(message("wamid.Q", "deleted_at"));
}

/* ---- estados ---- */

TEST(status_never_moves_backwards)
{
    static const char *const order[] = { "delivered", "sent",   "read",
                                         "delivered", "failed", "played",
                                         "read" };
    static const char *const then[] = { "delivered", "delivered", "read",
                                        "read",      "read",      "played",
                                        "played" };
    int i;

    UNUSED;
    outgoing(900, "wamid.OUT1", "sending");
    for (i = 0; i < 7; i++) {
        hook_deliver(hook_status("wamid.OUT1", order[i], ""));
        assert_string_equal(message("wamid.OUT1", "status"), then[i]);
    }
    assert_int_equal(hook_events("message:ack"), 3);
    assert_string_equal(last_event("message:ack", "payload"),
                        text("{\"ticketId\":%" PRId64
                             ",\"messageId\":900,\"status\":"
                             "\"played\",\"error\":null}",
                             fx.active));
}

TEST(failed_keeps_the_words_and_a_later_delivery_denies_it)
{
    UNUSED;
    outgoing(900, "wamid.OUT1", "sent");
    hook_deliver(hook_fixture("failed"));
    assert_string_equal(message("wamid.OUT1", "status"), "failed");
    assert_string_equal(
        message("wamid.OUT1", "error"),
        "Message undeliverable: O número não está no WhatsApp. (131026)");
    assert_non_null(strstr(last_event("message:ack", "payload"), "131026"));
    hook_deliver(hook_fixture("sent"));
    assert_string_equal(message("wamid.OUT1", "status"), "failed");
    hook_deliver(hook_status("wamid.OUT1", "read", ""));
    assert_string_equal(message("wamid.OUT1", "status"), "read");
    assert_null(message("wamid.OUT1", "error"));
}

TEST(status_before_the_wamid_is_known_finds_the_message_by_our_reference)
{
    UNUSED;
    outgoing(900, "", "sending");
    hook_deliver(
        hook_status("wamid.OUT9", "delivered",
                    text("\"biz_opaque_callback_data\":\"m:%" PRId64 ":900\"",
                         fx.company)));
    assert_string_equal(sql("SELECT status || provider_id FROM messages WHERE "
                            "id = 900"),
                        "deliveredwamid.OUT9");
}

TEST(reference_of_another_company_or_of_a_customer_is_not_followed)
{
    UNUSED;
    outgoing(900, "", "sending");
    hook_deliver(hook_status("w1", "read",
                             text("\"biz_opaque_callback_data\":"
                                  "\"m:%" PRId64 ":900\"",
                                  fx.other_company)));
    hook_deliver(hook_status("w2", "read",
                             text("\"biz_opaque_callback_data\":"
                                  "\"m:%" PRId64 ":72\"",
                                  fx.company)));
    hook_deliver(hook_status("w3", "read",
                             "\"biz_opaque_callback_data\":\"pedido-77\""));
    assert_string_equal(sql("SELECT status FROM messages WHERE id = 900"),
                        "sending");
    assert_string_equal(sql("SELECT status FROM messages WHERE id = 72"),
                        "received");
    assert_int_equal(sql_int("SELECT count(*) FROM parked_updates"), 3);
}

TEST(status_of_nobody_waits_once_however_often_it_comes)
{
    UNUSED;
    hook_deliver(hook_status("wamid.X", "read", ""));
    hook_deliver(hook_status("wamid.X", "read", ""));
    hook_deliver(hook_status("wamid.X", "sent", ""));
    assert_int_equal(sql_int("SELECT count(*) FROM parked_updates"), 2);
    assert_int_equal(hook_events("message:ack"), 0);
}

/* O que o worker faz quando a Graph API lhe dá o wamid. */
static void
learn_wamid(int64_t id, const char *wamid)
{
    struct db *db = db_new(conf()->database_url);
    struct ctx c = { .arena = arena_new(1024),
                     .db = db,
                     .token_version = -1,
                     .company_id = fx.company };

    assert_int_equal(inbound_lock_provider(&c, fx.channel, wamid), OK);
    assert_int_equal(message_apply_parked(&c, fx.channel, wamid, id), OK);
    assert_int_equal(db_commit(&c), OK);
    db_close(db);
    arena_free(c.arena);
}

TEST(what_waited_for_the_wamid_is_applied_when_it_is_known)
{
    UNUSED;
    hook_deliver(hook_status("wamid.Q", "delivered", ""));
    hook_deliver(hook_status("wamid.Q", "read", ""));
    hook_deliver(hook_status("wamid.Q", "failed", ""));
    hook_deliver(reaction("👍", 100));
    assert_int_equal(sql_int("SELECT count(*) FROM parked_updates"), 4);
    outgoing(900, "wamid.Q", "sent");
    learn_wamid(900, "wamid.Q");
    assert_string_equal(message("wamid.Q", "status"), "read");
    assert_string_equal(message("wamid.Q", "reactions #>> '{0,emoji}'"), "👍");
    assert_int_equal(sql_int("SELECT count(*) FROM parked_updates"), 0);
    assert_int_equal(hook_events("message:ack"), 1);
    assert_int_equal(hook_events("message:updated"), 1);
}

#define RUN(name) cmocka_unit_test_setup(name, hook_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(first_message_makes_contact_pending_ticket_and_message),
        RUN(first_message_tells_the_rooms_of_contact_ticket_and_message),
        RUN(repeated_wamid_changes_nothing),
        RUN(second_message_joins_the_open_ticket_whatever_its_state),
        RUN(message_after_the_ticket_closed_opens_another),
        RUN(message_soon_after_the_close_continues_the_same_ticket),
        RUN(message_after_the_close_opens_another_where_the_rule_says_so),
        RUN(message_to_a_merged_ticket_opens_another),
        RUN(message_wakes_the_snoozed_and_counts_the_wait_from_the_first),
        RUN(ninth_digit_variants_are_one_contact_answered_as_it_wrote),
        RUN(landline_and_mobile_of_the_same_digits_are_two_contacts),
        RUN(known_contact_writes_on_the_ticket_it_has),
        RUN(profile_name_never_replaces_a_name),
        RUN(contact_without_profile_is_named_by_its_number),
        RUN(user_id_and_phone_learnt_together_are_one_contact),
        RUN(two_contacts_that_prove_to_be_one_are_merged),
        RUN(merge_leaves_a_colliding_open_ticket_to_be_closed),
        RUN(changed_number_is_learnt_and_answered),
        RUN(same_number_in_two_companies_are_strangers),
        RUN(every_kind_becomes_a_message_with_a_preview),
        RUN(every_kind_is_read_back_in_the_documented_form),
        RUN(preview_is_cut_at_200_characters),
        RUN(window_is_not_moved_back_by_an_old_message_nor_ahead_by_a_fast_clock),
        RUN(quoted_message_is_resolved_to_ours),
        RUN(batch_is_taken_whole),
        RUN(group_message_is_kept_raw_and_answers_nobody),
        RUN(reaction_attaches_to_its_message_and_opens_no_ticket),
        RUN(older_reaction_that_arrives_late_does_not_win),
        RUN(reaction_before_its_message_waits_for_it),
        RUN(edit_changes_the_text_and_keeps_the_old_one),
        RUN(revoke_marks_the_message_and_keeps_it),
        RUN(customer_cannot_edit_or_erase_what_we_wrote),
        RUN(status_never_moves_backwards),
        RUN(failed_keeps_the_words_and_a_later_delivery_denies_it),
        RUN(status_before_the_wamid_is_known_finds_the_message_by_our_reference),
        RUN(reference_of_another_company_or_of_a_customer_is_not_followed),
        RUN(what_waited_for_the_wamid_is_applied_when_it_is_known),
        RUN(status_of_nobody_waits_once_however_often_it_comes),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
