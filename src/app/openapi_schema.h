/*
 * openapi_schema.h - a tabela de campos como JSON Schema 2020-12, e os
 * poucos auxiliares com que o OpenAPI é escrito. Só src/app os usa.
 */
#ifndef BALCAO_OPENAPI_SCHEMA_H
#define BALCAO_OPENAPI_SCHEMA_H

#include "base/field.h"

/* O que entra tem limites; o que sai pode ser nulo e vem sempre inteiro. */
enum side { SIDE_IN, SIDE_OUT };

/* Vírgula entre membros: nenhuma logo depois de '{' ou '['. */
void json_comma(struct str *s);

/* A vírgula que faltar, o nome do membro e os dois pontos. */
void json_key(struct str *s, const char *name);

/* Um membro de texto. */
void json_text(struct str *s, const char *name, const char *text);

/*
 * O schema de um campo.
 *   described  leva também o .doc (num parâmetro ele vai por fora)
 */
void schema_field(struct str *s, const struct field *f, enum side side,
                  bool described);

/*
 * O schema da struct. Do que entra só vão os campos do corpo, e nenhum outro
 * é aceito; do que sai, todos são obrigatórios.
 */
void schema_object(struct str *s, const struct field *table, enum side side);

#endif
