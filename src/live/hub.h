/*
 * hub.h - quem ouve o quê: índice de salas, memória dos eventos recentes e a
 * posição até onde este processo já entregou. Não conhece sockets, Redis nem
 * banco: recebe eventos em ordem e os entrega por uma função.
 *
 * Um assinante tem uma posição própria (last). Primeiro ele alcança a do hub
 * (hub_replay, ou linhas do banco); só então entra no índice. Como tudo isso
 * corre num processo só, não há fresta entre uma coisa e outra.
 */
#ifndef BALCAO_LIVE_HUB_H
#define BALCAO_LIVE_HUB_H

#include "live/event.h"
#include "live/ring.h"

struct room;
struct sub;

struct link {
    struct sub *sub;
    struct room *room;
    struct link *prev, *next;
};

struct sub {
    int64_t company_id;
    struct event_id last; /* recebeu tudo até aqui */
    uint64_t whispered;   /* o último sussurro que recebeu */
    bool is_live;         /* está no índice */
    bool is_set;          /* não é um cliente: canal do nchan */
    int room_count;
    struct link *links;
};

struct hub {
    struct event_id tail; /* até onde o hub já entregou */
    struct ring ring;
    struct room **buckets;
    size_t bucket_count, room_count;
    size_t subs, live_subs;
    uint64_t delivered, whispers;
    /* Entrega um evento; falso se não coube. Não pode fechar o assinante. */
    bool (*deliver)(struct sub *s, struct event *e);
    /* Há mudança de acesso para este assinante; também só marca. */
    void (*recheck)(struct sub *s);
};

enum replay {
    REPLAY_LIVE, /* alcançou: já está no índice */
    REPLAY_FULL, /* parou porque não cabe mais */
    REPLAY_OLD,  /* a memória não chega tão atrás */
};

/* Começa vazio, na posição zero. */
void hub_init(struct hub *h);

/* Esquece os eventos e recomeça na posição dada; os assinantes ficam. */
void hub_restart(struct hub *h, struct event_id tail);

/*
 * Entrega o evento a quem o ouve e o guarda. Os que já passaram (id até
 * tail) são ignorados, o que faz das repetições coisa inofensiva.
 */
void hub_push(struct hub *h, struct event *e);

/*
 * Entrega a quem está ao vivo e esquece: não entra na memória, não tem id e
 * não muda a posição de ninguém (live/whisper.h).
 */
void hub_whisper(struct hub *h, struct event *e);

/* Guarda sem entregar: enche a memória de quem começa. */
void hub_remember(struct hub *h, struct event *e);

/* Não há mais eventos até esta posição; nunca anda para trás. */
void hub_advance(struct hub *h, struct event_id to);

/*
 * Prepara um assinante, ainda fora do índice.
 *   rooms  nomes já autorizados, ao menos um
 * Memória: sub_close.
 */
void sub_open(struct hub *h, struct sub *s, int64_t company_id,
              const char *const *rooms, int room_count);

/* Tira do índice e solta as salas; não libera o próprio s. */
void sub_close(struct hub *h, struct sub *s);

/* Nome de uma das salas do assinante. */
const char *sub_room(const struct sub *s, int index);

/* O assinante está nesta sala do evento? */
bool sub_hears_room(const struct sub *s, const struct event_room *r);

/* O evento é de alguma sala dele? */
bool sub_hears(const struct sub *s, const struct event *e);

/* Leva o assinante da posição dele até a do hub, pela memória. */
enum replay hub_replay(struct hub *h, struct sub *s);

#endif
