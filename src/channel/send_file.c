/* send_file.c - POST /{número}/media, do disco desta máquina. */
#include "channel/send_file.h"

#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "channel/json_read.h"
#include "media/kind.h"

#define ANSWER_MAX_BYTES 65536
#define UPLOAD_TIMEOUT_MS 120000

bool
send_file_waits(const struct q_send_load_row *m)
{
    return m->has_file_id && m->media_id == NULL;
}

static void
build_upload(struct ctx *c, const struct q_send_load_row *m,
             const struct channel *ch, struct send_file *f)
{
    struct upload_call *u = arena_alloc(c->arena, sizeof *u);
    struct channel_request request;

    channel_adapter(m->platform)->build_upload(c->arena, ch, &request);
    *u = (struct upload_call){
        .path = f->near.path,
        .mime = media_sent_mime(m->file_mime),
        .name = m->file_name[0] != '\0' ? m->file_name : "arquivo",
        .fields = { "messaging_product", "whatsapp", "type",
                    media_sent_mime(m->file_mime) },
    };
    f->upload = (struct job_call){ .method = "POST",
                                   .url = request.url,
                                   .upload = u,
                                   .timeout_ms = UPLOAD_TIMEOUT_MS,
                                   .max_bytes = ANSWER_MAX_BYTES };
    memcpy(f->upload.headers, request.headers, sizeof f->upload.headers);
}

enum err
send_file_begin(struct ctx *c, struct job *job, const struct q_send_load_row *m,
                const struct channel *ch, struct send_file *f)
{
    const struct channel_adapter *adapter = channel_adapter(m->platform);
    enum err e = ERR_NOT_FOUND;

    *f = (struct send_file){ .why = NULL };
    if (adapter == NULL || adapter->build_upload == NULL)
        f->why = _("este canal não envia arquivos");
    else if (!m->file_ready)
        f->why = _("a gravação ainda não foi preparada; envie de novo");
    else if (m->file_key != NULL)
        e = store_bring(c, m->file_key, (size_t)conf()->media_max_size,
                        &f->near, &job->call);
    if (e == ERR_NOT_FOUND && f->why == NULL)
        f->why = _("o arquivo já não está guardado");
    ctx_clear_error(c);
    if (f->why != NULL || e != OK)
        return f->why != NULL ? OK : fail(c, e, NULL);
    build_upload(c, m, ch, f);
    if (!f->near.waits)
        job->call = f->upload;
    return q_send_upload_begin_queue(
        c, &(struct q_send_upload_begin_in){ .id = m->id });
}

bool
send_file_done(struct ctx *c, const struct q_send_load_row *m,
               const struct job_reply *reply, enum err *e)
{
    struct json_object *o = json_read(c->arena, reply->body);
    const char *id = json_read_text(c->arena, o, "id");

    *e = OK;
    if (reply->status != 200 || id == NULL)
        return false;
    *e = q_send_uploaded_queue(c, &(struct q_send_uploaded_in){
                                      .file_id = m->file_id, .media_id = id });
    return true;
}
