/*
 * local_path.h - para onde um `next=` pode levar: só caminhos deste site.
 * Toda página que redireciona para um destino que veio de fora passa por aqui.
 */
#ifndef BALCAO_HTTP_LOCAL_PATH_H
#define BALCAO_HTTP_LOCAL_PATH_H

#include <stdbool.h>

enum { LOCAL_PATH_MAX = 2000 };

/*
 * É um caminho que navegador nenhum lê como outro site? Absoluto ("/x"), em
 * ASCII visível, sem '\' (que navegadores leem como '/'), sem trecho vazio ou
 * "." e "..", e sem controles, '/', '\' ou pontos escondidos em %XX. A query
 * é livre, fora os caracteres que um cabeçalho não leva.
 *   path   pode ser NULL
 * Fonte:   RFC 3986 seções 3.3 e 5.2; WHATWG URL, "path start state".
 */
bool local_path(const char *path);

/* O próprio path, se é local; senão `fallback`. */
const char *local_path_or(const char *path, const char *fallback);

#endif
