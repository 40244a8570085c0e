/* qr_test.c - o desenho volta a ser os módulos, e o SVG é seguro. */
#include <qrencode.h>

#include "auth/qr.h"
#include "auth_kit.h"

#define URI "otpauth://totp/Balc%C3%A3o:ana%40demo.balcao?secret=GEZDGNBV"

/* Pinta os retângulos do path num quadro de side × side. */
static void
paint(const struct qr *qr, char *board)
{
    const char *p = qr->path;
    unsigned x, y, run, back;
    int n;

    memset(board, 0, (size_t)qr->side * qr->side);
    for (; *p != '\0'; p += n) {
        n = 0;
        assert_int_equal(
            sscanf(p, "M%u %uh%uv1h-%uz%n", &x, &y, &run, &back, &n), 4);
        assert_true(n > 0 && run == back && x + run <= qr->side);
        assert_true(y < qr->side);
        memset(board + (size_t)y * qr->side + x, 1, run);
    }
}

TEST(path_has_exactly_the_modules_and_a_margin_of_four)
{
    QRcode *code = QRcode_encodeString8bit(URI, 0, QR_ECLEVEL_M);
    struct qr qr;
    char *board;
    unsigned x, y, width;

    (void)state;
    assert_non_null(code);
    width = (unsigned)code->width;
    assert_int_equal(qr_draw(&kit, URI, &qr), OK);
    assert_int_equal(qr.side, width + 8);
    board = arena_alloc(kit.arena, (size_t)qr.side * qr.side);
    paint(&qr, board);
    for (y = 0; y < qr.side; y++)
        for (x = 0; x < qr.side; x++) {
            bool inside = x >= 4 && y >= 4 && x < width + 4 && y < width + 4;
            int want = inside ? code->data[(y - 4) * width + x - 4] & 1 : 0;

            assert_int_equal(board[y * qr.side + x], want);
        }
    QRcode_free(code);
}

TEST(svg_has_title_escaped_and_nothing_a_csp_refuses)
{
    const char *svg;

    (void)state;
    assert_int_equal(qr_svg(&kit, URI, "QR de <b>\"Ana\"&", &svg), OK);
    assert_non_null(strstr(svg, "role=\"img\""));
    assert_non_null(strstr(svg, "viewBox=\"0 0 "));
    assert_non_null(strstr(svg, "<title>QR de &lt;b&gt;&quot;Ana&quot;&amp;"));
    assert_null(strstr(svg, "style"));
    assert_null(strstr(svg, "script"));
    assert_null(strstr(svg, "otpauth"));
    assert_non_null(strstr(strstr(svg, "<path "), "/></svg>"));
    assert_null(strstr(strstr(svg, "<path ") + 1, "<path"));
}

TEST(empty_or_huge_text_is_an_error_and_not_a_crash)
{
    char text[1002];
    struct qr qr;

    (void)state;
    memset(text, 'a', sizeof text);
    text[1001] = '\0';
    assert_int_equal(qr_draw(&kit, text, &qr), ERR_INTERNAL);
    text[1000] = '\0';
    ctx_clear_error(&kit);
    assert_int_equal(qr_draw(&kit, text, &qr), OK);
    assert_int_equal(qr_draw(&kit, "", &qr), ERR_INTERNAL);
    ctx_clear_error(&kit);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_has_exactly_the_modules_and_a_margin_of_four),
        cmocka_unit_test(svg_has_title_escaped_and_nothing_a_csp_refuses),
        cmocka_unit_test(empty_or_huge_text_is_an_error_and_not_a_crash),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
