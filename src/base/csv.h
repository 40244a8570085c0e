/*
 * csv.h - linhas de CSV que qualquer planilha lê e nenhuma executa. Só
 * escreve; não conhece arquivos nem rede.
 */
#ifndef BALCAO_CSV_H
#define BALCAO_CSV_H

#include "base/str.h"

/* Marca de UTF-8 no começo: sem ela o Excel lê os acentos errado. */
#define CSV_BOM "\xEF\xBB\xBF"

/*
 * Acrescenta uma célula, com a vírgula antes se não é a primeira da linha.
 * Um texto que a planilha tomaria por fórmula (= + - @, tabulação ou quebra
 * no começo) ganha um apóstrofo.
 *   text  NULL vale vazio
 * Fonte: RFC 4180 seção 2; OWASP, CSV Injection.
 */
void csv_cell(struct str *s, const char *text);

/* Fecha a linha com CRLF (RFC 4180). */
void csv_end(struct str *s);

#endif
