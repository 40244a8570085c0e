/* email_test.c - o que se aceita como endereço de e-mail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), _fail(__FILE__, __LINE__))

#include "account/email.h"

static struct ctx c;

/* A regra recusada, ou NULL se passou. */
static const char *
rule(const char *text)
{
    const char *out;

    ctx_clear_error(&c);
    if (email_check(&c, "email", text, &out) == OK)
        return NULL;
    assert_string_equal(c.fields->field, "email");
    return c.fields->rule;
}

static void
addresses_are_accepted(void **state)
{
    static const char *const good[] = {
        "ana@exemplo.com.br", "a@b",          "ana+balcao@x-y.test",
        "o'neil@x.test",      "josé@açaí.br", "a.b.c@1.test",
        "ANA@X.TEST",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof *good; i++)
        if (rule(good[i]) != NULL)
            fail_msg("recusou %s: %s", good[i], rule(good[i]));
}

static void
what_is_not_an_address_is_refused(void **state)
{
    static const char *const bad[] = {
        "ana",
        "@x.test",
        "ana@",
        "ana@@x.test",
        "a na@x.test",
        "ana@x test",
        ".ana@x.test",
        "ana.@x.test",
        "a..na@x.test",
        "ana@-x.test",
        "ana@x-.test",
        "ana@x..test",
        "ana@x.test.",
        "ana@x_y.test",
        "<ana@x.test>",
        "ana@x.test,b@x.test",
        "ana@x.test\r\nBcc: b@x.test",
        "\"ana\"@x.test",
        "ana@[127.0.0.1]",
        "ana\xff@x.test",
        "ana@x.test\x01",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *why = rule(bad[i]);

        if (why == NULL || strcmp(why, "format") != 0)
            fail_msg("aceitou \"%s\"", bad[i]);
    }
}

static void
edges_are_trimmed_and_sizes_bounded(void **state)
{
    char local[66], text[300];
    const char *out;

    (void)state;
    ctx_clear_error(&c);
    assert_int_equal(email_check(&c, "email", " \tana@x.test\r\n", &out), OK);
    assert_string_equal(out, "ana@x.test");
    assert_string_equal(rule(NULL), "required");
    assert_string_equal(rule("  "), "required");
    memset(local, 'a', 65);
    local[65] = '\0';
    snprintf(text, sizeof text, "%s@x.test", local);
    assert_string_equal(rule(text), "format");
    assert_null(rule(text + 1));
    memset(text, 'b', 280);
    memcpy(text, "a@", 2);
    text[280] = '\0';
    assert_string_equal(rule(text), "max");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_accepted),
        cmocka_unit_test(what_is_not_an_address_is_refused),
        cmocka_unit_test(edges_are_trimmed_and_sizes_bounded),
    };
    int failed;

    c.arena = arena_new(4096);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(c.arena);
    return failed;
}
