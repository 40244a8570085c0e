/* token.c - JWT pela libjwt, com a forma conferida antes dela. */
#include "auth/token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <jwt.h>
#include <openssl/err.h>
#include <openssl/sha.h>

#include "auth/keys.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/str.h"

#define CLOCK_SKEW_S 60

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
token_random(void *out, size_t n)
{
    unsigned char *p = out;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            log_error("o sistema não deu bytes aleatórios");
            abort();
        }
        p += got;
        n -= (size_t)got;
    }
}

/* base64url sem '=' (RFC 4648 seção 5); out tem lugar para o '\0'. */
static void
base64url(const unsigned char *data, size_t n, char *out)
{
    uint32_t bits = 0;
    int have = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        bits = bits << 8 | data[i];
        for (have += 8; have >= 6; have -= 6)
            *out++ = alphabet[bits >> (have - 6) & 63];
    }
    if (have > 0)
        *out++ = alphabet[bits << (6 - have) & 63];
    *out = '\0';
}

void
token_opaque(char out[static TOKEN_OPAQUE_CHARS + 1])
{
    unsigned char raw[32];

    token_random(raw, sizeof raw);
    base64url(raw, sizeof raw, out);
    explicit_bzero(raw, sizeof raw);
}

bool
token_is_opaque(const char *text)
{
    return strnlen(text, TOKEN_OPAQUE_CHARS + 1) == TOKEN_OPAQUE_CHARS &&
           strspn(text, alphabet) == TOKEN_OPAQUE_CHARS;
}

void
token_hash(const char *text, unsigned char out[static TOKEN_HASH_BYTES])
{
    SHA256((const unsigned char *)text, strlen(text), out);
}

static void
key_name(enum key_purpose purpose, char out[static 2 * KEY_ID_BYTES + 1])
{
    hex_encode(keys_id(purpose), KEY_ID_BYTES, out);
}

static void
new_id(struct token *t)
{
    unsigned char raw[16];

    token_random(raw, sizeof raw);
    base64url(raw, sizeof raw, t->id);
}

/* Põe cabeçalho e declarações; 0 se deu certo, como a libjwt. */
static int
fill(jwt_t *jwt, enum key_purpose purpose, const struct token *t)
{
    char sub[24], kid[2 * KEY_ID_BYTES + 1];
    int bad = 0;

    snprintf(sub, sizeof sub, "%lld", (long long)t->user_id);
    key_name(purpose, kid);
    bad |= jwt_set_alg(jwt, JWT_ALG_HS256, keys_get(purpose), KEY_BYTES);
    bad |= jwt_add_header(jwt, "kid", kid);
    bad |= jwt_add_grant(jwt, "sub", sub);
    bad |= jwt_add_grant_int(jwt, "company", (long)t->company_id);
    bad |= jwt_add_grant_int(jwt, "tv", t->token_version);
    bad |= jwt_add_grant_int(jwt, "av", t->access_version);
    bad |= jwt_add_grant_int(jwt, "iat", (long)t->issued_at_s);
    bad |= jwt_add_grant_int(jwt, "exp", (long)t->expires_at_s);
    bad |= jwt_add_grant(jwt, "jti", t->id);
    if (t->family[0] != '\0')
        bad |= jwt_add_grant(jwt, "sid", t->family);
    if (purpose == KEY_JWT)
        bad |= jwt_add_grant(jwt, "role", role_name(t->role));
    else
        bad |= jwt_add_grant(jwt, "purpose", "stream");
    return bad;
}

static int
fill_scope(jwt_t *jwt, struct arena *a, const struct token *t)
{
    return t->has_scope ? jwt_add_grant(jwt, "scope",
                                        permission_slugs(a, t->permissions))
                        : 0;
}

static const char *
make(struct arena *a, enum key_purpose purpose, const struct token *t)
{
    const char *out = NULL;
    char *text = NULL;
    jwt_t *jwt = NULL;

    if (jwt_new(&jwt) == 0 && fill(jwt, purpose, t) == 0 &&
        fill_scope(jwt, a, t) == 0)
        text = jwt_encode_str(jwt);
    if (text != NULL)
        out = arena_strdup(a, text);
    free(text);
    jwt_free(jwt);
    return out;
}

const char *
token_make(struct arena *a, struct token *t, int64_t now_s)
{
    new_id(t);
    t->issued_at_s = now_s;
    t->expires_at_s = now_s + conf()->access_token_s;
    return make(a, KEY_JWT, t);
}

