/*
 * contact_import_guess.h - de que cada coluna de um CSV parece ser: pelo nome
 * no cabeçalho, ou pelo que as primeiras linhas têm.
 */
#ifndef BALCAO_CONTACT_IMPORT_GUESS_H
#define BALCAO_CONTACT_IMPORT_GUESS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/csv_reader.h"

enum contact_column {
    CONTACT_NAME,
    CONTACT_PHONE,
    CONTACT_EMAIL,
    CONTACT_DOCUMENT,
    CONTACT_COLUMNS
};

/* Zerada para começar. */
struct contact_guess {
    int rows;
    bool has_header;
    int columns[CONTACT_COLUMNS]; /* de 1; 0: nenhuma */
    int votes[CSV_COLUMNS_MAX][CONTACT_COLUMNS];
};

/*
 * Olha uma linha; só as vinte primeiras contam.
 *   record  como csv_next o leu
 */
void contact_guess_row(struct contact_guess *g, struct arena *a,
                       const char *record, int columns);

/* Decide o que o cabeçalho não disse. */
void contact_guess_end(struct contact_guess *g);

#endif
