/*
 * json_check.h - o que a json-c deixa passar mesmo em modo estrito. Não é um
 * leitor: confere só as peças, a estrutura é com ela.
 */
#ifndef BALCAO_JSON_CHECK_H
#define BALCAO_JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Diz se cadeias, números e palavras do texto são de JSON: nada de NaN,
 * Infinity, aspas simples, 01, 1. ou controle dentro de cadeia. A json-c os
 * aceita e os escreveria de volta, num JSON que o PostgreSQL recusa.
 * Fonte: RFC 8259 seções 3, 6 e 7.
 */
bool json_pieces_valid(const char *text, size_t n);

#endif
