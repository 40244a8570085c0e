/*
 * contact_import_cards.h - o que a leitura de um arquivo de contatos junta, e
 * a leitura de vCards: cada cartão vira uma linha com as mesmas colunas.
 */
#ifndef BALCAO_CONTACT_IMPORT_CARDS_H
#define BALCAO_CONTACT_IMPORT_CARDS_H

#include "base/ctx.h"
#include "desk/contact_import_guess.h"

/* As linhas lidas de um arquivo. */
struct contact_rows {
    struct str rows; /* para o COPY: linha, células */
    struct contact_guess guess;
    int count, width;
};

/* Acrescenta uma linha do arquivo, com as células separadas por CSV_UNIT. */
void contact_rows_add(struct contact_rows *to, int line, const char *cells);

/*
 * Lê os vCards: nome, telefones, e-mails e empresa, uma coluna cada; vários
 * telefones ficam na mesma célula, com "; " entre eles.
 * Erros: ERR_INVALID em `file`: cartão que não acaba, texto fora de um cartão
 *        (com a linha), cartões demais.
 */
enum err
contact_cards_load(struct ctx *c, struct slice text, struct contact_rows *out);

#endif
