/* participants_test.c - quem acompanha um atendimento além de quem atende. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

#define PEOPLE "/api/v1/tickets/%" PRId64 "/participants"

static struct answer *
ask(int64_t person, const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "tickets",
                                .method = method,
                                .path = path,
                                .body = body,
                                .token = token_of(person) });
}

static struct answer *
put(int64_t person, int64_t ticket, int64_t user)
{
    return ask(person, "POST", text(PEOPLE, ticket),
               text("{\"userId\":%" PRId64 "}", user));
}

static struct answer *
take_out(int64_t person, int64_t ticket, int64_t user)
{
    return ask(person, "DELETE", text(PEOPLE "/%" PRId64, ticket, user), NULL);
}

static struct answer *
seen_by(int64_t person, int64_t ticket)
{
    return get_as(person, "tickets", text("/api/v1/tickets/%" PRId64, ticket));
}

static struct answer *
note(int64_t person, int64_t ticket, const char *body)
{
    return ask(person, "POST",
               text("/api/v1/tickets/%" PRId64 "/notes", ticket),
               text("{\"body\":\"%s\"}", body));
}

static int64_t
notices(int64_t person, const char *kind)
{
    return sql_int("SELECT coalesce(sum(amount), 0) FROM notifications WHERE "
                   "user_id = %" PRId64 " AND kind = '%s' AND read_at IS NULL",
                   person, kind);
}

static int64_t
taking_part(int64_t ticket)
{
    return sql_int("SELECT cardinality(participant_ids) FROM tickets WHERE id "
                   "= %" PRId64,
                   ticket);
}

TEST(colleague_of_another_queue_sees_the_ticket_while_in_it)
{
    struct answer *a;

    UNUSED;
    assert_status(seen_by(fx.agent, fx.hidden), 404);
    a = put(fx.admin, fx.hidden, fx.agent);
    assert_status(a, 201);
    assert_string_equal(at_text(a, "name"), "Bruno Agente");
    assert_string_equal(at_text(a, "via"), "hand");
    assert_string_equal(at_text(a, "byName"), "Ana Admin");
    a = seen_by(fx.agent, fx.hidden);
    assert_status(a, 200);
    assert_string_equal(
        json_object_to_json_string_ext(at(a, "participantIds"), 0), "[13]");
    a = get_as(fx.agent, "tickets", text(PEOPLE, fx.hidden));
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_status(get_as(fx.agent, "tickets", "/api/v1/chats/65/participants"),
                  200);
    assert_status(get_as(fx.agent, "tickets", "/api/v1/tickets/65/messages"),
                  200);
    assert_status(note(fx.agent, fx.hidden, "vi"), 201);
    assert_status(
        get_as(fx.agent, "poll", "/api/v1/poll?timeout=0&rooms=ticket:65"),
        200);
    assert_int_equal(notices(fx.agent, "participant"), 1);
    assert_status(take_out(fx.admin, fx.hidden, fx.agent), 204);
    assert_status(seen_by(fx.agent, fx.hidden), 404);
    assert_status(get_as(fx.agent, "tickets", text(PEOPLE, fx.hidden)), 404);
    assert_problem(
        get_as(fx.agent, "poll", "/api/v1/poll?timeout=0&rooms=ticket:65"), 403,
        "forbidden");
    assert_int_equal(notices(fx.agent, "participant"), 0);
    assert_problem(take_out(fx.admin, fx.hidden, fx.agent), 404, "not-found");
}

TEST(who_sees_only_ones_own_finds_it_in_lists_and_search)
{
    struct answer *a;

    UNUSED;
    assert_status(put(fx.agent, fx.active, fx.loner), 201);
    a = get_as(fx.loner, "tickets", "/api/v1/tickets?participantId=me");
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_int_equal(at_int(a, "data.0.id"), fx.active);
    a = get_as(fx.loner, "tickets", "/api/v1/tickets");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    a = get_as(fx.loner, "tickets", "/api/v1/tickets/counts?participantId=14");
    assert_int_equal(at_int(a, "active"), 1);
    a = get_as(fx.admin, "tickets", "/api/v1/tickets?participantId=me");
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
    a = get_as(fx.loner, "search", "/api/v1/search?q=tem+pao");
    assert_status(a, 200);
    assert_non_null(strstr(a->body, "\"ticketId\":62"));
    a = get_as(fx.admin, "tickets", "/api/v1/tickets?participantId=none");
    assert_field(a, "participantId", "format");
}

/* Sem o terceiro argumento, quem participa não conta. */
TEST(no_function_forgets_the_participants_when_it_asks_who_sees)
{
    UNUSED;
    assert_null(sql("SELECT string_agg(p.proname, ' ') FROM pg_proc p JOIN "
                    "pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname "
                    "= 'balcao' AND p.prosrc ~ "
                    "'ticket_visible\\([^(),]*,[^(),]*\\)'"));
}

