/* nchan.c - publicar, entregar conexões ao nginx e conferi-las. */
#include "live/nchan_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "db/db.h"
#include "live/nchan_pipe.h"

enum {
    TARGETS_MAX = 200, /* canais por POST; o nchan aceita 255 */
    MERGE_BYTES_MAX = 256 << 10,
    CHECKS_AT_ONCE = 30, /* por tick */
    RETRY_US = 1000000,
};

static struct {
    struct pipe pipe;
    bool is_on, is_up, is_asking, has_failed, must_kick_all, must_kick;
    int64_t retry_at_us, beat_at_us;
    /* o evento que está sendo distribuído e os conjuntos que o ouvem */
    struct event *event;
    struct set *targets[TARGETS_MAX];
    int target_count;
    struct post *last; /* o último da fila, se aceita emendas */
} n;

static bool on_answer(struct post *p, int status, const char *body);

static void
on_failure(void)
{
    n.has_failed = true;
    n.last = NULL;
}

void
nchan_open(const char *socket_path)
{
    sets_open();
    n.pipe = (struct pipe){ .path = socket_path,
                            .fd = -1,
                            .on_answer = on_answer,
                            .on_failure = on_failure };
    n.is_on = socket_path[0] != '\0';
}

bool
nchan_is_up(void)
{
    return n.is_up;
}

bool
nchan_is_waiting(void)
{
    return n.is_on && !n.is_up;
}

int
nchan_fd(void)
{
    return n.pipe.fd;
}

unsigned
nchan_opens(void)
{
    return n.pipe.opens;
}

bool
nchan_wants_write(void)
{
    return pipe_wants_write(&n.pipe);
}

size_t
nchan_count(void)
{
    return nchan_sets.person_count;
}

size_t
nchan_set_count(void)
{
    return nchan_sets.set_count;
}

static void
push(enum post_kind kind, void *owner, const char *target)
{
    n.last = NULL;
    pipe_push(&n.pipe, post_new(kind, owner, target));
}

static void
push_channel(enum post_kind kind, void *owner, const char *channel)
{
    char target[80];

    snprintf(target, sizeof target, "/publish/%s", channel);
    push(kind, owner, target);
}

void
nchan_close(void)
{
    if (!n.is_on)
        return;
    sets_forget_all();
    pipe_close(&n.pipe);
    n.is_up = n.is_on = false;
}

/* ---- publicação ---- */

/*
 * Emenda na publicação anterior, se ela ainda não saiu e é para os mesmos:
 * numa rajada, muitos eventos vão num POST só.
 */
static bool
merge(const char *target, struct frame *f)
{
    struct post *p = n.last;

    if (p == NULL || p != n.pipe.tail || (n.pipe.is_busy && p == n.pipe.head) ||
        strcmp(p->target, target) != 0 ||
        p->body_bytes + f->len > MERGE_BYTES_MAX)
        return false;
    post_add(p, f);
    return true;
}

static void
publish(void)
{
    char target[TARGETS_MAX * CHANNEL_CHARS + 16];
    struct post *p;
    size_t at = 0;
    int i;

    if (n.event == NULL)
        return;
    at = (size_t)sprintf(target, "/publish/");
    for (i = 0; i < n.target_count; i++)
        at += (size_t)sprintf(target + at, "%s%s", i > 0 ? "," : "",
                              n.targets[i]->channel);
    if (!n.has_failed && !merge(target, event_frame(n.event))) {
        p = post_new(POST_EVENT, NULL, target);
        post_add(p, event_frame(n.event));
        pipe_queue(&n.pipe, p); /* sai no fim da volta */
        n.last = p;
    }
    event_release(n.event);
    n.event = NULL;
    n.target_count = 0;
}

void
nchan_deliver(struct sub *s, struct event *e)
{
    if (n.event != NULL && (n.event != e || n.target_count == TARGETS_MAX))
        publish();
    if (n.event == NULL)
        n.event = event_keep(e);
    n.targets[n.target_count++] = (struct set *)s;
}

void
nchan_recheck(struct sub *s)
{
    ((struct set *)s)->must_kick = n.must_kick = true;
}

void
nchan_restart(void)
{
    n.must_kick_all = true;
}

/* ---- entrada de um cliente ---- */

void
nchan_adopt(struct client *c)
{
    struct person *p = person_add(c);
    struct conn *k = &c->conn;
    struct post *post;
    char target[80];
    uint32_t i;

    c->person = p;
    snprintf(target, sizeof target, "/publish/%s", p->channel);
    post = post_new(POST_CONNECT, c, target);
    for (i = 1; i < k->count; i++) /* a 0 é o cabeçalho */
        post_add(post, k->queue[(k->first + i) & (k->cap - 1)]);
    publish(); /* o que é de antes vai antes */
    n.last = NULL;
    pipe_push(&n.pipe, post);
}

void
nchan_forget(struct client *c)
{
    struct post *p;

    if (c->person == NULL)
        return;
    for (p = n.pipe.head; p != NULL; p = p->next)
        if (p->kind == POST_CONNECT && p->owner == c)
            p->owner = NULL;
    person_drop(c->person);
    c->person = NULL;
}

/* "last_message_id": "1795225504:0" -> 1795225504 */
static bool
read_second(const char *body, long long *second)
{
    const char *at = strstr(body, "\"last_message_id\"");

    if (at == NULL)
        return false;
    at = strpbrk(at + 17, "0123456789");
    *second = at == NULL ? 0 : strtoll(at, NULL, 10);
    return *second > 0;
}

/*
 * O canal está escrito: a resposta vira um desvio interno do nginx. As linhas
 * dele vão na frente do cabeçalho que já estava pronto; o corpo, que foi para
 * o canal, sai da fila.
 */
