/* csv_test.c - uma célula entra e sai igual, e nenhuma vira fórmula. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/csv.h"

static struct arena *arena;

static const char *
line(const char *a, const char *b)
{
    struct str s;

    str_init(&s, arena, 0);
    csv_cell(&s, a);
    csv_cell(&s, b);
    csv_end(&s);
    return s.data;
}

static void
cells_are_quoted_and_lines_end_in_crlf(void **state)
{
    (void)state;
    assert_string_equal(line("a", "b"), "\"a\",\"b\"\r\n");
    assert_string_equal(line("", NULL), "\"\",\"\"\r\n");
    assert_string_equal(line("dis\"se", "x,\ny"),
                        "\"dis\"\"se\",\"x,\ny\"\r\n");
}

static void
what_a_spreadsheet_would_run_gets_an_apostrophe(void **state)
{
    (void)state;
    assert_string_equal(line("=1+1", "+1"), "\"'=1+1\",\"'+1\"\r\n");
    assert_string_equal(line("-1", "@a"), "\"'-1\",\"'@a\"\r\n");
    assert_string_equal(line("\tx", "\rx"), "\"'\tx\",\"'\rx\"\r\n");
    assert_string_equal(line("a=1", "1-1"), "\"a=1\",\"1-1\"\r\n");
    assert_string_equal(line("  =1", "\uff1d1"), "\"'  =1\",\"'\uff1d1\"\r\n");
    /* onde o separador é ';' a célula acabaria ali */
    assert_string_equal(line("x;=HIPERLINK", "a; \"-1"),
                        "\"x;'=HIPERLINK\",\"a;' \"\"-1\"\r\n");
}

static void
first_cell_after_the_mark_has_no_comma(void **state)
{
    struct str s;

    (void)state;
    str_init(&s, arena, 0);
    str_puts(&s, CSV_BOM);
    csv_cell(&s, "id");
    csv_end(&s);
    csv_cell(&s, "1");
    assert_string_equal(s.data, CSV_BOM "\"id\"\r\n\"1\"");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_quoted_and_lines_end_in_crlf),
        cmocka_unit_test(what_a_spreadsheet_would_run_gets_an_apostrophe),
        cmocka_unit_test(first_cell_after_the_mark_has_no_comma),
    };
    int failed;

    arena = arena_new(4096);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
