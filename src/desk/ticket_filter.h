/*
 * ticket_filter.h - achar atendimentos: filtros, ordens e contagens. A forma
 * do filtro é a mesma que se guarda. Não conhece HTTP.
 */
#ifndef BALCAO_TICKET_FILTER_H
#define BALCAO_TICKET_FILTER_H

#include "desk/ticket.h"

#define TICKET_SORTS "recent oldest waiting priority closed sla"

/* NULL e 0: não se filtra por isto. */
struct ticket_filter {
    const char *status;   /* bot pending active closed; open é active; all */
    const char *queue_id; /* número, ou none */
    const char *user_id;  /* número, me ou none */
    const char *tag_ids;  /* números separados por vírgula: todas elas */
    int64_t channel_id, contact_id;
    const char *priority, *text;
    const char *sla;            /* ok near breached none */
    const char *participant_id; /* de quem participa: número ou me */
    /* instantes ISO 8601; o fim não entra */
    const char *created_from, *created_to, *updated_from, *updated_to;
    const char *closed_from, *closed_to;
    bool unread, has_unread, snoozed, has_snoozed;
};

/* Diz se o texto é um dia ou instante ISO 8601 que existe. */
bool ticket_instant_ok(const char *text);

/*
 * O filtro como o banco o lê.
 *   out  [saída] objeto JSON; sem status, o de todos os estados
 * Erros: ERR_INVALID com queueId, userId, participantId, tagIds ou o instante.
 */
enum err ticket_filter_json(struct ctx *c, const struct ticket_filter *f,
                            const char **out);

struct ticket_page {
    const char *sort;   /* um de TICKET_SORTS; NULL é recent. waiting, closed e
                           sla só trazem os que esperam, os encerrados e os
                           que têm prazo correndo */
    const char *cursor; /* o next da página anterior, ou NULL */
    int64_t max;
    struct q_ticket_row *rows; /* [saída] */
    int count;                 /* [saída] */
    const char *next;          /* [saída] NULL no fim */
};

/*
 * Uma página da lista.
 *   filter  o que ticket_filter_json devolveu
 * Erros: ERR_INVALID com cursor.
 */
enum err
ticket_filter_list(struct ctx *c, const char *filter, struct ticket_page *page);

#endif
