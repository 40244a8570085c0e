/* local_path.c - destinos que ficam neste site. */
#include "http/local_path.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static int
hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0'
                                     : tolower((unsigned char)c) - 'a' + 10;
}

/*
 * Um caractere do caminho, já decodificado uma vez; -1 se é o que ninguém
 * precisa escrever em %XX num endereço nosso e só serve para enganar quem
 * decodifica mais adiante (controle, '/', '\\', '%').
 */
static int
next_char(const char **p)
{
    int c = (unsigned char)*(*p)++;

    if (c != '%')
        return c;
    if (!isxdigit((unsigned char)(*p)[0]) || !isxdigit((unsigned char)(*p)[1]))
        return -1;
    c = hex((*p)[0]) * 16 + hex((*p)[1]);
    *p += 2;
    return c < ' ' || c == 0x7f || c == '/' || c == '\\' || c == '%' ? -1 : c;
}

/* De uma barra à outra: nem vazio no meio, nem só pontos. */
static bool
segment_is_sound(const char *p, const char *end, bool last)
{
    size_t n = 0, dots = 0;

    while (p < end) {
        int c = next_char(&p);

        if (c < 0)
            return false;
        n++;
        dots += c == '.';
    }
    return (n > 0 || last) && (dots == 0 || dots != n || n > 2);
}

static bool
is_visible(const char *p)
{
    for (; *p != '\0'; p++)
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f ||
            strchr("\\\"<>`{}|^", *p) != NULL)
            return false;
    return true;
}

bool
local_path(const char *path)
{
    const char *p, *stop;

    if (path == NULL || path[0] != '/' || strlen(path) > LOCAL_PATH_MAX ||
        !is_visible(path))
        return false;
    stop = path + strcspn(path, "?#");
    for (p = path; p < stop;) {
        const char *end = memchr(p + 1, '/', (size_t)(stop - p - 1));
        bool last = end == NULL;

        if (!segment_is_sound(p + 1, last ? stop : end, last))
            return false;
        p = last ? stop : end;
    }
    return true;
}

const char *
local_path_or(const char *path, const char *fallback)
{
    return local_path(path) ? path : fallback;
}
