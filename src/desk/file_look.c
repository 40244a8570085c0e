/* file_look.c - uma passada do ffprobe, e uma do ffmpeg. */
#include "desk/file_look.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "desk/file.h"
#include "desk/talk.h"
#include "jobs/queue.h"
#include "media/kind.h"
#include "media/store.h"
#include "media/tool.h"
#include "view/picture.h"

#define CONCURRENCY 2

/* Imagem deste tanto para baixo já é a própria miniatura. */
#define SMALL_BYTES (100 << 10)

struct look {
    struct q_file_look_load_row file;
    bool draws;             /* a miniatura; se não, as medidas */
    struct store_near from; /* o arquivo */
    struct store_near to;   /* onde o ffmpeg escreve */
};

/* De qual chamada é a resposta. */
enum phase { BROUGHT, LOOKED, KEPT };

static enum phase
phase_of(const struct job *job, const struct look *l)
{
    return (enum phase)(job->calls + (l->from.waits ? 0 : 1));
}

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool
is_small(const struct q_file_look_load_row *f)
{
    return is(f->kind, "image") && f->bytes <= SMALL_BYTES &&
           f->width <= MEDIA_PREVIEW_SIDE && f->height <= MEDIA_PREVIEW_SIDE;
}

static void
ask(struct ctx *c, struct job *job, const char *const *argv)
{
    struct tool_call *tool = arena_alloc(c->arena, sizeof *tool);

    *tool = (struct tool_call){ .argv = argv,
                                .cpu_s = MEDIA_TOOL_CPU_S,
                                .memory_bytes = MEDIA_TOOL_MEMORY_BYTES,
                                .file_bytes = MEDIA_TOOL_FILE_BYTES };
    job->call =
        (struct job_call){ .tool = tool, .timeout_ms = MEDIA_TOOL_TIMEOUT_MS };
}

/* O giro que a foto pede; 0 em vídeo, que o ffmpeg endireita. */
static int
orientation_of(struct ctx *c, const struct look *l)
{
    struct picture_info info = { .orientation = 1 };

    if (!is(l->file.kind, "image"))
        return 0;
    picture_inspect(store_map(c->arena, l->from.fd), &info);
    return info.orientation > 0 ? info.orientation : 1;
}

/* Quem vê o arquivo fica sabendo do que se soube dele. */
static enum err
retell(struct ctx *c, const struct look *l)
{
    return l->file.has_talk_id ? talk_tell_changed(c, l->file.talk_id)
                               : file_retell(c, l->file.id);
}

static enum err
ask_preview(struct ctx *c, struct job *job, struct look *l)
{
    l->to.fd = store_draft(c->arena, &l->to.path);
    if (l->to.fd < 0)
        return fail(c, ERR_UNAVAILABLE, NULL);
    ask(c, job,
        media_preview_argv(c->arena, l->from.path, l->to.path,
                           orientation_of(c, l)));
    return OK;
}

/* O arquivo está perto: é a vez do ffmpeg, ou do ffprobe. */
static enum err
look(struct ctx *c, struct job *job, struct look *l, enum job_next *next)
{
    *next = JOB_CALL;
    if (l->draws)
        return ask_preview(c, job, l);
    ask(c, job, media_probe_argv(c->arena, l->from.path));
    return OK;
}

static enum err
prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct look *l = arena_alloc(c->arena, sizeof *l);
    bool measured = job_number(job->payload, "measured") != 0, found;
    enum err e;

    *next = JOB_DONE;
    e = q_file_look_load(c,
                         &(struct q_file_look_load_in){
                             .id = job_number(job->payload, "fileId") },
                         &l->file, &found);
    if (e != OK || !found || !media_tool_ready() || is_small(&l->file))
        return e;
    job->state = l;
    l->draws = is(l->file.kind, "image") || measured;
    e = store_bring(c, l->file.key, (size_t)l->file.bytes, &l->from,
                    &job->call);
    if (e == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return OK;
    }
    *next = JOB_CALL;
    return e != OK || l->from.waits ? e : look(c, job, l, next);
}