TEST(who_is_told_by_mail_or_push_is_told_where_as_a_participant_too)
{
    UNUSED;
    assert_int_equal(sql_int("SELECT ticket_visible_to(1, %" PRId64 ", 32, "
                             "%" PRId64 ", '{}')::int",
                             fx.loner, fx.admin),
                     0);
    assert_int_equal(sql_int("SELECT ticket_visible_to(1, %" PRId64 ", 32, "
                             "%" PRId64 ", '{%" PRId64 "}')::int",
                             fx.loner, fx.admin, fx.loner),
                     1);
}

TEST(one_joins_and_leaves_by_oneself)
{
    struct answer *a;

    UNUSED;
    a = ask(fx.supervisor, "POST", text(PEOPLE, fx.active), "{}");
    assert_status(a, 201);
    assert_int_equal(at_int(a, "userId"), fx.supervisor);
    assert_int_equal(at_int(a, "byId"), fx.supervisor);
    assert_int_equal(notices(fx.supervisor, "participant"), 0);
    assert_problem(ask(fx.supervisor, "POST", text(PEOPLE, fx.active), "{}"),
                   409, "conflict");
    assert_status(take_out(fx.supervisor, fx.active, fx.supervisor), 204);
    assert_int_equal(taking_part(fx.active), 0);
    assert_string_equal(
        sql("SELECT string_agg(field || ':' || coalesce(old_value, '') || '>' "
            "|| coalesce(new_value, '') || '@' || user_id, ' ' ORDER BY id) "
            "FROM ticket_changes WHERE ticket_id = %" PRId64,
            fx.active),
        "participant:>12@12 participant:12>@12");
    a = get_as(fx.agent, "tickets", "/api/v1/tickets/62/history");
    assert_string_equal(at_text(a, "data.0.fromName"), "Sara Supervisora");
}

TEST(only_who_sees_it_adds_and_only_who_may_read_is_added)
{
    struct answer *a;

    UNUSED;
    assert_problem(put(fx.agent, fx.hidden, fx.agent), 404, "not-found");
    assert_problem(put(fx.loner, fx.active, fx.loner), 404, "not-found");
    assert_problem(put(fx.admin, fx.foreign, fx.admin), 404, "not-found");
    a = put(fx.agent, fx.active, fx.stranger);
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "userId", "exists");
    assert_field(put(fx.agent, fx.active, 99999), "userId", "exists");
    assert_field(put(fx.agent, fx.active, fx.auditor), "userId", "access");
    assert_field(put(fx.admin, fx.active, fx.agent), "userId", "owner");
    sql("UPDATE memberships SET disabled_at = now() WHERE company_id = 1 AND "
        "user_id = 14");
    assert_field(put(fx.agent, fx.active, fx.loner), "userId", "exists");
    assert_int_equal(taking_part(fx.active), 0);
}

TEST(who_only_reads_leaves_but_takes_nobody_out)
{
    UNUSED;
    sql("INSERT INTO roles (company_id, id, name, permissions) VALUES (1, 83, "
        "'Leitura', '{self,live.listen,tickets.read}')");
    sql("UPDATE memberships SET role_id = 83 WHERE user_id = 14");
    assert_status(put(fx.admin, fx.active, fx.loner), 201);
    assert_status(put(fx.admin, fx.active, fx.both), 201);
    assert_problem(take_out(fx.loner, fx.active, fx.both), 403, "forbidden");
    assert_problem(put(fx.loner, fx.active, fx.supervisor), 403, "forbidden");
    assert_status(take_out(fx.loner, fx.active, fx.loner), 204);
    assert_status(seen_by(fx.loner, fx.active), 404);
}

