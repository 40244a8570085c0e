/*
 * token_fuzz.c - tudo que prova quem é. O primeiro byte escolhe:
 *   j  "cabeçalho\ndeclarações": JWT assinado com a chave certa
 *   m  "pbXX": JWT nosso com o byte p trocado por b
 *   s  "cabeçalho\ncorpo": assinatura de webhook
 *   o resto: o texto como veio, por todas as portas
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "auth/csrf.h"
#include "auth/keys.h"
#include "auth/signature.h"
#include "auth/token.h"
#include "channel/json_read.h"
#include "kit.h"

#define NOW 1700000000

static const char *
base64url(struct arena *a, const void *data, size_t n)
{
    unsigned char *out = arena_alloc(a, n * 2 + 8);
    char *p;

    EVP_EncodeBlock(out, data, (int)n);
    for (p = (char *)out; *p != '\0' && *p != '='; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    *p = '\0';
    return (const char *)out;
}

static const char *
sign(struct arena *a, struct slice head, struct slice claims)
{
    const char *text =
        arena_printf(a, "%s.%s", base64url(a, head.data, head.len),
                     base64url(a, claims.data, claims.len));
    unsigned char mac[32];

    HMAC(EVP_sha256(), keys_get(KEY_JWT), KEY_BYTES,
         (const unsigned char *)text, strlen(text), mac, NULL);
    return arena_printf(a, "%s.%s", text, base64url(a, mac, sizeof mac));
}

/* Quem passa tem dono, papel, prazo e forma. */
static void
check_token(const struct token *t)
{
    need(t->user_id > 0 && t->company_id > 0 && t->token_version > 0);
    need(t->role != ROLE_NONE && (t->role & ~ROLE_ANY) == 0);
    need(t->expires_at_s > NOW && t->issued_at_s <= NOW + 60);
    need(strlen(t->id) == TOKEN_ID_CHARS);
    need(t->family[0] == '\0' || strlen(t->family) == TOKEN_FAMILY_CHARS);
}

static void
signed_by_us(struct arena *a, struct slice rest)
{
    struct slice head = fuzz_cut(&rest, '\n');
    const char *text = sign(a, head, rest), *alg;
    struct json_object *o;
    struct token t;

    need(!token_stream_verify(text, NOW, &t));
    if (!token_verify(text, NOW, &t))
        return;
    check_token(&t);
    o = json_read(a, head);
    alg = o == NULL ? NULL : json_read_text(a, o, "alg");
    need(o == NULL || (alg != NULL && strcasecmp(alg, "HS256") == 0));
}

static void
one_byte_changed(struct arena *a, struct slice rest)
{
    struct token t = {
        .user_id = 7, .company_id = 3, .token_version = 1, .access_version = 1, .role = ROLE_ADMIN
    };
    char *text = arena_strdup(a, token_make(a, &t, NOW));
    size_t at;

    need(token_verify(text, NOW, &t));
    if (rest.len < 3)
        return;
    /* o último caractere tem dois bits que não dizem nada */
    at = ((unsigned char)rest.data[0] * 256u + (unsigned char)rest.data[1]) %
         (strlen(text) - 1);
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
    unsigned char hash[TOKEN_HASH_BYTES];
    struct token t;

    need(!token_verify(text, NOW, &t) && !token_stream_verify(text, NOW, &t));
    token_hash(text, hash);
    need(!csrf_check(hash, text));
    if (token_is_opaque(text))
        need(strlen(text) == TOKEN_OPAQUE_CHARS);
    csrf_same_origin(NULL, text, "http://localhost/x", text);
    need(!csrf_same_origin("cross-site", text, "http://localhost", text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    struct slice rest = { (const char *)data, size };

    if (size > 0 && strchr("jms", data[0]) != NULL) {
        rest.data++;
        rest.len--;
    }
    if (size > 0 && data[0] == 'j')
        signed_by_us(a, rest);
    else if (size > 0 && data[0] == 'm')
        one_byte_changed(a, rest);
    else if (size > 0 && data[0] == 's')
        webhook(a, rest);
    else
        as_it_came(a, rest);
    arena_free(a);
    return 0;
}
