/* whatsapp_cloud_send.c - o pedido que a Meta espera e a resposta que dá. */
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "channel/json_read.h"
#include "channel/meta_codes.h"
#include "channel/whatsapp_cloud.h"

static void
wipe(void *text)
{
    explicit_bzero(text, strlen(text));
}

static const char *
graph_url(struct arena *a, const char *node, const char *leaf)
{
    const char *base = conf()->graph_base_url;
    size_t n = strlen(base);
    struct str s;

    while (n > 0 && base[n - 1] == '/')
        n--;
    str_init(&s, a, 200);
    str_add(&s, base, n);
    str_printf(&s, "/%s/", conf()->graph_version);
    str_url(&s, node, strlen(node));
    str_printf(&s, "/%s", leaf);
    return s.data;
}

static const char *
node_url(struct arena *a, const struct channel *ch, const char *leaf)
{
    return graph_url(a, ch->external_id, leaf);
}

static bool
has_link(const char *text)
{
    return strstr(text, "https://") != NULL || strstr(text, "http://") != NULL;
}

static void
add_member(struct str *s, const char *name, const char *value)
{
    str_printf(s, ",\"%s\":", name);
    str_json(s, value);
}

static void
media_part(struct str *s, const struct channel_outgoing *m)
{
    str_printf(s, ",\"type\":\"%s\",\"%s\":{\"id\":", m->kind, m->kind);
    str_json(s, m->media_id);
    if (m->body[0] != '\0' && strcmp(m->kind, "audio") != 0)
        add_member(s, "caption", m->body);
    if (strcmp(m->kind, "document") == 0 && m->filename[0] != '\0')
        add_member(s, "filename", m->filename);
    if (m->voice && strcmp(m->kind, "audio") == 0)
        str_puts(s, ",\"voice\":true");
    str_puts(s, "}}");
}

static struct slice
message_body(struct arena *a, const struct channel_outgoing *m)
{
    struct str s;

    str_init(&s, a, 512);
    str_puts(&s, "{\"messaging_product\":\"whatsapp\","
                 "\"recipient_type\":\"individual\"");
    add_member(&s, strcmp(m->to_kind, "bsuid") == 0 ? "recipient" : "to",
               m->to);
    if (m->reply_to != NULL) {
        str_puts(&s, ",\"context\":{\"message_id\":");
        str_json(&s, m->reply_to);
        str_putc(&s, '}');
    }
    if (m->opaque != NULL)
        add_member(&s, "biz_opaque_callback_data", m->opaque);
    if (m->media_id != NULL) {
        media_part(&s, m);
    } else if (m->template != NULL) {
        str_printf(&s, ",\"type\":\"template\",\"template\":%s}", m->template);
    } else if (m->interactive != NULL) {
        str_printf(&s, ",\"type\":\"interactive\",\"interactive\":%s}",
                   m->interactive);
    } else {
        str_puts(&s, ",\"type\":\"text\",\"text\":{\"body\":");
        str_json(&s, m->body);
        str_printf(&s, ",\"preview_url\":%s}}",
                   has_link(m->body) ? "true" : "false");
    }
    return (struct slice){ s.data, s.len };
}

void
whatsapp_cloud_post(struct arena *a, const struct channel *ch,
                    struct slice body, struct channel_request *out)
{
    char *token =
        arena_printf(a, "Authorization: Bearer %s", ch->secrets.access_token);

    arena_defer(a, wipe, token);
    *out = (struct channel_request){
        .method = "POST",
        .url = node_url(a, ch, "messages"),
        .headers = { token, "Content-Type: application/json",
                     "Accept: application/json" },
        .body = body,
    };
}

void
whatsapp_cloud_build_templates(struct arena *a, const struct channel *ch,
                               const char *after, struct channel_request *out)
{
    struct str s;

    whatsapp_cloud_post(a, ch, (struct slice){ NULL, 0 }, out);
    str_init(&s, a, 240);
    str_puts(&s, graph_url(a, ch->account_id, "message_templates"));
    str_puts(&s,
             "?fields=id,name,status,category,language,components&limit=50");
    if (after != NULL) {
        str_puts(&s, "&after=");
        str_url(&s, after, strlen(after));
    }
    out->method = "GET";
    out->url = s.data;
    out->headers[1] = "Accept: application/json";
    out->headers[2] = NULL;
}