TEST(closed_takes_participants_and_merged_does_not)
{
    struct answer *a;

    UNUSED;
    assert_status(put(fx.agent, fx.closed, fx.loner), 201);
    sql("UPDATE tickets SET merged_into_id = 62 WHERE id = 63");
    a = put(fx.agent, fx.closed, fx.supervisor);
    assert_problem(a, 409, "conflict");
    assert_non_null(strstr(a->body, "fundiu"));
    sql("INSERT INTO users (id, email, name, password_hash) SELECT n, n || "
        "'@a.test', 'P ' || n, 'x' FROM generate_series(200, 219) n");
    sql("INSERT INTO memberships (company_id, user_id, role, display_name) "
        "SELECT 1, n, 'operator', 'P ' || n FROM generate_series(200, 219) n");
    sql("INSERT INTO ticket_participants (company_id, ticket_id, user_id) "
        "SELECT 1, 62, n FROM generate_series(200, 219) n");
    assert_problem(put(fx.agent, fx.active, fx.loner), 409, "limit-reached");
}

TEST(mention_in_a_note_makes_a_participant_by_the_whole_name_only)
{
    UNUSED;
    sql("UPDATE memberships SET display_name = 'Lia' WHERE user_id = 14");
    sql("UPDATE memberships SET display_name = 'Lia Rosa' WHERE user_id = 16 "
        "AND company_id = 1");
    assert_status(note(fx.admin, fx.hidden, "@lia rosa, @liana e @liam"), 201);
    assert_string_equal(
        sql("SELECT participant_ids::text FROM tickets WHERE id = 65"), "{16}");
    assert_string_equal(sql("SELECT via FROM ticket_participants"), "mention");
    assert_status(seen_by(fx.both, fx.hidden), 200);
    assert_int_equal(notices(fx.both, "mention"), 1);
    assert_int_equal(notices(fx.both, "followed"), 0);
    assert_int_equal(notices(fx.loner, "mention"), 0);
    assert_status(note(fx.admin, fx.hidden, "@Lia: e você?"), 201);
    assert_int_equal(taking_part(fx.hidden), 2);
    /* quem atende, quem escreve e quem não lê atendimentos não entram */
    assert_status(note(fx.supervisor, fx.hidden,
                       "@ana admin @otto auditor @sara supervisora"),
                  201);
    assert_int_equal(taking_part(fx.hidden), 2);
    assert_int_equal(notices(fx.auditor, "mention"), 1);
}

TEST(editing_a_note_adds_who_it_now_mentions)
{
    int64_t id;

    UNUSED;
    id = at_int(note(fx.admin, fx.hidden, "veja"), "id");
    assert_status(
        call(&(struct call){ .program = "messages",
                             .method = "PATCH",
                             .path = text("/api/v1/messages/%" PRId64, id),
                             .body = "{\"body\":\"veja, @lia solo\"}",
                             .token = token_of(fx.admin) }),
        200);
    assert_string_equal(
        sql("SELECT participant_ids::text FROM tickets WHERE id = 65"), "{14}");
}

TEST(what_arrives_is_told_once_per_ticket_as_each_one_chose)
{
    struct browser loner;

    UNUSED;
    assert_status(put(fx.agent, fx.active, fx.loner), 201);
    assert_status(put(fx.agent, fx.active, fx.supervisor), 201);
    sql("INSERT INTO notification_settings (company_id, user_id, muted) VALUES "
        "(1, 12, '{followed}')");
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, sender_type, "
        "kind, body, status) VALUES (1, 62, 41, 'contact', 'text', 'oi', "
        "'received'), (1, 62, 41, 'contact', 'reaction', '', 'received')");
    assert_status(note(fx.agent, fx.active, "obs"), 201);
    assert_status(note(fx.loner, fx.active, "a própria"), 201);
    assert_int_equal(notices(fx.loner, "followed"), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM notifications WHERE kind = "
                             "'followed'"),
                     1);
    assert_int_equal(notices(fx.supervisor, "followed"), 0);
    assert_int_equal(notices(fx.agent, "followed"), 0); /* quem atende */
    loner = browser_of(fx.loner);
    assert_has(inbox_page(loner, "/inbox/62"), "Quem acompanha");
    assert_int_equal(notices(fx.loner, "followed"), 0);
    assert_int_equal(notices(fx.loner, "participant"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'notification:read' AND rooms = '{user:14}'"),
                     1);
}

