/*
 * cursor.h - o cursor das listas em ordem de nome: a chave da última linha,
 * "id,nome sem acento".
 */
#ifndef BALCAO_CURSOR_H
#define BALCAO_CURSOR_H

#include "http/route.h"

/*
 * Lê o cursor; NULL começa a lista.
 *   name, id  [saída] depois de que linha continua; "" e 0 no começo
 * Devolve falso se não é um cursor destes.
 */
bool
cursor_read(struct req *r, const char *cursor, const char **name, int64_t *id);

/* O cursor que continua depois desta linha. */
const char *cursor_after(struct req *r, int64_t id, const char *name);

/* A recusa de um cursor que não é da lista: ERR_INVALID com cursor. */
enum err cursor_refused(struct req *r);

#endif
