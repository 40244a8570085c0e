/* json_check.c - as peças de um JSON, uma a uma, sem pilha. */
#include "base/json_check.h"

#include <ctype.h>
#include <string.h>

static const char *
skip_digits(const char *p, const char *end)
{
    while (p < end && isdigit((unsigned char)*p))
        p++;
    return p;
}

/* Da aspa de abrir até depois da de fechar, ou NULL. */
static const char *
skip_string(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++) {
        if ((unsigned char)*p < 0x20)
            return NULL;
        if (*p == '\\' && ++p == end)
            return NULL;
    }
    return p < end ? p + 1 : NULL;
}

static const char *
skip_number(const char *p, const char *end)
{
    const char *start;

    p += *p == '-';
    start = p;
    p = skip_digits(p, end);
    if (p == start || (*start == '0' && p - start > 1))
        return NULL;
    if (p < end && *p == '.') {
        start = ++p;
        p = skip_digits(p, end);
        if (p == start)
            return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        start = p;
        p = skip_digits(p, end);
        if (p == start)
            return NULL;
    }
    return p;
}

static const char *
skip_word(const char *p, const char *end)
{
    static const char *const words[] = { "true", "false", "null" };
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);

        if ((size_t)(end - p) >= n && memcmp(p, words[i], n) == 0)
            return p + n;
    }
    return NULL;
}

bool
json_pieces_valid(const char *text, size_t n)
{
    const char *p = text, *end = text + n;

    while (p != NULL && p < end) {
        if (*p == '"')
            p = skip_string(p, end);
        else if (*p == '-' || isdigit((unsigned char)*p))
            p = skip_number(p, end);
        else if (*p != '\0' && strchr(" \t\r\n{}[]:,", *p) != NULL)
            p++;
        else
            p = skip_word(p, end);
    }
    return p != NULL;
}
