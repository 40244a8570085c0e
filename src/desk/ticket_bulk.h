/*
 * ticket_bulk.h - a mesma mudança em muitos atendimentos: cada um muda ou é
 * recusado sozinho, e diz por quê. Não conhece HTTP.
 */
#ifndef BALCAO_TICKET_BULK_H
#define BALCAO_TICKET_BULK_H

#include "desk/ticket.h"

#define TICKET_BULK_ACTIONS "assign transfer tag untag close priority read"
#define TICKET_BULK_MAX 500

/* O que a ação não usa se ignora. */
struct ticket_bulk {
    const char *action;
    int64_t user_id, queue_id; /* assign: user_id 0 devolve à espera */
    const char *tag_ids;       /* "{1,2}" */
    const char *priority, *note, *reason;
};

struct ticket_bulk_result {
    int64_t id;
    bool done;
    const char *code, *detail; /* por que não; NULL se mudou */
};

/*
 * Os números de um vetor do PostgreSQL, "{1,2}", até TICKET_BULK_MAX.
 *   out  [saída] na arena
 * Devolve quantos; 0 para NULL e "{}".
 */
int ticket_bulk_ids(struct arena *a, const char *list, int64_t **out);

/*
 * Confere o que vale para todos e depois muda um a um, em ordem de número.
 *   ids  em qualquer ordem; repetidos contam uma vez
 *   out  [saída] um resultado por número, na arena
 * Erros: ERR_INVALID com o campo que não serve à ação; os do banco.
 */
enum err ticket_bulk(struct ctx *c, const struct ticket_bulk *what,
                     int64_t *ids, int *count, struct ticket_bulk_result **out);

/*
 * A mesma mudança num só: a recusa é o erro.
 * Erros: os da ação; ERR_INVALID com o campo que não serve a ela.
 */
enum err
ticket_bulk_one(struct ctx *c, int64_t id, const struct ticket_bulk *what);

#endif
