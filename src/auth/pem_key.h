/*
 * pem_key.h - uma chave assimétrica lida de um arquivo PEM: EC P-256 (ES256)
 * ou RSA (RS256), o id dela e as duas formas que se usam, o PEM e a JWK. Não
 * sabe de token nem de configuração.
 */
#ifndef BALCAO_PEM_KEY_H
#define BALCAO_PEM_KEY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* O algoritmo é da chave, nunca do token que a cita. */
enum key_alg { KEY_HS256, KEY_ES256, KEY_RS256, KEY_ALGS };

/* 43 caracteres: SHA-256 em base64url. */
enum { PEM_KEY_ID_CHARS = 43 };

enum { RSA_MIN_BITS = 2048, RSA_MAX_BITS = 4096 };

/* Os membros públicos da JWK (RFC 7518 seção 6); os da outra são NULL. */
struct jwk {
    const char *kty;
    const char *crv, *x, *y; /* EC */
    const char *n, *e;       /* RSA */
};

struct pem_key {
    enum key_alg alg;
    struct slice private_pem; /* vazio: o arquivo só tinha a pública */
    struct slice public_pem;
    char kid[PEM_KEY_ID_CHARS + 1];
    struct jwk jwk;
};

/* "HS256", "ES256" ou "RS256". */
const char *key_alg_name(enum key_alg alg);

/* O algoritmo pelo nome exato; KEY_ALGS se nenhum. */
enum key_alg key_alg_parse(const char *name);

/*
 * Lê a chave de um arquivo; não pede senha a ninguém.
 *   problem  [saída] por que não serve, já traduzido, se o resultado é falso
 * RSA de menos de 2048 ou mais de 4096 bits e curvas que não a P-256 são
 * recusadas. kid é a impressão digital da pública.
 * Memória: tudo é da arena, e a privada se apaga no fim dela.
 * Fonte:   RFC 7638 seção 3; RFC 7518 seções 3.3, 3.4 e 6.
 */
bool pem_key_load(struct arena *a, const char *path, struct pem_key *out,
                  const char **problem);

/*
 * Diz se a privada combina com a pública do mesmo arquivo. Demora (a RSA
 * confere os primos): é para `config check`, não para cada processo.
 */
bool pem_key_consistent(const struct pem_key *key);

/* Diz se outros além do dono e do grupo podem ler o arquivo. */
bool pem_file_exposed(const char *path);

#endif
