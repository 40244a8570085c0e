/* send.c - os três estados de um envio, e o que fazer de cada desfecho. */
#include "channel/send.h"

#include <inttypes.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "channel/channel_box.h"
#include "channel/json_read.h"
#include "channel/send_file.h"
#include "desk/message.h"
#include "gen/q_send.h"
#include "jobs/backoff.h"
#include "live/outbox.h"

#define ANSWER_MAX_BYTES 65536
#define CONCURRENCY 256 /* quem limita é worker_concurrency */

/* Espera depois do que passa sozinho: 1, 3, 9, 27, 81 s … até dez minutos. */
static const struct backoff send_wait = { 1000, 600000, 3 };

#define LOAD struct q_send_load_row

/* O que vai de prepare para finish. */
struct sending {
    LOAD m;
    struct send_file file;
};

/* O que o job sabe de tentativas anteriores. */
struct memory {
    int64_t message_id;
    const char *unknown; /* "crash" ou "timeout": em carência */
    bool resent;         /* já foi de novo depois de um timeout */
};

static void
read_memory(struct ctx *c, const struct job *job, struct memory *m)
{
    struct slice text = { job->payload, strlen(job->payload) };
    struct json_object *o = json_read(c->arena, text);

    m->message_id = json_read_int(o, "messageId");
    m->unknown = json_read_text(c->arena, o, "unknown");
    m->resent = json_read_int(o, "resent") != 0;
}

static const char *
write_memory(struct ctx *c, const struct memory *m)
{
    return arena_printf(c->arena,
                        "{\"messageId\":%" PRId64
                        ",\"unknown\":%s%s%s,\"resent\":%d}",
                        m->message_id, m->unknown != NULL ? "\"" : "",
                        m->unknown != NULL ? m->unknown : "null",
                        m->unknown != NULL ? "\"" : "", m->resent);
}

static enum err
acknowledge(struct ctx *c, const LOAD *m, const char *status, const char *error)
{
    return message_emit_to(c, "message:ack",
                           &(struct q_message_row){ .id = m->id,
                                                    .ticket_id = m->ticket_id,
                                                    .status = status,
                                                    .error = error },
                           m->queue_id, m->user_id);
}

static enum err
mark_failed(struct ctx *c, const LOAD *m, const char *why)
{
    struct q_send_failed_row row;
    enum err e;

    e = q_send_failed(
        c, &(struct q_send_failed_in){ .id = m->id, .error = why }, &row);
    if (e == OK && row.moved)
        e = acknowledge(c, m, "failed", why);
    return e;
}

enum err
message_send_fail(struct ctx *c, int64_t message_id, const char *why)
{
    LOAD m;
    bool found;
    enum err e;

    e = q_send_load(c, &(struct q_send_load_in){ .id = message_id }, &m,
                    &found);
    return e == OK && found ? mark_failed(c, &m, why) : e;
}

/* ---- antes da chamada ---- */

/* Sem notícia por enquanto: dá tempo a um estado que a reconcilie. */
static enum err
wait_for_news(struct ctx *c, struct job *job, struct memory *mem,
              const char *unknown, enum job_next *next)
{
    mem->unknown = unknown;
    job->new_payload = write_memory(c, mem);
    job->delay_ms = conf()->send_unknown_grace_s * 1000;
    job->error = arena_printf(c->arena, "desfecho desconhecido: %s", unknown);
    log_warn("mensagem %" PRId64 ": %s; esperando um estado", mem->message_id,
             job->error);
    *next = JOB_RETRY;
    return OK;
}

static const char *
unknown_words(void)
{
    return _("resultado desconhecido, confira antes de reenviar");
}

static bool
read_channel(struct ctx *c, const struct job *job, const LOAD *m,
             struct channel *ch)
{
    *ch = (struct channel){ .company_id = job->company_id,
                            .id = m->channel_id,
                            .platform = m->platform,
                            .external_id = m->external_id };
    return channel_secrets_open(c->arena, job->company_id, m->channel_id,
                                m->secrets, &ch->secrets);
}

static enum err
build(struct ctx *c, const struct job *job, const LOAD *m,
      struct channel_request *request, const char **why)
{
    const struct channel_adapter *adapter = channel_adapter(m->platform);
    struct channel ch;

    *why = NULL;
    if (adapter == NULL || adapter->build_send == NULL)
        *why = _("este canal não envia mensagens");
    else if (!read_channel(c, job, m, &ch))
        *why = _("as credenciais do canal não abrem; grave-as de novo");
    else if (adapter->build_send(
                 c->arena, &ch,
                 &(struct channel_outgoing){
                     .kind = m->kind,
                     .body = m->body,
                     .to = m->send_to,
                     .to_kind = m->send_to_kind,
                     .reply_to = m->reply_to,
                     .media_id = m->media_id,
                     .filename = m->file_name != NULL ? m->file_name : "",
                     .voice = m->voice && m->file_mime != NULL &&
                              strcmp(m->file_mime, "audio/ogg") == 0,
                     .interactive = m->interactive,
                     .template = m->template,
                     .opaque = arena_printf(c->arena, "m:%" PRId64 ":%" PRId64,
                                            job->company_id, m->id) },
                 request) != OK)
        *why = _("este canal não envia mensagens desta espécie");
    return OK;
}

