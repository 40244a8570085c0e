/*
 * rooms.h - os nomes das salas e quem pode ouvi-las. A regra de tickets é a
 * única de todo o sistema (ticket_visible); aqui só se pergunta a ela.
 *
 *   company             quem vê todos os tickets
 *   queue:N             quem vê todos, ou quem vê as suas filas e é da N
 *   queue:0             tickets sem fila e sem responsável; idem, sem ser de N
 *   ticket:N            quem vê o ticket N
 *   user:N              só a própria pessoa
 *   dashboard, events   qualquer um da empresa
 *   people              idem: quem chegou, quem está ausente
 */
#ifndef BALCAO_LIVE_ROOMS_H
#define BALCAO_LIVE_ROOMS_H

#include "base/ctx.h"

enum { ROOMS_WANTED_MAX = 100, ROOM_NAME_MAX = 27 };

enum room_kind {
    ROOM_NONE,
    ROOM_COMPANY,
    ROOM_DASHBOARD,
    ROOM_EVENTS,
    ROOM_PEOPLE,
    ROOM_QUEUE,
    ROOM_TICKET,
    ROOM_USER,
};

/* Salas pedidas: nomes da arena, sem repetição. */
struct room_list {
    int count;
    const char *names[ROOMS_WANTED_MAX];
};

/*
 * Lê um nome de sala de n bytes.
 *   id  [saída] número da sala; 0 nas que não têm (e em queue:0)
 */
enum room_kind room_parse(const char *name, size_t n, int64_t *id);

/*
 * Lê "a,b,c"; NULL ou vazio dá uma lista vazia (as salas de costume).
 * Erros: ERR_INVALID, no campo rooms, se algum nome não existe ou são
 *        mais de ROOMS_WANTED_MAX.
 */
enum err rooms_read(struct ctx *c, const char *text, struct room_list *out);

/*
 * Confere se a pessoa do contexto pode ouvir todas; uma lista vazia recebe
 * as de costume (company ou as filas, e a da pessoa). É uma consulta só.
 *   session_id  a sessão do navegador que pede, ou 0
 * Erros: ERR_FORBIDDEN, ERR_UNAUTHORIZED (pessoa ou sessão sem validade).
 */
enum err
rooms_allow(struct ctx *c, int64_t session_id, struct room_list *rooms);

#endif
