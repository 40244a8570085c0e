/*
 * user_agent.h - o cabeçalho User-Agent em palavras, para a pessoa reconhecer
 * os próprios aparelhos. É palpite: quem chama escreve ali o que quiser, e
 * nada se decide com isto.
 */
#ifndef BALCAO_USER_AGENT_H
#define BALCAO_USER_AGENT_H

#include "base/arena.h"

/*
 * "Firefox no Linux", "Safari no iPhone", "curl": só os navegadores e sistemas
 * comuns. De outro programa, o primeiro nome que ele deu (até 40 letras); de
 * um vazio, "Programa desconhecido". Na língua em uso.
 *   header  pode ser NULL
 * Memória: da arena ou estática.
 */
const char *user_agent_text(struct arena *a, const char *header);

#endif
