/*
 * contact_csv.h - os contatos de um filtro em CSV, em pedaços: memória de um
 * pedaço só, seja qual for o tamanho da agenda.
 */
#ifndef BALCAO_CONTACT_CSV_H
#define BALCAO_CONTACT_CSV_H

#include "gen/q_contact_book.h"
#include "http/route.h"

/*
 * Registra a exportação na auditoria e responde o CSV: uma coluna por campo
 * próprio depois das fixas. Sem q, em ordem de nome; com q, o que a busca
 * acha, na ordem dela.
 *   f  o filtro; cursor, canal e limite não contam
 */
enum err contact_csv_reply(struct req *r, const struct q_contact_list_in *f);

#endif
