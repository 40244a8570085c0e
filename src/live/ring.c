/* ring.c - vetor circular com teto de bytes. */
#include "live/ring.h"

#include <stdlib.h>

static size_t
cost(const struct event *e)
{
    return e->bytes + e->payload_bytes + 128; /* o evento e a moldura */
}

static void
drop_first(struct ring *r)
{
    struct event *e = r->slots[r->first];

    r->floor = e->id;
    r->bytes -= cost(e);
    r->first = (r->first + 1) % RING_SLOTS;
    r->count--;
    event_release(e);
}

void
ring_push(struct ring *r, struct event *e)
{
    if (r->slots == NULL) {
        r->slots = malloc(RING_SLOTS * sizeof *r->slots);
        if (r->slots == NULL)
            abort();
    }
    while (r->count == RING_SLOTS ||
           (r->count > 0 && r->bytes + cost(e) > RING_BYTES))
        drop_first(r);
    r->slots[(r->first + r->count++) % RING_SLOTS] = event_keep(e);
    r->bytes += cost(e);
}

void
ring_clear(struct ring *r, struct event_id floor)
{
    while (r->count > 0)
        drop_first(r);
    free(r->slots);
    *r = (struct ring){ .floor = floor };
}

size_t
ring_find(const struct ring *r, struct event_id after)
{
    size_t low = 0, high = r->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (event_id_compare(ring_at(r, middle)->id, after) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct event *
ring_at(const struct ring *r, size_t index)
{
    return r->slots[(r->first + index) % RING_SLOTS];
}
