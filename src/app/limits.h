/* limits.h - quantos pedidos cada um pode fazer, e a quem se contam. */
#ifndef BALCAO_APP_LIMITS_H
#define BALCAO_APP_LIMITS_H

#include "http/route.h"

/*
 * O muro do endereço (rate_address): todos os pedidos dele, de todas as
 * rotas, antes de se saber quem é. Um /64 de IPv6 conta como um endereço: é
 * o mínimo que um provedor dá a um cliente só.
 * Erros: ERR_RATE_LIMITED, já com o Retry-After.
 */
enum err limit_address(struct req *r);

/*
 * O limite da rota, depois da identidade: conta para o token de API, senão
 * para a pessoa, senão para o endereço. Sem Redis não há limite (a API
 * continua no ar) e nada se diz dele.
 * Erros: ERR_RATE_LIMITED, já com o Retry-After.
 */
enum err limit_route(struct req *r);

/*
 * Escreve RateLimit-* do limite mais apertado dos que valeram, se algum.
 * Fonte: draft-ietf-httpapi-ratelimit-headers (a forma de campos separados,
 *        que o express-rate-limit manda); RateLimit-Policy é "limite;w=s".
 */
void limit_headers(const struct req *r, struct str *head);

#endif
