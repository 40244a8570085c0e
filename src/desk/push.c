/* push.c - inscrever, desligar e mandar. */
#include "desk/push.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <openssl/sha.h>
#include <string.h>

#include "auth/secret_box.h"
#include "auth/user_agent.h"
#include "auth/vapid.h"
#include "auth/web_push.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "desk/notice.h"
#include "jobs/backoff.h"
#include "jobs/queue.h"

#define D struct q_push_device
const struct field push_device_out[] = {
    INT(D, id, .doc = "Inscrição"),
    TEXT(D, device, .doc = "Navegador e sistema, em palavras"),
    TEXT(D, digest,
         .doc = "SHA-256 do endereço da inscrição, em hexadecimal: por ele o "
                "navegador sabe se é a sua"),
    BOOL(D, current, .doc = "Foi feita neste login"),
    TIME(D, created_at, .doc = "Quando se inscreveu"),
    TIME(D, used_at, .nullable = true, .doc = "Última entrega aceita"),
    FIELDS_END
};

/* ---- os aparelhos ---- */

static const char *
login_of(const struct ctx *c)
{
    return c->family[0] != '\0' ? c->family : NULL;
}

static const char *
box_place(struct ctx *c, int64_t person)
{
    return arena_printf(c->arena, "push:%" PRId64 ":%" PRId64, c->company_id,
                        person);
}

static enum err
check(struct ctx *c, const struct push_new *device)
{
    struct push_keys keys;

    if (!push_endpoint_allowed(device->endpoint))
        return fail_field(c, "endpoint", "format", "%s",
                          _("deve ser https, num serviço de push de fora"));
    if (!push_keys_read(device->p256dh, device->auth, &keys))
        return fail_field(c, "p256dh", "format", "%s",
                          _("as chaves não são as de uma inscrição"));
    return OK;
}

static bool
seal(struct ctx *c, const struct push_new *device, struct slice *out)
{
    struct str s;

    str_init(&s, c->arena, 400);
    str_puts(&s, "{\"endpoint\":");
    str_json(&s, device->endpoint);
    str_puts(&s, ",\"p256dh\":");
    str_json(&s, device->p256dh);
    str_puts(&s, ",\"auth\":");
    str_json(&s, device->auth);
    str_putc(&s, '}');
    return secret_box_seal(c->arena, box_place(c, c->user_id),
                           (struct slice){ s.data, s.len }, out);
}

enum err
push_devices(struct ctx *c, struct q_push_device **rows, int *count)
{
    enum err e = q_push_devices(
        c, &(struct q_push_devices_in){ .login = login_of(c) }, rows, count);
    int i;

    for (i = 0; e == OK && i < *count; i++)
        (*rows)[i].device = user_agent_text(c->arena, (*rows)[i].device);
    return e;
}

enum err
push_subscribe(struct ctx *c, const struct push_new *device,
               struct q_push_device *out)
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    struct q_push_subscribe_row row;
    struct q_push_device *mine;
    struct slice box;
    int count;
    /* quem pede se confere na primeira consulta: antes de lhe recusar algo */
    enum err e = push_devices(c, &mine, &count);

    if (e != OK)
        return e;
    /* um programa não tem navegador, e a inscrição acaba com o login */
    if (c->api_token_id != 0)
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("entre com a sua conta para inscrever um aparelho"));
    if (!vapid_is_on())
        return fail(c, ERR_CONFLICT, "%s",
                    _("esta instalação não tem notificações por push"));
    e = check(c, device);
    if (e != OK)
        return e;
    if (!seal(c, device, &box))
        return fail(c, ERR_INTERNAL, NULL);
    SHA256((const unsigned char *)device->endpoint, strlen(device->endpoint),
           hash);
    e = q_push_subscribe(
        c,
        &(struct q_push_subscribe_in){
            .hash = { (const char *)hash, sizeof hash },
            .box = box,
            .device = c->user_agent != NULL ? c->user_agent : "",
            .login = login_of(c) },
        &row);
    if (e == OK)
        e = q_push_device_get(c,
                              &(struct q_push_device_get_in){
                                  .id = row.id, .login = login_of(c) },
                              out);
    if (e == OK)
        out->device = user_agent_text(c->arena, out->device);
    return e;
}

enum err
push_unsubscribe(struct ctx *c, int64_t id)
{
    int64_t changed = 0;
    enum err e = q_push_unsubscribe(
        c, &(struct q_push_unsubscribe_in){ .id = id }, &changed);

    return e == OK && changed == 0 ? fail(c, ERR_NOT_FOUND, NULL) : e;
}

/* ---- mandar ---- */

#define CONCURRENCY 8
#define TRIES 8
#define ANSWER_MAX_BYTES 4096

/* 5, 15, 45 s … até uma hora. */
static const struct backoff waits = { 5000, 3600000, 3 };

static void
drop_json(void *object)
{
    json_object_put(object);
}

static const char *
text_of(struct json_object *o, const char *key)
{
    struct json_object *value = NULL;

    return json_object_object_get_ex(o, key, &value)
               ? json_object_get_string(value)
               : "";
}

/* Falso: o lacre não abre, ou o que há dentro já não se aceita. */
static bool
open_device(struct ctx *c, const struct q_push_look_row *row,
            struct push_new *out)
{
    struct json_object *o;
    struct slice plain;

    if (!secret_box_open(c->arena, box_place(c, row->user_id), row->secrets,
                         &plain))
        return false;
    o = json_tokener_parse(plain.data);
    if (o == NULL)
        return false;
    arena_defer(c->arena, drop_json, o);
    *out = (struct push_new){ text_of(o, "endpoint"), text_of(o, "p256dh"),
                              text_of(o, "auth") };
    return push_endpoint_allowed(out->endpoint);
}

