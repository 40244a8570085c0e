/* store_internal.h - o que os dois lados de store.h dividem: pasta e S3. */
#ifndef BALCAO_MEDIA_STORE_INTERNAL_H
#define BALCAO_MEDIA_STORE_INTERNAL_H

#include "media/store.h"

/* Quem lê ou grava de novo pode tentar depois de tantos segundos. */
#define STORE_AWAY_S 10

/* O caminho de uma chave na pasta; na arena. */
const char *disk_path(struct arena *a, const char *key);

/* Um arquivo temporário com nome, na pasta; -1 se não deu. */
int disk_temp(struct arena *a, const char **path);

/* Fecha o descritor ao fim da arena. */
void disk_close_later(struct arena *a, int fd);

/* Grava os bytes sob a chave. Erros: ERR_UNAVAILABLE. */
enum err disk_put(struct ctx *c, const char *key, struct slice data);

/* O temporário passa a ser o da chave; feito, repetir nada muda. */
enum err disk_adopt(struct ctx *c, const char *key, const char *path);

/* Abre a chave na pasta; -1 se não está lá. Fechado com a arena. */
int disk_open(struct arena *a, const char *key);

/* Tira a chave da pasta; falso se o disco não deixou. */
bool disk_drop(struct arena *a, const char *key);

/*
 * Tem a forma das nossas chaves, EMPRESA/ab/30 letras hexadecimais e talvez
 * .webp? O resto, na pasta ou no bucket, é de outro e não se toca.
 */
bool store_is_key(const char *name);

/* Passa por todos os arquivos da pasta que têm a forma de uma chave. */
enum err disk_each(struct ctx *c, store_seen *seen, void *state);

/*
 * Quem chamar em store_release_idle. É o S3 que se apresenta, para que os
 * programas que não mexem com arquivos não carreguem a libcurl com ele.
 */
void store_when_idle(void (*release)(int64_t idle_s));

/* ---- S3 ---- */

struct s3_request {
    const char *method;              /* GET, HEAD, PUT ou DELETE */
    const char *key;                 /* NULL: a lista, com query */
    const char *query;               /* ordenada e codificada; NULL: sem */
    const struct store_range *range; /* NULL: inteiro */
    struct slice body;               /* PUT */
    const char *sha256;              /* do corpo; NULL: calcula */
    int64_t most_ms;                 /* ao todo; 0: enquanto andar */
};

/* O que se soube da resposta. */
struct s3_reply {
    int status;                /* 0: não houve */
    const char *code;          /* do XML de erro, ex. "NoSuchKey"; "" sem ele */
    const char *words;         /* uma frase para quem administra; na arena */
    int64_t bytes;             /* Content-Length; -1: não veio */
    int64_t first, last, size; /* Content-Range; -1: não veio */
};

struct s3_call;

/* O endereço de uma chave, ou da lista; na arena. */
const char *s3_url(struct arena *a, const char *key, const char *query);

/* Diz à libcurl como assinar, com que chave e em que autoridade crer. */
void s3_sign(struct arena *a, void *easy);

/*
 * Faz o pedido e espera a resposta começar; no erro, lê o XML dele.
 * Devolve a chamada aberta, fechada com a arena; NULL se não houve resposta
 * boa, e reply diz por quê.
 */
struct s3_call *
s3_open(struct arena *a, const struct s3_request *in, struct s3_reply *reply);

/* Os próximos bytes do corpo, até n; 0 no fim, -1 se faltaram. */
long s3_read(struct s3_call *k, void *to, size_t n);

/* Faz o pedido e lê o corpo todo, em body (NULL: descarta). */
bool s3_do(struct arena *a, const struct s3_request *in, struct str *body,
           struct s3_reply *reply);

/* Registra "o S3 não atende" com Retry-After; reply diz o motivo ao log. */
enum err s3_away(struct ctx *c, const char *what, const struct s3_reply *reply);

/* Passa por todos os objetos do prefixo. */
enum err s3_each(struct ctx *c, store_seen *seen, void *state);

#endif
