/*
 * picture.h - uma imagem de fora vira um quadrado WebP nosso: decodificada e
 * escrita de novo, sem os metadados (lugar, aparelho) e sem nada escondido. Não
 * guarda nem serve a imagem.
 */
#ifndef BALCAO_PICTURE_H
#define BALCAO_PICTURE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/str.h"

enum {
    PICTURE_SIDE = 256,
    PICTURE_MAX_SIDE = 12000,
    PICTURE_MAX_PIXELS = 16000000
};

enum picture_kind {
    PICTURE_UNKNOWN,
    PICTURE_JPEG,
    PICTURE_PNG,
    PICTURE_WEBP,
    PICTURE_GIF
};

struct picture_info {
    enum picture_kind kind;
    unsigned width, height; /* a maior entre tela e quadro, no GIF */
    int orientation;        /* EXIF, 1 a 8; 1 se não diz */
};

/*
 * Lê formato, lados e orientação do cabeçalho, sem decodificar.
 * Devolve falso se não for uma imagem que conheçamos ou o cabeçalho não
 * estiver inteiro; kind diz o que a assinatura prometia.
 * Fonte: ITU-T T.81 anexo B; PNG (ISO/IEC 15948) 11.2.2; GIF89a seções 18 a
 *        20; RFC 9649 (WebP); EXIF 2.3 seção 4.6.4, campo 0x0112.
 */
bool picture_inspect(struct slice in, struct picture_info *out);

/*
 * Recorta o centro, endireita (EXIF), reduz a side × side e escreve em WebP.
 *   field  nome JSON do campo, para o erro
 *   in     JPEG, PNG, WebP ou GIF (o primeiro quadro), pela assinatura
 *   side   1 a 1024; o usual é PICTURE_SIDE
 *   webp   [saída] os bytes
 * Os lados são lidos e limitados antes de decodificar, e quem decodifica é um
 * processo filho, com 20 s de processador e 1 GiB de endereços: no pior caso
 * permitido usa uns 400 MB por um instante (JPEG progressivo).
 * Erros:   ERR_INVALID, com o campo: required, type (formato ou estragada) ou
 *          max (lados). ERR_INTERNAL se a libgd não escrever o WebP.
 * Memória: webp vive na arena.
 */
enum err picture_square(struct ctx *c, const char *field, struct slice in,
                        unsigned side, struct slice *webp);

#endif
