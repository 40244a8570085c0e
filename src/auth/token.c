/* token.c - JWT pela libjwt, com a forma conferida antes dela. */
#include "auth/token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <json-c/json.h>
#include <jwt.h>
#include <openssl/err.h>
#include <openssl/sha.h>

#include "auth/base64url.h"
#include "auth/token_keys.h"
#include "base/conf.h"
#include "base/json_check.h"
#include "base/log.h"

#define CLOCK_SKEW_S 60
#define HEADER_MAX_BYTES 256
#define HEADER_DEPTH 2

static const jwt_alg_t library_alg[KEY_ALGS] = {
    [KEY_HS256] = JWT_ALG_HS256,
    [KEY_ES256] = JWT_ALG_ES256,
    [KEY_RS256] = JWT_ALG_RS256,
};

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

void
token_opaque(char out[static TOKEN_OPAQUE_CHARS + 1])
{
    unsigned char raw[32];

    token_random(raw, sizeof raw);
    base64url_encode(raw, sizeof raw, out);
    explicit_bzero(raw, sizeof raw);
}

bool
token_is_opaque(const char *text)
{
    return strnlen(text, TOKEN_OPAQUE_CHARS + 1) == TOKEN_OPAQUE_CHARS &&
           strspn(text, base64url_alphabet) == TOKEN_OPAQUE_CHARS;
}

void
token_hash(const char *text, unsigned char out[static TOKEN_HASH_BYTES])
{
    SHA256((const unsigned char *)text, strlen(text), out);
}

static void
new_id(struct token *t)
{
    unsigned char raw[16];

    token_random(raw, sizeof raw);
    base64url_encode(raw, sizeof raw, t->id);
}

