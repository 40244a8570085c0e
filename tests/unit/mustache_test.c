/*
 * mustache_test.c - o renderizador contra a especificação e contra modelos
 * hostis. MUSTACHE_SPEC é o diretório dos JSON oficiais (padrão
 * ../shared/mustache-spec); sem ele valem só os casos deste repositório.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "view/mustache.h"

struct bench {
    struct arena *arena;
    enum mustache_mode mode;
    struct json_object *partials; /* objeto nome -> texto, ou NULL */
    struct str missing;           /* "nome;" de cada chave ausente */
    struct mustache_error error;
    struct mustache_env env;
};

static const struct mustache *
find_partial(void *user, const char *name, struct mustache_error *error)
{
    struct bench *b = user;
    struct json_object *text;
    struct slice source;

    if (!json_object_object_get_ex(b->partials, name, &text))
        return NULL;
    source.data = json_object_get_string(text);
    source.len = (size_t)json_object_get_string_len(text);
    return mustache_compile(b->arena, name, source, b->mode, error);
}

static void
note_missing(void *user, const char *file, unsigned line, const char *name)
{
    struct bench *b = user;

    (void)file;
    (void)line;
    str_puts(&b->missing, name);
    str_putc(&b->missing, ';');
}

static struct bench *
bench_new(enum mustache_mode mode)
{
    struct arena *a = arena_new(4096);
    struct bench *b = arena_alloc(a, sizeof *b);

    b->arena = a;
    b->mode = mode;
    str_init(&b->missing, a, 16);
    str_puts(&b->missing, "");
    b->env = (struct mustache_env){
        .partial = find_partial,
        .missing = note_missing,
        .user = b,
    };
    return b;
}

static void
bench_free(struct bench *b)
{
    json_object_put(b->partials);
    arena_free(b->arena);
}

/* O texto renderizado, ou NULL com b->error preenchido. */
static const char *
render_n(struct bench *b, const char *text, size_t n, struct json_object *data)
{
    const struct mustache *t;
    struct str out;

    t = mustache_compile(b->arena, "t", (struct slice){ text, n }, b->mode,
                         &b->error);
    str_init(&out, b->arena, 0);
    if (t == NULL || !mustache_render(t, data, &b->env, &out, &b->error))
        return NULL;
    return out.data;
}

static const char *
render(struct bench *b, const char *text, const char *json)
{
    struct json_object *data = json_tokener_parse(json);
    const char *out = render_n(b, text, strlen(text), data);

    json_object_put(data);
    return out;
}

static void
assert_page(const char *text, const char *json, const char *expected)
{
    struct bench *b = bench_new(MUSTACHE_PAGE);
    const char *out = render(b, text, json);

    if (out == NULL)
        fail_msg("%s: %s", text, b->error.text);
    assert_string_equal(out, expected);
    bench_free(b);
}

static void
assert_refused(enum mustache_mode mode, const char *text, const char *message)
{
    struct bench *b = bench_new(mode);

    assert_null(render(b, text, "{}"));
    if (strstr(b->error.text, message) == NULL)
        fail_msg("%s: \"%s\" não contém \"%s\"", text, b->error.text, message);
    bench_free(b);
}

/* ---- casos da especificação ---- */

static struct json_object *
member(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;

    json_object_object_get_ex(object, name, &value);
    return value;
}

static bool
run_case(const char *group, struct json_object *c)
{
    struct bench *b = bench_new(MUSTACHE_SPEC);
    const char *out, *expected, *name, *text;
    bool same;

    name = json_object_get_string(member(c, "name"));
    text = json_object_get_string(member(c, "template"));
    expected = json_object_get_string(member(c, "expected"));
    b->partials = json_object_get(member(c, "partials"));
    out = render_n(b, text, strlen(text), member(c, "data"));
    same = out != NULL && strcmp(out, expected) == 0;
    if (!same)
        print_error("%s: %s\n  esperado: [%s]\n  veio:     [%s]\n", group, name,
                    expected, out != NULL ? out : b->error.text);
    bench_free(b);
    return same;
}

static size_t
run_cases(const char *group, struct json_object *tests)
{
    size_t i, bad = 0, n = json_object_array_length(tests);

    for (i = 0; i < n; i++)
        if (!run_case(group, json_object_array_get_idx(tests, i)))
            bad++;
    assert_int_equal(bad, 0);
    return n;
}