/* Primeiro sobe o arquivo; a mensagem vai na volta seguinte do job. */
static enum err
upload(struct ctx *c, struct job *job, const LOAD *m, enum job_next *next)
{
    struct sending *s = job->state;
    struct channel ch;
    const char *why = NULL;
    enum err e = OK;

    if (!read_channel(c, job, m, &ch))
        why = _("as credenciais do canal não abrem; grave-as de novo");
    else
        e = send_file_begin(c, job, m, &ch, &s->file);
    if (why == NULL)
        why = s->file.why;
    if (e != OK || why != NULL)
        return e != OK ? e : mark_failed(c, m, why);
    *next = JOB_CALL;
    return OK;
}

/* Grava a tentativa e pede a chamada, ou diz por que não vai. */
static enum err
begin(struct ctx *c, struct job *job, struct memory *mem, const LOAD *m,
      enum job_next *next)
{
    struct channel_request request;
    const char *why;
    enum err e;

    *next = JOB_DONE;
    if (m->window_closed)
        return mark_failed(
            c, m,
            _("passaram 24 h da última mensagem do "
              "cliente; o WhatsApp só aceita um modelo aprovado"));
    if (send_file_waits(m))
        return upload(c, job, m, next);
    e = build(c, job, m, &request, &why);
    if (e != OK || why != NULL)
        return e != OK ? e : mark_failed(c, m, why);
    e = q_send_begin_queue(c, &(struct q_send_begin_in){ .id = m->id });
    if (e == OK)
        e = acknowledge(c, m, "sending", NULL);
    job->call = (struct job_call){ .method = request.method,
                                   .url = request.url,
                                   .body = request.body,
                                   .timeout_ms = conf()->send_timeout_ms,
                                   .max_bytes = ANSWER_MAX_BYTES };
    memcpy(job->call.headers, request.headers, sizeof job->call.headers);
    mem->unknown = NULL;
    job->new_payload = mem->resent ? write_memory(c, mem) : NULL;
    *next = JOB_CALL;
    return e;
}

static enum err
prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct memory mem;
    struct sending *s = arena_alloc(c->arena, sizeof *s);
    LOAD *m = &s->m;
    bool found, again;
    enum err e;

    *next = JOB_DONE;
    read_memory(c, job, &mem);
    e = q_send_load(c, &(struct q_send_load_in){ .id = mem.message_id }, m,
                    &found);
    if (e != OK || !found || m->has_provider)
        return e; /* apagada, ou um estado já a reconciliou */
    i18n_set(m->locale);
    job->state = s;
    if (strcmp(m->status, "queued") == 0)
        return begin(c, job, &mem, m, next);
    if (strcmp(m->status, "sending") != 0)
        return OK;
    if (mem.unknown == NULL)
        return wait_for_news(c, job, &mem, "crash", next);
    again = strcmp(mem.unknown, "timeout") == 0 && !mem.resent &&
            m->attempts < conf()->send_attempts;
    if (!again)
        return mark_failed(c, m, unknown_words());
    mem.resent = true;
    return begin(c, job, &mem, m, next);
}

/* ---- depois da chamada ---- */

static enum err
accepted(struct ctx *c, const LOAD *m, const char *provider_id)
{
    struct q_send_accepted_row row;
    bool found = false;
    enum err e;

    e = inbound_lock_provider(c, m->channel_id, provider_id);
    if (e == OK)
        e = q_send_accepted(c,
                            &(struct q_send_accepted_in){
                                .id = m->id, .provider_id = provider_id },
                            &row, &found);
    if (e != OK || !found)
        return e;
    if (!row.same)
        log_warn("mensagem %" PRId64 ": aceita duas vezes pelo canal", m->id);
    if (row.moved)
        e = acknowledge(c, m, "sent", NULL);
    if (e == OK && !m->channel_ok)
        e = q_channel_problem_clear_queue(
            c, &(struct q_channel_problem_clear_in){ .id = m->channel_id });
    return e == OK ? message_apply_parked(c, m->channel_id, provider_id, m->id)
                   : e;
}