const char *
token_stream_make(struct arena *a, struct token *t, int64_t now_s)
{
    new_id(t);
    t->issued_at_s = now_s;
    t->expires_at_s = now_s + conf()->stream_token_s;
    return make(a, KEY_STREAM, t);
}

/*
 * Três partes não vazias em base64url e nada mais. A libjwt decodifica na
 * pilha e ignora bytes estranhos: o que passa daqui é curto e exato.
 */
static bool
is_compact(const char *text)
{
    size_t n = strnlen(text, TOKEN_MAX_CHARS + 1);
    const char *p = text;
    int part;

    if (n > TOKEN_MAX_CHARS)
        return false;
    for (part = 0; part < 3; part++) {
        size_t len = strspn(p, alphabet);

        if (len == 0 || p[len] != (part < 2 ? '.' : '\0'))
            return false;
        p += len + 1;
    }
    return true;
}

/* A libjwt confere com a chave dada; o algoritmo conferimos nós. */
static bool
is_header_ours(jwt_t *jwt, enum key_purpose purpose)
{
    const char *kid = jwt_get_header(jwt, "kid");
    char ours[2 * KEY_ID_BYTES + 1], *crit;
    bool has_crit;

    if (jwt_get_alg(jwt) != JWT_ALG_HS256)
        return false;
    crit = jwt_get_headers_json(jwt, "crit");
    has_crit = crit != NULL;
    free(crit);
    key_name(purpose, ours);
    return !has_crit && (kid == NULL || strcmp(kid, ours) == 0);
}

/* Inteiro maior que zero e até max; zero se faltar ou não servir. */
static int64_t
positive(jwt_t *jwt, const char *name, int64_t max)
{
    long v;

    errno = 0;
    v = jwt_get_grant_int(jwt, name);
    return errno != 0 || v <= 0 || v > max ? 0 : v;
}

/* Copia um texto de tamanho exato; o que falta fica vazio. */
static bool
read_exact(jwt_t *jwt, const char *name, char *out, size_t n)
{
    const char *text = jwt_get_grant(jwt, name);

    if (text == NULL || strlen(text) != n)
        return false;
    memcpy(out, text, n);
    return true;
}

static bool
read_claims(jwt_t *jwt, enum key_purpose purpose, struct token *out)
{
    const char *sub = jwt_get_grant(jwt, "sub");
    const char *role = jwt_get_grant(jwt, "role");
    const char *scope = jwt_get_grant(jwt, "scope");
    const char *what = jwt_get_grant(jwt, "purpose");

    memset(out, 0, sizeof *out);
    if (sub == NULL || !parse_int64(sub, &out->user_id) || out->user_id <= 0)
        return false;
    if (!read_exact(jwt, "jti", out->id, TOKEN_ID_CHARS))
        return false;
    read_exact(jwt, "sid", out->family, TOKEN_FAMILY_CHARS);
    if (purpose == KEY_JWT)
        out->role = role != NULL ? role_parse(role) : ROLE_NONE;
    else if (what == NULL || strcmp(what, "stream") != 0)
        return false;
    out->company_id = positive(jwt, "company", INT64_MAX);
    out->token_version = (int32_t)positive(jwt, "tv", INT32_MAX);
    out->access_version = (int32_t)positive(jwt, "av", INT32_MAX);
    out->has_scope = scope != NULL;
    if (out->has_scope && !permissions_parse(scope, &out->permissions))
        return false;
    out->issued_at_s = positive(jwt, "iat", INT64_MAX);
    out->expires_at_s = positive(jwt, "exp", INT64_MAX);
    return out->company_id > 0 && out->token_version > 0 &&
           out->access_version > 0 &&
           (purpose != KEY_JWT || out->role != ROLE_NONE);
}

static bool
verify(const char *text, enum key_purpose purpose, int64_t now_s,
       struct token *out)
{
    jwt_t *jwt = NULL;
    bool valid = false;

    if (!is_compact(text))
        return false;
    if (jwt_decode(&jwt, text, keys_get(purpose), KEY_BYTES) == 0)
        valid = is_header_ours(jwt, purpose) &&
                read_claims(jwt, purpose, out) && out->expires_at_s > now_s &&
                out->issued_at_s <= now_s + CLOCK_SKEW_S;
    else
        ERR_clear_error(); /* RS e ES deixam restos na fila */
    jwt_free(jwt);
    return valid;
}

bool
token_verify(const char *text, int64_t now_s, struct token *out)
{
    return verify(text, KEY_JWT, now_s, out);
}

bool
token_stream_verify(const char *text, int64_t now_s, struct token *out)
{
    return verify(text, KEY_STREAM, now_s, out);
}
