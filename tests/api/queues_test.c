/*
 * queues_test.c - filas: ler, criar, mudar, apagar; quem atende e presença.
 */
#include "harness.h"

#include <inttypes.h>
#include <string.h>

#include "hook.h"

#define QUEUES "/api/v1/queues"
#define SALES QUEUES "/31"
#define BEAT "/api/v1/me/presence"

static struct answer *
ask(int64_t person, const char *method, const char *path, const char *body)
{
    return call(
        &(struct call){ .program = "desk",
                        .method = method,
                        .path = path,
                        .body = body,
                        .token = person != 0 ? token_of(person) : NULL });
}

static int
count_of(const struct answer *a)
{
    return (int)json_object_array_length(at(a, "data"));
}

static void
arrive(int64_t person)
{
    assert_status(ask(person, "POST", BEAT, "{}"), 200);
}

/* ---- ler ---- */

TEST(queues_are_listed_in_order_to_every_role)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE queues SET position = 2 WHERE id = 31");
    a = ask(fx.agent, "GET", QUEUES, NULL);
    assert_status(a, 200);
    assert_int_equal(count_of(a), 2);
    assert_string_equal(at_text(a, "data.0.name"), "Suporte");
    assert_string_equal(at_text(a, "data.1.name"), "Vendas");
    assert_int_equal(at_int(a, "data.1.memberIds.0"), fx.agent);
    assert_int_equal(at_int(a, "data.1.waiting"), 1);
    assert_true(json_object_get_boolean(at(a, "data.1.open")));
    assert_problem(ask(fx.auditor, "GET", QUEUES, NULL), 403, "forbidden");
}

TEST(departments_are_the_queues_of_the_company_of_the_token)
{
    struct answer *a =
        ask(fx.agent, "GET", "/api/v1/departments?companyId=1", NULL);

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(count_of(a), 2);
    assert_problem(ask(fx.agent, "GET", "/api/departments?companyId=2", NULL),
                   404, "not-found");
    assert_problem(ask(fx.agent, "GET", "/api/v1/attendants?companyId=2", NULL),
                   404, "not-found");
    assert_status(ask(fx.agent, "GET", "/api/v1/departments/31", NULL), 200);
}

TEST(queue_of_another_company_does_not_exist)
{
    UNUSED;
    assert_status(ask(fx.admin, "GET", SALES, NULL), 200);
    assert_problem(ask(fx.admin, "GET", QUEUES "/33", NULL), 404, "not-found");
    assert_problem(ask(fx.admin, "PATCH", QUEUES "/33", "{\"name\":\"X\"}"),
                   404, "not-found");
    assert_problem(ask(fx.admin, "DELETE", QUEUES "/33", NULL), 404,
                   "not-found");
    assert_problem(ask(fx.admin, "GET", QUEUES "/33/attendants", NULL), 404,
                   "not-found");
    assert_field(ask(fx.admin, "DELETE", SALES "?moveTo=33", NULL), "moveTo",
                 "exists");
    assert_field(ask(fx.admin, "PATCH", SALES, "{\"memberIds\":[21]}"),
                 "memberIds", "exists");
}

/* ---- criar e mudar ---- */

TEST(admin_creates_a_queue_with_everything_and_it_is_audited)
{
    struct answer *a = ask(
        fx.admin, "POST", QUEUES,
        "{\"name\":\"Cobrança\",\"color\":\"#D63939\",\"position\":3,"
        "\"greeting\":\"Olá!\",\"awayMessage\":\"Voltamos já\","
        "\"businessHours\":{\"mon\":[{\"from\":\"13:00\",\"to\":\"18:00\"},"
        "{\"from\":\"08:00\",\"to\":\"12:00\"}]},\"timeZone\":"
        "\"America/Manaus\",\"holidays\":[{\"date\":\"2026-12-25\",\"name\":"
        "\"Natal\"},{\"date\":\"2026-12-24\",\"name\":\"Véspera\",\"hours\":"
        "[{\"from\":\"08:00\",\"to\":\"12:00\"}]}],\"assignment\":"
        "\"least_busy\",\"capacity\":5,\"memberIds\":[13,11]}");

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "color"), "#d63939");
    assert_string_equal(at_text(a, "businessHours.mon.0.from"), "08:00");
    assert_string_equal(at_text(a, "holidays.0.name"), "Véspera");
    assert_null(at(a, "holidays.1.hours"));
    assert_string_equal(at_text(a, "timeZone"), "America/Manaus");
    assert_int_equal(at_int(a, "capacity"), 5);
    assert_int_equal(at_int(a, "memberIds.1"), 13);
    assert_int_equal(at_int(a, "version"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'queue.created'"),
                     1);
    assert_problem(ask(fx.supervisor, "POST", QUEUES, "{\"name\":\"X\"}"), 403,
                   "forbidden");
}

