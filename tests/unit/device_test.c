/* device_test.c - o cookie de aparelho: assinado, de uma conta só. */
#include "auth/device.h"
#include "auth_kit.h"

static char id[DEVICE_ID_CHARS + 1];

TEST(made_cookie_checks_and_gives_its_id)
{
    const char *text = device_cookie_make(kit.arena, 7);

    (void)state;
    assert_int_equal(strlen(text), DEVICE_COOKIE_CHARS);
    assert_true(device_cookie_check(text, 7, id));
    assert_int_equal(strspn(id, "0123456789abcdef"), DEVICE_ID_CHARS);
    assert_memory_equal(id, text, DEVICE_ID_CHARS);
}

TEST(two_devices_have_two_ids_and_show_one_account_without_its_number)
{
    const char *a = device_cookie_make(kit.arena, 7);
    const char *b = device_cookie_make(kit.arena, 7);

    (void)state;
    assert_memory_not_equal(a, b, DEVICE_ID_CHARS);
    assert_memory_equal(a + DEVICE_ID_CHARS, b + DEVICE_ID_CHARS, 34);
}

TEST(cookie_of_another_account_is_refused)
{
    const char *text = device_cookie_make(kit.arena, 7);

    (void)state;
    assert_false(device_cookie_check(text, 8, id));
    assert_string_equal(id, "");
    assert_false(device_cookie_check(text, -7, id));
}

TEST(cookie_with_any_byte_changed_is_refused)
{
    const char *text = device_cookie_make(kit.arena, 7);
    size_t i;

    (void)state;
    for (i = 0; i < DEVICE_COOKIE_CHARS; i++) {
        char *bad = arena_strdup(kit.arena, text);

        bad[i] = bad[i] == 'a' ? 'b' : 'a';
        assert_false(device_cookie_check(bad, 7, id));
    }
}

TEST(garbage_is_refused)
{
    const char *text = device_cookie_make(kit.arena, 7);
    char longer[DEVICE_COOKIE_CHARS + 2];

    (void)state;
    snprintf(longer, sizeof longer, "%s0", text);
    assert_false(device_cookie_check(NULL, 7, id));
    assert_false(device_cookie_check("", 7, id));
    assert_false(device_cookie_check("a.b.c", 7, id));
    assert_false(device_cookie_check(longer, 7, id));
    longer[DEVICE_COOKIE_CHARS - 1] = '\0';
    assert_false(device_cookie_check(longer, 7, id));
}

TEST(cookie_of_another_secret_is_refused)
{
    const char *text = device_cookie_make(kit.arena, 7);

    (void)state;
    kit_secret(SECRET_B);
    assert_false(device_cookie_check(text, 7, id));
    kit_secret(SECRET_A);
    assert_true(device_cookie_check(text, 7, id));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_cookie_checks_and_gives_its_id),
        cmocka_unit_test(
            two_devices_have_two_ids_and_show_one_account_without_its_number),
        cmocka_unit_test(cookie_of_another_account_is_refused),
        cmocka_unit_test(cookie_with_any_byte_changed_is_refused),
        cmocka_unit_test(garbage_is_refused),
        cmocka_unit_test(cookie_of_another_secret_is_refused),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
