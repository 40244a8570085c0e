/*
 * late_library.h - funções de uma biblioteca que só se carrega no primeiro uso:
 * a que quase nenhum processo chega a usar não custa memória a todos.
 */
#ifndef BALCAO_LATE_LIBRARY_H
#define BALCAO_LATE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct late_symbol {
    const char *name;
    void *at; /* o endereço do ponteiro que recebe o símbolo */
};

/* O membro da struct que guarda a função, com o tipo dela. */
#define LATE_MEMBER(name) __typeof__(&name) name;

/* O símbolo que enche esse membro da struct `late`. */
#define LATE_SYMBOL(name) { #name, (void *)&late.name },

/*
 * Carrega `file` (ex. "libgd.so.3") e enche os ponteiros; fica carregada.
 * Devolve falso se ela, ou um símbolo, não está lá; chamar de novo tenta de
 * novo.
 */
bool
late_library(const char *file, const struct late_symbol *symbols, size_t count);

#endif
