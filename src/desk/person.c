/* person.c - devolve à fila os atendimentos de quem sai. */
#include "desk/person.h"

#include "desk/ticket.h"

static enum err
release_tickets(struct ctx *c, int64_t id)
{
    struct q_member_tickets_release_row *rows;
    int count, i;
    enum err e;

    e = q_member_tickets_release(
        c, &(struct q_member_tickets_release_in){ .id = id }, &rows, &count);
    for (i = 0; e == OK && i < count; i++)
        e = ticket_emit(c, "ticket:updated", rows[i].ticket_id);
    return e;
}

enum err
person_change(struct ctx *c, int64_t id, const struct user_change *to,
              struct q_member_row *out)
{
    bool left;
    enum err e = user_change(c, id, to, out, &left);

    return e == OK && left ? release_tickets(c, id) : e;
}

static enum err
set_disabled(struct ctx *c, int64_t id, bool disabled, struct q_member_row *out)
{
    return person_change(
        c, id,
        &(struct user_change){ .disabled = disabled, .has_disabled = true },
        out);
}

enum err
person_remove(struct ctx *c, int64_t id)
{
    struct q_member_row row;

    return set_disabled(c, id, true, &row);
}

enum err
person_restore(struct ctx *c, int64_t id, struct q_member_row *out)
{
    return set_disabled(c, id, false, out);
}
