/* ticket.c - os estados do atendimento e os avisos dele. */
#include "desk/ticket.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/assign.h"
#include "desk/csat.h"
#include "desk/custom.h"
#include "desk/receipt.h"

#define T struct q_ticket_row

const struct field ticket_out[] = {
    INT(T, id, .doc = "Ticket"),
    ENUM(T, status, .doc = "Estado", .one_of = "bot pending active closed"),
    TEXT(T, contact, .doc = "Nome do contato"),
    INT(T, contact_id, .doc = "Contato"),
    TEXT(T, phone, .nullable = true, .doc = "Telefone do contato, E.164"),
    TEXT(T, queue, .nullable = true, .doc = "Nome da fila"),
    INT_OR_NULL(T, queue_id, .doc = "Fila"),
    TEXT(T, assignee, .nullable = true, .doc = "Nome de quem atende"),
    INT_OR_NULL(T, assignee_id, .doc = "Quem atende"),
    TEXT(T, channel, .doc = "Nome do canal"),
    INT(T, channel_id, .doc = "Canal"),
    TEXT(T, last_message, .doc = "Começo da última mensagem"),
    TIME(T, last_message_at, .doc = "Hora da última mensagem"),
    INT(T, unread_count, .doc = "Mensagens não lidas"),
    TIME(T, window_until, .nullable = true,
         .doc = "Até quando o canal aceita texto livre"),
    TIME(T, started_at, .nullable = true, .doc = "Início do atendimento"),
    TIME(T, closed_at, .nullable = true, .doc = "Encerramento"),
    INT(T, version, .doc = "Sobe a cada mudança de estado ou responsável"),
    TIME(T, created_at, .doc = "Criação"),
    TIME(T, updated_at, .doc = "Última mudança"),
    TEXT(T, protocol, .doc = "Número que se diz ao cliente"),
    TEXT(T, subject, .doc = "Assunto"),
    ENUM(T, priority, .doc = "Prioridade", .one_of = "low normal high urgent"),
    INTS(T, tag_ids, .doc = "Etiquetas"),
    JSON(T, custom, .schema = CUSTOM_SCHEMA,
         .doc = "Campos próprios da empresa"),
    TIME(T, snoozed_until, .nullable = true, .doc = "Adiado até"),
    TIME(T, waiting_since, .nullable = true,
         .doc = "Desde quando o contato espera resposta"),
    INT_OR_NULL(T, first_answer_s,
                .doc = "Segundos até a primeira resposta de uma pessoa"),
    INT_OR_NULL(T, resolution_s, .doc = "Segundos até o encerramento"),
    TEXT(T, close_reason, .doc = "Por que se encerrou"),
    INT_OR_NULL(T, merged_into_id, .doc = "Atendimento em que se fundiu"),
    TIME(T, answer_due_at, .nullable = true,
         .doc = "Prazo da primeira resposta neste ciclo"),
    TIME(T, resolution_due_at, .nullable = true,
         .doc = "Prazo para encerrar este ciclo"),
    ENUM(T, sla, .nullable = true, .one_of = TICKET_SLA_WORDS,
         .doc = "O prazo que corre: no prazo, perto (últimos 20 %) ou vencido; "
                "null: nenhum corre"),
    ENUM(T, sla_kind, .nullable = true, .one_of = "answer resolution",
         .doc = "Qual é o prazo que corre"),
    TIME(T, sla_due_at, .nullable = true, .doc = "Quando ele vence"),
    TIME(T, sla_near_at, .nullable = true, .doc = "Desde quando está perto"),
    ENUM(T, close_needs, .one_of = "nothing reason tag",
         .doc = "O que a fila exige de quem encerra"),
    INTS(T, participant_ids, .doc = "Quem o acompanha além de quem atende"),
    FIELDS_END
};

void
ticket_rooms(struct ctx *c, int64_t id, int64_t queue_id, int64_t user_id,
             struct rooms *out)
{
    rooms_add(c, out, "ticket", id);
    rooms_add(c, out, "company", -1);
    if (queue_id != 0 || user_id == 0)
        rooms_add(c, out, "queue", queue_id);
    if (user_id != 0)
        rooms_add(c, out, "user", user_id);
}

