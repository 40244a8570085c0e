/*
 * contact_import_page.h - as páginas de /contacts/import: o arquivo, as
 * colunas, o andamento e o resultado. Monta modelos; as regras são de
 * desk/contact_import.h.
 */
#ifndef BALCAO_CONTACT_IMPORT_PAGE_H
#define BALCAO_CONTACT_IMPORT_PAGE_H

#include "http/route.h"

#define CONTACT_IMPORT "/contacts/import"

/* Onde se escolhe o arquivo, e as últimas importações. */
enum err contact_import_list_page(struct req *r);

/* Uma importação, no ponto em que está. Erros: ERR_NOT_FOUND. */
enum err contact_import_page(struct req *r, int64_t id);

/* Confirma desfazer. Erros: ERR_NOT_FOUND. */
enum err contact_import_undo_page(struct req *r, int64_t id);

#endif
