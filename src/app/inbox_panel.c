/* inbox_panel.c - o painel: o contato, o atendimento e o que já houve. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "gen/q_panel.h"

#define PAST_TICKETS 5
#define PAST_CHANGES 12

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* 11 algarismos: CPF 000.000.000-00; 14: CNPJ 00.000.000/0000-00. */
static const char *
document_text(struct arena *a, const char *d)
{
    size_t n = d != NULL ? strlen(d) : 0;

    if (n == 11)
        return arena_printf(a, "%.3s.%.3s.%.3s-%s", d, d + 3, d + 6, d + 9);
    if (n == 14)
        return arena_printf(a, "%.2s.%.3s.%.3s/%.4s-%s", d, d + 2, d + 5, d + 8,
                            d + 12);
    return d;
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
    model_text(m, "phone", inbox_phone(a, c.phone));
    model_text(m, "email", c.email);
    model_text(m, "document", document_text(a, c.document));
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

static enum err
add_tags(struct req *r, struct json_object *m, int64_t ticket_id)
{
    struct json_object *list = json_object_new_array();
    struct q_panel_tags_row *rows;
    int count, i;
    enum err e = q_panel_tags(
        &r->ctx, &(struct q_panel_tags_in){ .ticket_id = ticket_id }, &rows,
        &count);

    json_object_object_add(m, "tags", list);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *tag = json_object_new_object();

        model_text(tag, "name", rows[i].name);
        model_text(tag, "color", rows[i].color);
        model_bool(tag, "ofContact", rows[i].of_contact);
        json_object_array_add(list, tag);
    }
    model_bool(m, "hasTags", e == OK && count > 0);
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

/* A frase de uma mudança; o que ela não conhece se diz pelo nome do campo. */
static const char *
change_text(struct arena *a, const struct q_panel_changes_row *h)
{
    const char *to = h->new_value;

    if (is(h->field, "status") && to != NULL)
        return is(to, "closed")    ? _("encerrou")
               : is(to, "active")  ? _("colocou em atendimento")
               : is(to, "pending") ? _("devolveu à espera")
                                   : _("passou ao robô");
    if (to == NULL || to[0] == '\0')
        return arena_printf(a, _("tirou %s"), h->field);
    return arena_printf(a, _("mudou %s para %s"), h->field, to);
}

static enum err
add_changes(struct req *r, struct json_object *m, int64_t ticket_id)
{
    struct json_object *list = json_object_new_array();
    struct arena *a = r->ctx.arena;
    struct q_panel_changes_row *rows;
    int count, i;
    enum err e =
        q_panel_changes(&r->ctx,
                        &(struct q_panel_changes_in){ .ticket_id = ticket_id,
                                                      .max = PAST_CHANGES },
                        &rows, &count);

    json_object_object_add(m, "changes", list);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = json_object_new_object();
        int64_t at_ms = when_parse(rows[i].created_at);

        model_text(one, "who",
                   rows[i].who != NULL ? rows[i].who : _("O sistema"));
        model_text(one, "text", change_text(a, &rows[i]));
        model_text(one, "atIso", when_iso(a, at_ms));
        model_text(one, "atText", when_brief(a, at_ms, clock_now_ms()));
        json_object_array_add(list, one);
    }
    model_bool(m, "hasChanges", e == OK && count > 0);
    return e;
}

enum err
inbox_add_panel(struct req *r, struct json_object *m,
                const struct q_ticket_row *t)
{
    struct json_object *panel = json_object_new_object();
    enum err e = add_contact(r, panel, t->contact_id);

    json_object_object_add(m, "panel", panel);
    model_text(panel, "protocol", t->protocol);
    model_text(panel, "subject", t->subject);
    model_text(panel, "closeReason", t->close_reason);
    if (e == OK)
        e = add_tags(r, panel, t->id);
    if (e == OK)
        e = add_past(r, panel, t);
    return e == OK ? add_changes(r, panel, t->id) : e;
}
