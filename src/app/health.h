/*
 * health.h - pergunta ao banco, ao Redis, ao relay, ao worker e à fila como
 * estão, com prazo curto, e dá o veredito. Não decide quem pode perguntar nem
 * como a resposta sai.
 *
 * Só o banco derruba (503): sem ele nada se atende. O resto degrada (200): a
 * API responde, e tirar este nó do balanceador não ajudaria ninguém.
 */
#ifndef BALCAO_HEALTH_H
#define BALCAO_HEALTH_H

#include "base/ctx.h"
#include "base/str.h"
#include "gen/q_system.h"

#define HEALTH_RELAY_STUCK_MS 30000 /* evento gravado e não publicado */
#define HEALTH_OVERDUE_MS 15000     /* job vencido que ninguém devolveu */
#define HEALTH_JOB_LATE_MS 60000    /* job pronto de faixa urgente, parado */

enum health_part {
    HEALTH_DATABASE,
    HEALTH_REDIS,
    HEALTH_RELAY,
    HEALTH_WORKER,
    HEALTH_JOBS,
    HEALTH_PARTS,
};

struct health {
    const char *parts[HEALTH_PARTS]; /* ok, down, off, absent, stuck, late,
                                        unknown */
    const char *status;              /* ok, degraded, down */
    bool has_database;
    int64_t database_ms, redis_ms;
    struct q_system_state_row state; /* só com has_database */
    struct q_system_jobs_row *jobs;  /* 25 linhas: faixa e estado */
    int job_count;
};

/*
 * Pergunta a todos. Nunca passa de três segundos mais os prazos de conexão:
 * um banco que aceita e não responde é cortado e conta como fora do ar.
 *   c  contexto sem empresa; sai dele sem transação e sem problema
 */
void health_probe(struct ctx *c, struct health *out);

/* Nome da parte como vai no JSON: "database", "redis" … */
const char *health_part_name(enum health_part part);

/*
 * A parte vai mal? "off" é escolha de quem instalou, e vai bem; da "unknown"
 * não se sabe (o banco é quem falta).
 */
bool health_is_failing(const struct health *h, enum health_part part);

/* Nome da faixa de jobs, 1 a 5: "inbound" … "report". */
const char *health_lane_name(int lane);

/* Soma dos jobs neste estado, em todas as faixas. */
int64_t health_jobs(const struct health *h, const char *state);

/*
 * Idade, em ms, do job pronto mais antigo.
 *   last_lane  olha da faixa 1 até esta
 */
int64_t health_oldest_ready_ms(const struct health *h, int last_lane);

/* Acrescenta as medidas no formato texto do Prometheus. */
void health_gauges(struct str *s, const struct health *h);

#endif
