/*
 * token_fuzz.c - tudo que prova quem é. O primeiro byte escolhe:
 *   j  "cabeçalho\ndeclarações": JWT assinado com a chave certa
 *   k  o mesmo, com a chave do segredo anterior
 *   c  o mesmo, com um PEM público no lugar do segredo (confusão de HS e RS)
 *   m  "pbXX": JWT nosso com o byte p trocado por b
 *   s  "cabeçalho\ncorpo": assinatura de webhook
 *   o resto: o texto como veio, por todas as portas
 */
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/base64url.h"
#include "auth/csrf.h"
#include "auth/signature.h"
#include "auth/token.h"
#include "auth/token_keys.h"
#include "base/conf.h"
#include "channel/json_read.h"
#include "kit.h"

#define NOW 1700000000
#define PREVIOUS \
    "f00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const char ec_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEykV0ri9R7OZ87vjSDZIf2b2BrXbX\n"
    "XSrZ6zl98SvtP5KBjTuPd9yeC5Qzkkn3etouZ8tSaI27L16RnRBp9fvvSQ==\n"
    "-----END PUBLIC KEY-----\n";
static const char rsa_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwCwf4X+5hggeS3NxGLzr\n"
    "JPlBvNSF6tro9wx1tdZc0F2TD9mUSB0fJIdkM53pbvcNrj5y8fXciQpXAqciek9F\n"
    "cexLETBgSjhV89Ah+fjfHxzaS3lOrRuC45/JMAHde3zF5KWY0yrnVs996xzhGyEW\n"
    "a14M1qjDyBdScblmSGjyoJ72W8AZQ+KZrlmS+CY9HKtGlMtEYEFQ5ruuRkk/HufH\n"
    "Xs5LcVUU0MiHCb1aZyfLi3UmKKIY59uM1yCxR1EvBkt9cWVYAaGrhFxLbyVQAU67\n"
    "F7uB/SBKR96XQLCUpKawLut7QjyznNPGhEMEyi8LBIGQIedPlnczgxAi0FVs2DA8\n"
    "lQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

/* Uma chave de cada espécie: a de HS256 assina, todas conferem. */
static void
configure(void)
{
    struct conf *c = (struct conf *)(uintptr_t)conf();
    static const char *const pems[] = { ec_pem, rsa_pem };
    static char names[2][40], list[100];
    int i;

    if (list[0] != '\0')
        return;
    for (i = 0; i < 2; i++) {
        int fd;

        snprintf(names[i], sizeof names[i], "/tmp/balcao-fuzz-XXXXXX");
        fd = mkstemp(names[i]);
        need(fd >= 0 && write(fd, pems[i], strlen(pems[i])) > 0);
        close(fd);
    }
    snprintf(list, sizeof list, "%s,%s", names[0], names[1]);
    c->jwt_previous_key_files = list;
    c->app_secret_previous = PREVIOUS;
    token_keys_load();
    unlink(names[0]);
    unlink(names[1]);
}

static const char *
base64(struct arena *a, const void *data, size_t n)
{
    char *out = arena_alloc(a, BASE64URL_CHARS(n) + 1);

    base64url_encode(data, n, out);
    return out;
}

static const char *
sign(struct arena *a, struct slice key, struct slice head, struct slice claims)
{
    const char *text = arena_printf(a, "%s.%s", base64(a, head.data, head.len),
                                    base64(a, claims.data, claims.len));
    unsigned char mac[32];

    HMAC(EVP_sha256(), key.data, (int)key.len, (const unsigned char *)text,
         strlen(text), mac, NULL);
    return arena_printf(a, "%s.%s", text, base64(a, mac, sizeof mac));
}

/* Quem passa tem dono, papel, prazo e forma. */
static void
check_token(const struct token *t)
{
    need(t->user_id > 0 && t->company_id > 0 && t->token_version > 0);
    need(t->access_version > 0);
    need(t->has_scope || t->permissions == 0);
    need((t->permissions >> PERM_COUNT) == 0);
    need(t->role != ROLE_NONE && (t->role & ~ROLE_ANY) == 0);
    need(t->expires_at_s > NOW && t->issued_at_s <= NOW + 60);
    need(strlen(t->id) == TOKEN_ID_CHARS);
    need(t->family[0] == '\0' || strlen(t->family) == TOKEN_FAMILY_CHARS);
}

