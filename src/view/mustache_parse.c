/* mustache_parse.c - do texto do modelo ao vetor de nós. */
#include "view/mustache_node.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define DELIMITER_MAX 8

struct parser {
    struct arena *arena;
    struct mustache *t;
    struct mustache_error *error;
    const char *src;
    size_t n, pos;
    char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1];
    uint32_t capacity;
    uint32_t stack[MUSTACHE_SECTIONS_MAX];
    unsigned depth;
    size_t counted; /* até onde as linhas já foram contadas */
    unsigned line;
};

struct tag {
    size_t start, end; /* do delimitador inicial ao fim do final */
    size_t indent;     /* bytes de recuo, se sozinho na linha */
    char sigil;        /* '\0' é {{nome}} */
    const char *body;  /* sem espaços em volta */
    size_t len;
    unsigned line;
};

#define REFUSE(p, line, ...) \
    mustache_refuse((p)->error, (p)->t->file, (line), __VA_ARGS__)

/* Como %.*s pede: nome hostil não estica a mensagem. */
#define SHOW(tag) (int)((tag)->len < 60 ? (tag)->len : 60), (tag)->body

static unsigned
line_of(struct parser *p, size_t pos)
{
    for (; p->counted < pos; p->counted++)
        if (p->src[p->counted] == '\n')
            p->line++;
    return p->line;
}

static struct node *
add_node(struct parser *p, enum node_kind kind, unsigned line)
{
    struct mustache *t = p->t;
    struct node *node;

    if (t->count == p->capacity) {
        uint32_t capacity = p->capacity > 0 ? p->capacity * 2 : 16;

        node = arena_alloc(p->arena, capacity * sizeof *node);
        if (t->count > 0)
            memcpy(node, t->nodes, t->count * sizeof *node);
        t->nodes = node;
        p->capacity = capacity;
    }
    node = &t->nodes[t->count++];
    *node = (struct node){ .kind = (uint8_t)kind, .line = line };
    return node;
}

static bool
at_line_start(const struct parser *p, size_t pos)
{
    return pos == 0 || p->src[pos - 1] == '\n';
}

static void
add_text(struct parser *p, size_t from, size_t to)
{
    struct node *node = add_node(p, NODE_TEXT, line_of(p, from));

    node->text = p->src + from;
    node->len = (uint32_t)(to - from);
    node->starts_line = at_line_start(p, from);
}

static bool
check_name(struct parser *p, const struct tag *tag)
{
    const char *allowed = tag->sigil == '>' ? "_-/" : "_-.";

    if (tag->len == 0)
        return REFUSE(p, tag->line, "falta o nome dentro da marca");
    if (tag->len > MUSTACHE_NAME_MAX)
        return REFUSE(p, tag->line, "nome com mais de %d bytes",
                      MUSTACHE_NAME_MAX);
    if (memchr(tag->body, '\0', tag->len) != NULL ||
        (p->t->mode == MUSTACHE_PAGE &&
         !mustache_is_page_name(tag->body, tag->len, allowed)))
        return REFUSE(p, tag->line, "nome inválido: \"%.*s\"", SHOW(tag));
    return true;
}

static void
trim(struct tag *tag)
{
    while (tag->len > 0 && isspace((unsigned char)tag->body[0])) {
        tag->body++;
        tag->len--;
    }
    while (tag->len > 0 && isspace((unsigned char)tag->body[tag->len - 1]))
        tag->len--;
}

/* Lê a marca que começa em start; o sigilo decide como ela termina. */
static bool
read_tag(struct parser *p, size_t start, struct tag *tag)
{
    const char *from = p->src + start + strlen(p->open), *stop;
    const char *limit = p->src + p->n;
    char ending[DELIMITER_MAX + 2];
    char sigil;

    *tag = (struct tag){ .start = start, .line = line_of(p, start) };
    while (from < limit && isspace((unsigned char)*from))
        from++;
    sigil = from < limit ? *from : '\0';
    if (sigil != '\0' && strchr("#^/>!&={", sigil) != NULL) {
        tag->sigil = sigil;
        from++;
    }
    snprintf(ending, sizeof ending, "%s%s",
             sigil == '{'   ? "}"
             : sigil == '=' ? "="
                            : "",
             p->close);
    stop = memmem(from, (size_t)(limit - from), ending, strlen(ending));
    if (stop == NULL)
        return REFUSE(p, tag->line, "marca %s sem o %s que a fecha", p->open,
                      ending);
    tag->body = from;
    tag->len = (size_t)(stop - from);
    tag->end = (size_t)(stop - p->src) + strlen(ending);
    trim(tag);
    return true;
}

