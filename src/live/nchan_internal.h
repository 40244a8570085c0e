/* nchan_internal.h - o que nchan.c e nchan_set.c dividem. */
#ifndef BALCAO_LIVE_NCHAN_INTERNAL_H
#define BALCAO_LIVE_NCHAN_INTERNAL_H

#include "live/nchan.h"

enum {
    CHANNEL_CHARS = 35, /* "s." e 32 dígitos */
    PERSON_CHECK_US = 60 * 1000000,
};

/* Um conjunto de salas de uma empresa. */
struct set {
    struct sub sub; /* primeiro: o assinante do hub */
    struct list all;
    struct list people;
    char channel[CHANNEL_CHARS];
    size_t person_count;
    bool must_kick;
};

/* Uma conexão que está com o nginx. */
struct person {
    struct list in_set;
    struct list by_check; /* em ordem de conferência */
    struct set *set;
    char channel[CHANNEL_CHARS];
    struct ctx who;
    int64_t session_id, check_at_us;
    bool is_probing;
};

/* Os conjuntos em uso e as pessoas deles, na ordem de conferência. */
struct set_table {
    unsigned char salt[16]; /* dois hubs não dividem canais */
    struct list sets, checks;
    size_t set_count, person_count;
};

extern struct set_table nchan_sets;

/* Começa vazia, com um sal novo. */
void sets_open(void);

/* Registra a conexão do cliente, no conjunto das salas dele. */
struct person *person_add(struct client *c);

/* Esquece a pessoa, e o conjunto se era a última. */
void person_drop(struct person *p);

/* Esquece tudo. */
void sets_forget_all(void);

#endif
