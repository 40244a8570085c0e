/* token_test.c - JWT de acesso e de fluxo, e os segredos opacos. */
#include "auth/token.h"
#include "auth_kit.h"

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <time.h>

#define NOW 1800000000

static struct token
someone(void)
{
    return (struct token){ .user_id = 42,
                           .company_id = 7,
                           .token_version = 3,
                           .access_version = 2,
                           .role = ROLE_SUPERVISOR };
}

static const char *
fresh(void)
{
    struct token t = someone();
    const char *text = token_make(kit.arena, &t, NOW);

    assert_non_null(text);
    return text;
}

TEST(token_made_now_verifies_with_every_claim)
{
    struct token t = someone(), got;
    const char *text;

    (void)state;
    strcpy(t.family, "3f2504e0-4f89-11d3-9a0c-0305e82c3301");
    text = token_make(kit.arena, &t, NOW);
    assert_true(token_verify(text, NOW, &got));
    assert_string_equal(got.family, t.family);
    assert_int_equal(got.user_id, 42);
    assert_int_equal(got.company_id, 7);
    assert_int_equal(got.token_version, 3);
    assert_int_equal(got.role, ROLE_SUPERVISOR);
    assert_int_equal(got.issued_at_s, NOW);
    assert_int_equal(got.expires_at_s, NOW + 900);
    assert_string_equal(got.id, t.id);
    assert_int_equal(strlen(got.id), TOKEN_ID_CHARS);
}

TEST(two_tokens_never_share_an_id)
{
    struct token a = someone(), b = someone();

    (void)state;
    token_make(kit.arena, &a, NOW);
    token_make(kit.arena, &b, NOW);
    assert_string_not_equal(a.id, b.id);
}

TEST(expired_token_is_refused)
{
    const char *text = fresh();
    struct token got;

    (void)state;
    assert_true(token_verify(text, NOW + 899, &got));
    assert_false(token_verify(text, NOW + 900, &got));
    assert_false(token_verify(text, NOW - 61, &got)); /* vindo do futuro */
    assert_true(token_verify(text, NOW - 60, &got));
}

TEST(any_altered_character_is_refused)
{
    char *text = arena_strdup(kit.arena, fresh());
    struct token got;
    size_t i;

    (void)state;
    for (i = 0; text[i] != '\0'; i++) {
        char was = text[i];

        text[i] = was == 'A' ? 'B' : 'A';
        assert_false(token_verify(text, NOW, &got));
        text[i] = was;
    }
    assert_true(token_verify(text, NOW, &got));
}

TEST(any_cut_or_longer_token_is_refused)
{
    const char *text = fresh();
    size_t n = strlen(text), i;
    struct token got;

    (void)state;
    for (i = 0; i < n; i++)
        assert_false(token_verify(arena_memdup(kit.arena, text, i), NOW, &got));
    assert_false(token_verify(arena_printf(kit.arena, "%s=", text), NOW, &got));
    assert_false(token_verify(arena_printf(kit.arena, "%s.", text), NOW, &got));
    assert_false(token_verify(arena_printf(kit.arena, " %s", text), NOW, &got));
    assert_false(
        token_verify(arena_printf(kit.arena, "%s\n", text), NOW, &got));
}

TEST(token_of_another_secret_is_refused)
{
    const char *text = fresh();
    struct token got;

    (void)state;
    kit_secret(SECRET_B);
    assert_false(token_verify(text, NOW, &got));
    kit_secret(SECRET_A);
    assert_true(token_verify(text, NOW, &got));
}

/* Assina declarações quaisquer com a nossa chave, e o algoritmo dado. */
static const char *
forged(jwt_alg_t alg, const char *claims, const char *kid)
{
    const char *out;
    jwt_t *jwt;
    char *text;

    assert_int_equal(jwt_new(&jwt), 0);
    assert_int_equal(jwt_add_grants_json(jwt, claims), 0);
    assert_int_equal(jwt_set_alg(jwt, alg,
                                 alg == JWT_ALG_NONE ? NULL : keys_get(KEY_JWT),
                                 alg == JWT_ALG_NONE ? 0 : KEY_BYTES),
                     0);
    if (kid != NULL)
        jwt_add_header(jwt, kid, kid);
    text = jwt_encode_str(jwt);
    assert_non_null(text);
    out = arena_strdup(kit.arena, text);
    free(text);
    jwt_free(jwt);
    return out;
}

#define CLAIMS(sub, company, tv, role) \
    "{\"sub\":" sub ",\"company\":" company ",\"tv\":" tv ",\"role\":" role \
    ",\"jti\":\"0123456789abcdefABCDEF\",\"iat\":1800000000," \
    "\"exp\":1800000900}"
