/*
 * frame.h - bytes prontos para o fio, divididos entre assinantes, e as duas
 * formas de um evento: SSE e item do long-poll. Não sabe de conexões.
 */
#ifndef BALCAO_LIVE_FRAME_H
#define BALCAO_LIVE_FRAME_H

#include <stddef.h>

#include "live/event.h"

struct frame {
    int refs;
    size_t len;
    char data[];
};

/* Copia len bytes numa moldura com uma referência. Memória: frame_release. */
struct frame *frame_new(const void *data, size_t len);

/* Mais uma referência. */
struct frame *frame_keep(struct frame *f);

/* Solta uma referência; NULL é aceito. */
void frame_release(struct frame *f);

/* O evento em SSE; uma referência. Fonte: WHATWG HTML, seção 9.2. */
struct frame *frame_event(const struct event *e);

/*
 * Escreve um evento SSE qualquer.
 *   id    pode ser NULL (o cliente guarda o que tinha)
 *   data  cada linha dele sai no seu "data:"; CR, LF e CRLF separam linhas
 */
void
sse_write(struct str *s, const char *id, const char *type, const char *data);

/*
 * Escreve {id, type, rooms, data} para o long-poll.
 *   is_mine  diz se quem pergunta está na sala; as outras não são contadas
 */
void poll_write(struct str *s, const struct event *e,
                bool (*is_mine)(const void *who, const struct event_room *r),
                const void *who);

#endif
