/*
 * sla.h - os prazos do atendimento. Quem os calcula e marca o job de cada um
 * são os gatilhos de 0060, em toda mudança; aqui só se anota o que venceu.
 */
#ifndef BALCAO_SLA_H
#define BALCAO_SLA_H

#include "jobs/worker.h"

/*
 * Job "ticket.sla" {ticketId, resolution}: na hora do prazo, anota que venceu,
 * notifica quem atende (ou a fila) e avisa as salas com ticket:sla; do que já
 * se cumpriu, mudou ou parou não se diz nada. Rodar de novo não repete.
 */
extern const struct job_kind sla_kind;

#endif
