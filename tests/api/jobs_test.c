/* jobs_test.c - a fila: justiça entre empresas, ordem, perdas e mortos. */
#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "db/db.h"
#include "gen/q_job.h"
#include "jobs/queue.h"

#define WORKER "teste:1:1"
#define LEASE_S 30

static struct db *db;
static struct arena *arena;
static struct q_job_claim_row *rows;

static int
open_db(void **state)
{
    if (harness_setup(state) != 0)
        return 1;
    db = db_new(conf()->database_url);
    return 0;
}

static int
close_db(void **state)
{
    db_close(db);
    return harness_teardown(state);
}

static int
reset(void **state)
{
    arena_free(arena);
    arena = arena_new(65536);
    if (harness_reset(state) != 0)
        return 1;
    sql("DELETE FROM jobs");
    return 0;
}

static struct ctx
system_ctx(int64_t company_id)
{
    return (struct ctx){
        .arena = arena, .db = db, .token_version = -1, .company_id = company_id
    };
}

static void
add(int64_t company_id, enum lane lane, const char *serial, int64_t delay_ms)
{
    struct ctx c = system_ctx(company_id);

    assert_int_equal(job_enqueue(&c, &(struct job_new){ .lane = lane,
                                                        .kind = "message.send",
                                                        .serial_key = serial,
                                                        .payload = "{}",
                                                        .delay_ms = delay_ms }),
                     OK);
    assert_int_equal(db_commit(&c), OK);
}

/* Pega até `slots`; `busy` no formato de job_claim. */
static int
claim_with(const char *kinds, const char *rooms, int slots, const char *busy)
{
    struct ctx c = system_ctx(0);
    int n;

    assert_int_equal(
        q_job_claim(&c,
                    &(struct q_job_claim_in){ .worker = WORKER,
                                              .lease_s = LEASE_S,
                                              .slots = slots,
                                              .kinds = kinds,
                                              .rooms = rooms,
                                              .cursors = "{0,0,0,0,0}",
                                              .busy = busy },
                    &rows, &n),
        OK);
    assert_int_equal(db_commit(&c), OK);
    return n;
}

static int
claim(int slots)
{
    return claim_with("{message.send,report.run}", "{256,256}", slots, "{}");
}

static int
count_of(int64_t company_id, int n)
{
    int i, count = 0;

    for (i = 0; i < n; i++)
        count += rows[i].company_id == company_id;
    return count;
}

static void
done(int64_t id)
{
    struct ctx c = system_ctx(fx.company);
    struct q_job_done_row row;

    assert_int_equal(
        q_job_done(&c, &(struct q_job_done_in){ .id = id, .worker = WORKER },
                   &row),
        OK);
    assert_true(row.owned);
    assert_int_equal(db_commit(&c), OK);
}

static void
retry(int64_t id, int64_t delay_ms)
{
    struct ctx c = system_ctx(fx.company);
    struct q_job_retry_row row;

    assert_int_equal(q_job_retry(&c,
                                 &(struct q_job_retry_in){ .id = id,
                                                           .worker = WORKER,
                                                           .delay_ms = delay_ms,
                                                           .error = "503" },
                                 &row),
                     OK);
    assert_true(row.owned);
    assert_int_equal(db_commit(&c), OK);
}

static void
tick(void)
{
    struct ctx c = system_ctx(0);
    struct q_job_tick_row row;

    assert_int_equal(q_job_tick(&c, &row), OK);
    assert_int_equal(db_commit(&c), OK);
}

TEST(a_company_with_many_waiting_jobs_does_not_delay_another)
{
    int n;

    UNUSED;
    sql("INSERT INTO jobs (company_id, lane, kind) SELECT %" PRId64
        ", 2, 'message.send' FROM generate_series(1, 500)",
        fx.company);
    add(fx.other_company, LANE_OUTBOUND, NULL, 0);
    n = claim(4);
    assert_true(n > 1);
    assert_int_equal(count_of(fx.other_company, n), 1);
}

TEST(one_company_alone_leaves_as_many_slots_free_as_it_takes)
{
    UNUSED;
    sql("INSERT INTO jobs (company_id, lane, kind) SELECT %" PRId64
        ", 2, 'message.send' FROM generate_series(1, 500)",
        fx.company);
    assert_int_equal(claim(16), 8);
    assert_int_equal(claim_with("{message.send}", "{256}", 8,
                                text("{\"%" PRId64 "\": 8}", fx.company)),
                     0);
    add(fx.other_company, LANE_OUTBOUND, NULL, 0);
    assert_int_equal(claim_with("{message.send}", "{256}", 8,
                                text("{\"%" PRId64 "\": 8}", fx.company)),
                     1);
    assert_int_equal(rows[0].company_id, fx.other_company);
}

