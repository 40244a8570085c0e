/* picture_test.c - formatos, recorte, EXIF, bombas e arquivos estragados. */
#include <gd.h>

#include "auth_kit.h"
#include "view/picture.h"

#define RED 0xc02020
#define BLUE 0x2020c0

/* Metade de cima vermelha, a de baixo azul. */
static struct slice
sample(enum picture_kind kind, int width, int height)
{
    gdImagePtr im = gdImageCreateTrueColor(width, height);
    struct slice out;
    void *p = NULL;
    int n = 0;

    gdImageFilledRectangle(im, 0, 0, width - 1, height / 2 - 1, RED);
    gdImageFilledRectangle(im, 0, height / 2, width - 1, height - 1, BLUE);
    if (kind == PICTURE_JPEG)
        p = gdImageJpegPtr(im, &n, 95);
    else if (kind == PICTURE_PNG)
        p = gdImagePngPtr(im, &n);
    else if (kind == PICTURE_WEBP)
        p = gdImageWebpPtrEx(im, &n, 90);
    else
        p = gdImageGifPtr(im, &n);
    assert_non_null(p);
    out = (struct slice){ arena_memdup(kit.arena, p, (size_t)n), (size_t)n };
    gdFree(p);
    gdImageDestroy(im);
    return out;
}

static struct slice
with_orientation(struct slice jpeg, char orientation)
{
    char app1[] = "\xff\xe1\x00\x22"
                  "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"
                  "O\0\0\0\0\0\0";
    struct str s;

    app1[28] = orientation;
    str_init(&s, kit.arena, 0);
    str_add(&s, jpeg.data, 2);
    str_add(&s, app1, 36);
    str_add(&s, jpeg.data + 2, jpeg.len - 2);
    return (struct slice){ s.data, s.len };
}

static const char *
rule_of(struct slice in)
{
    struct slice webp;

    ctx_clear_error(&kit);
    if (picture_square(&kit, "picture", in, PICTURE_SIDE, &webp) == OK)
        return "";
    assert_int_equal(kit.error, ERR_INVALID);
    assert_string_equal(kit.fields->field, "picture");
    return kit.fields->rule;
}

static gdImagePtr
square_of(struct slice in)
{
    struct picture_info info;
    struct slice webp;
    gdImagePtr im;

    ctx_clear_error(&kit);
    assert_int_equal(picture_square(&kit, "picture", in, PICTURE_SIDE, &webp),
                     OK);
    assert_true(picture_inspect(webp, &info));
    assert_int_equal(info.kind, PICTURE_WEBP);
    im = gdImageCreateFromWebpPtr((int)webp.len, (void *)(uintptr_t)webp.data);
    assert_non_null(im);
    assert_int_equal(gdImageSX(im), PICTURE_SIDE);
    assert_int_equal(gdImageSY(im), PICTURE_SIDE);
    return im;
}

static bool
is_red(gdImagePtr im, int x, int y)
{
    int color = gdImageGetTrueColorPixel(im, x, y);

    return gdTrueColorGetRed(color) > gdTrueColorGetBlue(color);
}

TEST(every_format_becomes_a_square_webp_the_right_way_up)
{
    enum picture_kind kind;

    (void)state;
    for (kind = PICTURE_JPEG; kind <= PICTURE_GIF; kind++) {
        gdImagePtr im = square_of(sample(kind, 300, 200));

        assert_true(is_red(im, 128, 20));
        assert_false(is_red(im, 128, 236));
        gdImageDestroy(im);
    }
}

TEST(small_and_thin_pictures_are_accepted)
{
    (void)state;
    gdImageDestroy(square_of(sample(PICTURE_PNG, 1, 1)));
    gdImageDestroy(square_of(sample(PICTURE_JPEG, 3, 900)));
}