static bool
has_form(const struct channel_outgoing *m)
{
    if (m->media_id == NULL)
        return strcmp(m->kind, "text") == 0 ||
               (strcmp(m->kind, "interactive") == 0 &&
                m->interactive != NULL) ||
               (strcmp(m->kind, "template") == 0 && m->template != NULL);
    return strcmp(m->kind, "image") == 0 || strcmp(m->kind, "video") == 0 ||
           strcmp(m->kind, "audio") == 0 || strcmp(m->kind, "document") == 0;
}

void
whatsapp_cloud_build_upload(struct arena *a, const struct channel *ch,
                            struct channel_request *out)
{
    whatsapp_cloud_post(a, ch, (struct slice){ NULL, 0 }, out);
    out->url = node_url(a, ch, "media");
    out->headers[1] = "Accept: application/json";
    out->headers[2] = NULL;
}

enum err
whatsapp_cloud_build_send(struct arena *a, const struct channel *ch,
                          const struct channel_outgoing *m,
                          struct channel_request *out)
{
    if (!has_form(m) || m->to[0] == '\0' ||
        (strcmp(m->to_kind, "phone") != 0 && strcmp(m->to_kind, "bsuid") != 0))
        return ERR_INVALID;
    whatsapp_cloud_post(a, ch, message_body(a, m), out);
    return OK;
}

/* As palavras da Meta, com o código e o que a pessoa pode fazer. */
static const char *
error_words(struct arena *a, struct json_object *error, int64_t code,
            const char *hint)
{
    struct json_object *data = json_read_object(error, "error_data");
    const char *message = json_read_text(a, error, "message");
    const char *details = json_read_text(a, data, "details");
    char number[32];
    struct str s;

    if (details == NULL)
        details = json_read_text(a, error, "error_data");
    if (message == NULL)
        message = json_read_text(a, error, "title");
    str_init(&s, a, 300);
    str_puts(&s, message != NULL ? message : "");
    if (details != NULL &&
        (message == NULL || strstr(message, details) == NULL))
        str_printf(&s, "%s%s", message != NULL ? ": " : "", details);
    snprintf(number, sizeof number, "%lld", (long long)code);
    if (code >= 0 && strstr(s.data, number) == NULL)
        str_printf(&s, " (%s)", number);
    if (hint != NULL)
        str_printf(&s, " — %s", _(hint));
    return s.data;
}

static struct json_object *
member(struct json_object *o, const char *key)
{
    struct json_object *value = NULL;

    if (json_object_is_type(o, json_type_object))
        json_object_object_get_ex(o, key, &value);
    return value;
}

static void
read_error(struct arena *a, const struct channel_response *r,
           struct json_object *body, struct channel_result *out)
{
    struct json_object *error = json_read_object(body, "error");
    struct json_object *code = member(error, "code");
    struct meta_error e = { .status = r->status, .code = -1 };
    const char *trace = json_read_text(a, error, "fbtrace_id");
    struct meta_action action;

    if (code != NULL)
        e.code = json_read_int(error, "code");
    e.is_transient = json_object_get_boolean(member(error, "is_transient"));
    action = meta_classify(&e);
    out->outcome = action.outcome;
    out->retry_after_s =
        r->retry_after_s > action.wait_s ? r->retry_after_s : action.wait_s;
    if (error != NULL)
        out->error = error_words(a, error, e.code, action.hint);
    else
        out->error = arena_printf(a, _("o canal respondeu HTTP %d"), r->status);
    log_warn("graph: HTTP %d, código %lld, fbtrace_id %s", r->status,
             (long long)e.code, trace != NULL ? trace : "-");
}

void
whatsapp_cloud_read_response(struct arena *a, const struct channel_response *r,
                             struct channel_result *out)
{
    struct json_object *body, *list;

    *out = (struct channel_result){ .retry_after_s = -1 };
    if (r->status == 0) {
        out->outcome = r->was_sent ? CHANNEL_UNKNOWN : CHANNEL_RETRY;
        return;
    }
    body = json_read(a, r->body);
    if (r->status != 200 && r->status != 201) {
        read_error(a, r, body, out);
        return;
    }
    list = json_read_array(body, "messages");
    if (list != NULL && json_object_array_length(list) > 0)
        out->provider_id =
            json_read_text(a, json_object_array_get_idx(list, 0), "id");
    /* disse sim mas não disse o id: só um estado pode trazê-lo */
    out->outcome = out->provider_id != NULL ? CHANNEL_SENT : CHANNEL_UNKNOWN;
}
