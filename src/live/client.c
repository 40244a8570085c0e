/* client.c - o que cada assinante recebe, e quando. */
#include "live/client.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "db/db.h"
#include "live/nchan.h"

enum {
    REPLAY_QUEUE_MAX = 256 << 10, /* pausa o replay até escoar */
    BATCH_MAX = 200,              /* eventos por resposta de long-poll */
    BATCH_BYTES_MAX = 512 << 10,
    CHECK_US = 60 * 1000000,
};

struct live live;

void
list_add(struct list *head, struct list *item)
{
    item->next = head;
    item->prev = head->prev;
    head->prev->next = item;
    head->prev = item;
}

void
list_remove(struct list *item)
{
    if (item->next == NULL)
        return;
    item->prev->next = item->next;
    item->next->prev = item->prev;
    item->prev = item->next = NULL;
}

bool
list_is_empty(const struct list *head)
{
    return head->next == head;
}

static struct client *
of_sub(struct sub *s)
{
    return CONTAINER(s, struct client, sub);
}

struct client *
client_new(int fd, bool is_cgi)
{
    struct client *c = calloc(1, sizeof *c);

    if (c == NULL)
        abort();
    if (is_cgi)
        conn_open_cgi(&c->conn, fd);
    else
        conn_open(&c->conn, fd);
    list_add(&live.all, &c->all);
    return c;
}

static void
drop_batch(struct client *c)
{
    while (c->batch_count > 0)
        event_release(c->batch[--c->batch_count]);
    free(c->batch);
    c->batch = NULL;
    c->batch_bytes = 0;
}

void
client_detach(struct client *c)
{
    if (!c->is_attached)
        return;
    list_remove(&c->work);
    nchan_forget(c);
    drop_batch(c);
    sub_close(&live.hub, &c->sub);
    c->is_attached = c->is_resync = c->must_end = c->is_held = false;
}

void
client_free(struct client *c)
{
    client_detach(c);
    list_remove(&c->all);
    conn_close(&c->conn);
    free(c);
}

void
client_touch(struct client *c)
{
    if (c->is_dirty)
        return;
    c->is_dirty = true;
    c->next_dirty = live.dirty;
    live.dirty = c;
}

void
client_doom(struct client *c)
{
    c->is_doomed = true;
    client_touch(c);
}

static bool
batch_is_full(const struct client *c)
{
    return c->batch_count >= BATCH_MAX || c->batch_bytes >= BATCH_BYTES_MAX;
}

/* O long-poll guarda eventos; ao vivo aceita todos os desta volta. */
static bool
add_to_batch(struct client *c, struct event *e)
{
    if (!c->sub.is_live && batch_is_full(c))
        return false;
    if ((c->batch_count & (c->batch_count - 1)) == 0) {
        size_t cap = c->batch_count == 0 ? 1 : (size_t)c->batch_count * 2;

        c->batch = realloc(c->batch, cap * sizeof *c->batch);
        if (c->batch == NULL)
            abort();
    }
    c->batch[c->batch_count++] = event_keep(e);
    c->batch_bytes += e->payload_bytes;
    client_touch(c);
    return true;
}

bool
client_deliver(struct sub *s, struct event *e)
{
    struct client *c = of_sub(s);

    if (s->is_set) {
        nchan_deliver(s, e);
        return true;
    }
    if (c->is_doomed || c->must_end)
        return false;
    if (c->kind == LIVE_POLL)
        return add_to_batch(c, e);
    if (!s->is_live && c->conn.queued_bytes > REPLAY_QUEUE_MAX)
        return false;
    if (c->conn.queued_bytes > CONN_QUEUE_MAX) {
        live.dropped++; /* lento demais: volta e alcança */
        client_doom(c);
        return false;
    }
    conn_queue(&c->conn, event_frame(e));
    client_touch(c);
    return true;
}

/* Nada mais é entregue; o long-poll responde que foi até aqui. */
static void
finish(struct client *c)
{
    if (c->must_end)
        return;
    c->must_end = true;
    c->next = c->sub.is_live ? live.hub.tail : c->sub.last;
    client_touch(c);
}

/*
 * Terminar, e não conferir aqui: ao voltar, a pessoa é conferida inteira e
 * recebe as salas que agora são as dela.
 */
void
client_recheck(struct sub *s)
{
    if (s->is_set)
        nchan_recheck(s);
    else
        finish(of_sub(s));
}

void
client_replay(struct client *c, int *database_pages)
{
    enum replay state = hub_replay(&live.hub, &c->sub);

    if (state == REPLAY_OLD) {
        if (*database_pages == 0)
            return;
        --*database_pages;
        switch (feed_replay(live.feed, &c->sub, &c->who)) {
        case OK:
            break;
        case ERR_UNAUTHORIZED:
        case ERR_SUSPENDED:
            finish(c);
            break;
        default:
            client_doom(c); /* sem banco: que tente de novo */
            return;
        }
    }
    client_touch(c);
    if (state == REPLAY_LIVE || c->must_end)
        list_remove(&c->work);
    else if (c->kind == LIVE_POLL && batch_is_full(c))
        list_remove(&c->work);
    else if (c->conn.queued_bytes > REPLAY_QUEUE_MAX)
        list_remove(&c->work); /* client_settle o põe de volta */
}

/* Está na sala? (poll_write só mostra as que o cliente pediu.) */
static bool
hears_room(const void *who, const struct event_room *r)
{
    return sub_hears_room(who, r);
}

