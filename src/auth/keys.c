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
#include "base/i18n.h"
#include "base/log.h"
#include "base/str.h"

#define SECRET_MIN 32
#define SECRET_MAX 64

static const char *const labels[KEY_PURPOSES] = {
    [KEY_JWT] = "jwt",       [KEY_STREAM] = "stream",
    [KEY_CSRF] = "csrf",     [KEY_SECRET_BOX] = "secret-box",
    [KEY_DEVICE] = "device",
};

struct derived {
    unsigned char key[KEY_PURPOSES][KEY_BYTES];
    unsigned char id[KEY_PURPOSES][KEY_ID_BYTES];
};

static struct {
    int count; /* 0: ainda não se leu */
    struct derived list[KEY_SECRETS_MAX];
} keys;

/* Lê um segredo; devolve o número de bytes, ou 0 se não serve. */
static size_t
read_secret(const char *text, size_t chars, unsigned char *out)
{
    char hex[2 * SECRET_MAX + 1];
    size_t n = chars / 2;
    bool good = chars % 2 == 0 && n >= SECRET_MIN && n <= SECRET_MAX;

    if (good) {
        memcpy(hex, text, chars);
        hex[chars] = '\0';
        good = hex_decode(hex, out, n);
        OPENSSL_cleanse(hex, sizeof hex);
    }
    return good ? n : 0;
}

static void
derive(struct derived *out, enum key_purpose p, const unsigned char *secret,
       size_t n)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    const char *label = labels[p];

    HMAC(EVP_sha256(), secret, (int)n, (const unsigned char *)label,
         strlen(label), out->key[p], NULL);
    SHA256(out->key[p], KEY_BYTES, digest);
    memcpy(out->id[p], digest, KEY_ID_BYTES);
}

/* O mesmo segredo duas vezes é um só. */
static bool
is_known(const struct derived *one)
{
    int i;

    for (i = 0; i < keys.count; i++)
        if (memcmp(&keys.list[i], one, sizeof *one) == 0)
            return true;
    return false;
}

static bool
add_secret(const char *name, const char *text, size_t chars,
           const struct key_report *report)
{
    unsigned char secret[SECRET_MAX];
    size_t n = read_secret(text, chars, secret);
    struct derived one;
    int p;

    if (n == 0) {
        report->problem(name, _("não é hexadecimal de 32 a 64 bytes; crie com "
                                "`balcao secrets new`"));
        return false;
    }
    if (keys.count == KEY_SECRETS_MAX) {
        report->problem(name, _("são segredos demais; até 8"));
        return false;
    }
    for (p = 0; p < KEY_PURPOSES; p++)
        derive(&one, (enum key_purpose)p, secret, n);
    if (!is_known(&one))
        keys.list[keys.count++] = one;
    OPENSSL_cleanse(secret, sizeof secret);
    OPENSSL_cleanse(&one, sizeof one);
    return true;
}

static bool
load(const struct key_report *report)
{
    const char *p = conf()->app_secret;
    bool good;

    keys_forget();
    good = add_secret("app_secret", p, strlen(p), report);
    for (p = conf()->app_secret_previous; *p != '\0';) {
        size_t n;

        p += strspn(p, ", \t");
        n = strcspn(p, ", \t");
        if (n > 0)
            good = add_secret("app_secret_previous", p, n, report) && good;
        p += n;
    }
    return good;
}

static void
log_problem(const char *key, const char *text)
{
    log_error("%s: %s", key, text);
}

static void
need_keys(void)
{
    static const struct key_report to_log = { log_problem, log_problem };

    if (keys.count > 0)
        return;
    if (!load(&to_log))
        exit(EX_CONFIG);
}

bool
keys_check(const struct key_report *report)
{
    bool good = load(report);

    keys_forget();
    return good;
}

int
keys_count(void)
{
    need_keys();
    return keys.count;
}

const unsigned char *
keys_get_at(enum key_purpose purpose, int i)
{
    need_keys();
    return keys.list[i].key[purpose];
}

const unsigned char *
keys_id_at(enum key_purpose purpose, int i)
{
    need_keys();
    return keys.list[i].id[purpose];
}

const unsigned char *
keys_get(enum key_purpose purpose)
{
    return keys_get_at(purpose, 0);
}

const unsigned char *
keys_id(enum key_purpose purpose)
{
    return keys_id_at(purpose, 0);
}

const unsigned char *
keys_find(enum key_purpose purpose, const unsigned char *id)
{
    int i;

    need_keys();
    for (i = 0; i < keys.count; i++)
        if (memcmp(keys.list[i].id[purpose], id, KEY_ID_BYTES) == 0)
            return keys.list[i].key[purpose];
    return NULL;
}

void
keys_forget(void)
{
    OPENSSL_cleanse(&keys, sizeof keys);
}
