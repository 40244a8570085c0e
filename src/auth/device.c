/* device.c - id.conta.mac, em hexadecimal. */
#include "auth/device.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/keys.h"
#include "auth/token.h"
#include "base/str.h"

#define ID_BYTES (DEVICE_ID_CHARS / 2)
#define ACCOUNT_CHARS 32
#define SIGNED_CHARS (DEVICE_ID_CHARS + 1 + ACCOUNT_CHARS)

/* HMAC em hexadecimal pela chave de número `at`, só os primeiros `chars`. */
static void
sign(int at, const char *text, size_t n, size_t chars, char *out)
{
    unsigned char mac[32];

    HMAC(EVP_sha256(), keys_get_at(KEY_DEVICE, at), KEY_BYTES,
         (const unsigned char *)text, n, mac, NULL);
    hex_encode(mac, chars / 2, out);
}

/* O cookie inteiro que este id teria nesta conta. */
static void
compose(int at, const char *id, int64_t user_id,
        char out[static DEVICE_COOKIE_CHARS + 1])
{
    char account[40];
    int n = snprintf(account, sizeof account, "account:%" PRId64, user_id);

    memcpy(out, id, DEVICE_ID_CHARS);
    out[DEVICE_ID_CHARS] = '.';
    sign(at, account, (size_t)n, ACCOUNT_CHARS, out + DEVICE_ID_CHARS + 1);
    out[SIGNED_CHARS] = '.';
    sign(at, out, SIGNED_CHARS, 64, out + SIGNED_CHARS + 1);
}

const char *
device_cookie_make(struct arena *a, int64_t user_id)
{
    unsigned char raw[ID_BYTES];
    char id[DEVICE_ID_CHARS + 1];
    char *text = arena_alloc(a, DEVICE_COOKIE_CHARS + 1);

    token_random(raw, sizeof raw);
    hex_encode(raw, sizeof raw, id);
    compose(0, id, user_id, text);
    return text;
}

bool
device_cookie_check(const char *text, int64_t user_id,
                    char id[static DEVICE_ID_CHARS + 1])
{
    char ours[DEVICE_COOKIE_CHARS + 1];
    bool same = false;
    int i;

    id[0] = '\0';
    if (text == NULL || strlen(text) != DEVICE_COOKIE_CHARS)
        return false;
    for (i = 0; i < keys_count(); i++) {
        compose(i, text, user_id, ours);
        same |= CRYPTO_memcmp(ours, text, DEVICE_COOKIE_CHARS) == 0;
    }
    if (!same)
        return false;
    memcpy(id, text, DEVICE_ID_CHARS);
    id[DEVICE_ID_CHARS] = '\0';
    return true;
}
