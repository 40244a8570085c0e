/* inbox_model.c - linhas da lista e cabeçalho da conversa. */
#include "app/inbox_model.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/page_model.h"
#include "app/sla_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"

#define UNREAD_SHOWN 99
#define HUES 8

const char *
inbox_status_text(const char *status)
{
    if (strcmp(status, "bot") == 0)
        return _("Robô");
    if (strcmp(status, "pending") == 0)
        return _("Na espera");
    if (strcmp(status, "active") == 0)
        return _("Em atendimento");
    return _("Encerrada");
}

/* 55 + DDD + 8 ou 9 dígitos: é assim que se lê aqui. */
const char *
inbox_phone(struct arena *a, const char *digits)
{
    size_t n = digits != NULL ? strlen(digits) : 0;

    if (n == 0)
        return NULL;
    if (strncmp(digits, "55", 2) != 0 || (n != 12 && n != 13))
        return arena_printf(a, "+%s", digits);
    return arena_printf(a, "+55 %.2s %.*s-%s", digits + 2, (int)(n - 8),
                        digits + 4, digits + n - 4);
}

static const char *
unread_hint(struct arena *a, int64_t n)
{
    return arena_printf(a,
                        i18n_plural("%d mensagem não lida",
                                    "%d mensagens não lidas", (unsigned long)n),
                        (int)n);
}

static void
add_contact(struct req *r, struct json_object *m, const struct q_ticket_row *t)
{
    model_int(m, "id", t->id);
    model_text(m, "contact", t->contact);
    model_text(m, "initials", page_initials(r->ctx.arena, t->contact));
    model_int(m, "hue", t->contact_id % HUES);
    model_text(m, "channel", t->channel);
    model_text(m, "queue", t->queue);
    model_text(m, "status", t->status);
}

/*
 * "[imagem] legenda" foi gravado em pt-BR (message_preview); o nome da espécie
 * sai na língua de quem lê.
 */
static const char *
preview_text(struct arena *a, const char *stored)
{
    size_t n = stored[0] == '[' ? strcspn(stored, "]") : 0;

    if (n < 2 || stored[n] != ']')
        return stored;
    return arena_printf(a, "[%s]%s",
                        i18n_text(arena_memdup(a, stored + 1, n - 1)),
                        stored + n + 1);
}

struct json_object *
inbox_row(struct req *r, const struct q_ticket_row *t,
          const struct inbox_list *in, const char *query)
{
    struct arena *a = r->ctx.arena;
    struct json_object *m = json_object_new_object();
    int64_t at_ms = when_parse(t->last_message_at), n = t->unread_count;

    add_contact(r, m, t);
    model_text(m, "href",
               arena_printf(a, "/inbox/%" PRId64 "?status=%s%s", t->id,
                            in->status, query));
    model_bool(m, "current", t->id == in->open);
    model_bool(m, "picking", in->picking);
    model_text(m, "preview", preview_text(a, t->last_message));
    model_text(m, "assignee", t->assignee);
    model_text(m, "atIso", when_iso(a, at_ms));
    model_text(m, "atText", when_brief(a, at_ms, clock_now_ms()));
    sla_model(a, m, t);
    model_int(m, "unread", n);
    model_text(m, "unreadText",
               n > UNREAD_SHOWN ? "99+" : arena_printf(a, "%" PRId64, n));
    model_text(m, "unreadHint", unread_hint(a, n));
    return m;
}

struct json_object *
inbox_ticket(struct req *r, const struct q_ticket_row *t)
{
    struct json_object *m = json_object_new_object();
    bool is_closed = strcmp(t->status, "closed") == 0;
    bool is_active = strcmp(t->status, "active") == 0;

    add_contact(r, m, t);
    model_text(m, "phoneText", inbox_phone(r->ctx.arena, t->phone));
    model_text(m, "statusText",
               is_active && t->assignee != NULL
                   ? arena_printf(r->ctx.arena, _("Com %s"), t->assignee)
                   : inbox_status_text(t->status));
    sla_model(r->ctx.arena, m, t);
    model_bool(m, "canTake", !is_closed && (!is_active || !t->has_assignee_id));
    model_bool(m, "canClose", !is_closed);
    model_bool(m, "asksReason",
               !is_closed && strcmp(t->close_needs, "reason") == 0);
    model_bool(m, "canReopen", is_closed && !t->has_merged_into_id);
    return m;
}
