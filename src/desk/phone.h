/*
 * phone.h - números E.164 em dígitos e as variantes brasileiras: o celular
 * com e sem o nono dígito é um número só. Não sabe se o número existe.
 */
#ifndef BALCAO_PHONE_H
#define BALCAO_PHONE_H

#include <stdbool.h>

#define PHONE_MAX 20 /* dígitos aceitos; o E.164 tem 15 */

/*
 * Deixa só os dígitos de um número escrito por gente ou por provedor:
 * "+55 (11) 98765-4321" vira "5511987654321".
 *   out  ao menos PHONE_MAX + 1 bytes; vazio se não for um número
 * Devolve falso com letra, com menos de 5 ou mais de PHONE_MAX dígitos.
 * Fonte:  ITU-T E.123 e E.164.
 */
bool phone_digits(const char *text, char out[static PHONE_MAX + 1]);

/*
 * Chave por que dois números são o mesmo telefone. O celular brasileiro com
 * o nono dígito (55 + DDD + 9 + 8 dígitos que começam por 6 a 9) ganha a
 * chave da forma antiga, sem o 9. Nada mais muda: um fixo (2 a 5) nunca se
 * confunde com um celular, e outros países ficam como vieram.
 *   digits  o que phone_digits devolveu
 * Fonte:  Anatel, Resolução 553/2010 (nono dígito).
 */
void phone_match_key(const char *digits, char out[static PHONE_MAX + 1]);

/* Diz se os dois algarismos são um código de área (DDD) em uso no Brasil. */
bool phone_is_ddd(const char *two_digits);

#endif
