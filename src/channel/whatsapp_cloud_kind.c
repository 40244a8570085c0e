/*
 * whatsapp_cloud_kind.c - texto, mídia, local, botões… de uma mensagem.
 * Fonte: WhatsApp Cloud API, webhooks, objeto messages.
 */
#include "channel/whatsapp_cloud_kind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void
read_text(struct arena *a, struct json_object *o, struct inbound *out)
{
    out->body = or_empty(json_read_text(a, o, "body"));
}

static void
add_member(struct str *s, const char *key, const char *value)
{
    str_printf(s, "%s\"%s\":", s->len > 1 ? "," : "", key);
    if (value != NULL)
        str_json(s, value);
    else
        str_puts(s, "null");
}

static void
add_flag(struct str *s, struct json_object *o, const char *key)
{
    struct json_object *value;

    if (json_object_object_get_ex(o, key, &value))
        str_printf(s, ",\"%s\":%s", key,
                   json_object_get_boolean(value) ? "true" : "false");
}

static bool
has_true(struct json_object *o, const char *key)
{
    struct json_object *value;

    return json_object_object_get_ex(o, key, &value) &&
           json_object_get_boolean(value);
}

static void
read_media(struct arena *a, struct json_object *o, struct inbound *out)
{
    static const char *const names[][2] = {
        { "id", "id" },           { "mime", "mime_type" },
        { "caption", "caption" }, { "filename", "filename" },
        { "sha256", "sha256" },
    };
    struct str s;
    size_t i;

    out->body = or_empty(json_read_text(a, o, "caption"));
    str_init(&s, a, 200);
    str_putc(&s, '{');
    for (i = 0; i < sizeof names / sizeof *names; i++)
        add_member(&s, names[i][0], json_read_text(a, o, names[i][1]));
    add_flag(&s, o, "voice");
    add_flag(&s, o, "animated");
    str_putc(&s, '}');
    out->media = s.data;
    out->file.remote_id = json_read_text(a, o, "id");
    out->file.name = or_empty(json_read_text(a, o, "filename"));
    out->file.mime = or_empty(json_read_text(a, o, "mime_type"));
    out->file.voice = has_true(o, "voice");
}

/* Coordenada em número ou texto; NAN se não for nem um nem outro. */
static double
coordinate(struct json_object *o, const char *key, double limit)
{
    struct json_object *value = NULL;
    double d;

    if (!json_object_object_get_ex(o, key, &value) ||
        !(json_object_is_type(value, json_type_double) ||
          json_object_is_type(value, json_type_int) ||
          json_object_is_type(value, json_type_string)))
        return NAN;
    d = json_object_is_type(value, json_type_string)
            ? strtod(json_object_get_string(value), NULL)
            : json_object_get_double(value);
    return isfinite(d) && fabs(d) <= limit ? d : NAN;
}

static void
read_location(struct arena *a, struct json_object *o, struct inbound *out)
{
    double latitude = coordinate(o, "latitude", 90);
    double longitude = coordinate(o, "longitude", 180);
    const char *name = json_read_text(a, o, "name");
    const char *address = json_read_text(a, o, "address");
    struct str s;

    out->body = name != NULL ? name : or_empty(address);
    str_init(&s, a, 160);
    str_putc(&s, '{');
    if (!isnan(latitude) && !isnan(longitude))
        str_printf(&s, "\"latitude\":%.15g,\"longitude\":%.15g", latitude,
                   longitude);
    add_member(&s, "name", name);
    add_member(&s, "address", address);
    add_member(&s, "url", json_read_text(a, o, "url"));
    str_putc(&s, '}');
    out->location = s.data;
}

/* Os nomes dos cartões, que é o que a lista mostra. */
static void
read_contacts(struct arena *a, struct json_object *list, struct inbound *out)
{
    struct str s;
    size_t i;

    str_init(&s, a, 80);
    str_puts(&s, "");
    for (i = 0; i < json_object_array_length(list); i++) {
        struct json_object *name =
            json_read_object(json_object_array_get_idx(list, i), "name");
        const char *text = json_read_text(a, name, "formatted_name");

        if (text != NULL)
            str_printf(&s, "%s%s", s.len > 0 ? ", " : "", text);
    }
    out->body = s.data;
    out->contacts = json_read_raw(a, list);
}

static void
read_interactive(struct arena *a, struct json_object *o, struct inbound *out)
{
    struct json_object *flow = json_read_object(o, "nfm_reply");
    struct json_object *reply = json_read_object(o, "button_reply");

    if (reply == NULL)
        reply = json_read_object(o, "list_reply");
    out->choice = reply != NULL ? json_read_text(a, reply, "id") : NULL;
    out->body = or_empty(reply != NULL ? json_read_text(a, reply, "title")
                                       : json_read_text(a, flow, "body"));
}

