/*
 * token_keys.h - as chaves que assinam e conferem tokens, pela configuração:
 * a de jwt_algorithm e, só para conferir, as anteriores. Um token diz qual
 * usou pelo kid; com que algoritmo, quem diz é a chave.
 */
#ifndef BALCAO_TOKEN_KEYS_H
#define BALCAO_TOKEN_KEYS_H

#include "auth/keys.h"
#include "auth/pem_key.h"

struct token_key {
    enum key_purpose purpose; /* KEY_JWT ou KEY_STREAM */
    enum key_alg alg;
    const char *kid;
    struct slice sign;   /* vazio: só confere */
    struct slice verify; /* os bytes da HMAC ou o PEM da pública */
    struct jwk jwk;      /* kty NULL: segredo, que não se publica */
};

/*
 * A chave que assina. Os tokens de fluxo são sempre HS256: só nós os lemos.
 * A primeira chamada de qualquer uma destas lê a configuração e os arquivos;
 * o que não serve vai ao log e encerra o processo.
 */
const struct token_key *token_key_current(enum key_purpose purpose);

/* A chave com este kid, entre as que se aceitam; NULL se nenhuma. */
const struct token_key *
token_key_find(enum key_purpose purpose, const char *kid);

/* A i-ésima de todas as aceitas; NULL depois da última. */
const struct token_key *token_key_at(int i);

/* Lê tudo já: é no começo que se recusa uma chave ruim. */
void token_keys_load(void);

/*
 * Diz o que há de errado com jwt_algorithm e os arquivos de chaves, e o que
 * é arriscado (arquivo que todos leem, chave que não se usa). Não encerra
 * nada. Supõe keys_check já bom.
 */
bool token_keys_check(const struct key_report *report);

/* Apaga da memória; a próxima chamada lê outra vez. */
void token_keys_forget(void);

#endif
