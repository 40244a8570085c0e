/* feed_db.c - a outbox lida direto, com o mesmo horizonte do relay. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/db.h"
#include "gen/q_live.h"
#include "live/feed_internal.h"

enum {
    PAGE_ROWS = 500,
    PAGES_AT_ONCE = 4,
    RECENT_ROWS = 2000,
    REPLAY_ROWS = 2000
};

static struct ctx *
fresh(struct feed *f)
{
    struct ctx *c = &f->ctx;

    db_rollback(c);
    arena_reset(c->arena);
    ctx_clear_error(c);
    c->tx = TX_NONE;
    c->one_query = true;
    return c;
}

static struct event_id
row_id(const char *xid, int64_t seq)
{
    return (struct event_id){ strtoull(xid, NULL, 10), (uint64_t)seq };
}

static void
id_params(struct ctx *c, struct event_id id, const char **xid, int64_t *seq)
{
    *xid = arena_printf(c->arena, "%" PRIu64, id.xid);
    *seq = (int64_t)id.seq;
}

/* O passado recente na memória, e a posição: a do último evento. */
static enum err
load_recent(struct feed *f)
{
    struct q_live_recent_row *rows;
    int count, i;
    enum err e = q_live_recent(
        fresh(f), &(struct q_live_recent_in){ .max_rows = RECENT_ROWS }, &rows,
        &count);

    if (e != OK)
        return e;
    hub_restart(f->hub, count == 0 ? f->pruned
                                   : row_id(rows[count - 1].xid,
                                            rows[count - 1].seq - 1));
    for (i = count - 1; i >= 0; i--) {
        struct event *event =
            event_new(row_id(rows[i].xid, rows[i].seq), rows[i].company_id,
                      rows[i].rooms, rows[i].type, rows[i].payload);

        if (event == NULL)
            continue;
        hub_remember(f->hub, event);
        event_release(event);
    }
    return OK;
}

/*
 * Só o id de um evento serve de posição. O horizonte não serve: numa queda o
 * PostgreSQL reusa números de transações que não gravaram nada, e uma posição
 * tirada dali esconderia eventos.
 */
enum err
feed_db_state(struct feed *f)
{
    struct q_live_state_row s;
    enum err e = q_live_state(fresh(f), &s);
    bool is_new;

    if (e != OK)
        return e;
    f->pruned = row_id(s.pruned_xid, s.pruned_seq);
    f->top_xid = strtoull(s.top, NULL, 10);
    is_new = f->cluster[0] != '\0' && (strcmp(f->cluster, s.cluster) != 0 ||
                                       f->hub->tail.xid > f->top_xid);
    snprintf(f->cluster, sizeof f->cluster, "%s", s.cluster);
    if (!is_new)
        return OK;
    log_warn("hub: banco novo (%s); os assinantes recarregam", f->cluster);
    e = load_recent(f);
    if (e != OK) {
        f->cluster[0] = '?'; /* fica para a próxima */
        return e;
    }
    f->lost_before = f->hub->tail;
    feed_redis_close(f);
    f->on_restart();
    return OK;
}

static enum err
read_page(struct feed *f, int *count)
{
    struct q_live_read_in in = { .max_rows = PAGE_ROWS };
    struct q_live_read_row *rows;
    struct ctx *c = fresh(f);
    enum err e;
    int i;

    id_params(c, f->hub->tail, &in.after_xid, &in.after_seq);
    e = q_live_read(c, &in, &rows, count);
    for (i = 0; e == OK && i < *count; i++) {
        struct event *event =
            event_new(row_id(rows[i].xid, rows[i].seq), rows[i].company_id,
                      rows[i].rooms, rows[i].type, rows[i].payload);

        if (event == NULL)
            continue;
        hub_push(f->hub, event);
        event_release(event);
    }
    if (e == OK && *count > 0)
        hub_advance(f->hub, row_id(rows[*count - 1].xid, rows[*count - 1].seq));
    return e;
}

enum err
feed_db_poll(struct feed *f)
{
    enum err e = feed_db_state(f);
    int count = PAGE_ROWS, pages;

    for (pages = 0; e == OK && count == PAGE_ROWS && pages < PAGES_AT_ONCE;
         pages++)
        e = read_page(f, &count);
    if (e == OK && (count > 0 || pages > 1))
        f->is_late = true;
    return e;
}

enum err
feed_db_start(struct feed *f)
{
    enum err e;

    f->cluster[0] = '\0';
    e = feed_db_state(f);
    return e == OK ? load_recent(f) : e;
}

static void
replay_rows(struct feed *f, struct sub *s, const struct q_live_replay_row *rows,
            int count)
{
    int i;

    for (i = 0; i < count; i++) {
        struct event_id id = row_id(rows[i].xid, rows[i].seq);
        struct event *event;
        bool taken;

        if (rows[i].type[0] == '\0') { /* o fim da página, ou de tudo */
            s->last = strcmp(rows[i].rooms, "end") == 0 ? f->hub->tail : id;
            return;
        }
        event = event_new(id, s->company_id, rows[i].rooms, rows[i].type,
                          rows[i].payload);
        if (event == NULL || strcmp(event->type, EVENT_ACCESS_CHANGED) == 0)
            taken = true;
        else
            taken = f->hub->deliver(s, event);
        event_release(event);
        if (!taken)
            return;
        s->last = id;
    }
}

/* As salas do assinante como vetor do banco. */
static const char *
room_array(struct ctx *c, const struct sub *s)
{
    struct str list;
    int i;

    str_init(&list, c->arena, 200);
    for (i = 0; i < s->room_count; i++) {
        str_putc(&list, i == 0 ? '{' : ',');
        str_json(&list, sub_room(s, i));
    }
    str_putc(&list, '}');
    return list.data;
}

enum err
feed_replay(struct feed *f, struct sub *s, const struct ctx *who)
{
    struct q_live_replay_in in = { .max_rows = REPLAY_ROWS };
    struct q_live_replay_row *rows;
    struct ctx c = *fresh(f);
    int count;
    enum err e;

    c.company_id = who->company_id;
    c.user_id = who->user_id;
    c.token_version = who->token_version;
    c.access_version = who->access_version;
    memcpy(c.family, who->family, sizeof c.family);
    c.read_only = true;
    in.rooms = room_array(&c, s);
    id_params(&c, s->last, &in.after_xid, &in.after_seq);
    id_params(&c, f->hub->tail, &in.upto_xid, &in.upto_seq);
    e = q_live_replay(&c, &in, &rows, &count);
    if (e == OK)
        replay_rows(f, s, rows, count);
    return e;
}
