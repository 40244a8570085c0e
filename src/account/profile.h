/* profile.h - nome, língua e retrato da própria pessoa. */
#ifndef BALCAO_PROFILE_H
#define BALCAO_PROFILE_H

#include "base/ctx.h"
#include "base/str.h"

/* Tipos que o navegador pode mandar; quem decide são os bytes. */
#define PROFILE_PICTURE_TYPES "image/png image/jpeg image/webp image/gif"

/* O que muda; NULL fica como está. */
struct profile {
    const char *name;         /* da conta */
    const char *display_name; /* nesta empresa */
    const char *locale;       /* "" volta à da empresa */
};

/*
 * Grava o que veio.
 * Erros: ERR_INVALID se um nome é só espaços.
 */
enum err profile_change(struct ctx *c, const struct profile *p);

/*
 * Refaz a imagem como um quadrado e a põe no lugar do retrato.
 *   field  nome JSON do campo, para o erro
 * Erros:   ERR_INVALID se não é uma imagem que se leia (view/picture.h).
 */
enum err
profile_picture_put(struct ctx *c, const char *field, struct slice image);

#endif
