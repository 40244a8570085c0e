/*
 * ticket_choice.h - o filtro da lista como se escreve num endereço. A tabela
 * TICKET_CHOICES é a única: dela saem a struct, a leitura, os campos das
 * páginas e o que se guarda. Não conhece HTTP.
 */
#ifndef BALCAO_TICKET_CHOICE_H
#define BALCAO_TICKET_CHOICE_H

#include "desk/ticket_filter.h"

#define TICKET_STATUSES "bot pending active closed"
#define TICKET_PRIORITIES_ASKED "low normal high urgent"

/*
 * X(S, membro, parâmetro, caracteres, palavras que valem, texto). Sem palavras
 * (NULL): o que ticket_filter_json aceitar. S é de quem a expande.
 */
/* clang-format off */
#define TICKET_CHOICES_BESIDES_STATUS(X, S) \
    X(S, queue_id, "queueId", 20, NULL, "Fila: número ou none") \
    X(S, user_id, "userId", 20, NULL, "Quem atende: número, me ou none") \
    X(S, tag_ids, "tagIds", 200, NULL, "Etiquetas, com vírgulas") \
    X(S, channel_id, "channelId", 20, NULL, "Canal") \
    X(S, priority, "priority", 20, TICKET_PRIORITIES_ASKED, "Prioridade") \
    X(S, q, "q", 100, NULL, "Contato, assunto ou protocolo") \
    X(S, unread, "unread", 5, "true false", "true: só com não lidas") \
    X(S, snoozed, "snoozed", 5, "true false", \
      "true: só adiadas; false: sem elas") \
    X(S, sla, "sla", 20, TICKET_SLA_WORDS " none", \
      "Prazo: ok, near, breached ou none") \
    X(S, participant_id, "participantId", 20, NULL, \
      "Quem participa: número ou me") \
    X(S, sort, "sort", 20, TICKET_SORTS, "Ordem")
#define TICKET_CHOICES(X, S) \
    X(S, status, "status", 20, TICKET_STATUSES, "Estado") \
    TICKET_CHOICES_BESIDES_STATUS(X, S)
/* clang-format on */

/* Cada membro é o texto do parâmetro, como em GET /tickets; NULL: não veio. */
#define TICKET_CHOICE_MEMBER(S, member, ...) const char *member;
struct ticket_choice {
    TICKET_CHOICES(TICKET_CHOICE_MEMBER, )
};

#define TICKET_CHOICE_ONE(...) +1
enum { TICKET_CHOICE_PARTS = 0 TICKET_CHOICES(TICKET_CHOICE_ONE, ) };

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

/* O filtro como se guarda: {"status": "active", "queueId": "3"}. Da arena. */
const char *ticket_choice_json(struct arena *a, const struct ticket_choice *f);

#endif
