/*
 * schedule_model.h - o que as páginas mostram de uma mensagem agendada: no
 * painel da conversa e em /scheduled. As regras são de desk/schedule.h.
 */
#ifndef BALCAO_SCHEDULE_MODEL_H
#define BALCAO_SCHEDULE_MODEL_H

#include "app/inbox_model.h"
#include "desk/schedule.h"

/*
 * Uma linha: texto, hora no relógio da pessoa, motivo, o que ela pode fazer.
 *   cancel  endereço do formulário que a cancela
 */
struct json_object *
schedule_model(struct req *r, const struct q_schedule_row *s,
               const char *cancel);

/* "Todo dia", "Toda semana", "Todo mês"; NULL se não repete. */
const char *schedule_repeat_text(const char *repeats);

/*
 * Põe em `panel`, em "schedule", o que está agendado e o formulário; null se
 * não há nada e nada se pode agendar.
 * Erros: os do banco.
 */
enum err
schedule_add_panel(struct req *r, struct json_object *panel,
                   const struct q_ticket_row *t, const struct inbox_talk *in);

/* O instante ISO de um campo de dia e hora; "" se não é um, e será recusado. */
const char *schedule_typed_time(struct req *r, const char *text);

#endif
