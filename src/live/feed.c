/* feed.c - a fonte do hub: liga, vigia, troca de lado. */
#include "live/feed.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/db.h"
#include "live/feed_internal.h"

/* Com Redis o banco é só conferido; sem ele, ou com o relay parado, é a
 * fonte. */
enum { CHECK_US = 1000000, ALONE_US = 100000, FAILED_US = 1000000 };

struct feed *
feed_new(struct hub *h, struct db *db, const char *redis_url,
         void (*on_restart)(void))
{
    struct feed *f = calloc(1, sizeof *f);

    if (f == NULL)
        abort();
    f->hub = h;
    f->redis_url = redis_url;
    f->on_restart = on_restart;
    f->ctx = (struct ctx){ .arena = arena_new(65536),
                           .db = db,
                           .token_version = -1 };
    return f;
}

void
feed_free(struct feed *f)
{
    if (f == NULL)
        return;
    feed_stop(f);
    arena_free(f->ctx.arena);
    free(f);
}

enum err
feed_start(struct feed *f)
{
    enum err e;

    if (f->is_running)
        return OK;
    e = feed_db_start(f);
    if (e != OK)
        return e;
    f->is_running = true;
    f->db_at_us = clock_mono_us() + CHECK_US;
    feed_redis_open(f);
    return OK;
}

void
feed_stop(struct feed *f)
{
    feed_redis_close(f);
    hub_restart(f->hub, EVENT_ID_ZERO);
    arena_reset(f->ctx.arena);
    f->is_running = f->is_late = f->redis_lost = false;
    f->redis_at_us = 0;
}

bool
feed_is_running(const struct feed *f)
{
    return f->is_running;
}

int
feed_fd(const struct feed *f)
{
    return f->redis == NULL ? -1 : f->redis->fd;
}

unsigned
feed_opens(const struct feed *f)
{
    return f->redis_opens;
}

void
feed_tick(struct feed *f)
{
    int64_t now_us = clock_mono_us();
    bool has_redis;
    enum err e;

    if (!f->is_running)
        return;
    has_redis = feed_redis_open(f);
    if (now_us < f->db_at_us)
        return;
    e = feed_db_poll(f);
    if ((e != OK) != f->db_failed)
        log_line(e != OK ? LOG_ERROR : LOG_INFO,
                 e != OK ? "hub: sem banco" : "hub: o banco voltou");
    f->db_failed = e != OK;
    f->db_at_us = clock_mono_us() + (e != OK                    ? FAILED_US
                                     : has_redis && !f->is_late ? CHECK_US
                                                                : ALONE_US);
}

int
feed_wait_ms(const struct feed *f)
{
    int64_t left_us;

    if (!f->is_running)
        return 60000;
    left_us = f->db_at_us - clock_mono_us();
    return left_us <= 0 ? 0 : (int)(left_us / 1000) + 1;
}

bool
feed_has_since(struct feed *f, struct event_id since)
{
    if (event_id_compare(since, f->lost_before) < 0)
        return false;
    if (event_id_compare(since, f->hub->tail) > 0) {
        if (since.xid <= f->top_xid || feed_db_state(f) != OK)
            return true;
        return since.xid <= f->top_xid;
    }
    return event_id_compare(since, f->hub->ring.floor) >= 0 ||
           event_id_compare(since, f->pruned) >= 0;
}
