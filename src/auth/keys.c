/* keys.c - deriva as chaves na primeira vez e as guarda no processo. */
#include "auth/keys.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/str.h"

#define SECRET_MIN 32
#define SECRET_MAX 64

static const char *const labels[KEY_PURPOSES] = {
    [KEY_JWT] = "jwt",
    [KEY_STREAM] = "stream",
    [KEY_CSRF] = "csrf",
    [KEY_SECRET_BOX] = "secret-box",
    [KEY_DEVICE] = "device",
};

static struct {
    bool ready;
    unsigned char key[KEY_PURPOSES][KEY_BYTES];
    unsigned char id[KEY_PURPOSES][KEY_ID_BYTES];
} keys;

/* Lê app_secret; devolve o número de bytes, ou 0 se não serve. */
static size_t
read_secret(unsigned char out[static SECRET_MAX])
{
    const char *text = conf()->app_secret;
    size_t n = strlen(text) / 2;

    if (n < SECRET_MIN || n > SECRET_MAX || !hex_decode(text, out, n))
        return 0;
    return n;
}

static void
derive(enum key_purpose p, const unsigned char *secret, size_t n)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    const char *label = labels[p];

    HMAC(EVP_sha256(), secret, (int)n, (const unsigned char *)label,
         strlen(label), keys.key[p], NULL);
    SHA256(keys.key[p], KEY_BYTES, digest);
    memcpy(keys.id[p], digest, KEY_ID_BYTES);
}

static void
load(void)
{
    unsigned char secret[SECRET_MAX];
    size_t n = read_secret(secret);
    int p;

    if (n == 0) {
        log_error("app_secret precisa ter de 32 a 64 bytes em hexadecimal");
        exit(EX_CONFIG);
    }
    for (p = 0; p < KEY_PURPOSES; p++)
        derive((enum key_purpose)p, secret, n);
    OPENSSL_cleanse(secret, sizeof secret);
    keys.ready = true;
}

bool
keys_valid(void)
{
    unsigned char secret[SECRET_MAX];
    bool valid = read_secret(secret) > 0;

    OPENSSL_cleanse(secret, sizeof secret);
    return valid;
}

const unsigned char *
keys_get(enum key_purpose purpose)
{
    if (!keys.ready)
        load();
    return keys.key[purpose];
}

const unsigned char *
keys_id(enum key_purpose purpose)
{
    if (!keys.ready)
        load();
    return keys.id[purpose];
}

void
keys_forget(void)
{
    OPENSSL_cleanse(&keys, sizeof keys);
}
