/*
 * picture.h - a imagem de uma pessoa (retrato) ou de uma empresa (marca), no
 * banco. Recebe o WebP já refeito por view/picture.h; quem responde com ela é
 * app/picture_reply.h.
 */
#ifndef BALCAO_ACCOUNT_PICTURE_H
#define BALCAO_ACCOUNT_PICTURE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/str.h"

enum picture_of { PICTURE_OF_USER, PICTURE_OF_COMPANY };

struct picture {
    struct slice image; /* WebP; data NULL: é a que quem pede já tem */
    const char *etag;   /* 32 letras hexadecimais, sem aspas */
};

/*
 * Põe ou troca a imagem. A de uma pessoa só ela mesma troca; a de uma
 * empresa, quem está nela.
 *   webp  o que picture_square escreveu, até 256 KiB
 * Erros:  ERR_FORBIDDEN se o dono é outro.
 */
enum err picture_put(struct ctx *c, enum picture_of of, int64_t owner,
                     struct slice webp);

/* Apaga; não haver não é erro. */
enum err picture_drop(struct ctx *c, enum picture_of of, int64_t owner);

/*
 * Lê a imagem de um colega (ou a própria), ou a marca da empresa do contexto.
 *   known  ETag que quem pede já tem, sem aspas; NULL: nenhuma
 * Erros:   ERR_NOT_FOUND se não há, ou o dono é de fora.
 */
enum err picture_get(struct ctx *c, enum picture_of of, int64_t owner,
                     const char *known, struct picture *out);

#endif
