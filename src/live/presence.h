/*
 * presence.h - quem está com a tela aberta. Cada aba dá um sinal a cada 25 s;
 * passados 60 sem nenhum, a pessoa está fora; e na hora, se ela sai do último
 * login que usava (presence_sign_out, no banco). Vive no PostgreSQL: vale igual
 * sem Redis e com qualquer servidor web.
 */
#ifndef BALCAO_PRESENCE_H
#define BALCAO_PRESENCE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/field.h"

struct presence {
    const char *status; /* online, away; offline, só nos avisos */
    const char *last_seen_at;
    bool arrived; /* passou a estar presente com este sinal */
    bool came;    /* a saída dela ainda não se espera: presence_leave */
};

extern const struct field presence_out[];

/*
 * Um sinal de vida da pessoa do contexto; avisa os outros (online_status, e
 * user:online na chegada) se algo mudou.
 *   status  "online" ou "away" escolhe; NULL mantém o escolhido
 */
enum err presence_beat(struct ctx *c, const char *status, struct presence *out);

/*
 * Anota e avisa (user:offline, online_status) a saída de quem já não dá sinal.
 *   person    de quem se espera a saída
 *   again_ms  [saída] quando olhar de novo; 0: não é preciso
 */
enum err presence_leave(struct ctx *c, int64_t person, int64_t *again_ms);

#endif