TEST(live_events_reach_participants_and_removal_checks_them_again)
{
    UNUSED;
    assert_status(put(fx.agent, fx.active, fx.loner), 201);
    assert_int_equal(
        sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                "'ticket:participants' AND rooms @> '{ticket:62,company,"
                "queue:31,user:13,user:14}' AND payload::jsonb = "
                "'{\"ticketId\": 62, \"participantIds\": [14]}'"),
        1);
    assert_status(note(fx.agent, fx.active, "obs"), 201);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'message:created' AND rooms @> '{user:14}'"),
                     1);
    assert_status(take_out(fx.agent, fx.active, fx.loner), 204);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'access:changed' AND rooms @> "
                             "'{ticket:62,user:14}'"),
                     1);
    sql("DELETE FROM live_outbox");
    assert_status(note(fx.agent, fx.active, "outra"), 201);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE rooms @> "
                             "'{user:14}'"),
                     0);
}

TEST(who_leaves_the_company_leaves_what_it_followed)
{
    UNUSED;
    assert_status(put(fx.agent, fx.active, fx.loner), 201);
    assert_status(put(fx.agent, fx.closed, fx.loner), 201);
    assert_status(put(fx.agent, fx.closed, fx.both), 201);
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 14");
    assert_int_equal(taking_part(fx.active), 0);
    assert_int_equal(taking_part(fx.closed), 1);
    /* se voltar, não volta a ver */
    sql("UPDATE memberships SET disabled_at = NULL WHERE user_id = 14");
    assert_status(seen_by(fx.loner, fx.active), 404);
    sql("UPDATE users SET disabled_at = now() WHERE id = 16");
    assert_int_equal(taking_part(fx.closed), 0);
}

TEST(merge_carries_them_over)
{
    UNUSED;
    sql("INSERT INTO tickets (company_id, id, contact_id, channel_id, "
        "queue_id, user_id, status) VALUES (1, 67, 52, 41, 31, 11, 'closed')");
    assert_status(put(fx.agent, 67, fx.loner), 201);
    assert_status(put(fx.agent, 67, fx.both), 201);
    sql("UPDATE tickets SET user_id = 14 WHERE id = 62");
    sql("DELETE FROM ticket_changes");
    assert_status(ask(fx.supervisor, "POST", "/api/v1/tickets/67/merge",
                      "{\"intoId\":62}"),
                  200);
    /* quem atende o que fica não precisa acompanhar */
    assert_string_equal(
        sql("SELECT participant_ids::text FROM tickets WHERE id = 62"), "{16}");
    assert_int_equal(taking_part(67), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE field "
                             "= 'participant'"),
                     1);
}

