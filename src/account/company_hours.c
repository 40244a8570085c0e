/* company_hours.c - o horário da semana: conferido, guardado, digitado. */
#include <ctype.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "account/company.h"
#include "base/i18n.h"

enum { RANGES_MAX = 6, DAY_MINUTES = 24 * 60 };

const char *const company_days[COMPANY_DAYS] = { "mon", "tue", "wed", "thu",
                                                 "fri", "sat", "sun" };

struct range {
    int from, to; /* minutos desde a meia-noite */
};

static void
drop_json(void *object)
{
    json_object_put(object);
}

static int
day_of(const char *name)
{
    int i;

    for (i = 0; i < COMPANY_DAYS; i++)
        if (strcmp(company_days[i], name) == 0)
            return i;
    return -1;
}

/* "08:30" -> 510; -1 se não é hora. 24:00 só serve de fim. */
static int
minutes(const char *text)
{
    int h, m;

    if (text == NULL || strlen(text) != 5 || text[2] != ':' ||
        strspn(text, "0123456789:") != 5 || !isdigit((unsigned char)text[0]) ||
        !isdigit((unsigned char)text[1]) || !isdigit((unsigned char)text[3]) ||
        !isdigit((unsigned char)text[4]))
        return -1;
    h = (text[0] - '0') * 10 + text[1] - '0';
    m = (text[3] - '0') * 10 + text[4] - '0';
    return m > 59 || h * 60 + m > DAY_MINUTES ? -1 : h * 60 + m;
}

static enum err
bad_day(struct ctx *c, const char *field, const char *rule, const char *text)
{
    return fail_field(c, field, rule, "%s", text);
}

static const char *
day_field(struct ctx *c, const char *day)
{
    return arena_printf(c->arena, "businessHours.%s", day);
}

static int
member_minutes(struct json_object *o, const char *key)
{
    struct json_object *v = NULL;

    if (!json_object_object_get_ex(o, key, &v) ||
        !json_object_is_type(v, json_type_string))
        return -1;
    return minutes(json_object_get_string(v));
}

/* Acrescenta em ordem de começo. */
static void
insert(struct range *list, int count, struct range r)
{
    while (count > 0 && list[count - 1].from > r.from) {
        list[count] = list[count - 1];
        count--;
    }
    list[count] = r;
}

static enum err
read_ranges(struct ctx *c, const char *day, struct json_object *in,
            struct range *list, int *count)
{
    int i, n = (int)json_object_array_length(in);

    if (n > RANGES_MAX)
        return bad_day(c, day, "max", _("são seis faixas por dia, no máximo"));
    for (i = 0; i < n; i++) {
        struct json_object *o = json_object_array_get_idx(in, (size_t)i);
        struct range r;

        if (!json_object_is_type(o, json_type_object) ||
            json_object_object_length(o) != 2)
            return bad_day(c, day, "type",
                           _("cada faixa é um objeto com from e to"));
        r = (struct range){ member_minutes(o, "from"),
                            member_minutes(o, "to") };
        if (r.from < 0 || r.to < 0)
            return bad_day(c, day, "format",
                           _("as horas são HH:MM, de 00:00 a 24:00"));
        if (r.to <= r.from)
            return bad_day(c, day, "order",
                           _("uma faixa acaba depois de começar; a que passa "
                             "da meia-noite são duas"));
        insert(list, i, r);
    }
    for (i = 1; i < n; i++)
        if (list[i].from < list[i - 1].to)
            return bad_day(c, day, "overlap", _("há faixas que se cruzam"));
    *count = n;
    return OK;
}

static void
write_ranges(struct str *s, const struct range *list, int count)
{
    int i;

    str_putc(s, '[');
    for (i = 0; i < count; i++)
        str_printf(s, "%s{\"from\":\"%02d:%02d\",\"to\":\"%02d:%02d\"}",
                   i > 0 ? "," : "", list[i].from / 60, list[i].from % 60,
                   list[i].to / 60, list[i].to % 60);
    str_puts(s, "]");
}

