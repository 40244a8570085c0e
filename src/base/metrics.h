/*
 * metrics.h - contadores que todos os processos dividem: uma tabela fixa num
 * arquivo mapeado, sem trava. Não guarda história nem conhece HTTP: só soma,
 * e escreve no formato texto do Prometheus.
 */
#ifndef BALCAO_METRICS_H
#define BALCAO_METRICS_H

#include <stdint.h>

#include "base/str.h"

/* O charset quem põe é a resposta, como em todo texto. */
#define METRICS_TYPE "text/plain; version=0.0.4"

/* Séries que cabem; as que sobram só aumentam metrics_dropped_total. */
#define METRICS_SERIES 1024

/*
 * Abre a tabela; vários processos podem abrir o mesmo arquivo ao mesmo tempo.
 * Um arquivo de outra versão é posto de lado e refeito. Se o arquivo não
 * serve, o processo conta sozinho e o log diz por quê.
 *   path  arquivo dividido pelos processos; "" = memória só deste processo
 * Memória: fica mapeada até metrics_close ou o fim do processo.
 */
void metrics_open(const char *path);

/* Solta a tabela; depois disto contar não faz nada (para os testes). */
void metrics_close(void);

/*
 * Conta uma requisição e a sua duração.
 *   route        modelo da rota ("/api/v1/tickets/{id}"), nunca o caminho
 *   duration_us  microssegundos
 */
void metrics_request(const char *method, const char *route, int status,
                     int64_t duration_us);

/*
 * Põe o valor atual de uma medida.
 *   name  sem o prefixo balcao_; pode trazer rótulos, já escapados:
 *         "live_subscribers" ou "live_subscribers{hub=\"stream\"}"
 */
void metrics_gauge_set(const char *name, int64_t v);

/*
 * Soma n a um contador.
 *   name  sem o prefixo balcao_ e com o sufixo: "jobs_done_total"
 */
void metrics_counter_add(const char *name, int64_t n);

/*
 * Escreve tudo no formato texto do Prometheus, uma família após a outra.
 * Fonte: Prometheus text exposition format 0.0.4.
 */
void metrics_render(struct str *out);

#endif
