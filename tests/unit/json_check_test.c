/* json_check_test.c - o que a json-c aceitaria a mais. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/json_check.h"

#define TEST(name) static void name(void **state)

static bool
valid(const char *text)
{
    return json_pieces_valid(text, strlen(text));
}

TEST(every_piece_of_json_is_accepted)
{
    static const char *const good[] = {
        "",
        "{}",
        "[1,-0,0.5,-12.25e+10,1E5,0e-1,1e999]",
        "{\"a\":\"\\u0000\\\"\"}",
        "[true,false,null]",
        " {\t\"\": [\r\n] } ",
        "\"\xc3\xa9\x7f\"",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof *good; i++)
        if (!valid(good[i]))
            fail_msg("recusou %s", good[i]);
}

TEST(what_only_json_c_accepts_is_refused)
{
    static const char *const bad[] = {
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{'a':1}",
        "{\"a\":1.}",
        "{\"a\":-01}",
        "{\"a\":01}",
        "{\"a\":\"\x01\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":1e}",
        "{\"a\":1e+}",
        "{\"a\":-}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{a:1}",
        "[Null]",
        "[truth]",
        "\"a",
        "\"a\\",
        "/**/1",
        "\x0b",
        "\xef\xbb\xbf{}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (valid(bad[i]))
            fail_msg("aceitou %s", bad[i]);
    assert_false(json_pieces_valid("[\0]", 3));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_of_json_is_accepted),
        cmocka_unit_test(what_only_json_c_accepts_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
