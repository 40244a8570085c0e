/* origin.c - lista de origens: forma e pertença. */
#include "base/origin.h"

#include <ctype.h>
#include <string.h>

/* O próximo item, sem os espaços em volta; falso no fim. */
static bool
next_item(const char **p, struct slice *out)
{
    if (**p == '\0')
        return false;
    *p += strspn(*p, " ");
    out->data = *p;
    out->len = strcspn(*p, ",");
    *p += out->len;
    *p += **p == ',';
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->len--;
    return true;
}

static size_t
host_length(const char *p, const char *end)
{
    const char *start = p;

    if (p < end && *p == '[') {
        for (p++; p < end && (isdigit((unsigned char)*p) || *p == ':' ||
                              *p == '.' || (*p >= 'a' && *p <= 'f'));)
            p++;
        return p < end && *p == ']' && p - start > 2 ? (size_t)(p + 1 - start)
                                                     : 0;
    }
    while (p < end && (isdigit((unsigned char)*p) || (*p >= 'a' && *p <= 'z') ||
                       *p == '-' || *p == '.'))
        p++;
    return *start == '-' || *start == '.' ? 0 : (size_t)(p - start);
}

/* ":8080"; a porta padrão o navegador não escreve, e nunca casaria. */
static bool
port_is_sound(const char *p, const char *end, int standard)
{
    int port = 0;

    if (p == end)
        return true;
    if (*p++ != ':' || p == end || end - p > 5 || *p == '0')
        return false;
    for (; p < end; p++) {
        if (!isdigit((unsigned char)*p))
            return false;
        port = port * 10 + (*p - '0');
    }
    return port <= 65535 && port != standard;
}

static bool
is_origin(struct slice s)
{
    const char *p = s.data, *end = s.data + s.len;
    bool https = s.len > 8 && strncmp(p, "https://", 8) == 0;
    size_t n;

    if (!https && (s.len <= 7 || strncmp(p, "http://", 7) != 0))
        return false;
    p += https ? 8 : 7;
    n = host_length(p, end);
    return n > 0 && n <= 255 && port_is_sound(p + n, end, https ? 443 : 80);
}

bool
origin_list_valid(const char *list, struct slice *bad)
{
    while (next_item(&list, bad))
        if (!is_origin(*bad))
            return false;
    return true;
}

bool
origin_listed(const char *list, const char *origin)
{
    struct slice item;

    while (origin != NULL && next_item(&list, &item))
        if (strlen(origin) == item.len &&
            memcmp(origin, item.data, item.len) == 0)
            return true;
    return false;
}
