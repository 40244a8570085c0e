/*
 * routes.h - todas as rotas de todos os programas, como eles as imprimem
 * (--routes e --openapi), e um corpo válido para cada uma: o que os testes
 * que andam por tudo dividem.
 */
#ifndef BALCAO_TEST_ROUTES_H
#define BALCAO_TEST_ROUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/permission.h"

struct json_object;

struct known_route {
    const char *program, *method, *path, *auth;
    enum permission permit;
    bool is_page;                  /* fora do OpenAPI: HTML e formulários */
    struct json_object *operation; /* do OpenAPI; NULL nas páginas */
};

/*
 * Lê as tabelas de todos os programas de BUILD/cgi-bin.
 *   count  [saída] quantas
 * Memória: vale até o fim do processo.
 */
const struct known_route *known_routes(size_t *count);

/*
 * O texto que fica no lugar de um {nome} do caminho, ou de um campo "fooId":
 * quase sempre um número; onde o id é um uuid, um uuid.
 */
typedef const char *(*id_for)(const char *path, const char *name);

/* Um id que ninguém tem. */
const char *nobody_id(const char *path, const char *name);

/* O caminho com cada {nome} trocado. */
const char *filled_path(const struct known_route *route, id_for id);

/* Um corpo JSON que passa na validação da rota; NULL se ela não lê corpo. */
const char *valid_body(const struct known_route *route, id_for id);

/* A rota tem {nome}, ou campo de entrada que é número de outra coisa? */
bool route_takes_ids(const struct known_route *route);

#endif
