/*
 * sla_model.h - o prazo de um atendimento como as páginas o mostram: quanto
 * falta, ou há quanto venceu. O navegador o refaz a cada minuto (sla.js).
 */
#ifndef BALCAO_SLA_MODEL_H
#define BALCAO_SLA_MODEL_H

#include <json-c/json.h>

#include "desk/ticket.h"

/*
 * Põe "sla" em `m`: {state, icon, kind, left, hint, dueIso, nearIso}; null se
 * nenhum prazo corre.
 */
void
sla_model(struct arena *a, struct json_object *m, const struct q_ticket_row *t);

/* "a primeira resposta" ou "a solução". */
const char *sla_kind_words(const char *kind);

#endif
