/* send_file.c - POST /{número}/media, direto do disco. */
#include "channel/send_file.h"

#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "channel/json_read.h"
#include "media/kind.h"
#include "media/store.h"

#define ANSWER_MAX_BYTES 65536
#define UPLOAD_TIMEOUT_MS 120000

bool
send_file_waits(const struct q_send_load_row *m)
{
    return m->has_file_id && m->media_id == NULL;
}

enum err
send_file_begin(struct ctx *c, struct job *job, const struct q_send_load_row *m,
                const struct channel *ch, const char **why)
{
    const struct channel_adapter *adapter = channel_adapter(m->platform);
    struct upload_call *u = arena_alloc(c->arena, sizeof *u);
    struct channel_request request;
    int64_t bytes;

    *why = NULL;
    if (adapter == NULL || adapter->build_upload == NULL)
        *why = _("este canal não envia arquivos");
    else if (!m->file_ready)
        *why = _("a gravação ainda não foi preparada; envie de novo");
    else if (m->file_key == NULL || store_open(c, m->file_key, &bytes) < 0)
        *why = _("o arquivo já não está guardado");
    if (*why != NULL)
        return OK;
    adapter->build_upload(c->arena, ch, &request);
    *u = (struct upload_call){
        .path = store_path(c->arena, m->file_key),
        .mime = media_sent_mime(m->file_mime),
        .name = m->file_name[0] != '\0' ? m->file_name : "arquivo",
        .fields = { "messaging_product", "whatsapp", "type",
                    media_sent_mime(m->file_mime) },
    };
    job->call = (struct job_call){ .method = "POST",
                                   .url = request.url,
                                   .upload = u,
                                   .timeout_ms = UPLOAD_TIMEOUT_MS,
                                   .max_bytes = ANSWER_MAX_BYTES };
    memcpy(job->call.headers, request.headers, sizeof job->call.headers);
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