#define GOOD CLAIMS("\"42\"", "7", "3", "\"admin\"")

TEST(only_hs256_is_accepted)
{
    struct token got;

    (void)state;
    assert_true(token_verify(forged(JWT_ALG_HS256, GOOD, NULL), NOW, &got));
    assert_false(token_verify(forged(JWT_ALG_HS384, GOOD, NULL), NOW, &got));
    assert_false(token_verify(forged(JWT_ALG_HS512, GOOD, NULL), NOW, &got));
}

TEST(alg_none_is_refused_in_every_spelling)
{
    /* {"alg":"none"}, {"alg":"None"}, {"alg":"NONE"}, {} */
    static const char *const heads[] = {
        "eyJhbGciOiJub25lIn0",
        "eyJhbGciOiJOb25lIn0",
        "eyJhbGciOiJOT05FIn0",
        "e30",
    };
    const char *text = forged(JWT_ALG_NONE, GOOD, NULL), *good = fresh();
    const char *claims = strchr(good, '.');
    struct token got;
    size_t i;

    (void)state;
    assert_false(token_verify(text, NOW, &got));
    for (i = 0; i < sizeof heads / sizeof *heads; i++) {
        const char *dot = strrchr(claims, '.');
        int n = (int)(dot - claims);

        assert_false(token_verify(
            arena_printf(kit.arena, "%s%.*s.", heads[i], n, claims), NOW,
            &got));
        assert_false(token_verify(
            arena_printf(kit.arena, "%s%s", heads[i], claims), NOW, &got));
    }
}

/* Assina com RSA de verdade e com a chave pública como se fosse HMAC. */
TEST(rsa_signature_and_key_confusion_are_refused)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    unsigned char *pem, *pub;
    struct token got;
    jwt_t *jwt;
    char *text;
    BIO *bio = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    long n, m;

    (void)state;
    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    PEM_write_bio_PUBKEY(out, key);
    n = BIO_get_mem_data(bio, &pem);
    m = BIO_get_mem_data(out, &pub);
    jwt_new(&jwt);
    jwt_add_grants_json(jwt, GOOD);
    assert_int_equal(jwt_set_alg(jwt, JWT_ALG_RS256, pem, (int)n), 0);
    text = jwt_encode_str(jwt);
    assert_non_null(text);
    assert_false(token_verify(text, NOW, &got));
    free(text);
    assert_int_equal(jwt_set_alg(jwt, JWT_ALG_HS256, pub, (int)m), 0);
    text = jwt_encode_str(jwt);
    assert_false(token_verify(text, NOW, &got));
    free(text);
    jwt_free(jwt);
    BIO_free(bio);
    BIO_free(out);
    EVP_PKEY_free(key);
}

TEST(signed_token_with_bad_claims_is_refused)
{
    static const char *const bad[] = {
        "{}",
        CLAIMS("42", "7", "3", "\"admin\""),
        CLAIMS("\"0\"", "7", "3", "\"admin\""),
        CLAIMS("\"-1\"", "7", "3", "\"admin\""),
        CLAIMS("\"42x\"", "7", "3", "\"admin\""),
        CLAIMS("\"99999999999999999999\"", "7", "3", "\"admin\""),
        CLAIMS("\"42\"", "0", "3", "\"admin\""),
        CLAIMS("\"42\"", "\"7\"", "3", "\"admin\""),
        CLAIMS("\"42\"", "7", "0", "\"admin\""),
        CLAIMS("\"42\"", "7", "4294967299", "\"admin\""),
        CLAIMS("\"42\"", "7", "3", "\"root\""),
        CLAIMS("\"42\"", "7", "3", "null"),
        CLAIMS("\"42\"", "7", "3", "[\"admin\"]"),
        "{\"sub\":\"42\",\"company\":7,\"tv\":3,\"role\":\"admin\","
        "\"jti\":\"0123456789abcdefABCDEF\",\"iat\":1800000000}",
        "{\"sub\":\"42\",\"company\":7,\"tv\":3,\"role\":\"admin\","
        "\"jti\":\"short\",\"iat\":1800000000,\"exp\":1800000900}",
        "{\"sub\":\"42\",\"company\":7,\"tv\":3,\"role\":\"admin\","
        "\"jti\":\"0123456789abcdefABCDEF\",\"iat\":1800000000,"
        "\"exp\":\"1800000900\"}",
    };
    struct token got;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(
            token_verify(forged(JWT_ALG_HS256, bad[i], NULL), NOW, &got));
}

TEST(unknown_kid_or_crit_header_is_refused)
{
    struct token got;

    (void)state;
    assert_false(token_verify(forged(JWT_ALG_HS256, GOOD, "kid"), NOW, &got));
    assert_false(token_verify(forged(JWT_ALG_HS256, GOOD, "crit"), NOW, &got));
}

