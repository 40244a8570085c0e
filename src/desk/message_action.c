/* message_action.c - o que se faz com uma mensagem que já existe. */
#include "desk/message_action.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/str.h"
#include "desk/file.h"
#include "desk/note.h"
#include "desk/ticket.h"
#include "gen/q_message_action.h"
#include "jobs/queue.h"

#define TARGET struct q_message_target_row

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static enum err
load(struct ctx *c, int64_t id, TARGET *t)
{
    return q_message_target(c, &(struct q_message_target_in){ .id = id }, t);
}

/* Lê como ficou e avisa a conversa. */
static enum err
announce(struct ctx *c, int64_t id, struct q_message_row *out)
{
    enum err e;

    e = q_message_get(c, &(struct q_message_get_in){ .id = id }, out);
    return e == OK ? message_emit(c, "message:updated", out) : e;
}

static enum err
conflict(struct ctx *c, const char *why)
{
    return fail(c, ERR_CONFLICT, "%s", why);
}

static const char *
window_words(void)
{
    return _("passaram 24 h da última mensagem do cliente; o WhatsApp só "
             "aceita um modelo aprovado");
}

/* ---- reagir ---- */

static enum err
enqueue_reaction(struct ctx *c, int64_t id, const char *emoji,
                 const char *before)
{
    struct str s;

    str_init(&s, c->arena, 120);
    str_printf(&s, "{\"messageId\":%" PRId64 ",\"emoji\":", id);
    str_json(&s, emoji);
    str_puts(&s, ",\"before\":");
    str_json(&s, before);
    str_putc(&s, '}');
    return job_enqueue(
        c, &(struct job_new){ .lane = LANE_OUTBOUND,
                              .kind = "message.react",
                              .serial_key =
                                  arena_printf(c->arena, "react:%" PRId64, id),
                              .payload = s.data });
}

enum err
message_react(struct ctx *c, int64_t id, const char *emoji,
              struct q_message_row *out)
{
    struct q_message_react_row row;
    TARGET t;
    enum err e = load(c, id, &t);

    if (e != OK)
        return e;
    if (emoji[0] != '\0' && !is_one_emoji(emoji))
        return fail_field(c, "emoji", "format", "%s", _("não é um emoji"));
    if (is(t.kind, "note"))
        return conflict(c,
                        _("o cliente não vê anotações; não há a que reagir"));
    if (!t.has_provider || t.deleted)
        return conflict(c, _("não se reage a mensagem apagada ou que não foi "
                             "entregue ao canal"));
    if (t.window_closed)
        return conflict(c, window_words());
    e = q_message_react(
        c, &(struct q_message_react_in){ .id = id, .emoji = emoji }, &row);
    if (e == OK && !is(row.before, emoji)) {
        e = enqueue_reaction(c, id, emoji, row.before);
        return e == OK ? announce(c, id, out) : e;
    }
    return e == OK
               ? q_message_get(c, &(struct q_message_get_in){ .id = id }, out)
               : e;
}

/* ---- editar e apagar ---- */

/* Anotação: do autor ou de quem manda. Mensagem: só a que não saiu. */
static enum err
check_mine(struct ctx *c, const TARGET *t, bool editing)
{
    bool waits = is(t->status, "queued") || is(t->status, "failed");

    if (t->deleted)
        return conflict(c, _("esta mensagem já foi apagada"));
    if (is(t->kind, "note")) {
        if (t->user_id == c->user_id ||
            (c->permissions & PERM_BIT(PERM_TICKETS_MANAGE)) != 0)
            return OK;
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("só quem escreveu a anotação a muda"));
    }
    if (is(t->sender_type, "contact"))
        return conflict(c, _("só o cliente muda o que ele escreveu"));
    if (t->has_provider || !waits)
        return conflict(c, _("o WhatsApp não deixa editar nem apagar o que "
                             "já foi enviado por aqui"));
    if (editing && (!is(t->status, "failed") || !is(t->kind, "text")))
        return conflict(c, _("só se edita a mensagem de texto que falhou"));
    return OK;
}

enum err
message_edit(struct ctx *c, int64_t id, const char *body,
             struct q_message_row *out)
{
    const char *mentions = "{}";
    TARGET t;
    enum err e = load(c, id, &t);

