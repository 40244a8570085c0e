/* ticket_choice.c - do texto do endereço ao filtro, e de volta. */
#include "desk/ticket_choice.h"

#include <json-c/json.h>
#include <stddef.h>
#include <string.h>

static const struct part {
    const char *name;
    size_t at;
    const char *one_of;
} parts[] = {
#define PART(S, member, name, size, words, doc) \
    { name, offsetof(struct ticket_choice, member), words },
    TICKET_CHOICES(PART, )
#undef PART
};

enum { PARTS = TICKET_CHOICE_PARTS, FIRST_OF_QUERY = 1 };

static const char **
slot(struct ticket_choice *f, int i)
{
    return (const char **)((char *)f + parts[i].at);
}

static const char *
value(const struct ticket_choice *f, int i)
{
    return *(const char *const *)((const char *)f + parts[i].at);
}

static bool
is_number(const char *text)
{
    int64_t n;

    return parse_int64(text, &n) && n > 0;
}

static bool
is_sound(int i, const char *text)
{
    const char *name = parts[i].name;

    if (parts[i].one_of != NULL)
        return words_have(parts[i].one_of, text);
    if (strcmp(name, "q") == 0)
        return utf8_length(text) >= 2 && utf8_length(text) <= 100;
    if (strcmp(name, "tagIds") == 0)
        return strspn(text, "0123456789,") == strlen(text);
    return is_number(text) ||
           (strcmp(text, "none") == 0 && strcmp(name, "channelId") != 0 &&
            strcmp(name, "participantId") != 0) ||
           (strcmp(text, "me") == 0 && (strcmp(name, "userId") == 0 ||
                                        strcmp(name, "participantId") == 0));
}

void
ticket_choice_clean(struct ticket_choice *f)
{
    int i;

    for (i = 0; i < PARTS; i++) {
        const char **text = slot(f, i);

        if (*text != NULL && ((*text)[0] == '\0' || !is_sound(i, *text)))
            *text = NULL;
    }
}

bool
ticket_choice_is_on(const struct ticket_choice *f)
{
    int i;

    for (i = FIRST_OF_QUERY; i < PARTS; i++)
        if (value(f, i) != NULL && strcmp(value(f, i), "recent") != 0)
            return true;
    return false;
}

struct ticket_filter
ticket_choice_filter(const struct ticket_choice *f)
{
    struct ticket_filter out = {
        .status = f->status,
        .queue_id = f->queue_id,
        .user_id = f->user_id,
        .tag_ids = f->tag_ids,
        .priority = f->priority,
        .text = f->q,
        .sla = f->sla,
        .participant_id = f->participant_id,
        .unread = f->unread != NULL && strcmp(f->unread, "true") == 0,
        .has_unread = f->unread != NULL,
        .snoozed = f->snoozed != NULL && strcmp(f->snoozed, "true") == 0,
        .has_snoozed = f->snoozed != NULL,
    };

    if (f->channel_id != NULL)
        parse_int64(f->channel_id, &out.channel_id);
    return out;
}

const char *
ticket_choice_query(struct arena *a, const struct ticket_choice *f)
{
    struct str s;
    int i;

    str_init(&s, a, 120);
    for (i = FIRST_OF_QUERY; i < PARTS; i++) {
        if (value(f, i) == NULL)
            continue;
        str_printf(&s, "&%s=", parts[i].name);
        str_url(&s, value(f, i), strlen(value(f, i)));
    }
    return s.len > 0 ? s.data : "";
}

int
ticket_choice_parts(const struct ticket_choice *f,
                    struct ticket_choice_part out[TICKET_CHOICE_PARTS])
{
    int i, count = 0;

    for (i = 0; i < PARTS; i++)
        if (value(f, i) != NULL)
            out[count++] =
                (struct ticket_choice_part){ parts[i].name, value(f, i) };
    return count;
}

void
ticket_choice_fill(struct ticket_choice *out,
                   const char *(*get)(void *from, const char *name), void *from)
{
    int i;

    for (i = 0; i < PARTS; i++)
        *slot(out, i) = get(from, parts[i].name);
    ticket_choice_clean(out);
}

struct stored {
    struct arena *arena;
    struct json_object *json;
};

static const char *
from_stored(void *from, const char *name)
{
    struct stored *s = from;
    struct json_object *v = NULL;

    json_object_object_get_ex(s->json, name, &v);
    return v != NULL ? arena_strdup(s->arena, json_object_get_string(v)) : NULL;
}

void
ticket_choice_read(struct arena *a, const char *json, struct ticket_choice *out)
{
    struct stored s = { a, json_tokener_parse(json) };

    ticket_choice_fill(out, from_stored, &s);
    json_object_put(s.json);
}

const char *
ticket_choice_json(struct arena *a, const struct ticket_choice *f)
{
    struct ticket_choice_part set[TICKET_CHOICE_PARTS];
    int count = ticket_choice_parts(f, set), i;
    struct str s;

    str_init(&s, a, 200);
    str_putc(&s, '{');
    for (i = 0; i < count; i++) {
        str_printf(&s, "%s\"%s\":", i > 0 ? "," : "", set[i].name);
        str_json(&s, set[i].value);
    }
    str_putc(&s, '}');
    return s.data;
}
