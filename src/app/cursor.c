/* cursor.c - o cursor das listas em ordem de nome. */
#include "app/cursor.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"

bool
cursor_read(struct req *r, const char *cursor, const char **name, int64_t *id)
{
    const char *comma = cursor != NULL ? strchr(cursor, ',') : NULL;

    *name = "";
    *id = 0;
    if (cursor == NULL)
        return true;
    if (comma == NULL)
        return false;
    *name = comma + 1;
    return parse_int64(
               arena_memdup(r->ctx.arena, cursor, (size_t)(comma - cursor)),
               id) &&
           *id > 0;
}

const char *
cursor_after(struct req *r, int64_t id, const char *name)
{
    return arena_printf(r->ctx.arena, "%" PRId64 ",%s", id, name);
}

enum err
cursor_refused(struct req *r)
{
    return fail_field(&r->ctx, "cursor", "format", "%s",
                      _("não é um cursor desta lista"));
}
