/*
 * picture_draw.h - o desenho de picture_square, neste processo mesmo: só para
 * o filho dele e para o fuzz.
 */
#ifndef BALCAO_PICTURE_DRAW_H
#define BALCAO_PICTURE_DRAW_H

#include "view/picture.h"

/* É também o código de saída do filho que desenha. */
enum picture_drawn {
    PICTURE_DRAWN,
    PICTURE_BROKEN,      /* a imagem não se decodifica */
    PICTURE_NOT_WRITTEN, /* a libgd não escreveu o WebP */
    PICTURE_NO_LIBRARY   /* falta a libgd.so.3 */
};

/*
 * Desenha a imagem já conferida por picture_inspect e dentro dos limites.
 * Memória: webp é de quem chama; picture_draw_free devolve.
 */
enum picture_drawn
picture_draw(const struct picture_info *info, struct slice in, unsigned side,
             struct slice *webp);

/* Devolve o que picture_draw escreveu; nada, se não escreveu. */
void picture_draw_free(struct slice *webp);

#endif
