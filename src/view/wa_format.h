/*
 * wa_format.h - o texto de uma mensagem como o WhatsApp o mostra, em HTML:
 * *negrito*, _itálico_, ~riscado~, `código`, ```bloco```, > citação, listas, e
 * endereços viram links. Tudo o mais sai escapado: o que o cliente escreve
 * nunca vira marca. Não conhece mensagens.
 */
#ifndef BALCAO_WA_FORMAT_H
#define BALCAO_WA_FORMAT_H

#include "base/str.h"

/*
 * Acrescenta o HTML do texto; cada quebra de linha fica como está, para
 * white-space: pre-wrap. Só sai com http:// ou https:// o que é link.
 *   text  UTF-8, de qualquer autor; bytes estranhos não fazem mal
 * Tempo:  linear no tamanho do texto.
 */
void wa_format(struct str *out, const char *text, size_t n);

#endif
