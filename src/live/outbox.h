/*
 * outbox.h - avisos ao vivo, gravados na transação do fato (DESIGN §5).
 * Não publica nada: quem leva os avisos é o relay.
 */
#ifndef BALCAO_OUTBOX_H
#define BALCAO_OUTBOX_H

#include <stdint.h>

#include "base/ctx.h"

#define ROOMS_MAX 8

/* Salas de um aviso, montadas com rooms_add. */
struct rooms {
    const char *names[ROOMS_MAX];
    int count;
};

/* Acrescenta a sala "kind:id" ("ticket", 12), ou "kind" se id < 0. */
void rooms_add(struct ctx *c, struct rooms *r, const char *kind, int64_t id);

/*
 * Grava o aviso na transação do contexto e marca o relay para ser acordado
 * depois do COMMIT.
 *   type     nome do evento, ex. "message:created"
 *   payload  objeto JSON numa linha só
 * Erros:    só aparecem no próximo db_run ou db_commit (vai na fila).
 */
enum err outbox_emit(struct ctx *c, const char *type, const struct rooms *r,
                     const char *payload);

#endif
