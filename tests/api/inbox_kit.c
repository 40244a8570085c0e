/* inbox_kit.c - o navegador de quem atende, para os testes das páginas. */
#include "inbox_kit.h"

#include <inttypes.h>

#include "harness.h"

struct answer *
inbox_page(struct browser b, const char *path)
{
    return browser_page(b, "inbox", path);
}

struct answer *
inbox_part(struct browser b, const char *path)
{
    return browser_part(b, "inbox", path);
}

struct answer *
inbox_submit(struct browser b, const char *path, const char *fields,
             const char *header)
{
    return browser_submit_with(b, "inbox", path, fields, header);
}

const char *
path_of(int64_t ticket, const char *rest)
{
    return text("/inbox/%" PRId64 "%s", ticket, rest);
}
