/* silence.c - o aviso e o encerramento de quem não respondeu. */
#include "desk/silence.h"

#include <string.h>

#include "base/i18n.h"
#include "desk/message.h"
#include "desk/ticket.h"
#include "jobs/queue.h"

static enum err
warn(struct ctx *c, int64_t ticket_id, const char *body)
{
    struct q_ticket_silence_warn_row row;
    enum err e = q_ticket_silence_warn(
        c, &(struct q_ticket_silence_warn_in){ .id = ticket_id, .body = body },
        &row);

    return e == OK ? message_say(c, row.message_id) : e;
}

static enum err
close_ticket(struct ctx *c, int64_t ticket_id, const char *locale)
{
    struct q_ticket_row row;

    i18n_set(locale);
    return ticket_close_itself(c, ticket_id, _("o contato não respondeu"),
                               &row);
}

static enum err
step(struct ctx *c, struct job *job, enum job_next *next)
{
    int64_t id = job_number(job->payload, "ticketId");
    struct q_ticket_silence_row row;
    enum err e =
        q_ticket_silence(c, &(struct q_ticket_silence_in){ .id = id }, &row);

    *next = JOB_DONE;
    if (e != OK || strcmp(row.act, "none") == 0)
        return e;
    c->nudges |= NUDGE_RELAY;
    if (strcmp(row.act, "close") == 0)
        return close_ticket(c, id, row.locale);
    *next = JOB_WAIT;
    job->delay_ms = row.wait_ms;
    return strcmp(row.act, "warn") == 0 ? warn(c, id, row.body) : OK;
}

const struct job_kind silence_kind = {
    .name = "ticket.silence",
    .concurrency = 4,
    .prepare = step,
};