/* As medidas; num vídeo falta o quadro, na volta seguinte do job. */
static enum err
measured(struct ctx *c, struct job *job, const struct look *l,
         const struct job_reply *reply, enum job_next *next)
{
    struct media_facts facts;
    enum err e;

    media_facts_read(reply->body, &facts);
    e = q_file_measured_queue(c,
                              &(struct q_file_measured_in){
                                  .id = l->file.id,
                                  .width = facts.width,
                                  .has_width = facts.width > 0,
                                  .height = facts.height,
                                  .has_height = facts.height > 0,
                                  .duration_ms = facts.duration_ms,
                                  .has_duration_ms = facts.duration_ms > 0 });
    if (e != OK || !is(l->file.kind, "video") || facts.width == 0)
        return e == OK ? retell(c, l) : e;
    job->new_payload = arena_printf(
        c->arena, "{\"fileId\":%" PRId64 ",\"measured\":1}", l->file.id);
    job->delay_ms = 1;
    *next = JOB_RETRY;
    return OK;
}

static enum err
mark_drawn(struct ctx *c, const struct look *l, int64_t *hit)
{
    return q_file_drawn(c, &(struct q_file_drawn_in){ .id = l->file.id }, hit);
}

/*
 * Na pasta, a linha primeiro: se o arquivo já se foi, não fica miniatura sem
 * dono. Num S3 é o contrário, porque a linha não espera a chamada; a que
 * sobrar sem dono sai com `balcao store sweep`.
 */
static enum err
keep_preview(struct ctx *c, struct job *job, const struct look *l, bool *waits)
{
    int64_t hit = 1;
    enum err e = store_is_far() ? OK : mark_drawn(c, l, &hit);

    if (e != OK || hit == 0)
        return e;
    return store_keep(c, arena_printf(c->arena, "%s.webp", l->file.key), &l->to,
                      &job->call, waits);
}

static enum err
drawn(struct ctx *c, struct job *job, const struct look *l, enum job_next *next)
{
    struct slice data = store_map(c->arena, l->to.fd);
    struct picture_info info;
    bool waits = false;
    enum err e = OK;

    if (picture_inspect(data, &info) && info.kind == PICTURE_WEBP)
        e = keep_preview(c, job, l, &waits);
    if (e == OK && waits)
        *next = JOB_CALL;
    return e == OK && !waits ? retell(c, l) : e;
}

/* O que foi buscado chegou perto, ou a miniatura ao lugar dela; ou não. */
static enum err
carried(struct ctx *c, struct job *job, struct look *l,
        const struct job_reply *reply, enum job_next *next)
{
    enum store_outcome got = store_read_reply(reply);
    bool kept = phase_of(job, l) == KEPT;
    int64_t hit;
    enum err e = OK;

    if (got == STORE_DONE && !kept)
        return look(c, job, l, next);
    if (file_try_later(job, got, next))
        return OK;
    if (got == STORE_DONE)
        e = mark_drawn(c, l, &hit);
    else
        log_warn("arquivo %" PRId64 ": sem miniatura nem medidas", l->file.id);
    return e == OK ? retell(c, l) : e;
}

static enum err
finish(struct ctx *c, struct job *job, const struct job_reply *reply,
       enum job_next *next)
{
    struct look *l = job->state;

    *next = JOB_DONE;
    if (phase_of(job, l) != LOOKED)
        return carried(c, job, l, reply, next);
    if (reply->status == 200)
        return l->draws ? drawn(c, job, l, next)
                        : measured(c, job, l, reply, next);
    log_warn("arquivo %" PRId64 ": sem %s: %s: %.*s", l->file.id,
             l->draws ? "miniatura" : "medidas", reply->error,
             (int)reply->body.len, reply->body.data);
    return l->draws ? retell(c, l) : OK;
}

const struct job_kind media_look_kind = {
    .name = "media.look",
    .concurrency = CONCURRENCY,
    .prepare = prepare,
    .finish = finish,
};
