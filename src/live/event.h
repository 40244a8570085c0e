/*
 * event.h - o evento ao vivo e seu id. O id é a posição na outbox, (xid, seq):
 * só cresce, vale em toda parte e é a própria forma de um id de stream do
 * Redis. Os eventos são divididos por contagem de referências: um só bloco
 * serve a todos os assinantes.
 */
#ifndef BALCAO_LIVE_EVENT_H
#define BALCAO_LIVE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct event_id {
    uint64_t xid, seq;
};

enum { EVENT_ID_CHARS = 42 }; /* dois uint64, o traço e o '\0' */

/* Uma posição antes de qualquer evento. */
#define EVENT_ID_ZERO ((struct event_id){ 0, 0 })

/* Nome interno: manda conferir de novo o acesso; não sai para ninguém. */
#define EVENT_ACCESS_CHANGED "access:changed"

struct event_room {
    uint64_t hash; /* room_hash(empresa, nome) */
    const char *name;
};

struct frame;

struct event {
    int refs;
    struct event_id id;
    int64_t company_id;
    const char *type, *payload;
    size_t payload_bytes, bytes; /* bytes: memória deste bloco */
    struct frame *sse;           /* desenhado no primeiro uso */
    int room_count;
    struct event_room rooms[];
};

/* Negativo, zero ou positivo, como strcmp. */
int event_id_compare(struct event_id a, struct event_id b);

/*
 * Lê "xid-seq" que ocupe os n bytes todos: dois decimais sem sinal e sem
 * zeros à esquerda, cada um até 2^63 - 1 (o que o banco aceita).
 */
bool event_id_parse(const char *text, size_t n, struct event_id *out);

/* Escreve "xid-seq" e devolve o tamanho. */
size_t event_id_format(struct event_id id, char out[static EVENT_ID_CHARS]);

/* Espalhamento de uma sala dentro da empresa. */
uint64_t room_hash(int64_t company_id, const char *name, size_t n);

/*
 * Cria um evento com uma referência, copiando tudo.
 *   rooms    nomes separados por vírgula
 *   payload  JSON; as quebras de linha entre os valores viram espaço, para
 *            caber numa linha "data:"
 * Devolve NULL se o tipo não for [a-z_:.-]{1,60}: iria torto ao cliente.
 * Memória: event_release.
 */
struct event *
event_new(struct event_id id, int64_t company_id, const char *rooms,
          const char *type, const char *payload);

/* Mais uma referência. */
struct event *event_keep(struct event *e);

/* Solta uma referência; NULL é aceito. */
void event_release(struct event *e);

/* A moldura SSE do evento, desenhada uma vez só; não soma referência. */
struct frame *event_frame(struct event *e);

#endif