static void
own_cases_render_as_written(void **state)
{
    const char *path = getenv("MUSTACHE_CASES");
    struct json_object *root;
    size_t n = 0;

    (void)state;
    if (path == NULL)
        path = "tests/unit/mustache_cases.json";
    root = json_object_from_file(path);
    if (root == NULL)
        fail_msg("%s: %s", path, json_util_get_last_err());
    json_object_object_foreach (root, group, tests)
        n += run_cases(group, tests);
    assert_true(n >= 136);
    json_object_put(root);
}

static void
official_spec_files_pass_when_present(void **state)
{
    static const char *const files[] = {
        "comments", "delimiters", "interpolation",
        "inverted", "partials",   "sections",
    };
    const char *dir = getenv("MUSTACHE_SPEC");
    size_t i, n = 0;

    (void)state;
    if (dir == NULL)
        dir = "../shared/mustache-spec";
    for (i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct json_object *root;
        char path[512];

        snprintf(path, sizeof path, "%s/%s.json", dir, files[i]);
        if (access(path, R_OK) != 0)
            continue;
        root = json_object_from_file(path);
        assert_non_null(root);
        n += run_cases(files[i], member(root, "tests"));
        json_object_put(root);
    }
    if (n == 0)
        skip();
    print_message("especificação oficial: %zu casos\n", n);
}

/* ---- modo página ---- */

static void
page_values_are_escaped_for_their_place(void **state)
{
    (void)state;
    assert_page("<a title=\"{{t}}\">", "{\"t\":\"<'&\\\"\"}",
                "<a title=\"&lt;&#39;&amp;&quot;\">");
    assert_page("?q={{url:q}}", "{\"q\":\"a b&c=ç/\"}",
                "?q=a%20b%26c%3D%C3%A7%2F");
    assert_page("{{ url:a.b }}", "{\"a\":{\"b\":\"x y\"}}", "x%20y");
    assert_page("{{n}} {{d}} {{b}} {{big}}",
                "{\"n\":-7,\"d\":0.1,\"b\":true,"
                "\"big\":18446744073709551615}",
                "-7 0.1 true 18446744073709551615");
}

static void
page_json_cannot_leave_its_data_block(void **state)
{
    (void)state;
    assert_page("{{json:x}}",
                "{\"x\":{\"a\":\"</script><!--&'\\u2028\\u2029é\"}}",
                "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\\u0027"
                "\\u2028\\u2029é\"}");
    assert_page("{{json:n}} {{json:l}}", "{\"n\":null,\"l\":[1,\"a\"]}",
                "null [1,\"a\"]");
}

static void
page_raw_forms_are_refused(void **state)
{
    (void)state;
    assert_refused(MUSTACHE_PAGE, "a\n{{{x}}}", "t:2: \"x\": páginas não têm");
    assert_refused(MUSTACHE_PAGE, "{{&x}}", "forma crua");
    assert_refused(MUSTACHE_PAGE, "{{=<% %>=}}<%{x}%>", "forma crua");
    assert_refused(MUSTACHE_PAGE, "{{#s}}{{& x }}{{/s}}", "forma crua");
}

