/*
 * signal.h - o que se diz à plataforma além de mensagens: que a pessoa leu, e
 * as reações da equipe. As duas podem repetir sem dano; o que não passou volta
 * à fila com espera.
 */
#ifndef BALCAO_SIGNAL_H
#define BALCAO_SIGNAL_H

#include "jobs/worker.h"

/* Job "message.read" {ticketId}: confirma a leitura da mais nova. */
extern const struct job_kind message_read_kind;

/*
 * Job "message.react" {messageId, emoji, before}. Recusada, a reação volta ao
 * que era; se a pessoa já a trocou, não se manda a velha.
 */
extern const struct job_kind message_react_kind;

#endif
