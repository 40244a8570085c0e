/* token_keys_test.c - ES256 e RS256, troca de chaves e confusão entre elas. */
#include "token_kit.h"

#include "auth/jwks.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static const char *
file(const char *name)
{
    return arena_printf(kit.arena, "%s/%s.pem", folder, name);
}

/* Escreve a chave particular em NOME.pem e a pública em NOME-pub.pem. */
static void
write_key(const char *name, EVP_PKEY *key, const char *password)
{
    FILE *f = fopen(file(name), "w");

    assert_non_null(key);
    assert_non_null(f);
    PEM_write_PrivateKey(f, key, password != NULL ? EVP_aes_128_cbc() : NULL,
                         NULL, 0, NULL, (void *)(uintptr_t)password);
    fclose(f);
    chmod(file(name), 0600);
    f = fopen(file(arena_printf(kit.arena, "%s-pub", name)), "w");
    PEM_write_PUBKEY(f, key);
    fclose(f);
    EVP_PKEY_free(key);
}

static void
write_text(const char *name, const char *text)
{
    FILE *f = fopen(file(name), "w");

    fputs(text, f);
    fclose(f);
}

static int
keys_up(void **state)
{
    kit_up(state);
    snprintf(folder, sizeof folder, "/tmp/balcao-keys-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    write_key("ec", EVP_EC_gen("P-256"), NULL);
    write_key("ec2", EVP_EC_gen("P-256"), NULL);
    write_key("p384", EVP_EC_gen("P-384"), NULL);
    write_key("rsa", EVP_RSA_gen(2048), NULL);
    write_key("big", EVP_RSA_gen(RSA_MAX_BITS), NULL);
    write_key("weak", EVP_RSA_gen(1024), NULL);
    write_key("odd", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL);
    write_key("locked", EVP_EC_gen("P-256"), "senha");
    write_text("noise", "isto não é PEM\n");
    write_text("empty", "");
    return 0;
}

static int
keys_down(void **state)
{
    static const char *const names[] = { "ec",    "ec2",   "p384", "rsa",
                                         "big",   "weak",  "odd",  "locked",
                                         "noise", "empty", "rfc" };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        unlink(file(names[i]));
        unlink(file(arena_printf(kit.arena, "%s-pub", names[i])));
    }
    rmdir(folder);
    return kit_down(state);
}

/* A configuração de um teste; cada um começa da que vem de fábrica. */
static void
configure(const char *algorithm, const char *current, const char *previous)
{
    struct conf *c = kit_conf();

    c->jwt_algorithm = algorithm;
    c->jwt_key_file = current;
    c->jwt_previous_key_files = previous;
}

static int
from_scratch(void **state)
{
    (void)state;
    configure("HS256", "", "");
    kit_conf()->jwt_accept_hs256 = false;
    kit_secret(SECRET_A);
    kit_previous("");
    return 0;
}

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

/* ---- o que config check diz ---- */

static struct str told;

static void
tell_problem(const char *key, const char *text)
{
    str_printf(&told, "E %s: %s\n", key, text);
}

static void
tell_warning(const char *key, const char *text)
{
    str_printf(&told, "A %s: %s\n", key, text);
}

static const struct key_report report = { tell_problem, tell_warning };

static void
assert_checked(bool good, const char *says)
{
    str_init(&told, kit.arena, 200);
    str_add(&told, "", 0);
    token_keys_forget();
    assert_int_equal(token_keys_check(&report), good);
    if (says[0] == '\0')
        assert_string_equal(told.data, "");
    if (strstr(told.data, says) == NULL)
        print_error("esperava \"%s\" em:\n%s", says, told.data);
    assert_non_null(strstr(told.data, says));
}

TEST(every_bad_key_is_explained)
{
    static const struct {
        const char *alg, *current, *previous, *says;
    } bad[] = {
        { "HS512", "", "", "E jwt_algorithm: deve ser" },
        { "es256", "", "", "E jwt_algorithm: deve ser" },
        { "ES256", "", "", "E jwt_key_file: falta; crie com `openssl" },
        { "RS256", "", "", "rsa_keygen_bits" },
        { "ES256", "absent", "", "No such file" },
        { "ES256", "noise", "", "não é uma chave em PEM" },
        { "ES256", "empty", "", "não é uma chave em PEM" },
        { "ES256", "locked", "", "cifrada com senha" },
        { "ES256", "rsa", "", "é de RS256, e jwt_algorithm é ES256" },
        { "RS256", "ec", "", "é de ES256, e jwt_algorithm é RS256" },
        { "ES256", "p384", "", "a curva é secp384r1" },
        { "RS256", "weak", "", "RSA de 1024 bits; use de 2048 a 4096" },
        { "ES256", "odd", "", "não é chave EC P-256 nem RSA" },
        { "ES256", "ec-pub", "", "só tem a chave pública" },
        { "ES256", "ec", "absent", "E jwt_previous_key_files: " },
        { "ES256", "ec", "weak-pub", "RSA de 1024 bits" },
        { "HS256", "", "noise", "E jwt_previous_key_files: " },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        configure(bad[i].alg, bad[i].current[0] ? file(bad[i].current) : "",
                  bad[i].previous[0] ? file(bad[i].previous) : "");
        assert_checked(false, bad[i].says);
    }
    configure("ES256", folder, "");
    assert_checked(false, "Is a directory");
}

