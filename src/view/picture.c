/* picture.c - decodifica, recorta, endireita e reescreve, pela libgd. */
#include "view/picture.h"

#include <limits.h>
#include <stdint.h>

#include <gd.h>

#include "base/i18n.h"
#include "base/log.h"

#define WEBP_QUALITY 82

/* A libgd escreveria em stderr o que acha do arquivo dos outros. */
static void
ignore_message(int priority, const char *format, va_list args)
{
    (void)priority;
    (void)format;
    (void)args;
}

static void
drop_image(void *image)
{
    gdImageDestroy(image);
}

static void
drop_bytes(void *bytes)
{
    gdFree(bytes);
}

static gdImagePtr
decode(enum picture_kind kind, struct slice in)
{
    /* a libgd só lê, mas recebe void * */
    void *data = (void *)(uintptr_t)in.data;
    int n = (int)in.len;

    switch (kind) {
    case PICTURE_JPEG:
        return gdImageCreateFromJpegPtr(n, data);
    case PICTURE_PNG:
        return gdImageCreateFromPngPtr(n, data);
    case PICTURE_WEBP:
        return gdImageCreateFromWebpPtr(n, data);
    case PICTURE_GIF:
        return gdImageCreateFromGifPtr(n, data);
    default:
        return NULL;
    }
}

static gdImagePtr
new_square(struct ctx *c, unsigned side)
{
    gdImagePtr made = gdImageCreateTrueColor((int)side, (int)side);

    if (made == NULL)
        return NULL;
    arena_defer(c->arena, drop_image, made);
    gdImageAlphaBlending(made, 0);
    gdImageSaveAlpha(made, 1);
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
    return gdImageGetTrueColorPixel(from, x, y);
}

static gdImagePtr
upright(struct ctx *c, gdImagePtr from, int orientation)
{
    int side = gdImageSX(from), x, y;
    gdImagePtr made;

    if (orientation == 1)
        return from;
    made = new_square(c, (unsigned)side);
    if (made == NULL)
        return NULL;
    for (y = 0; y < side; y++)
        for (x = 0; x < side; x++)
            gdImageSetPixel(made, x, y, upright_pixel(from, orientation, x, y));
    return made;
}

static enum err
check_header(struct ctx *c, const char *field, struct slice in,
             struct picture_info *info)
{
    if (in.len == 0)
        return fail_field(c, field, "required", "%s", _("Envie uma imagem"));
    if (!picture_inspect(in, info) || in.len > INT_MAX) {
        if (info->kind == PICTURE_UNKNOWN)
            return fail_field(c, field, "type", "%s",
                              _("Envie uma imagem JPEG, PNG, WebP ou GIF"));
        return fail_field(c, field, "type", "%s",
                          _("A imagem está estragada ou é de um tipo que não "
                            "lemos"));
    }
    if (info->width > PICTURE_MAX_SIDE || info->height > PICTURE_MAX_SIDE ||
        (uint64_t)info->width * info->height > PICTURE_MAX_PIXELS)
        return fail_field(
            c, field, "max",
            _("A imagem passa de %d megapixels ou de %d pontos de lado"),
            PICTURE_MAX_PIXELS / 1000000, PICTURE_MAX_SIDE);
    return OK;
}

enum err
picture_square(struct ctx *c, const char *field, struct slice in, unsigned side,
               struct slice *webp)
{
    struct picture_info info;
    gdImagePtr from, made;
    int crop, n = 0;
    void *bytes = NULL;
    enum err e = check_header(c, field, in, &info);

    if (e != OK)
        return e;
    gdSetErrorMethod(ignore_message);
    from = decode(info.kind, in);
    if (from == NULL)
        return fail_field(c, field, "type", "%s",
                          _("A imagem está estragada ou é de um tipo que não "
                            "lemos"));
    made = new_square(c, side);
    if (made != NULL) {
        crop = gdImageSX(from) < gdImageSY(from) ? gdImageSX(from)
                                                 : gdImageSY(from);
        gdImageCopyResampled(made, from, 0, 0, (gdImageSX(from) - crop) / 2,
                             (gdImageSY(from) - crop) / 2, (int)side, (int)side,
                             crop, crop);
        made = upright(c, made, info.orientation);
    }
    gdImageDestroy(from); /* pode ser enorme: não espera a arena */
    if (made != NULL)
        bytes = gdImageWebpPtrEx(made, &n, WEBP_QUALITY);
    if (bytes == NULL) {
        log_error("a libgd não escreveu a imagem em WebP");
        return fail(c, ERR_INTERNAL, NULL);
    }
    arena_defer(c->arena, drop_bytes, bytes);
    *webp = (struct slice){ bytes, (size_t)n };
    return OK;
}