/* A plataforma não aceita nada deste canal: quem administra precisa saber. */
static enum err
note_problem(struct ctx *c, const LOAD *m, const char *why)
{
    struct q_channel_problem_set_row row;
    struct rooms rooms = { .count = 0 };
    struct str s;
    enum err e;

    log_error("canal %" PRId64 ": %s", m->channel_id, why);
    e = q_channel_problem_set(c,
                              &(struct q_channel_problem_set_in){
                                  .id = m->channel_id, .problem = why },
                              &row);
    if (e != OK || !row.changed)
        return e;
    rooms_add(c, &rooms, "company", -1);
    str_init(&s, c->arena, 256);
    str_printf(&s,
               "{\"channelId\":%" PRId64 ",\"connected\":false,"
               "\"detail\":",
               m->channel_id);
    str_json(&s, why);
    str_putc(&s, '}');
    return outbox_emit(c, "channel:connection", &rooms, s.data);
}

static enum err
try_later(struct ctx *c, struct job *job, const LOAD *m,
          const struct channel_result *r, enum job_next *next)
{
    int attempt = m->attempts + 1;
    enum err e;

    if (attempt >= conf()->send_attempts) {
        *next = JOB_DONE;
        return mark_failed(c, m, r->error);
    }
    job->delay_ms = backoff_ms(&send_wait, attempt);
    if (r->retry_after_s >= 0 && r->retry_after_s * 1000 > job->delay_ms)
        job->delay_ms = r->retry_after_s * 1000 + job->delay_ms % 1000;
    job->error = r->error;
    log_info("mensagem %" PRId64 ": tentativa %d, de novo em %" PRId64 " ms",
             m->id, attempt, job->delay_ms);
    *next = JOB_RETRY;
    e = q_send_requeue_queue(c, &(struct q_send_requeue_in){ .id = m->id });
    return e == OK ? acknowledge(c, m, "queued", NULL) : e;
}

/* O arquivo chegou perto: é a vez de subi-lo. */
static enum err
brought(struct ctx *c, struct job *job, const struct sending *s,
        const struct job_reply *reply, enum job_next *next)
{
    const struct channel_result away = {
        .retry_after_s = -1,
        .error = _("os arquivos estão fora do ar; envie de novo"),
    };

    switch (store_read_reply(reply)) {
    case STORE_DONE:
        job->call = s->file.upload;
        *next = JOB_CALL;
        return OK;
    case STORE_GONE:
        return mark_failed(c, &s->m, _("o arquivo já não está guardado"));
    case STORE_AWAY:
        break;
    }
    return try_later(c, job, &s->m, &away, next);
}

static enum err
unknown(struct ctx *c, struct job *job, enum job_next *next)
{
    struct memory mem;

    read_memory(c, job, &mem);
    /* o payload do banco pode dizer mais que a cópia: begin o mudou */
    mem.resent = mem.resent || mem.unknown != NULL;
    return wait_for_news(c, job, &mem, "timeout", next);
}

static enum err
finish(struct ctx *c, struct job *job, const struct job_reply *reply,
       enum job_next *next)
{
    const struct sending *s = job->state;
    const LOAD *m = &s->m;
    struct channel_result r = { .retry_after_s = -1 };
    enum err e;

    i18n_set(m->locale);
    *next = JOB_DONE;
    if (s->file.near.waits && job->calls == 0)
        return brought(c, job, s, reply, next);
    if (send_file_waits(m) && send_file_done(c, m, reply, &e)) {
        job->delay_ms = 1;
        *next = JOB_RETRY;
        return e;
    }
    channel_adapter(m->platform)
        ->read_response(
            c->arena,
            &(struct channel_response){ .status = reply->status,
                                        .was_sent = reply->was_sent,
                                        .body = reply->body,
                                        .retry_after_s = reply->retry_after_s },
            &r);
    if (r.error == NULL)
        r.error = arena_printf(c->arena, _("não se chegou ao canal: %s"),
                               reply->error != NULL ? reply->error : "?");
    if (r.outcome == CHANNEL_UNKNOWN && send_file_waits(m))
        r.outcome = CHANNEL_RETRY; /* subir duas vezes não faz mal */
    switch (r.outcome) {
    case CHANNEL_SENT:
        return accepted(c, m, r.provider_id);
    case CHANNEL_RETRY:
        return try_later(c, job, m, &r, next);
    case CHANNEL_REFUSED:
        return mark_failed(c, m, r.error);
    case CHANNEL_DOWN:
        e = mark_failed(c, m, r.error);
        return e == OK ? note_problem(c, m, r.error) : e;
    case CHANNEL_UNKNOWN:
        break;
    }
    return unknown(c, job, next);
}

static enum err
give_up(struct ctx *c, struct job *job)
{
    struct memory mem;

    read_memory(c, job, &mem);
    return message_send_fail(c, mem.message_id, unknown_words());
}

const struct job_kind message_send_kind = {
    .name = "message.send",
    .concurrency = CONCURRENCY,
    .prepare = prepare,
    .finish = finish,
    .give_up = give_up,
};
