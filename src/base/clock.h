/* clock.h - relógios e o formato de tempo da API. */
#ifndef BALCAO_CLOCK_H
#define BALCAO_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Relógio monotônico em microssegundos: só serve para medir duração. */
int64_t clock_mono_us(void);

/* Instante atual em milissegundos desde 1970 (UTC). */
int64_t clock_now_ms(void);

/* Instante atual em segundos desde 1970 (UTC). */
int64_t clock_now_s(void);

/*
 * Escreve o instante como ISO 8601 UTC com 'Z' e milissegundos.
 *   out  ao menos 25 bytes
 */
void clock_iso(int64_t at_ms, char out[static 25]);

#endif