static void
write_resync(struct str *s, const char *id)
{
    str_printf(s,
               "{\"id\":\"%s\",\"type\":\"resync\",\"rooms\":[],"
               "\"data\":{}}",
               id);
}

/*
 * Responde o long-poll. `next` é a posição até onde nada ficou de fora: a do
 * hub se já alcançou, senão a do último evento da resposta.
 */
static void
answer_poll(struct client *c)
{
    struct event_id next = c->must_end      ? c->next
                           : c->sub.is_live ? live.hub.tail
                                            : c->sub.last;
    char id[EVENT_ID_CHARS];
    struct str s;
    int i;

    if (!c->must_end && event_id_compare(c->sub.last, next) > 0)
        next = c->sub.last; /* outro hub estava adiante de nós */
    event_id_format(next, id);
    str_init(&s, live.scratch, c->batch_bytes + 200);
    str_puts(&s, "{\"events\":[");
    if (c->is_resync)
        write_resync(&s, id);
    for (i = 0; i < c->batch_count; i++) {
        if (i > 0 || c->is_resync)
            str_putc(&s, ',');
        poll_write(&s, c->batch[i], hears_room, &c->sub);
    }
    str_printf(&s, "],\"next\":\"%s\"}", id);
    c->conn.io.write(&c->conn.io, s.data, s.len);
    arena_reset(live.scratch);
    client_detach(c);
    conn_end(&c->conn);
}

/* O que há na fila é longo demais para um canal: segue no laço próprio. */
static void
settle_held(struct client *c)
{
    if (c->person != NULL)
        return;
    if (c->sub.is_live && !c->must_end && nchan_is_up())
        nchan_adopt(c);
    else if (c->sub.is_live || c->must_end || c->work.next == NULL)
        c->is_held = false;
}

void
client_settle(struct client *c)
{
    if (c->is_doomed || !c->is_attached)
        return;
    if (c->kind == LIVE_POLL) {
        if (c->sub.is_live && c->end_at_us == 0)
            finish(c); /* pediu para não esperar */
        if (c->must_end ||
            ((c->batch_count > 0 || c->is_resync) && c->work.next == NULL))
            answer_poll(c);
        return;
    }
    if (c->is_held)
        settle_held(c);
    if (c->must_end) {
        client_detach(c);
        conn_end(&c->conn);
        return;
    }
    if (!c->sub.is_live && c->work.next == NULL &&
        c->conn.queued_bytes < REPLAY_QUEUE_MAX / 4)
        list_add(&live.replaying, &c->work);
}

/* A pessoa, a sessão e as salas ainda valem? Sem banco, fica como está. */
static bool
check_access(struct client *c)
{
    struct ctx ctx = c->who;
    struct room_list rooms = { .count = c->sub.room_count };
    enum err e;
    int i;

    ctx.arena = live.scratch;
    ctx.db = live.config->db;
    ctx.one_query = ctx.read_only = true;
    for (i = 0; i < rooms.count; i++)
        rooms.names[i] = sub_room(&c->sub, i);
    e = rooms_allow(&ctx, c->session_id, &rooms);
    db_rollback(&ctx);
    if (e == ERR_UNAUTHORIZED || e == ERR_FORBIDDEN || e == ERR_SUSPENDED)
        finish(c);
    arena_reset(live.scratch);
    return e != ERR_UNAVAILABLE;
}

void
client_tick(struct client *c, int64_t now_us, int *checks)
{
    if (!c->is_attached || c->is_doomed)
        return;
    if (now_us >= c->end_at_us && c->work.next == NULL) {
        finish(c);
        return;
    }
    if (now_us >= c->check_at_us && *checks > 0) {
        --*checks;
        c->check_at_us = now_us + CHECK_US;
        if (!check_access(c))
            *checks = 0; /* sem banco, uma tentativa por volta basta */
    }
    if (c->kind != LIVE_STREAM || now_us < c->beat_at_us)
        return;
    c->beat_at_us = now_us + conf()->stream_heartbeat_s * 1000000;
    if (c->conn.queued_bytes == 0) {
        conn_queue(&c->conn, live.beat);
        client_touch(c);
    }
}

static void
restart(struct client *c)
{
    char id[EVENT_ID_CHARS];
    struct str s;

    list_remove(&c->work);
    drop_batch(c);
    c->sub.last = live.hub.tail;
    c->is_resync = c->kind == LIVE_POLL;
    if (!c->sub.is_live)
        hub_replay(&live.hub, &c->sub);
    client_touch(c);
    if (c->kind == LIVE_POLL)
        return;
    event_id_format(live.hub.tail, id);
    str_init(&s, live.scratch, 100);
    sse_write(&s, id, "resync", "{}");
    c->conn.io.write(&c->conn.io, s.data, s.len);
    arena_reset(live.scratch);
}

void
client_finish_all(void)
{
    struct list *at;

    for (at = live.all.next; at != &live.all; at = at->next) {
        struct client *c = CONTAINER(at, struct client, all);

        if (c->is_attached)
            finish(c);
    }
}

void
client_restart_all(void)
{
    struct list *at;

    nchan_restart();
    for (at = live.all.next; at != &live.all; at = at->next) {
        struct client *c = CONTAINER(at, struct client, all);

        if (c->is_attached && !c->is_doomed)
            restart(c);
    }
}
