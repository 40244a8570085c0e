/*
 * str.h - texto que cresce dentro de uma arena, e as poucas verificações de
 * texto que todos precisam. Não conhece HTTP nem JSON além do escape.
 */
#ifndef BALCAO_STR_H
#define BALCAO_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Texto em construção; data é sempre terminado em '\0' depois do 1º add. */
struct str {
    struct arena *arena;
    char *data;
    size_t len, cap;
};

/* Pedaço de memória alheia, com tamanho: pode conter '\0'. */
struct slice {
    const char *data;
    size_t len;
};

/* Prepara um texto vazio; reserva cap bytes (0 = na primeira escrita). */
void str_init(struct str *s, struct arena *a, size_t cap);

/* Acrescenta n bytes. */
void str_add(struct str *s, const void *data, size_t n);

/* Acrescenta um texto terminado em '\0'. */
void str_puts(struct str *s, const char *text);

/* Acrescenta um byte. */
void str_putc(struct str *s, char c);

/* Acrescenta como printf. */
void str_printf(struct str *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Acrescenta o texto como cadeia JSON, com as aspas (RFC 8259 seção 7). */
void str_json(struct str *s, const char *text);

/* O mesmo que str_json, para n bytes que podem conter '\0'. */
void str_json_n(struct str *s, const char *text, size_t n);

/* Escapa para texto e atributo HTML entre aspas: & < > " ' */
void str_html(struct str *s, const char *text, size_t n);

/* Codifica tudo menos A-Za-z0-9-._~ (RFC 3986 seção 2.3). */
void str_url(struct str *s, const char *text, size_t n);

/*
 * Diz se os n bytes são UTF-8 bem formado (RFC 3629: sem formas longas, sem
 * substitutos, até U+10FFFF).
 */
bool utf8_valid(const char *data, size_t n);

/*
 * Bytes que não são UTF-8, lidos como windows-1252 (que contém o ISO 8859-1).
 * Fonte: tabela windows-1252 do WHATWG Encoding.
 * Memória: da arena, com '\0' no fim.
 */
struct slice utf8_from_windows(struct arena *a, struct slice in);

/*
 * O que se digitou numa caixa de texto, com LF no lugar do CRLF dos
 * formulários e sem espaço no fim; NULL vale "".
 */
char *text_typed(struct arena *a, const char *typed);

/* O texto é uma das palavras da lista "a b c"? */
bool words_have(const char *list, const char *text);

/*
 * Diz se o texto, UTF-8 já validado, tem o que não cabe numa linha: C0, DEL,
 * C1, separadores de linha e o que inverte a leitura (bidi).
 * Fonte: Unicode 15, TR36 seção 2.5; UAX 9.
 */
bool text_has_controls(const char *text);

/*
 * O texto como se mostra num terminal: cada byte do que text_has_controls acha
 * vira \xNN. Sem nada disso, é o próprio texto; se não, vive na arena.
 */
const char *text_visible(struct arena *a, const char *text);

/* Conta os caracteres Unicode de um UTF-8 já validado. */
size_t utf8_length(const char *text);

/* Bytes que os primeiros `chars` caracteres de um UTF-8 validado ocupam. */
size_t utf8_prefix(const char *text, size_t chars);

/*
 * Decodifica %XX (e '+' como espaço quando plus é verdadeiro).
 * Devolve NULL se houver escape malformado, byte zero ou UTF-8 inválido.
 */
char *url_decode(struct arena *a, const char *text, size_t n, bool plus);

/* Lê um inteiro decimal que ocupe o texto todo; falso se não couber. */
bool parse_int64(const char *text, int64_t *out);

/* Compara em tempo constante dois textos (o tamanho pode vazar). */
bool equal_constant_time(const char *a, const char *b);

/* Escreve 2*n dígitos hexadecimais minúsculos e o '\0' em out. */
void hex_encode(const unsigned char *data, size_t n, char *out);

/* Lê exatamente n bytes de 2*n dígitos; falso se o texto não for isso. */
bool hex_decode(const char *text, unsigned char *out, size_t n);

#endif
