/* token_test.c - JWT de acesso e de fluxo, e os segredos opacos. */
#include "token_kit.h"

#include <stdlib.h>
#include <time.h>

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
    assert_int_equal(got.access_version, 2);
    assert_false(got.has_scope);
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
        const char *p;

        /* todos os caracteres: nem os bits que sobram no fim se mudam */
        for (p = base64url_alphabet; *p != '\0'; p++) {
            text[i] = *p;
            assert_int_equal(token_verify(text, NOW, &got), *p == was);
        }
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

TEST(restricted_identity_keeps_exactly_its_permissions)
{
    struct token t = someone(), got;

    (void)state;
    t.has_scope = true;
    t.permissions = PERM_BIT(PERM_SELF) | PERM_BIT(PERM_LIVE);
    assert_true(token_verify(token_make(kit.arena, &t, NOW), NOW, &got));
    assert_true(got.has_scope);
    assert_int_equal(got.permissions, t.permissions);
    t.permissions = 0; /* nenhuma é diferente de não dizer */
    assert_true(token_verify(token_make(kit.arena, &t, NOW), NOW, &got));
    assert_true(got.has_scope);
    assert_int_equal(got.permissions, 0);
}

TEST(unknown_permission_in_the_scope_is_refused)
{
    (void)state;
#define SCOPED(scope) \
    "{\"sub\":\"42\",\"company\":7,\"tv\":3,\"av\":2,\"role\":\"admin\"," \
    "\"jti\":\"0123456789abcdefABCDEF\",\"iat\":1800000000," \
    "\"exp\":1800000900,\"scope\":" scope "}"
    assert_true(passes(forged(head_of("HS256", ""), SCOPED("\"self\""))));
    assert_false(passes(forged(head_of("HS256", ""), SCOPED("\"self root\""))));
    assert_false(passes(forged(head_of("HS256", ""), SCOPED("[\"self\"]"))));
    assert_false(passes(forged(head_of("HS256", ""), SCOPED("7"))));
    assert_false(passes(forged(head_of("HS256", ""), SCOPED("null"))));
}

TEST(only_the_algorithm_of_the_key_is_accepted)
{
    static const char *const others[] = { "HS384", "HS512", "RS256", "ES256",
                                          "PS256", "EdDSA", "hs256", "HS256 ",
                                          "none",  "None",  "" };
    size_t i;

    (void)state;
    assert_true(passes(forged(head_of("HS256", ""), GOOD)));
    assert_true(passes(forged(head_of("HS256", ",\"typ\":\"JWT\""), GOOD)));
    for (i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(passes(forged(head_of(others[i], ""), GOOD)));
}

TEST(alg_none_is_refused_in_every_spelling)
{
    static const char *const names[] = { "none", "None", "NONE", "nOnE", "" };
    const char *text;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        text = unsigned_part(head_of(names[i], ""), GOOD);
        assert_false(passes(text));
        assert_false(passes(arena_printf(kit.arena, "%s.", text)));
        assert_false(passes(arena_printf(kit.arena, "%s.AAAA", text)));
    }
    assert_false(passes(forged("{}", GOOD)));
    assert_false(passes(forged(
        arena_printf(kit.arena, "{\"kid\":\"%s\"}", kid_of(KEY_JWT)), GOOD)));
}

