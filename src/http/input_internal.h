/* input_internal.h - o que input.c e input_list.c dividem. */
#ifndef BALCAO_INPUT_INTERNAL_H
#define BALCAO_INPUT_INTERNAL_H

#include "http/route.h"

struct json_object;

/*
 * Lê uma lista: vetor do corpo JSON, ou o campo repetido do formulário (um
 * vazio não conta: é como se diz "nenhum"). Repetidos saem uma vez só.
 *   json  o vetor; NULL: vem do formulário
 * Devolve o literal de vetor do PostgreSQL, ou NULL com o campo anotado.
 */
const char *input_list(struct req *r, const struct field *f, const char *name,
                       struct json_object *json);

/*
 * O arquivo de um campo UPLOAD, ou NULL se não veio; tamanho e tipo declarado
 * já conferidos (o que os bytes são, só quem os abre sabe).
 */
const struct upload *
input_file(struct req *r, const struct field *f, const char *name);

/*
 * Cada parte do multipart uma vez só, e da espécie que a tabela diz. Das
 * desconhecidas só páginas não reclamam: o formulário pode levar enfeites.
 */
void input_check_parts(struct req *r);

#endif
