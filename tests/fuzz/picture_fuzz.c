/* picture_fuzz.c - qualquer arquivo como foto; o que passa é um WebP certo. */
#include <string.h>

#include "base/arena.h"
#include "kit.h"
#include "view/picture.h"

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
    if (!known || (uint64_t)info.width * info.height <= ENOUGH_PIXELS) {
        if (picture_square(&c, "picture", in, 16, &webp) == OK) {
            need(known);
            need(picture_inspect(webp, &info));
            need(info.kind == PICTURE_WEBP);
            need(info.width == 16 && info.height == 16);
        } else {
            need(c.error == ERR_INVALID && c.fields != NULL);
            need_text(c.fields->detail);
        }
    }
    arena_free(c.arena);
    return 0;
}
