/* totp.c - TOTP de 6 dígitos, SHA-1, 30 s, pela liboath. */
#include "auth/totp.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <liboath/oath.h>
#include <openssl/crypto.h>

#include "auth/token.h"
#include "base/log.h"

#define ISSUER "Balcão"

void
totp_secret(unsigned char out[static TOTP_SECRET_BYTES])
{
    token_random(out, TOTP_SECRET_BYTES);
}

void
totp_secret_text(const unsigned char secret[static TOTP_SECRET_BYTES],
                 char out[static TOTP_SECRET_CHARS + 1])
{
    char *text = NULL;
    size_t n = 0;

    if (oath_base32_encode((const char *)secret, TOTP_SECRET_BYTES, &text,
                           &n) != OATH_OK ||
        n != TOTP_SECRET_CHARS) {
        log_error("a liboath não escreveu o segredo em base32");
        abort(); /* só sem memória */
    }
    memcpy(out, text, TOTP_SECRET_CHARS + 1);
    OPENSSL_cleanse(text, n);
    free(text);
}

const char *
totp_uri(struct arena *a, const unsigned char secret[static TOTP_SECRET_BYTES],
         const char *account)
{
    char text[TOTP_SECRET_CHARS + 1];
    struct str uri;

    totp_secret_text(secret, text);
    str_init(&uri, a, 256);
    str_puts(&uri, "otpauth://totp/");
    str_url(&uri, ISSUER, strlen(ISSUER));
    str_putc(&uri, ':'); /* o ':' separa: o dos dois lados vai codificado */
    str_url(&uri, account, strlen(account));
    str_printf(&uri, "?secret=%s&issuer=", text);
    str_url(&uri, ISSUER, strlen(ISSUER));
    str_printf(&uri, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS,
               TOTP_STEP_S);
    OPENSSL_cleanse(text, sizeof text);
    return uri.data;
}

/* Tira os espaços, também o inquebrável (U+00A0); falso se não são 6 dígitos.
 */
static bool
read_code(const char *code, char out[static TOTP_DIGITS + 1])
{
    size_t n = 0;

    if (code == NULL)
        return false;
    for (; *code != '\0'; code++) {
        if (*code == ' ' || *code == '\t')
            continue;
        if (code[0] == '\xc2' && code[1] == '\xa0') {
            code++;
            continue;
        }
        if (*code < '0' || *code > '9' || n == TOTP_DIGITS)
            return false;
        out[n++] = *code;
    }
    out[n] = '\0';
    return n == TOTP_DIGITS;
}

/* 1 se o código é o deste passo. */
static int
is_code_of(const unsigned char *secret, int64_t step, const char *given)
{
    char ours[TOTP_DIGITS + 1] = "";
    int same;

    if (step < 0 ||
        oath_hotp_generate((const char *)secret, TOTP_SECRET_BYTES,
                           (uint64_t)step, TOTP_DIGITS, false,
                           OATH_HOTP_DYNAMIC_TRUNCATION, ours) != OATH_OK)
        return 0;
    same = CRYPTO_memcmp(ours, given, TOTP_DIGITS) == 0;
    OPENSSL_cleanse(ours, sizeof ours);
    return same;
}

bool
totp_check(const unsigned char secret[static TOTP_SECRET_BYTES],
           const char *code, int64_t now_s, int64_t last_step, int64_t *step)
{
    char given[TOTP_DIGITS + 1];
    int64_t now = now_s / TOTP_STEP_S, found = -1, i;

    if (!read_code(code, given))
        return false;
    for (i = -1; i <= 1; i++) {
        int64_t fits = is_code_of(secret, now + i, given);

        fits &= now + i > last_step;
        found = fits * (now + i) + (1 - fits) * found;
    }
    OPENSSL_cleanse(given, sizeof given);
    if (found < 0)
        return false;
    *step = found;
    return true;
}
