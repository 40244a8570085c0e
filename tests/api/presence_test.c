/* presence_test.c - a saída de quem fechou a tela, avisada por um job. */
#include "harness.h"

#include <inttypes.h>

#include "browser_kit.h"
#include "db/db.h"
#include "desk/absence.h"
#include "hook.h"
#include "job_kit.h"

static void
beat(int64_t person)
{
    assert_status(post_as(person, "desk", "/api/v1/me/presence", "{}"), 200);
}

/* Roda o único job à espera, como o worker. */
static void
look(void)
{
    struct ctx c = {
        .arena = job_arena, .db = job_db, .token_version = -1, .company_id = 1
    };
    struct job job = { .payload =
                           sql("SELECT payload FROM jobs WHERE kind = '%s'",
                               absence_kind.name) };
    enum job_next next;

    assert_non_null(job.payload);
    sql("DELETE FROM jobs WHERE kind = '%s'", absence_kind.name);
    assert_int_equal(absence_kind.prepare(&c, &job, &next), OK);
    assert_int_equal(next, JOB_DONE);
    assert_int_equal(db_commit(&c), OK);
}

static int64_t
waiting(void)
{
    return sql_int("SELECT count(*) FROM jobs WHERE kind = '%s' AND run_at > "
                   "now() AND run_at < now() + interval '62 seconds'",
                   absence_kind.name);
}

TEST(who_stops_beating_leaves_and_everyone_is_told_once)
{
    UNUSED;
    beat(fx.agent);
    beat(fx.agent);
    assert_int_equal(waiting(), 1);
    look();
    assert_int_equal(hook_events("user:offline"), 0);
    assert_int_equal(waiting(), 1);
    sql("UPDATE presence SET seen_at = now() - interval '61 seconds'");
    look();
    assert_int_equal(hook_events("user:offline"), 1);
    assert_int_equal(hook_events("online_status"), 2);
    assert_string_equal(
        sql("SELECT payload::jsonb #>> '{presence,status}' FROM "
            "live_outbox WHERE type = 'user:offline'"),
        "offline");
    assert_int_equal(waiting(), 0);
    beat(fx.agent);
    assert_int_equal(hook_events("user:online"), 2);
    assert_int_equal(waiting(), 1);
}

TEST(late_beat_before_the_look_keeps_one_job_only)
{
    UNUSED;
    beat(fx.agent);
    sql("UPDATE presence SET seen_at = now() - interval '61 seconds'");
    beat(fx.agent);
    assert_int_equal(waiting(), 1);
    look();
    assert_int_equal(hook_events("user:offline"), 0);
    assert_int_equal(waiting(), 1);
}

static int64_t
is_out(void)
{
    return sql_int("SELECT (presence_word(seen_at, away) = 'offline')::int "
                   "FROM presence WHERE user_id = %" PRId64,
                   fx.agent);
}

static void
leave(struct browser b)
{
    assert_status(browser_submit(b, "session", "/logout", ""), 303);
}

TEST(who_logs_out_leaves_at_once_and_the_waiting_job_tells_it)
{
    UNUSED;
    beat(fx.agent);
    leave(browser_of(fx.agent));
    assert_int_equal(is_out(), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = '%s' AND "
                             "run_at <= now() AND state = 'ready'",
                             absence_kind.name),
                     1);
    look();
    assert_int_equal(hook_events("user:offline"), 1);
    assert_int_equal(waiting(), 0);
    /* de volta, um job só espera a próxima saída */
    beat(fx.agent);
    assert_int_equal(is_out(), 0);
    assert_int_equal(waiting(), 1);
}

TEST(another_browser_in_use_keeps_the_person_present)
{
    struct browser desk = browser_of(fx.agent), phone = browser_of(fx.agent);

    UNUSED;
    beat(fx.agent);
    leave(phone);
    assert_int_equal(is_out(), 0);
    /* a sessão esquecida há um mês noutra máquina não segura ninguém */
    browser_of(fx.agent);
    sql("UPDATE web_sessions SET last_seen_at = now() - interval '1 day' WHERE "
        "id = (SELECT max(id) FROM web_sessions)");
    leave(desk);
    assert_int_equal(is_out(), 1);
}

TEST(program_logout_and_logout_all_end_presence_too)
{
    const char *token = token_of(fx.agent);

    UNUSED;
    beat(fx.agent);
    sql("INSERT INTO refresh_tokens (user_id, company_id, token_version, "
        "family, token_hash, user_agent, expires_at) SELECT 13, 1, "
        "token_version, gen_random_uuid(), '\\xfade', 'x', now() + interval '1 "
        "day' FROM users WHERE id = 13");
    sql("SELECT auth_family_revoke(family) FROM refresh_tokens WHERE user_id = "
        "13");
    assert_int_equal(is_out(), 1);
    beat(fx.agent);
    assert_int_equal(is_out(), 0);
    browser_of(fx.agent);
    assert_status(call(&(struct call){ .program = "auth",
                                       .method = "POST",
                                       .path = "/api/v1/auth/logout-all",
                                       .token = token }),
                  204);
    assert_int_equal(is_out(), 1);
}

TEST(platform_person_without_a_membership_is_not_waited_for)
{
    UNUSED;
    beat(fx.super);
    assert_int_equal(waiting(), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM presence"), 0);
}

#define T(name) cmocka_unit_test_setup(name, hook_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(who_stops_beating_leaves_and_everyone_is_told_once),
        T(late_beat_before_the_look_keeps_one_job_only),
        T(who_logs_out_leaves_at_once_and_the_waiting_job_tells_it),
        T(another_browser_in_use_keeps_the_person_present),
        T(program_logout_and_logout_all_end_presence_too),
        T(platform_person_without_a_membership_is_not_waited_for),
    };

    return cmocka_run_group_tests(tests, job_setup, job_teardown);
}
