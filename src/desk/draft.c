/* draft.c - rascunhos. */
#include "desk/draft.h"

enum err
draft_get(struct ctx *c, int64_t ticket_id, struct q_draft_get_row *out)
{
    return q_draft_get(c, &(struct q_draft_get_in){ .ticket_id = ticket_id },
                       out);
}

enum err
draft_put(struct ctx *c, const struct draft_new *in,
          struct q_draft_get_row *out)
{
    struct q_draft_put_row row;
    enum err e;

    if (in->body == NULL || in->body[0] == '\0') {
        e = draft_drop(c, in->ticket_id);
        return e == OK ? draft_get(c, in->ticket_id, out) : e;
    }
    e = q_draft_put(c,
                    &(struct q_draft_put_in){ .ticket_id = in->ticket_id,
                                              .body = in->body,
                                              .reply_to = in->reply_to,
                                              .is_note = in->is_note },
                    &row);
    if (e != OK)
        return e;
    *out = (struct q_draft_get_row){ .body = row.body,
                                     .reply_to = row.reply_to,
                                     .has_reply_to = row.has_reply_to,
                                     .is_note = row.is_note,
                                     .updated_at = row.updated_at };
    return OK;
}

enum err
draft_drop(struct ctx *c, int64_t ticket_id)
{
    return q_draft_drop_queue(
        c, &(struct q_draft_drop_in){ .ticket_id = ticket_id });
}
