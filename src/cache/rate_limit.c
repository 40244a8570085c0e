/* rate_limit.c - GCRA num só script: uma chave, uma ida ao Redis. */
#include "cache/rate_limit.h"

#include <hiredis/hiredis.h>
#include <string.h>

/*
 * A chave guarda a hora teórica da próxima chegada (TAT), em ms. Passa quem
 * chega depois de TAT - janela; cada passagem empurra TAT um intervalo.
 */
static const char script[] =
    "local t = redis.call('TIME') "
    "local now = t[1] * 1000 + math.floor(t[2] / 1000) "
    "local window = ARGV[2] * 1000 "
    "local step = window / ARGV[1] "
    "local tat = tonumber(redis.call('GET', KEYS[1]) or now) "
    "if tat < now then tat = now end "
    "local wait = tat + step - window - now "
    "if wait > 0 then return math.ceil(wait) end "
    "redis.call('SET', KEYS[1], tat + step, 'PX', "
    "math.ceil(tat + step - now)) "
    "return 0";

static char sha[41];

static void
load_script(struct redis *r)
{
    redisReply *reply = redis_run(r, "SCRIPT LOAD %s", script);

    if (reply != NULL && reply->type == REDIS_REPLY_STRING &&
        reply->len == 40)
        memcpy(sha, reply->str, 41);
    freeReplyObject(reply);
}

static redisReply *
evaluate(struct redis *r, const char *key, unsigned limit, unsigned window_s)
{
    if (sha[0] == '\0')
        load_script(r);
    if (sha[0] == '\0')
        return NULL;
    return redis_run(r, "EVALSHA %s 1 rl:%s %u %u", sha, key, limit,
                     window_s);
}

enum err
rate_limit_hit(struct redis *r, const char *key, unsigned limit,
               unsigned window_s, int64_t *wait_ms)
{
    redisReply *reply = evaluate(r, key, limit, window_s);
    enum err e = ERR_UNAVAILABLE;

    *wait_ms = 0;
    if (reply != NULL && reply->type == REDIS_REPLY_ERROR &&
        strncmp(reply->str, "NOSCRIPT", 8) == 0) {
        freeReplyObject(reply);         /* o Redis reiniciou vazio */
        sha[0] = '\0';
        reply = evaluate(r, key, limit, window_s);
    }
    if (reply != NULL && reply->type == REDIS_REPLY_INTEGER) {
        *wait_ms = reply->integer;
        e = OK;
    }
    freeReplyObject(reply);
    return e;
}
