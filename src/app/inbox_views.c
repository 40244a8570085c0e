/* inbox_views.c - os filtros guardados, no alto da lista. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/i18n.h"

const char *
inbox_view_href(struct arena *a, const struct ticket_choice *f)
{
    const char *query = ticket_choice_query(a, f);

    if (f->status == NULL)
        return arena_printf(a, "/inbox%s%s", query[0] != '\0' ? "?" : "",
                            query[0] != '\0' ? query + 1 : "");
    return arena_printf(a, "/inbox?status=%s%s", f->status, query);
}

void
inbox_view_count(struct req *r, struct json_object *m, int64_t tickets)
{
    struct arena *a = r->ctx.arena;

    if (tickets < 0)
        return;
    if (tickets >= TICKET_VIEW_COUNT_MAX) {
        model_text(m, "count", "99+");
        model_text(m, "hint", _("mais de 99 conversas"));
        return;
    }
    model_text(m, "count", arena_printf(a, "%" PRId64, tickets));
    model_text(m, "hint",
               arena_printf(a,
                            i18n_plural("%d conversa", "%d conversas",
                                        (unsigned long)tickets),
                            (int)tickets));
}

static struct json_object *
view_model(struct req *r, const struct q_ticket_view_row *view, int64_t tickets,
           const char *query)
{
    struct json_object *one = json_object_new_object();
    struct arena *a = r->ctx.arena;
    struct ticket_choice f;

    ticket_choice_read(a, view->filter, &f);
    model_int(one, "id", view->id);
    model_text(one, "name", view->name);
    model_text(one, "href", inbox_view_href(a, &f));
    model_bool(one, "current",
               query[0] != '\0' &&
                   strcmp(ticket_choice_query(a, &f), query) == 0);
    model_text(one, "from",
               view->mine ? NULL : arena_printf(a, _("de %s"), view->owner));
    inbox_view_count(r, one, tickets);
    return one;
}

enum err
inbox_add_views(struct req *r, struct json_object *m,
                const struct inbox_list *in)
{
    struct json_object *views = json_object_new_object();
    struct json_object *list = json_object_new_array();
    struct arena *a = r->ctx.arena;
    const char *query = ticket_choice_query(a, &in->choice);
    struct q_ticket_view_row *rows;
    int64_t *tickets;
    int count, i;
    enum err e = q_ticket_view_list(&r->ctx, &rows, &count);

    json_object_object_add(m, "views", views);
    json_object_object_add(views, "list", list);
    if (e != OK)
        return e;
    model_bool(views, "any", count > 0);
    model_text(views, "partHref",
               arena_printf(a, "/inbox?part=views%s", query));
    tickets = arena_alloc(a, ((size_t)count + 1) * sizeof *tickets);
    e = ticket_view_counts(&r->ctx, rows, count, tickets);
    for (i = 0; e == OK && i < count; i++)
        json_object_array_add(list, view_model(r, &rows[i], tickets[i], query));
    return e;
}
