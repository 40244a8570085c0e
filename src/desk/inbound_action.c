/*
 * inbound_action.c - o que muda uma mensagem que já existe: reação, edição,
 * apagamento, estado de entrega; e o que chegou antes dela.
 */
#include "desk/inbound_action.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/message.h"
#include "desk/ticket.h"
#include "gen/q_inbound.h"

static enum err
park(struct ctx *c, struct q_parked_add_in in)
{
    if (in.value == NULL)
        in.value = "";
    in.sent_at_s = inbound_time(in.sent_at_s);
    return q_parked_add_queue(c, &in);
}

/* ---- reação, edição, apagamento ---- */

static enum err
apply(struct ctx *c, const struct inbound *in, struct q_target_row *row,
      bool *found)
{
    int64_t at = inbound_time(in->sent_at_s);

    switch (in->action) {
    case INBOUND_REACTION:
        return q_inbound_react(
            c,
            &(struct q_inbound_react_in){ .channel_id = in->channel_id,
                                          .target = in->target,
                                          .emoji = in->emoji,
                                          .sent_at_s = at },
            row, found);
    case INBOUND_EDIT:
        return q_inbound_edit(
            c,
            &(struct q_inbound_edit_in){ .channel_id = in->channel_id,
                                         .target = in->target,
                                         .body = in->body,
                                         .sent_at_s = at },
            row, found);
    case INBOUND_REVOKE:
        return q_inbound_revoke(
            c,
            &(struct q_inbound_revoke_in){ .channel_id = in->channel_id,
                                           .target = in->target,
                                           .sent_at_s = at },
            row, found);
    case INBOUND_MESSAGE:
        break;
    }
    return fail(c, ERR_INTERNAL, NULL);
}

/* A linha da lista acompanha o texto da última mensagem. */
static enum err
refresh_preview(struct ctx *c, const struct q_message_row *m)
{
    int64_t changed;
    enum err e;

    e = q_inbound_preview_set(
        c,
        &(struct q_inbound_preview_set_in){
            .message_id = m->id,
            .ticket_id = m->ticket_id,
            .preview = m->deleted_at != NULL
                           ? _("[mensagem apagada]")
                           : message_preview(c->arena, m->kind, m->body) },
        &changed);
    if (e != OK || changed == 0)
        return e;
    return ticket_emit(c, "ticket:updated", m->ticket_id);
}

static enum err
announce(struct ctx *c, const struct inbound *in, int64_t message_id)
{
    struct q_message_row m;
    enum err e;

    e = q_message_get(c, &(struct q_message_get_in){ .id = message_id }, &m);
    if (e == OK)
        e = message_emit(c, "message:updated", &m);
    if (e == OK && in->action != INBOUND_REACTION)
        e = refresh_preview(c, &m);
    return e;
}

static const char *
action_name(enum inbound_action action)
{
    return action == INBOUND_REACTION ? "reaction"
           : action == INBOUND_EDIT   ? "edit"
                                      : "revoke";
}

enum err
inbound_act(struct ctx *c, const struct inbound *in, struct received *out)
{
    struct q_target_row row;
    bool found;
    enum err e = apply(c, in, &row, &found);

    if (e != OK)
        return e;
    if (!found) {
        out->parked = true;
        return park(c, (struct q_parked_add_in){
                           .channel_id = in->channel_id,
                           .provider_id = in->target,
                           .what = action_name(in->action),
                           .value = in->action == INBOUND_REACTION ? in->emoji
                                                                   : in->body,
                           .sent_at_s = in->sent_at_s });
    }
    out->message_id = row.id;
    out->ticket_id = row.ticket_id;
    out->repeated = !row.changed;
    return row.changed ? announce(c, in, row.id) : OK;
}

/* ---- estados ---- */

int64_t
status_message_id(const struct ctx *c, const struct inbound_status *s)
{
    char *end;
    long long company, id;

    if (s->opaque == NULL || strncmp(s->opaque, "m:", 2) != 0)
        return 0;
    company = strtoll(s->opaque + 2, &end, 10);
    if (*end != ':' || company != c->company_id)
        return 0;
    id = strtoll(end + 1, &end, 10);
    return *end == '\0' && id > 0 ? id : 0;
}

static enum err
set_status(struct ctx *c, const struct inbound_status *s, int64_t message_id,
           bool *found)
{
    struct q_inbound_status_row row;
    enum err e;

    e = q_inbound_status(
        c,
        &(struct q_inbound_status_in){ .channel_id = s->channel_id,
                                       .provider_id = s->provider_id,
                                       .message_id = message_id,
                                       .status = s->status,
                                       .error = s->error },
        &row, found);
    if (e != OK || !*found || !row.changed)
        return e;
    return message_emit_to(
        c, "message:ack",
        &(struct q_message_row){
            .id = row.id,
            .ticket_id = row.ticket_id,
            .status = s->status,
            .error = strcmp(s->status, "failed") == 0 ? s->error : NULL },
        row.queue_id, row.user_id);
}

enum err
message_status_update(struct ctx *c, const struct inbound_status *s)
{
    bool found;
    enum err e = set_status(c, s, status_message_id(c, s), &found);

    if (e != OK || found)
        return e;
    return park(c, (struct q_parked_add_in){ .channel_id = s->channel_id,
                                             .provider_id = s->provider_id,
                                             .what = s->status,
                                             .value = s->error,
                                             .sent_at_s = s->sent_at_s });
}

/* ---- o que chegou antes ---- */

static enum err
apply_one(struct ctx *c, int64_t channel_id, const char *provider_id,
          int64_t message_id, const struct q_parked_take_row *row)
{
    struct inbound in = { .channel_id = channel_id,
                          .target = provider_id,
                          .sent_at_s = row->sent_at_s };
    struct received ignored;
    bool found;

    if (strcmp(row->what, "reaction") == 0) {
        in.action = INBOUND_REACTION;
        in.emoji = row->value;
    } else if (strcmp(row->what, "edit") == 0) {
        in.action = INBOUND_EDIT;
        in.body = row->value;
    } else if (strcmp(row->what, "revoke") == 0) {
        in.action = INBOUND_REVOKE;
    } else {
        return set_status(
            c,
            &(struct inbound_status){
                .channel_id = channel_id,
                .provider_id = provider_id,
                .status = row->what,
                .sent_at_s = row->sent_at_s,
                .error = row->value[0] != '\0' ? row->value : NULL },
            message_id, &found);
    }
    return inbound_act(c, &in, &ignored);
}

enum err
message_apply_parked(struct ctx *c, int64_t channel_id, const char *provider_id,
                     int64_t message_id)
{
    struct q_parked_take_row *rows;
    int i, count;
    enum err e;

    e = q_parked_take(c,
                      &(struct q_parked_take_in){ .channel_id = channel_id,
                                                  .provider_id = provider_id },
                      &rows, &count);
    for (i = 0; i < count && e == OK; i++)
        e = apply_one(c, channel_id, provider_id, message_id, &rows[i]);
    return e;
}