static bool
is_sentence(const struct parser *p, const struct tag *tag)
{
    return p->t->mode == MUSTACHE_PAGE && tag->len == 1 &&
           tag->body[0] == '_' && tag->sigil == '#';
}

/*
 * Guarda o texto antes da marca e avança. Uma marca que não escreve nada e
 * está sozinha leva consigo a linha inteira.
 */
static void
place_tag(struct parser *p, struct tag *tag)
{
    size_t from = tag->start, to = tag->end;
    bool alone = tag->sigil != '\0' && strchr("#^/>!=", tag->sigil) != NULL &&
                 !is_sentence(p, tag);

    while (alone && from > p->pos &&
           (p->src[from - 1] == ' ' || p->src[from - 1] == '\t'))
        from--;
    while (alone && to < p->n && (p->src[to] == ' ' || p->src[to] == '\t'))
        to++;
    if (to + 1 < p->n && p->src[to] == '\r' && p->src[to + 1] == '\n')
        to++;
    if (alone && at_line_start(p, from) && (to == p->n || p->src[to] == '\n')) {
        tag->indent = tag->start - from;
        if (from > p->pos)
            add_text(p, p->pos, from);
        p->pos = to < p->n ? to + 1 : to;
        return;
    }
    if (tag->start > p->pos)
        add_text(p, p->pos, tag->start);
    /* O texto vazio marca o começo da linha, para o recuo de parciais. */
    if (at_line_start(p, tag->start))
        add_text(p, tag->start, tag->start);
    p->pos = tag->end;
}

static void
add_named(struct parser *p, enum node_kind kind, const struct tag *tag)
{
    struct node *node = add_node(p, kind, tag->line);
    char *path = arena_memdup(p->arena, tag->body, tag->len);

    node->text = arena_memdup(p->arena, tag->body, tag->len);
    node->parts = (uint16_t)mustache_split(path);
    node->path = path;
}

static bool
take_value(struct parser *p, struct tag *tag)
{
    static const struct {
        const char *prefix;
        enum node_kind kind;
    } forms[] = { { "url:", NODE_URL },
                  { "json:", NODE_JSON },
                  { "wa:", NODE_RICH } };
    enum node_kind kind = tag->sigil == '\0' ? NODE_VALUE : NODE_RAW;
    size_t i;

    if (p->t->mode == MUSTACHE_PAGE && kind == NODE_RAW)
        return REFUSE(p, tag->line, "\"%.*s\": páginas não têm forma crua",
                      SHOW(tag));
    for (i = 0; p->t->mode == MUSTACHE_PAGE && i < sizeof forms / sizeof *forms;
         i++) {
        size_t n = strlen(forms[i].prefix);

        if (tag->len > n && memcmp(tag->body, forms[i].prefix, n) == 0) {
            kind = forms[i].kind;
            tag->body += n;
            tag->len -= n;
            break;
        }
    }
    if (!check_name(p, tag))
        return false;
    add_named(p, kind, tag);
    return true;
}

static bool
take_open(struct parser *p, const struct tag *tag)
{
    if (!check_name(p, tag))
        return false;
    if (p->t->mode == MUSTACHE_PAGE && tag->len == 1 && tag->body[0] == '_')
        return REFUSE(p, tag->line, "{{^_}} não existe");
    if (p->depth == MUSTACHE_SECTIONS_MAX)
        return REFUSE(p, tag->line, "mais de %d seções uma dentro da outra",
                      MUSTACHE_SECTIONS_MAX);
    p->stack[p->depth++] = p->t->count;
    add_named(p, tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED, tag);
    return true;
}

static bool
take_close(struct parser *p, const struct tag *tag)
{
    struct node *node;

    if (p->depth == 0)
        return REFUSE(p, tag->line, "{{/%.*s}} sem a seção que fecharia",
                      SHOW(tag));
    node = &p->t->nodes[p->stack[p->depth - 1]];
    if (strlen(node->text) != tag->len ||
        memcmp(node->text, tag->body, tag->len) != 0)
        return REFUSE(p, tag->line,
                      "{{/%.*s}} onde se esperava {{/%.60s}} (linha %u)",
                      SHOW(tag), node->text, (unsigned)node->line);
    node->end = p->t->count;
    p->depth--;
    return true;
}

static bool
take_partial(struct parser *p, const struct tag *tag)
{
    struct node *node;

    if (!check_name(p, tag))
        return false;
    if (tag->indent > MUSTACHE_INDENT_MAX)
        return REFUSE(p, tag->line, "recuo de mais de %d bytes",
                      MUSTACHE_INDENT_MAX);
    node = add_node(p, NODE_PARTIAL, tag->line);
    node->text = arena_memdup(p->arena, tag->body, tag->len);
    node->path = p->src + tag->start - tag->indent;
    node->len = (uint32_t)tag->indent;
    return true;
}

