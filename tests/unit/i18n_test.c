/* i18n_test.c - a língua por requisição, com um catálogo feito aqui mesmo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"

static char dir[] = "/tmp/balcao-i18n-XXXXXX";

/* Em ordem de bytes, como o formato .mo pede. */
static const char *const pairs[][2] = {
    { "", "Content-Type: text/plain; charset=UTF-8\n"
          "Plural-Forms: nplurals=2; plural=(n != 1);\n" },
    { "%d ticket\0%d tickets", "%d case\0%d cases" },
    { "Não", "No — “ok”" },
    { "Sair", "Log out" },
};

#define PAIRS (sizeof pairs / sizeof pairs[0])

/* Um plural são dois textos separados por '\0'. */
static uint32_t
width(size_t i, const char *text)
{
    size_t n = strlen(text);

    return (uint32_t)(i == 1 ? n + 1 + strlen(text + n + 1) : n);
}

/* Formato: manual do gettext, "The Format of GNU MO Files". */
static void
write_catalog(const char *path)
{
    uint32_t head[7] = { 0x950412de, 0, PAIRS, 28, 28 + 8 * PAIRS, 0, 0 };
    uint32_t at = 28 + 16 * PAIRS, entry[2];
    FILE *f = fopen(path, "wb");
    size_t i, side;

    assert_non_null(f);
    fwrite(head, sizeof head, 1, f);
    for (side = 0; side < 2; side++) {
        for (i = 0; i < PAIRS; i++) {
            entry[0] = width(i, pairs[i][side]);
            entry[1] = at;
            at += entry[0] + 1;
            fwrite(entry, sizeof entry, 1, f);
        }
    }
    for (side = 0; side < 2; side++)
        for (i = 0; i < PAIRS; i++)
            fwrite(pairs[i][side], width(i, pairs[i][side]) + 1, 1, f);
    assert_int_equal(fclose(f), 0);
}

static int
set_up(void **state)
{
    char path[128];

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/en", dir);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/en/LC_MESSAGES", dir);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/en/LC_MESSAGES/balcao.mo", dir);
    write_catalog(path);
    setenv("LANG", "xx_XX.UTF-8", 1); /* o sistema não tem esta língua */
    setenv("LANGUAGE", "fr:de", 1);
    return i18n_init(dir) ? 0 : -1;
}

static int
tear_down(void **state)
{
    static const char *const parts[] = {
        "/en/LC_MESSAGES/balcao.mo",
        "/en/LC_MESSAGES",
        "/en",
        "",
    };
    char path[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        snprintf(path, sizeof path, "%s%s", dir, parts[i]);
        remove(path);
    }
    return 0;
}

static void
default_language_is_the_text_itself(void **state)
{
    (void)state;
    i18n_set(NULL);
    assert_string_equal(i18n_lang(), "pt-BR");
    assert_string_equal(_("Sair"), "Sair");
}

static void
language_changes_back_and_forth(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 3; i++) {
        i18n_set("en");
        assert_string_equal(i18n_lang(), "en");
        assert_string_equal(_("Sair"), "Log out");
        assert_string_equal(_("Não"), "No — “ok”");
        i18n_set("pt-BR");
        assert_string_equal(_("Sair"), "Sair");
    }
}

static void
unknown_text_and_empty_text_come_back(void **state)
{
    (void)state;
    i18n_set("en");
    assert_string_equal(_("Sem tradução"), "Sem tradução");
    assert_string_equal(i18n_text(""), "");
    assert_string_equal(N_("Sair"), "Sair");
    i18n_set("tlh");
    assert_string_equal(i18n_lang(), "pt-BR");
}

static void
plural_follows_the_language(void **state)
{
    (void)state;
    i18n_set("pt-BR");
    assert_string_equal(i18n_plural("%d ticket", "%d tickets", 0), "%d ticket");
    assert_string_equal(i18n_plural("%d ticket", "%d tickets", 2),
                        "%d tickets");
    i18n_set("en");
    assert_string_equal(i18n_plural("%d ticket", "%d tickets", 1), "%d case");
    assert_string_equal(i18n_plural("%d ticket", "%d tickets", 0), "%d cases");
}

static void
numbers_keep_the_decimal_point(void **state)
{
    char text[16];

    (void)state;
    i18n_set("en");
    snprintf(text, sizeof text, "%.2f", 1.5);
    assert_string_equal(text, "1.50");
    i18n_set("pt-BR");
    snprintf(text, sizeof text, "%.2f", 1.5);
    assert_string_equal(text, "1.50");
    assert_true(strtod("2.25", NULL) == 2.25);
}

static void
choice_wins_over_the_header(void **state)
{
    (void)state;
    assert_string_equal(i18n_pick("en", "pt-BR"), "en");
    assert_string_equal(i18n_pick("EN-us", NULL), "en");
    assert_string_equal(i18n_pick("pt_BR", "en"), "pt-BR");
    assert_string_equal(i18n_pick("klingon", "en"), "en");
    assert_string_equal(i18n_pick("", "en"), "en");
    assert_string_equal(i18n_pick(NULL, NULL), "pt-BR");
}

static void
header_is_read_by_quality(void **state)
{
    static const char *const cases[][2] = {
        { "en-US,en;q=0.9,pt;q=0.8", "en" },
        { "pt-PT, en;q=0.9", "pt-BR" },
        { "fr, de;q=0.9, en;q=0.1", "en" },
        { "pt;q=0.3, en ; q=0.7", "en" },
        { "pt;q=0.5, en;q=0.500", "pt-BR" },
        { "en;q=0.5,pt;q=0.5", "en" },
        { "fr, *;q=0.5", "pt-BR" },
        { "pt;q=0, *", "en" },
        { "*;q=0.1, en;q=0.2", "en" },
        { "en;q=0", "pt-BR" },
        { "fr", "pt-BR" },
        { "", "pt-BR" },
        { ",, ,en", "en" },
        { "en;q=2, pt;q=0.1", "pt-BR" },
        { "en;q=, en;x=1, en;q=0.9z", "pt-BR" },
        { ";q=1,;,=,en;;q=1", "en" },
        { "english, e", "pt-BR" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (strcmp(i18n_pick(NULL, cases[i][0]), cases[i][1]) != 0)
            fail_msg("\"%s\" não deu %s", cases[i][0], cases[i][1]);
    }
}

static void
switching_to_the_same_language_is_cheap(void **state)
{
    struct timespec from, to;
    int i;

    (void)state;
    i18n_set("en");
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (i = 0; i < 20000; i++)
        i18n_set(i18n_pick(NULL, "en"));
    clock_gettime(CLOCK_MONOTONIC, &to);
    assert_true((to.tv_sec - from.tv_sec) * 1000 +
                    (to.tv_nsec - from.tv_nsec) / 1000000 <
                1000);
}

static void
languages_are_listed_default_first(void **state)
{
    const char *const *tags = i18n_languages();

    (void)state;
    assert_string_equal(tags[0], I18N_DEFAULT);
    assert_string_equal(tags[1], "en");
    assert_null(tags[2]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_language_is_the_text_itself),
        cmocka_unit_test(language_changes_back_and_forth),
        cmocka_unit_test(unknown_text_and_empty_text_come_back),
        cmocka_unit_test(plural_follows_the_language),
        cmocka_unit_test(numbers_keep_the_decimal_point),
        cmocka_unit_test(choice_wins_over_the_header),
        cmocka_unit_test(header_is_read_by_quality),
        cmocka_unit_test(switching_to_the_same_language_is_cheap),
        cmocka_unit_test(languages_are_listed_default_first),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
