/* picture_fuzz.c - qualquer arquivo como foto; o que passa é um WebP certo. */
#include <string.h>

#include "base/arena.h"
#include "kit.h"
#include "view/picture_draw.h"

/* Decodificar o grande é lento e é da libgd; o limite o teste de unidade vê. */
#define ENOUGH_PIXELS 1000000

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = { .arena = arena_new(1024) };
    struct slice in = { (const char *)data, size }, webp;
    struct picture_info info;
    bool known = picture_inspect(in, &info);

    need(info.orientation >= 1 && info.orientation <= 8);
    if (!known) {
        need(picture_square(&c, "picture", in, 16, &webp) == ERR_INVALID);
        need(c.error == ERR_INVALID && c.fields != NULL);
        need_text(c.fields->detail);
    } else if ((uint64_t)info.width * info.height <= ENOUGH_PIXELS) {
        /* aqui mesmo: num filho, o fuzz não veria por onde ela passa */
        enum picture_drawn drawn = picture_draw(&info, in, 16, &webp);

        need(drawn == PICTURE_DRAWN || drawn == PICTURE_BROKEN);
        if (drawn == PICTURE_DRAWN) {
            need(picture_inspect(webp, &info));
            need(info.kind == PICTURE_WEBP);
            need(info.width == 16 && info.height == 16);
            picture_draw_free(&webp);
        }
    }
    arena_free(c.arena);
    return 0;
}
