/*
 * ticket_view.h - os filtros da lista que se guardam com um nome: de uma só
 * pessoa, dos membros de uma fila ou da empresa. Quem abre um alheio vê o que é
 * seu por ele ("comigo" é quem lê), nunca o de quem o fez. Não conhece HTTP.
 */
#ifndef BALCAO_TICKET_VIEW_H
#define BALCAO_TICKET_VIEW_H

#include "base/field.h"
#include "desk/ticket_choice.h"
#include "gen/q_ticket_view.h"

#define TICKET_VIEW_NAME_MAX 60
#define TICKET_VIEW_POSITION_MAX 1000
#define TICKET_VIEW_SHARES "private queue company"

/* Até onde se conta o que um filtro traz, e quantos filtros se contam. */
enum { TICKET_VIEW_COUNT_MAX = 100, TICKET_VIEWS_COUNTED = 60 };

extern const struct field ticket_view_out[];

/* O que se guarda ou se muda; NULL e has_ falso: não veio. */
struct ticket_view_change {
    int64_t version; /* a que a tela mostrou; 0: a atual */
    const char *name;
    const char *share; /* um de TICKET_VIEW_SHARES */
    int64_t queue_id;  /* com share queue */
    int64_t position;
    bool has_position;
};

/*
 * Guarda o filtro, para a pessoa do contexto; sem share, só dela.
 * Erros: ERR_INVALID (nome, fila, ou filtro vazio ou torto); ERR_FORBIDDEN
 *        (compartilhar pede replies.shared); ERR_CONFLICT (já há um com este
 *        nome); ERR_LIMIT_REACHED (são 30).
 */
enum err
ticket_view_add(struct ctx *c, const struct ticket_view_change *new,
                const struct ticket_choice *f, struct q_ticket_view_row *out);

/*
 * Muda nome, quem vê e ordem de um dos seus.
 * Erros: os de guardar; ERR_NOT_FOUND; ERR_FORBIDDEN se é de outra pessoa;
 *        ERR_CONFLICT se a versão já é outra.
 */
enum err ticket_view_change(struct ctx *c, int64_t id,
                            const struct ticket_view_change *to,
                            struct q_ticket_view_row *out);

/* Sobe ou desce um dos seus. Erros: ERR_NOT_FOUND, ERR_FORBIDDEN. */
enum err ticket_view_move(struct ctx *c, int64_t id, bool up);

/*
 * Apaga um dos seus; com replies.shared, também um compartilhado.
 * Erros: ERR_NOT_FOUND, ERR_FORBIDDEN.
 */
enum err ticket_view_drop(struct ctx *c, int64_t id);

/* A pessoa pode compartilhar e apagar os compartilhados? */
bool ticket_view_may_share(const struct ctx *c);

/*
 * Quantos atendimentos cada filtro traz à pessoa, até TICKET_VIEW_COUNT_MAX
 * (que quer dizer "mais de 99"); uma consulta para todos.
 *   rows     os filtros; contam-se os TICKET_VIEWS_COUNTED primeiros
 *   tickets  [saída] um por linha; -1: não se contou (os de encerrados, e o
 *            que falta depois de 150 ms)
 * Erros: os do banco.
 */
enum err ticket_view_counts(struct ctx *c, const struct q_ticket_view_row *rows,
                            int count, int64_t *tickets);

#endif
