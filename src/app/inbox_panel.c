/* inbox_panel.c - o painel: o contato, o atendimento e o que já houve. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/inbox_model.h"
#include "app/macro_form.h"
#include "app/page_model.h"
#include "app/participant_panel.h"
#include "app/schedule_model.h"
#include "app/settings_page.h"
#include "app/sla_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/document.h"
#include "gen/q_csat.h"
#include "gen/q_panel.h"

#define PAST_TICKETS 5
#define PAST_CHANGES 12

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static enum err
add_contact(struct req *r, struct json_object *m, int64_t contact_id)
{
    struct arena *a = r->ctx.arena;
    struct q_panel_contact_row c;
    enum err e = q_panel_contact(
        &r->ctx, &(struct q_panel_contact_in){ .id = contact_id }, &c);

    if (e != OK)
        return e;
    model_int(m, "contactId", c.id);
    model_int(m, "contactVersion", c.version);
    model_text(m, "phone", inbox_phone(a, c.phone));
    model_text(m, "email", c.email);
    model_text(m, "document", document_shown(a, c.document));
    model_bool(m, "blocked", c.blocked);
    model_text(m, "since",
               when_day_text(a, when_parse(c.created_at), clock_now_ms()));
    model_text(m, "history",
               arena_printf(a,
                            i18n_plural("%d atendimento", "%d atendimentos",
                                        (unsigned long)c.tickets),
                            (int)c.tickets));
    json_object_object_add(m, "fields", json_tokener_parse(c.custom));
    return OK;
}

static struct json_object *
tag_model(const char *name, const char *color)
{
    struct json_object *tag = json_object_new_object();

    model_text(tag, "name", name);
    model_text(tag, "color", color);
    return tag;
}

/* Uma lista de escolha; as já escolhidas também vão à parte. */
static void
add_choice(struct json_object *all, struct json_object *chosen,
           const struct q_panel_tag_choices_row *g, bool on)
{
    struct json_object *tag = tag_model(g->name, g->color);

    model_int(tag, "id", g->id);
    model_bool(tag, "chosen", on);
    json_object_array_add(all, tag);
    if (on)
        json_object_array_add(chosen, json_object_get(tag));
}

/* As do atendimento, as do contato, e todas as que há, para escolher. */
static enum err
add_tags(struct req *r, struct json_object *m, const struct q_ticket_row *t)
{
    struct json_object *chosen = json_object_new_array();
    struct json_object *all = json_object_new_array();
    struct json_object *theirs = json_object_new_array();
    struct json_object *all_theirs = json_object_new_array();
    struct q_panel_tag_choices_row *rows;
    int count, i;
    enum err e = q_panel_tag_choices(
        &r->ctx,
        &(struct q_panel_tag_choices_in){ .ticket_id = t->id,
                                          .contact_id = t->contact_id },
        &rows, &count);

    for (i = 0; e == OK && i < count; i++) {
        add_choice(all, chosen, &rows[i], rows[i].chosen);
        add_choice(all_theirs, theirs, &rows[i], rows[i].on_contact);
    }
    model_bool(m, "hasTags", json_object_array_length(chosen) > 0);
    model_bool(m, "hasContactTags", json_object_array_length(theirs) > 0);
    model_bool(m, "hasTagChoices", e == OK && count > 0);
    json_object_object_add(m, "tags", chosen);
    json_object_object_add(m, "tagChoices", all);
    json_object_object_add(m, "contactTags", theirs);
    json_object_object_add(m, "contactTagChoices", all_theirs);
    return e;
}

static enum err
add_past(struct req *r, struct json_object *m, const struct q_ticket_row *t)
{
    struct json_object *list = json_object_new_array();
    struct arena *a = r->ctx.arena;
    struct q_panel_tickets_row *rows;
    int count, i;
    enum err e = q_panel_tickets(
        &r->ctx,
        &(struct q_panel_tickets_in){ .contact_id = t->contact_id,
                                      .ticket_id = t->id,
                                      .max = PAST_TICKETS },
        &rows, &count);

    json_object_object_add(m, "past", list);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = json_object_new_object();
        int64_t at_ms = when_parse(rows[i].last_message_at);

        model_text(one, "href", arena_printf(a, "/inbox/%" PRId64, rows[i].id));
        model_text(one, "protocol", rows[i].protocol);
        model_text(one, "title",
                   rows[i].subject[0] != '\0' ? rows[i].subject
                                              : rows[i].last_message);
        model_text(one, "status", rows[i].status);
        model_text(one, "statusText", inbox_status_text(rows[i].status));
        model_text(one, "atIso", when_iso(a, at_ms));
        model_text(one, "atText", when_brief(a, at_ms, clock_now_ms()));
        json_object_array_add(list, one);
    }
    model_bool(m, "hasPast", e == OK && count > 0);
    return e;
}

