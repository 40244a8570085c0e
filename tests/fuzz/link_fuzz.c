/* link_fuzz.c - qualquer página como alvo de uma prévia. */
#include <string.h>

#include "base/arena.h"
#include "kit.h"
#include "media/link_page.h"

/* O que sai vai ao banco e à tela: UTF-8 curto, numa linha. */
static void
check(const char *text, size_t most)
{
    const char *p;

    need_text(text);
    need(utf8_length(text) <= most);
    for (p = text; *p != '\0'; p++)
        need((unsigned char)*p >= ' ' && *p != 0x7f);
    need(text[0] != ' ');
}

static void
read_as(const uint8_t *data, size_t size, const char *charset)
{
    struct arena *a = arena_new(4096);
    struct link_page page = { 0 };

    link_page_parse(a, (struct slice){ arena_memdup(a, data, size), size },
                    charset, &page);
    check(page.title, LINK_TITLE_CHARS);
    check(page.description, LINK_TEXT_CHARS);
    arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as(data, size, NULL);
    read_as(data, size, "iso-8859-1");
    read_as(data, size, "utf-16");
    return 0;
}
