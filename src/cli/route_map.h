/* route_map.h - as tabelas juntas, como gente e servidores web as leem. */
#ifndef BALCAO_ROUTE_MAP_H
#define BALCAO_ROUTE_MAP_H

#include "base/arena.h"

struct json_object;

enum map_form { MAP_NONE, MAP_NGINX, MAP_APACHE, MAP_FCGID, MAP_HTACCESS };

/*
 * Escreve que caminho vai a que programa, o mais longo primeiro; /api/v1/x
 * também se chama /api/x.
 *   list  respostas de --routes
 *   run   pasta dos soquetes; a dos programas em MAP_FCGID
 * Devolve CLI_FAILED se dois programas dizem atender o mesmo caminho.
 */
int route_map_print(struct arena *a, struct json_object *list,
                    enum map_form form, const char *run);

/* Escreve uma linha por rota: método, caminho, quem pode, para quê. */
void route_table_print(struct json_object *list);

#endif
