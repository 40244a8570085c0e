/* keys_test.c - segredos derivados, os anteriores e a escrita base64url. */
#include "auth/base64url.h"
#include "auth_kit.h"

static struct str told;

static void
tell(const char *key, const char *text)
{
    str_printf(&told, "%s: %s\n", key, text);
}

static bool
check(const char *current, const char *previous)
{
    static const struct key_report report = { tell, tell };

    str_init(&told, kit.arena, 200);
    str_add(&told, "", 0);
    kit_secret(current);
    kit_previous(previous);
    return keys_check(&report);
}

TEST(each_purpose_and_each_secret_has_its_own_key)
{
    int p, q;

    (void)state;
    kit_secret(SECRET_A);
    kit_previous(SECRET_B);
    assert_int_equal(keys_count(), 2);
    for (p = 0; p < KEY_PURPOSES; p++) {
        assert_memory_not_equal(keys_get_at(p, 0), keys_get_at(p, 1),
                                KEY_BYTES);
        assert_ptr_equal(keys_get(p), keys_get_at(p, 0));
        assert_ptr_equal(keys_find(p, keys_id_at(p, 1)), keys_get_at(p, 1));
        for (q = 0; q < p; q++) {
            assert_memory_not_equal(keys_get(p), keys_get(q), KEY_BYTES);
            assert_null(keys_find(p, keys_id(q)));
        }
    }
}

TEST(list_of_previous_secrets_takes_spaces_and_repeats)
{
    (void)state;
    assert_true(check(SECRET_A, " " SECRET_B " ,, " SECRET_A "," SECRET_B));
    assert_string_equal(told.data, "");
    assert_int_equal(keys_count(), 2);
}

TEST(bad_secret_is_named_and_never_shown)
{
    static const char *const bad[][2] = {
        { "00", "" },
        { SECRET_A "f", "" },
        { "zz" SECRET_A, "" },
        { SECRET_A, "abc" },
        { SECRET_A, SECRET_B ";" SECRET_B },
        { SECRET_A, SECRET_B "," SECRET_B "0" },
        { SECRET_A, "zz" SECRET_B },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(check(bad[i][0], bad[i][1]));
        assert_non_null(strstr(told.data, bad[i][1][0] == '\0'
                                              ? "app_secret: "
                                              : "app_secret_previous: "));
        assert_null(strstr(told.data, "0102030405"));
    }
}

TEST(more_than_eight_previous_secrets_are_refused)
{
    struct str list;
    int i;

    (void)state;
    str_init(&list, kit.arena, 2000);
    for (i = 1; i <= 8; i++)
        str_printf(&list, "%064x,", i);
    assert_true(check(SECRET_A, list.data));
    assert_int_equal(keys_count(), KEY_SECRETS_MAX);
    str_printf(&list, "%064x", i);
    assert_false(check(SECRET_A, list.data));
    kit_previous("");
}

TEST(base64url_reads_only_what_it_writes)
{
    unsigned char bytes[40], out[40];
    char text[60], other[60];
    size_t n, len, got;
    int i;

    (void)state;
    srand(7);
    for (n = 0; n < sizeof bytes; n++) {
        for (i = 0; i < (int)n; i++)
            bytes[i] = (unsigned char)rand();
        base64url_encode(bytes, n, text);
        len = strlen(text);
        assert_int_equal(len, BASE64URL_CHARS(n));
        assert_true(base64url_decode(text, len, out, sizeof out, &got));
        assert_int_equal(got, n);
        assert_memory_equal(out, bytes, n);
        assert_true(n == 0 || !base64url_decode(text, len, out, n - 1, &got));
        for (i = 1; i < 256 && len > 0; i++) {
            strcpy(other, text);
            other[len - 1] = (char)i;
            if (base64url_decode(other, len, out, sizeof out, &got)) {
                base64url_encode(out, got, other);
                assert_int_equal(other[len - 1], (char)i);
            }
        }
    }
    assert_false(base64url_decode("A", 1, out, sizeof out, &got));
    assert_false(base64url_decode("AB", 2, out, sizeof out, &got));
    assert_false(base64url_decode("AA==", 4, out, sizeof out, &got));
    assert_false(base64url_decode("A+A/", 4, out, sizeof out, &got));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_purpose_and_each_secret_has_its_own_key),
        cmocka_unit_test(list_of_previous_secrets_takes_spaces_and_repeats),
        cmocka_unit_test(bad_secret_is_named_and_never_shown),
        cmocka_unit_test(more_than_eight_previous_secrets_are_refused),
        cmocka_unit_test(base64url_reads_only_what_it_writes),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
