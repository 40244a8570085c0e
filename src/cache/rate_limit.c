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
 * é {espera em ms, vagas dadas, vagas que sobram, ms até todas voltarem}. O
 * milésimo de folga é do ponto flutuante: a última vaga de 7 por minuto
 * ficaria 1e-12 ms além da janela.
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
    "if wait > 0.001 then "
    "return {math.ceil(wait), 0, 0, math.ceil(tat - now)} end "
    "tat = tat + many * step "
    "redis.call('SET', KEYS[1], tat, 'PX', math.ceil(tat - now)) "
    "local rest = math.floor((window - (tat - now)) / step + 0.001) "
    "return {0, many, math.max(rest, 0), math.ceil(tat - now)}";

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
    unsigned rest; /* vagas que sobravam no Redis ao tomar estas */
    int64_t until_us, full_us;
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
lease_take(const char *key, unsigned limit, struct rate_left *out)
{
    struct lease *l = lease_of(key);
    int64_t now_us = clock_mono_us();

    if (l->left == 0 || l->limit != limit || strcmp(l->key, key) != 0 ||
        now_us > l->until_us)
        return false;
    l->left--;
    out->remaining = l->rest + l->left;
    if (l->full_us > now_us)
        out->reset_s = (unsigned)((l->full_us - now_us + 999999) / 1000000);
    return true;
}

static void
lease_keep(const char *key, unsigned limit, const struct rate_left *got,
           unsigned left)
{
    struct lease *l = lease_of(key);
    int64_t now_us = clock_mono_us();

    if (left == 0)
        return;
    strcpy(l->key, key); /* batch_of já conferiu que cabe */
    l->left = left;
    l->limit = limit;
    l->rest = got->remaining - left;
    l->until_us = now_us + HOLD_US;
    l->full_us = now_us + got->reset_s * INT64_C(1000000);
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

/* Os quatro números do script; falso se não são. */
static bool
read_reply(const redisReply *reply, long long n[static 4])
{
    size_t i;

    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY ||
        reply->elements != 4)
        return false;
    for (i = 0; i < 4; i++) {
        if (reply->element[i]->type != REDIS_REPLY_INTEGER)
            return false;
        n[i] = reply->element[i]->integer;
    }
    return true;
}

enum err
rate_limit_hit(struct redis *r, const char *key, unsigned limit,
               unsigned window_s, struct rate_left *out)
{
    redisReply *reply;
    enum err e = ERR_UNAVAILABLE;
    long long n[4];

    *out = (struct rate_left){ 0 };
    if (lease_take(key, limit, out))
        return OK;
    reply = evaluate(r, key, limit, window_s);
    if (reply != NULL && reply->type == REDIS_REPLY_ERROR &&
        strncmp(reply->str, "NOSCRIPT", 8) == 0) {
        freeReplyObject(reply); /* o Redis reiniciou vazio */
        sha[0] = '\0';
        reply = evaluate(r, key, limit, window_s);
    }
    if (read_reply(reply, n)) {
        unsigned left = n[1] > 0 ? (unsigned)n[1] - 1 : 0;

        out->wait_ms = n[0];
        out->remaining = (unsigned)n[2] + left;
        out->reset_s = (unsigned)((n[3] + 999) / 1000);
        lease_keep(key, limit, out, left);
        e = OK;
    }
    freeReplyObject(reply);
    return e;
}
