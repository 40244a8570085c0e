/* password_test.c - bcrypt: limites, comparação e tempo igual. */
#include <time.h>

#include "auth/password.h"
#include "auth_kit.h"

#define A72 \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Vetor de domínio público do bcrypt: senha "U*U". */
#define OLD_HASH "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"

static const char *
hashed(const char *text)
{
    char out[PASSWORD_HASH_CHARS + 1];

    assert_int_equal(password_hash(&kit, text_slice(text), out), OK);
    return arena_strdup(kit.arena, out);
}

TEST(hash_is_2b_with_the_configured_cost_and_verifies)
{
    const char *hash = hashed("balcao-demo");

    (void)state;
    assert_memory_equal(hash, "$2b$10$", 7);
    assert_int_equal(strlen(hash), PASSWORD_HASH_CHARS);
    assert_true(password_verify(text_slice("balcao-demo"), hash));
    assert_false(password_verify(text_slice("balcao-demo "), hash));
    assert_false(password_verify(text_slice(""), hash));
    assert_string_not_equal(hash, hashed("balcao-demo"));
}

TEST(password_of_72_bytes_fits_and_73_is_refused)
{
    const char *hash = hashed(A72);

    (void)state;
    ctx_clear_error(&kit);
    assert_int_equal(password_check(&kit, "password", text_slice(A72)), OK);
    assert_true(password_verify(text_slice(A72), hash));
    assert_false(password_verify(text_slice(A72 "a"), hash));
    assert_int_equal(password_check(&kit, "password", text_slice(A72 "b")),
                     ERR_INVALID);
    assert_string_equal(kit.fields->field, "password");
    assert_string_equal(kit.fields->rule, "max");
    assert_non_null(strstr(kit.fields->detail, "72"));
}

TEST(limit_counts_bytes_and_not_characters)
{
    (void)state;
    ctx_clear_error(&kit);
    assert_int_equal(
        password_check(&kit, "password",
                       text_slice("áááááááááááááááááááááááááááááááááááá")),
        OK);
    assert_int_equal(
        password_check(&kit, "password",
                       text_slice("ááááááááááááááááááááááááááááááááááááa")),
        ERR_INVALID);
}

TEST(empty_or_nul_password_is_refused)
{
    struct slice nul = { "ab\0c", 4 };

    (void)state;
    ctx_clear_error(&kit);
    assert_int_equal(password_check(&kit, "password", text_slice("")),
                     ERR_INVALID);
    ctx_clear_error(&kit);
    assert_int_equal(password_check(&kit, "password", nul), ERR_INVALID);
    assert_false(password_verify(nul, hashed("ab")));
}

TEST(older_prefix_verifies_and_asks_for_a_new_hash)
{
    (void)state;
    assert_true(password_verify(text_slice("U*U"), OLD_HASH));
    assert_false(password_verify(text_slice("U*V"), OLD_HASH));
    assert_true(password_needs_rehash(OLD_HASH));
    assert_false(password_needs_rehash(hashed("x")));
    assert_true(password_needs_rehash(
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
}

TEST(broken_hash_never_verifies)
{
    static const char *const bad[] = {
        "",
        "*",
        "*0",
        "*1",
        "!",
        "$2b$10$",
        "$2b$10$short",
        "$1$abcdefgh$0123456789012345678901",
        "$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$10$??????????????????????0123456789012345678901234567890",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(password_verify(text_slice("U*U"), bad[i]));
        assert_false(password_verify(text_slice(bad[i]), bad[i]));
    }
}

/* Processador, não relógio: quem mais usa a máquina não conta. */
static int64_t
cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static int64_t
best_of_us(const char *hash)
{
    int64_t best = INT64_MAX;
    int i;

    for (i = 0; i < 4; i++) {
        int64_t from = cpu_us(), took;

        assert_false(password_verify(text_slice("wrong"), hash));
        took = cpu_us() - from;
        best = took < best ? took : best;
    }
    return best;
}

TEST(unknown_account_takes_as_long_as_a_wrong_password)
{
    int64_t wrong = best_of_us(hashed("right")), unknown = best_of_us(NULL);
    int64_t locked = best_of_us("!");

    (void)state;
    assert_in_range(unknown * 100 / wrong, 60, 165);
    assert_in_range(locked * 100 / wrong, 60, 165);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_2b_with_the_configured_cost_and_verifies),
        cmocka_unit_test(password_of_72_bytes_fits_and_73_is_refused),
        cmocka_unit_test(limit_counts_bytes_and_not_characters),
        cmocka_unit_test(empty_or_nul_password_is_refused),
        cmocka_unit_test(older_prefix_verifies_and_asks_for_a_new_hash),
        cmocka_unit_test(broken_hash_never_verifies),
        cmocka_unit_test(unknown_account_takes_as_long_as_a_wrong_password),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
