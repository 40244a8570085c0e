/* media_voice.c - uma passada do ffmpeg por gravação. */
#include "channel/media_voice.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "channel/send.h"
#include "desk/file.h"
#include "jobs/queue.h"
#include "media/kind.h"
#include "media/store.h"
#include "media/tool.h"

#define CONCURRENCY 2

struct voice {
    struct q_file_voice_load_row file;
    struct store_near from, to; /* a gravação, e onde o ffmpeg escreve */
    const char *key;            /* o que passa a ser */
    struct q_file_fetched_in done;
};

/* De qual chamada é a resposta. */
enum phase { BROUGHT, CONVERTED, KEPT };

static enum phase
phase_of(const struct job *job, const struct voice *v)
{
    return (enum phase)(job->calls + (v->from.waits ? 0 : 1));
}

static enum err
refuse(struct ctx *c, const struct voice *v, const char *why)
{
    enum err e = file_fail(c, v->file.id, "failed", why);

    return e == OK ? message_send_fail(c, v->file.message_id, why) : e;
}

/* Sem ffmpeg: como está, se o WhatsApp a aceita. */
static enum err
go_as_it_is(struct ctx *c, const struct voice *v)
{
    const struct media_kind *k = media_kind_of(v->file.mime, true);

    if (k == NULL)
        return refuse(c, v,
                      _("falta o ffmpeg no servidor, que converte a gravação; "
                        "avise quem o administra e envie de novo"));
    return file_fetched(
        c, &(struct q_file_fetched_in){ .id = v->file.id,
                                        .key = v->file.key,
                                        .mime = k->mime,
                                        .bytes = v->file.bytes,
                                        .sha256 = v->file.sha256 });
}

/* A gravação está perto: é a vez do ffmpeg. */
static enum err
convert(struct ctx *c, struct job *job, struct voice *v, enum job_next *next)
{
    struct tool_call *tool = arena_alloc(c->arena, sizeof *tool);

    v->to.fd = store_draft(c->arena, &v->to.path);
    if (v->to.fd < 0)
        return fail(c, ERR_UNAVAILABLE, NULL);
    *tool = (struct tool_call){
        .argv = media_voice_argv(c->arena, v->from.path, v->to.path),
        .cpu_s = MEDIA_TOOL_CPU_S,
        .memory_bytes = MEDIA_TOOL_MEMORY_BYTES,
        .file_bytes = MEDIA_TOOL_FILE_BYTES,
    };
    job->call =
        (struct job_call){ .tool = tool, .timeout_ms = MEDIA_TOOL_TIMEOUT_MS };
    *next = JOB_CALL;
    return OK;
}

static enum err
prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct voice *v = arena_alloc(c->arena, sizeof *v);
    bool found;
    enum err e;

    *next = JOB_DONE;
    e = q_file_voice_load(c,
                          &(struct q_file_voice_load_in){
                              .id = job_number(job->payload, "fileId") },
                          &v->file, &found);
    if (e != OK || !found)
        return e;
    i18n_set(v->file.locale);
    if (!media_tool_ready())
        return go_as_it_is(c, v);
    v->key = store_key(c);
    job->state = v;
    e = store_bring(c, v->file.key, (size_t)v->file.bytes, &v->from,
                    &job->call);
    if (e == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return refuse(c, v, _("o arquivo já não está guardado"));
    }
    *next = JOB_CALL;
    return e != OK || v->from.waits ? e : convert(c, job, v, next);
}

/* O que o ffmpeg escreveu é mesmo uma gravação, e o WhatsApp a leva? */
static enum err
keep(struct ctx *c, struct job *job, struct voice *v, int64_t duration_ms,
     enum job_next *next)
{
    struct slice data = store_map(c->arena, v->to.fd);
    const char *mime = data.len > 0 ? media_mime(data) : NULL;
    const struct media_kind *k =
        mime != NULL ? media_kind_of(mime, true) : NULL;
    char sha256[65];
    bool waits;
    enum err e;

    if (duration_ms == 0 || k == NULL || strcmp(k->mime, "audio/ogg") != 0)
        return refuse(c, v, _("a gravação não tem som que se conheça"));
    if ((int64_t)data.len > k->max_bytes)
        return refuse(c, v, _("a gravação é longa demais para o WhatsApp"));
    file_digest(data, sha256);
    v->done =
        (struct q_file_fetched_in){ .id = v->file.id,
                                    .key = v->key,
                                    .mime = k->mime,
                                    .bytes = (int64_t)data.len,
                                    .sha256 = arena_strdup(c->arena, sha256),
                                    .duration_ms = duration_ms,
                                    .has_duration_ms = true };
    e = store_keep(c, v->key, &v->to, &job->call, &waits);
    if (e == OK && waits)
        *next = JOB_CALL;
    return e == OK && !waits ? file_fetched(c, &v->done) : e;
}

/* A gravação chegou perto, ou a convertida ao lugar dela; ou não. */
static enum err
carried(struct ctx *c, struct job *job, struct voice *v,
        const struct job_reply *reply, enum job_next *next)
{
    enum store_outcome got = store_read_reply(reply);

    if (got == STORE_DONE)
        return phase_of(job, v) == KEPT ? file_fetched(c, &v->done)
                                        : convert(c, job, v, next);
    if (file_try_later(job, got, next))
        return OK;
    return refuse(c, v,
                  got == STORE_GONE
                      ? _("o arquivo já não está guardado")
                      : _("os arquivos estão fora do ar; envie de novo"));
}

static enum err
finish(struct ctx *c, struct job *job, const struct job_reply *reply,
       enum job_next *next)
{
    struct voice *v = job->state;

    i18n_set(v->file.locale);
    *next = JOB_DONE;
    if (phase_of(job, v) != CONVERTED)
        return carried(c, job, v, reply, next);
    if (reply->status == 0)
        return go_as_it_is(c, v);
    if (reply->status == 200)
        return keep(c, job, v, media_voice_ms(c->arena, reply->body), next);
    log_warn("arquivo %" PRId64 ": ffmpeg: %s: %.*s", v->file.id, reply->error,
             (int)reply->body.len, reply->body.data);
    return refuse(c, v,
                  strcmp(reply->error, "timeout") == 0
                      ? _("a conversão da gravação demorou demais")
                      : _("a gravação está estragada e não se converteu"));
}

static enum err
give_up(struct ctx *c, struct job *job)
{
    struct voice v = { .key = NULL };
    bool found;
    enum err e =
        q_file_voice_load(c,
                          &(struct q_file_voice_load_in){
                              .id = job_number(job->payload, "fileId") },
                          &v.file, &found);

    return e == OK && found ? refuse(c, &v,
                                     _("a gravação está estragada e não se "
                                       "converteu"))
                            : e;
}

const struct job_kind media_voice_kind = {
    .name = "media.voice",
    .concurrency = CONCURRENCY,
    .prepare = prepare,
    .finish = finish,
    .give_up = give_up,
};