/* Põe cabeçalho e declarações; 0 se deu certo, como a libjwt. */
static int
fill(jwt_t *jwt, const struct token_key *k, const struct token *t)
{
    char sub[24];
    int bad = 0;

    snprintf(sub, sizeof sub, "%lld", (long long)t->user_id);
    bad |= jwt_set_alg(jwt, library_alg[k->alg],
                       (const unsigned char *)k->sign.data, (int)k->sign.len);
    bad |= jwt_add_header(jwt, "kid", k->kid);
    bad |= jwt_add_grant(jwt, "sub", sub);
    bad |= jwt_add_grant_int(jwt, "company", (long)t->company_id);
    bad |= jwt_add_grant_int(jwt, "tv", t->token_version);
    bad |= jwt_add_grant_int(jwt, "av", t->access_version);
    bad |= jwt_add_grant_int(jwt, "iat", (long)t->issued_at_s);
    bad |= jwt_add_grant_int(jwt, "exp", (long)t->expires_at_s);
    bad |= jwt_add_grant(jwt, "jti", t->id);
    if (t->family[0] != '\0')
        bad |= jwt_add_grant(jwt, "sid", t->family);
    if (k->purpose == KEY_JWT)
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
    const struct token_key *key = token_key_current(purpose);
    const char *out = NULL;
    char *text = NULL;
    jwt_t *jwt = NULL;

    if (jwt_new(&jwt) == 0 && fill(jwt, key, t) == 0 &&
        fill_scope(jwt, a, t) == 0)
        text = jwt_encode_str(jwt);
    if (text != NULL && strlen(text) <= TOKEN_MAX_CHARS)
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
 * pilha e ignora bytes estranhos: o que passa daqui é curto e exato, e nem os
 * bits que não dizem nada se mudam sem que se note.
 */
static bool
is_compact(const char *text)
{
    unsigned char bytes[TOKEN_MAX_CHARS];
    size_t size = strnlen(text, TOKEN_MAX_CHARS + 1), n;
    const char *p = text;
    int part;

    if (size > TOKEN_MAX_CHARS)
        return false;
    for (part = 0; part < 3; part++) {
        size_t len = strspn(p, base64url_alphabet);

        if (len == 0 || p[len] != (part < 2 ? '.' : '\0') ||
            !base64url_decode(p, len, bytes, sizeof bytes, &n))
            return false;
        p += len + 1;
    }
    return true;
}

/* O cabeçalho de um token que se diz nosso; os textos são de o. */
struct header {
    struct json_object *o;
    const char *alg, *kid, *typ;
};

/* Só alg, kid e typ, em texto. O resto (crit, jku, jwk, x5u…) não é nosso. */
static bool
read_members(struct header *h)
{
    json_object_object_foreach (h->o, name, value) {
        const char **slot = strcmp(name, "alg") == 0   ? &h->alg
                            : strcmp(name, "kid") == 0 ? &h->kid
                            : strcmp(name, "typ") == 0 ? &h->typ
                                                       : NULL;

        if (slot == NULL || !json_object_is_type(value, json_type_string))
            return false;
        *slot = json_object_get_string(value);
    }
    return h->alg != NULL && h->kid != NULL &&
           (h->typ == NULL || strcmp(h->typ, "JWT") == 0);
}

static struct json_object *
parse_header(const char *text)
{
    unsigned char bytes[HEADER_MAX_BYTES];
    struct json_object *o = NULL;
    struct json_tokener *parser;
    size_t n;

    if (!base64url_decode(text, strcspn(text, "."), bytes, sizeof bytes, &n) ||
        !json_pieces_valid((const char *)bytes, n))
        return NULL;
    parser = json_tokener_new_ex(HEADER_DEPTH);
    if (parser == NULL)
        return NULL;
    json_tokener_set_flags(parser, JSON_TOKENER_STRICT);
    o = json_tokener_parse_ex(parser, (const char *)bytes, (int)n);
    if (json_tokener_get_error(parser) != json_tokener_success) {
        json_object_put(o);
        o = NULL;
    }
    json_tokener_free(parser);
    return o;
}

/*
 * A chave que o cabeçalho cita, se o algoritmo que ele diz é o dela. O
 * cabeçalho não escolhe como se confere: só qual das nossas chaves.
 * Fonte: RFC 8725 seções 2.1, 3.1 e 3.10.
 */
static const struct token_key *
key_of(const char *text, enum key_purpose purpose)
{
    struct header h = { .o = parse_header(text) };
    const struct token_key *key = NULL;

    if (json_object_is_type(h.o, json_type_object) && read_members(&h))
        key = token_key_find(purpose, h.kid);
    if (key != NULL && strcmp(h.alg, key_alg_name(key->alg)) != 0)
        key = NULL;
    json_object_put(h.o);
    return key;
}

/* A libjwt leu o cabeçalho de novo, a modo dela: tem de ter lido o mesmo. */
static bool
is_header_same(jwt_t *jwt, const struct token_key *key)
{
    const char *kid = jwt_get_header(jwt, "kid");

    return jwt_get_alg(jwt) == library_alg[key->alg] && kid != NULL &&
           strcmp(kid, key->kid) == 0;
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

/*
 * Sem scope, a pessoa pode o que o papel dela pode. Um scope que não se lê
 * não é o mesmo que nenhum: aí o token não vale.
 */
static bool
read_scope(jwt_t *jwt, struct token *out)
{
    const char *scope = jwt_get_grant(jwt, "scope");
    char *raw = jwt_get_grants_json(jwt, "scope");

    out->has_scope = raw != NULL;
    free(raw);
    return !out->has_scope ||
           (scope != NULL && permissions_parse(scope, &out->permissions));
}

static bool
read_claims(jwt_t *jwt, enum key_purpose purpose, struct token *out)
{
    const char *sub = jwt_get_grant(jwt, "sub");
    const char *role = jwt_get_grant(jwt, "role");
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
    if (!read_scope(jwt, out))
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
    const struct token_key *key;
    jwt_t *jwt = NULL;
    bool valid = false;

    if (!is_compact(text))
        return false;
    key = key_of(text, purpose);
    if (key == NULL)
        return false;
    if (jwt_decode(&jwt, text, (const unsigned char *)key->verify.data,
                   (int)key->verify.len) == 0)
        valid = is_header_same(jwt, key) && read_claims(jwt, purpose, out) &&
                out->expires_at_s > now_s &&
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
