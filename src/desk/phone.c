/* phone.c - dígitos, DDD e a chave sem o nono dígito. */
#include "desk/phone.h"

#include <string.h>

/* Linhas de 10 em 10 a partir do 10: '1' onde o DDD existe. */
static const char ddds[] = "0111111111"  /* 11..19 */
                           "0110100110"  /* 21 22 24 27 28 */
                           "0111110110"  /* 31..35 37 38 */
                           "0111111111"  /* 41..49 */
                           "0101110000"  /* 51 53 54 55 */
                           "0111111111"  /* 61..69 */
                           "0101110101"  /* 71 73 74 75 77 79 */
                           "0111111111"  /* 81..89 */
                           "0111111111"; /* 91..99 */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
phone_is_ddd(const char *two_digits)
{
    if (two_digits[0] < '1' || !is_digit(two_digits[0]) ||
        !is_digit(two_digits[1]))
        return false;
    return ddds[(two_digits[0] - '1') * 10 + two_digits[1] - '0'] == '1';
}

bool
phone_digits(const char *text, char out[static PHONE_MAX + 1])
{
    size_t n = 0;
    const char *p;

    out[0] = '\0';
    for (p = text; *p != '\0'; p++) {
        if (strchr(" ()-./", *p) != NULL || (*p == '+' && n == 0))
            continue;
        if (!is_digit(*p) || n == PHONE_MAX) {
            out[0] = '\0';
            return false;
        }
        out[n++] = *p;
    }
    out[n < 5 ? 0 : n] = '\0';
    return n >= 5;
}

void
phone_match_key(const char *digits, char out[static PHONE_MAX + 1])
{
    size_t n = strnlen(digits, PHONE_MAX);

    if (n == 13 && strncmp(digits, "55", 2) == 0 && phone_is_ddd(digits + 2) &&
        digits[4] == '9' && digits[5] >= '6' && digits[5] <= '9') {
        memcpy(out, digits, 4);
        memcpy(out + 4, digits + 5, 8);
        n = 12;
    } else {
        memcpy(out, digits, n);
    }
    out[n] = '\0';
}
