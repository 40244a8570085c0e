/* sla.c - o prazo que venceu. */
#include "desk/sla.h"

#include "desk/ticket.h"
#include "jobs/queue.h"

static enum err
breach_step(struct ctx *c, struct job *job, enum job_next *next)
{
    int64_t id = job_number(job->payload, "ticketId");
    bool of_resolution = job_number(job->payload, "resolution") != 0;
    struct q_ticket_sla_breach_row row;
    enum err e = q_ticket_sla_breach(
        c,
        &(struct q_ticket_sla_breach_in){
            .id = id, .kind = of_resolution ? "resolution" : "answer" },
        &row);

    *next = JOB_DONE;
    if (e != OK || !row.breached)
        return e;
    c->nudges |= NUDGE_RELAY;
    return ticket_emit(c, "ticket:sla", id);
}

const struct job_kind sla_kind = {
    .name = "ticket.sla",
    .concurrency = 4,
    .prepare = breach_step,
};
