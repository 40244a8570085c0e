/* backoff.h - quanto esperar antes de tentar de novo. Não dorme. */
#ifndef BALCAO_BACKOFF_H
#define BALCAO_BACKOFF_H

#include <stdint.h>

struct backoff {
    int64_t first_ms, most_ms; /* espera da 1ª tentativa e o teto */
    unsigned factor;           /* quanto cresce a cada uma, 1..10 */
};

/*
 * Espera depois da tentativa `attempt` (1 é a primeira): first * factor^(n-1)
 * até o teto, sorteada entre a metade e o inteiro, para que o que falhou
 * junto não volte junto.
 * Fonte:  "Exponential Backoff And Jitter" (Brooker, 2015), equal jitter.
 */
int64_t backoff_ms(const struct backoff *b, int64_t attempt);

#endif
