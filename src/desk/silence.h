/*
 * silence.h - a conversa em que o contato se calou. Quem marca o job é o
 * gatilho de 0070, quando falamos por último; aqui se avisa e se encerra.
 */
#ifndef BALCAO_SILENCE_H
#define BALCAO_SILENCE_H

#include "jobs/worker.h"

/*
 * Job "ticket.silence" {ticketId}: na hora, manda o aviso da fila e, se o
 * silêncio continua, encerra. Se alguém escreveu, espera o que falta; se quem
 * deve falar somos nós (ou a mensagem não chegou), não faz nada.
 */
extern const struct job_kind silence_kind;

#endif