#define CHANGE struct q_ticket_history_row

/* "marcou o assunto" e "tirou o assunto": o que muda é um substantivo. */
static const char *
field_words(const char *field)
{
    static const struct {
        const char *field, *words;
    } known[] = {
        { "assignee", N_("o responsável") },
        { "queue", N_("a fila") },
        { "subject", N_("o assunto") },
        { "priority", N_("a prioridade") },
        { "tags", N_("as etiquetas") },
        { "snooze", N_("o adiamento") },
        { "reason", N_("o motivo") },
        { "schedule", N_("o agendamento") },
    };
    size_t i;

    for (i = 0; i < sizeof known / sizeof *known; i++)
        if (is(known[i].field, field))
            return _(known[i].words);
    return field;
}

static const char *
state_words(const char *status)
{
    return is(status, "closed")    ? _("encerrou")
           : is(status, "active")  ? _("colocou em atendimento")
           : is(status, "pending") ? _("devolveu à espera")
                                   : _("passou ao robô");
}

static const char *
new_words(struct arena *a, const CHANGE *h)
{
    if (h->new_name != NULL)
        return h->new_name;
    if (is(h->field, "priority"))
        return inbox_priority_text(h->new_value);
    if (is(h->field, "snooze") || is(h->field, "schedule"))
        return when_moment(a, when_parse(h->new_value), clock_now_ms());
    return h->new_value;
}

/* A frase de uma mudança; a que ela não conhece se diz pelo nome do campo. */
static const char *
change_text(struct arena *a, const CHANGE *h)
{
    const char *to = h->new_value;

    if (is(h->field, "status") && to != NULL)
        return state_words(to);
    if (is(h->field, "participant"))
        return participant_change_text(a, h);
    if (to == NULL || to[0] == '\0')
        return arena_printf(a, _("tirou %s"), field_words(h->field));
    if (is(h->field, "mergedInto"))
        return arena_printf(a, _("fundiu em %s"), to);
    if (is(h->field, "mergedFrom"))
        return arena_printf(a, _("juntou aqui o %s"), to);
    if (is(h->field, "macro"))
        return arena_printf(a, _("usou a macro %s"), to);
    if (is(h->field, "note"))
        return arena_printf(a, _("deixou um recado: %s"), to);
    if (is(h->field, "csat"))
        return arena_printf(a, _("anotou a nota do contato: %s de 5"), to);
    if (is(h->field, "sla"))
        return arena_printf(a, _("anotou o prazo vencido: %s"),
                            sla_kind_words(to));
    if (is(h->field, "tags"))
        return arena_printf(a, _("mudou %s"), field_words(h->field));
    return arena_printf(a, _("mudou %s: %s"), field_words(h->field),
                        new_words(a, h));
}

static enum err
add_changes(struct req *r, struct json_object *m, int64_t ticket_id)
{
    struct json_object *list = json_object_new_array();
    struct arena *a = r->ctx.arena;
    CHANGE *rows;
    int count, i;
    enum err e = q_ticket_history(
        &r->ctx,
        &(struct q_ticket_history_in){
            .ticket_id = ticket_id, .before = INT64_MAX, .max = PAST_CHANGES },
        &rows, &count);

    json_object_object_add(m, "changes", list);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = json_object_new_object();
        int64_t at_ms = when_parse(rows[i].created_at);

        model_text(one, "who",
                   rows[i].user_name != NULL ? rows[i].user_name
                                             : _("O sistema"));
        model_text(one, "text", change_text(a, &rows[i]));
        model_text(one, "atIso", when_iso(a, at_ms));
        model_text(one, "atText", when_brief(a, at_ms, clock_now_ms()));
        json_object_array_add(list, one);
    }
    model_bool(m, "hasChanges", e == OK && count > 0);
    return e;
}

/* A última pesquisa: a nota e o que se disse, ou que ainda não veio. */
static enum err
add_csat(struct req *r, struct json_object *m, int64_t ticket_id)
{
    struct q_csat_of_ticket_row row;
    bool found;
    enum err e = q_csat_of_ticket(
        &r->ctx, &(struct q_csat_of_ticket_in){ .ticket_id = ticket_id }, &row,
        &found);

    if (e != OK || !found)
        return e;
    model_text(m, "csat",
               row.has_score
                   ? arena_printf(r->ctx.arena, _("%d de 5"), (int)row.score)
                   : _("Ainda não respondeu"));
    model_text(m, "csatComment", row.comment);
    return e;
}

