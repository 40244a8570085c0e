/*
 * people_list.h - as páginas /admin/users e /admin/invitations: o filtro, as
 * linhas e a próxima página. Filtro torto mostra tudo, não um erro.
 */
#ifndef BALCAO_PEOPLE_LIST_H
#define BALCAO_PEOPLE_LIST_H

#include "http/route.h"

/* O que veio no endereço, como veio; NULL: não veio. */
struct people_query {
    const char *search, *role, *status, *queue_id, *cursor;
};

/* Responde com a lista de pessoas. */
enum err people_draw_list(struct req *r, const struct people_query *in);

/*
 * Responde com a lista de convites.
 *   status  pending, accepted, expired; o resto vale todos
 *   cursor  continua depois deste; NULL: do começo
 */
enum err
people_draw_invitations(struct req *r, const char *status, const char *cursor);

#endif
