/*
 * ring.h - os eventos mais recentes, na memória do hub: quase toda reconexão
 * se resolve aqui, sem ir ao banco.
 */
#ifndef BALCAO_LIVE_RING_H
#define BALCAO_LIVE_RING_H

#include "live/event.h"

enum { RING_SLOTS = 8192, RING_BYTES = 8 << 20 };

struct ring {
    struct event_id floor; /* tudo depois disto está aqui */
    struct event **slots;  /* circular; alocado no primeiro uso */
    size_t first, count, bytes;
};

/* Acrescenta o mais novo, guardando uma referência; os velhos saem. */
void ring_push(struct ring *r, struct event *e);

/* Esvazia; o que vier depois de `floor` há de ser acrescentado. */
void ring_clear(struct ring *r, struct event_id floor);

/* Índice (0..count) do primeiro evento depois da posição. */
size_t ring_find(const struct ring *r, struct event_id after);

/* O evento de um índice menor que count; não soma referência. */
struct event *ring_at(const struct ring *r, size_t index);

#endif
