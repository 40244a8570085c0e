/*
 * address.h - um endereço IP é da internet de todos? O que é desta máquina,
 * da rede de dentro ou reservado não é lugar para onde um pedido que alguém
 * de fora escolheu possa ir.
 */
#ifndef BALCAO_ADDRESS_H
#define BALCAO_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Fonte:  registros da IANA de endereços especiais (RFC 6890 e seguintes).
 * Outra família que não IPv4 e IPv6: falso.
 */
bool address_is_public(const struct sockaddr *address);

#endif
