/* mustache_name.c - nomes, frases e a lista do que um modelo usa. */
#include "view/mustache_node.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
mustache_refuse(struct mustache_error *error, const char *file, unsigned line,
                const char *format, ...)
{
    va_list args;
    int n;

    n = snprintf(error->text, sizeof error->text, "%.96s:%u: ", file, line);
    va_start(args, format);
    vsnprintf(error->text + n, sizeof error->text - (size_t)n, format, args);
    va_end(args);
    return false;
}

unsigned
mustache_split(char *name)
{
    unsigned parts = 1;

    if (strcmp(name, ".") == 0)
        return 0;
    for (; *name != '\0'; name++) {
        if (*name == '.') {
            *name = '\0';
            parts++;
        }
    }
    return parts;
}

bool
mustache_placeholder(const char **at, const char **end,
                     char name[MUSTACHE_NAME_MAX + 1])
{
    const char *open = *at, *close;

    while ((open = strstr(open, "{{")) != NULL) {
        const char *from = open + 2;
        size_t n;

        close = strstr(from, "}}");
        if (close == NULL)
            return false;
        *at = open;
        *end = close + 2;
        while (from < close && *from == ' ')
            from++;
        while (close > from && close[-1] == ' ')
            close--;
        n = (size_t)(close - from);
        if (n > 0 && n <= MUSTACHE_NAME_MAX) {
            memcpy(name, from, n);
            name[n] = '\0';
            return true;
        }
        open += 2;
    }
    return false;
}

bool
mustache_is_page_name(const char *name, size_t n, const char *punctuation)
{
    size_t i;

    if (n == 1 && name[0] == '.')
        return strchr(punctuation, '.') != NULL;
    if (name[0] == '.' || name[n - 1] == '.')
        return false;
    for (i = 0; i < n; i++) {
        unsigned char c = (unsigned char)name[i];

        if (!isalnum(c) && (c == '\0' || strchr(punctuation, c) == NULL))
            return false;
        if (c == '.' && name[i - 1] == '.')
            return false;
    }
    return true;
}

const char *
mustache_squeeze(struct arena *a, const struct str *text)
{
    char *out = arena_alloc(a, text->len + 1);
    size_t i, n = 0;

    for (i = 0; i < text->len; i++) {
        if (!isspace((unsigned char)text->data[i]))
            out[n++] = text->data[i];
        else if (n > 0 && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    if (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
    return out;
}

static void
visit_placeholders(const struct mustache_use *sentence,
                   void (*visit)(void *user, const struct mustache_use *use),
                   void *user)
{
    const char *at = sentence->name, *end;
    char name[MUSTACHE_NAME_MAX + 1];

    for (; mustache_placeholder(&at, &end, name); at = end) {
        struct mustache_use use = *sentence;

        use.kind = MUSTACHE_USE_VALUE;
        use.name = name;
        visit(user, &use);
    }
}

/* As seções abertas num nó são as últimas cujo fim ainda não passou. */
void
mustache_each_use(const struct mustache *t,
                  void (*visit)(void *user, const struct mustache_use *use),
                  void *user)
{
    const struct node *open[MUSTACHE_SECTIONS_MAX];
    unsigned depth = 0;
    uint32_t i;

    for (i = 0; i < t->count; i++) {
        const struct node *node = &t->nodes[i];
        struct mustache_use use = {
            .file = t->file,
            .line = node->line,
            .name = node->text,
        };

        while (depth > 0 && open[depth - 1]->end <= i)
            depth--;
        use.within = depth > 0 ? open[depth - 1]->text : "";
        switch ((enum node_kind)node->kind) {
        case NODE_TEXT:
            continue;
        case NODE_SECTION:
        case NODE_INVERTED:
            use.kind = MUSTACHE_USE_SECTION;
            open[depth++] = node;
            break;
        case NODE_PARTIAL:
            use.kind = MUSTACHE_USE_PARTIAL;
            break;
        case NODE_SENTENCE:
            use.kind = MUSTACHE_USE_SENTENCE;
            visit_placeholders(&use, visit, user);
            break;
        case NODE_VALUE:
        case NODE_RAW:
        case NODE_URL:
        case NODE_JSON:
        case NODE_RICH:
            use.kind = MUSTACHE_USE_VALUE;
            break;
        }
        visit(user, &use);
    }
}