TEST(name_already_taken_answers_409_with_the_field)
{
    struct answer *a = ask(fx.admin, "POST", QUEUES, "{\"name\":\"VENDAS\"}");

    UNUSED;
    assert_problem(a, 409, "conflict");
    assert_field(a, "name", "taken");
    a = ask(fx.admin, "PATCH", QUEUES "/32", "{\"name\":\"vendas\"}");
    assert_problem(a, 409, "conflict");
    assert_status(ask(fx.admin, "PATCH", SALES, "{\"name\":\"VENDAS\"}"), 200);
}

TEST(two_hundred_queues_are_the_limit)
{
    UNUSED;
    sql("INSERT INTO queues (company_id, name) SELECT 1, 'Fila ' || g FROM "
        "generate_series(1, 198) g");
    assert_problem(ask(fx.admin, "POST", QUEUES, "{\"name\":\"Mais uma\"}"),
                   409, "limit-reached");
}

TEST(patch_changes_only_what_came_and_put_the_rest_too)
{
    struct answer *a;

    UNUSED;
    assert_status(ask(fx.admin, "PATCH", SALES,
                      "{\"greeting\":\"Oi\",\"capacity\":2,\"timeZone\":"
                      "\"America/Manaus\"}"),
                  200);
    a = ask(fx.admin, "PATCH", SALES, "{\"color\":\"#112233\"}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "greeting"), "Oi");
    assert_int_equal(at_int(a, "capacity"), 2);
    assert_int_equal(at_int(a, "memberIds.0"), fx.agent);
    a = ask(fx.admin, "PATCH", SALES, "{\"capacity\":null}");
    assert_null(at(a, "capacity"));
    a = ask(fx.admin, "PUT", SALES, "{\"name\":\"Vendas\"}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "greeting"), "");
    assert_null(at(a, "timeZone"));
    assert_int_equal(json_object_array_length(at(a, "memberIds")), 0);
}

TEST(stale_version_answers_409_and_changes_nothing)
{
    UNUSED;
    assert_status(
        ask(fx.admin, "PUT", SALES, "{\"name\":\"Loja\",\"version\":1}"), 200);
    assert_problem(
        ask(fx.admin, "PUT", SALES, "{\"name\":\"Outra\",\"version\":1}"), 409,
        "conflict");
    assert_problem(
        ask(fx.admin, "PATCH", SALES, "{\"name\":\"Outra\",\"version\":1}"),
        409, "conflict");
    assert_string_equal(sql("SELECT name FROM queues WHERE id = 31"), "Loja");
}

TEST(bad_fields_are_refused_one_by_one)
{
    static const char *const bad[][3] = {
        { "{\"color\":\"blue\"}", "color", "format" },
        { "{\"name\":\"  \"}", "name", "min" },
        { "{\"timeZone\":\"Lua/Mar\"}", "timeZone", "exists" },
        { "{\"assignment\":\"luck\"}", "assignment", "one_of" },
        { "{\"businessHours\":{\"mon\":[{\"from\":\"9:00\",\"to\":\"10:00\"}]}"
          "}",
          "businessHours.mon", "format" },
        { "{\"holidays\":[{\"date\":\"2026-02-29\"}]}", "holidays", "format" },
        { "{\"holidays\":[{\"date\":\"2026-12-25\"},{\"date\":\"2026-12-25\"}]"
          "}",
          "holidays", "unique" },
        { "{\"holidays\":[{\"date\":\"2026-12-25\",\"hours\":[{\"from\":"
          "\"10:00\",\"to\":\"09:00\"}]}]}",
          "holidays", "order" },
        { "{\"holidays\":[{\"date\":\"2026-12-25\",\"hours\":3}]}", "holidays",
          "type" },
        { "{\"holidays\":[{\"dia\":1}]}", "holidays", "unknown" },
        { "{\"holidays\":{}}", "holidays", "type" },
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_field(ask(fx.admin, "PATCH", SALES, bad[i][0]), bad[i][1],
                     bad[i][2]);
    assert_int_equal(sql_int("SELECT version FROM queues WHERE id = 31"), 1);
}

TEST(member_put_in_a_queue_has_it_in_the_next_token)
{
    UNUSED;
    assert_status(
        ask(fx.admin, "PATCH", QUEUES "/32", "{\"memberIds\":[13,14]}"), 200);
    assert_int_equal(sql_int("SELECT count(*) FROM queue_members WHERE "
                             "queue_id = 32"),
                     2);
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 12");
    assert_field(ask(fx.admin, "PATCH", QUEUES "/32", "{\"memberIds\":[12]}"),
                 "memberIds", "exists");
}

/* ---- horário ---- */

static const char *
open_at(const char *instant)
{
    return sql("SELECT hours_open('{\"mon\":[{\"from\":\"08:00\",\"to\":"
               "\"12:00\"},{\"from\":\"13:00\",\"to\":\"24:00\"}]}', "
               "'[{\"date\":\"2026-12-28\",\"hours\":[{\"from\":\"10:00\","
               "\"to\":\"11:00\"}]},{\"date\":\"2026-12-21\"}]', "
               "'America/Sao_Paulo', '%s')",
               instant);
}

TEST(hours_follow_the_zone_the_intervals_and_the_holidays)
{
    UNUSED;
    /* 2026-11-23 é segunda; São Paulo é UTC-3 */
    assert_string_equal(open_at("2026-11-23 11:00Z"), "t");
    assert_string_equal(open_at("2026-11-23 10:59Z"), "f");
    assert_string_equal(open_at("2026-11-23 15:00Z"), "f");
    assert_string_equal(open_at("2026-11-23 16:00Z"), "t");
    assert_string_equal(open_at("2026-11-24 02:59Z"), "t");
    assert_string_equal(open_at("2026-11-24 12:00Z"), "f");
    assert_string_equal(open_at("2026-12-21 13:00Z"), "f");
    assert_string_equal(open_at("2026-12-28 13:30Z"), "t");
    assert_string_equal(open_at("2026-12-28 14:30Z"), "f");
}

TEST(queue_without_hours_follows_the_company)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE companies SET business_hours = jsonb_build_object((ARRAY["
        "'mon','tue','wed','thu','fri','sat','sun'])[1 + extract(isodow FROM "
        "now() AT TIME ZONE time_zone)::int %% 7], '[{\"from\":\"00:00\","
        "\"to\":\"24:00\"}]'::jsonb) WHERE id = 1");
    a = ask(fx.agent, "GET", SALES, NULL);
    assert_false(json_object_get_boolean(at(a, "open")));
    sql("UPDATE companies SET business_hours = NULL WHERE id = 1");
    a = ask(fx.agent, "GET", SALES, NULL);
    assert_true(json_object_get_boolean(at(a, "open")));
}

/* ---- apagar ---- */

TEST(queue_with_open_tickets_is_deleted_only_with_a_target)
{
    struct answer *a = ask(fx.admin, "DELETE", SALES, NULL);

    UNUSED;
    assert_problem(a, 409, "conflict");
    assert_non_null(strstr(at_text(a, "detail"), "3"));
    assert_field(ask(fx.admin, "DELETE", SALES "?moveTo=31", NULL), "moveTo",
                 "exists");
    assert_status(ask(fx.admin, "DELETE", SALES "?moveTo=32", NULL), 204);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE queue_id = "
                             "32"),
                     5);
    assert_int_equal(sql_int("SELECT default_queue_id FROM channels WHERE id "
                             "= 41"),
                     32);
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE field "
                             "= 'queue' AND old_value = '31' AND new_value = "
                             "'32' AND user_id = 11"),
                     3);
    assert_int_equal(hook_events("ticket:updated"), 3);
    assert_problem(ask(fx.admin, "GET", SALES, NULL), 404, "not-found");
}

