/*
 * address.h - que endereços de rede são de todo mundo: os que um pedido feito
 * por conta de um texto alheio pode alcançar sem servir de ponte para dentro.
 */
#ifndef BALCAO_ADDRESS_H
#define BALCAO_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Endereço público da internet: não é desta máquina, de rede particular, de
 * enlace (onde moram os metadados das nuvens), de grupo, de documentação nem de
 * tradução para IPv4; o IPv4 dentro de um IPv6 também não passa.
 * Fonte: registros da IANA de endereços de uso especial (RFC 6890).
 */
bool address_is_public(const struct sockaddr *to);

#endif
