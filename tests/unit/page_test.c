/* page_test.c - páginas de um diretório: parciais, cache, releitura, erros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "view/page.h"

static char dir[] = "/tmp/balcao-page-XXXXXX";
static struct arena *arena;

static void
put_file(const char *name, const char *text)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s.mustache", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static int
set_up(void **state)
{
    char path[128];

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/layout", dir);
    mkdir(path, 0700);
    i18n_init(dir);
    put_file("layout/head", "<title>{{title}}</title>\n");
    put_file("ok", "{{>layout/head}}\n<p>{{#_}}Oi{{/_}} {{who}}</p>\n");
    put_file("lost", "a\n{{>layout/none}}\n");
    put_file("bad", "a\n{{#x}}\n");
    put_file("loop", "{{>loop}}");
    return 0;
}

static int
tear_down(void **state)
{
    static const char *const names[] = {
        "/layout/head.mustache", "/ok.mustache",   "/lost.mustache",
        "/bad.mustache",         "/loop.mustache", "/turn.mustache",
        "/big.mustache",         "/layout",        "",
    };
    char path[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s%s", dir, names[i]);
        remove(path);
    }
    return 0;
}

static int
open_pages(void **state)
{
    (void)state;
    arena = arena_new(4096);
    page_init(dir);
    return 0;
}

static int
close_pages(void **state)
{
    (void)state;
    page_watch(false);
    page_on_missing(NULL, NULL);
    page_close();
    arena_free(arena);
    return 0;
}

static const char *
render(const char *name, const char *json)
{
    struct json_object *model = json_tokener_parse(json);
    struct str out = { 0 };
    bool ok = page_render(arena, name, model, &out);

    json_object_put(model);
    return ok ? out.data : NULL;
}

static void
assert_fails(const char *name, const char *message)
{
    assert_null(render(name, "{}"));
    if (strstr(page_error(), message) == NULL)
        fail_msg("\"%s\" não contém \"%s\"", page_error(), message);
}

static void
page_with_partial_is_rendered(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 2; i++)
        assert_string_equal(render("ok", "{\"title\":\"a<b\",\"who\":\"Zé\"}"),
                            "<title>a&lt;b</title>\n<p>Oi Zé</p>\n");
}

static void
broken_pages_say_what_is_wrong(void **state)
{
    (void)state;
    assert_fails("none", "o modelo \"none\" não existe");
    assert_fails("lost", "lost.mustache:2: parcial \"layout/none\" não exi");
    assert_fails("bad", "bad.mustache:2: a seção \"x\" não foi fechada");
    assert_fails("loop", "mais de 128");
}

static void
names_that_leave_the_directory_do_not_exist(void **state)
{
    (void)state;
    assert_fails("../etc/passwd", "não existe");
    assert_fails("/etc/passwd", "não existe");
    assert_fails("", "não existe");
    assert_fails("layout", "não existe");
}

static void
changed_file_is_read_again_only_when_watching(void **state)
{
    (void)state;
    put_file("turn", "um");
    assert_string_equal(render("turn", "{}"), "um");
    put_file("turn", "dois");
    assert_string_equal(render("turn", "{}"), "um");
    page_watch(true);
    assert_string_equal(render("turn", "{}"), "dois");
    put_file("turn", "{{");
    assert_fails("turn", "turn.mustache:1: marca");
    put_file("turn", "três");
    assert_string_equal(render("turn", "{}"), "três");
}

static void
count_missing(void *user, const char *file, unsigned line, const char *name)
{
    str_printf(user, "%s:%u:%s;", file, line, name);
}

static void
missing_names_reach_the_test_that_asked(void **state)
{
    struct str seen;

    (void)state;
    str_init(&seen, arena, 64);
    page_on_missing(count_missing, &seen);
    assert_non_null(render("ok", "{\"who\":null}"));
    assert_string_equal(seen.data, "layout/head.mustache:1:title;");
}

static void
list_use(void *user, const struct mustache_use *use)
{
    str_printf(user, "%s:%u:%s;", use->file, use->line, use->name);
}

static void
uses_follow_partials_once(void **state)
{
    struct str seen;

    (void)state;
    str_init(&seen, arena, 64);
    assert_true(page_each_use("ok", list_use, &seen));
    assert_string_equal(seen.data, "ok.mustache:1:layout/head;"
                                   "layout/head.mustache:1:title;"
                                   "ok.mustache:2:Oi;ok.mustache:2:who;");
    assert_true(page_each_use("loop", list_use, &seen));
    assert_false(page_each_use("lost", list_use, &seen));
    assert_non_null(strstr(page_error(), "lost.mustache:2: o modelo"));
}

static struct json_object *
messages(size_t count)
{
    struct json_object *root = json_object_new_object();
    struct json_object *list = json_object_new_array();
    char text[128];
    size_t i;

    for (i = 0; i < count; i++) {
        snprintf(text, sizeof text,
                 "{\"id\":%zu,\"body\":\"Olá & %zu\","
                 "\"fromMe\":%s,\"media\":null,\"status\":\"sent\"}",
                 i, i, i % 2 ? "true" : "false");
        json_object_array_add(list, json_tokener_parse(text));
    }
    json_object_object_add(root, "messages", list);
    return root;
}

static size_t
count_of(const char *in, const char *word)
{
    size_t n = 0;

    for (; (in = strstr(in, word)) != NULL; in++)
        n++;
    return n;
}

static void
page_of_fifty_messages_draws_each_once_as_often_as_asked(void **state)
{
    struct json_object *model = messages(50);
    int i;

    (void)state;
    put_file("big",
             "{{#messages}}\n<li id=\"m{{id}}\" class=\"{{#fromMe}}me"
             "{{/fromMe}} {{status}}\">\n{{#media}}<img src=\"/m?{{url:id}}"
             "\">{{/media}}\n  <p>{{body}}</p><a href=\"#{{id}}\">"
             "{{#_}}Responder a {{id}}{{/_}}</a>\n</li>\n{{/messages}}\n");
    for (i = 0; i < 100; i++) {
        struct str out = { 0 };

        assert_true(page_render(arena, "big", model, &out));
        assert_int_equal(count_of(out.data, "<li id="), 50);
        assert_int_equal(count_of(out.data, "Ol\xc3\xa1 &amp; "), 50);
        assert_int_equal(count_of(out.data, "class=\"me "), 25);
        arena_reset(arena);
    }
    json_object_put(model);
}

#define PAGE_TEST(f) cmocka_unit_test_setup_teardown(f, open_pages, close_pages)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE_TEST(page_with_partial_is_rendered),
        PAGE_TEST(broken_pages_say_what_is_wrong),
        PAGE_TEST(names_that_leave_the_directory_do_not_exist),
        PAGE_TEST(changed_file_is_read_again_only_when_watching),
        PAGE_TEST(missing_names_reach_the_test_that_asked),
        PAGE_TEST(uses_follow_partials_once),
        PAGE_TEST(page_of_fifty_messages_draws_each_once_as_often_as_asked),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
