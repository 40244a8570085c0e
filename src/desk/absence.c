/* absence.c - o job que olha se quem estava presente ainda está. */
#include "desk/absence.h"

#include <inttypes.h>

#include "jobs/queue.h"
#include "live/presence.h"

#define FIRST_LOOK_MS 61000

static enum err
look_later(struct ctx *c, int64_t person, int64_t delay_ms)
{
    return job_enqueue(
        c, &(struct job_new){ .lane = LANE_BOT,
                              .kind = absence_kind.name,
                              .payload = arena_printf(
                                  c->arena, "{\"userId\":%" PRId64 "}", person),
                              .delay_ms = delay_ms });
}

enum err
absence_watch(struct ctx *c)
{
    return look_later(c, c->user_id, FIRST_LOOK_MS);
}

static enum err
look(struct ctx *c, struct job *job, enum job_next *next)
{
    int64_t person = job_number(job->payload, "userId"), again_ms;
    enum err e = presence_leave(c, person, &again_ms);

    *next = JOB_DONE;
    return e == OK && again_ms > 0 ? look_later(c, person, again_ms) : e;
}

const struct job_kind absence_kind = {
    .name = "presence.leave",
    .concurrency = 4,
    .prepare = look,
};
