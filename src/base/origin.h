/* origin.h - origens da web (RFC 6454), como o navegador as escreve. */
#ifndef BALCAO_ORIGIN_H
#define BALCAO_ORIGIN_H

#include <stdbool.h>

#include "base/str.h"

/*
 * Diz se cada item da lista (separada por vírgulas) é uma origem como o
 * navegador a manda: "http" ou "https", host em minúsculas (nome, IPv4 ou
 * [IPv6]), porta só se não é a padrão. Nada de caminho, usuário, "*", "null".
 *   bad  [saída] o primeiro item que não é
 */
bool origin_list_valid(const char *list, struct slice *bad);

/* A origem está na lista, igual byte a byte? origin pode ser NULL. */
bool origin_listed(const char *list, const char *origin);

#endif
