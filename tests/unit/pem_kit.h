/* pem_kit.h - chaves boas e ruins em PEM, numa pasta só do teste. */
#ifndef BALCAO_PEM_KIT_H
#define BALCAO_PEM_KIT_H

#include "token_kit.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static inline const char *
file(const char *name)
{
    return arena_printf(kit.arena, "%s/%s.pem", folder, name);
}

/* Escreve a chave particular em NOME.pem e a pública em NOME-pub.pem. */
static inline void
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

static inline void
write_text(const char *name, const char *text)
{
    FILE *f = fopen(file(name), "w");

    fputs(text, f);
    fclose(f);
}

static inline int
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

static inline int
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
static inline void
configure(const char *algorithm, const char *current, const char *previous)
{
    struct conf *c = kit_conf();

    c->jwt_algorithm = algorithm;
    c->jwt_key_file = current;
    c->jwt_previous_key_files = previous;
}

static inline int
from_scratch(void **state)
{
    (void)state;
    configure("HS256", "", "");
    kit_conf()->jwt_accept_hs256 = false;
    kit_secret(SECRET_A);
    kit_previous("");
    return 0;
}

#endif