static void
read_button(struct arena *a, struct json_object *o, struct inbound *out)
{
    out->body = or_empty(json_read_text(a, o, "text"));
}

static void
read_order(struct arena *a, struct json_object *o, struct inbound *out)
{
    out->body = or_empty(json_read_text(a, o, "text"));
}

static void
read_reaction(struct arena *a, struct json_object *o, struct inbound *out)
{
    out->action = INBOUND_REACTION;
    out->target = json_read_text(a, o, "message_id");
    out->emoji = or_empty(json_read_text(a, o, "emoji"));
}

/* O texto novo está onde estaria se a mensagem fosse nova. */
static void
read_edit(struct arena *a, struct json_object *o, struct inbound *out)
{
    struct json_object *message = json_read_object(o, "message");
    const char *type = json_read_text(a, message, "type");
    struct json_object *inner =
        type == NULL ? NULL : json_read_object(message, type);
    const char *text = json_read_text(a, inner, "body");

    out->action = INBOUND_EDIT;
    out->target = json_read_text(a, o, "original_message_id");
    out->body =
        or_empty(text != NULL ? text : json_read_text(a, inner, "caption"));
}

static void
read_revoke(struct arena *a, struct json_object *o, struct inbound *out)
{
    out->action = INBOUND_REVOKE;
    out->target = json_read_text(a, o, "original_message_id");
}

enum keep { KEEP_EXTRA, KEEP_WHOLE };

static const struct kind {
    const char *type, *kind;
    enum keep keep;
    bool opens_window;
    void (*read)(struct arena *a, struct json_object *o, struct inbound *out);
} kinds[] = {
    { "text", "text", KEEP_EXTRA, true, read_text },
    { "image", "image", KEEP_EXTRA, true, read_media },
    { "video", "video", KEEP_EXTRA, true, read_media },
    { "audio", "audio", KEEP_EXTRA, true, read_media },
    { "document", "document", KEEP_EXTRA, true, read_media },
    { "sticker", "sticker", KEEP_EXTRA, true, read_media },
    { "location", "location", KEEP_EXTRA, true, read_location },
    { "contacts", "contacts", KEEP_EXTRA, true, read_contacts },
    { "interactive", "interactive", KEEP_WHOLE, true, read_interactive },
    { "button", "button", KEEP_WHOLE, true, read_button },
    { "order", "order", KEEP_WHOLE, true, read_order },
    { "reaction", "reaction", KEEP_EXTRA, true, read_reaction },
    { "edit", "text", KEEP_EXTRA, false, read_edit },
    { "revoke", "text", KEEP_EXTRA, false, read_revoke },
    { "system", "system", KEEP_WHOLE, false, read_text },
    { "request_welcome", "system", KEEP_WHOLE, true, NULL },
};

static const struct kind unsupported = { NULL, "unsupported", KEEP_WHOLE, true,
                                         NULL };

static const struct kind *
find_kind(const char *type)
{
    size_t i;

    for (i = 0; type != NULL && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].type, type) == 0)
            return &kinds[i];
    return &unsupported;
}

/* Diz se o objeto tem membro fora da lista " a b c " e diferente de own. */
static bool
has_other(struct json_object *o, const char *known, const char *own)
{
    if (!json_object_is_type(o, json_type_object))
        return false;
    json_object_object_foreach (o, key, value) {
        char word[64];

        (void)value;
        snprintf(word, sizeof word, " %.60s ", key);
        if (strcmp(key, own) != 0 && strstr(known, word) == NULL)
            return true;
    }
    return false;
}

/* Algo além do que as colunas guardam: anúncio, encaminhada, catálogo… */
static bool
has_extra(struct json_object *message, const char *type)
{
    return has_other(message,
                     " from from_user_id from_parent_user_id id "
                     "timestamp type context ",
                     type) ||
           has_other(json_read_object(message, "context"), " from id ", "");
}

void
whatsapp_cloud_read_kind(struct arena *a, struct json_object *message,
                         struct inbound *out)
{
    const char *type = json_read_text(a, message, "type");
    const struct kind *k = find_kind(type);
    struct json_object *inner = NULL;

    if (k->type != NULL)
        json_object_object_get_ex(message, type, &inner);
    out->action = INBOUND_MESSAGE;
    out->kind = k->kind;
    out->body = "";
    out->opens_window = k->opens_window;
    if (k->read == read_contacts &&
        !json_object_is_type(inner, json_type_array))
        k = &unsupported;
    out->kind = k->kind;
    if (k->read != NULL)
        k->read(a, inner, out);
    if (k->keep == KEEP_WHOLE || has_extra(message, type))
        out->payload = json_read_raw(a, message);
}
