/* schema.h - confere respostas com o OpenAPI que o programa imprime. */
#ifndef BALCAO_TEST_SCHEMA_H
#define BALCAO_TEST_SCHEMA_H

#include <stdbool.h>

struct answer;

/* Guarda o OpenAPI do programa e exige que tudo dele seja chamado. */
void schema_cover(const char *file, const char *program);

/* Falha o teste se a resposta não tem a forma documentada. */
void schema_check(const char *file, const char *program, const char *method,
                  const char *path, const struct answer *a);

/* Falso, dizendo quais, se sobrou rota sem chamada bem-sucedida. */
bool schema_all_covered(void);

/* Devolve o que foi guardado. */
void schema_free(void);

#endif
