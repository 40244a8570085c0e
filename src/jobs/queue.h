/*
 * queue.h - enfileira trabalho para depois do COMMIT, na transação do fato.
 * Quem executa é jobs/worker.
 */
#ifndef BALCAO_QUEUE_H
#define BALCAO_QUEUE_H

#include <stdint.h>

#include "base/ctx.h"

/* Faixas, da mais urgente à menos (DESIGN §6). */
enum lane {
    LANE_INBOUND = 1,
    LANE_OUTBOUND,
    LANE_BOT,
    LANE_CAMPAIGN,
    LANE_REPORT
};

struct job_new {
    enum lane lane;
    const char *kind;       /* ex. "message.send" */
    const char *serial_key; /* um de cada vez, em ordem; NULL: livre */
    const char *unique_key; /* no máximo um vivo; NULL: livre */
    const char *payload;    /* objeto JSON */
    int64_t delay_ms;       /* espera antes de poder rodar */
};

/*
 * Enfileira na transação do contexto e marca o worker para ser acordado.
 * Erros: só aparecem no próximo db_run ou db_commit (vai na fila).
 */
enum err job_enqueue(struct ctx *c, const struct job_new *job);

/* O número de um membro do payload; 0 se ele não está. */
int64_t job_number(const char *payload, const char *name);

#endif
