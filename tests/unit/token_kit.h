/* token_kit.h - tokens à mão: cabeçalho, declarações e assinatura quaisquer. */
#ifndef BALCAO_TOKEN_KIT_H
#define BALCAO_TOKEN_KIT_H

#include "auth/base64url.h"
#include "auth/token.h"
#include "auth_kit.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define NOW 1800000000

#define CLAIMS(sub, company, tv, av, role) \
    "{\"sub\":" sub ",\"company\":" company ",\"tv\":" tv ",\"av\":" av \
    ",\"role\":" role ",\"jti\":\"0123456789abcdefABCDEF\"," \
    "\"iat\":1800000000,\"exp\":1800000900}"
#define GOOD CLAIMS("\"42\"", "7", "3", "2", "\"admin\"")

static inline struct token
someone(void)
{
    return (struct token){ .user_id = 42,
                           .company_id = 7,
                           .token_version = 3,
                           .access_version = 2,
                           .role = ROLE_SUPERVISOR };
}

static inline const char *
base64(const void *data, size_t n)
{
    char *out = arena_alloc(kit.arena, BASE64URL_CHARS(n) + 1);

    base64url_encode(data, n, out);
    return out;
}

/* As duas primeiras partes: o que se assina. */
static inline const char *
unsigned_part(const char *head, const char *claims)
{
    return arena_printf(kit.arena, "%s.%s", base64(head, strlen(head)),
                        base64(claims, strlen(claims)));
}

/* Assina com HMAC-SHA256 e estes bytes, diga o cabeçalho o que disser. */
static inline const char *
forge_hmac(const char *head, const char *claims, const void *key, size_t n)
{
    const char *text = unsigned_part(head, claims);
    unsigned char mac[32];

    HMAC(EVP_sha256(), key, (int)n, (const unsigned char *)text, strlen(text),
         mac, NULL);
    return arena_printf(kit.arena, "%s.%s", text, base64(mac, sizeof mac));
}

/* O kid da nossa chave de HS256. */
static inline const char *
kid_of(enum key_purpose purpose)
{
    char hex[2 * KEY_ID_BYTES + 1];

    hex_encode(keys_id(purpose), KEY_ID_BYTES, hex);
    return arena_strdup(kit.arena, hex);
}

/* Um cabeçalho com este alg, o kid da nossa chave e mais `extra`. */
static inline const char *
head_of(const char *alg, const char *extra)
{
    return arena_printf(kit.arena, "{\"alg\":\"%s\",\"kid\":\"%s\"%s}", alg,
                        kid_of(KEY_JWT), extra);
}

/* Declarações quaisquer, assinadas direito com a nossa chave. */
static inline const char *
forged(const char *head, const char *claims)
{
    return forge_hmac(head, claims, keys_get(KEY_JWT), KEY_BYTES);
}

static inline bool
passes(const char *text)
{
    struct token got;

    return token_verify(text, NOW, &got);
}

#endif
