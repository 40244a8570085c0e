/* document.c - o cálculo módulo 11 do CPF e do CNPJ. */
#include "desk/document.h"

#include <string.h>

/* Pesos 2, 3, 4 … da direita para a esquerda; no CNPJ voltam a 2 depois do 9.
 */
static char
control(const char *s, int n, int last_weight)
{
    int sum = 0, weight = 2, i, rest;

    for (i = n - 1; i >= 0; i--) {
        sum += (s[i] - '0') * weight;
        weight = weight == last_weight ? 2 : weight + 1;
    }
    rest = sum % 11;
    return (char)('0' + (rest < 2 ? 0 : 11 - rest));
}

static bool
is_right(const char *s, int n, int last_weight)
{
    return s[n - 2] == control(s, n - 2, last_weight) &&
           s[n - 1] == control(s, n - 1, last_weight);
}

bool
document_normal(const char *text, char out[static DOCUMENT_MAX + 1])
{
    size_t n = 0, digits = 0;
    char first;

    out[0] = '\0';
    for (; *text != '\0'; text++) {
        char c = *text;

        if (strchr(" .-/", c) != NULL)
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (n == DOCUMENT_MAX ||
            !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')))
            return false;
        out[n++] = c;
    }
    out[n] = '\0';
    first = out[0];
    digits = strspn(out, "0123456789");
    if (n == 0 || strspn(out, (char[]){ first, '\0' }) == n)
        return false;
    if (n == 11)
        return digits == 11 && is_right(out, 11, 11);
    return n == 14 && strspn(out + 12, "0123456789") == 2 &&
           is_right(out, 14, 9);
}

/* 11 algarismos: CPF 000.000.000-00; 14: CNPJ 00.000.000/0000-00. */
const char *
document_shown(struct arena *a, const char *d)
{
    size_t n = d != NULL ? strlen(d) : 0;

    if (n == 11)
        return arena_printf(a, "%.3s.%.3s.%.3s-%s", d, d + 3, d + 6, d + 9);
    if (n == 14)
        return arena_printf(a, "%.2s.%.3s.%.3s/%.4s-%s", d, d + 2, d + 5, d + 8,
                            d + 12);
    return d;
}
