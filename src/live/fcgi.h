/*
 * fcgi.h - o fio do FastCGI visto por um laço de eventos: registros e pares,
 * sem alocar e sem esperar. A libfcgi lê a requisição bloqueando e guarda
 * 17 kB por conexão; com milhares delas abertas nada disso serve.
 */
#ifndef BALCAO_LIVE_FCGI_H
#define BALCAO_LIVE_FCGI_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum fcgi_type {
    FCGI_BEGIN = 1,
    FCGI_ABORT = 2,
    FCGI_END = 3,
    FCGI_PARAMS = 4,
    FCGI_STDIN = 5,
    FCGI_STDOUT = 6,
};

enum { FCGI_HEADER_BYTES = 8, FCGI_END_BYTES = 24, FCGI_CONTENT_MAX = 65535 };

struct fcgi_record {
    uint8_t type;
    uint16_t request_id;
    const uint8_t *data;
    size_t len;
};

/*
 * Lê o primeiro registro inteiro do texto.
 *   out  [saída] aponta para dentro de data
 * Devolve quantos bytes ele ocupa, com o enchimento; 0 se ainda não chegou
 * todo; -1 se não é FastCGI versão 1.
 * Fonte: especificação FastCGI 1.0, seção 3.3.
 */
long fcgi_record_read(const uint8_t *data, size_t n, struct fcgi_record *out);

/*
 * Lê um par nome-valor do começo do texto (seção 3.4).
 * Devolve os bytes gastos; 0 no fim do texto; -1 se está cortado.
 */
long fcgi_pair_read(const uint8_t *data, size_t n, struct slice *name,
                    struct slice *value);

/* Escreve o cabeçalho de um registro de len (até 65535) bytes. */
void fcgi_header_write(uint8_t out[static FCGI_HEADER_BYTES],
                       enum fcgi_type type, uint16_t request_id, size_t len);

/* Escreve o fim de STDOUT e o END_REQUEST, com estado 0. */
void fcgi_end_write(uint8_t out[static FCGI_END_BYTES], uint16_t request_id);

#endif
