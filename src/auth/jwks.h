/*
 * jwks.h - as chaves públicas dos tokens, para quem os confere de fora. Não
 * sabe de HTTP; segredos (HS256) nunca entram aqui.
 */
#ifndef BALCAO_JWKS_H
#define BALCAO_JWKS_H

#include "base/arena.h"

/* Quanto quem lê pode guardar; a chave nova se publica antes de assinar. */
enum { JWKS_MAX_AGE_S = 300 };

/*
 * A lista de chaves, [] com HS256: a que assina e as anteriores.
 * Memória: o texto é da arena.
 * Fonte:   RFC 7517 seções 4 e 5; RFC 7518 seção 6.
 */
const char *jwks_list(struct arena *a);

#endif