enum err
company_hours_check(struct ctx *c, const char *json, const char **out)
{
    struct json_object *week = json_tokener_parse(json), *in;
    struct range list[RANGES_MAX];
    struct str s;
    int day, count = 0;

    arena_defer(c->arena, drop_json, week);
    if (!json_object_is_type(week, json_type_object))
        return fail_field(c, "businessHours", "type", "%s",
                          _("precisa ser um objeto com os dias da semana"));
    {
        json_object_object_foreach (week, key, value) {
            if (day_of(key) < 0)
                return fail_field(c, "businessHours", "one_of", "%s",
                                  _("os dias são mon tue wed thu fri sat sun"));
            if (!json_object_is_type(value, json_type_array))
                return bad_day(c, day_field(c, key), "type",
                               _("precisa ser uma lista de faixas"));
        }
    }
    str_init(&s, c->arena, 400);
    str_puts(&s, "{");
    for (day = 0; day < COMPANY_DAYS; day++) {
        if (!json_object_object_get_ex(week, company_days[day], &in))
            continue;
        if (read_ranges(c, day_field(c, company_days[day]), in, list, &count) !=
            OK)
            return ERR_INVALID;
        if (count == 0)
            continue;
        str_printf(&s, "%s\"%s\":", s.len > 1 ? "," : "", company_days[day]);
        write_ranges(&s, list, count);
    }
    str_puts(&s, "}");
    *out = s.len > 2 ? s.data : NULL;
    return OK;
}

enum err
company_ranges_write(struct ctx *c, const char *field, struct json_object *in,
                     struct str *out)
{
    struct range list[RANGES_MAX];
    int count = 0;
    enum err e;

    if (!json_object_is_type(in, json_type_array))
        return fail_field(c, field, "type", "%s",
                          _("precisa ser uma lista de faixas"));
    e = read_ranges(c, field, in, list, &count);
    if (e == OK)
        write_ranges(out, list, count);
    return e;
}

/* Uma faixa digitada: "8:00-12:00", "08:00 – 12:00", "8h às 12h" não. */
static bool
read_typed(struct str *s, const char *text, size_t n)
{
    int h1, m1, h2, m2, used = 0;
    char copy[32];

    if (n >= sizeof copy)
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    if (sscanf(copy, " %2d:%2d - %2d:%2d %n", &h1, &m1, &h2, &m2, &used) != 4 ||
        used != (int)n || h1 < 0 || m1 < 0 || h2 < 0 || m2 < 0)
        return false;
    str_printf(s, "%s{\"from\":\"%02d:%02d\",\"to\":\"%02d:%02d\"}",
               s->data[s->len - 1] == '[' ? "" : ",", h1, m1, h2, m2);
    return true;
}

enum err
company_hours_read(struct ctx *c, const char *const typed[], const char **out)
{
    struct str s;
    int day;

    str_init(&s, c->arena, 400);
    str_puts(&s, "{");
    for (day = 0; day < COMPANY_DAYS; day++) {
        const char *p = typed[day] != NULL ? typed[day] : "";

        str_printf(&s, "%s\"%s\":[", day > 0 ? "," : "", company_days[day]);
        while (p[strspn(p, " ,")] != '\0') {
            size_t n;

            p += strspn(p, " ,");
            n = strcspn(p, ",");
            if (!read_typed(&s, p, n)) {
                fail_field(
                    c,
                    arena_printf(c->arena, "hours%c%s",
                                 toupper((unsigned char)company_days[day][0]),
                                 company_days[day] + 1),
                    "format", "%s",
                    _("escreva assim: 08:00-12:00, 13:00-18:00"));
                break;
            }
            p += n;
        }
        str_puts(&s, "]");
    }
    str_puts(&s, "}");
    *out = s.data;
    return c->error;
}

const char *
company_hours_text(struct ctx *c, const char *json, int day)
{
    struct json_object *week = json != NULL ? json_tokener_parse(json) : NULL;
    struct json_object *list, *range, *from, *to;
    struct str s;
    size_t i;

    arena_defer(c->arena, drop_json, week);
    str_init(&s, c->arena, 40);
    str_puts(&s, "");
    if (!json_object_object_get_ex(week, company_days[day], &list))
        return s.data;
    for (i = 0; i < json_object_array_length(list); i++) {
        range = json_object_array_get_idx(list, i);
        json_object_object_get_ex(range, "from", &from);
        json_object_object_get_ex(range, "to", &to);
        str_printf(&s, "%s%s-%s", i > 0 ? ", " : "",
                   json_object_get_string(from), json_object_get_string(to));
    }
    return s.data;
}
