/* ticket_merge.c - fundir atendimentos: as recusas e os avisos. */
#include "desk/ticket_merge.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "db/db.h"
#include "desk/assign.h"

#define T struct q_ticket_row

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* Já fundido: diz em qual, se quem pede o vê. */
static enum err
already(struct ctx *c, int64_t id, const char *words)
{
    T t, into;
    enum err e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = id }, &t);

    if (e == OK)
        e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = t.merged_into_id },
                         &into);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    ctx_clear_error(c);
    return fail(c, ERR_CONFLICT, "%s: %s", words,
                e == OK ? into.protocol : _("um que você não vê"));
}

/* Uma conversa responde por um canal só: diz quais são os dois. */
static enum err
other_channel(struct ctx *c, int64_t id, int64_t into)
{
    T a, b;
    enum err e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = id }, &a);

    if (e == OK)
        e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = into }, &b);
    return e != OK ? e
                   : fail_field(c, "intoId", "channel",
                                _("é do canal %s e este é do %s; uma conversa "
                                  "responde por um canal só"),
                                b.channel, a.channel);
}

static enum err
refused(struct ctx *c, const char *why, int64_t id, int64_t into)
{
    if (is(why, "unknown"))
        return db_not_found(c);
    if (is(why, "into_unknown"))
        return fail_field(c, "intoId", "exists", "%s",
                          _("não é um atendimento que você vê"));
    if (is(why, "same"))
        return fail_field(c, "intoId", "same", "%s",
                          _("um atendimento não se funde nele mesmo"));
    if (is(why, "contact"))
        return fail_field(c, "intoId", "contact", "%s",
                          _("é de outro contato"));
    if (is(why, "channel"))
        return other_channel(c, id, into);
    if (is(why, "erased"))
        return fail(c, ERR_CONFLICT, "%s",
                    _("os dados deste contato foram apagados; as conversas "
                      "dele já não se fundem"));
    if (is(why, "merged"))
        return already(c, id, _("este atendimento já se fundiu em outro"));
    if (is(why, "into_merged"))
        return already(c, into, _("o outro atendimento já se fundiu"));
    if (is(why, "into_closed"))
        return fail(c, ERR_CONFLICT, "%s",
                    _("o outro está encerrado e este não; reabra-o primeiro, "
                      "ou funda ao contrário"));
    return fail(c, ERR_CONFLICT, "%s",
                _("há mensagens saindo; espere que cheguem"));
}

/* A quem tem aberta a conversa que saiu: onde ela continua. */
static enum err
emit_merged(struct ctx *c, const T *was, const T *into)
{
    struct rooms rooms = { .count = 0 };

    ticket_rooms(c, was->id, was->queue_id, was->assignee_id, &rooms);
    rooms_add(c, &rooms, "ticket", into->id);
    return outbox_emit(c, "ticket:merged", &rooms,
                       arena_printf(c->arena,
                                    "{\"ticketId\":%" PRId64
                                    ",\"intoId\":%" PRId64 "}",
                                    was->id, into->id));
}

enum err
ticket_merge(struct ctx *c, int64_t id, int64_t into, T *out)
{
    struct q_ticket_merge_row row;
    bool was_open;
    T was;
    enum err e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = id }, &was);

    if (e == OK)
        e = q_ticket_merge(
            c, &(struct q_ticket_merge_in){ .source = id, .target = into },
            &row);
    if (e == OK && !is(row.outcome, "ok"))
        return refused(c, row.outcome, id, into);
    if (e == OK)
        e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = into }, out);
    if (e != OK)
        return e;
    was_open = !is(was.status, "closed");
    e = emit_merged(c, &was, out);
    if (e == OK)
        e = ticket_emit(c, was_open ? "ticket:closed" : "ticket:updated", id);
    if (e == OK)
        e = ticket_emit(c, "ticket:updated", into);
    /* quem o atendia tem um lugar a mais */
    return e == OK && was_open ? assign_queue(c, was.queue_id) : e;
}
