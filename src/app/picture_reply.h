/*
 * picture_reply.h - responde com um retrato ou uma marca: WebP com ETag, 304
 * para quem já a tem, e guardada só no navegador de quem pediu.
 */
#ifndef BALCAO_PICTURE_REPLY_H
#define BALCAO_PICTURE_REPLY_H

#include "account/picture.h"
#include "http/route.h"

/* O .out_type das rotas que a usam. */
#define PICTURE_TYPE "image/webp"

/*
 * Responde a imagem, ou 304 se If-None-Match já a tem.
 * Erros: ERR_NOT_FOUND se não há imagem, ou o dono não é desta empresa.
 * Fonte: RFC 9110 seções 8.8.3 e 13.1.2.
 */
enum err picture_reply(struct req *r, enum picture_of of, int64_t owner);

#endif
