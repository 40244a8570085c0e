/* base64url.c - seis bits por caractere, do mais alto ao mais baixo. */
#include "auth/base64url.h"

#include <stdint.h>
#include <string.h>

const char base64url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
base64url_encode(const void *data, size_t n, char *out)
{
    const unsigned char *p = data;
    uint32_t bits = 0;
    int have = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        bits = bits << 8 | p[i];
        for (have += 8; have >= 6; have -= 6)
            *out++ = base64url_alphabet[bits >> (have - 6) & 63];
    }
    if (have > 0)
        *out++ = base64url_alphabet[bits << (6 - have) & 63];
    *out = '\0';
}

static int
value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool
base64url_decode(const char *text, size_t len, unsigned char *out, size_t room,
                 size_t *n)
{
    uint32_t bits = 0;
    int have = 0;
    size_t i;

    *n = 0;
    for (i = 0; i < len; i++) {
        int value = value_of(text[i]);

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        if (*n == room)
            return false;
        out[(*n)++] = (unsigned char)(bits >> have);
        bits &= (1u << have) - 1;
    }
    return len % 4 != 1 && bits == 0;
}
