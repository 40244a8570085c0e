/* schedule.c - mensagens agendadas: marcar, mudar, cancelar e mandar. */
#include "desk/schedule.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/inbound.h"
#include "desk/message.h"
#include "desk/ticket.h"
#include "jobs/queue.h"

#define S struct q_schedule_row
#define WAITING_MAX 50

const struct field schedule_out[] = {
    INT(S, id, .doc = "Agendamento"),
    INT(S, ticket_id, .doc = "Ticket em que sai"),
    TEXT(S, contact, .doc = "Nome do contato"),
    INT_OR_NULL(S, user_id, .doc = "Quem escreveu"),
    TEXT(S, user_name, .nullable = true, .doc = "Nome de quem escreveu"),
    TEXT(S, body, .doc = "Texto"),
    TIME(S, due_at, .doc = "Quando sai; se repete, a próxima vez"),
    ENUM(S, repeats, .json = "repeat", .one_of = SCHEDULE_REPEATS,
         .doc = "Repetição, no relógio da empresa"),
    ENUM(S, status, .one_of = "pending sent failed cancelled",
         .doc = "Espera, saiu, não pôde sair, cancelada"),
    ENUM(S, reason, .nullable = true, .one_of = "window closed blocked author",
         .doc = "Por que não saiu: janela de 24 h, atendimento encerrado, "
                "contato bloqueado, quem escreveu deixou a empresa"),
    INT_OR_NULL(S, message_id, .doc = "A última mensagem que fez"),
    INT(S, sent_count, .doc = "Vezes que já saiu"),
    TIME(S, sent_at, .nullable = true, .doc = "Última vez que saiu"),
    BOOL(S, after_window,
         .doc = "Se o cliente não escrever antes, a janela estará fechada"),
    INT(S, version, .doc = "Sobe a cada mudança"),
    TIME(S, created_at, .doc = "Quando se agendou"),
    FIELDS_END
};

static bool
is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static enum err
send_later(struct ctx *c, int64_t id, int64_t wait_ms)
{
    return job_enqueue(
        c,
        &(struct job_new){ .lane = LANE_OUTBOUND,
                           .kind = schedule_kind.name,
                           .payload = arena_printf(
                               c->arena, "{\"scheduledId\":%" PRId64 "}", id),
                           .delay_ms = wait_ms > 0 ? wait_ms : 0 });
}

/* Lê como ficou e avisa a conversa, cujo painel o mostra. */
static enum err
tell(struct ctx *c, int64_t id, int64_t ticket_id, S *out)
{
    enum err e =
        q_schedule_get(c, &(struct q_schedule_get_in){ .id = id }, out);

    return e == OK ? ticket_emit(c, "ticket:updated", ticket_id) : e;
}

/* O texto e a hora, conferidos com o banco; due_at fica como instante. */
static enum err
check(struct ctx *c, int64_t ticket_id, const struct schedule_change *in,
      bool fresh, const char **due_at)
{
    struct q_schedule_room_row room;
    enum err e = q_schedule_room(
        c,
        &(struct q_schedule_room_in){ .ticket_id = ticket_id,
                                      .due = in->due != NULL ? in->due : "" },
        &room);

    if (e == OK && room.closed)
        return fail(c, ERR_CONFLICT, "%s",
                    _("este atendimento está fechado; reabra para agendar"));
    if (e == OK && fresh && room.waiting >= WAITING_MAX)
        return fail(c, ERR_LIMIT_REACHED, "%s",
                    _("este atendimento já tem 50 mensagens agendadas"));
    if (e == OK && in->body != NULL && is_blank(in->body))
        e = fail_field(c, "body", "min", "%s", _("escreva algo"));
    if ((e == OK || e == ERR_INVALID) && in->due != NULL && room.due_at == NULL)
        e = fail_field(c, "dueAt", "range", "%s",
                       _("precisa ser um instante futuro, até um ano"));
    *due_at = room.due_at;
    return e;
}

enum err
schedule_create(struct ctx *c, int64_t ticket_id,
                const struct schedule_change *new, S *out)
{
    struct q_schedule_add_row row = { 0 };
    const char *due_at;
    enum err e = check(c, ticket_id, new, true, &due_at);

    if (e == OK)
        e = q_schedule_add(
            c,
            &(struct q_schedule_add_in){
                .ticket_id = ticket_id,
                .body = new->body,
                .due_at = due_at,
                .repeats = new->repeats != NULL ? new->repeats : "none" },
            &row);
    if (e == OK)
        e = ticket_note(c, ticket_id, "schedule", NULL, due_at);
    if (e == OK)
        e = send_later(c, row.id, row.wait_ms);
    return e == OK ? tell(c, row.id, ticket_id, out) : e;
}

