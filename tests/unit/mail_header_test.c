/* mail_header_test.c - o que vem de fora não abre linha de cabeçalho. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/evp.h>

#include "base/str.h"
#include "mail/header.h"

#define TEST(name) static void name(void **state)
#define LINE_MAX_BYTES 78
#define WORD_MAX_BYTES 75
#define TIMES(text) text text text text text text text text

static struct arena *arena;

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

TEST(usual_addresses_are_valid)
{
    static const char *const good[] = {
        "ana@exemplo.com.br", "a@b",        "ana.souza+x@x-y.test",
        "o'neil@x.test",      "a_b@1.test", "postmaster@localhost",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof *good; i++)
        if (!mail_address_valid(good[i]))
            fail_msg("recusou %s", good[i]);
}

TEST(addresses_that_break_the_envelope_are_refused)
{
    static const char *const bad[] = {
        "",
        "ana",
        "@x.test",
        "ana@",
        "ana@x..test",
        "ana@.x",
        "ana@-x.test",
        "ana@x-.test",
        ".ana@x.test",
        "ana.@x.test",
        "a..b@x.test",
        "a b@x.test",
        "a@x.test, b@x.test",
        "a@b@x.test",
        "a<b@x.test",
        "a>@x.test",
        "\"a b\"@x.test",
        "josé@x.test",
        "ana@açaí.br",
        "ana@x.test\r\nBcc: todos@x.test",
        "ana\r\nRCPT TO:<z@x.test>@x.test",
        "ana@x.test\n",
        "ana@x.test\x7f",
        "ana@[127.0.0.1]",
    };
    size_t i;

    (void)state;
    assert_false(mail_address_valid(NULL));
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (mail_address_valid(bad[i]))
            fail_msg("aceitou %s", bad[i]);
}

TEST(address_parts_over_the_size_of_the_standard_are_refused)
{
    char text[400];

    (void)state;
    snprintf(text, sizeof text, "%064d@x.test", 0);
    assert_true(mail_address_valid(text));
    snprintf(text, sizeof text, "%065d@x.test", 0);
    assert_false(mail_address_valid(text));
    snprintf(text, sizeof text, "a@%063d.test", 0);
    assert_true(mail_address_valid(text));
    snprintf(text, sizeof text, "a@%064d.test", 0);
    assert_false(mail_address_valid(text));
    snprintf(text, sizeof text, "a@%060d.%060d.%060d.%060d.%060d", 0, 0, 0, 0,
             0);
    assert_false(mail_address_valid(text));
}

TEST(mailbox_is_read_with_and_without_a_name)
{
    struct mailbox box;

    (void)state;
    assert_true(mail_parse_mailbox(arena, "a@b.test", &box));
    assert_string_equal(box.name, "");
    assert_string_equal(box.address, "a@b.test");
    assert_true(mail_parse_mailbox(arena, "Balcão <a@b.test>", &box));
    assert_string_equal(box.name, "Balcão");
    assert_string_equal(box.address, "a@b.test");
    assert_true(
        mail_parse_mailbox(arena, "\"Silva, \\\"Zé\\\"\" <a@b.test>", &box));
    assert_string_equal(box.name, "Silva, \"Zé\"");
}

TEST(broken_mailbox_is_refused)
{
    static const char *const bad[] = { "",
                                       "Balcão <a@b.test",
                                       "Balcão <a@b.test> x",
                                       "Balcão <>",
                                       "<",
                                       "<>",
                                       "Balcão\r\nBcc: z@x.test <a@b.test>",
                                       "B\xff <a@b.test>" };
    struct mailbox box;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (mail_parse_mailbox(arena, bad[i], &box))
            fail_msg("aceitou %s", bad[i]);
}

TEST(plain_subject_stays_as_it_is)
{
    (void)state;
    assert_string_equal(mail_header_text(arena, "Balcao: ok"), "Balcao: ok");
    assert_string_equal(mail_header_text(arena, ""), "");
}

TEST(line_breaks_of_a_subject_become_spaces)
{
    const char *out =
        mail_header_text(arena, "oi\r\nBcc: z@x.test\n\r\n<b>corpo</b>\t\x7f");

    (void)state;
    assert_null(strpbrk(out, "\r\n\t\x7f"));
    assert_string_equal(out, "oi  Bcc: z@x.test   <b>corpo</b>  ");
}

/* Desfaz as palavras codificadas, conferindo a forma de cada linha. */
static const char *
decode(const char *header)
{
    struct str out;
    unsigned char bytes[WORD_MAX_BYTES];
    const char *at = header, *end;

    str_init(&out, arena, 256);
    while (*at != '\0') {
        size_t pad;
        int n;

        assert_int_equal(strncmp(at, "=?UTF-8?B?", 10), 0);
        end = strstr(at, "?=");
        assert_non_null(end);
        assert_true(end + 2 - at <= WORD_MAX_BYTES);
        pad = (size_t)(end[-1] == '=') + (end[-2] == '=');
        n = EVP_DecodeBlock(bytes, (const unsigned char *)at + 10,
                            (int)(end - at - 10));
        assert_true(n > 0);
        /* cada palavra é UTF-8 inteiro: RFC 2047 seção 5 */
        assert_true(utf8_valid((const char *)bytes, (size_t)n - pad));
        str_add(&out, (const char *)bytes, (size_t)n - pad);
        at = end + 2;
        if (*at == '\0')
            break;
        assert_int_equal(strncmp(at, "\r\n ", 3), 0);
        at += 3;
    }
    return out.data;
}

