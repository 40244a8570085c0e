/*
 * io.h - de onde a requisição vem e para onde a resposta vai: FastCGI ou CGI,
 * com a mesma face. É o único módulo que sabe a diferença.
 */
#ifndef BALCAO_HTTP_IO_H
#define BALCAO_HTTP_IO_H

#include <stdbool.h>
#include <stddef.h>

struct io {
    /* Valor de um parâmetro CGI (RFC 3875), ou NULL. */
    const char *(*param)(struct io *io, const char *name);
    /* Lê até n bytes do corpo; 0 no fim, -1 em erro. */
    long (*read)(struct io *io, void *buffer, size_t n);
    /* Escreve na resposta; falso se o cliente se foi. */
    bool (*write)(struct io *io, const void *data, size_t n);
    /* Corta a resposta no meio: o servidor web não pode tomá-la por inteira.
       Em CGI encerra o processo com erro. */
    void (*cut)(struct io *io);
};

/* Verdadeiro se o processo foi chamado como CGI simples. */
bool io_is_cgi(void);

/*
 * Espera a próxima requisição: uma só em CGI, muitas em FastCGI.
 *   idle     chamado a cada idle_s segundos sem requisição; pode ser NULL
 * Devolve NULL quando o processo deve terminar (fim do CGI, SIGTERM).
 * Memória: vale até o próximo io_accept.
 */
struct io *io_accept(int idle_s, void (*idle)(void));

#endif