/* Só alg, kid e typ, e o algoritmo e o nome da chave que assinou. */
static void
check_header(struct arena *a, struct slice head, const struct token_key *key)
{
    struct json_object *o = json_read(a, head);
    const char *text;

    if (o == NULL)
        return; /* a leitura da json-c aqui é mais estrita */
    json_object_object_foreach (o, name, value) {
        need(strcmp(name, "alg") == 0 || strcmp(name, "kid") == 0 ||
             strcmp(name, "typ") == 0);
        (void)value;
    }
    text = json_read_text(a, o, "alg");
    need(text != NULL && strcmp(text, "HS256") == 0);
    text = json_read_text(a, o, "kid");
    need(text != NULL && strcmp(text, key->kid) == 0);
}

/* O n-ésimo segredo: 0 o atual, 1 o anterior. */
static void
signed_by_us(struct arena *a, int n, struct slice rest)
{
    struct slice head = fuzz_cut(&rest, '\n');
    const struct token_key *key = token_key_at(n);
    const char *text = sign(a, key->verify, head, rest);
    struct token t;

    need(!token_stream_verify(text, NOW, &t));
    if (!token_verify(text, NOW, &t))
        return;
    check_token(&t);
    check_header(a, head, key);
}

/* Quem só tem o que se publica não faz token nenhum. */
static void
signed_by_a_public_key(struct arena *a, struct slice rest)
{
    struct slice head = fuzz_cut(&rest, '\n');
    const struct token_key *key;
    struct token t;
    int i;

    for (i = 0; (key = token_key_at(i)) != NULL; i++) {
        if (key->jwk.kty == NULL)
            continue;
        need(!token_verify(sign(a, key->verify, head, rest), NOW, &t));
    }
}

static void
one_byte_changed(struct arena *a, struct slice rest)
{
    struct token t = { .user_id = 7,
                       .company_id = 3,
                       .token_version = 1,
                       .access_version = 1,
                       .role = ROLE_ADMIN };
    char *text = arena_strdup(a, token_make(a, &t, NOW));
    size_t at;

    need(token_verify(text, NOW, &t));
    if (rest.len < 3)
        return;
    at = ((unsigned char)rest.data[0] * 256u + (unsigned char)rest.data[1]) %
         strlen(text);
    if (text[at] == rest.data[2])
        return;
    text[at] = rest.data[2];
    need(!token_verify(text, NOW, &t));
}

static void
webhook(struct arena *a, struct slice rest)
{
    static const struct slice key = { "segredo", 7 };
    const char *header = fuzz_cut_text(a, &rest, '\n');
    char ours[SIGNATURE_CHARS + 1];

    signature_make(key, rest, ours);
    need(!signature_check(ours, key, rest));
    need(signature_check(arena_printf(a, "sha256=%s", ours), key, rest));
    need(signature_check(header, key, rest) ==
         (strncmp(header, "sha256=", 7) == 0 &&
          strcasecmp(header + 7, ours) == 0));
    need(!signature_check(header, (struct slice){ "", 0 }, rest));
}

static void
as_it_came(struct arena *a, struct slice rest)
{
    const char *text = arena_memdup(a, rest.data, rest.len);
    unsigned char hash[TOKEN_HASH_BYTES], *raw = arena_alloc(a, rest.len + 1);
    struct token t;
    size_t n;

    need(!token_verify(text, NOW, &t) && !token_stream_verify(text, NOW, &t));
    token_hash(text, hash);
    need(!csrf_check(hash, text));
    if (token_is_opaque(text))
        need(strlen(text) == TOKEN_OPAQUE_CHARS);
    if (base64url_decode(rest.data, rest.len, raw, rest.len, &n))
        need(strcmp(base64(a, raw, n), text) == 0);
    csrf_same_origin(NULL, text, "http://localhost/x", text);
    need(!csrf_same_origin("cross-site", text, "http://localhost", text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    struct slice rest = { (const char *)data, size };

    configure();
    if (size > 0 && strchr("jkcms", data[0]) != NULL) {
        rest.data++;
        rest.len--;
    }
    switch (size > 0 ? data[0] : 0) {
    case 'j':
    case 'k':
        signed_by_us(a, data[0] == 'k', rest);
        break;
    case 'c':
        signed_by_a_public_key(a, rest);
        break;
    case 'm':
        one_byte_changed(a, rest);
        break;
    case 's':
        webhook(a, rest);
        break;
    default:
        as_it_came(a, rest);
    }
    arena_free(a);
    return 0;
}
