/* template_sync.c - página por página, cada uma gravada assim que chega. */
#include "channel/template_sync.h"

#include <inttypes.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "channel/channel_box.h"
#include "channel/json_read.h"
#include "channel/template.h"
#include "jobs/backoff.h"
#include "jobs/queue.h"
#include "jobs/worker.h"

#define ANSWER_MAX_BYTES (8 << 20)
#define PAGES_MAX 200 /* de 50 em 50; a Meta deixa ter 6000 */
#define TRIES 6
#define NAME_MAX_CHARS 512
#define LANGUAGE_MAX_CHARS 20
#define WORD_MAX_CHARS 40

static const struct backoff wait = { 2000, 600000, 3 };

struct sync {
    int64_t channel_id;
    struct q_template_sync_load_row row;
    struct channel channel;
};

enum err
template_sync_enqueue(struct ctx *c, int64_t channel_id)
{
    return job_enqueue(
        c, &(struct job_new){
               .lane = LANE_REPORT,
               .kind = template_sync_kind.name,
               .unique_key = arena_printf(c->arena, "%" PRId64, channel_id),
               .payload = arena_printf(c->arena, "{\"channelId\":%" PRId64 "}",
                                       channel_id) });
}

/* A conta, se veio; sem nenhuma não há o que ler. */
static enum err
set_account(struct ctx *c, const struct q_channel_row *channel, const char *id)
{
    struct q_template_account_set_row row;

    if (id[strspn(id, "0123456789")] != '\0')
        return fail_field(c, "wabaId", "format", "%s",
                          _("precisa ser só algarismos"));
    if (id[0] == '\0')
        return channel->waba_id[0] != '\0'
                   ? OK
                   : fail_field(c, "wabaId", "required", "%s",
                                _("falta o número da conta do WhatsApp "
                                  "Business"));
    return q_template_account_set(
        c,
        &(struct q_template_account_set_in){ .channel_id = channel->id,
                                             .waba_id = id },
        &row);
}

enum err
template_sync_ask(struct ctx *c, int64_t channel_id, const char *waba_id,
                  struct q_channel_row *out)
{
    const struct q_channel_get_in key = { .id = channel_id };
    enum err e = q_channel_get(c, &key, out);

    if (e == OK && strcmp(out->platform, "whatsapp_cloud") != 0)
        return fail(c, ERR_CONFLICT, "%s", _("este canal não tem modelos"));
    if (e == OK)
        e = set_account(c, out, waba_id != NULL ? waba_id : "");
    if (e == OK)
        e = template_sync_enqueue(c, channel_id);
    return e == OK ? q_channel_get(c, &key, out) : e;
}

enum err
templates_heard(struct ctx *c, const struct channel *ch,
                const struct channel_batch *b)
{
    struct q_template_account_set_row row = { .changed = false };
    enum err e = OK;

    if (b->account_id != NULL && ch->account_id != NULL &&
        ch->account_id[0] == '\0')
        e = q_template_account_set(
            c,
            &(struct q_template_account_set_in){ .channel_id = ch->id,
                                                 .waba_id = b->account_id,
                                                 .only_if_unknown = true },
            &row);
    if (e != OK || (!row.changed && !b->templates_changed))
        return e;
    return template_sync_enqueue(c, ch->id);
}

/* ---- pedir ---- */

static enum err
failed(struct ctx *c, const struct sync *s, const char *why)
{
    log_warn("canal %" PRId64 ": modelos: %s", s->channel_id, why);
    return q_template_sync_failed_queue(
        c, &(struct q_template_sync_failed_in){ .channel_id = s->channel_id,
                                                .problem = why });
}

static void
ask(struct ctx *c, struct job *job, const struct sync *s, const char *after)
{
    struct channel_request request;

    channel_adapter(s->row.platform)
        ->build_templates(c->arena, &s->channel, after, &request);
    job->call = (struct job_call){ .method = request.method,
                                   .url = request.url,
                                   .timeout_ms = conf()->send_timeout_ms,
                                   .max_bytes = ANSWER_MAX_BYTES };
    memcpy(job->call.headers, request.headers, sizeof request.headers);
}

static enum err
prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct sync *s = arena_alloc(c->arena, sizeof *s);
    const struct channel_adapter *adapter;
    bool found;
    enum err e;

    *next = JOB_DONE;
    s->channel_id = job_number(job->payload, "channelId");
    e = q_template_sync_load(
        c, &(struct q_template_sync_load_in){ .channel_id = s->channel_id },
        &s->row, &found);
    if (e != OK || !found)
        return e;
    i18n_set(s->row.locale);
    job->state = s;
    s->channel = (struct channel){ .company_id = job->company_id,
                                   .id = s->channel_id,
                                   .platform = s->row.platform,
                                   .external_id = s->row.external_id,
                                   .account_id = s->row.waba_id };
    adapter = channel_adapter(s->row.platform);
    if (adapter == NULL || adapter->build_templates == NULL)
        return failed(c, s, _("este canal não tem modelos"));
    if (s->row.waba_id[0] == '\0')
        return failed(c, s, _("falta o número da conta do WhatsApp Business"));
    if (!channel_secrets_open(c->arena, job->company_id, s->channel_id,
                              s->row.secrets, &s->channel.secrets))
        return failed(c, s,
                      _("as credenciais do canal não abrem; grave-as de novo"));
    ask(c, job, s, NULL);
    *next = JOB_CALL;
    return OK;
}

