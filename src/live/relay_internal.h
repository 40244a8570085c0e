/* relay_internal.h - o que relay.c e relay_redis.c dividem. */
#ifndef BALCAO_LIVE_RELAY_INTERNAL_H
#define BALCAO_LIVE_RELAY_INTERNAL_H

#include <stdint.h>

#include "gen/q_live.h"
#include "live/relay.h"

struct redisContext;
struct subscription;

struct relay {
    struct ctx *ctx;
    const char *redis_url;
    struct redisContext *redis;
    struct subscription *nudge;
    char key[80]; /* stream em que publicou por último */
    int64_t redis_retry_us, upkeep_at_us;
    int wait_ms;
    bool redis_lost, has_failed;
};

/*
 * Publica as linhas no stream, numa ida só. Sem Redis não faz nada: os hubs
 * notam a falta (cada entrada diz qual era a anterior) e leem o banco.
 *   at  o cursor de onde as linhas partem
 */
void
relay_redis_publish(struct relay *r, const struct q_live_relay_begin_row *at,
                    const struct q_live_read_row *rows, int count);

/* Adia o fim do stream: o de um banco que saiu de uso some sozinho. */
void relay_redis_expire(struct relay *r);

/* Solta a conexão com o Redis; aceita não haver. */
void relay_redis_close(struct relay *r);

#endif
