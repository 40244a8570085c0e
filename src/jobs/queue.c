/* queue.c - o pedido nasce com o fato que o causou. */
#include "jobs/queue.h"

#include "gen/q_job.h"

enum err
job_enqueue(struct ctx *c, const struct job_new *job)
{
    c->nudges |= NUDGE_JOBS;
    return q_job_add_queue(
        c, &(struct q_job_add_in){ .lane = job->lane,
                                   .kind = job->kind,
                                   .serial_key = job->serial_key,
                                   .unique_key = job->unique_key,
                                   .payload = job->payload,
                                   .delay_ms = job->delay_ms });
}
