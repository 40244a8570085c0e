/*
 * digest_test.c - o resumo por e-mail do que ninguém viu: quando, de quê, a
 * quem; um só, uma vez só; e como se deixa de receber.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "browser_kit.h"
#include "db/db.h"
#include "desk/digest.h"
#include "harness.h"
#include "job_kit.h"
#include "login_kit.h"
#include "mail/letter.h"
#include "mail/send.h"
#include "view/page.h"

#define NOTICES "/api/v1/notifications"
#define SETTINGS "/account/notifications"

static int
set_up(void **state)
{
    mail_on();
    setenv("BALCAO_BASE_URL", "https://balcao.test", 1);
    if (job_setup(state) != 0)
        return 1;
    i18n_init(conf()->locale_dir);
    page_init("templates");
    return 0;
}

/* Nasce uma notificação do Bruno, há tantos minutos. */
static void
notice(const char *kind, int ticket, int minutes)
{
    sql("INSERT INTO notifications (company_id, user_id, kind, ticket_id, "
        "by_id, created_at) VALUES (1, 13, '%s', %d, 11, now() - "
        "make_interval(mins => %d))",
        kind, ticket, minutes);
}

static struct job job;

/* O worker olha pela pessoa; desfeito, ele caiu no meio. */
static enum job_next
look_at(int64_t person, bool crashes)
{
    struct ctx c = {
        .arena = job_arena, .db = job_db, .token_version = -1, .company_id = 1
    };
    enum job_next next;

    job = (struct job){ .payload = text("{\"userId\":%" PRId64 "}", person) };
    assert_int_equal(digest_kind.prepare(&c, &job, &next), OK);
    if (crashes)
        db_rollback(&c);
    else
        assert_int_equal(db_commit(&c), OK);
    return next;
}

static int64_t
sent(void)
{
    return mails("digest");
}

static int64_t
planned(void)
{
    return sql_int("SELECT count(*) FROM jobs WHERE kind = 'notice.digest'");
}

static const char *
line(int i, const char *key)
{
    struct json_object *mail = last_mail("digest"), *o;
    const char *out;

    assert_non_null(mail);
    o = json_object_object_get(json_object_object_get(mail, "model"), "lines");
    o = json_object_object_get(json_object_array_get_idx(o, (size_t)i), key);
    out = o != NULL ? text("%s", json_object_get_string(o)) : NULL;
    json_object_put(mail);
    return out;
}

TEST(what_nobody_saw_for_an_hour_goes_in_one_mail_once)
{
    UNUSED;
    notice("assigned", 62, 90);
    notice("mention", 65, 61);
    notice("assigned", 61, 10); /* ainda pode ser visto */
    assert_int_equal(look_at(13, false), JOB_DONE);
    assert_int_equal(sent(), 1);
    assert_string_equal(mail_text("digest", "title"),
                        "2 notificações que você não viu");
    assert_string_equal(line(1, "what"), "Ana Admin deu um atendimento a você");
    assert_non_null(strstr(line(1, "where"), "Davi Dias"));
    /* do que ele não vê, só que existe */
    assert_string_equal(line(0, "what"), "Ana Admin citou você numa anotação");
    assert_null(line(0, "where"));
    assert_string_equal(line(0, "link"),
                        text("https://balcao.test/notifications/%" PRId64
                             "/open",
                             sql_int("SELECT id FROM notifications WHERE "
                                     "ticket_id = 65")));
    assert_int_equal(sql_int("SELECT count(*) FROM notifications WHERE "
                             "mailed_at IS NOT NULL"),
                     2);
    /* a que faltou espera a vez, e o que já foi não vai de novo */
    assert_int_equal(look_at(13, false), JOB_WAIT);
    assert_true(job.delay_ms > 45 * 60000);
    assert_int_equal(sent(), 1);
}

TEST(nothing_that_was_said_is_in_the_mail)
{
    struct json_object *mail;
    const char *whole;

    UNUSED;
    sql("UPDATE tickets SET last_message = 'meu cartão é 4111' WHERE id = 62");
    notice("assigned", 62, 90);
    look_at(13, false);
    mail = last_mail("digest");
    whole = json_object_to_json_string(mail);
    assert_non_null(strstr(whole, "Davi Dias"));
    assert_null(strstr(whole, "4111"));
    json_object_put(mail);
}

TEST(worker_that_dies_in_the_middle_sends_nothing_and_loses_nothing)
{
    UNUSED;
    notice("assigned", 62, 90);
    look_at(13, true);
    assert_int_equal(sent(), 0);
    assert_int_equal(look_at(13, false), JOB_DONE);
    assert_int_equal(look_at(13, false), JOB_DONE);
    assert_int_equal(sent(), 1);
}