/* ---- os formulários ---- */

static enum err
add_targets(struct req *r, struct json_object *m, const struct q_ticket_row *t)
{
    struct json_object *queues = json_object_new_array();
    struct json_object *people = json_object_new_array();
    struct q_panel_targets_row *rows;
    int count, i;
    enum err e = q_panel_targets(&r->ctx, &rows, &count);

    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = json_object_new_object();
        bool is_queue = is(rows[i].kind, "queue");

        if (!is_queue && t->has_assignee_id && rows[i].id == t->assignee_id) {
            json_object_put(one);
            continue; /* já está com ela */
        }
        model_text(one, "value",
                   arena_printf(r->ctx.arena, "%s:%" PRId64, rows[i].kind,
                                rows[i].id));
        model_text(one, "name", rows[i].name);
        json_object_array_add(is_queue ? queues : people, one);
    }
    json_object_object_add(m, "queues", queues);
    json_object_object_add(m, "people", people);
    return e;
}

const char *
inbox_priority_text(const char *priority)
{
    return is(priority, "low")      ? _("Baixa")
           : is(priority, "high")   ? _("Alta")
           : is(priority, "urgent") ? _("Urgente")
                                    : _("Normal");
}

static void
add_priorities(struct json_object *m, const char *now)
{
    static const char *const all[] = { "low", "normal", "high", "urgent" };
    struct json_object *list = json_object_new_array();
    size_t i;

    for (i = 0; i < sizeof all / sizeof *all; i++) {
        struct json_object *one = json_object_new_object();

        model_text(one, "value", all[i]);
        model_text(one, "name", inbox_priority_text(all[i]));
        model_bool(one, "chosen", is(all[i], now));
        json_object_array_add(list, one);
    }
    json_object_object_add(m, "priorities", list);
}

/* Onde a conversa continua, se se fundiu; e se ainda se pode fundir. */
static enum err
add_merged(struct req *r, struct json_object *m, const struct q_ticket_row *t)
{
    struct q_ticket_row into;
    enum err e;

    model_bool(m, "mayMerge",
               !t->has_merged_into_id && settings_may(r, PERM_TICKETS_MANAGE));
    model_text(m, "mergedHref", NULL);
    if (!t->has_merged_into_id)
        return OK;
    e = q_ticket_get(
        &r->ctx, &(struct q_ticket_get_in){ .id = t->merged_into_id }, &into);
    if (e == ERR_NOT_FOUND) {
        ctx_clear_error(&r->ctx);
        return OK;
    }
    if (e != OK)
        return e;
    model_text(m, "mergedHref",
               arena_printf(r->ctx.arena, "/inbox/%" PRId64, into.id));
    model_text(m, "mergedProtocol", into.protocol);
    return OK;
}

enum err
inbox_add_panel(struct req *r, struct json_object *m,
                const struct q_ticket_row *t, const struct inbox_talk *in)
{
    struct json_object *panel = json_object_new_object();
    struct arena *a = r->ctx.arena;
    int64_t snoozed_ms = when_parse(t->snoozed_until);
    enum err e = add_contact(r, panel, t->contact_id);

    json_object_object_add(m, "panel", panel);
    model_int(panel, "version", t->version);
    model_text(panel, "protocol", t->protocol);
    model_text(panel, "subject", t->subject);
    model_text(panel, "closeReason", t->close_reason);
    model_text(panel, "priority", inbox_priority_text(t->priority));
    model_bool(panel, "isOpen", !is(t->status, "closed"));
    model_text(panel, "snoozed",
               snoozed_ms == 0 ? NULL
                               : when_moment(a, snoozed_ms, clock_now_ms()));
    add_priorities(panel, t->priority);
    if (e == OK)
        e = add_tags(r, panel, t);
    if (e == OK)
        e = add_targets(r, panel, t);
    if (e == OK)
        e = add_merged(r, panel, t);
    if (e == OK)
        e = macro_add_panel(r, panel, t->id);
    if (e == OK)
        e = schedule_add_panel(r, panel, t, in);
    if (e == OK)
        e = participant_add_panel(r, panel, t);
    if (e == OK)
        e = add_csat(r, panel, t->id);
    if (e == OK)
        e = add_past(r, panel, t);
    return e == OK ? add_changes(r, panel, t->id) : e;
}
