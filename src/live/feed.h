/*
 * feed.h - de onde o hub recebe os eventos: o stream do Redis quando há, o
 * banco quando não há ou quando falta um pedaço. As duas fontes têm a mesma
 * ordem e dividem uma posição só (hub->tail); trocar de uma para a outra não
 * perde, não repete e não inverte nada.
 */
#ifndef BALCAO_LIVE_FEED_H
#define BALCAO_LIVE_FEED_H

#include "base/ctx.h"
#include "live/hub.h"

struct feed;

/*
 * Prepara a fonte, parada.
 *   db          conexão do processo; vive mais que a fonte
 *   on_restart  chamada quando os ids recomeçam (banco novo): o hub já está
 *               na posição nova, e os assinantes precisam de um `resync`
 * Memória: feed_free.
 */
struct feed *feed_new(struct hub *h, struct db *db, const char *redis_url,
                      void (*on_restart)(void));

/* Solta tudo. NULL é aceito. */
void feed_free(struct feed *f);

/*
 * Começa, se está parada: acha a posição de agora e lembra o passado recente.
 * Erros: ERR_UNAVAILABLE sem banco.
 */
enum err feed_start(struct feed *f);

/* Para e esquece: não há mais quem ouça. */
void feed_stop(struct feed *f);

/* Está andando? */
bool feed_is_running(const struct feed *f);

/* Descritor do Redis a vigiar, ou -1. */
int feed_fd(const struct feed *f);

/* Quantas conexões já abriu: se mudou, o descritor é outro. */
unsigned feed_opens(const struct feed *f);

/* O descritor tem o que ler. */
void feed_read(struct feed *f);

/*
 * O que o tempo pede: reconectar, olhar o banco. Chamar ao menos a cada
 * feed_wait_ms.
 */
void feed_tick(struct feed *f);

/* Milissegundos até o próximo feed_tick. */
int feed_wait_ms(const struct feed *f);

/*
 * Ainda há, depois desta posição, tudo o que houve? Falso se é velha demais,
 * ou se nenhum banco nosso a deu.
 */
bool feed_has_since(struct feed *f, struct event_id since);

/*
 * Entrega ao assinante, do banco, uma página do que houve entre a posição
 * dele e a do hub.
 *   who  identidade dele: as linhas passam pelas políticas da empresa
 * Erros: ERR_UNAVAILABLE, ERR_UNAUTHORIZED (a pessoa não vale mais).
 */
enum err feed_replay(struct feed *f, struct sub *s, const struct ctx *who);

#endif