TEST(risks_are_told_and_good_keys_are_not)
{
    (void)state;
    configure("ES256", file("ec"), file("rsa-pub"));
    assert_checked(true, "");
    configure("RS256", file("rsa"), file("ec2"));
    assert_checked(true, "");
    chmod(file("ec"), 0644);
    configure("ES256", file("ec"), "");
    assert_checked(true, "A jwt_key_file: ");
    assert_non_null(strstr(told.data, "chmod 640"));
    chmod(file("ec"), 0600);
    configure("HS256", file("ec"), "");
    assert_checked(true, "A jwt_key_file: não se usa com HS256");
    configure("HS256", "", "");
    assert_checked(true, "");
}

/* ---- impressão digital e JWKS ---- */

/* A chave do exemplo da RFC 7638, seção 3.1. */
static EVP_PKEY *
rfc_key(void)
{
    static const char n[] =
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7"
        "aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXA"
        "rwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7"
        "d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lF"
        "d2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    unsigned char raw[256];
    size_t len;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIGNUM *modulus, *e = BN_new();
    OSSL_PARAM *params;
    EVP_PKEY *key = NULL;

    assert_true(base64url_decode(n, strlen(n), raw, sizeof raw, &len));
    modulus = BN_bin2bn(raw, (int)len, NULL);
    BN_set_word(e, 65537);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e);
    params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_fromdata_init(x);
    assert_int_equal(EVP_PKEY_fromdata(x, &key, EVP_PKEY_PUBLIC_KEY, params),
                     1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(x);
    BN_free(modulus);
    BN_free(e);
    return key;
}

TEST(thumbprint_is_the_one_of_rfc_7638)
{
    EVP_PKEY *key = rfc_key();
    FILE *f = fopen(file("rfc"), "w");
    struct pem_key pem;
    const char *problem;

    (void)state;
    PEM_write_PUBKEY(f, key);
    fclose(f);
    EVP_PKEY_free(key);
    assert_true(pem_key_load(kit.arena, file("rfc"), &pem, &problem));
    assert_string_equal(pem.kid, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_string_equal(pem.jwk.e, "AQAB");
}

TEST(jwks_publishes_public_members_only)
{
    static const char *const secrets[] = { "\"d\"",  "\"p\"",  "\"q\"",
                                           "\"dp\"", "\"dq\"", "\"qi\"",
                                           "\"k\"",  "PRIVATE" };
    const char *list;
    size_t i;

    (void)state;
    assert_string_equal(jwks_list(kit.arena), "[]");
    configure("ES256", file("ec"),
              arena_printf(kit.arena, "%s,%s", file("rsa"), file("ec")));
    kit_conf()->jwt_accept_hs256 = true;
    list = jwks_list(kit.arena);
    for (i = 0; i < sizeof secrets / sizeof *secrets; i++)
        assert_null(strstr(list, secrets[i]));
    assert_non_null(
        strstr(list, "[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""));
    assert_non_null(strstr(list, "},{\"kty\":\"RSA\",\"n\":\""));
    assert_non_null(strstr(list, "\"alg\":\"RS256\",\"use\":\"sig\""));
    assert_null(strstr(list, "HS256"));
    assert_null(strstr(strstr(list, "\"EC\"") + 1, "\"EC\"")); /* sem repetir */
}

TEST(largest_token_of_all_is_within_the_limit)
{
    struct token t = someone(), got;
    const char *text;

    (void)state;
    configure("RS256", file("big"), "");
    t.user_id = t.company_id = INT64_MAX;
    t.token_version = t.access_version = INT32_MAX;
    t.has_scope = true;
    t.permissions = 0;
    for (int p = 1; p < PERM_COUNT; p++)
        t.permissions |= PERM_BIT(p);
    memset(t.family, 'f', TOKEN_FAMILY_CHARS);
    text = token_make(kit.arena, &t, NOW);
    assert_non_null(text);
    print_message("o maior token: %zu caracteres\n", strlen(text));
    assert_true(token_verify(text, NOW, &got));
    assert_int_equal(got.permissions, t.permissions);
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
        T(every_bad_key_is_explained),
        T(risks_are_told_and_good_keys_are_not),
        T(thumbprint_is_the_one_of_rfc_7638),
        T(jwks_publishes_public_members_only),
        T(largest_token_of_all_is_within_the_limit),
    };

    return cmocka_run_group_tests(tests, keys_up, keys_down);
}
