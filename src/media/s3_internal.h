/* s3_internal.h - um pedido em curso: s3.c o faz andar, s3_reply.c o lê. */
#ifndef BALCAO_MEDIA_S3_INTERNAL_H
#define BALCAO_MEDIA_S3_INTERNAL_H

#include "media/curl_lib.h"
#include "media/store_internal.h"

struct s3_call {
    const struct curl_lib *lib;
    CURL *easy;
    struct curl_slist *headers;
    struct slice body;
    size_t body_at; /* quanto do corpo a libcurl já levou */
    char *held;     /* o que chegou e ainda não se leu: [at, len) */
    size_t at, len;
    bool is_paused, is_done;
    int64_t late_ms; /* desistiu-se depois de tanto; 0: não */
    int64_t most_ms; /* o do pedido */
    int64_t end_us;  /* até aqui, mesmo andando; 0: sem fim */
    CURLcode code;
    int64_t moved_us; /* quando andou pela última vez */
};

/*
 * O que já se sabe da resposta; a de erro, com o XML dela.
 * Devolve verdadeiro se é boa, ao menos até onde chegou.
 */
bool s3_read_reply(struct arena *a, struct s3_call *k, struct s3_reply *reply);

#endif
