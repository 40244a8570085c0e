/*
 * csv_reader.h - lê CSV de fora: vírgula, ponto e vírgula ou tabulação, aspas
 * da RFC 4180. Só lê da memória, um registro por vez, sem recursão.
 */
#ifndef BALCAO_CSV_READER_H
#define BALCAO_CSV_READER_H

#include "base/str.h"

enum {
    CSV_COLUMNS_MAX = 60,
    CSV_RECORD_MAX = 65536 /* bytes de um registro, com as células juntas */
};

/* Separa as células de um registro lido; nunca sobra dentro de uma. */
#define CSV_UNIT '\x1f'

enum csv_status {
    CSV_RECORD,
    CSV_END,
    CSV_OPEN_QUOTE,  /* as aspas abertas na linha não se fecham */
    CSV_AFTER_QUOTE, /* texto depois das aspas que fecham */
    CSV_TOO_LONG,    /* registro maior que CSV_RECORD_MAX */
    CSV_TOO_MANY     /* mais colunas que CSV_COLUMNS_MAX */
};

struct csv_reader {
    const char *at, *end;
    char delimiter;
    int next_line; /* a linha em que o próximo registro começa, de 1 */
    int line;      /* a do registro lido, ou a do erro */
    int columns;   /* quantas células ele tem */
};

/*
 * Começa a ler; pula a marca de UTF-8.
 *   text  UTF-8; precisa viver enquanto se lê
 */
void csv_open(struct csv_reader *c, struct slice text, char delimiter);

/*
 * O próximo registro que não é vazio. Aspas no meio de uma célula sem aspas
 * valem por si. Controles, e as quebras dentro de aspas, viram espaço; os
 * espaços das pontas de cada célula saem.
 *   out  [saída] as células, com CSV_UNIT entre elas
 * Fonte: RFC 4180 seção 2.
 */
enum csv_status csv_next(struct csv_reader *c, struct str *out);

/* O separador mais frequente na primeira linha, fora das aspas; ou vírgula. */
char csv_delimiter(struct slice text);

/* A célula `column` (de 0) de um registro, copiada; "" se ele é mais curto. */
const char *csv_pick(struct arena *a, const char *record, int column);

#endif
