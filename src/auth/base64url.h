/*
 * base64url.h - base64 de endereço, sem '=' (RFC 4648 seção 5). A leitura é
 * estrita: cada sequência de bytes tem uma escrita só.
 */
#ifndef BALCAO_BASE64URL_H
#define BALCAO_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>

/* Os 64 caracteres, na ordem. */
extern const char base64url_alphabet[];

/* Caracteres que n bytes ocupam, sem o '\0'. */
#define BASE64URL_CHARS(n) (((n)*4 + 2) / 3)

/* Escreve n bytes; out tem lugar para BASE64URL_CHARS(n) e o '\0'. */
void base64url_encode(const void *data, size_t n, char *out);

/*
 * Lê `len` caracteres em até `room` bytes.
 *   n  [saída] quantos bytes saíram
 * Devolve falso se há caractere de fora, tamanho impossível, bits de sobra
 * que não são zero, ou não cabe.
 */
bool base64url_decode(const char *text, size_t len, unsigned char *out,
                      size_t room, size_t *n);

#endif
