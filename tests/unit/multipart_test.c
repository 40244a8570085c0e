/* multipart_test.c - formulários com arquivos: os bons e os tortos. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "http/multipart.h"

#define TEST(name) static void name(void **state)
#define UNUSED (void)state
#define TYPE "multipart/form-data; boundary=XyZ"
#define PART(headers, data) "--XyZ\r\n" headers "\r\n\r\n" data "\r\n"
#define FIELD(name, data) \
    PART("Content-Disposition: form-data; name=\"" name "\"", data)
#define END "--XyZ--\r\n"

static struct arena *a;
static struct multipart m;

static int
setup(void **state)
{
    UNUSED;
    a = arena_new(4096);
    return 0;
}

static int
teardown(void **state)
{
    UNUSED;
    arena_free(a);
    return 0;
}

static const char *
read_n(const char *type, const char *body, size_t n)
{
    return multipart_read(a, type, (struct slice){ body, n }, &m);
}

static const char *
read_text(const char *body)
{
    return read_n(TYPE, body, strlen(body));
}

static void
assert_part(int i, const char *name, const char *data)
{
    assert_string_equal(m.parts[i].name, name);
    assert_int_equal(m.parts[i].file.data.len, strlen(data));
    assert_memory_equal(m.parts[i].file.data.data, data, strlen(data));
}

TEST(fields_and_a_file_come_in_order)
{
    UNUSED;
    assert_null(read_text(FIELD("name", "Ana é") FIELD("empty", "") PART(
        "Content-Disposition: form-data; name=\"picture\"; "
        "filename=\"foto.png\"\r\nContent-Type: Image/PNG; x=y",
        "\x89PNG\r\n--XyW\r\n") END));
    assert_int_equal(m.count, 3);
    assert_part(0, "name", "Ana é");
    assert_part(1, "empty", "");
    assert_part(2, "picture", "\x89PNG\r\n--XyW\r\n");
    assert_false(m.parts[0].is_file);
    assert_true(m.parts[2].is_file);
    assert_string_equal(m.parts[2].file.filename, "foto.png");
    assert_string_equal(m.parts[2].file.type, "image/png");
    assert_ptr_equal(multipart_find(&m, "picture"), &m.parts[2]);
    assert_null(multipart_find(&m, "pictur"));
}

TEST(zero_bytes_are_data)
{
    static const char body[] = FIELD("a", "x\0y") END;

    UNUSED;
    assert_null(read_n(TYPE, body, sizeof body - 1));
    assert_int_equal(m.parts[0].file.data.len, 3);
}

TEST(the_last_line_break_may_be_missing)
{
    UNUSED;
    assert_null(read_text(FIELD("a", "b") "--XyZ--"));
    assert_non_null(read_text(FIELD("a", "b") "--XyZ-"));
    assert_non_null(read_text(FIELD("a", "b") "--XyZ"));
    assert_non_null(read_text(FIELD("a", "b") END "x"));
}

TEST(a_form_without_parts_is_a_form)
{
    UNUSED;
    assert_null(read_text(END));
    assert_int_equal(m.count, 0);
}

TEST(names_are_unescaped_as_browsers_escape_them)
{
    UNUSED;
    assert_null(
        read_text(PART("content-disposition: FORM-DATA; name=\"a%22b\"; "
                       "filename=\"C:\\dir\\x\\\"y%0D%0A.txt\"",
                       "") END));
    assert_string_equal(m.parts[0].name, "a\"b");
    assert_string_equal(m.parts[0].file.filename, "x\"y.txt");
}

TEST(a_file_name_is_never_a_path)
{
    static const char *const pairs[][2] = {
        { "../../etc/passwd", "passwd" },
        { "C:\\x\\y.png", "y.png" },
        { "a/b\\c", "c" },
        { "..", "" },
        { ".", "" },
        { "dir/", "" },
        { "x/..", "" },
        { "\x01"
          "a\x7f.b\n",
          "a.b" },
        { "", "" },
        { "...", "..." },
    };
    char huge[600], *p = huge;
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(multipart_basename(a, pairs[i][0]), pairs[i][1]);
    for (i = 0; i < 200; i++, p += 2)
        memcpy(p, "é", 2);
    *p = '\0';
    assert_int_equal(strlen(multipart_basename(a, huge)), 254);
}

TEST(filename_star_is_not_used)
{
    UNUSED;
    assert_null(read_text(PART("Content-Disposition: form-data; name=\"a\"; "
                               "filename=\"x\"; filename*=UTF-8''..%2fy",
                               "") END));
    assert_string_equal(m.parts[0].file.filename, "x");
}

TEST(malformed_parts_are_refused)
{
    static const char *const bad[] = {
        "",
        "x",
        "--XyZ",
        "--XyZ\r\n",
        "--XyZ\n",
        "-XyZ--",
        "\r\n" END,
        "preamble\r\n" FIELD("a", "b") END,
        "--XyZ\r\n\r\nx\r\n" END,
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n" END,
        "--XyZ\nContent-Disposition: form-data; name=\"a\"\n\nb\n--XyZ--\n",
        "--XyZ \r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n" END,
        PART("Content-Type: text/plain", "x") END,
        PART("Content-Disposition: form-data", "x") END,
        PART("Content-Disposition: attachment; name=\"a\"", "x") END,
        PART("Content-Disposition: form-data; name=\"\"", "x") END,
        PART("Content-Disposition: form-data; name=", "x") END,
        PART("Content-Disposition: form-data; name=\"a", "x") END,
        PART("Content-Disposition: form-data; name=\"a\"x", "x") END,
        PART("Content-Disposition: form-data name=\"a\"", "x") END,
        PART("Content-Disposition: form-data; name=\"a\"; name=\"b\"", "x") END,
        PART("Content-Disposition: form-data; name=\"a\"; filename=\"b\"; "
             "filename=\"c\"",
             "x") END,
        PART("Content-Disposition: form-data; name=\"\xff\"", "x") END,
        PART("Content-Disposition : form-data; name=\"a\"", "x") END,
        PART("Content-Disposition: form-data;\r\n name=\"a\"", "x") END,
        PART("Content-Disposition: form-data; name=\"a\"\r\n"
             "Content-Disposition: form-data; name=\"b\"",
             "x") END,
        PART("Content-Disposition: form-data; name=\"a\"\r\n"
             "Content-Type: x/y\r\nContent-Type: x/z",
             "x") END,
        PART("Content-Disposition: form-data; name=\"a\"\r\nContent-Type: x",
             "x") END,
        PART("Content-Disposition: form-data; name=\"a\"\r\nX: a\nb", "x") END,
        PART("Content-Disposition: form-data; name=\"a\"\r\n: a", "x") END,
        PART("Content-Disposition: form-data; name=\"a\"\r\n"
             "Content-Transfer-Encoding: base64",
             "x") END,
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx--XyZ--",
        FIELD("a", "x\r\n--XyZother") END,
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (read_text(bad[i]) == NULL)
            fail_msg("aceitou: %s", bad[i]);
}

TEST(the_boundary_must_be_one_and_sound)
{
    static const char *const bad[] = {
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data;",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=XyZ; boundary=XyZ",
        "multipart/form-data boundary=XyZ",
        "multipart/mixed; boundary=XyZ",
        "multipart/form-data; boundary=\"XyZ \"",
        "multipart/form-data; boundary=\"X\"yZ",
        "multipart/form-data; boundary=X@Z",
        "multipart/form-datax;boundary=a",
        "multipart/form-data; boundary=\"X\r\nZ\"",
        "multipart/form-data; boundary="
        "1234567890123456789012345678901234567890123456789012345678901234567890"
        "1",
    };
    static const char *const good[] = {
        TYPE,
        "Multipart/Form-Data;boundary=XyZ",
        TYPE "; charset=utf-8",
        "multipart/form-data; charset=UTF-8; BOUNDARY=\"XyZ\"",
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (read_n(bad[i], END, strlen(END)) == NULL)
            fail_msg("aceitou: %s", bad[i]);
    assert_non_null(read_n(NULL, END, strlen(END)));
    for (i = 0; i < sizeof good / sizeof *good; i++)
        assert_null(read_n(good[i], END, strlen(END)));
}

static char *
repeat(const char *text, int count, const char *end)
{
    size_t n = strlen(text);
    char *out = arena_alloc(a, n * (size_t)count + strlen(end) + 1), *p = out;

    for (; count > 0; count--, p += n)
        memcpy(p, text, n);
    strcpy(p, end);
    return out;
}

TEST(parts_and_headers_have_ceilings)
{
    char *x;

    UNUSED;
    assert_null(read_text(repeat(FIELD("a", "b"), MULTIPART_PARTS_MAX, END)));
    assert_int_equal(m.count, MULTIPART_PARTS_MAX);
    assert_non_null(
        read_text(repeat(FIELD("a", "b"), MULTIPART_PARTS_MAX + 1, END)));
    x = repeat("x", MULTIPART_HEADERS_MAX, "");
    assert_non_null(read_text(arena_printf(
        a,
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\nX: %s\r\n"
        "\r\n\r\n" END,
        x)));
    x[MULTIPART_NAME_MAX] = '\0';
    assert_null(read_text(arena_printf(
        a, "--XyZ\r\nContent-Disposition: form-data; name=%s\r\n\r\n\r\n" END,
        x)));
    assert_non_null(read_text(arena_printf(
        a, "--XyZ\r\nContent-Disposition: form-data; name=%sx\r\n\r\n\r\n" END,
        x)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_a_file_come_in_order),
        cmocka_unit_test(zero_bytes_are_data),
        cmocka_unit_test(the_last_line_break_may_be_missing),
        cmocka_unit_test(a_form_without_parts_is_a_form),
        cmocka_unit_test(names_are_unescaped_as_browsers_escape_them),
        cmocka_unit_test(a_file_name_is_never_a_path),
        cmocka_unit_test(filename_star_is_not_used),
        cmocka_unit_test(malformed_parts_are_refused),
        cmocka_unit_test(the_boundary_must_be_one_and_sound),
        cmocka_unit_test(parts_and_headers_have_ceilings),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
