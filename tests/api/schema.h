/* schema.h - confere respostas com o OpenAPI que o programa imprime. */
#ifndef BALCAO_TEST_SCHEMA_H
#define BALCAO_TEST_SCHEMA_H

#include <stdbool.h>

struct answer;

/*
 * Falha o teste se a resposta não tem a forma documentada; senão anota em
 * $TEST_SEEN (se há) "MÉTODO modelo status", que seen.mjs cobra no fim.
 */
void schema_check(const char *file, const char *program, const char *method,
                  const char *path, const struct answer *a);

/* Devolve o que foi guardado. */
void schema_free(void);

#endif