TEST(what_was_read_meanwhile_is_not_mailed)
{
    UNUSED;
    notice("assigned", 62, 90);
    assert_status(call(&(struct call){ .program = "conversations",
                                       .method = "POST",
                                       .path = NOTICES "/read",
                                       .body = "{}",
                                       .token = token_of(13) }),
                  200);
    assert_int_equal(look_at(13, false), JOB_DONE);
    assert_int_equal(sent(), 0);
}

TEST(who_has_the_page_in_sight_is_left_alone_until_leaving)
{
    UNUSED;
    notice("assigned", 62, 90);
    sql("INSERT INTO presence (company_id, user_id) VALUES (1, 13)");
    assert_int_equal(look_at(13, false), JOB_WAIT);
    assert_int_equal(sent(), 0);
    sql("UPDATE presence SET seen_at = now() - interval '2 minutes'");
    assert_int_equal(look_at(13, false), JOB_DONE);
    assert_int_equal(sent(), 1);
}

TEST(member_switched_off_or_address_unproved_gets_nothing)
{
    UNUSED;
    notice("assigned", 62, 90);
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 13");
    assert_int_equal(look_at(13, false), JOB_DONE);
    sql("UPDATE memberships SET disabled_at = NULL WHERE user_id = 13");
    sql("UPDATE users SET email_verified_at = NULL WHERE id = 13");
    assert_int_equal(look_at(13, false), JOB_DONE);
    sql("UPDATE users SET email_verified_at = now(), disabled_at = now() WHERE "
        "id = 13");
    assert_int_equal(look_at(13, false), JOB_DONE);
    sql("UPDATE users SET disabled_at = NULL WHERE id = 13");
    sql("UPDATE companies SET suspended_at = now() WHERE id = 1");
    assert_int_equal(look_at(13, false), JOB_DONE);
    assert_int_equal(sent(), 0);
    sql("UPDATE companies SET suspended_at = NULL WHERE id = 1");
    look_at(13, false);
    assert_int_equal(sent(), 1);
}

TEST(hour_to_look_is_booked_once_in_five_minutes_and_only_for_what_is_wanted)
{
    UNUSED;
    notice("sla", 62, 0); /* não entra no resumo de quem não o pediu */
    assert_int_equal(planned(), 0);
    notice("assigned", 62, 0);
    notice("mention", 62, 0);
    /* juntos, ou um de cada lado de uma virada de cinco minutos */
    assert_true(planned() == 1 || planned() == 2);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'notice.digest' AND state = 'delayed' AND run_at "
                             "BETWEEN now() + interval '59 minutes' AND now() "
                             "+ interval '66 minutes'"),
                     planned());
    sql("DELETE FROM jobs");
    sql("INSERT INTO notification_settings (company_id, user_id, digest) "
        "VALUES (1, 13, 'never')");
    notice("assigned", 61, 0);
    assert_int_equal(planned(), 0);
    /* mudou de ideia: o que já esperava ganha hora */
    sql("UPDATE notification_settings SET digest = 'soon'");
    assert_int_equal(planned(), 1);
}

static const char *
due(const char *made, const char *often, int hour)
{
    return sql("SELECT to_char(digest_due('%s', '%s', %d, 'America/Sao_Paulo') "
               "AT TIME ZONE 'UTC', 'DD HH24:MI')",
               made, often, hour);
}

TEST(daily_mail_goes_at_the_hour_of_the_company)
{
    UNUSED;
    assert_string_equal(due("2026-03-10 09:00Z", "soon", 8), "10 09:15");
    assert_string_equal(due("2026-03-10 09:00Z", "hourly", 8), "10 10:00");
    /* São Paulo está três horas atrás */
    assert_string_equal(due("2026-03-10 09:00Z", "daily", 8), "10 11:00");
    assert_string_equal(due("2026-03-10 10:50Z", "daily", 8), "11 11:00");
    assert_string_equal(due("2026-03-10 23:00Z", "daily", 20), "11 23:00");
    assert_string_equal(due("2026-03-10 22:00Z", "daily", 20), "10 23:00");
    assert_null(sql("SELECT digest_due(now(), 'never', 8, 'UTC')"));
}

