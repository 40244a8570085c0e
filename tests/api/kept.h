/*
 * kept.h - programas que ficam de pé entre as chamadas, como num servidor:
 * FastCGI num soquete, com a cgi-fcgi da libfcgi a levar cada pedido. É para
 * quem anda por todas as rotas: nascer custa mais do que responder.
 */
#ifndef BALCAO_TEST_KEPT_H
#define BALCAO_TEST_KEPT_H

/*
 * O soquete do programa, que nasce se preciso. Quem mudou BALCAO_* desde então
 * ganha um programa novo: o de antes leu a configuração antiga.
 *   name  "tickets"
 *   file  o executável
 * Memória: vale até kept_stop.
 */
const char *kept_socket(const char *name, const char *file);

/* Encerra todos; falha o teste se algum não saiu com 0. */
void kept_stop(void);

#endif
