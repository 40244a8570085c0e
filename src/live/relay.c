/* relay.c - um lote de cada vez, sob a trava. */
#include "live/relay.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "cache/redis.h"
#include "cache/subscribe.h"
#include "db/db.h"
#include "gen/q_live.h"
#include "live/relay_internal.h"

enum { BATCH_ROWS = 500, UPKEEP_US = 1800 * 1000000, SPACING_US = 4000 };

void
relay_stream_key(const char *cluster, char out[static 80])
{
    snprintf(out, 80, "live:%.64s", cluster);
}

struct relay *
relay_new(struct ctx *c, const char *redis_url)
{
    struct relay *r = calloc(1, sizeof *r);

    if (r == NULL)
        abort();
    r->ctx = c;
    r->redis_url = redis_url;
    r->nudge = subscribe_new(redis_url, NUDGE_RELAY_CHANNEL);
    r->upkeep_at_us = clock_mono_us();
    return r;
}

void
relay_close(struct relay *r)
{
    if (r == NULL)
        return;
    relay_redis_close(r);
    subscribe_close(r->nudge);
    free(r);
}

/* Cada passo começa limpo: arena vazia, sem transação, sem problema. */
static void
fresh(struct relay *r)
{
    db_rollback(r->ctx);
    arena_reset(r->ctx->arena);
    ctx_clear_error(r->ctx);
}

/* O que espera: nada, ou transações mais antigas que ainda correm. */
static enum relay_outcome
nothing(struct relay *r)
{
    struct q_live_waiting_row row;
    enum err e = q_live_waiting(r->ctx, &row);

    db_rollback(r->ctx);
    metrics_gauge_set("live_relay_lag_ms", 0);
    if (e != OK)
        return RELAY_FAILED;
    return row.is_waiting ? RELAY_WAITING : RELAY_IDLE;
}

static enum relay_outcome
publish(struct relay *r, struct q_live_relay_begin_row *at,
        struct q_live_read_row *rows, int count)
{
    const struct q_live_read_row *last = &rows[count - 1];

    relay_redis_publish(r, at, rows, count);
    if (q_live_relay_move(r->ctx,
                          &(struct q_live_relay_move_in){ .xid = last->xid,
                                                          .seq = last->seq },
                          NULL) != OK ||
        db_commit(r->ctx) != OK) {
        db_rollback(r->ctx);
        return RELAY_FAILED;
    }
    metrics_counter_add("live_relayed_total", count);
    metrics_gauge_set("live_relay_lag_ms", rows[0].age_ms);
    return count == BATCH_ROWS ? RELAY_MORE : RELAY_DONE;
}

/* Um cluster novo: o cursor recomeçou, e isto precisa ficar gravado. */
static enum relay_outcome
adopt(struct relay *r, const char *cluster)
{
    log_warn("relay: banco novo (%s); a ordem dos eventos recomeça", cluster);
    return db_commit(r->ctx) == OK ? RELAY_MORE : RELAY_FAILED;
}

enum relay_outcome
relay_step(struct relay *r)
{
    struct q_live_relay_begin_row at;
    struct q_live_read_row *rows;
    int count;

    fresh(r);
    if (q_live_relay_begin(r->ctx, &at) != OK)
        return RELAY_FAILED;
    if (!at.is_mine)
        return RELAY_STANDBY;
    if (at.is_new)
        return adopt(r, at.cluster);
    if (q_live_read(r->ctx,
                    &(struct q_live_read_in){ .after_xid = at.xid,
                                              .after_seq = at.seq,
                                              .max_rows = BATCH_ROWS },
                    &rows, &count) != OK)
        return RELAY_FAILED;
    if (count == 0)
        return nothing(r);
    return publish(r, &at, rows, count);
}

void
relay_upkeep(struct relay *r)
{
    struct q_live_relay_begin_row at;
    struct q_live_upkeep_row done;

    if (clock_mono_us() < r->upkeep_at_us)
        return;
    r->upkeep_at_us = clock_mono_us() + UPKEEP_US;
    fresh(r);
    if (q_live_relay_begin(r->ctx, &at) != OK || !at.is_mine ||
        q_live_upkeep(r->ctx, &done) != OK || db_commit(r->ctx) != OK) {
        r->upkeep_at_us = clock_mono_us() + UPKEEP_US / 30;
        db_rollback(r->ctx);
        return;
    }
    if (done.made > 0 || done.dropped > 0)
        log_info("relay: outbox com %d partições novas e %d apagadas",
                 done.made, done.dropped);
    relay_redis_expire(r);
}

/*
 * Quanto esperar depois de cada passo. Enquanto uma transação antiga segura
 * a fila, olha cada vez mais devagar: o fim dela não avisa ninguém.
 */
static int
pause_ms(struct relay *r, enum relay_outcome outcome, bool has_nudges)
{
    if (outcome != RELAY_WAITING)
        r->wait_ms = 2;
    switch (outcome) {
    case RELAY_MORE:
        return 0;
    case RELAY_WAITING:
        if (r->wait_ms < 50)
            r->wait_ms = r->wait_ms * 3 / 2;
        return r->wait_ms < 50 ? r->wait_ms : 50;
    case RELAY_FAILED:
        return 1000;
    case RELAY_STANDBY:
        return 250;
    case RELAY_DONE:
        return 0;
    case RELAY_IDLE:
        break;
    }
    return has_nudges ? 1000 : 100;
}

static void
wait_nudge(struct relay *r, enum relay_outcome outcome)
{
    int fd = subscribe_fd(r->nudge);
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int ms = pause_ms(r, outcome, fd >= 0);

    if (poll(&p, fd >= 0 ? 1 : 0, ms) > 0)
        subscribe_read(r->nudge, NULL);
}

/* Sob carga, uma pausa curta junta vários eventos num lote só. */
static void
space_out(int64_t start_us)
{
    int64_t left_us = start_us + SPACING_US - clock_mono_us();

    if (left_us >= 1000)
        poll(NULL, 0, (int)(left_us / 1000));
}

static void
report_change(struct relay *r, enum relay_outcome outcome)
{
    bool failed = outcome == RELAY_FAILED;

    if (failed != r->has_failed)
        log_line(failed ? LOG_ERROR : LOG_INFO,
                 failed ? "relay: sem banco; os eventos esperam na outbox"
                        : "relay: o banco voltou");
    r->has_failed = failed;
}

void
relay_run(struct relay *r, const volatile int *stopping, int64_t for_s)
{
    int64_t end_us = for_s > 0 ? clock_mono_us() + for_s * 1000000 : INT64_MAX;

    log_info("relay: começou");
    while (!*stopping && clock_mono_us() < end_us) {
        int64_t start_us = clock_mono_us();
        enum relay_outcome outcome;

        relay_upkeep(r);
        outcome = relay_step(r);
        report_change(r, outcome);
        if (outcome == RELAY_DONE)
            space_out(start_us);
        else
            wait_nudge(r, outcome);
    }
    fresh(r);
    log_info("relay: terminou");
}