TEST(chosen_pace_spaces_the_mails)
{
    UNUSED;
    notice("assigned", 62, 90);
    look_at(13, false);
    notice("assigned", 61, 70);
    assert_int_equal(look_at(13, false), JOB_WAIT); /* foi um agora mesmo */
    sql("UPDATE notification_settings SET digest_sent_at = now() - interval "
        "'61 minutes'");
    assert_int_equal(look_at(13, false), JOB_DONE);
    assert_int_equal(sent(), 2);
}

TEST(many_are_counted_and_the_first_twenty_told)
{
    struct json_object *mail;
    int i;

    UNUSED;
    for (i = 0; i < 23; i++)
        notice("assigned", 62, 90);
    look_at(13, false);
    mail = last_mail("digest");
    assert_int_equal(json_object_array_length(json_object_object_get(
                         json_object_object_get(mail, "model"), "lines")),
                     20);
    json_object_put(mail);
    assert_string_equal(mail_text("digest", "more"), "E mais 3.");
}

static const char *
written(const char *lang, bool html)
{
    struct json_object *mail = last_mail("digest");
    struct letter out;

    i18n_set(lang);
    assert_null(letter_write(job_arena, "digest",
                             json_object_object_get(mail, "model"), &out));
    i18n_set("pt-BR");
    json_object_put(mail);
    return html ? out.html.data : out.text.data;
}

TEST(mail_reads_well_in_both_languages)
{
    const char *page;

    UNUSED;
    sql("UPDATE users SET locale = 'en' WHERE id = 13");
    notice("assigned", 62, 90);
    look_at(13, false);
    assert_string_equal(mail_text("digest", "title"),
                        "1 notification you have not seen");
    page = written("en", false);
    assert_non_null(strstr(page, "Ana Admin gave you a ticket"));
    assert_non_null(strstr(page, "https://balcao.test/account/notifications"));
    assert_non_null(strstr(page, "/unsubscribe?token="));
    assert_null(strstr(page, "Você"));
    assert_null(strstr(page, "{{"));
    page = written("pt-BR", true);
    assert_non_null(strstr(page, "Deixar de receber"));
    assert_non_null(strstr(page, "lang=\"pt-BR\""));
}

/* ---- deixar de receber ---- */

static const char *
stop_link(void)
{
    return mail_text("digest", "stop") + strlen("https://balcao.test");
}

static const char *
digest_of_bruno(void)
{
    return sql("SELECT digest FROM notification_settings WHERE user_id = 13");
}

static struct answer *
press(const char *path, const char *body)
{
    return call(&(struct call){ .program = "session",
                                .method = body != NULL ? "POST" : "GET",
                                .path = path,
                                .type = body != NULL ? FORM_TYPE : NULL,
                                .body = body });
}

TEST(one_click_stops_it_without_a_session_and_looking_does_not)
{
    struct answer *a;

    UNUSED;
    notice("assigned", 62, 90);
    look_at(13, false);
    a = press(stop_link(), NULL);
    assert_status(a, 200);
    assert_has(a, "Deixar de receber o resumo?");
    assert_string_equal(digest_of_bruno(), "hourly");
    a = press(stop_link(), "List-Unsubscribe=One-Click");
    assert_status(a, 200);
    assert_has(a, "O resumo não chega mais");
    assert_string_equal(digest_of_bruno(), "never");
    notice("assigned", 61, 200);
    assert_int_equal(look_at(13, false), JOB_DONE);
    assert_int_equal(sent(), 1);
}

TEST(link_that_is_not_ours_stops_nobody)
{
    static const char *const bad[] = { "", "?token=", "?token=MTI6MTM",
                                       "?token=%20" };
    struct ctx c = { .arena = job_arena };
    size_t i;
    struct answer *a;
    const char *link;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_status(press(text("/unsubscribe%s", bad[i]), NULL), 422);
        a = press(text("/unsubscribe%s", bad[i]), "List-Unsubscribe=One-Click");
        assert_status(a, 422);
        assert_has(a, "Este link não serve");
    }
    notice("assigned", 62, 90);
    look_at(13, false);
    link = stop_link(); /* um caractere a menos */
    assert_status(press(text("%.*s", (int)strlen(link) - 1, link),
                        "List-Unsubscribe=One-Click"),
                  422);
    assert_string_equal(digest_of_bruno(), "hourly");
    /* de quem já não trabalha aqui não há o que desligar */
    link = digest_stop_url(&c, 1, 14) + strlen("https://balcao.test");
    sql("DELETE FROM memberships WHERE user_id = 14");
    assert_status(press(link, "List-Unsubscribe=One-Click"), 422);
}

