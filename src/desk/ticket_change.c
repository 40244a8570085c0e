/* ticket_change.c - mudar, passar adiante e adiar um atendimento. */
#include "desk/ticket_change.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/when.h"
#include "db/db.h"
#include "desk/assign.h"
#include "desk/custom.h"
#include "jobs/queue.h"

#define T struct q_ticket_row

static enum err
get(struct ctx *c, int64_t id, T *out)
{
    return q_ticket_get(c, &(struct q_ticket_get_in){ .id = id }, out);
}

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* Trava um que ainda esteja aberto. */
static enum err
lock_open(struct ctx *c, int64_t id, struct q_ticket_lock_row *t)
{
    enum err e = q_ticket_lock(c, &(struct q_ticket_lock_in){ .id = id }, t);

    if (e == OK && is(t->status, "closed"))
        return fail(c, ERR_CONFLICT, "%s",
                    _("este atendimento está fechado; reabra primeiro"));
    return e;
}

/* ---- dados ---- */

static enum err
is_stale(struct ctx *c)
{
    return fail(c, ERR_CONFLICT, "%s",
                _("o atendimento mudou desde que você o abriu"));
}

static enum err
edit_refused(struct ctx *c, const char *outcome)
{
    if (is(outcome, "unknown"))
        return db_not_found(c);
    if (is(outcome, "stale"))
        return is_stale(c);
    if (is(outcome, "tags"))
        return fail_field(c, "tagIds", "exists", "%s",
                          _("há uma etiqueta que não existe"));
    return OK;
}

/* O objeto inteiro a gravar. Se ele mudar até lá, a versão também mudou. */
static enum err
merge_custom(struct ctx *c, int64_t id, const struct ticket_edit *to,
             const char **custom)
{
    T was;
    enum err e = to->custom != NULL ? get(c, id, &was) : OK;

    *custom = NULL;
    if (e != OK || to->custom == NULL)
        return e;
    if (was.version != to->version)
        return is_stale(c);
    return custom_check(c, "ticket", to->custom, was.custom, custom);
}

enum err
ticket_change(struct ctx *c, int64_t id, const struct ticket_edit *to, T *out)
{
    struct q_ticket_edit_in in = { .id = id,
                                   .version = to->version,
                                   .subject = to->subject,
                                   .priority = to->priority,
                                   .tag_ids = to->tag_ids };
    struct q_ticket_edit_row row;
    enum err e = merge_custom(c, id, to, &in.custom);

    if (e == OK)
        e = q_ticket_edit(c, &in, &row);
    if (e != OK)
        return e;
    e = edit_refused(c, row.outcome);
    if (e == OK)
        e = get(c, id, out);
    if (e == OK && !is(row.outcome, "same"))
        e = ticket_emit(c, "ticket:updated", id);
    return e;
}

/* ---- responsável e fila ---- */

static bool
may_manage(const struct ctx *c)
{
    return (c->permissions & PERM_BIT(PERM_TICKETS_MANAGE)) != 0;
}

/* Quem recebe precisa poder ler e responder. */
static enum err
check_person(struct ctx *c, int64_t id)
{
    uint64_t needs = PERM_BIT(PERM_TICKETS_READ) | PERM_BIT(PERM_TICKETS_WRITE),
             mask = 0;
    struct q_ticket_person_row who;
    bool found;
    enum err e = q_ticket_person(c, &(struct q_ticket_person_in){ .id = id },
                                 &who, &found);

    if (e != OK)
        return e;
    if (!found)
        return fail_field(c, "userId", "exists", "%s",
                          _("não é uma pessoa ativa desta empresa"));
    if (who.permissions == NULL)
        mask = permissions_of(role_parse(who.role));
    else
        permissions_parse(who.permissions, &mask);
    if ((mask & needs) != needs)
        return fail_field(c, "userId", "access",
                          _("%s não pode atender: falta acesso"), who.name);
    return OK;
}

static enum err
check_queue(struct ctx *c, int64_t id)
{
    struct q_ticket_queue_row row;
    bool found;
    enum err e = q_ticket_queue(c, &(struct q_ticket_queue_in){ .id = id },
                                &row, &found);

    if (e == OK && !found)
        return fail_field(c, "queueId", "exists", "%s",
                          _("não é uma fila desta empresa"));
    return e;
}

