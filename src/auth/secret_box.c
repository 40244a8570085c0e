/* secret_box.c - AES-256-GCM pela interface EVP. */
#include "auth/secret_box.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "auth/keys.h"
#include "auth/token.h"

enum {
    VERSION = 1,
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
    HEAD_BYTES = 1 + KEY_ID_BYTES,
    NONCE_AT = HEAD_BYTES,
    TEXT_AT = NONCE_AT + NONCE_BYTES,
};

_Static_assert(TEXT_AT + TAG_BYTES == SECRET_BOX_EXTRA_BYTES, "forma");

struct secret {
    unsigned char *data;
    size_t size;
};

static void
wipe(void *object)
{
    struct secret *s = object;

    OPENSSL_cleanse(s->data, s->size);
}

/* Versão e id da chave também são autenticados, antes do contexto. */
static bool
start(EVP_CIPHER_CTX *x, const unsigned char *box, const char *context,
      int encrypt)
{
    const unsigned char *key = keys_find(KEY_SECRET_BOX, box + 1);
    const unsigned char *text = (const unsigned char *)context;
    int n;

    return EVP_CipherInit_ex(x, EVP_aes_256_gcm(), NULL, key, box + NONCE_AT,
                             encrypt) == 1 &&
           EVP_CipherUpdate(x, NULL, &n, box, HEAD_BYTES) == 1 &&
           EVP_CipherUpdate(x, NULL, &n, text, (int)strlen(context)) == 1;
}

static bool
encrypt(EVP_CIPHER_CTX *x, const char *context, struct slice plain,
        unsigned char *box)
{
    const unsigned char *data = (const unsigned char *)plain.data;
    unsigned char *text = box + TEXT_AT;
    int n = 0, rest = 0;

    if (!start(x, box, context, 1))
        return false;
    if (plain.len > 0 &&
        EVP_CipherUpdate(x, text, &n, data, (int)plain.len) != 1)
        return false;
    return EVP_CipherFinal_ex(x, text + n, &rest) == 1 &&
           EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_GCM_GET_TAG, TAG_BYTES,
                               text + plain.len) == 1;
}

bool
secret_box_seal(struct arena *a, const char *context, struct slice plain,
                struct slice *out)
{
    EVP_CIPHER_CTX *x;
    unsigned char *box;
    bool done;

    if (plain.len > SECRET_BOX_MAX_BYTES)
        return false;
    x = EVP_CIPHER_CTX_new();
    if (x == NULL)
        return false;
    box = arena_alloc(a, plain.len + SECRET_BOX_EXTRA_BYTES);
    box[0] = VERSION;
    memcpy(box + 1, keys_id(KEY_SECRET_BOX), KEY_ID_BYTES);
    token_random(box + NONCE_AT, NONCE_BYTES);
    done = encrypt(x, context, plain, box);
    EVP_CIPHER_CTX_free(x); /* apaga a chave que ele copiou */
    if (done)
        *out = (struct slice){ (const char *)box,
                               plain.len + SECRET_BOX_EXTRA_BYTES };
    return done;
}

static bool
decrypt(EVP_CIPHER_CTX *x, const char *context, struct slice box,
        struct secret *s)
{
    const unsigned char *data = (const unsigned char *)box.data;
    unsigned char tag[TAG_BYTES];
    int n = 0, rest = 0;

    memcpy(tag, data + TEXT_AT + s->size, TAG_BYTES);
    if (!start(x, data, context, 0))
        return false;
    if (s->size > 0 &&
        EVP_CipherUpdate(x, s->data, &n, data + TEXT_AT, (int)s->size) != 1)
        return false;
    return EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
           EVP_CipherFinal_ex(x, s->data + n, &rest) == 1;
}

static bool
is_box_ours(struct slice box)
{
    return box.data != NULL && box.len >= SECRET_BOX_EXTRA_BYTES &&
           box.len <= SECRET_BOX_MAX_BYTES + SECRET_BOX_EXTRA_BYTES &&
           box.data[0] == VERSION &&
           keys_find(KEY_SECRET_BOX, (const unsigned char *)box.data + 1) !=
               NULL;
}

bool
secret_box_open(struct arena *a, const char *context, struct slice box,
                struct slice *out)
{
    EVP_CIPHER_CTX *x;
    struct secret *s;
    bool done;

    if (!is_box_ours(box))
        return false;
    x = EVP_CIPHER_CTX_new();
    if (x == NULL)
        return false;
    s = arena_alloc(a, sizeof *s);
    s->size = box.len - SECRET_BOX_EXTRA_BYTES;
    s->data = arena_alloc(a, s->size + 1);
    arena_defer(a, wipe, s);
    done = decrypt(x, context, box, s);
    EVP_CIPHER_CTX_free(x);
    if (done) {
        *out = (struct slice){ (const char *)s->data, s->size };
    } else {
        wipe(s);
        ERR_clear_error();
    }
    return done;
}
