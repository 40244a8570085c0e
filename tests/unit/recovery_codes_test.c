/* recovery_codes_test.c - forma, leitura tolerante e hash. */
#include "auth/recovery_codes.h"
#include "auth_kit.h"

TEST(ten_codes_differ_and_read_back_as_written)
{
    char code[RECOVERY_CODES][RECOVERY_CODE_CHARS + 1];
    char again[RECOVERY_CODE_CHARS + 1];
    int i, j;

    (void)state;
    recovery_codes_make(code);
    for (i = 0; i < RECOVERY_CODES; i++) {
        assert_int_equal(strlen(code[i]), RECOVERY_CODE_CHARS);
        assert_int_equal(strcspn(code[i], "ILOUilou"), RECOVERY_CODE_CHARS);
        assert_true(recovery_code_read(code[i], again));
        assert_string_equal(again, code[i]);
        for (j = 0; j < i; j++)
            assert_string_not_equal(code[i], code[j]);
    }
}

TEST(case_spaces_hyphens_and_look_alikes_are_forgiven)
{
    static const char *const same[] = {
        "0123-1ABC-0DEF-1GHJ",
        "01231abc0def1ghj",
        " o123 IABC oDEF lGHJ ",
        "O-1-2-3-L-A-B-C-0-d-e-f-i-g-h-j",
    };
    char out[RECOVERY_CODE_CHARS + 1];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(recovery_code_read(same[i], out));
        assert_string_equal(out, "0123-1ABC-0DEF-1GHJ");
    }
}

TEST(other_text_is_not_a_code)
{
    static const char *const bad[] = {
        "",
        "----",
        "0123-1ABC-0DEF-1GH",
        "0123-1ABC-0DEF-1GHJK",
        "0123-1ABC-0DEF-1GHU",
        "0123-1ABC-0DEF-1GH\xc3\xa1",
        "0123_1ABC_0DEF_1GHJ",
        "123456",
    };
    char out[RECOVERY_CODE_CHARS + 1];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(recovery_code_read(bad[i], out));
    assert_false(recovery_code_read(NULL, out));
}

/* printf 'recovery:7:0123-1ABC-0DEF-1GHJ' | sha256sum */
TEST(hash_is_sha256_of_person_and_code)
{
    unsigned char hash[RECOVERY_HASH_BYTES], other[RECOVERY_HASH_BYTES];
    char hex[2 * RECOVERY_HASH_BYTES + 1];

    (void)state;
    recovery_code_hash(7, "0123-1ABC-0DEF-1GHJ", hash);
    hex_encode(hash, sizeof hash, hex);
    assert_string_equal(
        hex,
        "74862579f10084105d29204937ecd14c869c07d0441e6447c34483973888d03a");
    recovery_code_hash(8, "0123-1ABC-0DEF-1GHJ", other);
    assert_memory_not_equal(hash, other, sizeof hash);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_codes_differ_and_read_back_as_written),
        cmocka_unit_test(case_spaces_hyphens_and_look_alikes_are_forgiven),
        cmocka_unit_test(other_text_is_not_a_code),
        cmocka_unit_test(hash_is_sha256_of_person_and_code),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