    if (e == OK)
        e = check_mine(c, &t, true);
    if (e == OK)
        e = note_check(c, body, NULL, &mentions);
    if (e == OK && !is(t.body, body))
        e = q_message_edit_queue(
            c, &(struct q_message_edit_in){
                   .id = id,
                   .body = body,
                   .mentions = is(t.kind, "note") ? mentions : "{}" });
    return e == OK ? announce(c, id, out) : e;
}

enum err
message_delete(struct ctx *c, int64_t id, struct q_message_row *out)
{
    int64_t changed = 0;
    TARGET t;
    enum err e = load(c, id, &t);

    if (e == OK)
        e = check_mine(c, &t, false);
    if (e == OK)
        e = q_message_delete_queue(c,
                                   &(struct q_message_delete_in){ .id = id });
    if (e == OK)
        e = announce(c, id, out);
    if (e != OK || is(t.kind, "note"))
        return e;
    e = q_message_preview_redo(c,
                               &(struct q_message_preview_redo_in){
                                   .ticket_id = t.ticket_id, .message_id = id },
                               &changed);
    return e == OK && changed > 0
               ? ticket_emit(c, "ticket:updated", t.ticket_id)
               : e;
}

/* ---- mandar de novo ---- */

enum err
message_retry(struct ctx *c, int64_t id, struct q_message_row *out)
{
    TARGET t;
    enum err e = load(c, id, &t);

    if (e != OK)
        return e;
    if (!is(t.status, "failed") || t.deleted || is(t.sender_type, "contact"))
        return conflict(c, _("esta mensagem não está entre as que falharam"));
    if (is(t.ticket_status, "closed"))
        return conflict(c, _("este atendimento está fechado; "
                             "reabra para responder"));
    if (t.window_closed && !is(t.kind, "template"))
        return conflict(c, window_words());
    e = q_message_requeue_queue(c, &(struct q_message_requeue_in){ .id = id });
    if (e == OK)
        e = file_prepare_again(c, id, t.ticket_id);
    if (e == OK)
        e = message_enqueue_send(c, id, t.ticket_id, ":retry");
    return e == OK ? announce(c, id, out) : e;
}

/* ---- encaminhar ---- */

static enum err
check_forward(struct ctx *c, const TARGET *t)
{
    if (is(t->kind, "note"))
        return conflict(c, _("anotação interna não se encaminha ao cliente"));
    if (t->deleted)
        return conflict(c, _("esta mensagem já foi apagada"));
    if (t->body[0] == '\0' ||
        !(is(t->kind, "text") || is(t->kind, "interactive") ||
          is(t->kind, "button") || is(t->kind, "template")))
        return conflict(c, _("por enquanto só se encaminha texto"));
    return OK;
}

enum err
message_forward(struct ctx *c, int64_t id, const char *tickets,
                struct q_message_row *out, int *count)
{
    const char *p = tickets != NULL ? tickets : "{}";
    int64_t seen[FORWARD_MAX];
    TARGET t;
    enum err e = load(c, id, &t);

    *count = 0;
    if (e == OK)
        e = check_forward(c, &t);
    while (e == OK && (p = strpbrk(p, "0123456789")) != NULL) {
        char *end;
        int64_t to = strtoll(p, &end, 10);
        int i;

        p = end;
        for (i = 0; i < *count && seen[i] != to; i++)
            ;
        if (i < *count)
            continue;
        if (*count == FORWARD_MAX)
            return fail_field(c, "ticketIds", "max",
                              _("encaminhe a até %d atendimentos"),
                              FORWARD_MAX);
        seen[*count] = to;
        e = ticket_reply(c,
                         &(struct ticket_reply_in){ .ticket_id = to,
                                                    .body = t.body,
                                                    .forwarded_from = id },
                         &out[*count]);
        (*count)++;
    }
    if (e == OK && *count == 0)
        return fail_field(c, "ticketIds", "min", "%s",
                          _("escolha ao menos um atendimento"));
    return e;
}

/* ---- marcar ---- */

enum err
message_star(struct ctx *c, int64_t id, bool on)
{
    TARGET t;
    enum err e = load(c, id, &t);

    if (e != OK)
        return e;
    return on ? q_message_star_queue(c, &(struct q_message_star_in){ .id = id })
              : q_message_unstar_queue(
                    c, &(struct q_message_unstar_in){ .id = id });
}
