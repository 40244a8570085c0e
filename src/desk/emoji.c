/*
 * emoji.c - um emoji só. Não traz a tabela do Unicode: aceita o que tem cara
 * de emoji e recusa texto; a plataforma recusa o resto.
 */
#include <string.h>

#include "desk/message_action.h"

#define EMOJI_CODES_MAX 16

/* O próximo código de um UTF-8 já validado. */
static uint32_t
next_code(const unsigned char **at)
{
    const unsigned char *p = *at;
    int more = *p < 0x80 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;
    uint32_t code = more == 0 ? *p : *p & (0x3fU >> more);

    for (p++; more > 0; more--, p++)
        code = code << 6 | (*p & 0x3f);
    *at = p;
    return code;
}

/* Acompanha: junção, variação, tecla, tom de pele, letras de bandeira. */
static bool
follows(uint32_t c)
{
    return c == 0x200d || c == 0xfe0f || c == 0x20e3 ||
           (c >= 0x1f3fb && c <= 0x1f3ff) || (c >= 0xe0020 && c <= 0xe007f);
}

static bool
is_letter_of_flag(uint32_t c)
{
    return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static bool
stands_alone(uint32_t c)
{
    return c == 0xa9 || c == 0xae || c == 0x203c || c == 0x2049 ||
           c == 0x2122 || c == 0x2139 || (c >= 0x2194 && c <= 0x21aa) ||
           (c >= 0x231a && c <= 0x23ff) || c == 0x24c2 ||
           (c >= 0x25aa && c <= 0x27bf) || (c >= 0x2934 && c <= 0x2935) ||
           (c >= 0x2b05 && c <= 0x2b55) || c == 0x3030 || c == 0x303d ||
           c == 0x3297 || c == 0x3299 || (c >= 0x1f000 && c <= 0x1faff);
}

static bool
is_key(uint32_t c)
{
    return (c >= '0' && c <= '9') || c == '#' || c == '*';
}

bool
is_one_emoji(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    uint32_t code, last = 0;
    int n, bodies = 0, letters = 0;
    bool needs_key = false;

    if (strlen(text) > EMOJI_CODES_MAX * 4)
        return false;
    for (n = 0; *p != '\0'; n++, last = code) {
        code = next_code(&p);
        if (n == 0 && is_key(code)) {
            needs_key = true;
            bodies++;
        } else if (is_letter_of_flag(code)) {
            letters++;
        } else if (follows(code)) {
            if (n == 0)
                return false;
        } else if (stands_alone(code) && (n == 0 || last == 0x200d)) {
            bodies++;
        } else {
            return false;
        }
    }
    if (needs_key)
        return last == 0x20e3 && bodies == 1;
    return n <= EMOJI_CODES_MAX && last != 0x200d &&
           ((bodies > 0 && letters == 0) || (bodies == 0 && letters == 2));
}
