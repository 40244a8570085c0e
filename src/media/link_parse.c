/* link_parse.c - o cabeçalho do HTML, pela libxml2. */
#include <libxml/HTMLparser.h>
#include <string.h>
#include <strings.h>

#include "base/late_library.h"
#include "base/log.h"
#include "media/link_page.h"

#define LIBRARY "libxml2.so.2"

/* xmlFree é uma variável: o membro aponta para ela, e ela para a função. */
#define XML_SYMBOLS(DO) \
    DO(htmlReadMemory) \
    DO(xmlDocGetRootElement) \
    DO(xmlFree) \
    DO(xmlFreeDoc) \
    DO(xmlGetProp) \
    DO(xmlNodeGetContent)

static struct {
    XML_SYMBOLS(LATE_MEMBER)
} late;

static bool
load_xml(void)
{
    static const struct late_symbol symbols[] = { XML_SYMBOLS(LATE_SYMBOL) };
    static bool loaded;

    if (!loaded)
        loaded =
            late_library(LIBRARY, symbols, sizeof symbols / sizeof *symbols);
    return loaded;
}

/* Do melhor ao pior: o que a página diz de si para ser citada, e o resto. */
enum { FROM_OG, FROM_TWITTER, FROM_HTML, SOURCES };

struct head {
    struct arena *arena;
    const char *titles[SOURCES], *texts[SOURCES];
};

/* Marcas que viram o sentido do texto: fariam um endereço parecer outro. */
static bool
is_direction_mark(const unsigned char *p)
{
    return p[0] == 0xe2 &&
           ((p[1] == 0x80 && ((p[2] >= 0x8e && p[2] <= 0x8f) ||
                              (p[2] >= 0xaa && p[2] <= 0xae))) ||
            (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
}

static bool
is_blank(unsigned char c)
{
    return c <= ' ' || c == 0x7f;
}

/* Uma linha só, sem controles, até `most` caracteres. */
static const char *
clean(struct arena *a, const xmlChar *text, size_t most)
{
    const unsigned char *p = text;
    bool gap = false;
    struct str s;

    str_init(&s, a, 80);
    while (p != NULL && *p != '\0') {
        if (is_blank(*p) || (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0xa0)) {
            gap = s.len > 0;
            p += *p == 0xc2 ? 2 : 1;
            continue;
        }
        if (is_direction_mark(p)) {
            p += 3;
            continue;
        }
        if (gap)
            str_putc(&s, ' ');
        gap = false;
        do
            str_putc(&s, (char)*p++);
        while ((*p & 0xc0) == 0x80);
    }
    if (s.len == 0 || !utf8_valid(s.data, s.len))
        return "";
    return arena_memdup(a, s.data, utf8_prefix(s.data, most));
}

static bool
is_named(xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->name != NULL &&
           strcasecmp((const char *)node->name, name) == 0;
}

static void
keep(const char **slot, struct head *h, const xmlChar *text, size_t most)
{
    if (*slot == NULL || (*slot)[0] == '\0')
        *slot = clean(h->arena, text, most);
}

static void
read_meta(struct head *h, xmlNode *node)
{
    static const struct {
        const char *name;
        int source;
        bool is_title;
    } known[] = {
        { "og:title", FROM_OG, true },
        { "og:description", FROM_OG, false },
        { "twitter:title", FROM_TWITTER, true },
        { "twitter:description", FROM_TWITTER, false },
        { "description", FROM_HTML, false },
    };
    xmlChar *name = late.xmlGetProp(node, (const xmlChar *)"property");
    xmlChar *text = late.xmlGetProp(node, (const xmlChar *)"content");
    size_t i;

    if (name == NULL)
        name = late.xmlGetProp(node, (const xmlChar *)"name");
    for (i = 0;
         name != NULL && text != NULL && i < sizeof known / sizeof *known;
         i++) {
        if (strcasecmp((const char *)name, known[i].name) != 0)
            continue;
        if (known[i].is_title)
            keep(&h->titles[known[i].source], h, text, LINK_TITLE_CHARS);
        else
            keep(&h->texts[known[i].source], h, text, LINK_TEXT_CHARS);
    }
    (*late.xmlFree)(name);
    (*late.xmlFree)(text);
}

static void
read_node(struct head *h, xmlNode *node)
{
    xmlChar *text;

    if (is_named(node, "meta"))
        read_meta(h, node);
    /* um <title> dentro de um <svg> não é o da página */
    if (!is_named(node, "title") || node->parent == NULL ||
        is_named(node->parent, "svg"))
        return;
    text = late.xmlNodeGetContent(node);
    keep(&h->titles[FROM_HTML], h, text, LINK_TITLE_CHARS);
    (*late.xmlFree)(text);
}

/* O nó seguinte em ordem de leitura, sem recursão: a árvore é alheia. */
static xmlNode *
after(xmlNode *node)
{
    if (node->type == XML_ELEMENT_NODE && node->children != NULL)
        return node->children;
    while (node != NULL && node->next == NULL)
        node = node->parent;
    return node != NULL && node->type != XML_HTML_DOCUMENT_NODE ? node->next
                                                                : NULL;
}

static const char *
best(const char *const *from)
{
    int i;

    for (i = 0; i < SOURCES; i++)
        if (from[i] != NULL && from[i][0] != '\0')
            return from[i];
    return "";
}

void
link_page_parse(struct arena *a, struct slice html, const char *charset,
                struct link_page *out)
{
    /* sem declaração, a libxml2 leria UTF-8 como Latin-1 */
    const char *encoding = charset != NULL                   ? charset
                           : utf8_valid(html.data, html.len) ? "UTF-8"
                                                             : NULL;
    struct head h = { .arena = a };
    htmlDocPtr doc;
    xmlNode *node;

    out->title = out->description = "";
    if (!load_xml()) {
        log_error("falta a " LIBRARY);
        return;
    }
    doc = late.htmlReadMemory(html.data, (int)html.len, NULL, encoding,
                              HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                  HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                  HTML_PARSE_COMPACT);
    if (doc == NULL)
        return;
    for (node = late.xmlDocGetRootElement(doc); node != NULL;
         node = after(node))
        read_node(&h, node);
    out->title = best(h.titles);
    out->description = best(h.texts);
    if (strcmp(out->title, out->description) == 0)
        out->description = "";
    late.xmlFreeDoc(doc);
}
