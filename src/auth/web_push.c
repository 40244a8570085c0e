/* web_push.c - ECDH, HKDF e AES-128-GCM, na ordem da RFC 8291. */
#include "auth/web_push.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <string.h>

#include "auth/base64url.h"

#define CURVE "prime256v1"
#define RECORD_BYTES 4096
#define HEAD_BYTES (PUSH_SALT_BYTES + 4 + 1 + PUSH_POINT_BYTES)
#define TAG_BYTES 16
#define CIPHER_KEY_BYTES 16
#define NONCE_BYTES 12
#define SECRET_BYTES 32
#define LAST_RECORD 0x02

static EVP_PKEY *
key_of(const OSSL_PARAM *params, int selection)
{
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM *own = OSSL_PARAM_dup(params);
    EVP_PKEY *key = NULL;

    if (c == NULL || own == NULL || EVP_PKEY_fromdata_init(c) != 1 ||
        EVP_PKEY_fromdata(c, &key, selection, own) != 1)
        key = NULL;
    OSSL_PARAM_free(own);
    EVP_PKEY_CTX_free(c);
    return key;
}

/* Um ponto fora da curva não vira chave. */
static EVP_PKEY *
public_key(const unsigned char *point)
{
    char curve[] = CURVE;
    unsigned char copy[PUSH_POINT_BYTES];
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(
                                OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
                            OSSL_PARAM_construct_octet_string(
                                OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
                            OSSL_PARAM_construct_end() };

    memcpy(copy, point, sizeof copy);
    return key_of(params, EVP_PKEY_PUBLIC_KEY);
}

/* O ponto que corresponde a um número. */
static bool
point_of(const EC_GROUP *group, const BIGNUM *d, unsigned char *out)
{
    EC_POINT *p = EC_POINT_new(group);
    bool good = p != NULL && EC_POINT_mul(group, p, d, NULL, NULL, NULL) == 1 &&
                EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED, out,
                                   PUSH_POINT_BYTES, NULL) == PUSH_POINT_BYTES;

    EC_POINT_free(p);
    return good;
}

static EVP_PKEY *
private_key(const unsigned char *scalar, unsigned char *point)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    BIGNUM *d = BN_secure_new();
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;

    if (group != NULL && d != NULL && b != NULL &&
        BN_bin2bn(scalar, PUSH_SCALAR_BYTES, d) != NULL &&
        point_of(group, d, point) &&
        OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, CURVE,
                                        0) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point,
                                         PUSH_POINT_BYTES) == 1 &&
        (params = OSSL_PARAM_BLD_to_param(b)) != NULL)
        key = key_of(params, EVP_PKEY_KEYPAIR);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    BN_clear_free(d);
    EC_GROUP_free(group);
    return key;
}

static bool
agree(EVP_PKEY *mine, const unsigned char *point, unsigned char *secret)
{
    EVP_PKEY *other = public_key(point);
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(mine, NULL);
    size_t n = SECRET_BYTES;
    bool good = other != NULL && c != NULL && EVP_PKEY_derive_init(c) == 1 &&
                EVP_PKEY_derive_set_peer(c, other) == 1 &&
                EVP_PKEY_derive(c, secret, &n) == 1 && n == SECRET_BYTES;

    EVP_PKEY_CTX_free(c);
    EVP_PKEY_free(other);
    return good;
}

/* HKDF-SHA256 inteira, RFC 5869. */
static bool
hkdf(struct slice salt, struct slice secret, struct slice info,
     unsigned char *out, size_t len)
{
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    bool good =
        c != NULL && EVP_PKEY_derive_init(c) == 1 &&
        EVP_PKEY_CTX_set_hkdf_md(c, EVP_sha256()) == 1 &&
        EVP_PKEY_CTX_set1_hkdf_salt(c, (const unsigned char *)salt.data,
                                    (int)salt.len) == 1 &&
        EVP_PKEY_CTX_set1_hkdf_key(c, (const unsigned char *)secret.data,
                                   (int)secret.len) == 1 &&
        EVP_PKEY_CTX_add1_hkdf_info(c, (const unsigned char *)info.data,
                                    (int)info.len) == 1 &&
        EVP_PKEY_derive(c, out, &len) == 1;

    EVP_PKEY_CTX_free(c);
    return good;
}

#define BYTES(p, n) ((struct slice){ (const char *)(p), (n) })
/* O '\0' do fim faz parte dos rótulos da norma. */
#define LABEL(text) BYTES(text, sizeof(text))

