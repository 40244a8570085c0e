/* relay_redis.c - XADD em lote, com o id do evento. */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/redis.h"
#include "live/relay_internal.h"

enum { RETRY_US = 1000000 };

void
relay_redis_close(struct relay *r)
{
    if (r->redis != NULL)
        redisFree(r->redis);
    r->redis = NULL;
}

static void
lose(struct relay *r, const char *why)
{
    if (!r->redis_lost)
        log_warn("relay: sem Redis (%s); os hubs leem o banco", why);
    r->redis_lost = true;
    relay_redis_close(r);
    r->redis_retry_us = clock_mono_us() + RETRY_US;
}

static bool
connected(struct relay *r)
{
    if (r->redis != NULL)
        return true;
    if (r->redis_url[0] == '\0' || clock_mono_us() < r->redis_retry_us)
        return false;
    r->redis = redis_dial(r->redis_url);
    if (r->redis == NULL) {
        lose(r, "não conecta");
        return false;
    }
    if (r->redis_lost)
        log_info("relay: o Redis voltou");
    r->redis_lost = false;
    return true;
}

/* Só a primeira de um lote muda de cursor; as outras seguem a anterior. */
static void
append(struct relay *r, const char *previous, const char *id,
       const struct q_live_read_row *row)
{
    redisAppendCommand(
        r->redis, "XADD %s MAXLEN ~ %d %s p %s c %lld r %s t %s d %s", r->key,
        STREAM_LENGTH, id, previous, (long long)row->company_id, row->rooms,
        row->type, row->payload);
}

/*
 * Recusa que importa, na resposta ou dentro da do EXEC; NULL se não há.
 * "equal or smaller": o stream já tem este id (outro relay, ou nós antes de
 * cair).
 */
static const char *
refusal(const redisReply *reply)
{
    const char *why = NULL;
    size_t i;

    if (reply->type == REDIS_REPLY_ERROR &&
        strstr(reply->str, "equal or smaller") == NULL)
        return reply->str;
    if (reply->type == REDIS_REPLY_ARRAY)
        for (i = 0; i < reply->elements && why == NULL; i++)
            why = refusal(reply->element[i]);
    return why;
}

static bool
read_replies(struct relay *r, int count)
{
    bool good = true;

    for (; count > 0; count--) {
        redisReply *reply;
        const char *why;

        if (redisGetReply(r->redis, (void **)&reply) != REDIS_OK) {
            lose(r, r->redis->errstr);
            return false;
        }
        why = refusal(reply);
        if (good && why != NULL) {
            log_warn("relay: o Redis recusou: %s", why);
            good = false;
        }
        freeReplyObject(reply);
    }
    return good;
}

/*
 * Num MULTI: sem ele o primeiro XADD já acordaria os hubs, que escreveriam
 * duas vezes a cada tela o que é de uma transação só.
 */
void
relay_redis_publish(struct relay *r, const struct q_live_relay_begin_row *at,
                    const struct q_live_read_row *rows, int count)
{
    char previous[48], id[48], key[80];
    bool is_new;
    int i;

    if (!connected(r))
        return;
    relay_stream_key(at->cluster, key);
    is_new = strcmp(key, r->key) != 0;
    strcpy(r->key, key);
    snprintf(previous, sizeof previous, "%s-%" PRId64, at->xid, at->seq);
    redisAppendCommand(r->redis, "MULTI");
    for (i = 0; i < count; i++) {
        snprintf(id, sizeof id, "%s-%" PRId64, rows[i].xid, rows[i].seq);
        append(r, previous, id, &rows[i]);
        strcpy(previous, id);
    }
    redisAppendCommand(r->redis, "EXEC");
    if (read_replies(r, count + 2) && is_new)
        relay_redis_expire(r);
}

void
relay_redis_expire(struct relay *r)
{
    if (r->key[0] == '\0' || !connected(r))
        return;
    redisAppendCommand(r->redis, "EXPIRE %s %d", r->key, STREAM_LIFE_S);
    read_replies(r, 1);
}
