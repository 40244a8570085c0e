/* pem_key.c - PEM pela OpenSSL; daqui saem só textos, nenhum objeto dela. */
#include "auth/pem_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include "auth/base64url.h"
#include "base/i18n.h"

#define FILE_MAX_BYTES 32768
#define P256_BYTES 32

static const char *const alg_names[KEY_ALGS] = { "HS256", "ES256", "RS256" };

const char *
key_alg_name(enum key_alg alg)
{
    return alg_names[alg];
}

enum key_alg
key_alg_parse(const char *name)
{
    int i;

    for (i = 0; i < KEY_ALGS && strcmp(alg_names[i], name) != 0; i++)
        ;
    return (enum key_alg)i;
}

static void
drop_pkey(void *object)
{
    EVP_PKEY_free(object);
}

static void
drop_bio(void *object)
{
    BIO_free(object); /* o de memória apaga o que guardou */
}

static void
drop_number(void *object)
{
    BN_free(object);
}

static void
wipe(void *object)
{
    struct slice *s = object;

    OPENSSL_cleanse((void *)(uintptr_t)s->data, s->len);
}

/* Lê o arquivo todo, que se apaga no fim da arena. */
static bool
read_file(struct arena *a, const char *path, struct slice *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct slice *kept = arena_alloc(a, sizeof *kept);
    char *data = arena_alloc(a, FILE_MAX_BYTES);
    ssize_t n = -1;

    *kept = (struct slice){ data, FILE_MAX_BYTES };
    arena_defer(a, wipe, kept);
    if (fd >= 0)
        n = read(fd, data, FILE_MAX_BYTES);
    if (fd >= 0) {
        int saved = errno;

        close(fd);
        errno = saved;
    }
    *out = (struct slice){ data, n > 0 ? (size_t)n : 0 };
    return n >= 0;
}

/* Em vez de perguntar a senha no terminal, anota que ela foi pedida. */
static int
no_password(char *buf, int size, int writing, void *asked)
{
    (void)buf;
    (void)size;
    (void)writing;
    *(bool *)asked = true;
    return -1;
}

static EVP_PKEY *
parse_pem(struct arena *a, struct slice text, bool *has_private, bool *locked)
{
    BIO *bio = BIO_new_mem_buf(text.data, (int)text.len);
    EVP_PKEY *key;

    *locked = false;
    key = PEM_read_bio_PrivateKey(bio, NULL, no_password, locked);
    *has_private = key != NULL;
    if (key == NULL && !*locked) {
        BIO_reset(bio);
        key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    }
    BIO_free(bio);
    ERR_clear_error();
    if (key != NULL)
        arena_defer(a, drop_pkey, key);
    return key;
}

/* Um número da chave em base64url; width 0: só os bytes que ele tem. */
static const char *
number_text(struct arena *a, EVP_PKEY *key, const char *name, int width)
{
    unsigned char raw[RSA_MAX_BITS / 8];
    BIGNUM *number = NULL;
    char *text;
    int n;

    if (EVP_PKEY_get_bn_param(key, name, &number) != 1)
        return NULL;
    arena_defer(a, drop_number, number);
    n = width > 0 ? width : BN_num_bytes(number);
    if (n > (int)sizeof raw || BN_bn2binpad(number, raw, n) != n)
        return NULL;
    text = arena_alloc(a, BASE64URL_CHARS((size_t)n) + 1);
    base64url_encode(raw, (size_t)n, text);
    return text;
}

/* A impressão digital: os membros obrigatórios, em ordem, sem espaço. */
static void
thumbprint(struct arena *a, const struct jwk *j,
           char out[static PEM_KEY_ID_CHARS + 1])
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    const char *text =
        j->n != NULL
            ? arena_printf(a, "{\"e\":\"%s\",\"kty\":\"RSA\",\"n\":\"%s\"}",
                           j->e, j->n)
            : arena_printf(a,
                           "{\"crv\":\"%s\",\"kty\":\"EC\",\"x\":\"%s\","
                           "\"y\":\"%s\"}",
                           j->crv, j->x, j->y);

    SHA256((const unsigned char *)text, strlen(text), hash);
    base64url_encode(hash, sizeof hash, out);
}

