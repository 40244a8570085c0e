/*
 * conn.h - uma conexão FastCGI sem bloqueio (ou a saída de um CGI): junta a
 * requisição, e escreve molduras divididas sem copiá-las. Não sabe de salas
 * nem de HTTP; para quem atende, é um `struct io`.
 */
#ifndef BALCAO_LIVE_CONN_H
#define BALCAO_LIVE_CONN_H

#include "base/arena.h"
#include "http/io.h"
#include "live/fcgi.h"
#include "live/frame.h"

/* Teto do que espera um leitor lento; além disto a conexão cai. */
enum { CONN_QUEUE_MAX = 1 << 20 };

struct param {
    const char *name, *value;
};

struct conn {
    struct io io; /* primeiro: o io é a conexão */
    int fd;
    bool is_raw;     /* CGI: sem registros, saída no fd */
    bool keeps_open; /* o servidor pediu FCGI_KEEP_CONN */
    bool has_begun, has_params, is_complete;
    bool is_ending, end_written;
    uint16_t request_id;

    uint8_t *in; /* registro que ainda não chegou todo */
    size_t in_len;
    uint8_t *params; /* pares, até a requisição completar */
    size_t params_len;
    const struct param *list; /* os pares lidos, durante o atendimento */

    struct frame **queue; /* circular, potência de 2 */
    uint32_t first, count, cap;
    size_t offset;       /* já escrito da primeira */
    size_t queued_bytes; /* que faltam escrever */
    uint8_t head[FCGI_END_BYTES];
    uint8_t head_len, head_off;
    size_t record_left; /* prometido no cabeçalho já escrito */
};

enum conn_state {
    CONN_MORE,    /* falta chegar */
    CONN_REQUEST, /* requisição completa */
    CONN_GONE,    /* fechou, abortou ou é lixo */
};

/* Prepara a conexão aceita. Memória: conn_close. */
void conn_open(struct conn *c, int fd);

/* Prepara a saída de um CGI: parâmetros do ambiente, resposta no fd. */
void conn_open_cgi(struct conn *c, int fd);

/* Solta tudo e fecha o descritor (não o de CGI). */
void conn_close(struct conn *c);

/*
 * Lê o que há no descritor. Depois de CONN_REQUEST, conn_params prepara os
 * parâmetros e conn_reset espera a próxima requisição na mesma conexão.
 */
enum conn_state conn_read(struct conn *c);

/* Lê os pares para a arena; falso se estão cortados. */
bool conn_params(struct conn *c, struct arena *a);

/* Esquece os parâmetros: só servem durante o atendimento. */
void conn_forget_params(struct conn *c);

/* Depois de terminada a resposta, espera outra na mesma conexão. */
void conn_reset(struct conn *c);

/* Põe a moldura na fila, somando uma referência. */
void conn_queue(struct conn *c, struct frame *f);

/*
 * Nada saiu ainda: deixa na fila só a primeira moldura, com estes bytes na
 * frente.
 */
void conn_keep_first(struct conn *c, const char *data, size_t len);

/* Marca o fim da resposta, depois do que já está na fila. */
void conn_end(struct conn *c);

/*
 * Escreve o que der sem esperar; falso se o outro lado se foi.
 * conn_is_done diz se a resposta terminou de sair.
 */
bool conn_flush(struct conn *c);

/* Há o que escrever e o descritor não aceitou tudo? */
bool conn_wants_write(const struct conn *c);

/* A resposta inteira, com o fim, já saiu? */
bool conn_is_done(const struct conn *c);

#endif
