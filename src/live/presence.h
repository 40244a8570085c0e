/*
 * presence.h - quem está com a tela aberta. Cada aba dá um sinal a cada 25 s;
 * passados 60 sem nenhum, a pessoa está fora. Vive no PostgreSQL: vale igual
 * sem Redis e com qualquer servidor web.
 */
#ifndef BALCAO_PRESENCE_H
#define BALCAO_PRESENCE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/field.h"

struct presence {
    const char *status; /* online, away */
    const char *last_seen_at;
    bool arrived; /* passou a estar presente com este sinal */
};

extern const struct field presence_out[];

/*
 * Um sinal de vida da pessoa do contexto; avisa os outros (online_status, e
 * user:online na chegada) se algo mudou.
 *   status  "online" ou "away" escolhe; NULL mantém o escolhido
 */
enum err presence_beat(struct ctx *c, const char *status, struct presence *out);

#endif