static void
page_names_outside_the_alphabet_are_refused(void **state)
{
    static const char *const bad[] = {
        "{{a b}}",          "{{a..b}}",      "{{.a}}",    "{{a.}}",
        "{{html:x}}",       "{{url:}}",      "{{>../x}}", "{{>a.b}}",
        "{{#a:b}}{{/a:b}}", "{{^_}}x{{/_}}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(MUSTACHE_PAGE, bad[i], "t:1: ");
}

static const char *
to_english(const char *msgid)
{
    if (strcmp(msgid, "Olá, {{user.name}}!") == 0)
        return "{{ user.name }}: hello <b>";
    return strcmp(msgid, "Sair & voltar") == 0 ? "Leave & return" : msgid;
}

static void
page_sentence_is_translated_then_filled_and_escaped(void **state)
{
    struct bench *b = bench_new(MUSTACHE_PAGE);
    const char *data = "{\"user\":{\"name\":\"<Zé>\"}}";

    (void)state;
    assert_string_equal(
        render(b, "<p>{{#_}}\n  Olá,\n  {{ user.name }}!\n{{/_}}</p>", data),
        "<p>Olá, &lt;Zé&gt;!</p>");
    b->env.translate = to_english;
    assert_string_equal(render(b, "{{#_}}Olá, {{user.name}}!{{/_}}", data),
                        "&lt;Zé&gt;: hello &lt;b&gt;");
    assert_string_equal(render(b, "{{#_}} Sair & voltar {{/_}}", data),
                        "Leave &amp; return");
    assert_string_equal(b->missing.data, "");
    assert_string_equal(render(b, "{{#_}}{{falta}} {{.}}{{/_}}", "\"eu\""),
                        " eu");
    assert_string_equal(b->missing.data, "falta;");
    bench_free(b);
}

static void
page_sentence_with_markup_or_tags_is_refused(void **state)
{
    static const char *const bad[] = {
        "{{#_}}a <b>b</b>{{/_}}",    "{{#_}}{{{x}}}{{/_}}",    "{{#_}}a",
        "{{#_}}{{#x}}a{{/x}}{{/_}}", "{{#_}}{{url:x}}{{/_}}",  "{{#_}} {{/_}}",
        "{{#_}}{{>x}}{{/_}}",        "{{=| |=}}|#_|{{x}}|/_|", "{{#_}}{{/x}}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(MUSTACHE_PAGE, bad[i], "t:1: ");
}

static void
missing_names_are_reported_but_null_is_not(void **state)
{
    struct bench *b = bench_new(MUSTACHE_PAGE);

    (void)state;
    assert_string_equal(
        render(b, "{{a}}{{b.c}}{{#l}}{{n}}{{q}}{{/l}}{{^z}}z{{/z}}{{nada.x}}",
               "{\"b\":{},\"l\":[{\"n\":1}],\"nada\":null}"),
        "1z");
    assert_string_equal(b->missing.data, "a;b.c;q;z;");
    bench_free(b);
}

static void
empty_text_and_zero_are_false(void **state)
{
    (void)state;
    assert_page("{{#e}}x{{/e}}{{^z}}0{{/z}}{{#t}}t{{/t}}",
                "{\"e\":\"\",\"z\":0,\"t\":\"0\"}", "0t");
}

/* ---- erros e limites ---- */

static void
syntax_errors_name_file_and_line(void **state)
{
    (void)state;
    assert_refused(MUSTACHE_SPEC, "a\n\n{{x", "t:3: marca {{ sem o }}");
    assert_refused(MUSTACHE_SPEC, "{{{x}}", "sem o }}}");
    assert_refused(MUSTACHE_SPEC, "\n{{#a}}\n", "t:2: a seção \"a\" não foi");
    assert_refused(MUSTACHE_SPEC, "{{#a}}\n{{/b}}", "t:2: {{/b}} onde se");
    assert_refused(MUSTACHE_SPEC, "{{/a}}", "sem a seção");
    assert_refused(MUSTACHE_SPEC, "{{}}", "falta o nome");
    assert_refused(MUSTACHE_SPEC, "{{=a=}}", "delimitadores");
    assert_refused(MUSTACHE_SPEC, "{{=a= b=}}", "delimitador inválido");
    assert_refused(MUSTACHE_SPEC, "{{=123456789 b=}}", "delimitadores");
    assert_refused(MUSTACHE_PAGE, "\n{{>x}}", "t:2: parcial \"x\" não existe");
}

static void
depth_and_size_limits_stop_hostile_templates(void **state)
{
    struct bench *b = bench_new(MUSTACHE_SPEC);
    char *deep = malloc(2 << 20);
    size_t i;

    (void)state;
    deep[0] = '\0';
    for (i = 0; i < 65; i++)
        strcpy(deep + i * 6, "{{#a}}");
    assert_null(render(b, deep, "{}"));
    assert_non_null(strstr(b->error.text, "mais de 64 seções"));

    memset(deep, 'x', (2 << 20) - 1);
    assert_null(render_n(b, deep, (1 << 20) + 1, NULL));
    assert_non_null(strstr(b->error.text, "modelo com mais de"));
    snprintf(deep, 300, "{{%0200d}}", 0);
    assert_null(render(b, deep, "{}"));
    assert_non_null(strstr(b->error.text, "nome com mais de"));
    free(deep);

    b->partials = json_tokener_parse(
        "{\"again\":\"x\\n {{>again}}\\n\",\"twice\":\"{{>two}}{{>two}}\","
        "\"two\":\"{{#a}}{{>twice}}{{/a}}\"}");
    b->env.max_nodes = 20000;
    assert_null(render(b, "{{>again}}", "{}"));
    assert_non_null(strstr(b->error.text, "seções e parciais abertos"));
    assert_null(render(b, "{{>twice}}", "{\"a\":true}"));
    b->env.max_nodes = 0;
    b->env.max_bytes = 10;
    assert_null(render(b, "{{#l}}abcdef{{/l}}", "{\"l\":[1,2]}"));
    assert_non_null(strstr(b->error.text, "tamanho máximo"));
    bench_free(b);
}

static void
node_budget_stops_doubling_partials(void **state)
{
    struct bench *b = bench_new(MUSTACHE_SPEC);

    (void)state;
    b->partials = json_tokener_parse("{\"p\":\"{{#l}}{{.}}{{/l}}\"}");
    b->env.max_nodes = 100;
    assert_null(render(b, "{{#l}}{{#l}}{{#l}}{{>p}}{{/l}}{{/l}}{{/l}}",
                       "{\"l\":[1,2,3,4,5,6,7,8,9]}"));
    assert_non_null(strstr(b->error.text, "nós demais"));
    bench_free(b);
}

static void
failed_render_leaves_output_as_it_was(void **state)
{
    struct bench *b = bench_new(MUSTACHE_PAGE);
    const char *text = "novo {{>falta}}";
    const struct mustache *t;
    struct str out;

    (void)state;
    str_init(&out, b->arena, 0);
    str_puts(&out, "antes");
    t = mustache_compile(b->arena, "t", (struct slice){ text, strlen(text) },
                         b->mode, &b->error);
    assert_false(mustache_render(t, NULL, &b->env, &out, &b->error));
    assert_string_equal(out.data, "antes");
    assert_int_equal(out.len, 5);
    bench_free(b);
}

static void
list_use(void *user, const struct mustache_use *use)
{
    static const char *const kinds[] = { "v", "s", "p", "t" };

    str_printf(user, "%s:%u:%s<%s;", kinds[use->kind], use->line, use->name,
               use->within);
}

static void
uses_are_listed_with_line_and_section(void **state)
{
    struct bench *b = bench_new(MUSTACHE_PAGE);
    const char *text = "{{a}}\n{{#l}}\n{{url:b}}{{#_}}Oi {{c}}{{/_}}\n{{/l}}\n"
                       "{{>p}}{{^z}}{{/z}}{{json:d}}";
    const struct mustache *t;
    struct str out;

    (void)state;
    str_init(&out, b->arena, 0);
    t = mustache_compile(b->arena, "t", (struct slice){ text, strlen(text) },
                         b->mode, &b->error);
    mustache_each_use(t, list_use, &out);
    assert_string_equal(out.data, "v:1:a<;s:2:l<;v:3:b<l;v:3:c<l;"
                                  "t:3:Oi {{c}}<l;p:5:p<;s:5:z<;v:5:d<;");
    bench_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_cases_render_as_written),
        cmocka_unit_test(official_spec_files_pass_when_present),
        cmocka_unit_test(page_values_are_escaped_for_their_place),
        cmocka_unit_test(page_json_cannot_leave_its_data_block),
        cmocka_unit_test(page_raw_forms_are_refused),
        cmocka_unit_test(page_names_outside_the_alphabet_are_refused),
        cmocka_unit_test(page_sentence_is_translated_then_filled_and_escaped),
        cmocka_unit_test(page_sentence_with_markup_or_tags_is_refused),
        cmocka_unit_test(missing_names_are_reported_but_null_is_not),
        cmocka_unit_test(empty_text_and_zero_are_false),
        cmocka_unit_test(syntax_errors_name_file_and_line),
        cmocka_unit_test(depth_and_size_limits_stop_hostile_templates),
        cmocka_unit_test(node_budget_stops_doubling_partials),
        cmocka_unit_test(failed_render_leaves_output_as_it_was),
        cmocka_unit_test(uses_are_listed_with_line_and_section),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
