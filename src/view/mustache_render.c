/* mustache_render.c - dos nós e do contexto ao texto. */
#include "view/mustache_node.h"

#include <string.h>

#include "view/wa_format.h"

#define NODES_DEFAULT 1000000
#define BYTES_DEFAULT ((size_t)16 << 20)

/* Pilha de contextos; vive na pilha do C, que MUSTACHE_DEPTH_MAX limita. */
struct frame {
    struct json_object *value;
    const struct frame *up;
};

struct render {
    const struct mustache *t; /* o arquivo em curso: modelo ou parcial */
    const struct mustache_env *env;
    struct str *out;
    struct mustache_error *error;
    struct slice indent; /* antes de cada linha do parcial em curso */
    size_t nodes_left, bytes_end;
    unsigned depth;
};

static bool render_range(struct render *r, uint32_t from, uint32_t to,
                         const struct frame *top);

static void
put_raw(struct str *out, const char *text, size_t n)
{
    str_add(out, text, n);
}

static bool
find_first(const struct frame *top, const char *name,
           struct json_object **value)
{
    for (; top != NULL; top = top->up) {
        if (json_object_is_type(top->value, json_type_object) &&
            json_object_object_get_ex(top->value, name, value))
            return true;
    }
    return false;
}

/* Só a primeira parte sobe na pilha; as demais, só dentro da anterior. */
static struct json_object *
lookup(struct render *r, const struct node *node, const struct frame *top)
{
    struct json_object *value = NULL;
    const char *part = node->path;
    unsigned i;
    bool found;

    if (node->parts == 0)
        return top->value;
    found = find_first(top, part, &value);
    for (i = 1; found && i < node->parts && value != NULL; i++) {
        part += strlen(part) + 1;
        found = json_object_is_type(value, json_type_object) &&
                json_object_object_get_ex(value, part, &value);
    }
    if (found)
        return value;
    if (r->env->missing != NULL)
        r->env->missing(r->env->user, r->t->file, node->line, node->text);
    return NULL;
}

static bool
too_long(struct render *r, const struct node *node)
{
    if (r->out->len <= r->bytes_end)
        return false;
    mustache_refuse(r->error, r->t->file, node->line,
                    "a página passou do tamanho máximo");
    return true;
}

static bool
render_text(struct render *r, const struct node *node)
{
    const char *from = node->text, *end = node->text + node->len, *line;

    if (r->indent.len == 0) {
        str_add(r->out, from, node->len);
        return true;
    }
    if (node->starts_line)
        str_add(r->out, r->indent.data, r->indent.len);
    while (from < end &&
           (line = memchr(from, '\n', (size_t)(end - from))) != NULL &&
           line + 1 < end) {
        str_add(r->out, from, (size_t)(line + 1 - from));
        str_add(r->out, r->indent.data, r->indent.len);
        from = line + 1;
        if (too_long(r, node))
            return false;
    }
    str_add(r->out, from, (size_t)(end - from));
    return true;
}

static void
render_sentence(struct render *r, const struct node *node,
                const struct frame *top)
{
    const char *text = node->text, *at, *end;
    char name[MUSTACHE_NAME_MAX + 1], path[MUSTACHE_NAME_MAX + 1];

    if (r->env->translate != NULL)
        text = r->env->translate(text);
    for (at = text; mustache_placeholder(&at, &end, name); text = at = end) {
        struct node value = { .line = node->line, .text = name, .path = path };

        strcpy(path, name);
        value.parts = (uint16_t)mustache_split(path);
        str_html(r->out, text, (size_t)(at - text));
        mustache_put_value(r->out, lookup(r, &value, top), str_html);
    }
    str_html(r->out, text, strlen(text));
}

static bool
go_deeper(struct render *r, const struct node *node)
{
    if (r->depth < MUSTACHE_DEPTH_MAX) {
        r->depth++;
        return true;
    }
    return mustache_refuse(r->error, r->t->file, node->line,
                           "mais de %d seções e parciais abertos",
                           MUSTACHE_DEPTH_MAX);
}

