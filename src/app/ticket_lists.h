/*
 * ticket_lists.h - as rotas que acham atendimentos, para a tabela de
 * cgi-bin/api/tickets.c: a lista com filtros, as contagens e os do próprio
 * atendente.
 */
#ifndef BALCAO_APP_TICKET_LISTS_H
#define BALCAO_APP_TICKET_LISTS_H

#include "app/app.h"
#include "desk/ticket_filter.h"

struct ticket_list_in {
    const char *status, *queue_id, *user_id, *participant_id, *tag_ids;
    int64_t channel_id, contact_id, limit;
    const char *priority, *sla, *q;
    const char *created_from, *created_to, *updated_from, *updated_to;
    const char *closed_from, *closed_to, *sort, *cursor;
    bool unread, has_unread, snoozed, has_snoozed;
};
extern const struct field ticket_list_in[], ticket_counts_in[];
extern const struct field ticket_counts_out[];

struct ticket_mine_in {
    const char *from, *to, *q, *cursor;
    int64_t limit;
};
extern const struct field ticket_mine_in[];

/* Há filtro ou ordem além do estado e da página? */
bool ticket_list_is_filtered(const struct ticket_list_in *in);

/* Responde a lista com filtros e ordem, uma página. */
enum err ticket_list_filtered(struct req *r, const struct ticket_list_in *in);

/* Tratadores das rotas de TICKET_LIST_ROUTES: as contagens das abas. */
enum err ticket_list_counts(struct req *r, const void *input);

/* E os encerrados da própria pessoa. */
enum err ticket_list_mine(struct req *r, const void *input);

/* clang-format off */
#define TICKET_LIST_ROUTES \
    { GET, "/api/v1/tickets/counts", ticket_list_counts, PERM_TICKETS_READ, \
      .one_query = true, .cached = true, \
      IN(struct ticket_list_in, ticket_counts_in), .out = ticket_counts_out, \
      .alias = "/api/v1/chats/counts", \
      .doc = "Quantos atendimentos há em cada aba, com os mesmos filtros" }, \
    { GET, "/api/v1/tickets/mine", ticket_list_mine, PERM_TICKETS_READ, \
      .one_query = true, .cached = true, \
      IN(struct ticket_mine_in, ticket_mine_in), .out = ticket_out, \
      .out_list = true, .alias = "/api/v1/me/tickets", \
      .doc = "Os que a própria pessoa atendeu e já se encerraram" }
/* clang-format on */

#endif
