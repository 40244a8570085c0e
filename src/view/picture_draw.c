/*
 * picture_draw.c - decodifica, recorta, endireita e reescreve, pela libgd. Ela
 * traz umas oitenta bibliotecas: só quem desenha as carrega, e na hora.
 */
#include "view/picture_draw.h"

#include <stdint.h>

#include <gd.h>

#include "base/late_library.h"

#define LIBRARY "libgd.so.3"
#define WEBP_QUALITY 82

#define GD_FUNCTIONS(DO) \
    DO(gdSetErrorMethod) \
    DO(gdImageCreateFromJpegPtr) \
    DO(gdImageCreateFromPngPtr) \
    DO(gdImageCreateFromWebpPtr) \
    DO(gdImageCreateFromGifPtr) \
    DO(gdImageCreateTrueColor) \
    DO(gdImageDestroy) \
    DO(gdImageAlphaBlending) \
    DO(gdImageSaveAlpha) \
    DO(gdImageGetTrueColorPixel) \
    DO(gdImageSetPixel) \
    DO(gdImageCopyResampled) \
    DO(gdImageWebpPtrEx) \
    DO(gdFree)

static struct {
    GD_FUNCTIONS(LATE_MEMBER)
} late;

static bool
load_gd(void)
{
    static const struct late_symbol symbols[] = { GD_FUNCTIONS(LATE_SYMBOL) };
    static bool loaded;

    if (!loaded)
        loaded =
            late_library(LIBRARY, symbols, sizeof symbols / sizeof *symbols);
    return loaded;
}

/* A libgd escreveria em stderr o que acha do arquivo dos outros. */
static void
ignore_message(int priority, const char *format, va_list args)
{
    (void)priority;
    (void)format;
    (void)args;
}

static gdImagePtr
decode(enum picture_kind kind, struct slice in)
{
    /* a libgd só lê, mas recebe void * */
    void *data = (void *)(uintptr_t)in.data;
    int n = (int)in.len;

    switch (kind) {
    case PICTURE_JPEG:
        return late.gdImageCreateFromJpegPtr(n, data);
    case PICTURE_PNG:
        return late.gdImageCreateFromPngPtr(n, data);
    case PICTURE_WEBP:
        return late.gdImageCreateFromWebpPtr(n, data);
    case PICTURE_GIF:
        return late.gdImageCreateFromGifPtr(n, data);
    default:
        return NULL;
    }
}

static gdImagePtr
new_square(unsigned side)
{
    gdImagePtr made = late.gdImageCreateTrueColor((int)side, (int)side);

    if (made == NULL)
        return NULL;
    late.gdImageAlphaBlending(made, 0);
    late.gdImageSaveAlpha(made, 1);
    return made;
}

/* De onde, na imagem como foi gravada, vem o ponto (x, y) da endireitada. */
static int
upright_pixel(gdImagePtr from, int orientation, int x, int y)
{
    int last = gdImageSX(from) - 1, swap;

    if (orientation >= 5) { /* 5 a 8 trocam linhas por colunas */
        swap = x;
        x = y;
        y = swap;
    }
    if (orientation == 2 || orientation == 3 || orientation == 7 ||
        orientation == 8)
        x = last - x;
    if (orientation == 3 || orientation == 4 || orientation == 6 ||
        orientation == 7)
        y = last - y;
    return late.gdImageGetTrueColorPixel(from, x, y);
}

static gdImagePtr
upright(gdImagePtr from, int orientation)
{
    int side = gdImageSX(from), x, y;
    gdImagePtr made;

    if (orientation == 1)
        return from;
    made = new_square((unsigned)side);
    if (made == NULL)
        return NULL;
    for (y = 0; y < side; y++)
        for (x = 0; x < side; x++)
            late.gdImageSetPixel(made, x, y,
                                 upright_pixel(from, orientation, x, y));
    late.gdImageDestroy(from);
    return made;
}

enum picture_drawn
picture_draw(const struct picture_info *info, struct slice in, unsigned side,
             struct slice *webp)
{
    gdImagePtr from, made;
    int crop, n = 0;
    void *bytes = NULL;

    if (!load_gd())
        return PICTURE_NO_LIBRARY;
    late.gdSetErrorMethod(ignore_message);
    from = decode(info->kind, in);
    if (from == NULL)
        return PICTURE_BROKEN;
    made = new_square(side);
    if (made != NULL) {
        crop = gdImageSX(from) < gdImageSY(from) ? gdImageSX(from)
                                                 : gdImageSY(from);
        late.gdImageCopyResampled(
            made, from, 0, 0, (gdImageSX(from) - crop) / 2,
            (gdImageSY(from) - crop) / 2, (int)side, (int)side, crop, crop);
        made = upright(made, info->orientation);
    }
    late.gdImageDestroy(from); /* pode ser enorme: não espera */
    if (made != NULL)
        bytes = late.gdImageWebpPtrEx(made, &n, WEBP_QUALITY);
    if (made != NULL)
        late.gdImageDestroy(made);
    *webp = (struct slice){ bytes, bytes != NULL ? (size_t)n : 0 };
    return bytes != NULL ? PICTURE_DRAWN : PICTURE_NOT_WRITTEN;
}

void
picture_draw_free(struct slice *webp)
{
    if (webp->data != NULL)
        late.gdFree((void *)(uintptr_t)webp->data);
    *webp = (struct slice){ NULL, 0 };
}
