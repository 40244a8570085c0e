/* ticket_view.c - o filtro em texto, e os guardados. */
#include "desk/ticket_view.h"

#include <json-c/json.h>
#include <stddef.h>
#include <string.h>

#include "base/i18n.h"
#include "db/db.h"

#define F(member) offsetof(struct ticket_choice, member)

/* one_of: as palavras que valem; NULL: o que ticket_filter_json aceitar. */
static const struct part {
    const char *name;
    size_t at;
    const char *one_of;
} parts[] = {
    { "status", F(status), "bot pending active closed" },
    { "queueId", F(queue_id), NULL },
    { "userId", F(user_id), NULL },
    { "tagIds", F(tag_ids), NULL },
    { "channelId", F(channel_id), NULL },
    { "priority", F(priority), "low normal high urgent" },
    { "q", F(q), NULL },
    { "unread", F(unread), "true false" },
    { "snoozed", F(snoozed), "true false" },
    { "sla", F(sla), TICKET_SLA_WORDS " none" },
    { "participantId", F(participant_id), NULL },
    { "sort", F(sort), TICKET_SORTS },
};
#undef F

enum { PARTS = sizeof parts / sizeof *parts, FIRST_OF_QUERY = 1 };
_Static_assert(PARTS == TICKET_CHOICE_PARTS, "o cabeçalho diz quantos são");

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

static const char *
choice_json(struct arena *a, const struct ticket_choice *f)
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

/* Guardar é a hora de recusar o que a lista recusaria. */
static enum err
check(struct ctx *c, const struct ticket_choice *f)
{
    struct ticket_filter filter = ticket_choice_filter(f);
    const char *ignored;

    if (f->status == NULL && !ticket_choice_is_on(f))
        return fail_field(c, "name", "empty", "%s",
                          _("escolha ao menos um filtro antes de guardar"));
    return ticket_filter_json(c, &filter, &ignored);
}

enum err
ticket_view_add(struct ctx *c, const char *name, const struct ticket_choice *f,
                int64_t *id)
{
    struct q_ticket_view_add_row row;
    /* o banco antes da forma: fora do ar, é isso que se responde */
    enum err e = q_ticket_view_add(
        c,
        &(struct q_ticket_view_add_in){ .name = name,
                                        .filter = choice_json(c->arena, f) },
        &row);

    if (e == OK)
        e = check(c, f);
    if (e != OK)
        return e;
    if (strcmp(row.outcome, "full") == 0)
        return fail(c, ERR_LIMIT_REACHED, "%s",
                    _("são 30 filtros guardados, no máximo"));
    if (strcmp(row.outcome, "name") == 0) {
        fail_field(c, "name", "taken", "%s",
                   _("você já tem um filtro com este nome"));
        return fail(c, ERR_CONFLICT, "%s",
                    _("você já tem um filtro com este nome"));
    }
    *id = row.id;
    return OK;
}

enum err
ticket_view_drop(struct ctx *c, int64_t id)
{
    int64_t changed;
    enum err e = q_ticket_view_drop(
        c, &(struct q_ticket_view_drop_in){ .id = id }, &changed);

    return e == OK && changed == 0 ? db_not_found(c) : e;
}
