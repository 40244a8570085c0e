/* phone_test.c - dígitos, DDD e o nono dígito. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "desk/phone.h"

#define TEST(name) static void name(void **state)
#define RUN(name) cmocka_unit_test(name)

static void
assert_digits(const char *text, const char *wanted)
{
    char out[PHONE_MAX + 1];

    assert_int_equal(phone_digits(text, out), wanted[0] != '\0');
    assert_string_equal(out, wanted);
}

static void
assert_key(const char *digits, const char *wanted)
{
    char out[PHONE_MAX + 1];

    phone_match_key(digits, out);
    assert_string_equal(out, wanted);
}

TEST(digits_of_a_written_number_are_kept)
{
    (void)state;
    assert_digits("+55 (11) 98765-4321", "5511987654321");
    assert_digits("5511987654321", "5511987654321");
    assert_digits("1.650.555/0100", "16505550100");
    assert_digits("12345678901234567890", "12345678901234567890");
}

TEST(digits_of_what_is_no_number_are_refused)
{
    (void)state;
    assert_digits("", "");
    assert_digits("+", "");
    assert_digits("1234", "");
    assert_digits("ana.lima", "");
    assert_digits("5511+987654321", "");
    assert_digits("123456789012345678901", "");
}

TEST(mobile_with_and_without_the_ninth_digit_is_one_key)
{
    (void)state;
    assert_key("5511987654321", "551187654321");
    assert_key("551187654321", "551187654321");
    assert_key("5581966660000", "558166660000");
}

TEST(landline_never_gains_nor_loses_a_nine)
{
    (void)state;
    assert_key("551140000000", "551140000000");
    assert_key("551125550000", "551125550000");
    /* celular novo, que não teve forma de oito dígitos: tirar o 9 daria um fixo
     */
    assert_key("5511950000000", "5511950000000");
    assert_key("5511932100000", "5511932100000");
}

TEST(area_code_that_does_not_exist_changes_nothing)
{
    (void)state;
    assert_key("5520987654321", "5520987654321");
    assert_key("5500987654321", "5500987654321");
}

TEST(other_countries_are_left_alone)
{
    (void)state;
    assert_key("5491123456789", "5491123456789");
    assert_key("5215512345678", "5215512345678");
    assert_key("16505550100", "16505550100");
    assert_key("351912345678", "351912345678");
}

TEST(short_or_empty_digits_are_their_own_key)
{
    (void)state;
    assert_key("", "");
    assert_key("55119", "55119");
    assert_key("12345678901234567890", "12345678901234567890");
}

TEST(ddd_list_has_67_codes)
{
    char code[3] = "";
    int i, n = 0;

    (void)state;
    for (i = 0; i < 100; i++) {
        code[0] = (char)('0' + i / 10);
        code[1] = (char)('0' + i % 10);
        n += phone_is_ddd(code);
    }
    assert_int_equal(n, 67);
    assert_true(phone_is_ddd("11"));
    assert_true(phone_is_ddd("99"));
    assert_false(phone_is_ddd("20"));
    assert_false(phone_is_ddd("52"));
    assert_false(phone_is_ddd("1"));
    assert_false(phone_is_ddd(""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(digits_of_a_written_number_are_kept),
        RUN(digits_of_what_is_no_number_are_refused),
        RUN(mobile_with_and_without_the_ninth_digit_is_one_key),
        RUN(landline_never_gains_nor_loses_a_nine),
        RUN(area_code_that_does_not_exist_changes_nothing),
        RUN(other_countries_are_left_alone),
        RUN(short_or_empty_digits_are_their_own_key),
        RUN(ddd_list_has_67_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
