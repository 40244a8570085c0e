/*
 * document.h - CPF e CNPJ: forma e algarismos de controle. Não sabe se o
 * número foi dado a alguém.
 */
#ifndef BALCAO_DOCUMENT_H
#define BALCAO_DOCUMENT_H

#include <stdbool.h>

#include "base/arena.h"

#define DOCUMENT_MAX 14

/*
 * Tira pontuação e espaços, passa a maiúsculas e confere os dois algarismos
 * de controle: "123.456.789-09" vira "12345678909". O CNPJ pode ter letras nas
 * doze primeiras posições. Repetições (111.111.111-11) não valem.
 * Fonte: Instrução Normativa RFB 2.229/2024 (CNPJ alfanumérico).
 */
bool document_normal(const char *text, char out[static DOCUMENT_MAX + 1]);

/*
 * Como se mostra: "123.456.789-09", "12.345.678/0001-95". O que não é nem um
 * nem outro, e NULL, volta como veio.
 */
const char *document_shown(struct arena *a, const char *document);

#endif
