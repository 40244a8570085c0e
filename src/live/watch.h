/*
 * watch.h - quem está com um atendimento aberto, e quem escreve nele. Só no
 * Redis, por segundos: nada disto se grava.
 */
#ifndef BALCAO_LIVE_WATCH_H
#define BALCAO_LIVE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct redis;

enum {
    WATCH_VIEWING_MS = 40000, /* sem renovar por isto, a pessoa saiu */
    WATCH_TYPING_MS = 6000,   /* e parou de escrever */
    WATCHERS_MAX = 20
};

enum watch_state { WATCH_GONE, WATCH_VIEWING, WATCH_TYPING };

struct watcher {
    int64_t user_id;
    const char *name;
    bool typing;
};

struct watchers {
    bool changed; /* o que a pessoa faz mudou: os outros precisam saber */
    int count;
    struct watcher list[WATCHERS_MAX];
};

/* O que uma pessoa faz num atendimento. */
struct watch {
    int64_t company_id, ticket_id, user_id;
    const char *name;
    enum watch_state state;
};

/*
 * Anota e lê quem está nele agora, ela também. Sem Redis, ninguém.
 * Memória: os nomes ficam na arena.
 */
void watch_set(struct redis *r, struct arena *a, const struct watch *in,
               struct watchers *out);

#endif
