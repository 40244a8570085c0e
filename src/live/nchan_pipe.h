/*
 * nchan_pipe.h - a conversa com o nginx (nchan): um pedido HTTP de cada vez,
 * em ordem, por uma conexão de socket Unix que fica aberta, sem bloquear.
 * Só o transporte; quem sabe o que publicar é nchan.c.
 */
#ifndef BALCAO_LIVE_NCHAN_PIPE_H
#define BALCAO_LIVE_NCHAN_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live/frame.h"

enum post_kind {
    POST_EVENT,
    POST_CONNECT,
    POST_BEAT,
    POST_KICK_ALL,
    POST_KICK,
    POST_PROBE
};

struct post {
    struct post *next;
    enum post_kind kind;
    void *owner;           /* de quem espera a resposta, ou NULL */
    char *target;          /* "/publish/s.a,s.b" */
    struct frame **frames; /* o corpo */
    int frame_count;
    size_t body_bytes;
};

struct pipe {
    const char *path; /* do socket */
    int fd;
    unsigned opens;           /* quantas conexões já abriu */
    struct post *head, *tail; /* o primeiro pode estar em andamento */
    bool is_busy;             /* head já saiu (ou está saindo) */
    int64_t sent_at_us;
    char *out; /* o pedido em andamento */
    size_t out_len, out_off;
    char in[4096];
    size_t in_len;
    /* Chegou a resposta; falso se ela vale como falha. Não fecha o pipe. */
    bool (*on_answer)(struct post *p, int status, const char *body);
    /* Falhou, e a fila toda foi devolvida. Só marca: pode vir a qualquer
     * momento, até no meio de uma entrega. */
    void (*on_failure)(void);
};

/* Um pedido novo, sem corpo. Memória: pipe_push fica com ele. */
struct post *post_new(enum post_kind kind, void *owner, const char *target);

/* Acrescenta ao corpo, somando uma referência. */
void post_add(struct post *p, struct frame *f);

/* Põe na fila; sai com o próximo pipe_start ou pipe_push. */
void pipe_queue(struct pipe *pipe, struct post *p);

/* Começa a mandar o primeiro da fila, se nada está em andamento. */
void pipe_start(struct pipe *pipe);

/* Põe na fila e, se dá, começa a mandar. */
void pipe_push(struct pipe *pipe, struct post *p);

/* Abre, se está fechada; falso se o nginx não atende. */
bool pipe_open(struct pipe *pipe);

/* Fecha e devolve toda a fila, sem avisar ninguém. */
void pipe_close(struct pipe *pipe);

/* O descritor está pronto. */
void pipe_ready(struct pipe *pipe);

/* Um pedido sem resposta há tempo demais é falha. */
void pipe_tick(struct pipe *pipe, int64_t now_us);

/* Há o que escrever e não coube? */
bool pipe_wants_write(const struct pipe *pipe);

#endif
