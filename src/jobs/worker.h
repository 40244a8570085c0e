/*
 * worker.h - executa os jobs da fila: um processo, um laço, vários jobs em
 * curso. As espécies vivem nos módulos de cima e se registram por tabela;
 * aqui não se sabe o que elas fazem.
 *
 * Cada job anda em passos, cada passo numa transação com a empresa do job:
 * prepare, e, se ele pede uma chamada, a chamada (sem transação) e finish, que
 * pode pedir outra: job->calls diz de qual é a resposta. O worker encerra o job
 * na mesma transação do passo.
 */
#ifndef BALCAO_WORKER_H
#define BALCAO_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "jobs/call.h"

/* O que fazer do job depois do passo. */
enum job_next {
    JOB_DONE,  /* acabou bem: sai da fila */
    JOB_RETRY, /* volta em delay_ms, com error e payload */
    JOB_WAIT,  /* volta em delay_ms, como combinado: não foi uma tentativa */
    JOB_DEAD,  /* fica entre os mortos, com error */
    JOB_CALL,  /* faça `call`, depois finish (de novo) */
};

struct job {
    int64_t id, company_id;
    const char *payload; /* JSON, como foi enfileirado ou mudado */
    int attempts;        /* vezes que foi pego, contando esta */
    int losses;          /* vezes que um worker o perdeu */

    /* respostas do passo, na arena do contexto */
    struct job_call call;
    const char *new_payload; /* troca o payload; NULL: fica */
    const char *error;
    int64_t delay_ms; /* JOB_RETRY e JOB_WAIT; 0: o padrão do worker */
    int calls;        /* chamadas já respondidas antes desta */
    void *state;      /* do módulo, de prepare para finish */
};

struct job_kind {
    const char *name; /* ex. "message.send" */
    int concurrency;  /* em curso ao mesmo tempo, por worker */

    /* Um erro desfaz a transação, e o job volta depois. */
    enum err (*prepare)(struct ctx *c, struct job *job, enum job_next *next);

    /*
     * Recebe a resposta. Sem banco o worker a guarda e chama de novo: pode
     * ser chamada mais de uma vez com a mesma resposta.
     */
    enum err (*finish)(struct ctx *c, struct job *job,
                       const struct job_reply *reply, enum job_next *next);

    /* O job derrubou workers demais e vai morrer; NULL: nada a fazer. */
    enum err (*give_up)(struct ctx *c, struct job *job);
};

struct worker_options {
    const struct job_kind *const *kinds; /* terminada em NULL */
    int64_t for_s;  /* para depois disto; 0: só com SIGTERM */
    int64_t stop_s; /* espera pelo que está em curso ao parar */
};

/*
 * Roda até SIGTERM, SIGINT ou for_s; termina o que está em curso e devolve.
 * Devolve falso se a preparação falhou (o motivo vai ao log).
 */
bool worker_run(const struct worker_options *o);

#endif
