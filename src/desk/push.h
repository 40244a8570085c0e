/*
 * push.h - Web Push: os aparelhos em que a pessoa quer as notificações com o
 * navegador fechado, e o job que as manda. Quem as pede é o banco (0067). Não
 * conhece HTTP.
 */
#ifndef BALCAO_PUSH_H
#define BALCAO_PUSH_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_push.h"
#include "jobs/worker.h"

enum { PUSH_ENDPOINT_MAX = 1000 };

/* O que o navegador dá: PushSubscription.toJSON(). */
struct push_new {
    const char *endpoint, *p256dh, *auth;
};

/* Como o aparelho sai na API. */
extern const struct field push_device_out[];

/*
 * Inscreve este aparelho para a pessoa do contexto; o que já está só se
 * atualiza.
 * Erros: ERR_CONFLICT sem push_key_file; ERR_INVALID em `endpoint` (não é de
 *        um serviço de fora), `p256dh` ou `auth`.
 */
enum err push_subscribe(struct ctx *c, const struct push_new *device,
                        struct q_push_device *out);

/* Os aparelhos da pessoa, com o nome que ela reconhece. */
enum err push_devices(struct ctx *c, struct q_push_device **rows, int *count);

/* Desliga um deles. Erros: ERR_NOT_FOUND. */
enum err push_unsubscribe(struct ctx *c, int64_t id);

/* A espécie de job "push.send". */
extern const struct job_kind push_kind;

#endif