static const char *
payload_of(struct ctx *c, const T *t)
{
    struct str s;

    str_init(&s, c->arena, 700);
    str_puts(&s, "{\"ticket\":");
    json_write(&s, ticket_out, t);
    str_putc(&s, '}');
    return s.data;
}

/* unrouted: até agora era de todos, e todos precisam saber que já não é. */
static enum err
emit_row(struct ctx *c, const char *type, const T *t, bool unrouted)
{
    struct rooms rooms = { .count = 0 };

    ticket_rooms(c, t->id, t->queue_id, t->assignee_id, &rooms);
    if (unrouted && t->has_assignee_id && !t->has_queue_id)
        rooms_add(c, &rooms, "queue", 0);
    return outbox_emit(c, type, &rooms, payload_of(c, t));
}

enum err
ticket_emit_moved(struct ctx *c, const char *type, const T *t,
                  int64_t old_queue_id, int64_t old_user_id)
{
    struct rooms rooms = { .count = 0 };

    ticket_rooms(c, t->id, t->queue_id, t->assignee_id, &rooms);
    if (old_queue_id != t->queue_id && (old_queue_id != 0 || old_user_id == 0))
        rooms_add(c, &rooms, "queue", old_queue_id);
    if (old_user_id != 0 && old_user_id != t->assignee_id)
        rooms_add(c, &rooms, "user", old_user_id);
    return outbox_emit(c, type, &rooms, payload_of(c, t));
}

static enum err
emit(struct ctx *c, const char *type, int64_t ticket_id, bool unrouted)
{
    T t;
    enum err e;

    e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = ticket_id }, &t);
    return e != OK ? e : emit_row(c, type, &t, unrouted);
}

enum err
ticket_emit(struct ctx *c, const char *type, int64_t ticket_id)
{
    return emit(c, type, ticket_id, false);
}

enum err
ticket_emit_taken(struct ctx *c, int64_t ticket_id)
{
    return emit(c, "ticket:updated", ticket_id, true);
}

enum err
ticket_note(struct ctx *c, int64_t id, const char *field, const char *before,
            const char *after)
{
    return q_ticket_change_add_queue(
        c, &(struct q_ticket_change_add_in){ .ticket_id = id,
                                             .user_id = c->user_id,
                                             .has_user_id = c->user_id != 0,
                                             .field = field,
                                             .old_value = before,
                                             .new_value = after });
}

enum err
ticket_note_state(struct ctx *c, int64_t id, const char *before,
                  const char *after)
{
    return ticket_note(c, id, "status", before, after);
}

/* De quem era e de quem passa a ser, em texto; 0 é ninguém. */
enum err
ticket_note_id(struct ctx *c, int64_t id, const char *field, int64_t before,
               int64_t after)
{
    if (before == after)
        return OK;
    return ticket_note(
        c, id, field,
        before != 0 ? arena_printf(c->arena, "%" PRId64, before) : NULL,
        after != 0 ? arena_printf(c->arena, "%" PRId64, after) : NULL);
}

struct step {
    const char *status;
    int64_t user_id;    /* 0: ninguém */
    const char *reason; /* "": não se disse */
};

/* Grava o novo estado, o histórico e o aviso. */
static enum err
move(struct ctx *c, const struct q_ticket_lock_row *was, const struct step *to,
     T *out)
{
    struct q_ticket_set_state_in in = { .id = was->id,
                                        .status = to->status,
                                        .user_id = to->user_id,
                                        .has_user_id = to->user_id != 0,
                                        .reason = to->reason };
    bool closes = strcmp(to->status, "closed") == 0;
    enum err e = q_ticket_set_state_queue(c, &in);

    if (e == OK)
        e = ticket_note_state(c, was->id, was->status, to->status);
    if (e == OK)
        e = ticket_note_id(c, was->id, "assignee", was->user_id, to->user_id);
    if (e == OK && to->reason[0] != '\0')
        e = ticket_note(c, was->id, "reason", NULL, to->reason);
    if (e == OK)
        e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = was->id }, out);
    if (e == OK)
        e = emit_row(c, closes ? "ticket:closed" : "ticket:updated", out,
                     !was->has_user_id);
    return e;
}

