/* link_preview.c - o job que lê a página e guarda o que ela diz de si. */
#include "desk/link_preview.h"

#include <json-c/json.h>
#include <string.h>

#include "base/conf.h"
#include "desk/message.h"
#include "gen/q_link.h"
#include "jobs/queue.h"
#include "media/link_page.h"

#define CONCURRENCY 2
#define TRIES 3
#define TOLD \
    20 /* mensagens que se redesenham; as mais velhas, ao recarregar \
        */
#define FILE_BYTES (1 << 20)
#define SITE_CHARS 253

/* O ASan reserva mais endereços do que qualquer teto. */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_BYTES INT64_C(-1)
#else
#define MEMORY_BYTES (INT64_C(512) << 20)
#endif

static enum err
prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct tool_call *tool = arena_alloc(c->arena, sizeof *tool);
    const char **argv = arena_alloc(c->arena, 6 * sizeof *argv);
    struct q_link_load_row link;
    bool found;
    int n = 0;
    enum err e = q_link_load(
        c, &(struct q_link_load_in){ .id = job_number(job->payload, "linkId") },
        &link, &found);

    *next = JOB_DONE;
    if (e != OK || !found)
        return e;
    argv[n++] = "/proc/self/exe"; /* o próprio balcao */
    argv[n++] = "link-read";
    if (conf()->link_allow[0] != '\0') {
        argv[n++] = "--allow";
        argv[n++] = conf()->link_allow;
    }
    argv[n++] = link.url;
    *tool = (struct tool_call){ .argv = argv,
                                .cpu_s = LINK_CPU_S,
                                .memory_bytes = MEMORY_BYTES,
                                .file_bytes = FILE_BYTES };
    job->call =
        (struct job_call){ .tool = tool, .timeout_ms = LINK_TIMEOUT_MS };
    *next = JOB_CALL;
    return OK;
}

static const char *
text_of(struct ctx *c, struct json_object *o, const char *key, size_t most)
{
    struct json_object *v = NULL;
    const char *text;

    json_object_object_get_ex(o, key, &v);
    text = json_object_is_type(v, json_type_string) ? json_object_get_string(v)
                                                    : "";
    if (!utf8_valid(text, strlen(text)))
        return "";
    return arena_memdup(c->arena, text, utf8_prefix(text, most));
}

/* Sem título não há o que mostrar. */
static void
read_answer(struct ctx *c, const struct job_reply *reply,
            struct q_link_store_in *in)
{
    struct json_object *o;

    in->state = "none";
    in->title = in->description = in->site = "";
    if (reply->status != 200)
        return;
    o = json_tokener_parse(
        arena_memdup(c->arena, reply->body.data, reply->body.len));
    in->title = text_of(c, o, "title", LINK_TITLE_CHARS);
    in->description = text_of(c, o, "description", LINK_TEXT_CHARS);
    in->site = text_of(c, o, "site", SITE_CHARS);
    if (in->title[0] != '\0')
        in->state = "ready";
    json_object_put(o);
}

/* Quem tem a conversa aberta vê o cartão aparecer. */
static enum err
tell(struct ctx *c, int64_t id)
{
    struct q_link_messages_row *rows;
    int count, i;
    enum err e = q_link_messages(
        c, &(struct q_link_messages_in){ .id = id, .max = TOLD }, &rows,
        &count);

    for (i = 0; e == OK && i < count; i++) {
        struct q_message_row m;

        e = q_message_get(c, &(struct q_message_get_in){ .id = rows[i].id },
                          &m);
        if (e == OK)
            e = message_emit(c, "message:updated", &m);
    }
    return e;
}

static enum err
store(struct ctx *c, int64_t id, const struct job_reply *reply)
{
    struct q_link_store_in in = { .id = id };
    int64_t changed = 0;
    enum err e;

    read_answer(c, reply, &in);
    e = q_link_store(c, &in, &changed);
    return e == OK && changed > 0 && strcmp(in.state, "ready") == 0
               ? tell(c, id)
               : e;
}

static enum err
finish(struct ctx *c, struct job *job, const struct job_reply *reply,
       enum job_next *next)
{
    *next = JOB_DONE;
    /* nem nasceu: a máquina está cheia */
    if (reply->status == 0 && job->attempts < TRIES) {
        job->error = reply->error;
        *next = JOB_RETRY;
        return OK;
    }
    return store(c, job_number(job->payload, "linkId"), reply);
}

static enum err
give_up(struct ctx *c, struct job *job)
{
    return store(c, job_number(job->payload, "linkId"),
                 &(struct job_reply){ .status = 0 });
}

const struct job_kind link_read_kind = {
    .name = "link.read",
    .concurrency = CONCURRENCY,
    .prepare = prepare,
    .finish = finish,
    .give_up = give_up,
};
