/*
 * relay.h - leva os eventos da outbox ao stream do Redis, na ordem que nenhum
 * COMMIT futuro muda (DESIGN §5). Não conhece assinantes nem HTTP: quem
 * entrega são os hubs. Vários podem rodar; cada lote é de um só, pela trava
 * da transação, e por isso a queda de um não deixa nada parado.
 */
#ifndef BALCAO_LIVE_RELAY_H
#define BALCAO_LIVE_RELAY_H

#include <stdbool.h>

#include "base/ctx.h"

struct relay;

enum relay_outcome {
    RELAY_MORE,    /* lote cheio: há mais */
    RELAY_DONE,    /* levou tudo o que podia */
    RELAY_IDLE,    /* não havia nada */
    RELAY_WAITING, /* o que há espera uma transação mais antiga */
    RELAY_STANDBY, /* a vez é de outro relay */
    RELAY_FAILED,  /* sem banco */
};

/*
 * Prepara um relay.
 *   c          contexto de sistema, sem empresa, com a conexão só dele
 *   redis_url  "" = sem Redis: os hubs leem o banco sozinhos
 * Memória: relay_close; c continua de quem o criou.
 */
struct relay *relay_new(struct ctx *c, const char *redis_url);

/* Fecha o Redis e devolve. NULL é aceito. */
void relay_close(struct relay *r);

/*
 * Leva um lote: publica, e só então anda com o cursor, na mesma transação da
 * trava. Morrer no meio só repete; o Redis recusa o id que já tem.
 */
enum relay_outcome relay_step(struct relay *r);

/* Cria e apaga partições da outbox, se já faz uma hora. */
void relay_upkeep(struct relay *r);

/*
 * Roda até *stopping ficar verdadeiro ou passarem for_s segundos (0: sem fim).
 * Acorda pelo canal NUDGE_RELAY_CHANNEL; sem ele, olha de tempo em tempo.
 */
void relay_run(struct relay *r, const volatile int *stopping, int64_t for_s);

/*
 * Nome do stream deste banco. Os ids só valem no cluster que os deu, e por
 * isso o nome o leva.
 *   cluster  o de live_cluster(), até 64 bytes
 */
void relay_stream_key(const char *cluster, char out[static 80]);

/* Quantos eventos o stream guarda, mais ou menos, e por quanto tempo. */
enum { STREAM_LENGTH = 20000, STREAM_LIFE_S = 172800 };

#endif
