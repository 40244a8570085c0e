/*
 * kit.h - o que os alvos de fuzz dividem: a conferência, e uma requisição
 * falsa lida de um texto com a forma de um pedido HTTP.
 */
#ifndef BALCAO_FUZZ_KIT_H
#define BALCAO_FUZZ_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "http/io.h"

/* Encerra, dizendo o que falhou, se o fato não for verdadeiro. */
#define need(fact) ((fact) ? (void)0 : fuzz_broken(#fact, __FILE__, __LINE__))

/* Diz o que não vale e onde, e aborta. */
void fuzz_broken(const char *fact, const char *file, int line)
    __attribute__((noreturn));

/* O texto existe e é UTF-8. */
void need_text(const char *text);

/* Corta até o próximo `stop`, que também é consumido. */
struct slice fuzz_cut(struct slice *rest, char stop);

/* O mesmo, como texto: um '\0' no meio o encurta. */
const char *fuzz_cut_text(struct arena *a, struct slice *rest, char stop);

enum { FUZZ_PARAMS = 24 };

struct fuzz_io {
    struct io io;
    struct {
        const char *name, *value;
    } params[FUZZ_PARAMS];
    int param_count;
    struct slice body; /* o que falta ler */
    struct str out;    /* o que foi respondido */
};

/*
 * Lê "MÉTODO URI\nNome: valor\n...\n\ncorpo" como o servidor web o daria por
 * CGI. Content-Length, se não vem, é o do corpo.
 */
void fuzz_io_init(struct fuzz_io *f, struct arena *a, struct slice text);

/* O que todo alvo exporta. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Configuração e log do processo; libFuzzer e main.c a chamam no começo. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

#endif