static bool
render_section(struct render *r, uint32_t index, const struct frame *top)
{
    const struct node *node = &r->t->nodes[index];
    struct json_object *value = lookup(r, node, top);
    bool truthy = mustache_truthy(value), ok = true;
    size_t i, n;

    if (truthy == (node->kind == NODE_INVERTED))
        return true;
    if (!go_deeper(r, node))
        return false;
    if (node->kind == NODE_INVERTED) {
        ok = render_range(r, index + 1, node->end, top);
    } else if (json_object_is_type(value, json_type_array)) {
        n = json_object_array_length(value);
        for (i = 0; ok && i < n; i++)
            ok = render_range(
                r, index + 1, node->end,
                &(struct frame){ json_object_array_get_idx(value, i), top });
    } else {
        ok = render_range(r, index + 1, node->end,
                          &(struct frame){ value, top });
    }
    r->depth--;
    return ok;
}

static struct slice
join_indent(struct render *r, const struct node *node)
{
    struct slice outer = r->indent;
    size_t n = outer.len + node->len;
    char *both;

    if (node->len == 0 || n > MUSTACHE_INDENT_MAX)
        return outer;
    both = arena_alloc(r->out->arena, n + 1);
    if (outer.len > 0)
        memcpy(both, outer.data, outer.len);
    memcpy(both + outer.len, node->path, node->len);
    return (struct slice){ both, n };
}

static bool
render_partial(struct render *r, const struct node *node,
               const struct frame *top)
{
    const struct mustache *outer = r->t, *inner = NULL;
    struct slice indent = r->indent;
    bool ok;

    r->error->text[0] = '\0';
    if (r->env->partial != NULL)
        inner = r->env->partial(r->env->user, node->text, r->error);
    if (inner == NULL) {
        if (outer->mode == MUSTACHE_SPEC)
            return true;
        if (r->error->text[0] == '\0')
            mustache_refuse(r->error, outer->file, node->line,
                            "parcial \"%.80s\" não existe", node->text);
        return false;
    }
    if (!go_deeper(r, node))
        return false;
    r->indent = join_indent(r, node);
    r->t = inner;
    ok = render_range(r, 0, inner->count, top);
    r->t = outer;
    r->indent = indent;
    r->depth--;
    return ok;
}

static bool
render_node(struct render *r, uint32_t index, const struct frame *top)
{
    const struct node *node = &r->t->nodes[index];

    switch ((enum node_kind)node->kind) {
    case NODE_TEXT:
        return render_text(r, node);
    case NODE_VALUE:
        mustache_put_value(r->out, lookup(r, node, top), str_html);
        return true;
    case NODE_RAW:
        mustache_put_value(r->out, lookup(r, node, top), put_raw);
        return true;
    case NODE_URL:
        mustache_put_value(r->out, lookup(r, node, top), str_url);
        return true;
    case NODE_RICH:
        mustache_put_value(r->out, lookup(r, node, top), wa_format);
        return true;
    case NODE_JSON:
        mustache_put_json(r->out, lookup(r, node, top));
        return true;
    case NODE_SENTENCE:
        render_sentence(r, node, top);
        return true;
    case NODE_PARTIAL:
        return render_partial(r, node, top);
    case NODE_SECTION:
    case NODE_INVERTED:
        return render_section(r, index, top);
    }
    return true;
}

static bool
render_range(struct render *r, uint32_t from, uint32_t to,
             const struct frame *top)
{
    while (from < to) {
        const struct node *node = &r->t->nodes[from];

        if (r->nodes_left-- == 0) {
            r->nodes_left = 0;
            return mustache_refuse(r->error, r->t->file, node->line,
                                   "a página tem nós demais");
        }
        if (!render_node(r, from, top) || too_long(r, node))
            return false;
        from = node->end > from ? node->end : from + 1;
    }
    return true;
}

bool
mustache_render(const struct mustache *t, struct json_object *model,
                const struct mustache_env *env, struct str *out,
                struct mustache_error *error)
{
    static const struct mustache_env none;
    struct frame root = { model, NULL };
    struct render r = {
        .t = t, .env = env != NULL ? env : &none, .out = out, .error = error
    };
    size_t before = out->len;

    r.nodes_left = r.env->max_nodes > 0 ? r.env->max_nodes : NODES_DEFAULT;
    r.bytes_end =
        before + (r.env->max_bytes > 0 ? r.env->max_bytes : BYTES_DEFAULT);
    str_add(out, "", 0);
    if (render_range(&r, 0, t->count, &root))
        return true;
    out->len = before;
    out->data[before] = '\0';
    return false;
}
