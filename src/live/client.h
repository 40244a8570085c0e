/*
 * client.h - uma conexão do hub, da requisição ao assinante. Interno de
 * src/live: loop.c move os bytes, client.c decide o que cada um recebe.
 */
#ifndef BALCAO_LIVE_CLIENT_H
#define BALCAO_LIVE_CLIENT_H

#include "cache/subscribe.h"
#include "live/conn.h"
#include "live/feed.h"
#include "live/hub.h"
#include "live/live.h"

struct list {
    struct list *prev, *next;
};

struct person;

struct client {
    struct conn conn; /* primeiro: o io da requisição */
    struct sub sub;
    struct list all;  /* na lista de todos */
    struct list work; /* a fila em que está, se está */
    struct client *next_dirty;
    bool is_dirty, is_doomed, is_attached, is_resync, must_end;
    bool is_held;          /* nada sai: vai passar ao nginx */
    struct person *person; /* já pediu para passar */
    bool watches_write;    /* EPOLLOUT pedido */
    enum live_kind kind;
    struct ctx who; /* só a identidade */
    int64_t session_id;
    int64_t beat_at_us, check_at_us, end_at_us;
    struct event_id next; /* onde parou, quando must_end */
    struct event **batch; /* long-poll: o que vai responder */
    int batch_count;
    size_t batch_bytes;
};

/* O estado do processo; um só. */
struct live {
    const struct live_config *config;
    struct hub hub;
    struct feed *feed;
    struct arena *arena;   /* da requisição da vez */
    struct arena *scratch; /* do que não é de requisição nenhuma */
    struct list all, replaying;
    struct client *dirty;
    int epoll, listener;
    struct subscription *whispers;
    unsigned feed_opens, nchan_opens, whisper_opens; /* conexões já vigiadas */
    bool nchan_writes; /* EPOLLOUT pedido na do nginx */
    uint64_t dropped, delivered_seen, dropped_seen;
    int64_t tick_at_us, quiet_since_us;
    struct frame *beat;
    bool is_cgi, is_paused;
};

extern struct live live;

/* Põe no fim da lista. */
void list_add(struct list *head, struct list *item);

/* Tira da lista em que está, se está em alguma. */
void list_remove(struct list *item);

/* Não há ninguém? */
bool list_is_empty(const struct list *head);

#define CONTAINER(ptr, type, member) \
    ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* Cria um cliente da conexão aceita (ou da saída do CGI). */
struct client *client_new(int fd, bool is_cgi);

/* Solta tudo; ele já não está em fila nenhuma depois disto. */
void client_free(struct client *c);

/* Há o que escrever, ou decidir, no fim desta volta. */
void client_touch(struct client *c);

/* Fecha no fim desta volta, sem cerimônia. */
void client_doom(struct client *c);

/* Entrega (callback do hub). */
bool client_deliver(struct sub *s, struct event *e);

/* O acesso mudou (callback do hub): o fluxo termina, o cliente volta. */
void client_recheck(struct sub *s);

/* Passa o assinante da posição dele à do hub, um pedaço por vez. */
void client_replay(struct client *c, int *database_pages);

/* Solta o assinante; a conexão segue, para terminar a resposta. */
void client_detach(struct client *c);

/* No fim da volta: responde o long-poll pronto, termina o que acabou. */
void client_settle(struct client *c);

/* O que o relógio pede a um cliente; `checks` é quantas consultas restam. */
void client_tick(struct client *c, int64_t now_us, int *checks);

/* O processo vai parar: cada resposta termina direito, e todos voltam. */
void client_finish_all(void);

/* Os ids recomeçaram: todos recebem `resync` (callback da fonte). */
void client_restart_all(void);

#endif
