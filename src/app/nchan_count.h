/*
 * nchan_count.h - quantas telas o nginx segura por nós, quando é ele (nchan)
 * quem entrega os eventos. Só pergunta; quem publica é o hub.
 */
#ifndef BALCAO_NCHAN_COUNT_H
#define BALCAO_NCHAN_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Pergunta ao nchan quantos assinam o canal comum, em que todos estão.
 *   socket  conf()->nchan_publish_socket; "" = não há nchan
 * Devolve falso sem nchan, ou se ele não responde em 200 ms.
 */
bool nchan_subscribers(const char *socket, int64_t *out);

#endif
