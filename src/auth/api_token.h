/*
 * api_token.h - tokens de programas: agem em nome de uma pessoa, na empresa
 * em que nasceram, e nunca podem mais do que ela. Só o hash fica no banco.
 */
#ifndef BALCAO_API_TOKEN_H
#define BALCAO_API_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/token.h"
#include "base/ctx.h"

#define API_TOKEN_START "blc_"

enum { API_TOKEN_CHARS = sizeof API_TOKEN_START - 1 + TOKEN_OPAQUE_CHARS };

/* Quem age por um token que vale. */
struct api_token_owner {
    int64_t token_id, user_id, company_id;
    enum role role;
    uint64_t permissions; /* escopos que o dono também tem */
};

struct api_token_new {
    const char *name;
    const char *scopes; /* literal de vetor do PostgreSQL, códigos */
    int64_t life_days;  /* 0: sem prazo */
};

/* Um token recém-criado. */
struct api_token_made {
    int64_t id;
    const char *token; /* o segredo: mostrado uma vez só */
    const char *prefix, *created_at;
    const char *expires_at; /* NULL: sem prazo */
};

/*
 * O que um token pode pedir: cuidar da conta e criar outros tokens só a
 * própria pessoa pode, para que um segredo vazado não se perpetue.
 */
uint64_t api_token_scopes(uint64_t permissions);

/* Diz se o texto tem a forma de um token de API; poupa a ida ao banco. */
bool api_token_is_one(const char *text);

/*
 * Acha o dono e anota o uso, numa transação própria.
 *   c      sem empresa ainda
 *   found  [saída] falso: desconhecido, vencido, revogado, ou dono sem acesso
 * Erros: ERR_UNAVAILABLE.
 */
enum err api_token_find(struct ctx *c, const char *text,
                        struct api_token_owner *out, bool *found);

/*
 * Cria um token da pessoa do contexto.
 * Erros: ERR_FORBIDDEN (pede o que a pessoa não tem, quem chama é outro
 *        token, ou a pessoa não é membro da empresa).
 */
enum err api_token_create(struct ctx *c, const struct api_token_new *new_token,
                          struct api_token_made *out);

#endif
