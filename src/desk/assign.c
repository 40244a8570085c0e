/* assign.c - os avisos da distribuição; a regra está em queue_assign. */
#include "desk/assign.h"

#include "desk/ticket.h"
#include "gen/q_queue.h"

enum err
assign_tell(struct ctx *c, int64_t ticket_id, int64_t old_queue_id)
{
    struct rooms rooms = { .count = 0 };
    struct q_ticket_row t;
    struct str s;
    enum err e =
        q_ticket_any(c, &(struct q_ticket_any_in){ .id = ticket_id }, &t);

    if (e != OK)
        return e;
    ticket_rooms(c, t.id, t.queue_id, t.assignee_id, &rooms);
    if (old_queue_id != 0 && old_queue_id != t.queue_id)
        rooms_add(c, &rooms, "queue", old_queue_id);
    str_init(&s, c->arena, 700);
    str_puts(&s, "{\"ticket\":");
    json_write(&s, ticket_out, &t);
    str_putc(&s, '}');
    return outbox_emit(c, "ticket:updated", &rooms, s.data);
}

enum err
assign_queue(struct ctx *c, int64_t queue_id)
{
    return assign_returned(c, queue_id, 0, 0);
}

enum err
assign_returned(struct ctx *c, int64_t queue_id, int64_t ticket_id,
                int64_t by_user)
{
    struct q_queue_assign_in in = { .queue_id = queue_id,
                                    .returned = ticket_id,
                                    .has_returned = by_user != 0,
                                    .by_user = by_user,
                                    .has_by_user = by_user != 0 };
    struct q_queue_assign_row *given;
    int count, i;
    enum err e;

    if (queue_id == 0)
        return OK;
    e = q_queue_assign(c, &in, &given, &count);
    for (i = 0; e == OK && i < count; i++)
        e = assign_tell(c, given[i].ticket_id, queue_id);
    return e;
}

enum err
assign_arrival(struct ctx *c)
{
    struct q_presence_queues_row *mine;
    int count, i;
    enum err e = q_presence_queues(
        c, &(struct q_presence_queues_in){ .user_id = c->user_id }, &mine,
        &count);

    for (i = 0; e == OK && i < count; i++)
        e = assign_queue(c, mine[i].id);
    return e;
}
