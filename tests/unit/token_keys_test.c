/* token_keys_test.c - ES256 e RS256, troca de chaves e confusão entre elas. */
#include "pem_kit.h"

static const char *
fresh(void)
{
    struct token t = someone();
    const char *text = token_make(kit.arena, &t, NOW);

    assert_non_null(text);
    return text;
}

/* O cabeçalho em JSON de um token. */
static const char *
header_of(const char *token)
{
    unsigned char *out = arena_alloc(kit.arena, 300);
    size_t n;

    assert_true(base64url_decode(token, strcspn(token, "."), out, 299, &n));
    return (const char *)out;
}

static void
assert_round_trip(const char *algorithm, const char *name, int times)
{
    const char *text;
    int i;

    configure(algorithm, file(name), "");
    for (i = 0; i < times; i++) { /* r ou s curto vem um em 128 */
        struct token t = someone(), got;

        text = token_make(kit.arena, &t, NOW);
        assert_non_null(text);
        assert_true(token_verify(text, NOW, &got));
        assert_string_equal(got.id, t.id);
        assert_int_equal(got.access_version, 2);
    }
    assert_non_null(strstr(header_of(text), algorithm));
    assert_non_null(strstr(header_of(text), token_key_current(KEY_JWT)->kid));
    assert_false(token_verify(text, NOW + 900, &(struct token){ 0 }));
}

TEST(es256_token_round_trips)
{
    (void)state;
    assert_round_trip("ES256", "ec", 400);
}

TEST(rs256_token_round_trips)
{
    (void)state;
    assert_round_trip("RS256", "rsa", 20);
}

TEST(altered_asymmetric_token_is_refused)
{
    static const char *const names[][2] = { { "ES256", "ec" },
                                            { "RS256", "rsa" } };
    size_t i, k;

    (void)state;
    for (k = 0; k < 2; k++) {
        char *text;

        configure(names[k][0], file(names[k][1]), "");
        text = arena_strdup(kit.arena, fresh());
        for (i = 0; text[i] != '\0'; i++) {
            char was = text[i];

            text[i] = was == 'A' ? 'B' : 'A';
            assert_false(passes(text));
            text[i] = was;
        }
        assert_true(passes(text));
    }
}

/* Um token de HMAC cuja chave é o PEM público, que qualquer um tem. */
TEST(public_pem_used_as_a_secret_is_refused)
{
    static const char *const algs[] = { "HS256", "HS384", "HS512",
                                        "ES256", "RS256", "none" };
    static const char *const names[][2] = { { "ES256", "ec" },
                                            { "RS256", "rsa" } };
    size_t i, k;

    (void)state;
    for (k = 0; k < 2; k++) {
        const struct token_key *key;

        configure(names[k][0], file(names[k][1]), "");
        kit_conf()->jwt_accept_hs256 = true; /* nem aceitando HS256 */
        key = token_key_current(KEY_JWT);
        for (i = 0; i < sizeof algs / sizeof *algs; i++) {
            const char *head =
                arena_printf(kit.arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}",
                             algs[i], key->kid);

            assert_false(passes(
                forge_hmac(head, GOOD, key->verify.data, key->verify.len)));
            assert_false(passes(
                forge_hmac(head, GOOD, key->verify.data, key->verify.len - 1)));
            assert_false(passes(forged(head, GOOD)));
        }
    }
}