static bool
derive(const struct push_keys *to, const unsigned char *shared,
       const unsigned char *salt, const unsigned char *mine,
       unsigned char key[CIPHER_KEY_BYTES + NONCE_BYTES])
{
    static const char title[] = "WebPush: info";
    unsigned char info[sizeof title + 2 * PUSH_POINT_BYTES];
    unsigned char ikm[SECRET_BYTES];
    bool good;

    memcpy(info, title, sizeof title);
    memcpy(info + sizeof title, to->point, PUSH_POINT_BYTES);
    memcpy(info + sizeof title + PUSH_POINT_BYTES, mine, PUSH_POINT_BYTES);
    good = hkdf(BYTES(to->auth, PUSH_AUTH_BYTES), BYTES(shared, SECRET_BYTES),
                BYTES(info, sizeof info), ikm, sizeof ikm) &&
           hkdf(BYTES(salt, PUSH_SALT_BYTES), BYTES(ikm, sizeof ikm),
                LABEL("Content-Encoding: aes128gcm"), key, CIPHER_KEY_BYTES) &&
           hkdf(BYTES(salt, PUSH_SALT_BYTES), BYTES(ikm, sizeof ikm),
                LABEL("Content-Encoding: nonce"), key + CIPHER_KEY_BYTES,
                NONCE_BYTES);
    OPENSSL_cleanse(ikm, sizeof ikm);
    return good;
}

static bool
encrypt(const unsigned char *key, struct slice plain, unsigned char *out)
{
    static const unsigned char last = LAST_RECORD;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n = 0, m = 0, end = 0;
    bool good = c != NULL &&
                EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, key,
                                   key + CIPHER_KEY_BYTES) == 1 &&
                EVP_EncryptUpdate(c, out, &n, (const unsigned char *)plain.data,
                                  (int)plain.len) == 1 &&
                EVP_EncryptUpdate(c, out + n, &m, &last, 1) == 1 &&
                EVP_EncryptFinal_ex(c, out + n + m, &end) == 1 &&
                EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_BYTES,
                                    out + n + m + end) == 1;

    EVP_CIPHER_CTX_free(c);
    return good;
}

bool
push_seal_with(struct arena *a, const struct push_keys *to,
               const struct push_seed *seed, struct slice plain,
               struct slice *out)
{
    unsigned char point[PUSH_POINT_BYTES], shared[SECRET_BYTES];
    unsigned char key[CIPHER_KEY_BYTES + NONCE_BYTES], *body;
    EVP_PKEY *mine;
    bool good;

    if (plain.len > PUSH_PLAIN_MAX)
        return false;
    body = arena_alloc(a, HEAD_BYTES + plain.len + 1 + TAG_BYTES);
    mine = private_key(seed->scalar, point);
    good = mine != NULL && agree(mine, to->point, shared) &&
           derive(to, shared, seed->salt, point, key);
    EVP_PKEY_free(mine);
    memcpy(body, seed->salt, PUSH_SALT_BYTES);
    body[PUSH_SALT_BYTES + 2] = RECORD_BYTES >> 8; /* em quatro bytes */
    body[PUSH_SALT_BYTES + 4] = PUSH_POINT_BYTES;
    memcpy(body + PUSH_SALT_BYTES + 5, point, PUSH_POINT_BYTES);
    good = good && encrypt(key, plain, body + HEAD_BYTES);
    OPENSSL_cleanse(shared, sizeof shared);
    OPENSSL_cleanse(key, sizeof key);
    *out = BYTES(body, HEAD_BYTES + plain.len + 1 + TAG_BYTES);
    return good;
}

/* Um número de 1 a n-1: quem sabe sorteá-lo é a OpenSSL. */
static bool
random_scalar(unsigned char *out)
{
    EVP_PKEY *key = EVP_EC_gen(CURVE);
    BIGNUM *d = NULL;
    bool good = key != NULL &&
                EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
                BN_bn2binpad(d, out, PUSH_SCALAR_BYTES) == PUSH_SCALAR_BYTES;

    BN_clear_free(d);
    EVP_PKEY_free(key);
    return good;
}

bool
push_seal(struct arena *a, const struct push_keys *to, struct slice plain,
          struct slice *out)
{
    struct push_seed seed;
    bool good = random_scalar(seed.scalar) &&
                RAND_bytes(seed.salt, sizeof seed.salt) == 1 &&
                push_seal_with(a, to, &seed, plain, out);

    OPENSSL_cleanse(&seed, sizeof seed);
    return good;
}

bool
push_keys_read(const char *p256dh, const char *auth, struct push_keys *out)
{
    size_t n = 0, m = 0;
    EVP_PKEY *key;

    if (!base64url_decode(p256dh, strlen(p256dh), out->point, sizeof out->point,
                          &n) ||
        !base64url_decode(auth, strlen(auth), out->auth, sizeof out->auth,
                          &m) ||
        n != sizeof out->point || m != sizeof out->auth || out->point[0] != 4)
        return false;
    key = public_key(out->point);
    EVP_PKEY_free(key);
    return key != NULL;
}
