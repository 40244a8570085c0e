/* participant_panel.c - a lista, o formulário e os botões de entrar e sair. */
#include "app/participant_panel.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "desk/participant.h"

#define P struct q_participant_row

static const char *
drop_path(struct req *r, int64_t ticket_id, int64_t user_id)
{
    return arena_printf(r->ctx.arena,
                        "/inbox/%" PRId64 "/participants/%" PRId64 "/drop",
                        ticket_id, user_id);
}

/* Por que está ali; de quem entrou sozinho não há o que dizer. */
static const char *
why_text(struct arena *a, const P *p)
{
    if (p->by_name == NULL || (p->has_by_id && p->by_id == p->user_id))
        return NULL;
    return arena_printf(
        a, strcmp(p->via, "mention") == 0 ? _("citação de %s") : _("por %s"),
        p->by_name);
}

static void
add_rows(struct req *r, struct json_object *m, int64_t ticket_id, const P *rows,
         int count)
{
    bool may_write = settings_may(r, PERM_TICKETS_WRITE), is_in = false;
    struct json_object *list = json_object_new_array();
    int i;

    for (i = 0; i < count; i++) {
        struct json_object *one = json_object_new_object();
        bool is_me = rows[i].user_id == r->ctx.user_id;

        model_text(one, "name", rows[i].name);
        model_text(one, "why", why_text(r->ctx.arena, &rows[i]));
        model_text(one, "dropHref",
                   may_write && !is_me
                       ? drop_path(r, ticket_id, rows[i].user_id)
                       : NULL);
        json_object_array_add(list, one);
        is_in = is_in || is_me;
    }
    json_object_object_add(m, "rows", list);
    model_bool(m, "hasRows", count > 0);
    model_text(m, "leaveHref",
               is_in ? drop_path(r, ticket_id, r->ctx.user_id) : NULL);
}

/* Quem falta: os outros num campo, quem olha num botão. */
static enum err
add_choices(struct req *r, struct json_object *m, int64_t ticket_id)
{
    struct json_object *list = json_object_new_array();
    struct q_participant_choices_row *rows;
    bool may_join = false;
    int count, i;
    enum err e = q_participant_choices(
        &r->ctx, &(struct q_participant_choices_in){ .ticket_id = ticket_id },
        &rows, &count);

    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one;

        if (rows[i].id == r->ctx.user_id) {
            may_join = true;
            continue;
        }
        one = json_object_new_object();
        model_int(one, "id", rows[i].id);
        model_text(one, "name", rows[i].name);
        json_object_array_add(list, one);
    }
    model_bool(m, "mayJoin", may_join);
    model_bool(m, "hasChoices", json_object_array_length(list) > 0);
    json_object_object_add(m, "choices", list);
    return e;
}

enum err
participant_add_panel(struct req *r, struct json_object *m,
                      const struct q_ticket_row *t)
{
    bool may_add =
        settings_may(r, PERM_TICKETS_WRITE) && !t->has_merged_into_id;
    struct json_object *part = json_object_new_object();
    P *rows;
    int count;
    enum err e = participant_list(&r->ctx, t->id, &rows, &count);

    json_object_object_add(m, "participants", part);
    if (e != OK)
        return e;
    add_rows(r, part, t->id, rows, count);
    model_bool(part, "mayJoin", false);
    model_bool(part, "hasChoices", false);
    return may_add && count < PARTICIPANTS_MAX ? add_choices(r, part, t->id)
                                               : OK;
}

const char *
participant_change_text(struct arena *a, const struct q_ticket_history_row *h)
{
    const char *id = h->new_value != NULL ? h->new_value : h->old_value;
    const char *name = h->new_value != NULL ? h->new_name : h->old_name;
    bool is_self = h->has_user_id && id != NULL &&
                   strcmp(arena_printf(a, "%" PRId64, h->user_id), id) == 0;

    if (is_self)
        return h->new_value != NULL ? _("passou a acompanhar")
                                    : _("deixou de acompanhar");
    return arena_printf(a,
                        h->new_value != NULL ? _("pôs %s a acompanhar")
                                             : _("tirou %s dos participantes"),
                        name != NULL ? name : _("alguém"));
}
