/*
 * jwks_test.c - tokens assimétricos pelo programa de verdade: quem só tem o
 * que está publicado os confere, e a troca de chaves não derruba ninguém.
 */
#include "harness.h"

#include <inttypes.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOGIN \
    "{\"email\":\"admin@a.test\",\"password\":\"" FIXTURE_PASSWORD "\"}"
#define SECRET \
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static char folder[64];

static const char *
file(const char *name)
{
    return text("%s/%s", folder, name);
}

static void
write_key(const char *name, EVP_PKEY *key)
{
    FILE *f = fopen(file(name), "w");

    assert_non_null(f);
    PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
    fclose(f);
    chmod(file(name), 0600);
    EVP_PKEY_free(key);
}

static int
setup(void **state)
{
    if (harness_setup(state) != 0)
        return 1;
    snprintf(folder, sizeof folder, "/tmp/balcao-jwks-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    write_key("ec.pem", EVP_EC_gen("P-256"));
    write_key("rsa.pem", EVP_RSA_gen(2048));
    return 0;
}

static int
teardown(void **state)
{
    unlink(file("ec.pem"));
    unlink(file("rsa.pem"));
    unlink(file("in.json"));
    rmdir(folder);
    return harness_teardown(state);
}

static void
configure(const char *algorithm, const char *current, const char *previous)
{
    setenv("BALCAO_JWT_ALGORITHM", algorithm, 1);
    setenv("BALCAO_JWT_KEY_FILE", current, 1);
    setenv("BALCAO_JWT_PREVIOUS_KEY_FILES", previous, 1);
}

static int
from_scratch(void **state)
{
    configure("HS256", "", "");
    setenv("BALCAO_JWT_ACCEPT_HS256", "false", 1);
    setenv("BALCAO_APP_SECRET", SECRET, 1);
    setenv("BALCAO_APP_SECRET_PREVIOUS", "", 1);
    return harness_reset(state);
}

static const char *
logged_in(void)
{
    struct answer *a = post_as(0, "auth", "/api/v1/auth/login", LOGIN);

    assert_status(a, 200);
    return at_text(a, "accessToken");
}

static int
me(const char *token)
{
    return call(&(struct call){ .program = "accounts",
                                .path = "/api/v1/me",
                                .token = token })
        ->status;
}

static const char *
jwks(void)
{
    struct answer *a = get_as(0, "system", "/.well-known/jwks.json");

    assert_status(a, 200);
    assert_string_equal(header_of(a, "Cache-Control"), "public, max-age=300");
    return a->body;
}

/* O que o Node diz do token, tendo só as chaves publicadas; "" se recusa. */
static const char *
node_says(const char *keys, const char *token)
{
    FILE *f = fopen(file("in.json"), "w");
    char out[4096];
    size_t n;

    fprintf(f, "{\"jwks\":%s,\"token\":\"%s\"}", keys, token);
    fclose(f);
    f = popen(
        text("node tests/api/verify_jwt.mjs < %s 2>/dev/null", file("in.json")),
        "r");
    n = fread(out, 1, sizeof out - 1, f);
    out[n] = '\0';
    return pclose(f) == 0 ? text("%s", out) : "";
}

static void
assert_node_verifies(const char *keys, const char *token)
{
    const char *claims = node_says(keys, token);
    char *broken = (char *)(uintptr_t)text("%s", token);
    char *dot = strrchr(broken, '.');

    if (strstr(claims, text("\"sub\":\"%" PRId64 "\"", fx.admin)) == NULL)
        fail_msg("o Node não conferiu: %s", claims);
    assert_non_null(strstr(claims, "\"av\":"));
    dot[5] = dot[5] == 'A' ? 'B' : 'A';
    assert_string_equal(node_says(keys, broken), "");
    assert_int_equal(me(broken), 401);
}

TEST(es256_token_verifies_with_the_published_keys_alone)
{
    const char *token;

    UNUSED;
    configure("ES256", file("ec.pem"), "");
    token = logged_in();
    assert_int_equal(me(token), 200);
    assert_node_verifies(jwks(), token);
    assert_null(strstr(jwks(), "\"d\""));
}

TEST(rs256_token_verifies_with_the_published_keys_alone)
{
    const char *token;

    UNUSED;
    configure("RS256", file("rsa.pem"), "");
    token = logged_in();
    assert_int_equal(me(token), 200);
    assert_node_verifies(jwks(), token);
    assert_null(strstr(jwks(), "\"d\""));
}

TEST(changing_keys_logs_nobody_out)
{
    const char *before, *after;

    UNUSED;
    configure("RS256", file("rsa.pem"), "");
    before = logged_in();
    configure("ES256", file("ec.pem"), file("rsa.pem"));
    after = logged_in();
    assert_int_equal(me(before), 200);
    assert_int_equal(me(after), 200);
    assert_node_verifies(jwks(), before);
    assert_node_verifies(jwks(), after);
    configure("ES256", file("ec.pem"), "");
    assert_int_equal(me(before), 401);
    assert_int_equal(me(after), 200);
    assert_string_equal(node_says(jwks(), before), "");
}

TEST(changing_the_secret_logs_nobody_out)
{
    const char *before = logged_in();

    UNUSED;
    setenv("BALCAO_APP_SECRET",
           "7777777777777777777777777777777777777777777777777777777777777777",
           1);
    assert_int_equal(me(before), 401);
    setenv("BALCAO_APP_SECRET_PREVIOUS", SECRET, 1);
    assert_int_equal(me(before), 200);
    assert_int_equal(me(logged_in()), 200);
}

TEST(leaving_hs256_is_a_decision_of_whoever_runs_it)
{
    const char *before = logged_in();

    UNUSED;
    configure("ES256", file("ec.pem"), "");
    assert_int_equal(me(before), 401);
    setenv("BALCAO_JWT_ACCEPT_HS256", "true", 1);
    assert_int_equal(me(before), 200);
}

/* Uma chave ruim não deixa o programa subir, e ele diz por quê. */
TEST(program_with_a_bad_key_does_not_start)
{
    const char *command =
        text("REQUEST_METHOD=GET REQUEST_URI=/api %s/cgi-bin/system.fcgi "
             "</dev/null 2>&1",
             getenv("BUILD"));
    char out[4096];
    size_t n;
    FILE *f;

    UNUSED;
    configure("ES256", file("rsa.pem"), "");
    f = popen(command, "r");
    n = fread(out, 1, sizeof out - 1, f);
    out[n] = '\0';
    assert_int_equal(WEXITSTATUS(pclose(f)), 78); /* EX_CONFIG */
    assert_non_null(strstr(out, "jwt_key_file"));
    assert_non_null(strstr(out, "jwt_algorithm é ES256"));
    assert_null(strstr(out, "Status:"));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, from_scratch)
    const struct CMUnitTest tests[] = {
        T(es256_token_verifies_with_the_published_keys_alone),
        T(rs256_token_verifies_with_the_published_keys_alone),
        T(changing_keys_logs_nobody_out),
        T(changing_the_secret_logs_nobody_out),
        T(leaving_hs256_is_a_decision_of_whoever_runs_it),
        T(program_with_a_bad_key_does_not_start),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
