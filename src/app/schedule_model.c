/* schedule_model.c - a mensagem agendada nas páginas. */
#include "app/schedule_model.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "gen/q_panel.h"

#define PANEL_ROWS 60

static bool
is(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

const char *
schedule_repeat_text(const char *repeats)
{
    return is(repeats, "daily")     ? _("Todo dia")
           : is(repeats, "weekly")  ? _("Toda semana")
           : is(repeats, "monthly") ? _("Todo mês")
                                    : NULL;
}

static const char *
reason_text(const char *reason)
{
    if (reason == NULL)
        return NULL;
    return is(reason, "window")
               ? _("Não saiu: passaram 24 h da última mensagem do cliente.")
           : is(reason, "closed")
               ? _("Não saiu: o atendimento estava encerrado.")
           : is(reason, "blocked")
               ? _("Não saiu: o contato estava bloqueado.")
               : _("Não saiu: quem a escreveu já não é da equipe.");
}

static const char *
sent_text(struct req *r, const struct q_schedule_row *s)
{
    if (s->sent_count == 0 || is(s->repeats, "none"))
        return NULL;
    return arena_printf(r->ctx.arena,
                        i18n_plural("já saiu %d vez", "já saiu %d vezes",
                                    (unsigned long)s->sent_count),
                        (int)s->sent_count);
}

struct json_object *
schedule_model(struct req *r, const struct q_schedule_row *s,
               const char *cancel)
{
    struct json_object *m = json_object_new_object();
    struct arena *a = r->ctx.arena;
    int64_t due_ms = when_parse(s->due_at);
    bool open = is(s->status, "pending") || is(s->status, "failed");
    bool may = settings_may(r, PERM_TICKETS_WRITE);
    bool mine = s->has_user_id && s->user_id == r->ctx.user_id;

    model_text(m, "href", arena_printf(a, "/scheduled/%" PRId64, s->id));
    model_text(m, "cancelHref", cancel);
    model_text(m, "ticketHref",
               arena_printf(a, "/inbox/%" PRId64, s->ticket_id));
    model_text(m, "contact", s->contact);
    model_text(m, "userName", s->user_name);
    model_text(m, "body", s->body);
    model_text(m, "dueIso", when_iso(a, due_ms));
    model_text(m, "dueText", when_moment(a, due_ms, clock_now_ms()));
    model_text(m, "repeatText", schedule_repeat_text(s->repeats));
    model_text(m, "reasonText", reason_text(s->reason));
    model_text(m, "sentText", sent_text(r, s));
    model_bool(m, "failed", is(s->status, "failed"));
    model_bool(m, "afterWindow", s->after_window);
    model_bool(m, "mayEdit",
               open && may && (mine || settings_may(r, PERM_TICKETS_MANAGE)));
    model_bool(m, "mayCancel", open && may);
    return m;
}

static struct json_object *
repeat_choices(const char *chosen)
{
    static const char *const all[] = { "none", "daily", "weekly", "monthly" };
    struct json_object *list = json_object_new_array();
    size_t i;

    for (i = 0; i < sizeof all / sizeof *all; i++) {
        struct json_object *one = json_object_new_object();
        const char *name = schedule_repeat_text(all[i]);

        model_text(one, "value", all[i]);
        model_text(one, "name", name != NULL ? name : _("Não repete"));
        model_bool(one, "chosen", is(chosen, all[i]));
        json_object_array_add(list, one);
    }
    return list;
}

/* Até quando o WhatsApp aceita texto livre; NULL: sempre, ou já não aceita. */
static enum err
add_window(struct req *r, struct json_object *m, int64_t ticket_id)
{
    struct q_panel_window_row w;
    int64_t until_ms;
    enum err e = q_panel_window(
        &r->ctx, &(struct q_panel_window_in){ .id = ticket_id }, &w);

    if (e != OK)
        return e;
    until_ms = when_parse(w.until);
    model_text(m, "window",
               until_ms == 0
                   ? NULL
                   : when_moment(r->ctx.arena, until_ms, clock_now_ms()));
    return OK;
}

enum err
schedule_add_panel(struct req *r, struct json_object *panel,
                   const struct q_ticket_row *t, const struct inbox_talk *in)
{
    struct json_object *m = json_object_new_object();
    struct json_object *rows = json_object_new_array(), *typed = NULL;
    struct q_schedule_row *found;
    struct arena *a = r->ctx.arena;
    bool may_add =
        !is(t->status, "closed") && settings_may(r, PERM_TICKETS_WRITE);
    int count = 0, i;
    enum err e = q_schedule_panel(
        &r->ctx,
        &(struct q_schedule_panel_in){ .ticket_id = t->id, .max = PANEL_ROWS },
        &found, &count);

    json_object_object_add(panel, "schedule", m);
    json_object_object_add(m, "rows", rows);
    for (i = 0; e == OK && i < count; i++)
        json_object_array_add(
            rows, schedule_model(r, &found[i],
                                 arena_printf(a,
                                              "/inbox/%" PRId64
                                              "/scheduled/%" PRId64 "/cancel",
                                              t->id, found[i].id)));
    if (in->schedule != NULL) {
        typed = json_object_new_object();
        model_text(typed, "body", in->schedule->body);
        model_text(typed, "dueAt", in->schedule->due_at);
    }
    json_object_object_add(m, "typed", typed);
    json_object_object_add(
        m, "repeats",
        repeat_choices(in->schedule != NULL && in->schedule->repeat != NULL
                           ? in->schedule->repeat
                           : "none"));
    model_bool(m, "hasRows", e == OK && count > 0);
    model_bool(m, "mayAdd", may_add);
    model_text(m, "zone", r->session.time_zone);
    model_text(m, "least", when_field(a, clock_now_ms()));
    if (e == OK)
        e = add_window(r, m, t->id);
    if (count == 0 && !may_add) /* nada a mostrar: nem o título */
        json_object_object_add(panel, "schedule", NULL);
    return e;
}

const char *
schedule_typed_time(struct req *r, const char *text)
{
    int64_t at_ms;

    when_zone(r->session.time_zone);
    at_ms = when_typed(text);
    return at_ms != 0 ? when_iso(r->ctx.arena, at_ms) : "";
}
