/* hub.c - índice de salas e entrega. */
#include "live/hub.h"

#include <stdlib.h>
#include <string.h>

struct room {
    struct room *next;  /* no balde */
    struct link *links; /* assinantes ao vivo */
    uint64_t hash;
    int64_t company_id;
    size_t refs; /* assinantes, ao vivo ou não */
    char name[];
};

#define FIRST_BUCKETS 256

void
hub_init(struct hub *h)
{
    h->buckets = calloc(FIRST_BUCKETS, sizeof(struct room *));
    if (h->buckets == NULL)
        abort();
    h->bucket_count = FIRST_BUCKETS;
}

void
hub_restart(struct hub *h, struct event_id tail)
{
    ring_clear(&h->ring, tail);
    h->tail = tail;
}

static struct room *
find_room(const struct hub *h, uint64_t hash, int64_t company_id,
          const char *name)
{
    struct room *r = h->buckets[hash & (h->bucket_count - 1)];

    while (r != NULL && (r->hash != hash || r->company_id != company_id ||
                         strcmp(r->name, name) != 0))
        r = r->next;
    return r;
}

static void
grow(struct hub *h)
{
    size_t count = h->bucket_count * 2, i;
    struct room **fresh = calloc(count, sizeof *fresh);

    if (fresh == NULL)
        abort();
    for (i = 0; i < h->bucket_count; i++)
        while (h->buckets[i] != NULL) {
            struct room *r = h->buckets[i];

            h->buckets[i] = r->next;
            r->next = fresh[r->hash & (count - 1)];
            fresh[r->hash & (count - 1)] = r;
        }
    free(h->buckets);
    h->buckets = fresh;
    h->bucket_count = count;
}

static struct room *
join_room(struct hub *h, int64_t company_id, const char *name)
{
    size_t n = strlen(name);
    uint64_t hash = room_hash(company_id, name, n);
    struct room *r = find_room(h, hash, company_id, name);

    if (r == NULL) {
        if (h->room_count >= h->bucket_count)
            grow(h);
        r = calloc(1, sizeof *r + n + 1);
        if (r == NULL)
            abort();
        memcpy(r->name, name, n);
        r->hash = hash;
        r->company_id = company_id;
        r->next = h->buckets[hash & (h->bucket_count - 1)];
        h->buckets[hash & (h->bucket_count - 1)] = r;
        h->room_count++;
    }
    r->refs++;
    return r;
}

static void
leave_room(struct hub *h, struct room *r)
{
    struct room **at = &h->buckets[r->hash & (h->bucket_count - 1)];

    if (--r->refs > 0)
        return;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    h->room_count--;
    free(r);
}

void
sub_open(struct hub *h, struct sub *s, int64_t company_id,
         const char *const *rooms, int room_count)
{
    int i;

    s->company_id = company_id;
    s->room_count = room_count;
    s->links = calloc((size_t)room_count, sizeof *s->links);
    if (s->links == NULL)
        abort();
    for (i = 0; i < room_count; i++) {
        s->links[i].sub = s;
        s->links[i].room = join_room(h, company_id, rooms[i]);
    }
    h->subs++;
}

static void
go_live(struct hub *h, struct sub *s)
{
    int i;

    for (i = 0; i < s->room_count; i++) {
        struct link *l = &s->links[i];

        l->next = l->room->links;
        if (l->next != NULL)
            l->next->prev = l;
        l->room->links = l;
    }
    s->is_live = true;
    h->live_subs++;
}

void
sub_close(struct hub *h, struct sub *s)
{
    int i;

    for (i = 0; i < s->room_count; i++) {
        struct link *l = &s->links[i];

        if (s->is_live) {
            if (l->prev != NULL)
                l->prev->next = l->next;
            else
                l->room->links = l->next;
            if (l->next != NULL)
                l->next->prev = l->prev;
        }
        leave_room(h, l->room);
    }
    free(s->links);
    h->live_subs -= s->is_live;
    h->subs--;
    *s = (struct sub){ 0 };
}

const char *
sub_room(const struct sub *s, int index)
{
    return s->links[index].room->name;
}

bool
sub_hears_room(const struct sub *s, const struct event_room *r)
{
    int i;

    for (i = 0; i < s->room_count; i++)
        if (s->links[i].room->hash == r->hash &&
            strcmp(s->links[i].room->name, r->name) == 0)
            return true;
    return false;
}

bool
sub_hears(const struct sub *s, const struct event *e)
{
    int i;

    if (e->company_id != s->company_id)
        return false;
    for (i = 0; i < e->room_count; i++)
        if (sub_hears_room(s, &e->rooms[i]))
            return true;
    return false;
}

static bool
is_internal(const struct event *e)
{
    return strcmp(e->type, EVENT_ACCESS_CHANGED) == 0;
}

/*
 * Um evento em várias salas chega uma vez só a quem está em todas: a posição
 * do assinante já passou dele. A entrega nunca fecha ninguém na hora (só
 * marca), então a lista não muda debaixo deste laço.
 */
static void
deliver_room(struct hub *h, struct room *room, struct event *e, bool internal)
{
    struct link *l;

    for (l = room->links; l != NULL; l = l->next) {
        struct sub *s = l->sub;

        if (event_id_compare(s->last, e->id) >= 0)
            continue;
        s->last = e->id;
        if (internal) {
            h->recheck(s);
            continue;
        }
        h->delivered += h->deliver(s, e);
    }
}

void
hub_remember(struct hub *h, struct event *e)
{
    ring_push(&h->ring, e);
    h->tail = e->id;
}

void
hub_push(struct hub *h, struct event *e)
{
    bool internal = is_internal(e);
    int i;

    if (event_id_compare(e->id, h->tail) <= 0)
        return;
    hub_remember(h, e);
    for (i = 0; i < e->room_count; i++) {
        struct room *room =
            find_room(h, e->rooms[i].hash, e->company_id, e->rooms[i].name);

        if (room != NULL)
            deliver_room(h, room, e, internal);
    }
}

void
hub_whisper(struct hub *h, struct event *e)
{
    struct link *l;
    int i;

    h->whispers++;
    for (i = 0; i < e->room_count; i++) {
        struct room *room =
            find_room(h, e->rooms[i].hash, e->company_id, e->rooms[i].name);

        for (l = room != NULL ? room->links : NULL; l != NULL; l = l->next) {
            if (l->sub->whispered == h->whispers)
                continue; /* já o ouviu em outra sala */
            l->sub->whispered = h->whispers;
            h->delivered += h->deliver(l->sub, e);
        }
    }
}

void
hub_advance(struct hub *h, struct event_id to)
{
    if (event_id_compare(to, h->tail) > 0)
        h->tail = to;
}

enum replay
hub_replay(struct hub *h, struct sub *s)
{
    size_t i;

    if (event_id_compare(s->last, h->tail) < 0) {
        if (event_id_compare(s->last, h->ring.floor) < 0)
            return REPLAY_OLD;
        for (i = ring_find(&h->ring, s->last); i < h->ring.count; i++) {
            struct event *e = ring_at(&h->ring, i);

            if (sub_hears(s, e) && !is_internal(e)) {
                if (!h->deliver(s, e))
                    return REPLAY_FULL;
                h->delivered++;
            }
            s->last = e->id;
        }
        s->last = h->tail;
    }
    go_live(h, s);
    return REPLAY_LIVE;
}