/* O mesmo texto assinado por uma chave, citando a outra. */
static const char *
sign_as(const char *algorithm, const char *name, const char *alg,
        const char *kid)
{
    const char *text, *out;
    unsigned char sig[512];
    size_t n = sizeof sig;
    FILE *f = fopen(file(name), "r");
    EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    EVP_MD_CTX *x = EVP_MD_CTX_new();

    (void)algorithm;
    fclose(f);
    text = unsigned_part(
        arena_printf(kit.arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}", alg, kid),
        GOOD);
    assert_int_equal(EVP_DigestSignInit(x, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(x, sig, &n, (const unsigned char *)text, strlen(text)),
        1);
    out = arena_printf(kit.arena, "%s.%s", text, base64(sig, n));
    EVP_MD_CTX_free(x);
    EVP_PKEY_free(key);
    return out;
}

TEST(key_of_one_kind_never_verifies_the_other)
{
    const char *ec, *rsa;

    (void)state;
    configure("RS256", file("rsa"), file("ec"));
    rsa = arena_strdup(kit.arena, token_key_current(KEY_JWT)->kid);
    ec = arena_strdup(kit.arena, token_key_at(1)->kid);
    assert_true(passes(sign_as("RS256", "rsa", "RS256", rsa)));
    assert_false(passes(sign_as("RS256", "rsa", "RS256", ec)));
    assert_false(passes(sign_as("RS256", "rsa", "ES256", ec)));
    assert_false(passes(sign_as("RS256", "rsa", "ES256", rsa)));
    assert_false(passes(sign_as("RS256", "rsa", "PS256", rsa)));
    assert_false(passes(sign_as("RS256", "rsa", "RS512", rsa)));
    assert_false(passes(sign_as("ES256", "ec", "RS256", rsa)));
    assert_false(passes(sign_as("ES256", "ec", "RS256", ec)));
    /* em DER, como a OpenSSL dá, não é JWS */
    assert_false(passes(sign_as("ES256", "ec", "ES256", ec)));
    assert_false(passes(sign_as("RS256", "rsa", "RS256", "")));
}

/* r = s = 0 passava em implementações que não olhavam (CVE-2022-21449). */
TEST(null_ecdsa_signature_is_refused)
{
    unsigned char zeros[64] = { 0 };
    const char *head;

    (void)state;
    configure("ES256", file("ec"), "");
    head = arena_printf(kit.arena, "{\"alg\":\"ES256\",\"kid\":\"%s\"}",
                        token_key_current(KEY_JWT)->kid);
    assert_false(
        passes(arena_printf(kit.arena, "%s.%s", unsigned_part(head, GOOD),
                            base64(zeros, sizeof zeros))));
    assert_false(passes(arena_printf(
        kit.arena, "%s.%s", unsigned_part(head, GOOD), base64(zeros, 1))));
}

TEST(previous_secret_still_verifies_and_never_signs)
{
    struct token t = someone(), got;
    const char *before = fresh(), *after;
    const char *stream = token_stream_make(kit.arena, &t, NOW);

    (void)state;
    kit_secret(SECRET_B);
    assert_false(passes(before));
    kit_previous(SECRET_A);
    assert_true(passes(before));
    assert_true(token_stream_verify(stream, NOW, &got));
    assert_false(passes(stream));
    after = fresh();
    assert_true(passes(after));
    assert_string_not_equal(header_of(before), header_of(after));
    kit_previous("");
    assert_true(passes(after));
    assert_false(passes(before));
    assert_false(token_stream_verify(stream, NOW, &got));
    kit_secret(SECRET_A); /* o de antes não confere o que é do novo */
    assert_false(passes(after));
}

TEST(kid_alone_chooses_among_the_secrets)
{
    const char *a = kid_of(KEY_JWT), *b, *head;

    (void)state;
    kit_secret(SECRET_B);
    kit_previous(SECRET_A);
    b = kid_of(KEY_JWT);
    assert_string_not_equal(a, b);
    head = arena_printf(kit.arena, "{\"alg\":\"HS256\",\"kid\":\"%s\"}", a);
    assert_false(passes(forge_hmac(head, GOOD, keys_get(KEY_JWT), KEY_BYTES)));
    assert_true(
        passes(forge_hmac(head, GOOD, keys_get_at(KEY_JWT, 1), KEY_BYTES)));
}

TEST(hs256_after_the_change_passes_only_while_accepted)
{
    const char *before = fresh();

    (void)state;
    configure("ES256", file("ec"), "");
    assert_false(passes(before));
    kit_conf()->jwt_accept_hs256 = true;
    assert_true(passes(before));
    assert_non_null(strstr(header_of(fresh()), "ES256"));
    kit_secret(SECRET_B);
    assert_false(passes(before));
    kit_previous(SECRET_A); /* as duas trocas ao mesmo tempo */
    assert_true(passes(before));
    kit_conf()->jwt_accept_hs256 = false;
    assert_false(passes(before));
}

TEST(previous_key_files_verify_private_or_public)
{
    const char *ec, *rsa;

    (void)state;
    configure("ES256", file("ec"), "");
    ec = fresh();
    configure("RS256", file("rsa"), "");
    rsa = fresh();
    configure("ES256", file("ec2"), "");
    assert_false(passes(ec));
    assert_false(passes(rsa));
    configure(
        "ES256", file("ec2"),
        arena_printf(kit.arena, " %s , %s,", file("ec"), file("rsa-pub")));
    assert_true(passes(ec));
    assert_true(passes(rsa));
    assert_true(passes(fresh()));
    assert_null(token_key_at(1)->sign.data);
    configure("HS256", "", file("ec-pub")); /* de volta ao segredo */
    assert_true(passes(ec));
    assert_false(passes(rsa));
    assert_non_null(strstr(header_of(fresh()), "HS256"));
}

TEST(stream_tokens_stay_with_the_secret)
{
    struct token t = someone(), got;
    const char *stream;

    (void)state;
    configure("ES256", file("ec"), "");
    stream = token_stream_make(kit.arena, &t, NOW);
    assert_non_null(strstr(header_of(stream), "HS256"));
    assert_true(token_stream_verify(stream, NOW, &got));
    assert_int_equal(got.access_version, 2);
    assert_false(passes(stream));
    assert_false(token_stream_verify(fresh(), NOW, &got));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, from_scratch)
    const struct CMUnitTest tests[] = {
        T(es256_token_round_trips),
        T(rs256_token_round_trips),
        T(altered_asymmetric_token_is_refused),
        T(public_pem_used_as_a_secret_is_refused),
        T(key_of_one_kind_never_verifies_the_other),
        T(null_ecdsa_signature_is_refused),
        T(previous_secret_still_verifies_and_never_signs),
        T(kid_alone_chooses_among_the_secrets),
        T(hs256_after_the_change_passes_only_while_accepted),
        T(previous_key_files_verify_private_or_public),
        T(stream_tokens_stay_with_the_secret),
    };

    return cmocka_run_group_tests(tests, keys_up, keys_down);
}
