/* rate_limit.c - GCRA num só script: uma chave, uma ida ao Redis. */
#include "cache/rate_limit.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"

/*
 * A chave guarda a hora teórica da próxima chegada (TAT), em ms. Passa quem
 * chega depois de TAT - janela; cada passagem empurra TAT um intervalo.
 * ARGV[3] vagas são pedidas de uma vez; se não cabem todas, uma. A resposta
 * é a espera, ou as vagas dadas com sinal menos.
 */
static const char script[] =
    "local t = redis.call('TIME') "
    "local now = t[1] * 1000 + math.floor(t[2] / 1000) "
    "local window = ARGV[2] * 1000 "
    "local step = window / ARGV[1] "
    "local tat = tonumber(redis.call('GET', KEYS[1]) or now) "
    "if tat < now then tat = now end "
    "local many = tonumber(ARGV[3]) "
    "if tat + many * step - window > now then many = 1 end "
    "local wait = tat + step - window - now "
    "if wait > 0 then return math.ceil(wait) end "
    "tat = tat + many * step "
    "redis.call('SET', KEYS[1], tat, 'PX', math.ceil(tat - now)) "
    "return -many";

/*
 * Vagas já contadas no Redis que este processo ainda não usou: uma ida serve
 * a vários pedidos. Nunca passa do limite; quem não usa a tempo as perde, e
 * por isso o lote é uma fração pequena dele (limites baixos: uma a uma).
 */
#define SHARE 50
#define BATCH_MAX 64
#define HOLD_US 1000000
#define SLOTS 256 /* potência de 2 */
#define KEY_MAX 120

static struct lease {
    char key[KEY_MAX];
    unsigned left, limit;
    int64_t until_us;
} leases[SLOTS];

static char sha[41];

static struct lease *
lease_of(const char *key)
{
    uint32_t h = 2166136261u;

    for (; *key != '\0'; key++)
        h = (h ^ (unsigned char)*key) * 16777619u;
    return &leases[(h ^ h >> 16) & (SLOTS - 1)];
}

static bool one_by_one;

void
rate_limit_one_by_one(void)
{
    one_by_one = true;
}

static unsigned
batch_of(const char *key, unsigned limit)
{
    unsigned n = limit / SHARE < BATCH_MAX ? limit / SHARE : BATCH_MAX;

    return one_by_one || n == 0 || strlen(key) >= KEY_MAX ? 1 : n;
}

static bool
lease_take(const char *key, unsigned limit)
{
    struct lease *l = lease_of(key);

    if (l->left == 0 || l->limit != limit || strcmp(l->key, key) != 0 ||
        clock_mono_us() > l->until_us)
        return false;
    l->left--;
    return true;
}

static void
lease_keep(const char *key, unsigned limit, unsigned left)
{
    struct lease *l = lease_of(key);

    if (left == 0)
        return;
    strcpy(l->key, key); /* batch_of já conferiu que cabe */
    l->left = left;
    l->limit = limit;
    l->until_us = clock_mono_us() + HOLD_US;
}

static void
load_script(struct redis *r)
{
    redisReply *reply = redis_run(r, "SCRIPT LOAD %s", script);

    if (reply != NULL && reply->type == REDIS_REPLY_STRING && reply->len == 40)
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
    return redis_run(r, "EVALSHA %s 1 rl:%s %u %u %u", sha, key, limit,
                     window_s, batch_of(key, limit));
}

enum err
rate_limit_hit(struct redis *r, const char *key, unsigned limit,
               unsigned window_s, int64_t *wait_ms)
{
    redisReply *reply;
    enum err e = ERR_UNAVAILABLE;

    *wait_ms = 0;
    if (lease_take(key, limit))
        return OK;
    reply = evaluate(r, key, limit, window_s);
    if (reply != NULL && reply->type == REDIS_REPLY_ERROR &&
        strncmp(reply->str, "NOSCRIPT", 8) == 0) {
        freeReplyObject(reply); /* o Redis reiniciou vazio */
        sha[0] = '\0';
        reply = evaluate(r, key, limit, window_s);
    }
    if (reply != NULL && reply->type == REDIS_REPLY_INTEGER) {
        *wait_ms = reply->integer > 0 ? reply->integer : 0;
        if (reply->integer < 0)
            lease_keep(key, limit, (unsigned)-reply->integer - 1);
        e = OK;
    }
    freeReplyObject(reply);
    return e;
}