TEST(token_without_our_kid_is_refused)
{
    static const char *const heads[] = {
        "{\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"kid\":\"\"}",
        "{\"alg\":\"HS256\",\"kid\":\"00000000\"}",
        "{\"alg\":\"HS256\",\"kid\":null}",
        "{\"alg\":\"HS256\",\"kid\":[\"x\"]}",
        "{\"alg\":\"HS256\",\"kid\":\"../../../dev/null\"}",
        "{\"alg\":\"HS256\",\"kid\":\"' OR 1=1 --\"}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof heads / sizeof *heads; i++)
        assert_false(passes(forged(heads[i], GOOD)));
    assert_false(passes(
        forged(arena_printf(kit.arena, "{\"alg\":\"HS256\",\"kid\":\"%s\"}",
                            kid_of(KEY_STREAM)),
               GOOD)));
}

/* Nem com as declarações da outra finalidade uma chave serve às duas. */
TEST(key_of_one_purpose_never_signs_for_the_other)
{
    static const char format[] = "{\"alg\":\"HS256\",\"kid\":\"%s\"}";
    const char *stream = arena_printf(kit.arena, format, kid_of(KEY_STREAM));
    const char *access = arena_printf(kit.arena, format, kid_of(KEY_JWT));
    const char *claims = arena_printf(kit.arena, "%.*s,\"purpose\":\"stream\"}",
                                      (int)strlen(GOOD) - 1, GOOD);
    struct token got;

    (void)state;
    assert_false(
        passes(forge_hmac(stream, claims, keys_get(KEY_STREAM), KEY_BYTES)));
    assert_true(token_stream_verify(
        forge_hmac(stream, claims, keys_get(KEY_STREAM), KEY_BYTES), NOW,
        &got));
    assert_false(token_stream_verify(
        forge_hmac(access, claims, keys_get(KEY_JWT), KEY_BYTES), NOW, &got));
}

TEST(header_that_brings_a_key_or_an_extension_is_refused)
{
    static const char *const extras[] = {
        ",\"crit\":[\"exp\"]",
        ",\"crit\":[]",
        ",\"jku\":\"https://evil.test/jwks.json\"",
        ",\"x5u\":\"https://evil.test/x.pem\"",
        ",\"x5c\":[\"AAAA\"]",
        ",\"x5t\":\"AAAA\"",
        ",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}",
        ",\"b64\":false",
        ",\"zip\":\"DEF\"",
        ",\"enc\":\"A256GCM\"",
        ",\"cty\":\"JWT\"",
        ",\"typ\":\"JWE\"",
        ",\"typ\":1",
        ",\"alg\":\"none\"",
        ",\"kid\":\"00000000\"",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof extras / sizeof *extras; i++)
        assert_false(passes(forged(head_of("HS256", extras[i]), GOOD)));
    assert_false(passes(forged("[]", GOOD)));
    assert_false(passes(forged("null", GOOD)));
    assert_false(passes(
        forged(arena_printf(kit.arena, "%s ", head_of("HS256", "}")), GOOD)));
}

TEST(signed_token_with_bad_claims_is_refused)
{
    static const char *const bad[] = {
        "{}",
        CLAIMS("42", "7", "3", "2", "\"admin\""),
        CLAIMS("\"0\"", "7", "3", "2", "\"admin\""),
        CLAIMS("\"-1\"", "7", "3", "2", "\"admin\""),
        CLAIMS("\"42x\"", "7", "3", "2", "\"admin\""),
        CLAIMS("\"99999999999999999999\"", "7", "3", "2", "\"admin\""),
        CLAIMS("\"42\"", "0", "3", "2", "\"admin\""),
        CLAIMS("\"42\"", "\"7\"", "3", "2", "\"admin\""),
        CLAIMS("\"42\"", "7", "0", "2", "\"admin\""),
        CLAIMS("\"42\"", "7", "4294967299", "2", "\"admin\""),
        CLAIMS("\"42\"", "7", "3", "0", "\"admin\""),
        CLAIMS("\"42\"", "7", "3", "-1", "\"admin\""),
        CLAIMS("\"42\"", "7", "3", "null", "\"admin\""),
        CLAIMS("\"42\"", "7", "3", "4294967298", "\"admin\""),
        CLAIMS("\"42\"", "7", "3", "2", "\"root\""),
        CLAIMS("\"42\"", "7", "3", "2", "null"),
        CLAIMS("\"42\"", "7", "3", "2", "[\"admin\"]"),
        "{\"sub\":\"42\",\"company\":7,\"tv\":3,\"role\":\"admin\","
        "\"jti\":\"0123456789abcdefABCDEF\",\"iat\":1800000000,"
        "\"exp\":1800000900}",
        "{\"sub\":\"42\",\"company\":7,\"tv\":3,\"av\":2,\"role\":\"admin\","
        "\"jti\":\"0123456789abcdefABCDEF\",\"iat\":1800000000}",
        "{\"sub\":\"42\",\"company\":7,\"tv\":3,\"av\":2,\"role\":\"admin\","
        "\"jti\":\"short\",\"iat\":1800000000,\"exp\":1800000900}",
        "{\"sub\":\"42\",\"company\":7,\"tv\":3,\"av\":2,\"role\":\"admin\","
        "\"jti\":\"0123456789abcdefABCDEF\",\"iat\":1800000000,"
        "\"exp\":\"1800000900\"}",
    };
    size_t i;

    (void)state;
    assert_true(passes(forged(head_of("HS256", ""), GOOD)));
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(passes(forged(head_of("HS256", ""), bad[i])));
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
    assert_int_equal(got.access_version, 2);
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
        cmocka_unit_test(restricted_identity_keeps_exactly_its_permissions),
        cmocka_unit_test(unknown_permission_in_the_scope_is_refused),
        cmocka_unit_test(only_the_algorithm_of_the_key_is_accepted),
        cmocka_unit_test(alg_none_is_refused_in_every_spelling),
        cmocka_unit_test(token_without_our_kid_is_refused),
        cmocka_unit_test(key_of_one_purpose_never_signs_for_the_other),
        cmocka_unit_test(header_that_brings_a_key_or_an_extension_is_refused),
        cmocka_unit_test(signed_token_with_bad_claims_is_refused),
        cmocka_unit_test(garbage_never_crashes_and_is_refused),
        cmocka_unit_test(stream_and_access_tokens_do_not_serve_for_each_other),
        cmocka_unit_test(opaque_tokens_are_random_and_well_formed),
        cmocka_unit_test(verification_is_fast),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
