/* queue_holidays.c - feriados: conferidos, digitados, mostrados. */
#include "desk/queue_holidays.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/company.h"
#include "base/i18n.h"
#include "desk/queue.h"

struct holiday {
    const char *date, *name;
    struct json_object *hours; /* NULL: fechado */
};

static void
drop_json(void *object)
{
    json_object_put(object);
}

static enum err
bad(struct ctx *c, const char *rule, const char *text)
{
    return fail_field(c, "holidays", rule, "%s", text);
}

/* "2026-02-29" existe? */
static bool
is_date(const char *text)
{
    static const int days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };
    int y, m, d, leap;

    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
        strspn(text, "0123456789-") != 10 ||
        sscanf(text, "%4d-%2d-%2d", &y, &m, &d) != 3 || y < 2000 || m < 1 ||
        m > 12 || d < 1)
        return false;
    leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return d <= days[m - 1] + (m == 2 && leap);
}

static size_t
characters(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static const char *
member_text(struct json_object *o, const char *key)
{
    struct json_object *v = NULL;

    if (!json_object_object_get_ex(o, key, &v))
        return "";
    return json_object_is_type(v, json_type_string) ? json_object_get_string(v)
                                                    : NULL;
}

static enum err
read_one(struct ctx *c, struct json_object *o, struct holiday *out)
{
    if (!json_object_is_type(o, json_type_object))
        return bad(c, "type", _("cada feriado é um objeto com date e name"));
    {
        json_object_object_foreach (o, key, value) {
            (void)value;
            if (strcmp(key, "date") != 0 && strcmp(key, "name") != 0 &&
                strcmp(key, "hours") != 0)
                return bad(c, "unknown",
                           _("um feriado tem date, name e hours"));
        }
    }
    out->date = member_text(o, "date");
    out->name = member_text(o, "name");
    out->hours = NULL;
    json_object_object_get_ex(o, "hours", &out->hours);
    if (out->date == NULL || !is_date(out->date))
        return bad(c, "format", _("a data é AAAA-MM-DD, e tem de existir"));
    if (out->name == NULL || characters(out->name) > QUEUE_HOLIDAY_NAME_MAX)
        return bad(c, "max", _("o nome do feriado tem até 80 caracteres"));
    return OK;
}

static int
by_date(const void *a, const void *b)
{
    const struct holiday *x = a, *y = b;

    return strcmp(x->date, y->date);
}

static enum err
write_all(struct ctx *c, const struct holiday *list, int count,
          const char **out)
{
    struct str s;
    enum err e = OK;
    int i;

    str_init(&s, c->arena, 200);
    str_putc(&s, '[');
    for (i = 0; e == OK && i < count; i++) {
        if (i > 0 && strcmp(list[i].date, list[i - 1].date) == 0)
            return bad(c, "unique", _("há dois feriados no mesmo dia"));
        str_printf(&s, "%s{\"date\":\"%s\",\"name\":", i > 0 ? "," : "",
                   list[i].date);
        str_json(&s, list[i].name);
        if (list[i].hours != NULL) {
            str_puts(&s, ",\"hours\":");
            e = company_ranges_write(c, "holidays", list[i].hours, &s);
        }
        str_putc(&s, '}');
    }
    str_putc(&s, ']');
    *out = s.data;
    return e;
}

enum err
queue_holidays_check(struct ctx *c, const char *json, const char **out)
{
    struct json_object *all = json_tokener_parse(json);
    struct holiday list[QUEUE_HOLIDAYS_MAX];
    enum err e = OK;
    int i, n;

    arena_defer(c->arena, drop_json, all);
    if (!json_object_is_type(all, json_type_array))
        return bad(c, "type", _("precisa ser uma lista de feriados"));
    n = (int)json_object_array_length(all);
    if (n > QUEUE_HOLIDAYS_MAX)
        return bad(c, "max", _("são cem feriados, no máximo"));
    for (i = 0; e == OK && i < n; i++)
        e = read_one(c, json_object_array_get_idx(all, (size_t)i), &list[i]);
    if (e != OK)
        return e;
    qsort(list, (size_t)n, sizeof *list, by_date);
    return write_all(c, list, n, out);
}

/* ---- como se digita ---- */

/* As faixas do começo do nome: "08:00-12:00, 13:00-18:00 Véspera". */
static const char *
typed_ranges(struct str *s, const char *p)
{
    int h1, m1, h2, m2, used, count = 0;

    while (sscanf(p, " %2d:%2d-%2d:%2d%n", &h1, &m1, &h2, &m2, &used) == 4) {
        str_printf(s, "%s{\"from\":\"%02d:%02d\",\"to\":\"%02d:%02d\"}",
                   count++ > 0 ? "," : ",\"hours\":[", h1, m1, h2, m2);
        p += used;
        p += strspn(p, " ,");
    }
    if (count > 0)
        str_putc(s, ']');
    return p;
}

enum err
queue_holidays_read(struct ctx *c, const char *typed, const char **out)
{
    char *line, *rest, *copy = arena_strdup(c->arena, typed);
    struct str s;
    int count = 0;

    str_init(&s, c->arena, 200);
    str_putc(&s, '[');
    for (line = strtok_r(copy, "\r\n", &rest); line != NULL;
         line = strtok_r(NULL, "\r\n", &rest)) {
        char date[11];
        const char *name;

        line += strspn(line, " \t");
        if (*line == '\0')
            continue;
        snprintf(date, sizeof date, "%.10s", line);
        if (!is_date(date) || (line[10] != '\0' && line[10] != ' '))
            return fail_field(c, "holidaysText", "format",
                              _("não se entende “%.40s”: escreva "
                                "2026-12-25 Natal, um por linha"),
                              line);
        str_printf(&s, "%s{\"date\":\"%s\"", count++ > 0 ? "," : "", date);
        name = typed_ranges(&s, line + 10);
        name += strspn(name, " ");
        str_puts(&s, ",\"name\":");
        str_json(&s, name);
        str_putc(&s, '}');
    }
    str_putc(&s, ']');
    *out = s.data;
    return OK;
}

const char *
queue_holidays_text(struct ctx *c, const char *json)
{
    struct json_object *all = json_tokener_parse(json), *o, *hours, *range;
    struct str s;
    size_t i, k;

    arena_defer(c->arena, drop_json, all);
    str_init(&s, c->arena, 200);
    str_puts(&s, "");
    for (i = 0; all != NULL && i < json_object_array_length(all); i++) {
        o = json_object_array_get_idx(all, i);
        str_printf(&s, "%s%s", i > 0 ? "\n" : "", member_text(o, "date"));
        hours = NULL;
        json_object_object_get_ex(o, "hours", &hours);
        for (k = 0; hours != NULL && k < json_object_array_length(hours); k++) {
            range = json_object_array_get_idx(hours, k);
            str_printf(&s, "%s%s-%s", k > 0 ? ", " : " ",
                       member_text(range, "from"), member_text(range, "to"));
        }
        str_printf(&s, " %s", member_text(o, "name"));
    }
    return s.data;
}
