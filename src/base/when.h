/*
 * when.h - instantes no relógio de quem lê: hora, dia e o jeito curto das
 * listas. O navegador refaz no fuso da pessoa; isto é o que vale sem ele.
 */
#ifndef BALCAO_WHEN_H
#define BALCAO_WHEN_H

#include <stdint.h>

#include "base/arena.h"

/*
 * Escolhe o fuso das funções abaixo; barato quando é o mesmo.
 *   zone  nome da base IANA, ex. "America/Sao_Paulo"; NULL ou desconhecido
 *         vale UTC
 * Efeito: muda TZ no ambiente do processo.
 */
void when_zone(const char *zone);

/* Milissegundos de um timestamptz do banco em UTC; 0 se não é um. */
int64_t when_parse(const char *timestamptz);

/* Como a API escreve o instante: ISO 8601 UTC com 'Z'. */
const char *when_iso(struct arena *a, int64_t at_ms);

/* "14:05". */
const char *when_clock(struct arena *a, int64_t at_ms);

/* Hoje "14:05", ontem "Ontem", depois "20/11" e "20/11/2025". */
const char *when_brief(struct arena *a, int64_t at_ms, int64_t now_ms);

/* O dia, "2026-11-20", para comparar e para <time>. */
const char *when_day(struct arena *a, int64_t at_ms);

/* "Hoje", "Ontem" ou "20 de novembro de 2026". */
const char *when_day_text(struct arena *a, int64_t at_ms, int64_t now_ms);

/* "2026-11-20T14:05", como o campo de dia e hora dos formulários. */
const char *when_field(struct arena *a, int64_t at_ms);

/* O instante, em ms, do que se digitou num desses; 0 se não é um. */
int64_t when_typed(const char *text);

/* "Hoje, 14:05", "20 de novembro de 2026, 14:05". */
const char *when_moment(struct arena *a, int64_t at_ms, int64_t now_ms);

#endif
