/* schedule_list.c - a lista de agendamentos, por chave. */
#include "app/schedule_list.h"

#include <inttypes.h>
#include <string.h>

#include "app/cursor.h"
#include "base/str.h"

/* O cursor é a chave da última linha; sem ele, o começo da ordem. */
static bool
read_cursor(struct req *r, const char *cursor, const char *start,
            const char **at, int64_t *id)
{
    const char *comma = cursor != NULL ? strchr(cursor, ',') : NULL;
    size_t n;

    *at = start;
    *id = 0;
    if (cursor == NULL)
        return true;
    if (comma == NULL || !parse_int64(comma + 1, id))
        return false;
    n = (size_t)(comma - cursor);
    *at = arena_memdup(r->ctx.arena, cursor, n);
    return n >= 22 && n <= 32 && strspn(*at, "0123456789-:.+ ") == n &&
           (*at)[4] == '-' && (*at)[13] == ':';
}

enum err
schedule_list(struct req *r, struct schedule_page *p)
{
    bool waits = strcmp(p->status, "pending") == 0;
    const struct q_schedule_row *last;
    const char *at;
    int64_t id;
    enum err e;

    p->next = NULL;
    if (!read_cursor(r, p->cursor, waits ? "-infinity" : "infinity", &at, &id))
        return cursor_refused(r);
    if (waits)
        e = q_schedule_coming(
            &r->ctx,
            &(struct q_schedule_coming_in){ .status = p->status,
                                            .after_at = at,
                                            .after_id = id,
                                            .max = p->limit },
            &p->rows, &p->count);
    else
        e = q_schedule_past(&r->ctx,
                            &(struct q_schedule_past_in){ .status = p->status,
                                                          .before_at = at,
                                                          .before_id = id,
                                                          .max = p->limit },
                            &p->rows, &p->count);
    if (e != OK || p->count < p->limit)
        return e;
    last = &p->rows[p->count - 1];
    p->next = arena_printf(r->ctx.arena, "%s,%" PRId64, last->due_at, last->id);
    return OK;
}
