/* wa_format_test.c - o texto do WhatsApp em HTML, sem deixar passar marca. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "view/wa_format.h"

#define TEST(name) static void name(void **state)
#define LINK(href, text) \
    "<a href=\"" href "\" target=\"_blank\" rel=\"noopener noreferrer " \
    "nofollow\">" text "</a>"
#define SAME(url) LINK(url, url)

static void
gives(const char *text, const char *html)
{
    struct arena *a = arena_new(4096);
    struct str s;

    str_init(&s, a, 0);
    wa_format(&s, text, strlen(text));
    assert_string_equal(s.data != NULL ? s.data : "", html);
    arena_free(a);
}

TEST(plain_text_is_only_escaped)
{
    (void)state;
    gives("", "");
    gives("Olá", "Olá");
    gives("a\nb\n\nc\n", "a\nb\n\nc\n");
    gives("<script>alert(1)</script> & \"x\" 'y'",
          "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot; "
          "&#39;y&#39;");
}

TEST(marks_become_tags)
{
    (void)state;
    gives("*a*", "<strong>a</strong>");
    gives("_a b_, ~c~!", "<em>a b</em>, <s>c</s>!");
    gives("*negrito e _itálico_*",
          "<strong>negrito e <em>itálico</em></strong>");
    gives("`*cru* <b>`", "<code>*cru* &lt;b&gt;</code>");
    gives("(*a*)", "(<strong>a</strong>)");
    gives("*oi*😀", "<strong>oi</strong>😀");
}

TEST(marks_inside_words_and_alone_are_text)
{
    (void)state;
    gives("2*3*4", "2*3*4");
    gives("nome_de_coisa", "nome_de_coisa");
    gives("é*a*", "é*a*");
    gives("* a*", "<ul><li>a*</li></ul>");
    gives("*a *", "*a *");
    gives("**", "**");
    gives("*a\nb*", "*a\nb*");
    gives("*a", "*a");
    gives("``", "``");
}

TEST(blocks_stand_alone)
{
    (void)state;
    gives("> um\n> dois\ntrês", "<blockquote>um\ndois</blockquote>três");
    gives("- a\n- *b*\n", "<ul><li>a</li><li><strong>b</strong></li></ul>");
    gives("3. c\n4. d", "<ol start=\"3\"><li>c</li><li>d</li></ol>");
    gives("x\n- a\n1. b",
          "x<ul><li>a</li></ul><ol start=\"1\"><li>b</li></ol>");
    gives("1.5 kg", "1.5 kg");
    gives(">sem espaço", "&gt;sem espaço");
    gives("- ", "- ");
}

TEST(fences_keep_what_is_inside)
{
    (void)state;
    gives("```a *b* <c>```", "<code>a *b* &lt;c&gt;</code>");
    gives("v:\n```\nx\n- y\n```\nfim",
          "v:\n<pre><code>x\n- y</code></pre>\nfim");
    gives("```aberta", "```aberta");
    gives("``````", "<code></code>");
}

TEST(addresses_become_links)
{
    (void)state;
    gives("veja https://a.test/x?y=1&z=\"2.",
          "veja " LINK("https://a.test/x?y=1&amp;z=",
                       "https://a.test/x?y=1&amp;"
                       "z=") "&quot;2.");
    gives("http://a.test.", SAME("http://a.test") ".");
    gives("www.a.test!", LINK("https://www.a.test", "www.a.test") "!");
    gives("(https://a.test/b)", "(" SAME("https://a.test/b") ")");
    gives("https://a.test/b_(c)", SAME("https://a.test/b_(c)"));
    gives("*https://a.test/x_y_z*",
          "<strong>" SAME("https://a.test/x_y_z") "</strong>");
    gives("https://", "https://");
    gives("xhttps://a", "xhttps://a");
    gives("awww.b.c", "awww.b.c");
}

TEST(nothing_else_becomes_a_link)
{
    (void)state;
    gives("javascript:alert(1)", "javascript:alert(1)");
    gives("data:text/html,x", "data:text/html,x");
    gives("https://\"onmouseover=alert(1)",
          "https://&quot;onmouseover=alert(1)");
    gives("https://a\"onmouseover=x", SAME("https://a") "&quot;onmouseover=x");
    gives("https://a.test/<b>", SAME("https://a.test/") "&lt;b&gt;");
}

/* O pior texto de 64 kB ainda é linear. */
TEST(hostile_text_takes_no_time)
{
    static const char *const bits[] = { "*a ", "_a~b*c",     "`",      "```",
                                        "> ",  "https://a(", "*_~*_~a" };
    struct timespec t0, t1;
    size_t i;

    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &t0);
    for (i = 0; i < sizeof bits / sizeof *bits; i++) {
        struct arena *a = arena_new(1 << 20);
        struct str text, out;

        str_init(&text, a, 70000);
        str_init(&out, a, 70000);
        while (text.len < 65536)
            str_puts(&text, bits[i]);
        wa_format(&out, text.data, text.len);
        arena_free(a);
    }
    clock_gettime(CLOCK_MONOTONIC, &t1);
    assert_in_range(t1.tv_sec - t0.tv_sec, 0, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_only_escaped),
        cmocka_unit_test(marks_become_tags),
        cmocka_unit_test(marks_inside_words_and_alone_are_text),
        cmocka_unit_test(blocks_stand_alone),
        cmocka_unit_test(fences_keep_what_is_inside),
        cmocka_unit_test(addresses_become_links),
        cmocka_unit_test(nothing_else_becomes_a_link),
        cmocka_unit_test(hostile_text_takes_no_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