static enum err
lock(struct ctx *c, int64_t id, struct q_ticket_lock_row *t)
{
    return q_ticket_lock(c, &(struct q_ticket_lock_in){ .id = id }, t);
}

enum err
ticket_take(struct ctx *c, int64_t id, T *out)
{
    struct q_ticket_lock_row t;
    enum err e = lock(c, id, &t);

    if (e != OK)
        return e;
    if (strcmp(t.status, "closed") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("este atendimento está fechado; reabra primeiro"));
    if (strcmp(t.status, "active") != 0 || !t.has_user_id)
        return move(c, &t, &(struct step){ "active", c->user_id, "" }, out);
    e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = id }, out);
    if (e == OK && t.user_id != c->user_id)
        return fail(c, ERR_CONFLICT, _("já está com %s"), out->assignee);
    return e;
}

/* O que a fila exige de quem encerra. */
static enum err
check_needs(struct ctx *c, int64_t id, const char *reason)
{
    struct q_ticket_close_needs_row row;
    enum err e = q_ticket_close_needs(
        c, &(struct q_ticket_close_needs_in){ .id = id }, &row);

    if (e != OK)
        return e;
    if (strcmp(row.needs, "reason") == 0 &&
        reason[strspn(reason, " \t\r\n")] == '\0')
        return fail_field(c, "reason", "required", "%s",
                          _("diga por que encerra: esta fila pede o motivo"));
    if (strcmp(row.needs, "tag") == 0 && !row.tagged)
        return fail_field(c, "tagIds", "required", "%s",
                          _("ponha uma etiqueta antes de encerrar: esta fila "
                            "pede"));
    return OK;
}

static enum err
end(struct ctx *c, int64_t id, const char *reason, bool by_person, T *out)
{
    struct q_ticket_lock_row t;
    enum err e = lock(c, id, &t);

    if (e != OK)
        return e;
    if (strcmp(t.status, "closed") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("este atendimento já está fechado"));
    if (by_person)
        e = check_needs(c, id, reason);
    if (e == OK)
        e = move(c, &t, &(struct step){ "closed", t.user_id, reason }, out);
    if (e == OK)
        e = csat_closed(c, id);
    return e != OK ? e : assign_queue(c, t.queue_id);
}

enum err
ticket_close(struct ctx *c, int64_t id, const char *reason, T *out)
{
    return end(c, id, reason, true, out);
}

enum err
ticket_close_itself(struct ctx *c, int64_t id, const char *reason, T *out)
{
    return end(c, id, reason, false, out);
}

enum err
ticket_reopen(struct ctx *c, int64_t id, T *out)
{
    struct q_ticket_lock_row t;
    enum err e = lock(c, id, &t);

    if (e != OK)
        return e;
    if (strcmp(t.status, "closed") != 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("este atendimento não está fechado"));
    if (t.has_merged_into_id)
        return fail(c, ERR_CONFLICT, _("este atendimento foi fundido no %lld"),
                    (long long)t.merged_into_id);
    e = move(c, &t, &(struct step){ "active", c->user_id, "" }, out);
    if (e == ERR_CONFLICT)
        return fail(c, ERR_CONFLICT, "%s",
                    _("este contato já tem outro atendimento aberto"));
    return e;
}

static enum err
read_it(struct ctx *c, int64_t id, bool for_others)
{
    int64_t changed;
    enum err e;

    e = q_ticket_mark_read(
        c,
        &(struct q_ticket_mark_read_in){ .id = id, .for_others = for_others },
        &changed);
    if (e == OK && changed > 0)
        e = receipt_enqueue(c, id);
    if (e == OK && changed > 0)
        return ticket_emit(c, "ticket:updated", id);
    if (e == OK) {
        struct q_ticket_row t;

        e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = id }, &t);
    }
    return e;
}

enum err
ticket_mark_read(struct ctx *c, int64_t id)
{
    return read_it(c, id, true);
}

enum err
ticket_see(struct ctx *c, int64_t id)
{
    return read_it(c, id, false);
}