TEST(garbage_never_crashes_and_is_refused)
{
    static const char *const bad[] = {
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "a..c",
        ".b.c",
        "a.b.",
        "é.é.é",
        "e30.e30.e30",
        "AAAA.AAAA.AAAA",
        "Bearer a.b.c",
        "eyJhbGciOiJIUzI1NiJ9.bnVsbA.AAAA",
        "W10.W10.W10",
        "eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
        "eyJhbGciOiJFUzI1NiJ9.e30.AAAA",
    };
    char *big = arena_alloc(kit.arena, 2 << 20), *noise;
    struct token got;
    size_t i, k, n;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(token_verify(bad[i], NOW, &got));
    memset(big, 'A', (2 << 20) - 1);
    big[1 << 20] = '.';
    assert_false(token_verify(big, NOW, &got));
    noise = arena_strdup(kit.arena, fresh());
    n = strlen(noise);
    srand(1);
    for (i = 0; i < 3000; i++) {
        char was[4];
        size_t at[4];

        for (k = 0; k < 4; k++) {
            at[k] = (size_t)rand() % n;
            was[k] = noise[at[k]];
            noise[at[k]] = "ABCxyz019-_.{\"=\x01"[rand() % 16];
        }
        token_verify(noise, NOW, &got);
        for (k = 4; k-- > 0;)
            noise[at[k]] = was[k];
    }
    assert_true(token_verify(noise, NOW, &got));
}

TEST(stream_and_access_tokens_do_not_serve_for_each_other)
{
    struct token t = someone(), got;
    const char *stream = token_stream_make(kit.arena, &t, NOW);

    (void)state;
    assert_true(token_stream_verify(stream, NOW, &got));
    assert_int_equal(got.user_id, 42);
    assert_int_equal(got.company_id, 7);
    assert_int_equal(got.token_version, 3);
    assert_int_equal(got.role, ROLE_NONE);
    assert_int_equal(got.expires_at_s, NOW + 60);
    assert_false(token_stream_verify(stream, NOW + 60, &got));
    assert_false(token_verify(stream, NOW, &got));
    assert_false(token_stream_verify(fresh(), NOW, &got));
}

TEST(opaque_tokens_are_random_and_well_formed)
{
    char a[TOKEN_OPAQUE_CHARS + 1], b[TOKEN_OPAQUE_CHARS + 1];
    unsigned char hash[TOKEN_HASH_BYTES];
    char hex[2 * TOKEN_HASH_BYTES + 1];

    (void)state;
    token_opaque(a);
    token_opaque(b);
    assert_true(token_is_opaque(a));
    assert_string_not_equal(a, b);
    assert_false(token_is_opaque(""));
    assert_false(token_is_opaque(arena_printf(kit.arena, "%sA", a)));
    a[7] = '+';
    assert_false(token_is_opaque(a));
    token_hash("abc", hash);
    hex_encode(hash, sizeof hash, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
                             "b00361a396177a9cb410ff61f20015ad");
}

/* Tempo de processador, que o do relógio inclui a vez dos outros. */
static int64_t
cpu_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* O alvo é 15 µs; o teto folgado é para o ASan. */
TEST(verification_is_fast)
{
    const char *text = fresh();
    int64_t from = cpu_us(), took;
    struct token got;
    int i;

    (void)state;
    for (i = 0; i < 5000; i++)
        assert_true(token_verify(text, NOW, &got));
    took = cpu_us() - from;
    print_message("token_verify: %.2f us\n", (double)took / 5000);
    assert_in_range(took, 0, 5000 * 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_made_now_verifies_with_every_claim),
        cmocka_unit_test(two_tokens_never_share_an_id),
        cmocka_unit_test(expired_token_is_refused),
        cmocka_unit_test(any_altered_character_is_refused),
        cmocka_unit_test(any_cut_or_longer_token_is_refused),
        cmocka_unit_test(token_of_another_secret_is_refused),
        cmocka_unit_test(only_hs256_is_accepted),
        cmocka_unit_test(alg_none_is_refused_in_every_spelling),
        cmocka_unit_test(rsa_signature_and_key_confusion_are_refused),
        cmocka_unit_test(signed_token_with_bad_claims_is_refused),
        cmocka_unit_test(unknown_kid_or_crit_header_is_refused),
        cmocka_unit_test(garbage_never_crashes_and_is_refused),
        cmocka_unit_test(stream_and_access_tokens_do_not_serve_for_each_other),
        cmocka_unit_test(opaque_tokens_are_random_and_well_formed),
        cmocka_unit_test(verification_is_fast),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