TEST(panel_adds_removes_and_lets_one_leave_without_javascript)
{
    struct browser agent = browser_of(fx.agent), admin = browser_of(fx.admin);
    struct answer *a;

    UNUSED;
    a = inbox_page(agent, path_of(fx.active, ""));
    assert_has(a, "Quem acompanha");
    assert_has(a, "Ninguém além de quem atende.");
    assert_has(a, "<option value=\"14\">Lia Solo</option>");
    assert_status(inbox_submit(agent, path_of(fx.active, "/participants"),
                               "userId=14", NULL),
                  303);
    a = inbox_page(agent, path_of(fx.active, ""));
    assert_has(a, "/inbox/62/participants/14/drop");
    assert_has(a, "por Bruno Agente");
    assert_has(a, "pôs Lia Solo a acompanhar");
    a = inbox_submit(agent, path_of(fx.active, "/participants"), "userId=14",
                     PART);
    assert_status(a, 409);
    assert_has(a, "esta pessoa já participa");
    a = inbox_submit(agent, path_of(fx.active, "/participants"), "userId=21",
                     PART);
    assert_status(a, 422);
    /* sem dizer quem: entra quem clica */
    assert_status(
        inbox_submit(admin, path_of(fx.active, "/participants"), "", NULL),
        303);
    assert_has(inbox_page(admin, path_of(fx.active, "")),
               "Deixar de acompanhar");
    assert_status(inbox_submit(agent,
                               path_of(fx.active, "/participants/14/drop"), "",
                               NULL),
                  303);
    assert_has(inbox_page(agent, path_of(fx.active, "")),
               "tirou Lia Solo dos participantes");
    /* quem sai e já não vê volta à lista */
    assert_status(put(fx.admin, fx.hidden, fx.agent), 201);
    a = inbox_submit(agent, path_of(fx.hidden, "/participants/13/drop"), "",
                     NULL);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/inbox");
    assert_status(inbox_submit(agent, path_of(fx.hidden, "/participants"),
                               "userId=14", NULL),
                  404);
}

TEST(list_page_filters_what_one_takes_part_in)
{
    struct browser admin = browser_of(fx.admin);
    struct answer *a;

    UNUSED;
    assert_status(put(fx.admin, fx.active, fx.admin), 201);
    a = inbox_page(admin, "/inbox?status=active&participantId=me");
    assert_has(a, "Davi Dias");
    assert_lacks(a, "Gil Gomes");
    assert_has(a, "name=\"participantId\" value=\"me\" form=\"filter-form\" "
                  "checked");
    assert_status(inbox_submit(admin, "/inbox/views",
                               "name=Sigo&status=active&participantId=me",
                               NULL),
                  303);
    assert_has(inbox_page(admin, "/inbox"), "participantId=me");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

static int64_t
tickets_read(void)
{
    return sql_int("SELECT seq_tup_read + idx_tup_fetch FROM "
                   "pg_stat_xact_user_tables WHERE relname = 'tickets'");
}

/* Cada aviso o pergunta: por ticket, não lendo todos os da empresa. */
TEST(who_hears_of_a_ticket_is_asked_by_its_number)
{
    int64_t before;

    UNUSED;
    sql("INSERT INTO tickets (company_id, contact_id, channel_id, status, "
        "closed_at) SELECT company_id, contact_id, channel_id, 'closed', now() "
        "FROM tickets, generate_series(1, 100000) WHERE id = 61");
    sql("ANALYZE tickets");
    sql("BEGIN");
    sql("SET LOCAL plan_cache_mode = force_generic_plan");
    sql("SET LOCAL ROLE balcao_app");
    sql("SELECT set_config('app.company_id', '1', true)");
    before = tickets_read();
    sql("SELECT live_audience(ARRAY['ticket:61', 'queue:31'])");
    assert_in_range(tickets_read() - before, 1, 100);
    sql("ROLLBACK");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(colleague_of_another_queue_sees_the_ticket_while_in_it),
        T(who_sees_only_ones_own_finds_it_in_lists_and_search),
        T(no_function_forgets_the_participants_when_it_asks_who_sees),
        T(who_is_told_by_mail_or_push_is_told_where_as_a_participant_too),
        T(one_joins_and_leaves_by_oneself),
        T(only_who_sees_it_adds_and_only_who_may_read_is_added),
        T(who_only_reads_leaves_but_takes_nobody_out),
        T(closed_takes_participants_and_merged_does_not),
        T(mention_in_a_note_makes_a_participant_by_the_whole_name_only),
        T(editing_a_note_adds_who_it_now_mentions),
        T(what_arrives_is_told_once_per_ticket_as_each_one_chose),
        T(live_events_reach_participants_and_removal_checks_them_again),
        T(who_leaves_the_company_leaves_what_it_followed),
        T(merge_carries_them_over),
        T(panel_adds_removes_and_lets_one_leave_without_javascript),
        T(list_page_filters_what_one_takes_part_in),
        T(who_hears_of_a_ticket_is_asked_by_its_number),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
