/* when.c - o fuso vem por TZ: a libc conhece o horário de verão de cada um. */
#include "base/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"

void
when_zone(const char *zone)
{
    static char current[80];

    if (zone == NULL || zone[0] == '\0' || strlen(zone) >= sizeof current)
        zone = "UTC";
    if (strcmp(zone, current) == 0)
        return;
    snprintf(current, sizeof current, "%s", zone);
    setenv("TZ", current, 1);
    tzset();
}

int64_t
when_parse(const char *timestamptz)
{
    struct tm tm = { 0 };
    const char *end = timestamptz == NULL
                          ? NULL
                          : strptime(timestamptz, "%Y-%m-%d %H:%M:%S", &tm);
    int64_t ms;

    if (end == NULL)
        return 0;
    ms = (int64_t)timegm(&tm) * 1000;
    if (*end == '.')
        ms += (int64_t)(strtod(end, NULL) * 1000);
    return ms;
}

const char *
when_iso(struct arena *a, int64_t at_ms)
{
    char *out = arena_alloc(a, 25);

    clock_iso(at_ms, out);
    return out;
}

static struct tm
local(int64_t at_ms)
{
    time_t t = (time_t)(at_ms / 1000);
    struct tm tm;

    localtime_r(&t, &tm);
    return tm;
}

const char *
when_clock(struct arena *a, int64_t at_ms)
{
    struct tm tm = local(at_ms);

    return arena_printf(a, "%02d:%02d", tm.tm_hour, tm.tm_min);
}

const char *
when_day(struct arena *a, int64_t at_ms)
{
    struct tm tm = local(at_ms);

    return arena_printf(a, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
                        tm.tm_mday);
}

/* Dias do calendário local entre os dois instantes. */
static long
days_between(int64_t at_ms, int64_t now_ms)
{
    struct tm then = local(at_ms), now = local(now_ms);

    then = (struct tm){ .tm_year = then.tm_year,
                        .tm_mon = then.tm_mon,
                        .tm_mday = then.tm_mday };
    now = (struct tm){ .tm_year = now.tm_year,
                       .tm_mon = now.tm_mon,
                       .tm_mday = now.tm_mday };
    return (long)((timegm(&now) - timegm(&then)) / 86400);
}

const char *
when_brief(struct arena *a, int64_t at_ms, int64_t now_ms)
{
    struct tm tm = local(at_ms), now = local(now_ms);
    long days = days_between(at_ms, now_ms);

    if (days <= 0)
        return when_clock(a, at_ms);
    if (days == 1)
        return _("Ontem");
    if (tm.tm_year == now.tm_year)
        /* TRADUTOR: %1$02d é o dia e %2$02d o mês */
        return arena_printf(a, _("%1$02d/%2$02d"), tm.tm_mday, tm.tm_mon + 1);
    /* TRADUTOR: dia, mês e ano */
    return arena_printf(a, _("%1$02d/%2$02d/%3$d"), tm.tm_mday, tm.tm_mon + 1,
                        tm.tm_year + 1900);
}

const char *
when_day_text(struct arena *a, int64_t at_ms, int64_t now_ms)
{
    static const char *const months[] = {
        N_("janeiro"),  N_("fevereiro"), N_("março"),    N_("abril"),
        N_("maio"),     N_("junho"),     N_("julho"),    N_("agosto"),
        N_("setembro"), N_("outubro"),   N_("novembro"), N_("dezembro"),
    };
    long days = days_between(at_ms, now_ms);
    struct tm tm = local(at_ms);

    if (days == 0)
        return _("Hoje");
    if (days == 1)
        return _("Ontem");
    /* TRADUTOR: dia, nome do mês e ano */
    return arena_printf(a, _("%1$d de %2$s de %3$d"), tm.tm_mday,
                        _(months[tm.tm_mon]), tm.tm_year + 1900);
}

const char *
when_field(struct arena *a, int64_t at_ms)
{
    return arena_printf(a, "%sT%s", when_day(a, at_ms), when_clock(a, at_ms));
}

int64_t
when_typed(const char *text)
{
    struct tm t = { .tm_isdst = -1 };
    const char *end =
        text != NULL ? strptime(text, "%Y-%m-%dT%H:%M", &t) : NULL;

    return end != NULL && *end == '\0' ? (int64_t)mktime(&t) * 1000 : 0;
}

const char *
when_moment(struct arena *a, int64_t at_ms, int64_t now_ms)
{
    return arena_printf(a, "%s, %s", when_day_text(a, at_ms, now_ms),
                        when_clock(a, at_ms));
}
