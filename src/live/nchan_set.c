/* nchan_set.c - quem está com o nginx, e em que conjunto de salas. */
#include <inttypes.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "auth/token.h"
#include "base/clock.h"
#include "live/nchan_internal.h"

struct set_table nchan_sets;

void
sets_open(void)
{
    nchan_sets.sets.next = nchan_sets.sets.prev = &nchan_sets.sets;
    nchan_sets.checks.next = nchan_sets.checks.prev = &nchan_sets.checks;
    token_random(nchan_sets.salt, sizeof nchan_sets.salt);
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
name_set(const struct sub *s, char out[static CHANNEL_CHARS])
{
    const char *names[ROOMS_WANTED_MAX] = { NULL };
    unsigned char digest[SHA256_DIGEST_LENGTH];
    struct str text;
    int i;

    for (i = 0; i < s->room_count; i++)
        names[i] = sub_room(s, i);
    qsort(names, (size_t)s->room_count, sizeof *names, compare_names);
    str_init(&text, live.scratch, 400);
    str_add(&text, nchan_sets.salt, sizeof nchan_sets.salt);
    str_printf(&text, "%" PRId64, s->company_id);
    for (i = 0; i < s->room_count; i++)
        str_printf(&text, ",%s", names[i]);
    SHA256((const unsigned char *)text.data, text.len, digest);
    arena_reset(live.scratch);
    memcpy(out, "s.", 2);
    hex_encode(digest, 16, out + 2);
}

static struct set *
find_set(const char *channel)
{
    struct list *at;

    for (at = nchan_sets.sets.next; at != &nchan_sets.sets; at = at->next) {
        struct set *s = CONTAINER(at, struct set, all);

        if (strcmp(s->channel, channel) == 0)
            return s;
    }
    return NULL;
}

/* O conjunto entra no índice na posição do hub, na mesma volta em que o
 * cliente a alcançou: nada passa entre um e outro. */
static struct set *
join_set(const struct sub *like)
{
    const char *names[ROOMS_WANTED_MAX];
    char channel[CHANNEL_CHARS];
    struct set *s;
    int i;

    name_set(like, channel);
    s = find_set(channel);
    if (s != NULL)
        return s;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    memcpy(s->channel, channel, sizeof channel);
    for (i = 0; i < like->room_count; i++)
        names[i] = sub_room(like, i);
    sub_open(&live.hub, &s->sub, like->company_id, names, like->room_count);
    s->sub.is_set = true;
    s->sub.last = live.hub.tail;
    hub_replay(&live.hub, &s->sub);
    s->people.next = s->people.prev = &s->people;
    list_add(&nchan_sets.sets, &s->all);
    nchan_sets.set_count++;
    return s;
}

static void
drop_set(struct set *s)
{
    sub_close(&live.hub, &s->sub);
    list_remove(&s->all);
    nchan_sets.set_count--;
    free(s);
}

void
person_drop(struct person *p)
{
    struct set *s = p->set;

    list_remove(&p->in_set);
    list_remove(&p->by_check);
    nchan_sets.person_count--;
    free(p);
    if (--s->person_count == 0)
        drop_set(s);
}

struct person *
person_add(struct client *c)
{
    struct person *p = calloc(1, sizeof *p);
    unsigned char random[16];

    if (p == NULL)
        abort();
    p->set = join_set(&c->sub);
    p->set->person_count++;
    p->who = c->who;
    p->session_id = c->session_id;
    p->check_at_us = clock_mono_us() + PERSON_CHECK_US;
    token_random(random, sizeof random);
    memcpy(p->channel, "k.", 2);
    hex_encode(random, sizeof random, p->channel + 2);
    list_add(&p->set->people, &p->in_set);
    list_add(&nchan_sets.checks, &p->by_check);
    nchan_sets.person_count++;
    return p;
}

void
sets_forget_all(void)
{
    while (!list_is_empty(&nchan_sets.checks))
        person_drop(CONTAINER(nchan_sets.checks.next, struct person, by_check));
}