/* O que o service worker mostra, na língua da pessoa. */
static struct slice
message(struct ctx *c, const struct q_push_look_row *row, int64_t notice_id)
{
    struct q_notice_row n = { .kind = row->kind,
                              .ticket_id = row->ticket_id,
                              .has_ticket_id = row->has_ticket_id,
                              .protocol = row->protocol,
                              .contact = row->contact,
                              .conversation = row->conversation,
                              .by_name = row->by_name,
                              .amount = row->amount };
    const char *mine = i18n_lang(), *where = notice_where(c->arena, &n);
    struct str s;

    i18n_set(row->locale);
    str_init(&s, c->arena, 300);
    str_puts(&s, "{\"title\":");
    str_json(&s, notice_text(c->arena, &n));
    str_puts(&s, ",\"body\":");
    str_json(&s, where != NULL ? where : "");
    str_printf(&s,
               ",\"tag\":\"%s%" PRId64 "\",\"url\":\"/notifications/%" PRId64
               "/open\"}",
               row->has_conversation_id ? "c" : "t",
               row->has_conversation_id ? row->conversation_id : row->ticket_id,
               notice_id);
    i18n_set(mine);
    return (struct slice){ s.data, s.len };
}

static enum err
bury(struct job *job, const char *why, enum job_next *next)
{
    log_error("push %" PRId64 ": desistiu: %s", job->id, why);
    job->error = why;
    *next = JOB_DEAD;
    return OK;
}

static void
ask_delivery(struct ctx *c, struct job *job, const struct push_new *device,
             struct slice body, const char *topic)
{
    const char **h = job->call.headers;
    int64_t seconds = conf()->push_ttl_s;

    job->call = (struct job_call){ .method = "POST",
                                   .url = device->endpoint,
                                   .body = body,
                                   .timeout_ms = conf()->send_timeout_ms,
                                   .max_bytes = ANSWER_MAX_BYTES,
                                   .public_only = !push_endpoint_is_local(
                                       device->endpoint) };
    *h++ =
        arena_printf(c->arena, "Authorization: %s",
                     vapid_header(c->arena, device->endpoint, clock_now_s()));
    *h++ = "Content-Type: application/octet-stream";
    *h++ = "Content-Encoding: aes128gcm";
    *h++ = arena_printf(c->arena, "TTL: %" PRId64, seconds);
    *h++ = "Urgency: high";
    *h++ = arena_printf(c->arena, "Topic: %s", topic);
}

static enum err
prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct q_push_look_in in = {
        .notification_id = job_number(job->payload, "notificationId"),
        .subscription_id = job_number(job->payload, "subscriptionId")
    };
    struct q_push_look_row row;
    struct push_keys keys;
    struct push_new device;
    struct slice body;
    enum err e;

    *next = JOB_DONE;
    if (!vapid_is_on())
        return OK;
    e = q_push_look(c, &in, &row);
    if (e != OK || strcmp(row.outcome, "none") == 0)
        return e;
    if (strcmp(row.outcome, "wait") == 0) {
        job->delay_ms = row.wait_ms > 0 ? row.wait_ms : 1;
        *next = JOB_RETRY;
        return OK;
    }
    if (!open_device(c, &row, &device) ||
        !push_keys_read(device.p256dh, device.auth, &keys))
        return bury(job, "o lacre da inscrição não abre", next);
    if (!push_seal(c->arena, &keys, message(c, &row, in.notification_id),
                   &body))
        return bury(job, "não se cifrou", next);
    ask_delivery(c, job, &device, body,
                 arena_printf(c->arena, "%s%" PRId64,
                              row.has_conversation_id ? "c" : "t",
                              row.has_conversation_id ? row.conversation_id
                                                      : row.ticket_id));
    *next = JOB_CALL;
    return OK;
}

static enum err
try_later(struct job *job, const struct job_reply *reply, enum job_next *next)
{
    job->error = reply->error != NULL ? reply->error : "o serviço está ocupado";
    if (job->attempts >= TRIES)
        return bury(job, job->error, next);
    job->delay_ms = backoff_ms(&waits, job->attempts);
    if (reply->retry_after_s * 1000 > job->delay_ms)
        job->delay_ms = reply->retry_after_s < 3600
                            ? reply->retry_after_s * 1000
                            : waits.most_ms;
    *next = JOB_RETRY;
    return OK;
}

/*
 * Fonte:  RFC 8030 seções 5 e 7.3: 404 e 410, a inscrição acabou; 429 e 5xx
 *         passam. O resto é defeito do pedido, e não melhora repetindo.
 */
static enum err
finish(struct ctx *c, struct job *job, const struct job_reply *reply,
       enum job_next *next)
{
    int64_t id = job_number(job->payload, "subscriptionId"), changed;

    *next = JOB_DONE;
    if (reply->status >= 200 && reply->status < 300)
        return q_push_sent(c, &(struct q_push_sent_in){ .id = id }, &changed);
    if (reply->status == 404 || reply->status == 410)
        return q_push_gone(c, &(struct q_push_gone_in){ .id = id }, &changed);
    if (reply->status == 0 || reply->status == 429 || reply->status >= 500)
        return try_later(job, reply, next);
    return bury(job,
                arena_printf(c->arena, "o serviço respondeu %d", reply->status),
                next);
}

const struct job_kind push_kind = {
    .name = "push.send",
    .concurrency = CONCURRENCY,
    .prepare = prepare,
    .finish = finish,
};