static bool
hand_over(struct client *c, const char *body)
{
    char lines[400];
    long long second;
    int len;

    if (c == NULL)
        return true;
    if (!read_second(body, &second))
        return false;
    len = snprintf(lines, sizeof lines,
                   "X-Balcao-Channel: %s\r\n"
                   "X-Balcao-Set: %s\r\nX-Balcao-Start: %lld:-1\r\n"
                   "X-Accel-Redirect: /_nchan/stream\r\n",
                   c->person->channel, c->person->set->channel, second);
    conn_keep_first(&c->conn, lines, (size_t)len);
    c->person = NULL; /* a pessoa fica, sem o cliente */
    c->is_held = false;
    client_detach(c);
    conn_end(&c->conn);
    client_touch(c);
    return true;
}

/* ---- conferência de tempo em tempo ---- */

static bool
has_subscribers(int status, const char *body)
{
    const char *at = strstr(body, "\"subscribers\"");

    if (status != 200 || at == NULL)
        return false;
    at = strpbrk(at + 13, "0123456789");
    return at != NULL && atoi(at) > 0;
}

static bool
is_allowed(struct person *p)
{
    struct ctx c = p->who;
    struct room_list rooms = { .count = p->set->sub.room_count };
    enum err e;
    int i;

    c.arena = live.scratch;
    c.db = live.config->db;
    c.one_query = c.read_only = true;
    for (i = 0; i < rooms.count; i++)
        rooms.names[i] = sub_room(&p->set->sub, i);
    e = rooms_allow(&c, p->session_id, &rooms);
    db_rollback(&c);
    arena_reset(live.scratch);
    return e != ERR_UNAUTHORIZED && e != ERR_FORBIDDEN && e != ERR_SUSPENDED;
}

/* Ainda está lá? Então confere o acesso; se não, esquece. */
static void
take_probe(struct person *p, int status, const char *body)
{
    p->is_probing = false;
    if (!has_subscribers(status, body)) {
        person_drop(p);
        return;
    }
    list_remove(&p->by_check);
    list_add(&nchan_sets.checks, &p->by_check);
    p->check_at_us = clock_mono_us() + PERSON_CHECK_US;
    if (is_allowed(p))
        return;
    push_channel(POST_KICK, NULL, p->channel);
}

static bool
on_answer(struct post *p, int status, const char *body)
{
    switch (p->kind) {
    case POST_EVENT:
    case POST_BEAT:
        return status == 201 || status == 202;
    case POST_CONNECT:
        return (status == 201 || status == 202) && hand_over(p->owner, body);
    case POST_KICK_ALL:
        if (status >= 500)
            return false;
        n.is_asking = false;
        n.is_up = true;
        return true;
    case POST_KICK:
        return status < 500;
    case POST_PROBE:
        if (status < 500)
            take_probe(p->owner, status, body);
        return status < 500;
    }
    return false;
}

static void
probe_some(int64_t now_us)
{
    int left = CHECKS_AT_ONCE;
    struct list *at;

    for (at = nchan_sets.checks.next; at != &nchan_sets.checks && left > 0;
         at = at->next) {
        struct person *p = CONTAINER(at, struct person, by_check);

        if (now_us < p->check_at_us)
            return;
        if (p->is_probing)
            continue;
        p->is_probing = true;
        push_channel(POST_PROBE, p, p->channel);
        left--;
    }
}

/* Derruba os conjuntos em que o acesso de alguém mudou. */
static void
kick_sets(void)
{
    struct list *at, *next;

    if (!n.must_kick)
        return;
    n.must_kick = false;
    for (at = nchan_sets.sets.next; at != &nchan_sets.sets; at = next) {
        struct set *s = CONTAINER(at, struct set, all);

        next = at->next;
        if (!s->must_kick)
            continue;
        s->must_kick = false;
        push_channel(POST_KICK, NULL, s->channel);
    }
}

/* Os que esperavam a vez voltam ao laço próprio; os outros, quando puderem. */
static void
recover(void)
{
    struct list *at;

    n.has_failed = n.must_kick_all = n.is_asking = n.is_up = false;
    n.retry_at_us = clock_mono_us() + RETRY_US;
    for (at = live.all.next; at != &live.all; at = at->next) {
        struct client *c = CONTAINER(at, struct client, all);

        if (c->person == NULL)
            continue;
        c->person = NULL;
        c->is_held = false;
        client_touch(c);
    }
    sets_forget_all();
    if (n.pipe.fd >= 0)
        pipe_close(&n.pipe);
}

void
nchan_settle(void)
{
    if (!n.is_on)
        return;
    publish();
    pipe_start(&n.pipe);
    kick_sets();
    if (n.has_failed || (n.must_kick_all && n.is_up)) {
        recover();
        n.retry_at_us = 0;
    }
}

void
nchan_ready(void)
{
    pipe_ready(&n.pipe);
}

void
nchan_tick(int64_t now_us)
{
    if (!n.is_on)
        return;
    pipe_tick(&n.pipe, now_us);
    if (!n.is_up) {
        if (n.is_asking || n.has_failed || now_us < n.retry_at_us)
            return;
        n.retry_at_us = now_us + RETRY_US;
        if (!pipe_open(&n.pipe))
            return;
        n.is_asking = true;
        push(POST_KICK_ALL, NULL, "/beat");
        return;
    }
    probe_some(now_us);
    if (now_us >= n.beat_at_us && nchan_sets.person_count > 0) {
        struct post *p = post_new(POST_BEAT, NULL, "/beat");

        n.beat_at_us = now_us + conf()->stream_heartbeat_s * 1000000;
        post_add(p, live.beat);
        n.last = NULL;
        pipe_push(&n.pipe, p);
    }
}
