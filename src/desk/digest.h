/*
 * digest.h - o resumo por e-mail do que a pessoa não viu: um só para tudo o
 * que esperou o tempo que ela escolheu. Diz o que houve e onde, nunca o que se
 * escreveu. A hora de olhar quem marca é o banco (0068). Não conhece HTTP.
 */
#ifndef BALCAO_DIGEST_H
#define BALCAO_DIGEST_H

#include "base/ctx.h"
#include "jobs/worker.h"

/* A espécie de job "notice.digest". */
extern const struct job_kind digest_kind;

/*
 * O endereço por onde se deixa de receber, sem entrar. Vale para sempre, e só
 * para isso: leva, cifrado, de quem é.
 */
const char *digest_stop_url(struct ctx *c, int64_t company_id, int64_t person);

/*
 * Desliga o resumo de quem o endereço diz; o contexto não tem empresa.
 *   token  qualquer texto, ou NULL
 *   known  [saída] falso se o endereço não é nosso, ou a pessoa já não está
 */
enum err digest_stop(struct ctx *c, const char *token, bool *known);

/* O mesmo, sem desligar: o endereço é nosso. */
bool digest_stop_valid(struct ctx *c, const char *token);

#endif
