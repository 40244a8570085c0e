/* ticket_open.c - a conversa que a equipe começa. */
#include "desk/ticket_open.h"

#include "base/i18n.h"
#include "db/db.h"
#include "desk/assign.h"
#include "desk/contact.h"
#include "desk/phone.h"
#include "desk/ticket_change.h"

static enum err
no_contact(struct ctx *c)
{
    return fail_field(c, "contactId", "exists", "%s",
                      _("não é um contato desta empresa"));
}

static enum err
check_contact(struct ctx *c, int64_t id)
{
    struct q_ticket_contact_row row;
    bool found;
    enum err e = q_ticket_contact(c, &(struct q_ticket_contact_in){ .id = id },
                                  &row, &found);

    if (e != OK)
        return e;
    if (!found || row.deleted)
        return no_contact(c);
    if (row.blocked)
        return fail(c, ERR_CONFLICT, "%s", _("este contato está bloqueado"));
    return OK;
}

/* O contato do telefone; o que não existe nasce agora. */
static enum err
contact_by_phone(struct ctx *c, const char *phone, const char *name,
                 int64_t *id)
{
    char digits[PHONE_MAX + 1], key[PHONE_MAX + 1];
    struct q_ticket_contact_by_phone_row row;
    struct contact made;
    bool found;
    enum err e;

    if (!phone_digits(phone, digits))
        return fail_field(c, "phone", "format", "%s",
                          _("não é um telefone com o código do país"));
    phone_match_key(digits, key);
    e = q_ticket_contact_by_phone(
        c, &(struct q_ticket_contact_by_phone_in){ .match_key = key }, &row,
        &found);
    if (e == OK && found) {
        *id = row.id;
        return check_contact(c, row.id);
    }
    if (e == OK)
        e = contact_create(
            c,
            &(struct contact_seen){
                .ids = { { "phone", arena_strdup(c->arena, digits) } },
                .id_count = 1,
                .name = name },
            &made);
    if (e == OK)
        *id = made.id;
    return e;
}

static enum err
find_contact(struct ctx *c, const struct ticket_new *in, int64_t *id)
{
    if ((in->contact_id != 0) == (in->phone != NULL))
        return fail_field(c, "contactId", "required", "%s",
                          _("diga o contato ou o telefone, um dos dois"));
    *id = in->contact_id;
    return in->contact_id != 0 ? check_contact(c, in->contact_id)
                               : contact_by_phone(c, in->phone, in->name, id);
}

static enum err
find_channel(struct ctx *c, int64_t wanted, struct q_ticket_channels_row *out)
{
    struct q_ticket_channels_row *rows;
    int count;
    enum err e = q_ticket_channels(
        c, &(struct q_ticket_channels_in){ .id = wanted }, &rows, &count);

    if (e != OK)
        return e;
    if (count == 0)
        return fail_field(c, "channelId", "exists", "%s",
                          wanted != 0 ? _("não é um canal desta empresa")
                                      : _("a empresa ainda não tem canal"));
    if (count > 1)
        return fail_field(c, "channelId", "required", "%s",
                          _("há mais de um canal: diga qual"));
    *out = rows[0];
    return OK;
}

/* O que impede: o aberto que já há, e com quem está. */
static enum err
already_open(struct ctx *c, int64_t contact_id, int64_t channel_id)
{
    struct q_ticket_open_of_row row;
    bool found;
    enum err e = q_ticket_open_of(
        c,
        &(struct q_ticket_open_of_in){ .contact_id = contact_id,
                                       .channel_id = channel_id },
        &row, &found);

    if (e != OK)
        return e;
    if (!found) /* fechou-se neste instante */
        return fail(c, ERR_CONFLICT, "serialization");
    return fail(
        c, ERR_CONFLICT,
        _("este contato já tem o atendimento %lld aberto (protocolo %s, "
          "com %s)"),
        (long long)row.id, row.protocol,
        row.holder != NULL ? row.holder : _("ninguém"));
}

static enum err
add(struct ctx *c, const struct ticket_new *in, int64_t contact_id,
    const struct q_ticket_channels_row *channel, int64_t *id)
{
    int64_t queue_id =
        in->queue_id != 0 ? in->queue_id : channel->default_queue_id;
    struct q_ticket_open_row row;
    bool found;
    enum err e = q_ticket_open(
        c,
        &(struct q_ticket_open_in){ .contact_id = contact_id,
                                    .channel_id = channel->id,
                                    .queue_id = queue_id,
                                    .has_queue_id = queue_id != 0,
                                    .user_id = in->user_id,
                                    .has_user_id = in->user_id != 0,
                                    .subject = in->subject,
                                    .priority = in->priority },
        &row, &found);

    if (e != OK)
        return e;
    if (!row.reachable)
        return fail_field(c, "contactId", "unreachable", "%s",
                          _("o contato não tem telefone para se escrever"));
    *id = row.id;
    return row.id != 0 ? OK : already_open(c, contact_id, channel->id);
}

enum err
ticket_open(struct ctx *c, const struct ticket_new *in,
            struct q_ticket_row *out)
{
    struct q_ticket_channels_row channel = { 0 };
    int64_t contact_id = 0, id = 0;
    enum err e;

    e = ticket_check_target(c, in->user_id, in->queue_id);
    if (e == OK)
        e = find_channel(c, in->channel_id, &channel);
    if (e == OK)
        e = find_contact(c, in, &contact_id);
    if (e == OK)
        e = add(c, in, contact_id, &channel, &id);
    if (e == OK)
        e = q_ticket_any(c, &(struct q_ticket_any_in){ .id = id }, out);
    if (e == OK)
        e = ticket_note_state(c, id, NULL, out->status);
    if (e == OK)
        e = ticket_note_id(c, id, "assignee", 0, in->user_id);
    if (e == OK)
        e = ticket_emit_moved(c, "ticket:created", out, out->queue_id,
                              out->assignee_id);
    if (e != OK || out->has_assignee_id)
        return e;
    e = assign_queue(c, out->queue_id);
    return e == OK ? q_ticket_any(c, &(struct q_ticket_any_in){ .id = id }, out)
                   : e;
}
