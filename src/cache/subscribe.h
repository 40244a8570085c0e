/*
 * subscribe.h - escuta um canal do Redis dentro de um laço de eventos. O que
 * se escuta é um despertador (sem Redis quem chama olha de tempo em tempo) ou
 * um sussurro (live/whisper.h), que sem Redis se perde.
 */
#ifndef BALCAO_SUBSCRIBE_H
#define BALCAO_SUBSCRIBE_H

#include <stdbool.h>

struct subscription;

/*
 * Prepara a escuta, sem conectar.
 *   url, channel  vivem tanto quanto a escuta; url "" = sem Redis
 * Memória: subscribe_close devolve.
 */
struct subscription *subscribe_new(const char *url, const char *channel);

/* Fecha e devolve. NULL é aceito. */
void subscribe_close(struct subscription *s);

/*
 * Descritor a vigiar (leitura), ou -1 sem Redis. Conecta se for preciso, no
 * máximo uma tentativa por segundo.
 */
int subscribe_fd(struct subscription *s);

/* Quantas conexões já abriu: se mudou, o descritor é outro. */
unsigned subscribe_opens(const struct subscription *s);

/*
 * Lê o que chegou; verdadeiro se houve aviso, ou se a escuta caiu.
 *   each  recebe cada mensagem, que só vale durante a chamada; NULL: a
 *         ninguém interessa o que ela diz
 */
bool subscribe_read(struct subscription *s, void (*each)(const char *text));

#endif
