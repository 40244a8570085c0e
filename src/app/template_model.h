/*
 * template_model.h - um modelo do WhatsApp nas páginas: a linha da lista e o
 * formulário que o preenche, com a prévia.
 */
#ifndef BALCAO_TEMPLATE_MODEL_H
#define BALCAO_TEMPLATE_MODEL_H

#include "gen/q_template.h"
#include "http/route.h"

struct json_object;

/*
 * A linha da lista.
 *   href  escolhê-lo
 *   pick  o que está escolhido
 * Memória: o objeto é de quem chama.
 */
struct json_object *
template_row_model(struct req *r, const struct q_template_row *row,
                   const char *href, int64_t pick);

/*
 * O modelo escolhido: os campos, com o que se digitou e se recusou, e o texto
 * em pedaços, cada variável no seu.
 *   contact  de quem se oferece o primeiro nome
 * Memória: o objeto é de quem chama.
 */
struct json_object *
template_form_model(struct req *r, const struct q_template_row *row,
                    const char *contact);

/*
 * Os valores digitados em p1, p2 …: um por variável, "" no que falta.
 * Memória: da arena da requisição.
 */
const char *const *
template_typed(struct req *r, const struct q_template_row *row, int *count);

#endif
