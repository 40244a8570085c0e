/* sla_model.c - o prazo em palavras. */
#include "app/sla_model.h"

#include <inttypes.h>
#include <string.h>

#include "app/page_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"

#define MINUTE_MS 60000
#define HOUR 60
#define DAY (24 * HOUR)

/* "12 min", "3 h 5 min", "2 d 4 h": o que falta sobe, o que passou desce. */
static const char *
span(struct arena *a, int64_t ms)
{
    int64_t n = ms > 0 ? (ms + MINUTE_MS - 1) / MINUTE_MS : -ms / MINUTE_MS;

    if (n < 1)
        n = 1;
    if (n < HOUR)
        return arena_printf(a, "%" PRId64 " min", n);
    if (n < DAY)
        return n % HOUR == 0 ? arena_printf(a, "%" PRId64 " h", n / HOUR)
                             : arena_printf(a, "%" PRId64 " h %" PRId64 " min",
                                            n / HOUR, n % HOUR);
    return n % DAY < HOUR ? arena_printf(a, "%" PRId64 " d", n / DAY)
                          : arena_printf(a, "%" PRId64 " d %" PRId64 " h",
                                         n / DAY, n % DAY / HOUR);
}

const char *
sla_kind_words(const char *kind)
{
    return strcmp(kind, "answer") == 0 ? _("a primeira resposta")
                                       : _("a solução");
}

void
sla_model(struct arena *a, struct json_object *m, const struct q_ticket_row *t)
{
    int64_t due_ms = when_parse(t->sla_due_at), now_ms = clock_now_ms();
    struct json_object *one;

    if (t->sla == NULL || due_ms == 0) {
        json_object_object_add(m, "sla", NULL);
        return;
    }
    one = json_object_new_object();
    json_object_object_add(m, "sla", one);
    model_text(one, "state", t->sla);
    model_bool(one, "isOk", strcmp(t->sla, "ok") == 0);
    model_bool(one, "isNear", strcmp(t->sla, "near") == 0);
    model_bool(one, "isBreached", strcmp(t->sla, "breached") == 0);
    model_text(one, "kind",
               strcmp(t->sla_kind, "answer") == 0 ? _("Resposta")
                                                  : _("Solução"));
    model_text(
        one, "left",
        arena_printf(a, due_ms > now_ms ? _("vence em %s") : _("venceu há %s"),
                     span(a, due_ms - now_ms)));
    model_text(one, "dueIso", when_iso(a, due_ms));
    model_text(one, "nearIso", when_iso(a, when_parse(t->sla_near_at)));
    model_text(one, "dueText", when_moment(a, due_ms, now_ms));
}
