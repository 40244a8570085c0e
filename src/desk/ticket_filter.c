/* ticket_filter.c - do filtro ao JSON, do cursor à chave. */
#include "desk/ticket_filter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

#define TAGS_MAX 20

static bool
is(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

static bool
day_exists(int year, int month, int day)
{
    static const int days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return year > 0 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap);
}

/* "Z", "+03" ou "+03:00"; ou nada, que é UTC. */
static bool
zone_ok(const char *p)
{
    int hours, minutes = 0, n = 0;

    if (*p == '\0' || is(p, "Z"))
        return true;
    if ((*p != '+' && *p != '-') ||
        strspn(p + 1, "0123456789:") != strlen(p + 1))
        return false;
    if (sscanf(p + 1, "%2d%n", &hours, &n) != 1 || n != 2 || hours > 14)
        return false;
    p += 3;
    if (*p == '\0')
        return true;
    p += *p == ':';
    return sscanf(p, "%2d%n", &minutes, &n) == 1 && n == 2 && p[2] == '\0' &&
           minutes < 60;
}

bool
ticket_instant_ok(const char *text)
{
    int year, month, day, hour, minute, second, n = 0;

    if (strspn(text, "0123456789-:.+TZ ") != strlen(text) ||
        sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &n) != 3 ||
        n != 10 || !day_exists(year, month, day))
        return false;
    text += n;
    if (*text == '\0')
        return true;
    if ((*text != 'T' && *text != ' ') ||
        sscanf(++text, "%2d:%2d%n", &hour, &minute, &n) != 2 || n != 5 ||
        hour > 23 || minute > 59)
        return false;
    text += n;
    if (*text == ':') {
        if (sscanf(++text, "%2d%n", &second, &n) != 1 || n != 2 || second > 59)
            return false;
        text += n;
        if (*text == '.') {
            size_t digits = strspn(++text, "0123456789");

            if (digits < 1 || digits > 6)
                return false;
            text += digits;
        }
    }
    return zone_ok(text);
}

static void
add(struct str *s, const char *key, const char *value)
{
    str_printf(s, "%s\"%s\":", s->len > 1 ? "," : "", key);
    str_json(s, value);
}

static void
add_flag(struct str *s, const char *key, bool value)
{
    str_printf(s, "%s\"%s\":%s", s->len > 1 ? "," : "", key,
               value ? "true" : "false");
}

static void
add_id(struct ctx *c, struct str *s, const char *key, int64_t id)
{
    if (id != 0)
        add(s, key, arena_printf(c->arena, "%" PRId64, id));
}

/* Número, none ou me. */
static void
add_who(struct ctx *c, struct str *s, const char *field, const char *key,
        const char *value)
{
    int64_t id;

    if (value == NULL)
        return;
    if (is(value, "none") && !is(key, "participant"))
        add(s, key, value);
    else if (is(value, "me") && !is(key, "queue"))
        add_id(c, s, key, c->user_id);
    else if (parse_int64(value, &id) && id > 0)
        add_id(c, s, key, id);
    else
        fail_field(c, field, "format", "%s",
                   is(key, "participant")
                       ? _("precisa ser um número, ou me")
                       : _("precisa ser um número, ou none"));
}

static void
add_tags(struct ctx *c, struct str *s, const char *list)
{
    struct str ids;
    int count = 0;

    if (list == NULL)
        return;
    str_init(&ids, c->arena, 32);
    str_putc(&ids, '{');
    while (count <= TAGS_MAX) {
        size_t n = strcspn(list, ",");
        int64_t id;

        if (!parse_int64(arena_memdup(c->arena, list, n), &id) || id < 1)
            break;
        str_printf(&ids, "%s%" PRId64, count++ > 0 ? "," : "", id);
        list += n;
        if (*list == '\0') {
            str_putc(&ids, '}');
            add(s, "tags", ids.data);
            return;
        }
        list++;
    }
    fail_field(c, "tagIds", "format",
               _("precisam ser números separados por vírgula, até %d"),
               TAGS_MAX);
}

