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
schedule_list(struct req *r, const char *status, const char *cursor,
              int64_t limit, struct q_schedule_row **rows, int *count,
              const char **next)
{
    bool waits = strcmp(status, "pending") == 0;
    const char *at;
    int64_t id;
    enum err e;

    *next = NULL;
    if (!read_cursor(r, cursor, waits ? "-infinity" : "infinity", &at, &id))
        return cursor_refused(r);
    if (waits)
        e = q_schedule_coming(&r->ctx,
                              &(struct q_schedule_coming_in){ .status = status,
                                                              .after_at = at,
                                                              .after_id = id,
                                                              .max = limit },
                              rows, count);
    else
        e = q_schedule_past(&r->ctx,
                            &(struct q_schedule_past_in){ .status = status,
                                                          .before_at = at,
                                                          .before_id = id,
                                                          .max = limit },
                            rows, count);
    if (e == OK && *count == limit)
        *next =
            arena_printf(r->ctx.arena, "%s,%" PRId64,
                         (*rows)[*count - 1].due_at, (*rows)[*count - 1].id);
    return e;
}
