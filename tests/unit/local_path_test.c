/* local_path_test.c - o que um `next=` pode e o que não pode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "http/local_path.h"

#define TEST(name) static void name(void **state)
#define UNUSED (void)state

TEST(our_own_addresses_are_local)
{
    static const char *const good[] = {
        "/",
        "/inbox",
        "/inbox/12",
        "/inbox/",
        "/inbox?status=open&q=a%20b",
        "/inbox/12?x=https%3A%2F%2Fa.example#m-3",
        "/a.b/c..d/...x",
        "/account/%C3%A7",
        "/a@b",
        "/x:y",
        "/admin?next=//evil.example",
        "/inbox#//evil.example",
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof good / sizeof *good; i++)
        if (!local_path(good[i]))
            fail_msg("recusou %s", good[i]);
}

TEST(whatever_could_leave_the_site_is_not)
{
    static const char *const bad[] = {
        "",
        "inbox",
        "evil.example",
        "@evil.example",
        ":80",
        "?x",
        "#x",
        ".",
        "..",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "http://evil.example",
        "https:evil.example",
        "https:/evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\\/evil.example",
        "//\\evil.example",
        "/x/\\evil.example",
        "/%2fevil.example",
        "/%2Fevil.example",
        "/%5cevil.example",
        "/%5Cevil.example",
        "/%2f%2fevil.example",
        "/x%2f..",
        "%2f%2fevil.example",
        "/%252fevil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "/%09/evil.example",
        "/%0d/evil.example",
        "/x%0d%0aSet-Cookie:%20a=b",
        "/x\r\nSet-Cookie: a=b",
        "/x\nY: z",
        "/x?a=b\r\nY: z",
        "/x%00",
        "/x%7f",
        "/x\x7f",
        "/.//evil.example",
        "/..//evil.example",
        "/x//evil.example",
        "/./x",
        "/../x",
        "/x/..",
        "/x/.",
        "/%2e%2e/x",
        "/%2e/x",
        "/.%2e//evil.example",
        "/%",
        "/%z1",
        "/%2",
        "/\xef\xbc\x8f"
        "evil.example",
        "/\xe2\x80\xae",
        "/\xc0\xaf"
        "evil.example",
        "/x?\xc3\xa7",
        "/x\"onload=1",
        "/<script>",
        "//evil.example@site",
        "//user:pass@evil.example/",
        "/x|y",
        "/`x",
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (local_path(bad[i]))
            fail_msg("aceitou %s", bad[i]);
    assert_false(local_path(NULL));
}

TEST(a_path_that_is_too_long_is_refused)
{
    char path[LOCAL_PATH_MAX + 2];

    UNUSED;
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[LOCAL_PATH_MAX + 1] = '\0';
    assert_false(local_path(path));
    path[LOCAL_PATH_MAX] = '\0';
    assert_true(local_path(path));
}

TEST(the_fallback_stands_in_for_a_bad_path)
{
    UNUSED;
    assert_string_equal(local_path_or("//x", "/inbox"), "/inbox");
    assert_string_equal(local_path_or(NULL, "/inbox"), "/inbox");
    assert_string_equal(local_path_or("/a", "/inbox"), "/a");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_addresses_are_local),
        cmocka_unit_test(whatever_could_leave_the_site_is_not),
        cmocka_unit_test(a_path_that_is_too_long_is_refused),
        cmocka_unit_test(the_fallback_stands_in_for_a_bad_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
