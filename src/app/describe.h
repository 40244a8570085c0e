/*
 * describe.h - a tabela de rotas em palavras: o que falta nela, o mapa dos
 * servidores web e o OpenAPI. Não atende requisição nem lê configuração.
 */
#ifndef BALCAO_DESCRIBE_H
#define BALCAO_DESCRIBE_H

#include "base/str.h"
#include "http/route.h"

/*
 * Diz o que a tabela tem de errado, uma linha por problema: rota sem texto,
 * ou não pública sem permissão, campo que o caminho não tem, rota repetida.
 * Devolve falso se escreveu algo em `problems`.
 */
bool routes_audit(const struct route *routes, struct str *problems);

/* O que routes_print mostra. */
void routes_write(struct str *s, const char *name, const struct route *routes);

/*
 * O que openapi_print mostra: {"/api/v1/x": {"get": {...}}, ...}. As rotas
 * de página (.html) ficam de fora.
 * Fonte: OpenAPI 3.1.2.
 */
void openapi_write(struct str *s, const char *name, const struct route *routes);

/* Lista JSON com os nomes dos papéis da casa que têm a permissão. */
void roles_write(struct str *s, enum permission permit);

#endif