TEST(jobs_of_one_serial_key_run_one_at_a_time_and_in_order)
{
    int64_t last = 0;
    int i;

    UNUSED;
    for (i = 0; i < 5; i++)
        add(fx.company, LANE_OUTBOUND, "ticket:1", 0);
    for (i = 0; i < 5; i++) {
        assert_int_equal(claim(16), 1);
        assert_true(rows[0].id > last);
        last = rows[0].id;
        assert_int_equal(claim(16), 0);
        done(last);
    }
    assert_int_equal(claim(16), 0);
}

TEST(a_job_that_waits_to_retry_holds_back_the_later_ones_of_its_key)
{
    int64_t first;

    UNUSED;
    add(fx.company, LANE_OUTBOUND, "ticket:1", 0);
    add(fx.company, LANE_OUTBOUND, "ticket:1", 0);
    add(fx.company, LANE_OUTBOUND, "ticket:2", 0);
    assert_int_equal(claim(16), 2);
    first = rows[0].id < rows[1].id ? rows[0].id : rows[1].id;
    retry(first, 3600000);
    tick();
    assert_int_equal(claim(16), 0);
    sql("UPDATE jobs SET run_at = now() WHERE state = 'delayed'");
    tick();
    assert_int_equal(claim(16), 1);
    assert_int_equal(rows[0].id, first);
    assert_int_equal(rows[0].attempts, 2);
}

TEST(a_dead_job_stays_to_be_seen_and_lets_the_next_one_run)
{
    struct ctx c = system_ctx(fx.company);
    struct q_job_bury_row row;
    int64_t first;

    UNUSED;
    add(fx.company, LANE_OUTBOUND, "ticket:1", 0);
    add(fx.company, LANE_OUTBOUND, "ticket:1", 0);
    assert_int_equal(claim(16), 1);
    first = rows[0].id;
    assert_int_equal(
        q_job_bury(&c,
                   &(struct q_job_bury_in){
                       .id = first, .worker = WORKER, .error = "sem conserto" },
                   &row),
        OK);
    assert_int_equal(db_commit(&c), OK);
    assert_string_equal(sql("SELECT last_error FROM jobs WHERE id = %" PRId64
                            " AND state = 'dead'",
                            first),
                        "sem conserto");
    assert_int_equal(claim(16), 1);
    assert_true(rows[0].id > first);
}

TEST(a_lost_lease_goes_back_to_ready_and_its_old_owner_cannot_end_it)
{
    struct ctx c = system_ctx(fx.company);
    struct q_job_done_row row;
    int64_t id;

    UNUSED;
    add(fx.company, LANE_OUTBOUND, NULL, 0);
    assert_int_equal(claim(16), 1);
    id = rows[0].id;
    tick();
    assert_int_equal(claim(16), 0);
    sql("UPDATE jobs SET lease_until = now() - interval '1 second'");
    tick();
    assert_int_equal(
        q_job_done(&c, &(struct q_job_done_in){ .id = id, .worker = WORKER },
                   &row),
        OK);
    assert_int_equal(db_commit(&c), OK);
    assert_false(row.owned);
    assert_int_equal(claim(16), 1);
    assert_int_equal(rows[0].losses, 1);
}

TEST(a_heartbeat_keeps_the_lease)
{
    struct ctx c = system_ctx(0);
    struct q_job_heartbeat_row row;

    UNUSED;
    add(fx.company, LANE_OUTBOUND, NULL, 0);
    assert_int_equal(claim(16), 1);
    sql("UPDATE jobs SET lease_until = now() - interval '1 second'");
    assert_int_equal(
        q_job_heartbeat(&c,
                        &(struct q_job_heartbeat_in){
                            .worker = WORKER,
                            .lease_s = LEASE_S,
                            .ids = text("{%" PRId64 "}", rows[0].id) },
                        &row),
        OK);
    assert_int_equal(db_commit(&c), OK);
    assert_int_equal(row.kept, 1);
    tick();
    assert_int_equal(claim(16), 0);
}

TEST(urgent_lanes_go_first)
{
    UNUSED;
    add(fx.company, LANE_CAMPAIGN, NULL, 0);
    add(fx.company, LANE_OUTBOUND, NULL, 0);
    add(fx.company, LANE_INBOUND, NULL, 0);
    assert_int_equal(claim(1), 1);
    assert_int_equal(rows[0].lane, LANE_INBOUND);
    assert_int_equal(claim(1), 1);
    assert_int_equal(rows[0].lane, LANE_OUTBOUND);
    assert_int_equal(claim(1), 1);
    assert_int_equal(rows[0].lane, LANE_CAMPAIGN);
}

