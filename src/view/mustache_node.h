/*
 * mustache_node.h - a forma compilada, entre mustache_parse.c, que a escreve,
 * e mustache_render.c e mustache_use.c, que a leem. Não é para os demais.
 */
#ifndef BALCAO_MUSTACHE_NODE_H
#define BALCAO_MUSTACHE_NODE_H

#include <stdint.h>

#include "view/mustache.h"

enum {
    MUSTACHE_SOURCE_MAX = 1 << 20,
    MUSTACHE_NAME_MAX = 128,    /* bytes de um nome, fora frases */
    MUSTACHE_SECTIONS_MAX = 64, /* seções abertas num arquivo */
    MUSTACHE_DEPTH_MAX = 128,   /* seções e parciais abertos ao renderizar */
    MUSTACHE_INDENT_MAX = 256,  /* recuo somado de parciais em parciais */
};

enum node_kind {
    NODE_TEXT,
    NODE_VALUE,
    NODE_RAW,
    NODE_URL,
    NODE_JSON,
    NODE_RICH,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_PARTIAL,
    NODE_SENTENCE,
};

struct node {
    uint8_t kind;
    bool starts_line; /* TEXT: o recuo de um parcial entra antes */
    uint16_t parts;   /* partes do nome; 0 = "." */
    uint32_t line;
    uint32_t len;     /* bytes de TEXT, ou do recuo de PARTIAL */
    uint32_t end;     /* seção: índice depois do último filho */
    const char *text; /* texto, nome ou msgid, com '\0' no fim */
    const char *path; /* nome com '\0' entre partes; ou o recuo */
};

struct mustache {
    const char *file;
    struct node *nodes;
    uint32_t count;
    enum mustache_mode mode;
};

/* Escreve "arquivo:linha: ..." em error e devolve falso. */
bool
mustache_refuse(struct mustache_error *error, const char *file, unsigned line,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Acha o próximo {{nome}} de uma frase a partir de *at. Copia o nome, sem
 * espaços em volta, para `name` e põe em *at e *end o trecho com as chaves.
 */
bool mustache_placeholder(const char **at, const char **end,
                          char name[MUSTACHE_NAME_MAX + 1]);

/*
 * Diz se os n bytes (n > 0) só têm letras, dígitos e `punctuation`, sem
 * pontos nas pontas nem seguidos.
 */
bool mustache_is_page_name(const char *name, size_t n, const char *punctuation);

/*
 * Espaços e quebras seguidos viram um espaço; nenhum fica nas pontas. Assim
 * quebrar a linha no HTML não muda o msgid.
 */
const char *mustache_squeeze(struct arena *a, const struct str *text);

/* Parte o nome nos pontos, trocando-os por '\0'; "." tem zero partes. */
unsigned mustache_split(char *name);

/* Acrescenta o valor como texto, pela função de escape; NULL é vazio. */
void mustache_put_value(struct str *out, struct json_object *value,
                        void (*put)(struct str *, const char *, size_t));

/* Acrescenta JSON em que < > & ' U+2028 U+2029 só aparecem como \uXXXX. */
void mustache_put_json(struct str *out, struct json_object *value);

/* Falso para ausente, null, false, lista vazia, texto vazio e zero. */
bool mustache_truthy(struct json_object *value);

#endif
