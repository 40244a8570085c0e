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
    bool draws; /* a miniatura; se não, as medidas */
    int fd;     /* onde o ffmpeg escreve, por path */
    const char *path;
};

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
    int64_t bytes;
    int fd;

    if (!is(l->file.kind, "image"))
        return 0;
    fd = store_open(c, l->file.key, &bytes);
    if (fd >= 0)
        picture_inspect(store_map(c->arena, fd), &info);
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
ask_preview(struct ctx *c, struct job *job, struct look *l, const char *from)
{
    l->draws = true;
    l->fd = store_draft(c->arena, &l->path);
    if (l->fd < 0)
        return fail(c, ERR_UNAVAILABLE, NULL);
    ask(c, job,
        media_preview_argv(c->arena, from, l->path, orientation_of(c, l)));
    return OK;
}

static enum err
prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct look *l = arena_alloc(c->arena, sizeof *l);
    bool measured = job_number(job->payload, "measured") != 0, found;
    const char *from;
    enum err e;

    *next = JOB_DONE;
    e = q_file_look_load(c,
                         &(struct q_file_look_load_in){
                             .id = job_number(job->payload, "fileId") },
                         &l->file, &found);
    if (e != OK || !found || !media_tool_ready() || is_small(&l->file))
        return e;
    job->state = l;
    from = store_path(c->arena, l->file.key);
    *next = JOB_CALL;
    if (is(l->file.kind, "image") || measured)
        return ask_preview(c, job, l, from);
    ask(c, job, media_probe_argv(c->arena, from));
    return OK;
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

/* A linha primeiro: se o arquivo já se foi, não fica miniatura sem dono. */
static enum err
keep_preview(struct ctx *c, const struct look *l)
{
    int64_t hit = 0;
    enum err e =
        q_file_drawn(c, &(struct q_file_drawn_in){ .id = l->file.id }, &hit);

    if (e != OK || hit == 0)
        return e;
    return store_adopt(c, arena_printf(c->arena, "%s.webp", l->file.key),
                       l->path);
}

static enum err
drawn(struct ctx *c, const struct look *l)
{
    struct slice data = store_map(c->arena, l->fd);
    struct picture_info info;
    enum err e = OK;

    if (picture_inspect(data, &info) && info.kind == PICTURE_WEBP)
        e = keep_preview(c, l);
    return e == OK ? retell(c, l) : e;
}

static enum err
finish(struct ctx *c, struct job *job, const struct job_reply *reply,
       enum job_next *next)
{
    const struct look *l = job->state;

    *next = JOB_DONE;
    if (reply->status == 200)
        return l->draws ? drawn(c, l) : measured(c, job, l, reply, next);
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
