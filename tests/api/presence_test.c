/* presence_test.c - a saída de quem fechou a tela, avisada por um job. */
#include "harness.h"

#include <inttypes.h>

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
        T(platform_person_without_a_membership_is_not_waited_for),
    };

    return cmocka_run_group_tests(tests, job_setup, job_teardown);
}