/* ---- gravar ---- */

static bool
fits(const char *text, size_t most)
{
    return text != NULL && utf8_length(text) <= most;
}

static void
add_member(struct str *s, const char *name, const char *value)
{
    str_printf(s, ",\"%s\":", name);
    if (value != NULL)
        str_json(s, value);
    else
        str_puts(s, "null");
}

/* Um modelo da lista; o que não tem nome, língua ou estado não serve. */
static void
add_row(struct ctx *c, struct str *rows, struct json_object *o)
{
    const char *name = json_read_text(c->arena, o, "name");
    const char *language = json_read_text(c->arena, o, "language");
    const char *status = json_read_text(c->arena, o, "status");
    const char *category = json_read_text(c->arena, o, "category");
    struct json_object *components = json_read_array(o, "components");
    struct template_form form;

    if (!fits(name, NAME_MAX_CHARS) || !fits(language, LANGUAGE_MAX_CHARS) ||
        !fits(status, WORD_MAX_CHARS) || components == NULL)
        return;
    if (!fits(category, WORD_MAX_CHARS))
        category = "";
    template_read(c->arena, components, category, &form);
    str_puts(rows, rows->len > 1 ? ",{\"name\":" : "{\"name\":");
    str_json(rows, name);
    add_member(rows, "id", json_read_text(c->arena, o, "id"));
    add_member(rows, "language", language);
    add_member(rows, "status", status);
    add_member(rows, "category", category);
    add_member(rows, "body", form.body);
    add_member(rows, "blocked", form.blocked);
    str_printf(rows, ",\"components\":%s,\"variables\":%s}",
               json_read_raw(c->arena, components),
               template_variables(c->arena, &form));
}

static enum err
keep_page(struct ctx *c, const struct sync *s, struct json_object *list)
{
    struct str rows;
    size_t i;

    str_init(&rows, c->arena, 16384);
    str_putc(&rows, '[');
    for (i = 0; i < json_object_array_length(list); i++)
        add_row(c, &rows, json_object_array_get_idx(list, i));
    str_putc(&rows, ']');
    if (rows.len == 2)
        return OK;
    return q_template_page_queue(
        c, &(struct q_template_page_in){ .channel_id = s->channel_id,
                                         .seen_at = s->row.now_at,
                                         .rows = rows.data });
}

/* Só a última página não diz a próxima; os cursores vêm em todas. */
static const char *
next_page(struct ctx *c, struct json_object *body)
{
    struct json_object *paging = json_read_object(body, "paging");

    return json_read_text(c->arena, paging, "next") == NULL
               ? NULL
               : json_read_text(c->arena, json_read_object(paging, "cursors"),
                                "after");
}

static enum err
not_read(struct ctx *c, struct job *job, const struct sync *s,
         const struct job_reply *reply, enum job_next *next)
{
    struct channel_result r = { .outcome = CHANNEL_RETRY, .retry_after_s = -1 };
    enum err e;

    if (reply->status != 200)
        channel_adapter(s->row.platform)
            ->read_response(c->arena,
                            &(struct channel_response){
                                .status = reply->status,
                                .body = reply->body,
                                .retry_after_s = reply->retry_after_s },
                            &r);
    if (r.error == NULL)
        r.error = reply->status == 0
                      ? arena_printf(c->arena, _("não se chegou ao canal: %s"),
                                     reply->error != NULL ? reply->error : "?")
                      : _("o canal respondeu o que não se entende");
    e = failed(c, s, r.error);
    if (e != OK || r.outcome != CHANNEL_RETRY || job->attempts >= TRIES)
        return e;
    job->delay_ms = backoff_ms(&wait, job->attempts);
    if (r.retry_after_s * 1000 > job->delay_ms)
        job->delay_ms = r.retry_after_s * 1000;
    job->error = r.error;
    *next = JOB_RETRY;
    return OK;
}

static enum err
finish(struct ctx *c, struct job *job, const struct job_reply *reply,
       enum job_next *next)
{
    const struct sync *s = job->state;
    struct json_object *body, *list = NULL;
    const char *after;
    enum err e;

    i18n_set(s->row.locale);
    *next = JOB_DONE;
    body = reply->status == 200 ? json_read(c->arena, reply->body) : NULL;
    list = json_read_array(body, "data");
    if (list == NULL)
        return not_read(c, job, s, reply, next);
    e = keep_page(c, s, list);
    after = next_page(c, body);
    if (e != OK)
        return e;
    if (after != NULL && job->calls < PAGES_MAX) {
        ask(c, job, s, after);
        *next = JOB_CALL;
        return OK;
    }
    return q_template_sync_done_queue(
        c, &(struct q_template_sync_done_in){ .channel_id = s->channel_id,
                                              .seen_at = s->row.now_at });
}

const struct job_kind template_sync_kind = {
    .name = "template.sync",
    .concurrency = 2,
    .prepare = prepare,
    .finish = finish,
};
