/*
 * file.h - arquivos das conversas: quem pode vê-los, o que se aceita e o que
 * acontece com eles. Os bytes são de media/store.h. Não conhece HTTP.
 */
#ifndef BALCAO_FILE_H
#define BALCAO_FILE_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_file.h"

/* Como um arquivo sai na API. */
extern const struct field file_out[];

/*
 * Guarda um arquivo que alguém da equipe enviou, conferido pelos bytes.
 *   data   1 byte ou mais
 *   name   sem pastas; "" se não se sabe
 *   voice  gravado agora: vai como mensagem de voz
 * Erros: ERR_INVALID em `file` (tipo, tamanho); ERR_LIMIT_REACHED (a empresa
 *        encheu o que pode guardar); ERR_UNAVAILABLE sem disco.
 */
enum err file_upload(struct ctx *c, struct slice data, const char *name,
                     bool voice, struct q_file_row *out);

/* O arquivo, se quem pede o pode ver. Erros: ERR_NOT_FOUND. */
enum err file_find(struct ctx *c, int64_t id, struct q_file_row *out);

#endif