static const char *
read_ec(struct arena *a, EVP_PKEY *key, struct pem_key *out)
{
    char curve[40] = "";

    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve,
                                   sizeof curve, NULL);
    if (strcmp(curve, "prime256v1") != 0 && strcmp(curve, "P-256") != 0)
        return arena_printf(a, _("a curva é %s; ES256 usa a P-256"), curve);
    out->alg = KEY_ES256;
    out->jwk = (struct jwk){
        .kty = "EC",
        .crv = "P-256",
        .x = number_text(a, key, OSSL_PKEY_PARAM_EC_PUB_X, P256_BYTES),
        .y = number_text(a, key, OSSL_PKEY_PARAM_EC_PUB_Y, P256_BYTES),
    };
    return out->jwk.x != NULL && out->jwk.y != NULL
               ? NULL
               : _("não se leu a chave pública");
}

static const char *
read_rsa(struct arena *a, EVP_PKEY *key, struct pem_key *out)
{
    int bits = EVP_PKEY_get_bits(key);

    if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS)
        return arena_printf(a, _("RSA de %d bits; use de %d a %d"), bits,
                            RSA_MIN_BITS, RSA_MAX_BITS);
    out->alg = KEY_RS256;
    out->jwk = (struct jwk){
        .kty = "RSA",
        .n = number_text(a, key, OSSL_PKEY_PARAM_RSA_N, 0),
        .e = number_text(a, key, OSSL_PKEY_PARAM_RSA_E, 0),
    };
    return out->jwk.n != NULL && out->jwk.e != NULL
               ? NULL
               : _("não se leu a chave pública");
}

static bool
write_pem(struct arena *a, EVP_PKEY *key, bool is_private, struct slice *out)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    struct slice *kept;
    char *data = NULL;
    bool done;
    long n;

    if (bio == NULL)
        return false;
    arena_defer(a, drop_bio, bio);
    done = is_private ? PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0,
                                                      NULL, NULL) == 1
                      : PEM_write_bio_PUBKEY(bio, key) == 1;
    n = BIO_get_mem_data(bio, &data);
    if (!done || n <= 0)
        return false;
    kept = arena_alloc(a, sizeof *kept);
    *kept = (struct slice){ arena_memdup(a, data, (size_t)n), (size_t)n };
    arena_defer(a, wipe, kept);
    *out = *kept;
    return true;
}

/* Preenche out; devolve o que há de errado, ou NULL. */
static const char *
describe(struct arena *a, EVP_PKEY *key, bool has_private, struct pem_key *out)
{
    const char *wrong;

    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
        wrong = read_ec(a, key, out);
        break;
    case EVP_PKEY_RSA:
        wrong = read_rsa(a, key, out);
        break;
    default:
        return _("não é chave EC P-256 nem RSA");
    }
    if (wrong != NULL)
        return wrong;
    thumbprint(a, &out->jwk, out->kid);
    if (!write_pem(a, key, false, &out->public_pem) ||
        (has_private && !write_pem(a, key, true, &out->private_pem)))
        return _("a OpenSSL não soube escrever a chave");
    return NULL;
}

bool
pem_key_load(struct arena *a, const char *path, struct pem_key *out,
             const char **problem)
{
    bool has_private, locked;
    struct slice text;
    EVP_PKEY *key;

    memset(out, 0, sizeof *out);
    *problem = NULL;
    if (!read_file(a, path, &text)) {
        *problem = arena_printf(a, "%s: %s", path, strerror(errno));
        return false;
    }
    key = parse_pem(a, text, &has_private, &locked);
    if (key == NULL) {
        *problem = arena_printf(
            a, "%s: %s", path,
            locked ? _("está cifrada com senha; tire-a com `openssl pkey`")
                   : _("não é uma chave em PEM"));
        return false;
    }
    *problem = describe(a, key, has_private, out);
    if (*problem != NULL)
        *problem = arena_printf(a, "%s: %s", path, *problem);
    ERR_clear_error();
    return *problem == NULL;
}

bool
pem_key_consistent(const struct pem_key *key)
{
    struct arena *a = arena_new(1024);
    bool has_private, locked, good = true;
    EVP_PKEY *parsed = parse_pem(a, key->private_pem, &has_private, &locked);
    EVP_PKEY_CTX *check =
        parsed != NULL ? EVP_PKEY_CTX_new(parsed, NULL) : NULL;

    if (key->private_pem.len > 0)
        good = check != NULL && EVP_PKEY_pairwise_check(check) == 1;
    EVP_PKEY_CTX_free(check);
    ERR_clear_error();
    arena_free(a);
    return good;
}

bool
pem_file_exposed(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && (st.st_mode & S_IROTH) != 0;
}
