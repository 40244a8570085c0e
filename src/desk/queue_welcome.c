/* queue_welcome.c - saudação e aviso, pelo caminho de toda mensagem que sai. */
#include "desk/queue_welcome.h"

#include <inttypes.h>

#include "desk/message.h"
#include "gen/q_queue.h"
#include "jobs/queue.h"

static enum err
send(struct ctx *c, int64_t ticket_id, int64_t message_id)
{
    const char *id = arena_printf(c->arena, "%" PRId64, message_id);

    return job_enqueue(
        c,
        &(struct job_new){
            .lane = LANE_OUTBOUND,
            .kind = "message.send",
            .unique_key = id,
            .serial_key = arena_printf(c->arena, "ticket:%" PRId64, ticket_id),
            .payload = arena_printf(c->arena, "{\"messageId\":%s}", id) });
}

enum err
queue_welcome(struct ctx *c, int64_t ticket_id, bool fresh)
{
    struct q_queue_welcome_row row;
    bool said;
    enum err e = q_queue_welcome(
        c,
        &(struct q_queue_welcome_in){ .ticket_id = ticket_id, .fresh = fresh },
        &row, &said);

    if (e != OK || !said)
        return e;
    e = message_emit_to(c, "message:created",
                        &(struct q_message_row){ .id = row.id,
                                                 .ticket_id = ticket_id,
                                                 .from_me = true,
                                                 .sender_type = "bot",
                                                 .kind = "text",
                                                 .body = row.body,
                                                 .status = "queued",
                                                 .reactions = "[]",
                                                 .created_at = row.created_at },
                        row.queue_id, row.user_id);
    return e != OK ? e : send(c, ticket_id, row.id);
}
