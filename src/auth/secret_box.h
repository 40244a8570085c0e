/*
 * secret_box.h - cifra o que o banco guarda e ninguém deve ler dele: tokens e
 * segredos dos canais. AES-256-GCM; o texto de contexto amarra a cifra ao
 * lugar dela, e uma linha copiada para outro canal não abre.
 *
 * Forma: versão (1) | id da chave (4) | nonce (12) | cifra | selo (16)
 */
#ifndef BALCAO_SECRET_BOX_H
#define BALCAO_SECRET_BOX_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum { SECRET_BOX_EXTRA_BYTES = 1 + 4 + 12 + 16 };
enum { SECRET_BOX_MAX_BYTES = 65536 };

/*
 * Cifra `plain` (0 a 65536 bytes) com nonce aleatório.
 *   context  lugar do segredo, ex. "channel:1:7"; o mesmo para abrir
 *   out      [saída] SECRET_BOX_EXTRA_BYTES a mais que plain, na arena
 * Devolve falso se passar do tamanho ou a OpenSSL falhar.
 * Fonte:   NIST SP 800-38D (até 2^32 segredos por chave).
 */
bool secret_box_seal(struct arena *a, const char *context, struct slice plain,
                     struct slice *out);

/*
 * Abre o que secret_box_seal fez, com o segredo atual ou com um anterior: o
 * id guardado diz qual.
 *   out  [saída] o segredo, com um '\0' depois; apagado no fim da arena
 * Devolve falso se versão, chave, contexto ou conteúdo não conferem; nada do
 * conteúdo sai sem o selo conferido.
 */
bool secret_box_open(struct arena *a, const char *context, struct slice box,
                     struct slice *out);

#endif
