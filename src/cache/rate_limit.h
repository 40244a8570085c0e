/* rate_limit.h - limite de tentativas, dividido por todos os processos. */
#ifndef BALCAO_RATE_LIMIT_H
#define BALCAO_RATE_LIMIT_H

#include <stdint.h>

#include "base/err.h"
#include "cache/redis.h"

/* O que uma tentativa encontrou. */
struct rate_left {
    int64_t wait_ms;    /* até a próxima vaga; 0 = pode passar */
    unsigned remaining; /* vagas que ainda há; 0 se não passou */
    unsigned reset_s;   /* até todas voltarem, se ninguém mais tentar */
};

/*
 * Conta uma tentativa e diz quanto falta para a próxima vaga (GCRA: as vagas
 * voltam uma a uma, sem a rajada da virada de janela). De limites altos cada
 * processo toma até 1/50 de uma vez, por um segundo: nunca se passa do
 * limite, e ele pode fechar esse tanto antes.
 *   key       ASCII sem espaço, 1..128 bytes, ex. "u42:POST:/x"
 *   limit     tentativas por janela, 1..100000000
 *   window_s  tamanho da janela, 1..86400
 *   out       [saída] exato em limites menores que 100. Acima, `remaining` é
 *             o da última ida deste processo ao Redis (até 1 s atrás) menos o
 *             que ele gastou desde então: pode exceder o real só no que
 *             outros processos tomaram nesse segundo, e nunca a vaga é dada
 *             por causa disso
 * Erros:    ERR_UNAVAILABLE sem Redis; quem chama deixa passar, e não diz
 *           números que não sabe.
 * Fonte:    RFC 6585 seção 4; RFC 9110 seção 10.2.3 (Retry-After).
 */
enum err rate_limit_hit(struct redis *r, const char *key, unsigned limit,
                        unsigned window_s, struct rate_left *out);

/*
 * Uma vaga de cada vez: o processo que atende uma requisição só (CGI)
 * perderia as vagas que pegasse adiantadas.
 */
void rate_limit_one_by_one(void);

#endif
