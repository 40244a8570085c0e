/*
 * feed_redis.c - XREAD BLOCK dentro do laço de eventos. Cada entrada diz qual
 * era a anterior (p): se o hub não a viu, o Redis perdeu um pedaço (FLUSHALL,
 * reinício sem disco, corte) e o pedaço vem do banco, antes desta.
 */
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/redis.h"
#include "live/feed_internal.h"
#include "live/relay.h"

enum { BLOCK_MS = 5000, READ_COUNT = 500, RETRY_US = 1000000 };

void
feed_redis_close(struct feed *f)
{
    if (f->redis != NULL)
        redisFree(f->redis);
    f->redis = NULL;
}

static void
lose(struct feed *f, const char *why)
{
    if (!f->redis_lost)
        log_warn("hub: sem Redis (%s); lendo o banco", why);
    f->redis_lost = true;
    feed_redis_close(f);
    f->redis_at_us = clock_mono_us() + RETRY_US;
    f->db_at_us = 0; /* o banco assume já */
}

static bool
ask(struct feed *f)
{
    char key[80], id[EVENT_ID_CHARS];
    int done = 0;

    relay_stream_key(f->cluster, key);
    event_id_format(f->hub->tail, id);
    redisAppendCommand(f->redis, "XREAD COUNT %d BLOCK %d STREAMS %s %s",
                       READ_COUNT, BLOCK_MS, key, id);
    while (!done)
        if (redisBufferWrite(f->redis, &done) != REDIS_OK) {
            lose(f, f->redis->errstr);
            return false;
        }
    f->asked_at_us = clock_mono_us();
    return true;
}

bool
feed_redis_open(struct feed *f)
{
    int64_t now_us = clock_mono_us();

    if (f->redis != NULL) {
        if (now_us - f->asked_at_us > (BLOCK_MS + 2000) * 1000)
            lose(f, "não responde");
        return f->redis != NULL;
    }
    if (f->redis_url[0] == '\0' || now_us < f->redis_at_us)
        return false;
    f->redis = redis_dial(f->redis_url);
    if (f->redis == NULL) {
        lose(f, "não conecta");
        return false;
    }
    f->redis->flags &= ~REDIS_BLOCK;
    fcntl(f->redis->fd, F_SETFL, O_NONBLOCK);
    f->redis_opens++;
    if (!ask(f))
        return false;
    if (f->redis_lost)
        log_info("hub: o Redis voltou");
    f->redis_lost = false;
    return true;
}

/* Valor de um campo da entrada, ou NULL. */
static const char *
field(const redisReply *fields, const char *name)
{
    size_t i;

    for (i = 0; i + 1 < fields->elements; i += 2)
        if (strcmp(fields->element[i]->str, name) == 0)
            return fields->element[i + 1]->str;
    return NULL;
}

struct entry {
    struct event_id id, previous;
    const char *company, *rooms, *type, *payload;
};

static bool
read_entry(const redisReply *item, struct entry *out)
{
    const redisReply *fields;
    const char *p;

    if (item->type != REDIS_REPLY_ARRAY || item->elements != 2 ||
        item->element[1]->type != REDIS_REPLY_ARRAY)
        return false;
    fields = item->element[1];
    p = field(fields, "p");
    out->company = field(fields, "c");
    out->rooms = field(fields, "r");
    out->type = field(fields, "t");
    out->payload = field(fields, "d");
    return p != NULL && out->company != NULL && out->rooms != NULL &&
           out->type != NULL && out->payload != NULL &&
           event_id_parse(p, strlen(p), &out->previous) &&
           event_id_parse(item->element[0]->str, (size_t)item->element[0]->len,
                          &out->id);
}

/* Falso se há um buraco que o banco não pôde tapar agora. */
static bool
take_entry(struct feed *f, const redisReply *item)
{
    struct event *event;
    struct entry x;

    if (!read_entry(item, &x))
        return feed_db_poll(f) == OK;
    while (event_id_compare(x.previous, f->hub->tail) > 0) {
        struct event_id before = f->hub->tail;

        if (feed_db_poll(f) != OK ||
            event_id_compare(f->hub->tail, before) <= 0)
            return false;
    }
    event = event_new(x.id, strtoll(x.company, NULL, 10), x.rooms, x.type,
                      x.payload);
    if (event == NULL) {
        hub_advance(f->hub, x.id);
        return true;
    }
    hub_push(f->hub, event);
    event_release(event);
    return true;
}

/* [[chave, [[id, [campo, valor, …]], …]]], ou nil no fim da espera. */
static bool
take_reply(struct feed *f, const redisReply *reply)
{
    const redisReply *stream, *list;
    size_t i;

    if (reply->type == REDIS_REPLY_NIL)
        return true;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 1)
        return false;
    stream = reply->element[0];
    if (stream->type != REDIS_REPLY_ARRAY || stream->elements != 2)
        return false;
    list = stream->element[1];
    for (i = 0; i < list->elements; i++)
        if (!take_entry(f, list->element[i]))
            return false;
    f->is_late = false;
    return true;
}

void
feed_read(struct feed *f)
{
    redisReply *reply = NULL;
    bool good;

    if (f->redis == NULL)
        return;
    if (redisBufferRead(f->redis) != REDIS_OK) {
        lose(f, f->redis->errstr);
        return;
    }
    while (f->redis != NULL &&
           redisGetReplyFromReader(f->redis, (void **)&reply) == REDIS_OK &&
           reply != NULL) {
        good = take_reply(f, reply);
        freeReplyObject(reply);
        reply = NULL;
        if (f->redis == NULL) /* banco novo no meio: outra chave */
            return;
        if (!good)
            lose(f, "resposta que não serve");
        else if (!ask(f))
            return;
    }
    if (f->redis != NULL && f->redis->err)
        lose(f, f->redis->errstr);
}