TEST(empty_queue_is_deleted_at_once)
{
    UNUSED;
    sql("UPDATE tickets SET status = 'closed', closed_at = now() WHERE "
        "queue_id = 31");
    assert_status(ask(fx.admin, "DELETE", SALES, NULL), 204);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE id = 63 AND "
                             "queue_id IS NULL"),
                     1);
}

/* ---- presença ---- */

TEST(beat_makes_the_person_online_and_tells_once)
{
    struct answer *a = ask(fx.agent, "POST", BEAT, "{}");

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "online");
    assert_int_equal(hook_events("user:online"), 1);
    assert_int_equal(hook_events("online_status"), 1);
    arrive(fx.agent);
    assert_int_equal(hook_events("online_status"), 1);
    a = ask(fx.agent, "POST", BEAT, "{\"status\":\"away\"}");
    assert_string_equal(at_text(a, "status"), "away");
    assert_int_equal(hook_events("online_status"), 2);
    /* o sinal de outra aba não desfaz a escolha */
    a = ask(fx.agent, "POST", "/api/v1/presence", "{}");
    assert_string_equal(at_text(a, "status"), "away");
    assert_int_equal(hook_events("user:online"), 1);
    assert_field(ask(fx.agent, "POST", BEAT, "{\"status\":\"busy\"}"), "status",
                 "one_of");
}