TEST(mail_carries_the_one_click_header)
{
    struct ctx c = { .arena = job_arena, .db = job_db };
    const char *payload;
    enum job_next next;
    int i, found = 0;

    UNUSED;
    notice("assigned", 62, 90);
    look_at(13, false);
    payload = sql("SELECT payload FROM jobs WHERE kind = 'mail.send'");
    job = (struct job){ .payload = payload, .attempts = 1 };
    assert_int_equal(mail_send_kind.prepare(&c, &job, &next), OK);
    assert_int_equal(next, JOB_CALL);
    for (i = 0; i < JOB_CALL_HEADERS && job.call.headers[i] != NULL; i++) {
        const char *h = job.call.headers[i];

        found += strncmp(h,
                         "List-Unsubscribe: <https://balcao.test/unsubscribe"
                         "?token=",
                         57) == 0;
        found += strcmp(h, "List-Unsubscribe-Post: "
                           "List-Unsubscribe=One-Click") == 0;
    }
    assert_int_equal(found, 2);
    db_rollback(&c);
}

/* ---- escolher ---- */

TEST(choice_is_kept_by_the_api_and_by_those_that_do_not_say_it)
{
    struct call c = { .program = "conversations",
                      .path = NOTICES "/settings",
                      .token = token_of(13) };
    struct answer *a = call(&c);

    UNUSED;
    assert_string_equal(at_text(a, "digest"), "hourly");
    assert_int_equal(at_int(a, "digestHour"), 8);
    assert_int_equal(json_object_array_length(at(a, "digestKinds")), 3);
    c.method = "PUT";
    c.body = "{\"muted\":[],\"sound\":true,\"browser\":false,\"digest\":"
             "\"daily\",\"digestHour\":0,\"digestKinds\":[\"sla\"]}";
    a = call(&c);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "digest"), "daily");
    c.body = "{\"muted\":[],\"sound\":true,\"browser\":true}";
    a = call(&c);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "digest"), "daily");
    assert_int_equal(at_int(a, "digestHour"), 0);
    assert_string_equal(at_text(a, "digestKinds.0"), "sla");
    c.body = "{\"muted\":[],\"sound\":true,\"browser\":true,\"digest\":"
             "\"sempre\",\"digestHour\":24}";
    a = call(&c);
    assert_field(a, "digest", "one_of");
    assert_field(a, "digestHour", "max");
}

TEST(choice_is_made_on_the_page)
{
    struct browser b = browser_of(13);
    struct answer *a = browser_page(b, "chat_pages", SETTINGS);

    UNUSED;
    assert_status(a, 200);
    assert_has(a, "<option value=\"hourly\" selected>");
    assert_has(a, "name=\"digestKinds\" value=\"mention\" checked");
    assert_lacks(a, "name=\"digestKinds\" value=\"chat\" checked");
    a = browser_submit(b, "chat_pages", SETTINGS,
                       "kinds=mention&kinds=&sound=true&browser=false&digest="
                       "daily&digestHour=19&digestKinds=chat&digestKinds=");
    assert_saved(a, SETTINGS);
    assert_string_equal(sql("SELECT digest || digest_hour || "
                            "digest_kinds::text FROM notification_settings "
                            "WHERE user_id = 13"),
                        "daily19{chat}");
    a = browser_page(b, "chat_pages", SETTINGS);
    assert_has(a, "<option value=\"19\" selected>");
    assert_lacks(a, "name=\"digestKinds\" value=\"mention\" checked");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_nobody_saw_for_an_hour_goes_in_one_mail_once),
        T(nothing_that_was_said_is_in_the_mail),
        T(worker_that_dies_in_the_middle_sends_nothing_and_loses_nothing),
        T(what_was_read_meanwhile_is_not_mailed),
        T(who_has_the_page_in_sight_is_left_alone_until_leaving),
        T(member_switched_off_or_address_unproved_gets_nothing),
        T(hour_to_look_is_booked_once_in_five_minutes_and_only_for_what_is_wanted),
        T(daily_mail_goes_at_the_hour_of_the_company),
        T(chosen_pace_spaces_the_mails),
        T(many_are_counted_and_the_first_twenty_told),
        T(mail_reads_well_in_both_languages),
        T(one_click_stops_it_without_a_session_and_looking_does_not),
        T(link_that_is_not_ours_stops_nobody),
        T(mail_carries_the_one_click_header),
        T(choice_is_kept_by_the_api_and_by_those_that_do_not_say_it),
        T(choice_is_made_on_the_page),
    };

    return cmocka_run_group_tests(tests, set_up, job_teardown);
}
