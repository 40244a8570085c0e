/*
 * zip_writer.h - um ZIP feito na memória, para quem pede os próprios dados. Só
 * escreve; quem inclui isto carrega a libzip.
 */
#ifndef BALCAO_ZIP_WRITER_H
#define BALCAO_ZIP_WRITER_H

#include "base/ctx.h"
#include "base/str.h"

struct zip_writer;

/*
 * Começa um ZIP vazio.
 * Memória: vive na arena do contexto, com um gancho que o desfaz.
 * Erros:   ERR_INTERNAL se a libzip recusar.
 */
enum err zip_new(struct ctx *c, struct zip_writer **out);

/*
 * Acrescenta um arquivo.
 *   name  caminho com '/', em UTF-8; "..", ".", raiz, '\', ':', controle e
 *         UTF-8 inválido saem: nada se extrai fora da pasta. Repetido ganha
 *         "-2", "-3" antes da extensão
 *   data  qualquer bytes; não é copiado: vale até zip_finish
 * Erros:  ERR_INTERNAL.
 * Fonte:  PKWARE APPNOTE 4.4.17 (nomes) e apêndice D (bit 11, UTF-8).
 */
enum err
zip_add_bytes(struct zip_writer *z, const char *name, struct slice data);

/* O mesmo, para um texto terminado em '\0'. */
enum err zip_add_text(struct zip_writer *z, const char *name, const char *text);

/*
 * Fecha e devolve os bytes; depois disto o escritor não serve mais.
 *   out  [saída] vive na arena
 */
enum err zip_finish(struct zip_writer *z, struct slice *out);

#endif
