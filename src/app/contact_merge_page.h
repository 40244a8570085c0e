/*
 * contact_merge_page.h - páginas dos contatos repetidos e da fusão de dois.
 * Monta modelos; as regras são de desk/contact_duplicates.h e
 * desk/contact_merging.h.
 */
#ifndef BALCAO_CONTACT_MERGE_PAGE_H
#define BALCAO_CONTACT_MERGE_PAGE_H

#include "http/route.h"

#define CONTACT_DUPLICATES "/contacts/duplicates"

/* Os pares da última procura; cursor NULL: do começo. */
enum err contact_duplicates_page(struct req *r, const char *cursor);

/*
 * Fundir em `id`: a prévia com `with`, ou a escolha de com quem (os parecidos
 * e uma busca) se `with` é 0.
 *   q  o que se procura; NULL: nada
 */
enum err
contact_merge_page(struct req *r, int64_t id, int64_t with, const char *q);

/* Os campos marcados no formulário como vindos do outro, em vetor JSON. */
enum err contact_merge_taken(struct req *r, const char **take);

#endif