/* Onde fica o vermelho (em cima, no arquivo) depois de endireitar. */
TEST(exif_orientation_is_respected)
{
    static const struct {
        char orientation;
        int x, y;
    } red_at[] = {
        { 1, 128, 20 }, { 2, 128, 20 },  { 3, 128, 236 }, { 4, 128, 236 },
        { 5, 20, 128 }, { 6, 236, 128 }, { 7, 236, 128 }, { 8, 20, 128 },
    };
    struct slice jpeg = sample(PICTURE_JPEG, 320, 240);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof red_at / sizeof *red_at; i++) {
        gdImagePtr im =
            square_of(with_orientation(jpeg, red_at[i].orientation));

        assert_true(is_red(im, red_at[i].x, red_at[i].y));
        assert_false(is_red(im, 256 - red_at[i].x, 256 - red_at[i].y));
        gdImageDestroy(im);
    }
}

TEST(metadata_does_not_pass_to_the_square)
{
    struct slice jpeg = sample(PICTURE_JPEG, 64, 64), webp;

    (void)state;
    ctx_clear_error(&kit);
    assert_int_equal(
        picture_square(&kit, "picture", with_orientation(jpeg, 6), 64, &webp),
        OK);
    assert_null(memmem(webp.data, webp.len, "Exif", 4));
    assert_null(memmem(webp.data, webp.len, "EXIF", 4));
}

TEST(huge_sides_are_refused_by_the_header_alone)
{
    struct slice png = sample(PICTURE_PNG, 8, 8);
    struct slice gif = sample(PICTURE_GIF, 8, 8);
    char *p = (char *)(uintptr_t)png.data, *g = (char *)(uintptr_t)gif.data;

    (void)state;
    memcpy(p + 16, "\0\0\x2e\xe1\0\0\0\x01", 8); /* 12001 x 1 */
    assert_string_equal(rule_of(png), "max");
    memcpy(p + 16, "\0\0\x1f\x40\0\0\x1f\x40", 8); /* 8000 x 8000 */
    assert_string_equal(rule_of(png), "max");
    assert_non_null(strstr(kit.fields->detail, "16"));
    memcpy(p + 16, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    assert_string_equal(rule_of(png), "max");
    memcpy(g + 6, "\xff\xff\xff\xff", 4);
    assert_string_equal(rule_of(gif), "max");
}

TEST(other_files_and_cut_pictures_are_a_field_error)
{
    static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg'/>";
    enum picture_kind kind;

    (void)state;
    assert_string_equal(rule_of((struct slice){ "", 0 }), "required");
    assert_string_equal(rule_of(text_slice(svg)), "type");
    assert_string_equal(rule_of(text_slice("BM is not one of ours")), "type");
    for (kind = PICTURE_JPEG; kind <= PICTURE_WEBP; kind++) {
        struct slice in = sample(kind, 300, 200);
        size_t n;

        for (n = 1; n < in.len; n += in.len / 23 + 1)
            assert_string_equal(rule_of((struct slice){ in.data, n }), "type");
    }
}

TEST(jpeg_of_too_many_scans_is_refused)
{
    struct slice jpeg = sample(PICTURE_JPEG, 16, 16);
    struct str s;
    int i;

    (void)state;
    str_init(&s, kit.arena, 0);
    str_add(&s, jpeg.data, jpeg.len);
    for (i = 0; i < 200; i++)
        str_add(&s, "\xff\xda", 2);
    assert_string_equal(rule_of((struct slice){ s.data, s.len }), "type");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_becomes_a_square_webp_the_right_way_up),
        cmocka_unit_test(small_and_thin_pictures_are_accepted),
        cmocka_unit_test(exif_orientation_is_respected),
        cmocka_unit_test(metadata_does_not_pass_to_the_square),
        cmocka_unit_test(huge_sides_are_refused_by_the_header_alone),
        cmocka_unit_test(other_files_and_cut_pictures_are_a_field_error),
        cmocka_unit_test(jpeg_of_too_many_scans_is_refused),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
