/* macro_run.c - os passos de uma macro, feitos num atendimento. */
#include <string.h>

#include "base/i18n.h"
#include "desk/macro.h"
#include "desk/message.h"
#include "desk/note.h"
#include "desk/quick_reply.h"
#include "desk/ticket_bulk.h"
#include "desk/ticket_change.h"

#define T struct q_ticket_row

struct run {
    struct ctx *c;
    int64_t ticket_id;
    struct q_quick_reply_values_row values;
};

static bool
is(const struct macro_step *s, const char *action)
{
    return strcmp(s->action->name, action) == 0;
}

/* reply_id: a resposta rápida cujo arquivo vai junto; 0: nenhuma. */
static enum err
send(struct run *k, const char *body, int64_t reply_id)
{
    struct q_message_row m;

    return ticket_reply_with(
        k->c,
        &(struct ticket_reply_in){ .ticket_id = k->ticket_id,
                                   .body =
                                       quick_reply_fill(k->c, body, &k->values),
                                   .quick_reply_id = reply_id },
        &m);
}

static enum err
send_reply(struct run *k, int64_t id)
{
    struct q_quick_reply_row q;
    enum err e =
        q_quick_reply_get(k->c, &(struct q_quick_reply_get_in){ .id = id }, &q);

    if (e != ERR_NOT_FOUND)
        return e != OK ? e : send(k, q.body, q.file != NULL ? id : 0);
    ctx_clear_error(k->c);
    return fail(k->c, ERR_CONFLICT, "%s", _("a resposta rápida já não existe"));
}

static enum err
note(struct run *k, const char *body)
{
    struct q_message_row m;

    return note_add(
        k->c,
        &(struct note_new){ .ticket_id = k->ticket_id,
                            .body = quick_reply_fill(k->c, body, &k->values) },
        &m);
}

/* Dar a quem já o tem, ou à fila em que já espera, não muda nada. */
static bool
is_there(const struct q_ticket_lock_row *t, int64_t user_id, int64_t queue_id)
{
    if (user_id != 0)
        return t->user_id == user_id && strcmp(t->status, "active") == 0;
    return t->queue_id == queue_id && !t->has_user_id &&
           strcmp(t->status, "pending") == 0;
}

static enum err
hand_over(struct run *k, int64_t user_id, int64_t queue_id)
{
    struct q_ticket_lock_row t;
    enum err e = q_ticket_lock(
        k->c, &(struct q_ticket_lock_in){ .id = k->ticket_id }, &t);

    if (e != OK || is_there(&t, user_id, queue_id))
        return e;
    return ticket_bulk_one(
        k->c, k->ticket_id,
        &(struct ticket_bulk){ .action = user_id != 0 ? "assign" : "transfer",
                               .user_id = user_id,
                               .queue_id = queue_id });
}

static enum err
do_step(struct run *k, const struct macro_step *s)
{
    T t;

    if (is(s, "send"))
        return send(k, s->text, 0);
    if (is(s, "reply"))
        return send_reply(k, s->id);
    if (is(s, "note"))
        return note(k, s->text);
    if (is(s, "assign"))
        return hand_over(k, s->id != 0 ? s->id : k->c->user_id, 0);
    if (is(s, "queue"))
        return hand_over(k, 0, s->id);
    if (is(s, "snooze"))
        return ticket_snooze_preset(k->c, k->ticket_id, s->text, &t);
    return ticket_bulk_one(k->c, k->ticket_id,
                           &(struct ticket_bulk){ .action = s->action->name,
                                                  .tag_ids = s->text,
                                                  .priority = s->text,
                                                  .reason = s->text });
}

/* A recusa, com o passo dela na frente; a falha do banco volta como veio. */
static enum err
refused(struct ctx *c, enum err e, int i, const struct macro_step *s)
{
    const char *why = c->fields != NULL   ? c->fields->detail
                      : c->detail != NULL ? c->detail
                                          : _(err_info(e)->title);
    const char *label = _(s->action->label);

    if (err_info(e)->status >= 500)
        return e;
    if (e == ERR_NOT_FOUND) {
        e = ERR_CONFLICT;
        why = _("o passo anterior o passou a quem você não vê");
    }
    ctx_clear_error(c);
    if (e == ERR_INVALID)
        return fail_field(c, arena_printf(c->arena, "steps.%d", i), "step",
                          _("passo %d, %s: %s"), i + 1, label, why);
    return fail(c, e, _("passo %d, %s: %s"), i + 1, label, why);
}

/* Os passos guardados: um que se perdeu não é de quem clica. */
static enum err
read_macro(struct ctx *c, int64_t id, struct q_macro_row *m,
           struct macro_step steps[static MACRO_STEPS_MAX], int *count)
{
    enum err e = q_macro_get(c, &(struct q_macro_get_in){ .id = id }, m);

    return e == OK ? macro_read(c, m->steps, steps, count) : e;
}

enum err
macro_run(struct ctx *c, int64_t ticket_id, int64_t macro_id, T *out)
{
    struct run k = { .c = c, .ticket_id = ticket_id };
    struct macro_step steps[MACRO_STEPS_MAX];
    struct q_ticket_lock_row was;
    struct q_macro_row m;
    int count = 0, i;
    enum err e =
        q_ticket_lock(c, &(struct q_ticket_lock_in){ .id = ticket_id }, &was);

    if (e == OK)
        e = read_macro(c, macro_id, &m, steps, &count);
    if (e == OK)
        e = quick_reply_values(c, ticket_id, &k.values);
    if (e == OK)
        e = ticket_note(c, ticket_id, "macro", NULL, m.name);
    for (i = 0; e == OK && i < count; i++) {
        e = do_step(&k, &steps[i]);
        if (e != OK)
            return refused(c, e, i, &steps[i]);
    }
    return e == OK ? q_ticket_any(
                         c, &(struct q_ticket_any_in){ .id = ticket_id }, out)
                   : e;
}
