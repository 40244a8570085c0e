/* csrf_test.c - token de formulário e conferência de origem. */
#include "auth/csrf.h"
#include "auth_kit.h"

static const unsigned char one[32] = { 1 }, two[32] = { 2 };

TEST(token_of_the_session_passes)
{
    char token[CSRF_CHARS + 1];

    (void)state;
    csrf_token(one, token);
    assert_int_equal(strlen(token), CSRF_CHARS);
    assert_true(csrf_check(one, token));
}

TEST(token_of_another_session_is_refused)
{
    char token[CSRF_CHARS + 1];

    (void)state;
    csrf_token(two, token);
    assert_false(csrf_check(one, token));
    assert_false(csrf_check(one, ""));
    assert_false(csrf_check(one, NULL));
    token[CSRF_CHARS - 1] = '\0';
    assert_false(csrf_check(two, token));
}

TEST(token_dies_with_the_secret)
{
    char token[CSRF_CHARS + 1];

    (void)state;
    csrf_token(one, token);
    kit_secret(SECRET_B);
    assert_false(csrf_check(one, token));
    kit_secret(SECRET_A);
    assert_true(csrf_check(one, token));
}

TEST(form_opened_before_the_change_of_secret_still_passes)
{
    char before[CSRF_CHARS + 1], after[CSRF_CHARS + 1];

    (void)state;
    csrf_token(one, before);
    kit_secret(SECRET_B);
    kit_previous(SECRET_A);
    csrf_token(one, after);
    assert_string_not_equal(before, after);
    assert_true(csrf_check(one, before));
    assert_true(csrf_check(one, after));
    assert_false(csrf_check(two, before));
    kit_previous("");
    assert_false(csrf_check(one, before));
    assert_true(csrf_check(one, after));
    kit_secret(SECRET_A);
}

TEST(post_of_another_site_is_refused)
{
    static const struct {
        const char *site, *origin;
        bool passes;
    } cases[] = {
        { NULL, NULL, true },
        { "same-origin", NULL, true },
        { "none", NULL, true },
        { "same-site", NULL, false },
        { "cross-site", "https://desk.example", false },
        { "same-origin", "null", true },
        { NULL, "https://desk.example", true },
        { NULL, "HTTPS://Desk.Example", true },
        { NULL, "http://desk.example", false },
        { NULL, "https://desk.example:8443", false },
        { NULL, "https://desk.example.evil.test", false },
        { NULL, "https://desk.exampl", false },
        { NULL, "https://desk.example/", false },
        { NULL, "null", false },
        { NULL, "", false },
        { NULL, "http://127.0.0.1:8080", true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(csrf_same_origin(cases[i].site, cases[i].origin,
                                          "https://desk.example/path",
                                          "http://127.0.0.1:8080"),
                         cases[i].passes);
    assert_false(csrf_same_origin(NULL, "https://x", "no-scheme", NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_of_the_session_passes),
        cmocka_unit_test(token_of_another_session_is_refused),
        cmocka_unit_test(token_dies_with_the_secret),
        cmocka_unit_test(form_opened_before_the_change_of_secret_still_passes),
        cmocka_unit_test(post_of_another_site_is_refused),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
