/* ticket_bulk.c - uma mudança, muitos atendimentos. */
#include "desk/ticket_bulk.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/ticket_change.h"

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool
is_tagging(const struct ticket_bulk *w)
{
    return is(w->action, "tag") || is(w->action, "untag");
}

static enum err
check_tags(struct ctx *c, const char *list)
{
    struct q_ticket_tags_missing_row row;
    enum err e;

    if (list == NULL || is(list, "{}"))
        return fail_field(c, "tagIds", "required", "%s", _("é obrigatório"));
    e = q_ticket_tags_missing(
        c, &(struct q_ticket_tags_missing_in){ .ids = list }, &row);
    if (e == OK && row.missing > 0)
        return fail_field(c, "tagIds", "exists", "%s",
                          _("há uma etiqueta que não existe"));
    return e;
}

/* O que seria recusado em todos se recusa uma vez, com o campo. */
static enum err
check(struct ctx *c, const struct ticket_bulk *w)
{
    if (is_tagging(w))
        return check_tags(c, w->tag_ids);
    if (is(w->action, "priority") && w->priority == NULL)
        return fail_field(c, "priority", "required", "%s", _("é obrigatório"));
    if (is(w->action, "transfer") && w->user_id == 0 && w->queue_id == 0)
        return fail_field(c, "userId", "required", "%s",
                          _("diga a pessoa ou a fila"));
    if (is(w->action, "assign"))
        return ticket_check_target(c, w->user_id, 0);
    if (is(w->action, "transfer"))
        return ticket_check_target(c, w->user_id, w->queue_id);
    return OK;
}

static enum err
tag(struct ctx *c, int64_t id, const struct ticket_bulk *w)
{
    struct q_ticket_tag_row row;
    enum err e = q_ticket_tag(
        c,
        &(struct q_ticket_tag_in){
            .id = id, .tag_ids = w->tag_ids, .put = is(w->action, "tag") },
        &row);

    return e == OK && row.changed ? ticket_emit(c, "ticket:updated", id) : e;
}

static enum err
set_priority(struct ctx *c, const struct q_ticket_lock_row *was,
             const char *priority)
{
    enum err e;

    if (is(was->priority, priority))
        return OK;
    e = q_ticket_set_priority_queue(
        c, &(struct q_ticket_set_priority_in){ .id = was->id,
                                               .priority = priority });
    if (e == OK)
        e = ticket_note(c, was->id, "priority", was->priority, priority);
    return e == OK ? ticket_emit(c, "ticket:updated", was->id) : e;
}

static enum err
act(struct ctx *c, int64_t id, const struct ticket_bulk *w)
{
    struct q_ticket_lock_row was;
    struct q_ticket_row t;
    enum err e;

    if (is(w->action, "assign"))
        return ticket_assign(c, id, w->user_id, &t);
    if (is(w->action, "transfer"))
        return ticket_transfer(
            c, id,
            &(struct ticket_transfer){ .user_id = w->user_id,
                                       .queue_id = w->queue_id,
                                       .note = w->note != NULL ? w->note : "" },
            &t);
    if (is(w->action, "close"))
        return ticket_close(c, id, w->reason != NULL ? w->reason : "", &t);
    if (is(w->action, "read"))
        return ticket_mark_read(c, id);
    e = q_ticket_lock(c, &(struct q_ticket_lock_in){ .id = id }, &was);
    if (e != OK)
        return e;
    return is_tagging(w) ? tag(c, id, w) : set_priority(c, &was, w->priority);
}

enum err
ticket_bulk_one(struct ctx *c, int64_t id, const struct ticket_bulk *what)
{
    enum err e = check(c, what);

    return e == OK ? act(c, id, what) : e;
}

/* A recusa é deste; a falha do banco é de todos. */
static bool
is_refusal(const struct ctx *c, enum err e)
{
    return c->tx != TX_FAILED && (e == ERR_NOT_FOUND || e == ERR_CONFLICT ||
                                  e == ERR_FORBIDDEN || e == ERR_INVALID);
}

static void
note_refusal(struct ctx *c, enum err e, struct ticket_bulk_result *out)
{
    unsigned nudges = c->nudges;

    out->code = err_info(e)->slug;
    out->detail = c->detail != NULL   ? c->detail
                  : c->fields != NULL ? c->fields->detail
                                      : _(err_info(e)->title);
    ctx_clear_error(c);
    c->nudges = nudges; /* os que já mudaram continuam a avisar */
}

int
ticket_bulk_ids(struct arena *a, const char *list, int64_t **out)
{
    int count = 0;

    *out = arena_alloc(a, (TICKET_BULK_MAX + 1) * sizeof **out);
    for (; list != NULL && *list != '}' && *list != '\0' && list[1] != '}' &&
           count < TICKET_BULK_MAX;) {
        char *end;

        (*out)[count++] = strtoll(list + 1, &end, 10);
        list = end;
    }
    return count;
}

static int
by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Em ordem: dois pedidos com os mesmos números não se travam. */
static int
sorted(int64_t *ids, int count)
{
    int i, kept = 0;

    qsort(ids, (size_t)count, sizeof *ids, by_number);
    for (i = 0; i < count; i++)
        if (i == 0 || ids[i] != ids[i - 1])
            ids[kept++] = ids[i];
    return kept;
}

enum err
ticket_bulk(struct ctx *c, const struct ticket_bulk *what, int64_t *ids,
            int *count, struct ticket_bulk_result **out)
{
    enum err e = check(c, what);
    int i;

    if (e != OK)
        return e;
    *count = sorted(ids, *count);
    *out = arena_alloc(c->arena, (size_t)(*count + 1) * sizeof **out);
    for (i = 0; i < *count; i++) {
        struct ticket_bulk_result *r = &(*out)[i];

        r->id = ids[i];
        e = act(c, ids[i], what);
        r->done = e == OK;
        if (e != OK && !is_refusal(c, e))
            return e;
        if (e != OK)
            note_refusal(c, e, r);
    }
    return OK;
}