static bool
take_delimiters(struct parser *p, const struct tag *tag)
{
    const char *s = tag->body;
    size_t left, right, i;

    for (left = 0; left < tag->len && !isspace((unsigned char)s[left]); left++)
        ;
    for (i = left; i < tag->len && isspace((unsigned char)s[i]); i++)
        ;
    right = tag->len - i;
    if (left == 0 || right == 0 || left > DELIMITER_MAX ||
        right > DELIMITER_MAX)
        return REFUSE(p, tag->line, "delimitadores: dois, de 1 a %d bytes",
                      DELIMITER_MAX);
    for (i = 0; i < tag->len; i++) {
        if (s[i] == '=' || s[i] == '\0' ||
            (i >= tag->len - right && isspace((unsigned char)s[i])))
            return REFUSE(p, tag->line, "delimitador inválido");
    }
    snprintf(p->open, sizeof p->open, "%.*s", (int)left, s);
    snprintf(p->close, sizeof p->close, "%.*s", (int)right,
             s + tag->len - right);
    return true;
}

static bool
sentence_text(struct parser *p, size_t to, unsigned line, struct str *text)
{
    const char *s = p->src + p->pos;
    size_t n = to - p->pos;

    if (memchr(s, '<', n) != NULL || memmem(s, n, "{{", 2) != NULL ||
        memchr(s, '\0', n) != NULL)
        return REFUSE(p, line, "{{#_}} é texto puro, sem marcação HTML");
    str_add(text, s, n);
    return true;
}

static bool
take_sentence(struct parser *p, const struct tag *first)
{
    struct str text;
    struct node *node;
    struct tag tag;

    str_init(&text, p->arena, 64);
    for (;;) {
        const char *at =
            memmem(p->src + p->pos, p->n - p->pos, p->open, strlen(p->open));

        if (at == NULL)
            return REFUSE(p, first->line, "{{#_}} sem {{/_}}");
        if (!sentence_text(p, (size_t)(at - p->src), first->line, &text) ||
            !read_tag(p, (size_t)(at - p->src), &tag))
            return false;
        p->pos = tag.end;
        if (tag.sigil == '/' && tag.len == 1 && tag.body[0] == '_')
            break;
        if (tag.sigil != '\0')
            return REFUSE(p, tag.line, "em {{#_}} só cabe texto e {{nome}}");
        if (!check_name(p, &tag))
            return false;
        str_puts(&text, "{{");
        str_add(&text, tag.body, tag.len);
        str_puts(&text, "}}");
    }
    node = add_node(p, NODE_SENTENCE, first->line);
    node->text = mustache_squeeze(p->arena, &text);
    if (node->text[0] == '\0')
        return REFUSE(p, first->line, "{{#_}} vazio");
    return true;
}

static bool
take_tag(struct parser *p, struct tag *tag)
{
    if (is_sentence(p, tag))
        return take_sentence(p, tag);
    switch (tag->sigil) {
    case '!':
        return true;
    case '#':
    case '^':
        return take_open(p, tag);
    case '/':
        return take_close(p, tag);
    case '>':
        return take_partial(p, tag);
    case '=':
        return take_delimiters(p, tag);
    default:
        return take_value(p, tag);
    }
}

static bool
parse(struct parser *p)
{
    struct tag tag;

    while (p->pos < p->n) {
        const char *at =
            memmem(p->src + p->pos, p->n - p->pos, p->open, strlen(p->open));

        if (at == NULL) {
            add_text(p, p->pos, p->n);
            break;
        }
        if (!read_tag(p, (size_t)(at - p->src), &tag))
            return false;
        place_tag(p, &tag);
        if (!take_tag(p, &tag))
            return false;
    }
    if (p->depth > 0) {
        const struct node *node = &p->t->nodes[p->stack[p->depth - 1]];

        return REFUSE(p, node->line, "a seção \"%.60s\" não foi fechada",
                      node->text);
    }
    return true;
}

const struct mustache *
mustache_compile(struct arena *a, const char *file, struct slice text,
                 enum mustache_mode mode, struct mustache_error *error)
{
    struct parser p = {
        .arena = a,
        .error = error,
        .n = text.len,
        .line = 1,
        .open = "{{",
        .close = "}}",
    };

    p.t = arena_alloc(a, sizeof *p.t);
    p.t->file = arena_strdup(a, file);
    p.t->mode = mode;
    if (text.len > MUSTACHE_SOURCE_MAX) {
        REFUSE(&p, 1, "modelo com mais de %d bytes", MUSTACHE_SOURCE_MAX);
        return NULL;
    }
    p.src = arena_memdup(a, text.data, text.len);
    return parse(&p) ? p.t : NULL;
}