enum err
ticket_check_target(struct ctx *c, int64_t user_id, int64_t queue_id)
{
    enum err e = OK;

    if (user_id != 0 && user_id != c->user_id && !may_manage(c))
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("só quem coordena dá atendimentos a outra pessoa"));
    if (user_id != 0)
        e = check_person(c, user_id);
    return e == OK && queue_id != 0 ? check_queue(c, queue_id) : e;
}

static enum err
save_move(struct ctx *c, const struct q_ticket_lock_row *was, int64_t queue_id,
          int64_t user_id, const char *note)
{
    const char *status = user_id != 0 ? "active" : "pending";
    enum err e = q_ticket_move_queue(
        c, &(struct q_ticket_move_in){ .id = was->id,
                                       .status = status,
                                       .queue_id = queue_id,
                                       .has_queue_id = queue_id != 0,
                                       .user_id = user_id,
                                       .has_user_id = user_id != 0 });

    if (e == OK && !is(was->status, status))
        e = ticket_note_state(c, was->id, was->status, status);
    if (e == OK)
        e = ticket_note_id(c, was->id, "queue", was->queue_id, queue_id);
    if (e == OK)
        e = ticket_note_id(c, was->id, "assignee", was->user_id, user_id);
    if (e == OK && note[0] != '\0')
        e = ticket_note(c, was->id, "note", NULL, note);
    return e;
}

/* O que voltou à espera, e o lugar que se abriu na fila de onde saiu. */
static enum err
distribute(struct ctx *c, const struct q_ticket_lock_row *was, T *t)
{
    bool waits = !t->has_assignee_id, left = t->queue_id != was->queue_id;
    enum err e = OK;

    if (waits)
        e = assign_returned(c, t->queue_id, was->id, was->user_id);
    if (e == OK && was->has_user_id && (left || !waits))
        e = assign_queue(c, was->queue_id);
    if (e == OK && waits)
        e = q_ticket_any(c, &(struct q_ticket_any_in){ .id = was->id }, t);
    return e;
}

/* Quem passou adiante pode não o ver mais: o aviso leva o que todos veem. */
static enum err
tell_move(struct ctx *c, const struct q_ticket_lock_row *was, bool transferred,
          T *out)
{
    struct q_ticket_any_in in = { .id = was->id };
    enum err e = q_ticket_any(c, &in, out);

    if (e == OK && transferred)
        e = ticket_emit_moved(c, "ticket:transferred", out, was->queue_id,
                              was->user_id);
    if (e == OK)
        e = ticket_emit_moved(c, "ticket:updated", out, was->queue_id,
                              was->user_id);
    return e != OK ? e : distribute(c, was, out);
}

static enum err
not_yours(struct ctx *c)
{
    return fail(c, ERR_FORBIDDEN, "%s",
                _("está com outra pessoa; só quem coordena pode mudar isso"));
}

enum err
ticket_transfer(struct ctx *c, int64_t id, const struct ticket_transfer *to,
                T *out)
{
    struct q_ticket_lock_row was;
    int64_t queue_id;
    enum err e;

    if (to->user_id == 0 && to->queue_id == 0)
        return fail_field(c, "userId", "required", "%s",
                          _("diga a pessoa ou a fila"));
    e = lock_open(c, id, &was);
    if (e == OK && was.has_user_id && was.user_id != c->user_id &&
        !may_manage(c))
        return not_yours(c);
    if (e == OK && to->user_id != 0)
        e = check_person(c, to->user_id);
    if (e == OK && to->queue_id != 0)
        e = check_queue(c, to->queue_id);
    if (e != OK)
        return e;
    queue_id = to->queue_id != 0 ? to->queue_id : was.queue_id;
    if (queue_id == was.queue_id && to->user_id == was.user_id &&
        is(was.status, to->user_id != 0 ? "active" : "pending"))
        return fail(c, ERR_CONFLICT, "%s", _("o atendimento já está aí"));
    e = save_move(c, &was, queue_id, to->user_id, to->note);
    return e == OK ? tell_move(c, &was, true, out) : e;
}

