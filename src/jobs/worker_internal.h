/* worker_internal.h - o que worker.c e step.c dividem; ninguém mais inclui. */
#ifndef BALCAO_WORKER_INTERNAL_H
#define BALCAO_WORKER_INTERNAL_H

#include "jobs/worker.h"

struct redis;

struct worker {
    const struct worker_options *options;
    struct db *db;
    struct redis *redis;
    struct caller *caller;
    struct running *list; /* jobs em curso */
    int running_count;
    int64_t cursors[6]; /* última empresa servida, por faixa (1..5) */
    char name[100];     /* quem arrenda: máquina:pid:início */
};

/* Um job em curso: ou está no ar, ou tem uma resposta por gravar. */
struct running {
    struct running *next;
    struct ctx ctx;
    struct job job;
    const struct job_kind *kind;
    struct job_reply reply;
    bool answered;    /* reply chegou; falta gravar */
    int tries;        /* vezes que se tentou gravar */
    int64_t again_us; /* próxima tentativa de gravar */
};

/* Dados de um job recém-arrendado; textos da arena de quem chama. */
struct claimed {
    const char *kind, *payload;
    int64_t id, company_id;
    int attempts, losses;
};

/* Faz o primeiro passo; se ele pede uma chamada, o job entra na lista. */
void step_start(struct worker *w, const struct claimed *row);

/*
 * Grava a resposta que chegou; sem banco, fica para again_us. Verdadeiro se o
 * job saiu da lista.
 */
bool step_finish(struct worker *w, struct running *r);

/* A espécie pelo nome, ou NULL. */
const struct job_kind *step_kind(const struct worker *w, const char *name);

#endif
