/* queue_welcome.h - o que a fila diz sozinha a quem escreve. */
#ifndef BALCAO_QUEUE_WELCOME_H
#define BALCAO_QUEUE_WELCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

/*
 * Manda a saudação da fila (conversa nova) ou o aviso de fora do horário, se
 * há e ainda não foi. Na transação que recebeu a mensagem.
 *   fresh  a conversa acaba de nascer
 */
enum err queue_welcome(struct ctx *c, int64_t ticket_id, bool fresh);

#endif