static enum err
lock(struct ctx *c, int64_t id, struct q_schedule_lock_row *was)
{
    enum err e =
        q_schedule_lock(c, &(struct q_schedule_lock_in){ .id = id }, was);

    if (e != OK)
        return e;
    if (strcmp(was->status, "sent") == 0)
        return fail(c, ERR_CONFLICT, "%s", _("esta mensagem já saiu"));
    if (strcmp(was->status, "cancelled") == 0)
        return fail(c, ERR_CONFLICT, "%s", _("este agendamento foi cancelado"));
    return OK;
}

enum err
schedule_edit(struct ctx *c, int64_t id, const struct schedule_change *to,
              S *out)
{
    struct q_schedule_lock_row was;
    struct q_schedule_save_row row;
    struct schedule_change in = *to;
    const char *due_at;
    bool moved;
    enum err e = lock(c, id, &was);

    if (e == OK && (!was.has_user_id || was.user_id != c->user_id) &&
        (c->permissions & PERM_BIT(PERM_TICKETS_MANAGE)) == 0)
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("só quem escreveu muda o que vai em seu nome"));
    if (e == OK && to->version != 0 && to->version != was.version)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), was.version);
    if (e == OK && in.due == NULL && strcmp(was.status, "failed") == 0)
        in.due = ""; /* a hora dela já passou: falta outra */
    if (e == OK)
        e = check(c, was.ticket_id, &in, false, &due_at);
    if (e != OK)
        return e;
    moved = in.due != NULL ||
            (in.repeats != NULL && strcmp(in.repeats, was.repeats) != 0);
    e = q_schedule_save(
        c,
        &(struct q_schedule_save_in){
            .id = id,
            .body = in.body != NULL ? in.body : was.body,
            .due_at = in.due != NULL ? due_at : was.due_at,
            .repeats = in.repeats != NULL ? in.repeats : was.repeats,
            .again = moved },
        &row);
    if (e == OK && in.due != NULL && strcmp(due_at, was.due_at) != 0)
        e = ticket_note(c, was.ticket_id, "schedule", was.due_at, due_at);
    if (e == OK && in.due != NULL)
        e = send_later(c, id, row.wait_ms);
    return e == OK ? tell(c, id, was.ticket_id, out) : e;
}

enum err
schedule_cancel(struct ctx *c, int64_t id, S *out)
{
    struct q_schedule_lock_row was;
    int64_t changed;
    enum err e = lock(c, id, &was);

    if (e == OK)
        e = q_schedule_cancel(c, &(struct q_schedule_cancel_in){ .id = id },
                              &changed);
    if (e == OK)
        e = ticket_note(c, was.ticket_id, "schedule", was.due_at, NULL);
    return e == OK ? tell(c, id, was.ticket_id, out) : e;
}

/* ---- na hora ---- */

static enum err
send_one(struct ctx *c, int64_t id, const struct q_schedule_take_row *due)
{
    struct q_schedule_send_row sent;
    struct q_message_row m;
    enum err e = q_schedule_send(
        c,
        &(struct q_schedule_send_in){
            .id = id, .preview = message_preview(c->arena, "text", due->body) },
        &sent);

    if (e == OK)
        e = q_message_get(
            c, &(struct q_message_get_in){ .id = sent.message_id }, &m);
    if (e == OK)
        e = message_emit(c, "message:created", &m);
    if (e == OK)
        e = message_enqueue_send(c, m.id, m.ticket_id, "");
    return e == OK && sent.has_wait_ms ? send_later(c, id, sent.wait_ms) : e;
}

/* O que já saiu, foi cancelado, ou mudou para mais tarde fica como está. */
static enum err
send_step(struct ctx *c, struct job *job, enum job_next *next)
{
    int64_t id = job_number(job->payload, "scheduledId");
    struct q_schedule_take_row due;
    int64_t changed;
    bool found;
    enum err e = q_schedule_take(c, &(struct q_schedule_take_in){ .id = id },
                                 &due, &found);

    *next = JOB_DONE;
    if (e != OK || !found)
        return e;
    if (due.reason == NULL)
        e = send_one(c, id, &due);
    else
        e = q_schedule_fail(
            c, &(struct q_schedule_fail_in){ .id = id, .reason = due.reason },
            &changed);
    return e == OK ? ticket_emit(c, "ticket:updated", due.ticket_id) : e;
}

const struct job_kind schedule_kind = {
    .name = "message.scheduled",
    .concurrency = 4,
    .prepare = send_step,
};