TEST(a_kind_takes_no_more_than_its_room_and_an_unknown_kind_is_left)
{
    UNUSED;
    sql("INSERT INTO jobs (company_id, lane, kind) SELECT %" PRId64
        ", 2, 'message.send' FROM generate_series(1, 20)",
        fx.company);
    sql("INSERT INTO jobs (company_id, lane, kind) VALUES (%" PRId64
        ", 2, 'another.kind')",
        fx.company);
    assert_int_equal(claim_with("{message.send}", "{3}", 16, "{}"), 3);
    assert_int_equal(claim_with("{message.send}", "{0}", 16, "{}"), 0);
}

TEST(a_repeated_unique_key_is_enqueued_once_while_it_lives)
{
    struct ctx c = system_ctx(fx.company);
    struct job_new job = { .lane = LANE_OUTBOUND,
                           .kind = "message.send",
                           .unique_key = "12",
                           .payload = "{}" };

    UNUSED;
    assert_int_equal(job_enqueue(&c, &job), OK);
    assert_int_equal(job_enqueue(&c, &job), OK);
    assert_int_equal(db_commit(&c), OK);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 1);
    assert_int_equal(claim(16), 1);
    done(rows[0].id);
    assert_int_equal(job_enqueue(&c, &job), OK);
    assert_int_equal(db_commit(&c), OK);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 1);
}

TEST(a_delayed_job_is_not_taken_before_its_time)
{
    UNUSED;
    add(fx.company, LANE_OUTBOUND, NULL, 3600000);
    tick();
    assert_int_equal(claim(16), 0);
    sql("UPDATE jobs SET run_at = now()");
    tick();
    assert_int_equal(claim(16), 1);
}

static int
by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t
jobs_read(void)
{
    return sql_int("SELECT seq_tup_read + idx_tup_fetch FROM "
                   "pg_stat_xact_user_tables WHERE relname = 'jobs'");
}

/* O limite é folgado, por causa do ASan; sem ele a mediana é 0,5 ms. */
TEST(a_claim_does_not_slow_down_with_two_hundred_thousand_waiting_jobs)
{
    int64_t took[21], before;
    int i;

    UNUSED;
    sql("INSERT INTO jobs (company_id, lane, kind, serial_key, state) "
        "SELECT %" PRId64 ", 2, 'message.send', 'ticket:' || i %% 500, "
        "CASE WHEN i <= 500 THEN 'ready' ELSE 'waiting' END "
        "FROM generate_series(1, 100000) i",
        fx.company);
    sql("INSERT INTO jobs (company_id, lane, kind) SELECT %" PRId64
        ", 2, 'message.send' FROM generate_series(1, 100000)",
        fx.company);
    add(fx.other_company, LANE_OUTBOUND, NULL, 0);
    sql("ANALYZE jobs");
    for (i = 0; i < 21; i++) {
        int64_t began = clock_mono_us();

        assert_true(claim(4) > 0);
        took[i] = clock_mono_us() - began;
    }
    qsort(took, 21, sizeof *took, by_value);
    print_message("claim com 200 mil na fila: mediana %" PRId64 " us\n",
                  took[10]);
    /* as filas vazias não fazem ler a tabela */
    sql("BEGIN");
    before = jobs_read();
    sql("SELECT count(*) FROM job_claim('w', 30, 4, '{message.send,a,b,c,d}', "
        "'{256,1,1,1,1}', '{0,0,0,0,0}', '{}')");
    assert_in_range(jobs_read() - before, 1, 1000);
    sql("ROLLBACK");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define RUN(name) cmocka_unit_test_setup(name, reset)
        RUN(a_company_with_many_waiting_jobs_does_not_delay_another),
        RUN(one_company_alone_leaves_as_many_slots_free_as_it_takes),
        RUN(jobs_of_one_serial_key_run_one_at_a_time_and_in_order),
        RUN(a_job_that_waits_to_retry_holds_back_the_later_ones_of_its_key),
        RUN(a_dead_job_stays_to_be_seen_and_lets_the_next_one_run),
        RUN(a_lost_lease_goes_back_to_ready_and_its_old_owner_cannot_end_it),
        RUN(a_heartbeat_keeps_the_lease),
        RUN(urgent_lanes_go_first),
        RUN(a_kind_takes_no_more_than_its_room_and_an_unknown_kind_is_left),
        RUN(a_repeated_unique_key_is_enqueued_once_while_it_lives),
        RUN(a_delayed_job_is_not_taken_before_its_time),
        RUN(a_claim_does_not_slow_down_with_two_hundred_thousand_waiting_jobs),
    };

    return cmocka_run_group_tests(tests, open_db, close_db);
}
