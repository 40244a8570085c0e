/* signal.c - leitura confirmada e reações, pela fila. */
#include "channel/signal.h"

#include <inttypes.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "channel/channel_box.h"
#include "channel/json_read.h"
#include "desk/message.h"
#include "gen/q_message_action.h"
#include "gen/q_signal.h"
#include "jobs/backoff.h"

#define ANSWER_MAX_BYTES 65536
#define CONCURRENCY 64

static const struct backoff signal_wait = { 1000, 600000, 3 };

/* De prepare a finish. */
struct signal_state {
    const char *platform, *locale;
    int64_t ticket_id, message_id;
    const char *emoji, *before;
};

static struct json_object *
payload(struct ctx *c, const struct job *job)
{
    return json_read(c->arena,
                     (struct slice){ job->payload, strlen(job->payload) });
}

/* Monta a chamada; falso se este canal não a tem ou não se abre. */
static bool
build(struct ctx *c, struct job *job, struct channel *ch, struct slice secrets,
      const struct channel_signal *signal)
{
    const struct channel_adapter *adapter = channel_adapter(ch->platform);
    struct channel_request request;

    if (adapter == NULL || adapter->build_signal == NULL ||
        !channel_secrets_open(c->arena, ch->company_id, ch->id, secrets,
                              &ch->secrets) ||
        adapter->build_signal(c->arena, ch, signal, &request) != OK)
        return false;
    job->call = (struct job_call){ .method = request.method,
                                   .url = request.url,
                                   .body = request.body,
                                   .timeout_ms = conf()->send_timeout_ms,
                                   .max_bytes = ANSWER_MAX_BYTES };
    memcpy(job->call.headers, request.headers, sizeof job->call.headers);
    return true;
}

/* SENT, RETRY ou o motivo da recusa. Sem resposta vale repetir. */
static struct channel_result
read_result(struct ctx *c, const struct signal_state *s,
            const struct job_reply *reply)
{
    struct channel_result r = { .outcome = CHANNEL_SENT, .retry_after_s = -1 };

    if (reply->status == 200)
        return r;
    channel_adapter(s->platform)
        ->read_response(
            c->arena,
            &(struct channel_response){ .status = reply->status,
                                        .was_sent = false,
                                        .body = reply->body,
                                        .retry_after_s = reply->retry_after_s },
            &r);
    return r;
}

static void
try_later(struct job *job, const struct channel_result *r, enum job_next *next)
{
    job->delay_ms = backoff_ms(&signal_wait, job->attempts);
    if (r->retry_after_s >= 0 && r->retry_after_s * 1000 > job->delay_ms)
        job->delay_ms = r->retry_after_s * 1000;
    job->error = r->error;
    *next = JOB_RETRY;
}

/* ---- leitura ---- */

static enum err
read_prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct signal_state *s = arena_alloc(c->arena, sizeof *s);
    struct q_receipt_load_row row;
    struct channel ch;
    bool found;
    enum err e;

    *next = JOB_DONE;
    s->ticket_id = json_read_int(payload(c, job), "ticketId");
    e = q_receipt_load(c,
                       &(struct q_receipt_load_in){ .ticket_id = s->ticket_id },
                       &row, &found);
    if (e != OK || !found)
        return e;
    s->platform = row.platform;
    s->message_id = row.message_id;
    job->state = s;
    ch = (struct channel){ .company_id = job->company_id,
                           .id = row.channel_id,
                           .platform = row.platform,
                           .external_id = row.external_id };
    if (build(c, job, &ch, row.secrets,
              &(struct channel_signal){ .kind = SIGNAL_READ,
                                        .target = row.provider_id }))
        *next = JOB_CALL;
    return OK;
}

static enum err
read_finish(struct ctx *c, struct job *job, const struct job_reply *reply,
            enum job_next *next)
{
    const struct signal_state *s = job->state;
    struct channel_result r = read_result(c, s, reply);

