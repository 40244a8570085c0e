/*
 * absence.h - a saída de quem fechou a tela: ninguém a diz, então um job olha
 * de minuto em minuto, e quando a pessoa sai do login, quem está presente
 * (src/live/presence.h).
 */
#ifndef BALCAO_ABSENCE_H
#define BALCAO_ABSENCE_H

#include "base/ctx.h"
#include "jobs/worker.h"

/* Passa a esperar a saída da pessoa do contexto, que acaba de chegar. */
enum err absence_watch(struct ctx *c);

/* Job "presence.leave" {userId}: avisa a saída, ou volta a olhar depois. */
extern const struct job_kind absence_kind;

#endif