TEST(long_accented_text_goes_round_in_short_words)
{
    static const char *const texts[] = {
        "ã",
        "Não deu: " TIMES("ção ") TIMES("日本語 ") TIMES("😀"),
        TIMES(TIMES("é")),
        "x" TIMES(TIMES("😀")),
        "xy" TIMES(TIMES("日")),
        "parece =?UTF-8?B?eA==?= mas não é",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(decode(mail_header_text(arena, texts[i])),
                            texts[i]);
}

TEST(text_that_looks_encoded_is_encoded_again)
{
    const char *text = "=?UTF-8?B?eA==?=";

    (void)state;
    assert_string_equal(decode(mail_header_text(arena, text)), text);
}

TEST(long_ascii_text_is_folded)
{
    const char *text = TIMES("0123456789abcdef ");
    const char *out = mail_header_text(arena, text);

    (void)state;
    assert_true(strcspn(out, "\r") <= LINE_MAX_BYTES);
    assert_string_equal(decode(out), text);
}

TEST(broken_utf8_of_a_subject_is_not_passed_on)
{
    const char *out = mail_header_text(arena, "a\xff\xc3(b");

    (void)state;
    assert_string_equal(out, "a  (b");
}

TEST(name_is_quoted_encoded_or_left_out)
{
    struct mailbox box = { "Silva, \"Ze\" \\ x", "a@b.test" };

    (void)state;
    assert_string_equal(mail_header_mailbox(arena, &box),
                        "\"Silva, \\\"Ze\\\" \\\\ x\" <a@b.test>");
    box.name = "";
    assert_string_equal(mail_header_mailbox(arena, &box), "<a@b.test>");
    box.name = NULL;
    assert_string_equal(mail_header_mailbox(arena, &box), "<a@b.test>");
    box.name = "Zoë";
    assert_string_equal(mail_header_mailbox(arena, &box),
                        "=?UTF-8?B?Wm/Dqw==?=\r\n <a@b.test>");
}

TEST(name_with_line_breaks_opens_no_other_header)
{
    struct mailbox box = { "Ana\r\nBcc: z@x.test", "a@b.test" };

    (void)state;
    assert_string_equal(mail_header_mailbox(arena, &box),
                        "\"Ana  Bcc: z@x.test\" <a@b.test>");
    box.name = "Zoë\r\nBcc: z@x.test";
    assert_null(strstr(mail_header_mailbox(arena, &box), "Bcc"));
}

TEST(date_is_in_english_and_utc)
{
    (void)state;
    assert_string_equal(mail_header_date(arena, 0),
                        "Thu, 01 Jan 1970 00:00:00 +0000");
    assert_string_equal(mail_header_date(arena, 1795240369),
                        "Sat, 21 Nov 2026 05:52:49 +0000");
    assert_string_equal(mail_header_date(arena, 951782400),
                        "Tue, 29 Feb 2000 00:00:00 +0000");
}

TEST(domain_of_an_address_is_what_the_log_shows)
{
    (void)state;
    assert_string_equal(mail_domain("ana@x.test"), "x.test");
    assert_string_equal(mail_domain("ana"), "?");
    assert_string_equal(mail_domain(NULL), "?");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_addresses_are_valid),
        cmocka_unit_test(addresses_that_break_the_envelope_are_refused),
        cmocka_unit_test(
            address_parts_over_the_size_of_the_standard_are_refused),
        cmocka_unit_test(mailbox_is_read_with_and_without_a_name),
        cmocka_unit_test(broken_mailbox_is_refused),
        cmocka_unit_test(plain_subject_stays_as_it_is),
        cmocka_unit_test(line_breaks_of_a_subject_become_spaces),
        cmocka_unit_test(long_accented_text_goes_round_in_short_words),
        cmocka_unit_test(text_that_looks_encoded_is_encoded_again),
        cmocka_unit_test(long_ascii_text_is_folded),
        cmocka_unit_test(broken_utf8_of_a_subject_is_not_passed_on),
        cmocka_unit_test(name_is_quoted_encoded_or_left_out),
        cmocka_unit_test(name_with_line_breaks_opens_no_other_header),
        cmocka_unit_test(date_is_in_english_and_utc),
        cmocka_unit_test(domain_of_an_address_is_what_the_log_shows),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
