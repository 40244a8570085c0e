/* outbox.c - o aviso na mesma transação do fato. */
#include "live/outbox.h"

#include <inttypes.h>

#include "gen/q_live.h"

void
rooms_add(struct ctx *c, struct rooms *r, const char *kind, int64_t id)
{
    if (r->count == ROOMS_MAX)
        return;
    r->names[r->count++] =
        id < 0 ? arena_strdup(c->arena, kind)
               : arena_printf(c->arena, "%s:%" PRId64, kind, id);
}

enum err
outbox_emit(struct ctx *c, const char *type, const struct rooms *r,
            const char *payload)
{
    struct str list;
    int i;

    str_init(&list, c->arena, 80);
    str_putc(&list, '{');
    for (i = 0; i < r->count; i++) {
        if (i > 0)
            str_putc(&list, ',');
        str_json(&list, r->names[i]); /* as aspas do vetor são as mesmas */
    }
    str_putc(&list, '}');
    c->nudges |= NUDGE_RELAY;
    return q_outbox_add_queue(
        c, &(struct q_outbox_add_in){
               .type = type, .rooms = list.data, .payload = payload });
}
