/*
 * live.h - o programa que segura milhares de conexões abertas: laço de
 * eventos, assinantes e fonte. É o que cgi-bin/live usa; o resto de src/live
 * está por baixo. A requisição em si é atendida por app_serve, como em todo
 * programa; o tratador só diz "este fica" com live_subscribe.
 */
#ifndef BALCAO_LIVE_LIVE_H
#define BALCAO_LIVE_LIVE_H

#include "http/route.h"
#include "live/event.h"
#include "live/rooms.h"

enum live_kind {
    LIVE_STREAM, /* SSE: fica até alguém ir embora */
    LIVE_POLL,   /* uma resposta, quando houver o quê */
};

struct live_want {
    enum live_kind kind;
    const struct room_list *rooms; /* já autorizadas */
    bool has_since;                /* o cliente já tem até `since` */
    bool is_lost;                  /* disse uma posição que não é nossa */
    struct event_id since;
    int64_t wait_s; /* só do long-poll */
};

struct live_config {
    const char *name; /* rótulo das métricas: stream, poll */
    struct db *db;
    const char *redis_url;
    const char *nchan_socket; /* "": ninguém segura os sockets por nós */
    enum err (*serve)(struct io *io, struct arena *a);
    void (*idle)(void); /* chamada de vez em quando, sem ninguém */
};

/*
 * Confere salas e posição, e deixa a conexão da requisição aberta como
 * assinante, com o começo da resposta em r. Só dentro de live_loop.
 *   rooms  lista da query, ou NULL: as que a pessoa pode ter
 *   since  posição já decodificada, ou NULL; Last-Event-ID vence. Um
 *          Last-Event-ID torto não é erro (o EventSource desistiria): dá resync
 *   want   espécie e espera; o resto sai daqui
 * Erros: ERR_INVALID (salas ou since malformados), ERR_FORBIDDEN (sala
 *        alheia), ERR_UNAVAILABLE sem banco.
 */
enum err live_subscribe(struct req *r, const char *rooms, const char *since,
                        struct live_want *want);

/*
 * Atende até SIGTERM: muitas conexões em FastCGI; uma, e por pouco tempo, em
 * CGI.
 */
void live_loop(const struct live_config *config);

/*
 * Lê a posição de onde continuar: Last-Event-ID, ou `since` da query.
 *   since  valor já decodificado, ou NULL
 * Erros: ERR_INVALID se `since` não tem a forma de um id. Um Last-Event-ID
 *        torto não é erro (o EventSource desistiria): só marca is_lost.
 */
enum err live_since(struct req *r, const char *since, struct live_want *out);

#endif
