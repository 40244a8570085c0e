/* signature.c - HMAC do corpo e a comparação do cabeçalho. */
#include "auth/signature.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define MAC_BYTES 32
#define PREFIX "sha256="

static void
sign(struct slice key, struct slice body, unsigned char out[static MAC_BYTES])
{
    HMAC(EVP_sha256(), key.data, (int)key.len, (const unsigned char *)body.data,
         body.len, out, NULL);
}

void
signature_make(struct slice key, struct slice body,
               char out[static SIGNATURE_CHARS + 1])
{
    unsigned char mac[MAC_BYTES];

    sign(key, body, mac);
    hex_encode(mac, sizeof mac, out);
}

bool
signature_check(const char *header, struct slice key, struct slice body)
{
    unsigned char given[MAC_BYTES], ours[MAC_BYTES];

    if (header == NULL || key.len == 0 ||
        strncmp(header, PREFIX, sizeof PREFIX - 1) != 0 ||
        !hex_decode(header + sizeof PREFIX - 1, given, MAC_BYTES))
        return false;
    sign(key, body, ours);
    return CRYPTO_memcmp(given, ours, MAC_BYTES) == 0;
}
