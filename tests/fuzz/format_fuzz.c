/* format_fuzz.c - qualquer texto pelo formatador; só saem as marcas da casa. */
#include <string.h>

#include "base/arena.h"
#include "kit.h"
#include "view/wa_format.h"

static const char *const allowed[] = {
    "<strong>", "</strong>", "<em>",  "</em>",  "<s>",          "</s>",
    "<code>",   "</code>",   "<pre>", "</pre>", "<ul>",         "</ul>",
    "</ol>",    "<li>",      "</li>", "</a>",   "<blockquote>", "</blockquote>",
};

/* O href só tem o que o link tem, e começa pelo protocolo. */
static size_t
check_link(const char *p)
{
    static const char tail[] =
        "\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">";
    const char *url = p + 9, *quote = strchr(url, '"');

    need(strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0);
    need(quote != NULL && memchr(url, '<', (size_t)(quote - url)) == NULL);
    need(strncmp(quote, tail, sizeof tail - 1) == 0);
    return (size_t)(quote - p) + sizeof tail - 1;
}

static size_t
check_tag(const char *p)
{
    size_t i, n;

    for (i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strncmp(p, allowed[i], strlen(allowed[i])) == 0)
            return strlen(allowed[i]);
    if (strncmp(p, "<ol start=\"", 11) == 0) {
        n = strspn(p + 11, "0123456789");
        need(n >= 1 && n <= 3 && strncmp(p + 11 + n, "\">", 2) == 0);
        return 13 + n;
    }
    need(strncmp(p, "<a href=\"", 9) == 0);
    return check_link(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    const char *text = arena_memdup(a, data, size), *p;
    struct str out;
    int depth = 0;

    str_init(&out, a, 64);
    wa_format(&out, text, strlen(text));
    for (p = out.data != NULL ? out.data : ""; *p != '\0';) {
        if (*p != '<') {
            need(*p != '>' && *p != '"' && *p != '\'');
            p++;
            continue;
        }
        depth += p[1] == '/' ? -1 : 1;
        need(depth >= 0);
        p += check_tag(p);
    }
    need(depth == 0);
    arena_free(a);
    return 0;
}
