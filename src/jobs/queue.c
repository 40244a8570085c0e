/* queue.c - o pedido nasce com o fato que o causou. */
#include "jobs/queue.h"

#include <json-c/json.h>

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

int64_t
job_number(const char *payload, const char *name)
{
    struct json_object *o = json_tokener_parse(payload), *v = NULL;
    int64_t n;

    json_object_object_get_ex(o, name, &v);
    n = json_object_get_int64(v);
    json_object_put(o);
    return n;
}
