/*
 * json_read.h - leitura tolerante do JSON alheio: o que falta ou tem outro
 * tipo vira NULL ou zero, e nenhum texto sai com byte zero (o PostgreSQL não
 * o guarda). Os textos apontam para a árvore e vivem com a arena.
 */
#ifndef BALCAO_JSON_READ_H
#define BALCAO_JSON_READ_H

#include <json-c/json.h>

#include "base/str.h"

/*
 * Lê um documento JSON que ocupe o texto todo, em UTF-8, com até 64 níveis.
 * Memória: a árvore morre com a arena. Devolve NULL se não for isso.
 */
struct json_object *json_read(struct arena *a, struct slice text);

/* O membro, se for objeto ou lista; senão NULL. obj pode ser NULL. */
struct json_object *json_read_object(struct json_object *obj, const char *key);
struct json_object *json_read_array(struct json_object *obj, const char *key);

/* O membro como texto (número também serve); NULL se não há ou é vazio. */
const char *
json_read_text(struct arena *a, struct json_object *obj, const char *key);

/* O membro como inteiro, número ou texto decimal; 0 se não for. */
int64_t json_read_int(struct json_object *obj, const char *key);

/* O valor serializado, como um jsonb o aceita. */
const char *json_read_raw(struct arena *a, struct json_object *value);

#endif
