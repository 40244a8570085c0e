/*
 * field.h - a tabela que descreve uma struct: nome, tipo, limites e texto de
 * cada membro. A mesma tabela lê a entrada, escreve o JSON e documenta no
 * OpenAPI. O nome JSON é o do membro em camelCase, nunca digitado de novo.
 */
#ifndef BALCAO_FIELD_H
#define BALCAO_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum field_kind {
    FIELD_END,
    FIELD_TEXT,   /* const char * */
    FIELD_ENUM,   /* const char *, um dos de one_of */
    FIELD_INT,    /* int64_t */
    FIELD_BOOL,   /* bool */
    FIELD_NUM,    /* double */
    FIELD_TIME,   /* const char *, timestamptz do banco em UTC */
    FIELD_JSON,   /* const char *, JSON já pronto */
    FIELD_OBJECT, /* struct dentro da struct, descrita por .of */
};

enum field_from { BODY, PATH, QUERY };

struct field {
    const char *name; /* nome do membro em C */
    const char *json; /* nome no JSON, se não for o camelCase */
    enum field_kind kind;
    enum field_from from;
    size_t offset;
    bool required;
    bool nullable;      /* saída: pode ser null */
    size_t has_offset;  /* saída: bool has_x de inteiro nulo; 0 = não há */
    int64_t min, max;   /* texto: caracteres; max 0 = padrão do tipo */
    int64_t fallback;   /* inteiro ausente */
    const char *one_of; /* "a b c" */
    const char *doc;
    const char *schema; /* FIELD_JSON: schema OpenAPI em JSON */
    const struct field *of;
};

#define FIELD_IS(S, m, T) (0 * sizeof(_Generic(((S *)0)->m, T : 1)))
#define FIELD_AS(k, S, m, T, ...) \
    { \
        .name = #m, .kind = k, .offset = offsetof(S, m) + FIELD_IS(S, m, T), \
        __VA_ARGS__ \
    }

#define TEXT(S, m, ...) FIELD_AS(FIELD_TEXT, S, m, const char *, __VA_ARGS__)
#define ENUM(S, m, ...) FIELD_AS(FIELD_ENUM, S, m, const char *, __VA_ARGS__)
#define TIME(S, m, ...) FIELD_AS(FIELD_TIME, S, m, const char *, __VA_ARGS__)
#define JSON(S, m, ...) FIELD_AS(FIELD_JSON, S, m, const char *, __VA_ARGS__)
#define INT(S, m, ...) FIELD_AS(FIELD_INT, S, m, int64_t, __VA_ARGS__)
#define BOOL(S, m, ...) FIELD_AS(FIELD_BOOL, S, m, bool, __VA_ARGS__)
#define NUM(S, m, ...) FIELD_AS(FIELD_NUM, S, m, double, __VA_ARGS__)
#define INT_OR_NULL(S, m, ...) \
    FIELD_AS(FIELD_INT, S, m, int64_t, .nullable = true, \
             .has_offset = offsetof(S, has_##m), __VA_ARGS__)
#define FIELDS_END \
    { \
        .kind = FIELD_END \
    }

/* Texto de tamanho livre quando a tabela não diz: 4096 caracteres. */
#define FIELD_TEXT_MAX 4096

/* Nome JSON do campo: o próprio .json, ou o membro em camelCase (até 64). */
const char *field_json_name(const struct field *f, char out[static 64]);

/*
 * Escreve a struct `row` como objeto JSON, na ordem da tabela.
 * TIME recebe "AAAA-MM-DD hh:mm:ss[.ffffff]+00" e sai ISO 8601 com ms e 'Z'.
 */
void json_write(struct str *s, const struct field *table, const void *row);

/* Escreve `count` structs de `size` bytes como lista JSON. */
void json_write_list(struct str *s, const struct field *table, const void *rows,
                     size_t size, int count);

#endif