enum err
ticket_assign(struct ctx *c, int64_t id, int64_t user_id, T *out)
{
    struct q_ticket_lock_row was;
    enum err e = lock_open(c, id, &was);

    if (e == OK && was.has_user_id && was.user_id != c->user_id &&
        !may_manage(c))
        return not_yours(c);
    if (e == OK)
        e = ticket_check_target(c, user_id, 0);
    if (e != OK)
        return e;
    if (user_id == was.user_id &&
        is(was.status, user_id ? "active" : "pending"))
        return fail(c, ERR_CONFLICT, "%s", _("o atendimento já está aí"));
    e = save_move(c, &was, was.queue_id, user_id, "");
    return e == OK ? tell_move(c, &was, false, out) : e;
}

/* ---- adiar ---- */

static enum err
wake_later(struct ctx *c, int64_t id, int64_t wait_ms)
{
    return job_enqueue(
        c, &(struct job_new){ .lane = LANE_BOT,
                              .kind = "ticket.wake",
                              .payload = arena_printf(
                                  c->arena, "{\"ticketId\":%" PRId64 "}", id),
                              .delay_ms = wait_ms });
}

enum err
ticket_snooze(struct ctx *c, int64_t id, const char *until, T *out)
{
    struct q_ticket_lock_row was;
    struct q_ticket_snooze_row row;
    bool found;
    enum err e = lock_open(c, id, &was);

    if (e == OK)
        e = q_ticket_snooze(
            c, &(struct q_ticket_snooze_in){ .id = id, .until = until }, &row,
            &found);
    if (e == OK && row.until == NULL)
        return fail_field(c, "until", "range", "%s",
                          _("precisa ser um instante futuro, até um ano"));
    if (e == OK)
        e = ticket_note(c, id, "snooze", NULL, row.until);
    if (e == OK)
        e = wake_later(c, id, row.wait_ms);
    if (e == OK)
        e = get(c, id, out);
    return e == OK ? ticket_emit(c, "ticket:updated", id) : e;
}

enum err
ticket_snooze_preset(struct ctx *c, int64_t id, const char *preset, T *out)
{
    struct q_ticket_snooze_time_row row;
    enum err e = q_ticket_snooze_time(
        c, &(struct q_ticket_snooze_time_in){ .preset = preset }, &row);

    if (e != OK)
        return e;
    return ticket_snooze(
        c, id, row.at != NULL ? when_iso(c->arena, when_parse(row.at)) : "",
        out);
}

static enum err
wake(struct ctx *c, int64_t id, bool due, bool *woke)
{
    struct q_ticket_wake_row row;
    enum err e = q_ticket_wake(
        c, &(struct q_ticket_wake_in){ .id = id, .due = due }, &row, woke);

    if (e == OK && *woke)
        e = ticket_note(c, id, "snooze", row.snoozed_until, NULL);
    if (e == OK && *woke)
        e = ticket_emit(c, "ticket:updated", id);
    return e == OK && *woke ? assign_queue(c, row.waits_in) : e;
}

enum err
ticket_unsnooze(struct ctx *c, int64_t id, T *out)
{
    struct q_ticket_lock_row was;
    bool woke = false;
    enum err e = q_ticket_lock(c, &(struct q_ticket_lock_in){ .id = id }, &was);

    if (e == OK)
        e = wake(c, id, false, &woke);
    if (e == OK && !woke)
        return fail(c, ERR_CONFLICT, "%s",
                    _("este atendimento não está adiado"));
    /* a distribuição pode tê-lo dado a quem só a outra pessoa vê */
    return e == OK ? q_ticket_any(c, &(struct q_ticket_any_in){ .id = id }, out)
                   : e;
}

/* O que já não está adiado, ou foi adiado para mais tarde, fica como está. */
static enum err
wake_step(struct ctx *c, struct job *job, enum job_next *next)
{
    bool woke = false;

    *next = JOB_DONE;
    return wake(c, job_number(job->payload, "ticketId"), true, &woke);
}

const struct job_kind ticket_wake_kind = {
    .name = "ticket.wake",
    .concurrency = 4,
    .prepare = wake_step,
};

/* ---- não lido ---- */

enum err
ticket_mark_unread(struct ctx *c, int64_t id)
{
    struct q_ticket_lock_row was;
    int64_t changed = 0;
    enum err e = lock_open(c, id, &was);

    if (e == OK)
        e = q_ticket_mark_unread(
            c, &(struct q_ticket_mark_unread_in){ .id = id }, &changed);
    return e == OK && changed > 0 ? ticket_emit(c, "ticket:updated", id) : e;
}
