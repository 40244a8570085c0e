/* feed_internal.h - o que feed.c, feed_db.c e feed_redis.c dividem. */
#ifndef BALCAO_LIVE_FEED_INTERNAL_H
#define BALCAO_LIVE_FEED_INTERNAL_H

#include <stdint.h>

#include "live/feed.h"

struct redisContext;

struct feed {
    struct hub *hub;
    struct ctx ctx; /* de sistema, sem empresa */
    const char *redis_url;
    void (*on_restart)(void);
    bool is_running;

    char cluster[64];
    struct event_id pruned;      /* até aqui já se apagou */
    struct event_id lost_before; /* o banco mudou: o que é de antes não vale */
    uint64_t top_xid;            /* nenhum id nosso passa deste */
    int64_t db_at_us;            /* quando olhar o banco de novo */
    bool db_failed;
    bool is_late; /* o banco sabe e o Redis não disse */

    struct redisContext *redis;
    int64_t redis_at_us; /* quando tentar o Redis de novo */
    int64_t asked_at_us; /* quando o XREAD saiu */
    unsigned redis_opens;
    bool redis_lost;
};

/* Lê do banco até onde der. Erros: ERR_UNAVAILABLE. */
enum err feed_db_poll(struct feed *f);

/* Pergunta ao banco em que pé está; trata o banco novo. */
enum err feed_db_state(struct feed *f);

/* Põe no hub o passado recente e a posição de agora. */
enum err feed_db_start(struct feed *f);

/* Conecta e pede o que vem depois de hub->tail; falso sem Redis. */
bool feed_redis_open(struct feed *f);

/* Solta a conexão com o Redis; aceita não haver. */
void feed_redis_close(struct feed *f);

#endif