    *next = JOB_DONE;
    if (r.outcome == CHANNEL_RETRY && job->attempts < conf()->send_attempts) {
        try_later(job, &r, next);
        return OK;
    }
    if (r.outcome != CHANNEL_SENT)
        log_warn("ticket %" PRId64 ": leitura não confirmada: %s", s->ticket_id,
                 r.error != NULL ? r.error : "?");
    return q_receipt_done_queue(
        c, &(struct q_receipt_done_in){ .ticket_id = s->ticket_id,
                                        .message_id = s->message_id });
}

const struct job_kind message_read_kind = {
    .name = "message.read",
    .concurrency = CONCURRENCY,
    .prepare = read_prepare,
    .finish = read_finish,
};

/* ---- reação ---- */

/* A plataforma não aceitou: a conversa volta a mostrar o que o cliente vê. */
static enum err
undo(struct ctx *c, const struct signal_state *s)
{
    struct q_message_react_row row;
    struct q_message_row m;
    enum err e;

    e = q_message_react(
        c,
        &(struct q_message_react_in){ .id = s->message_id, .emoji = s->before },
        &row);
    if (e == OK && strcmp(row.before, s->emoji) != 0) /* já é outra */
        return q_message_react(c,
                               &(struct q_message_react_in){
                                   .id = s->message_id, .emoji = row.before },
                               &row);
    if (e == OK)
        e = q_message_get(c, &(struct q_message_get_in){ .id = s->message_id },
                          &m);
    return e == OK ? message_emit(c, "message:updated", &m) : e;
}

static const char *
text_of(struct ctx *c, struct json_object *o, const char *key)
{
    const char *text = json_read_text(c->arena, o, key);

    return text != NULL ? text : "";
}

static enum err
react_prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct signal_state *s = arena_alloc(c->arena, sizeof *s);
    struct json_object *o = payload(c, job);
    struct q_reaction_load_row row;
    struct channel ch;
    bool found;
    enum err e;

    *next = JOB_DONE;
    s->message_id = json_read_int(o, "messageId");
    s->emoji = text_of(c, o, "emoji");
    s->before = text_of(c, o, "before");
    e = q_reaction_load(c, &(struct q_reaction_load_in){ .id = s->message_id },
                        &row, &found);
    if (e != OK || !found || strcmp(row.emoji, s->emoji) != 0)
        return e; /* a pessoa já pôs outra: o job dela vem atrás */
    s->platform = row.platform;
    s->locale = row.locale;
    job->state = s;
    ch = (struct channel){ .company_id = job->company_id,
                           .id = row.channel_id,
                           .platform = row.platform,
                           .external_id = row.external_id };
    if (!build(c, job, &ch, row.secrets,
               &(struct channel_signal){ .kind = SIGNAL_REACTION,
                                         .target = row.provider_id,
                                         .emoji = s->emoji,
                                         .to = row.send_to,
                                         .to_kind = row.send_to_kind }))
        return undo(c, s);
    *next = JOB_CALL;
    return OK;
}

static enum err
react_finish(struct ctx *c, struct job *job, const struct job_reply *reply,
             enum job_next *next)
{
    const struct signal_state *s = job->state;
    struct channel_result r;

    i18n_set(s->locale);
    r = read_result(c, s, reply);
    *next = JOB_DONE;
    if (r.outcome == CHANNEL_SENT)
        return OK;
    if (r.outcome == CHANNEL_RETRY && job->attempts < conf()->send_attempts) {
        try_later(job, &r, next);
        return OK;
    }
    log_warn("mensagem %" PRId64 ": reação recusada: %s", s->message_id,
             r.error != NULL ? r.error : "?");
    return undo(c, s);
}

const struct job_kind message_react_kind = {
    .name = "message.react",
    .concurrency = CONCURRENCY,
    .prepare = react_prepare,
    .finish = react_finish,
};
