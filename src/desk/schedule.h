/*
 * schedule.h - mensagens agendadas: um texto que sai numa hora marcada, uma
 * vez ou em repetição, em nome de quem o escreveu. Não conhece HTTP.
 */
#ifndef BALCAO_SCHEDULE_H
#define BALCAO_SCHEDULE_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_schedule.h"
#include "jobs/worker.h"

#define SCHEDULE_BODY_MAX 4096
#define SCHEDULE_REPEATS "none daily weekly monthly"

/* Como um agendamento sai pela API. */
extern const struct field schedule_out[];

/* Ao criar só body e due são obrigatórios; ao mudar, NULL fica como está. */
struct schedule_change {
    int64_t version; /* a que a tela mostrou; 0: qualquer */
    const char *body;
    const char *due;     /* instante ISO 8601 */
    const char *repeats; /* um de SCHEDULE_REPEATS; NULL ao criar: none */
};

/*
 * Agenda uma mensagem no atendimento; o job dela entra na mesma transação.
 * Erros: ERR_NOT_FOUND, ERR_CONFLICT (encerrado), ERR_LIMIT_REACHED (50 à
 *        espera no mesmo), ERR_INVALID (body vazio; dueAt que não é futuro).
 */
enum err
schedule_create(struct ctx *c, int64_t ticket_id,
                const struct schedule_change *new, struct q_schedule_row *out);

/*
 * Muda texto, hora ou repetição do que espera; o que falhou volta a esperar,
 * e então a hora tem de ser outra. Só quem escreveu, ou quem gere (o texto sai
 * em nome de quem o escreveu).
 * Erros: como schedule_create, e ERR_FORBIDDEN, ERR_CONFLICT (já saiu, foi
 *        cancelada, ou a versão é outra).
 */
enum err
schedule_edit(struct ctx *c, int64_t id, const struct schedule_change *to,
              struct q_schedule_row *out);

/*
 * Deixa de mandar; todos os que atendem a conversa podem.
 * Erros: ERR_NOT_FOUND, ERR_CONFLICT (já saiu ou foi cancelada).
 */
enum err schedule_cancel(struct ctx *c, int64_t id, struct q_schedule_row *out);

/*
 * Job "message.scheduled" {scheduledId}: na hora, confere de novo janela,
 * bloqueio e autor, e faz a mensagem ou diz por que não. Tudo numa transação:
 * um worker que cai no meio não manda duas vezes.
 */
extern const struct job_kind schedule_kind;

#endif
