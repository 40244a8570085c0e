/* receipt.c - a leitura que se confirma ao cliente. */
#include "desk/receipt.h"

#include "gen/q_signal.h"

enum err
receipt_enqueue(struct ctx *c, int64_t ticket_id)
{
    c->nudges |= NUDGE_JOBS;
    return q_receipt_enqueue_queue(
        c, &(struct q_receipt_enqueue_in){ .ticket_id = ticket_id });
}
