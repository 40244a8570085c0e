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
    FIELD_FILE,   /* const struct upload *, em rota ACCEPT_MULTIPART */
    FIELD_INTS,   /* const char *, vetor do PostgreSQL: "{1,2}" */
    FIELD_WORDS,  /* o mesmo, de palavras de one_of: "{a.b,c}" */
};

enum field_from { BODY, PATH, QUERY };

/* Arquivo que veio num formulário. Nome e tipo são o que o cliente disse. */
struct upload {
    const char *filename; /* sem pastas nem controles; "" se não disse */
    const char *type;     /* "image/png", minúsculo; não prova nada */
    struct slice data;    /* no corpo do pedido: vale enquanto ele valer */
};

struct field {
    const char *name; /* nome do membro em C */
    const char *json; /* nome no JSON, se não for o camelCase */
    enum field_kind kind;
    enum field_from from;
    size_t offset;
    bool required;
    bool lines;         /* entrada: aceita quebras de linha e controles, ou quem
                           a lê já os recusa a seu modo */
    bool nullable;      /* saída: pode ser null; entrada: null esvazia */
    size_t has_offset;  /* bool has_x: saída, não é nulo; entrada, veio.
                           0 = não há */
    int64_t min, max;   /* texto: caracteres; arquivo: bytes; max 0 = padrão */
    int64_t fallback;   /* inteiro ausente */
    const char *one_of; /* "a b c"; arquivo: tipos, "image/png image/jpeg" */
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
#define UPLOAD(S, m, ...) \
    FIELD_AS(FIELD_FILE, S, m, const struct upload *, __VA_ARGS__)
#define INT_OR_NULL(S, m, ...) \
    FIELD_AS(FIELD_INT, S, m, int64_t, .nullable = true, \
             .has_offset = offsetof(S, has_##m), __VA_ARGS__)
/* Entrada de PATCH: has_x diz se o campo veio (null vale 0). */
#define INT_IF_SENT(S, m, ...) INT_OR_NULL(S, m, __VA_ARGS__)
#define BOOL_IF_SENT(S, m, ...) \
    FIELD_AS(FIELD_BOOL, S, m, bool, .has_offset = offsetof(S, has_##m), \
             __VA_ARGS__)
#define INTS(S, m, ...) FIELD_AS(FIELD_INTS, S, m, const char *, __VA_ARGS__)
#define WORDS(S, m, ...) FIELD_AS(FIELD_WORDS, S, m, const char *, __VA_ARGS__)
#define FIELDS_END \
    { \
        .kind = FIELD_END \
    }

/* Itens de uma lista de entrada quando a tabela não diz (.max). */
#define FIELD_LIST_MAX 200

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