TEST(person_without_a_beat_for_a_minute_is_offline)
{
    struct answer *a;

    UNUSED;
    arrive(fx.agent);
    a = ask(fx.agent, "GET", SALES "/attendants", NULL);
    assert_status(a, 200);
    assert_int_equal(count_of(a), 1);
    assert_string_equal(at_text(a, "data.0.status"), "online");
    assert_int_equal(at_int(a, "data.0.load"), 1);
    sql("UPDATE presence SET seen_at = now() - interval '61 seconds'");
    a = ask(fx.agent, "GET", "/api/v1/attendants?queueId=31", NULL);
    assert_string_equal(at_text(a, "data.0.status"), "offline");
    assert_non_null(at(a, "data.0.lastSeenAt"));
    a = ask(fx.agent, "GET", "/api/v1/attendants?status=online", NULL);
    assert_int_equal(count_of(a), 0);
    assert_problem(ask(fx.agent, "GET", "/api/v1/attendants?queueId=33", NULL),
                   404, "not-found");
}

TEST(attendants_come_page_by_page)
{
    struct answer *a;

    UNUSED;
    sql("INSERT INTO queue_members (company_id, queue_id, user_id) VALUES (1, "
        "32, 14), (1, 32, 16)");
    a = ask(fx.admin, "GET", "/api/v1/attendants?limit=2", NULL);
    assert_int_equal(count_of(a), 2);
    assert_string_equal(at_text(a, "nextCursor"), "14");
    a = ask(fx.admin, "GET", "/api/v1/attendants?limit=2&cursor=14", NULL);
    assert_int_equal(count_of(a), 1);
    assert_null(at(a, "nextCursor"));
}

/* ---- saudação e aviso ---- */

TEST(greeting_goes_once_to_who_starts_a_conversation)
{
    UNUSED;
    sql("UPDATE queues SET greeting = 'Olá, já vamos', away_message = "
        "'Fechado' WHERE id = 31");
    hook_deliver(hook_text("5511900000001", "wamid.A1", "um"));
    hook_deliver(hook_text("5511900000001", "wamid.A2", "dois"));
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE body = "
                             "'Olá, já vamos' AND sender_type = 'bot' AND "
                             "status = 'queued'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE body = "
                             "'Fechado'"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     1);
}

TEST(away_notice_goes_once_per_conversation_and_the_holiday_wins)
{
    UNUSED;
    sql("UPDATE queues SET greeting = 'Olá', away_message = 'Fechado', "
        "time_zone = 'UTC', holidays = jsonb_build_array(jsonb_build_object("
        "'date', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD'))) WHERE id = "
        "31");
    hook_deliver(hook_text("5511900000001", "wamid.A1", "um"));
    hook_deliver(hook_text("5511900000001", "wamid.A2", "dois"));
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE body = "
                             "'Fechado'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE body = "
                             "'Olá'"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE away_told_at "
                             "IS NOT NULL"),
                     1);
}

#define T(name) cmocka_unit_test_setup(name, hook_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(queues_are_listed_in_order_to_every_role),
        T(departments_are_the_queues_of_the_company_of_the_token),
        T(queue_of_another_company_does_not_exist),
        T(admin_creates_a_queue_with_everything_and_it_is_audited),
        T(name_already_taken_answers_409_with_the_field),
        T(two_hundred_queues_are_the_limit),
        T(patch_changes_only_what_came_and_put_the_rest_too),
        T(stale_version_answers_409_and_changes_nothing),
        T(bad_fields_are_refused_one_by_one),
        T(member_put_in_a_queue_has_it_in_the_next_token),
        T(hours_follow_the_zone_the_intervals_and_the_holidays),
        T(queue_without_hours_follows_the_company),
        T(queue_with_open_tickets_is_deleted_only_with_a_target),
        T(empty_queue_is_deleted_at_once),
        T(beat_makes_the_person_online_and_tells_once),
        T(person_without_a_beat_for_a_minute_is_offline),
        T(attendants_come_page_by_page),
        T(greeting_goes_once_to_who_starts_a_conversation),
        T(away_notice_goes_once_per_conversation_and_the_holiday_wins),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
