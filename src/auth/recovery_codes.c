/* recovery_codes.c - base32 de Crockford, em grupos de quatro. */
#include "auth/recovery_codes.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "auth/token.h"

#define ALPHABET "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#define SYMBOLS 16
#define GROUP 4

static void
write_code(const char symbols[static SYMBOLS],
           char out[static RECOVERY_CODE_CHARS + 1])
{
    size_t i, n = 0;

    for (i = 0; i < SYMBOLS; i++) {
        if (i > 0 && i % GROUP == 0)
            out[n++] = '-';
        out[n++] = symbols[i];
    }
    out[n] = '\0';
}

void
recovery_codes_make(char out[static RECOVERY_CODES][RECOVERY_CODE_CHARS + 1])
{
    unsigned char raw[SYMBOLS];
    char symbols[SYMBOLS];
    size_t i, j;

    for (i = 0; i < RECOVERY_CODES; i++) {
        token_random(raw, sizeof raw);
        for (j = 0; j < SYMBOLS; j++)
            symbols[j] = ALPHABET[raw[j] % 32]; /* 32 divide 256: sem viés */
        write_code(symbols, out[i]);
    }
    OPENSSL_cleanse(raw, sizeof raw);
    OPENSSL_cleanse(symbols, sizeof symbols);
}

/* O símbolo que a pessoa quis escrever, ou '\0'. */
static char
symbol_of(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        return '0';
    if (c == 'I' || c == 'L')
        return '1';
    return c != '\0' && strchr(ALPHABET, c) != NULL ? c : '\0';
}

bool
recovery_code_read(const char *text, char out[static RECOVERY_CODE_CHARS + 1])
{
    char symbols[SYMBOLS];
    size_t n = 0;

    if (text == NULL)
        return false;
    for (; *text != '\0'; text++) {
        char c = symbol_of(*text);

        if (*text == ' ' || *text == '-' || *text == '\t')
            continue;
        if (c == '\0' || n == SYMBOLS)
            return false;
        symbols[n++] = c;
    }
    if (n != SYMBOLS)
        return false;
    write_code(symbols, out);
    OPENSSL_cleanse(symbols, sizeof symbols);
    return true;
}

void
recovery_code_hash(int64_t user_id, const char *code,
                   unsigned char out[static RECOVERY_HASH_BYTES])
{
    char text[64];
    int n = snprintf(text, sizeof text, "recovery:%" PRId64 ":%.*s", user_id,
                     RECOVERY_CODE_CHARS, code);

    SHA256((const unsigned char *)text, (size_t)n, out);
    OPENSSL_cleanse(text, sizeof text);
}
