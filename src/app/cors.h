/* cors.h - páginas de outras origens (frontend_url) usando a API. */
#ifndef BALCAO_APP_CORS_H
#define BALCAO_APP_CORS_H

#include "http/route.h"

/*
 * O pedido é à API e vem de uma origem da lista? Igualdade exata; "null"
 * (arquivo local, iframe isolado) nunca está na lista.
 */
bool cors_listed(struct req *r);

/*
 * OPTIONS num caminho que existe: 204 com os métodos dele, e o que o preflight
 * quer saber se a origem está na lista. Falso se não é OPTIONS.
 */
bool cors_options(struct req *r);

/*
 * Escreve os cabeçalhos de CORS da resposta; nada fora da API nem para quem
 * não está na lista. Vary: Origin vai sempre que há lista, para que um cache
 * não dê a resposta de uma origem a outra.
 * Fonte: WHATWG Fetch, "CORS protocol".
 */
void cors_headers(struct req *r, struct str *head);

#endif
