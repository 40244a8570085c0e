/*
 * signature.h - HMAC-SHA256 do corpo bruto, como a Meta e o GitHub assinam.
 * Não sabe de webhooks: recebe bytes e devolve sim ou não.
 */
#ifndef BALCAO_SIGNATURE_H
#define BALCAO_SIGNATURE_H

#include <stdbool.h>

#include "base/str.h"

enum { SIGNATURE_CHARS = 64 };

/*
 * Assina `body` com `key` (os bytes do segredo como estão, até 2^31 - 1).
 *   out  [saída] hexadecimal minúsculo
 */
void signature_make(struct slice key, struct slice body,
                    char out[static SIGNATURE_CHARS + 1]);

/*
 * Confere o cabeçalho "sha256=<hex>" em tempo constante.
 *   header  NULL ou malformado: falso
 *   key     vazia: falso, um canal sem segredo não aceita nada
 */
bool signature_check(const char *header, struct slice key, struct slice body);

#endif
