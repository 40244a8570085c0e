/*
 * json_row.h - ler o JSON que uma coluna do banco trouxe, para montar páginas:
 * o que falta ou é de outro tipo vale NULL ou zero.
 */
#ifndef BALCAO_JSON_ROW_H
#define BALCAO_JSON_ROW_H

#include "http/route.h"

struct json_object;

/* O objeto, até o fim da requisição; NULL se o texto é NULL ou não se lê. */
struct json_object *json_row_read(struct req *r, const char *text);

/* Um texto que não é vazio, ou NULL. Vive enquanto o objeto. */
const char *json_row_text(struct json_object *o, const char *key);

/* Um número inteiro, ou 0; um booleano vale 0 ou 1. */
int64_t json_row_int(struct json_object *o, const char *key);

#endif
