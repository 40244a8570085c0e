/*
 * contact_export.h - os contatos de um filtro em CSV, em vCards ou em XLSX, em
 * pedaços: memória de um pedaço só, seja qual for o tamanho da agenda.
 */
#ifndef BALCAO_CONTACT_EXPORT_H
#define BALCAO_CONTACT_EXPORT_H

#include "gen/q_contact_book.h"
#include "gen/q_contact_page.h"
#include "gen/q_custom.h"
#include "http/route.h"

#define CONTACT_XLSX_TYPE \
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* Como os contatos se escrevem. O XLSX só sai depois de todo escrito. */
struct contact_format {
    const char *type, *suffix;
    /* Antes dos contatos. Erros: os do formato. */
    enum err (*open)(struct req *r, const struct q_custom_field_row *fields,
                     int field_count, void **state);
    enum err (*rows)(struct req *r, void *state,
                     const struct q_contact_export_row *rows, int count);
    /* Depois deles: o que ainda falta mandar. NULL: nada. */
    enum err (*rest)(struct req *r, void *state, bool *more);
};

extern const struct contact_format contact_csv, contact_vcard, contact_xlsx;

/*
 * Registra a exportação na auditoria e responde o arquivo: uma coluna por campo
 * próprio depois das fixas. Sem q, em ordem de nome; com q, o que a busca
 * acha, na ordem dela.
 *   f  o filtro; cursor, canal e limite não contam
 */
enum err contact_export_reply(struct req *r, const struct q_contact_list_in *f,
                              const struct contact_format *format);

/* O título da coluna fixa `i`, traduzido; NULL depois da última. */
const char *contact_export_title(int i);

/* O que a coluna fixa `i` tem de um contato; NULL: nada. */
const char *contact_export_cell(struct arena *a,
                                const struct q_contact_export_row *k, int i);

#endif
