/*
 * token_keys_conf_test.c - o que a configuração das chaves aceita e explica, a
 * impressão digital e o que se publica.
 */
#include "pem_kit.h"

#include "auth/jwks.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

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
        T(every_bad_key_is_explained),
        T(risks_are_told_and_good_keys_are_not),
        T(thumbprint_is_the_one_of_rfc_7638),
        T(jwks_publishes_public_members_only),
        T(largest_token_of_all_is_within_the_limit),
    };

    return cmocka_run_group_tests(tests, keys_up, keys_down);
}
