/*
 * mustache_fuzz.c - compila e renderiza o que vier.
 * Entrada: 1 byte (bit 0: modo página), o modelo, '\0', um parcial que
 * responde por qualquer nome, '\0', o contexto em JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "kit.h"
#include "view/mustache.h"

struct input {
    struct arena *arena;
    enum mustache_mode mode;
    struct slice text, partial, json;
    const struct mustache *compiled;
    bool tried;
};

/* O pedaço até o próximo '\0', que também é consumido. */
static struct slice
cut(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *from = *at;
    const uint8_t *stop =
        from < end ? memchr(from, 0, (size_t)(end - from)) : NULL;

    if (stop == NULL)
        stop = end;
    *at = stop < end ? stop + 1 : end;
    return (struct slice){ (const char *)from, (size_t)(stop - from) };
}

static const struct mustache *
any_partial(void *user, const char *name, struct mustache_error *error)
{
    struct input *in = user;

    (void)name;
    if (!in->tried) {
        in->tried = true;
        in->compiled =
            mustache_compile(in->arena, "p", in->partial, in->mode, error);
    }
    return in->compiled;
}

static void
see_use(void *user, const struct mustache_use *use)
{
    *(size_t *)user += strlen(use->name) + strlen(use->within);
}

static void
see_missing(void *user, const char *file, unsigned line, const char *name)
{
    (void)user;
    if (file == NULL || line == 0 || name == NULL)
        abort();
}

/* Devolve o msgid como tradução com mais um nome, que o modelo não previu. */
static const char *
translate(const char *msgid)
{
    return strlen(msgid) % 2 ? msgid : "{{a.b}} {{ c }} {{ {{.}}";
}

static void
check_page_output(const struct str *out)
{
    if (strlen(out->data) > out->len)
        abort();
}

static void
run(struct input *in)
{
    struct json_object *model = NULL;
    struct mustache_env env = {
        .partial = any_partial,
        .missing = see_missing,
        .translate = translate,
        .user = in,
        .max_nodes = 20000,
        .max_bytes = 1 << 18,
    };
    struct mustache_error error = { "" };
    const struct mustache *t;
    struct json_tokener *tok;
    struct str out;
    size_t total = 0;

    t = mustache_compile(in->arena, "t", in->text, in->mode, &error);
    if (t == NULL) {
        if (error.text[0] == '\0')
            abort();
        return;
    }
    mustache_each_use(t, see_use, &total);
    tok = json_tokener_new();
    if (in->json.len > 0)
        model = json_tokener_parse_ex(tok, in->json.data, (int)in->json.len);
    str_init(&out, in->arena, 0);
    if (!mustache_render(t, model, &env, &out, &error) &&
        (error.text[0] == '\0' || out.len != 0))
        abort();
    check_page_output(&out);
    json_object_put(model);
    json_tokener_free(tok);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *at = data, *end = data + size;
    struct input in = { 0 };

    if (size == 0)
        return 0;
    in.mode = *at++ & 1 ? MUSTACHE_PAGE : MUSTACHE_SPEC;
    in.text = cut(&at, end);
    in.partial = cut(&at, end);
    in.json = cut(&at, end);
    in.arena = arena_new(4096);
    run(&in);
    arena_free(in.arena);
    return 0;
}
