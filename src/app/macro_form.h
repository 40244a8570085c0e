/*
 * macro_form.h - os passos de uma macro num formulário sem JavaScript: cada um
 * é uma linha de campos (s0Action, s0Text, s0Choice, s0Tags …), e os botões de
 * pôr, tirar e mudar de lugar redesenham a página. O que se digitou e o que
 * está gravado têm a mesma forma: o JSON dos passos.
 */
#ifndef BALCAO_APP_MACRO_FORM_H
#define BALCAO_APP_MACRO_FORM_H

#include "http/route.h"

struct json_object;

/* Os passos que vieram no formulário. Memória: a arena os devolve. */
struct json_object *macro_form_steps(struct req *r);

/*
 * Faz nos passos o que um botão pediu.
 *   op   "add", "up:N", "down:N" ou "drop:N"; outro, ou NULL: nada
 *   add  a ação do passo novo
 */
void
macro_form_edit(struct json_object *steps, const char *op, const char *add);

/*
 * Põe no modelo as linhas dos passos, com o que se recusou em cada uma, e as
 * ações que se podem acrescentar.
 * Erros: os do banco.
 */
enum err macro_form_model(struct req *r, struct json_object *m,
                          struct json_object *steps);

/* "Mandar mensagem, Pôr etiquetas": o que a macro faz, em poucas palavras. */
const char *macro_summary(struct req *r, const char *steps);

/*
 * Põe em `m` as macros da pessoa, para o painel: macros e mais macros.
 *   ticket_id  o atendimento em que se clica
 * Erros: os do banco.
 */
enum err
macro_add_panel(struct req *r, struct json_object *m, int64_t ticket_id);

#endif
