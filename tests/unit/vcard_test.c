/* vcard_test.c - vCards de telefones de verdade, e os tortos. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "base/vcard.h"

static struct arena *arena;
static struct vcard card;
static struct vcard_reader reader;

static enum vcard_status
first(const char *text)
{
    vcard_open(&reader, (struct slice){ text, strlen(text) });
    return vcard_next(&reader, arena, &card);
}

static void
reads_version_3_with_folds_escapes_and_groups(void **state)
{
    (void)state;
    assert_int_equal(
        first("\xEF\xBB\xBF"
              "BEGIN:VCARD\r\nVERSION:3.0\r\n"
              "N:Silva;Ana;Maria;Dra.;\r\nFN:Ana Maria\\, a\r\n  primeira\r\n"
              "ORG:Padaria\\; e Mel;Caixa\r\n"
              "item1.TEL;type=CELL:+55 11 98765-4321\r\n"
              "TEL;TYPE=\"home;x:y\",pref:(11) 3333-4444\r\n"
              "EMAIL;TYPE=INTERNET:ana@x.test\r\n"
              "PHOTO;ENCODING=b:AAAA\r\n BBBB==\r\nlinha torta\r\n"
              "END:VCARD\r\n"),
        VCARD_CARD);
    assert_string_equal(card.name, "Ana Maria, a primeira");
    assert_string_equal(card.organization, "Padaria; e Mel");
    assert_int_equal(card.phone_count, 2);
    assert_string_equal(card.phones[0], "(11) 3333-4444");
    assert_string_equal(card.phones[1], "+55 11 98765-4321");
    assert_string_equal(card.emails[0], "ana@x.test");
    assert_int_equal(vcard_next(&reader, arena, &card), VCARD_END);
}

static void
reads_version_4_addresses_of_telephone(void **state)
{
    (void)state;
    assert_int_equal(
        first("BEGIN:VCARD\nVERSION:4.0\nN:Souza;Rui;;;\n"
              "TEL;VALUE=uri;PREF=1;TYPE=\"voice\":tel:+55-11-98765-4321;ext=5"
              "\nEMAIL:\nEND:VCARD\nBEGIN:VCARD\nFN:Bia\nEND:VCARD\n"),
        VCARD_CARD);
    assert_string_equal(card.name, "Rui Souza");
    assert_string_equal(card.phones[0], "+55-11-98765-4321");
    assert_int_equal(card.email_count, 0);
    assert_int_equal(vcard_next(&reader, arena, &card), VCARD_CARD);
    assert_string_equal(card.name, "Bia");
    assert_int_equal(card.line, 7);
}

static void
reads_version_2_with_quoted_printable(void **state)
{
    (void)state;
    assert_int_equal(
        first(
            "BEGIN:VCARD\r\nVERSION:2.1\r\n"
            "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=53=C3=A1;Jos=C3=A9=\r\n"
            "=20Luiz;;;\r\nTEL;CELL:1198765\r\nEND:VCARD\r\n"),
        VCARD_CARD);
    assert_string_equal(card.name, "José Luiz Sá");
    assert_string_equal(card.phones[0], "1198765");
    assert_int_equal(
        first("BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING="
              "QUOTED-PRINTABLE:Souza;Jo=E3o;;;\nTEL:1198765\nEND:VCARD\n"),
        VCARD_CARD);
    assert_string_equal(card.name, "João Souza");
}

static void
tells_the_line_of_what_is_broken(void **state)
{
    (void)state;
    assert_int_equal(first("BEGIN:VCARD\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B\n"),
                     VCARD_CARD);
    assert_int_equal(vcard_next(&reader, arena, &card), VCARD_OPEN);
    assert_int_equal(reader.line, 4);
    assert_int_equal(first("BEGIN:VCARD\nFN:A\nBEGIN:VCARD\nEND:VCARD\n"),
                     VCARD_OPEN);
    assert_int_equal(reader.line, 1);
    assert_int_equal(first("BEGIN:VCARD\nEND:VCARD\n\nsobra\n"), VCARD_CARD);
    assert_int_equal(vcard_next(&reader, arena, &card), VCARD_OUTSIDE);
    assert_int_equal(reader.line, 4);
    assert_false(vcard_is((struct slice){ "Nome,Telefone", 13 }));
    assert_false(vcard_is((struct slice){ "", 0 }));
    assert_true(vcard_is((struct slice){ " \nbegin:vcard\n", 14 }));
}

static void
writes_lines_that_it_reads_back(void **state)
{
    const char *name = "Ação, \"Bar\"; e \\ Cia de um nome muito comprido que "
                       "passa de setenta e cinco bytes, com çãéíóú no meio";
    const char *p;
    struct str s;

    (void)state;
    str_init(&s, arena, 64);
    vcard_put(&s, "BEGIN", "VCARD");
    vcard_put(&s, "FN", name);
    vcard_put(&s, "NOTE", "um\r\ndois");
    vcard_put(&s, "EMAIL", "");
    vcard_put(&s, "TEL", NULL);
    vcard_put(&s, "END", "VCARD");
    for (p = s.data; *p != '\0'; p = strstr(p, "\r\n") + 2)
        assert_true(strstr(p, "\r\n") - p <= 75);
    assert_null(strstr(s.data, "EMAIL"));
    assert_non_null(strstr(s.data, "NOTE:um\\ndois\r\n"));
    assert_int_equal(first(s.data), VCARD_CARD);
    assert_string_equal(card.name, name);
}

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(4096);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(reads_version_3_with_folds_escapes_and_groups),
        T(reads_version_4_addresses_of_telephone),
        T(reads_version_2_with_quoted_printable),
        T(tells_the_line_of_what_is_broken),
        T(writes_lines_that_it_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
