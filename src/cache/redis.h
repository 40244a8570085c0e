/*
 * redis.h - a conexão do processo com o Redis. Tudo que está lá pode se
 * perder: quem chama sempre sabe seguir sem resposta.
 */
#ifndef BALCAO_REDIS_H
#define BALCAO_REDIS_H

#include <stdbool.h>
#include <stdint.h>

struct redisContext;
struct redisReply;
struct redis;

/*
 * Prepara a conexão sem abri-la.
 *   url  unix:///caminho ou redis://host:porta; "" = sem Redis
 * Memória: redis_close devolve.
 */
struct redis *redis_new(const char *url);

/*
 * Abre uma conexão própria, para quem fala com o Redis de outro modo (o
 * relay, o hub): esperas de redis_timeout_ms.
 * Devolve NULL se o endereço é ruim ou vazio, ou se não abre (vai ao log).
 * Memória: redisFree.
 */
struct redisContext *redis_dial(const char *url);

/* Fecha e devolve. NULL é aceito. */
void redis_close(struct redis *r);

/* Fecha a conexão parada há idle_s segundos; reabre sozinha. */
void redis_release_idle(struct redis *r, int64_t idle_s);

/*
 * Manda um comando e espera a resposta, no máximo redis_timeout_ms.
 * Devolve NULL sem Redis (e não tenta de novo por um segundo), ou a resposta,
 * que o chamador devolve com freeReplyObject.
 */
struct redisReply *redis_run(struct redis *r, const char *format, ...);

/*
 * Manda um comando cuja resposta ninguém lê (avisos): não espera.
 */
void redis_send(struct redis *r, const char *format, ...);

/* Acorda quem o contexto marcou (enum nudge). */
void redis_nudge(struct redis *r, unsigned nudges);

/* Canais de aviso, para quem os assina. */
#define NUDGE_RELAY_CHANNEL "nudge:relay"
#define NUDGE_JOBS_CHANNEL "nudge:jobs"

#endif
