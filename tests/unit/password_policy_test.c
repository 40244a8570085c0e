/* password_policy_test.c - que senha nova passa, e por que outra não passa. */
#include <unistd.h>

#include "auth/password_policy.h"
#include "auth_kit.h"

#define A70 \
    "k9aaaaaaaabaaaaaaacaaaaaaadaaaaaaaeaaaaaaafaaaaaaagaaaaaaahaaaaaaaiaaa"

static const char *
rule_of_bytes(const char *text, size_t n)
{
    ctx_clear_error(&kit);
    if (password_policy_check(&kit, "password", (struct slice){ text, n },
                              "maria.silva@demo.balcao",
                              "Ângela Conceição") == OK)
        return "";
    assert_string_equal(kit.fields->field, "password");
    return kit.fields->rule;
}

static const char *
rule_of(const char *text)
{
    return rule_of_bytes(text, strlen(text));
}

static void
use_dictionary(const char *prefix)
{
    ((struct conf *)(uintptr_t)conf())->password_dictionary = prefix;
}

TEST(phrases_and_the_passwords_of_demo_and_tests_pass)
{
    static const char *const good[] = {
        "balcao-demo",           "senha-de-teste-1",    "xqzmwkvjpt",
        "correct horse battery", "café da manhã às 7h", "日本語のパスワード",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof *good; i++)
        assert_string_equal(rule_of(good[i]), "");
}

TEST(length_counts_bytes_from_10_to_72)
{
    char text[80];

    (void)state;
    assert_string_equal(rule_of(""), "required");
    assert_string_equal(rule_of("xqzmwkvjp"), "min");
    assert_non_null(strstr(kit.fields->detail, "10"));
    assert_string_equal(rule_of("xqzmwkvjpt"), "");
    snprintf(text, sizeof text, "%s..", A70);
    assert_int_equal(strlen(text), 72);
    assert_string_not_equal(rule_of(text), "max");
    snprintf(text, sizeof text, "%s...", A70);
    assert_string_equal(rule_of(text), "max");
}

TEST(common_passwords_repeats_and_sequences_are_refused)
{
    static const char *const bad[] = {
        "password123", "Password123", "qwertyuiop",  "sunshine12",
        "aaaaaaaaaa",  "1212121212",  "1234567890",  "abcdefghijkl",
        "9876543210",  "0123456789a", "drowssap123", "abcabcabcabc",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(rule_of(bad[i]), "common");
}

TEST(email_local_part_and_name_are_refused_in_any_case)
{
    static const char *const bad[] = {
        "maria.silva@demo.balcao", "Maria.Silva",      "MARIASILVA1",
        "maria_silva99",           "Ângela Conceição", "ângelaCONCEIÇÃO!",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(rule_of(bad[i]), "common");
    assert_string_equal(rule_of("maria.silva toma chá"), "");
}

TEST(control_characters_and_broken_utf8_are_refused)
{
    (void)state;
    assert_string_equal(rule_of("xqzmwk\tvjpt"), "type");
    assert_string_equal(rule_of("xqzmwkvjpt\x7f"), "type");
    assert_string_equal(rule_of("xqzmwkvjpt\xc2\x85"), "type");
    assert_string_equal(rule_of("xqzmwkvjpt\xe7"), "type");
    assert_string_equal(rule_of_bytes("xqzmw\0kvjpt", 11), "type");
}

TEST(person_without_email_or_name_is_no_reason_to_refuse)
{
    (void)state;
    ctx_clear_error(&kit);
    assert_int_equal(password_policy_check(&kit, "password",
                                           text_slice("maria.silva9"), NULL,
                                           NULL),
                     OK);
}

TEST(missing_dictionary_keeps_the_process_and_the_other_rules)
{
    const char *usual = conf()->password_dictionary;

    (void)state;
    use_dictionary("/nonexistent/dict");
    assert_string_equal(rule_of("qwertyuiop"), "");
    assert_string_equal(rule_of("aaaaaaaaaa"), "common");
    assert_string_equal(rule_of("1234567890"), "common");
    use_dictionary(usual);
    assert_string_equal(rule_of("qwertyuiop"), "common");
}

TEST(file_that_is_no_dictionary_does_not_end_the_process)
{
    const char *usual = conf()->password_dictionary;
    char prefix[] = "/tmp/balcao-dict-XXXXXX", path[64];
    static const char *const ends[] = { "pwi", "pwd" };
    int fd = mkstemp(prefix);
    size_t i;

    (void)state;
    assert_true(fd >= 0);
    for (i = 0; i < 2; i++) {
        FILE *f;

        snprintf(path, sizeof path, "%s.%s", prefix, ends[i]);
        f = fopen(path, "w");
        assert_non_null(f);
        fputs("this is not a cracklib dictionary, not at all", f);
        fclose(f);
    }
    use_dictionary(prefix);
    assert_string_equal(rule_of("qwertyuiop"), "");
    use_dictionary(usual);
    for (i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s.%s", prefix, ends[i]);
        remove(path);
    }
    remove(prefix);
}

TEST(thousand_checks_leave_no_file_open)
{
    int i, before = dup(0), after;

    (void)state;
    close(before);
    for (i = 0; i < 1000; i++)
        assert_string_equal(rule_of("qwertyuiop"), "common");
    after = dup(0);
    close(after);
    assert_int_equal(before, after);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phrases_and_the_passwords_of_demo_and_tests_pass),
        cmocka_unit_test(length_counts_bytes_from_10_to_72),
        cmocka_unit_test(common_passwords_repeats_and_sequences_are_refused),
        cmocka_unit_test(email_local_part_and_name_are_refused_in_any_case),
        cmocka_unit_test(control_characters_and_broken_utf8_are_refused),
        cmocka_unit_test(person_without_email_or_name_is_no_reason_to_refuse),
        cmocka_unit_test(
            missing_dictionary_keeps_the_process_and_the_other_rules),
        cmocka_unit_test(file_that_is_no_dictionary_does_not_end_the_process),
        cmocka_unit_test(thousand_checks_leave_no_file_open),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
