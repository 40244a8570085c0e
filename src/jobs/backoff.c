/* backoff.c - exponencial com sorteio. */
#include "jobs/backoff.h"

#include <stdlib.h>
#include <sys/random.h>

static int64_t
random_up_to(int64_t most)
{
    uint64_t n = 0;

    if (most <= 0)
        return 0;
    if (getrandom(&n, sizeof n, GRND_NONBLOCK) != (ssize_t)sizeof n)
        n = (uint64_t)random();
    return (int64_t)(n % ((uint64_t)most + 1));
}

int64_t
backoff_ms(const struct backoff *b, int64_t attempt)
{
    int64_t wait = b->first_ms < b->most_ms ? b->first_ms : b->most_ms;
    int64_t i;

    for (i = 1; i < attempt && wait < b->most_ms; i++)
        wait = wait > b->most_ms / b->factor ? b->most_ms : wait * b->factor;
    return wait - wait / 2 + random_up_to(wait / 2);
}
