/*
 * arena.h - memória por contexto: tudo que nasce numa requisição morre com
 * ela. Não é um alocador geral: não existe free individual.
 */
#ifndef BALCAO_ARENA_H
#define BALCAO_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/*
 * Cria uma arena vazia.
 *   block_bytes  tamanho do primeiro bloco, 256..1048576
 * Memória:  o chamador a devolve com arena_free. Falta de memória encerra o
 *           processo (o gerente o reinicia); nunca devolve NULL.
 */
struct arena *arena_new(size_t block_bytes);

/*
 * Executa os ganchos na ordem inversa e devolve toda a memória. NULL é aceito.
 */
void arena_free(struct arena *a);

/*
 * Executa os ganchos e esvazia a arena, guardando o primeiro bloco para a
 * próxima requisição. O conteúdo do bloco guardado é apagado.
 */
void arena_reset(struct arena *a);

/*
 * Reserva `size` bytes zerados, alinhados para qualquer tipo.
 * Memória: vale até arena_reset ou arena_free; nunca devolve NULL.
 */
void *arena_alloc(struct arena *a, size_t size);

/* Copia `size` bytes de `src`; o bloco devolvido tem um '\0' a mais no fim. */
char *arena_memdup(struct arena *a, const void *src, size_t size);

/* Copia o texto; NULL devolve NULL. */
char *arena_strdup(struct arena *a, const char *text);

/* Texto formatado como printf, na arena. */
char *arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* O mesmo que arena_printf, com a lista de argumentos já aberta. */
char *arena_vprintf(struct arena *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/*
 * Marca `hook(object)` para rodar no fim da arena, em ordem inversa.
 * Para objetos de outras bibliotecas (PGresult, json_object, CURL).
 */
void arena_defer(struct arena *a, void (*hook)(void *), void *object);

#endif
