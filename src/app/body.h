/* body.h - o corpo do pedido: tamanho, tipo e leitura, antes do tratador. */
#ifndef BALCAO_APP_BODY_H
#define BALCAO_APP_BODY_H

#include "http/route.h"

/*
 * Lê o corpo inteiro para r->body, e as partes de um multipart para r->parts.
 * Erros: ERR_TOO_LARGE, ERR_BAD_TYPE, ERR_BAD_REQUEST (tamanho que não é
 *        número, corpo incompleto, multipart malformado).
 */
enum err body_read(struct req *r);

#endif