static void
add_instant(struct ctx *c, struct str *s, const char *key, const char *value)
{
    if (value == NULL)
        return;
    if (ticket_instant_ok(value))
        add(s, key, value);
    else
        fail_field(c, key, "format", "%s",
                   _("precisa ser um dia ou instante ISO 8601"));
}

enum err
ticket_filter_json(struct ctx *c, const struct ticket_filter *f,
                   const char **out)
{
    struct str s;

    str_init(&s, c->arena, 200);
    str_putc(&s, '{');
    if (f->status != NULL && !is(f->status, "all"))
        add(&s, "status", is(f->status, "open") ? "active" : f->status);
    add_who(c, &s, "queueId", "queue", f->queue_id);
    add_who(c, &s, "userId", "user", f->user_id);
    add_who(c, &s, "participantId", "participant", f->participant_id);
    add_tags(c, &s, f->tag_ids);
    add_id(c, &s, "channel", f->channel_id);
    add_id(c, &s, "contact", f->contact_id);
    if (f->priority != NULL)
        add(&s, "priority", f->priority);
    if (f->text != NULL)
        add(&s, "q", f->text);
    if (f->sla != NULL)
        add(&s, "sla", f->sla);
    if (f->has_unread)
        add_flag(&s, "unread", f->unread);
    if (f->has_snoozed)
        add_flag(&s, "snoozed", f->snoozed);
    add_instant(c, &s, "createdFrom", f->created_from);
    add_instant(c, &s, "createdTo", f->created_to);
    add_instant(c, &s, "updatedFrom", f->updated_from);
    add_instant(c, &s, "updatedTo", f->updated_to);
    add_instant(c, &s, "closedFrom", f->closed_from);
    add_instant(c, &s, "closedTo", f->closed_to);
    str_putc(&s, '}');
    *out = s.data;
    return c->error;
}

/* ---- páginas ---- */

static int64_t
rank_of(const char *priority)
{
    return is(priority, "urgent")   ? 3
           : is(priority, "high")   ? 2
           : is(priority, "normal") ? 1
                                    : 0;
}

/* "grau,instante,id", como next_cursor escreve. */
static bool
read_cursor(struct ctx *c, const char *cursor, struct q_ticket_filtered_in *in)
{
    size_t n;

    if (cursor == NULL)
        return true;
    if (cursor[0] < '0' || cursor[0] > '3' || cursor[1] != ',')
        return false;
    in->rank = cursor[0] - '0';
    cursor += 2;
    n = strcspn(cursor, ",");
    if (cursor[n] != ',' || !parse_int64(cursor + n + 1, &in->id))
        return false;
    in->at = arena_memdup(c->arena, cursor, n);
    return ticket_instant_ok(in->at);
}

static const char *
next_cursor(struct ctx *c, const char *sort, const struct q_ticket_row *t)
{
    const char *at = is(sort, "oldest")    ? t->created_at
                     : is(sort, "waiting") ? t->waiting_since
                     : is(sort, "closed")  ? t->closed_at
                     : is(sort, "sla")     ? t->sla_due_at
                                           : t->updated_at;

    return arena_printf(c->arena, "%d,%s,%" PRId64, (int)rank_of(t->priority),
                        at, t->id);
}

enum err
ticket_filter_list(struct ctx *c, const char *filter, struct ticket_page *page)
{
    struct q_ticket_filtered_in in = { .filter = filter,
                                       .sort = page->sort != NULL ? page->sort
                                                                  : "recent",
                                       .max = page->max };
    enum err e;

    page->next = NULL;
    if (!read_cursor(c, page->cursor, &in))
        return fail_field(c, "cursor", "format", "%s",
                          _("não é um cursor desta lista"));
    e = q_ticket_filtered(c, &in, &page->rows, &page->count);
    if (e == OK && page->count == page->max)
        page->next = next_cursor(c, in.sort, &page->rows[page->count - 1]);
    return e;
}
