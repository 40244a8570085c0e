/* zip_writer_test.c - o ZIP abre de novo, e nenhum nome sai da pasta. */
#include <zip.h>

#include "auth_kit.h"
#include "base/zip_writer.h"

static zip_t *
reopen(struct slice bytes)
{
    zip_error_t error;
    zip_source_t *source;
    zip_t *zip;

    zip_error_init(&error);
    source = zip_source_buffer_create(bytes.data, bytes.len, 0, &error);
    assert_non_null(source);
    zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    assert_non_null(zip);
    return zip;
}

static void
assert_entry(zip_t *zip, const char *name, const void *want, size_t n)
{
    char got[256];
    zip_file_t *f = zip_fopen(zip, name, 0);

    assert_non_null(f);
    assert_int_equal(zip_fread(f, got, sizeof got), n);
    assert_memory_equal(got, want, n);
    zip_fclose(f);
}

TEST(entries_read_back_with_their_bytes_and_utf8_names)
{
    struct zip_writer *z;
    struct slice out;
    zip_t *zip;

    (void)state;
    assert_int_equal(zip_new(&kit, &z), OK);
    assert_int_equal(zip_add_text(z, "perfil/você.json", "{\"a\":1}"), OK);
    assert_int_equal(zip_add_bytes(z, "foto.webp", (struct slice){ "R\0F", 3 }),
                     OK);
    assert_int_equal(zip_add_text(z, "vazio.txt", ""), OK);
    assert_int_equal(zip_finish(z, &out), OK);
    zip = reopen(out);
    assert_int_equal(zip_get_num_entries(zip, 0), 3);
    assert_entry(zip, "perfil/você.json", "{\"a\":1}", 7);
    assert_entry(zip, "foto.webp", "R\0F", 3);
    assert_entry(zip, "vazio.txt", "", 0);
    zip_discard(zip);
}

TEST(hostile_names_stay_inside_the_folder)
{
    static const struct {
        const char *given, *made;
    } pair[] = {
        { "../../etc/passwd", "etc/passwd" },
        { "/etc/shadow", "etc/shadow" },
        { "a/./../b//c", "a/b/c" },
        { "..\\..\\win.ini", "win.ini" },
        { "C:\\x\n.txt", "C_/x_.txt" },
        { "...", "arquivo" },
        { "", "arquivo-2" },
        { "\xff\xfe", "arquivo-3" },
        { "A/B/C", "A/B/C-2" },
        { "n.tar.gz", "n.tar.gz" },
        { "n.tar.gz", "n.tar-2.gz" },
    };
    struct zip_writer *z;
    struct slice out;
    zip_t *zip;
    size_t i, n = sizeof pair / sizeof *pair;

    (void)state;
    assert_int_equal(zip_new(&kit, &z), OK);
    for (i = 0; i < n; i++)
        assert_int_equal(zip_add_text(z, pair[i].given, "x"), OK);
    assert_int_equal(zip_finish(z, &out), OK);
    zip = reopen(out);
    assert_int_equal(zip_get_num_entries(zip, 0), n);
    for (i = 0; i < n; i++)
        assert_string_equal(zip_get_name(zip, i, 0), pair[i].made);
    zip_discard(zip);
}

TEST(writer_left_unfinished_is_freed_with_the_arena)
{
    struct ctx c = { .arena = arena_new(1024) };
    struct zip_writer *z;

    (void)state;
    assert_int_equal(zip_new(&c, &z), OK);
    assert_int_equal(zip_add_text(z, "a.txt", "x"), OK);
    arena_free(c.arena); /* o ASan diz se algo ficou */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_read_back_with_their_bytes_and_utf8_names),
        cmocka_unit_test(hostile_names_stay_inside_the_folder),
        cmocka_unit_test(writer_left_unfinished_is_freed_with_the_arena),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
