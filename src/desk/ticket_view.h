/*
 * ticket_view.h - o filtro da lista como se escreve num endereço, e os que cada
 * pessoa guarda com um nome. Não conhece HTTP.
 */
#ifndef BALCAO_TICKET_VIEW_H
#define BALCAO_TICKET_VIEW_H

#include "desk/ticket_filter.h"
#include "gen/q_ticket_view.h"

#define TICKET_VIEW_NAME_MAX 60

/* Cada membro é o texto do parâmetro, como em GET /tickets; NULL: não veio. */
struct ticket_choice {
    const char *status, *queue_id, *user_id, *tag_ids, *channel_id;
    const char *priority, *q, *unread, *snoozed, *sla, *participant_id, *sort;
};

/* Tira o que não diz nada ou não se entende: um endereço velho não é erro. */
void ticket_choice_clean(struct ticket_choice *f);

/* Há o que filtrar ou ordenar além do estado? */
bool ticket_choice_is_on(const struct ticket_choice *f);

/* O mesmo filtro como ticket_filter_json o pede; os textos são os de `f`. */
struct ticket_filter ticket_choice_filter(const struct ticket_choice *f);

/*
 * "&queueId=3&sort=waiting": os parâmetros em ordem fixa, sem o estado.
 * Memória: da arena; "" se não há nenhum.
 */
const char *ticket_choice_query(struct arena *a, const struct ticket_choice *f);

/* Um parâmetro do filtro, como vai no endereço. */
struct ticket_choice_part {
    const char *name, *value;
};
#define TICKET_CHOICE_PARTS 12

/* Os que vieram, o estado também; devolve quantos. */
int ticket_choice_parts(const struct ticket_choice *f,
                        struct ticket_choice_part out[TICKET_CHOICE_PARTS]);

/*
 * Monta o filtro perguntando cada parâmetro pelo nome, e o limpa.
 *   get  devolve o texto, ou NULL; ele precisa viver o que o filtro viver
 */
void ticket_choice_fill(struct ticket_choice *out,
                        const char *(*get)(void *from, const char *name),
                        void *from);

/* Lê um filtro guardado; os textos são da arena. */
void ticket_choice_read(struct arena *a, const char *json,
                        struct ticket_choice *out);

/*
 * Guarda o filtro com um nome, para a pessoa do contexto.
 *   id  [saída] número dele
 * Erros: ERR_INVALID (nome, ou filtro vazio ou torto); ERR_CONFLICT (já há um
 *        com este nome); ERR_LIMIT_REACHED (são 30).
 */
enum err ticket_view_add(struct ctx *c, const char *name,
                         const struct ticket_choice *f, int64_t *id);

/* Esquece um dos seus. Erros: ERR_NOT_FOUND. */
enum err ticket_view_drop(struct ctx *c, int64_t id);

#endif
