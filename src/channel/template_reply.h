/*
 * template_reply.h - responder a um atendimento com um modelo aprovado: vale
 * com a janela de 24 horas aberta ou fechada.
 */
#ifndef BALCAO_TEMPLATE_REPLY_H
#define BALCAO_TEMPLATE_REPLY_H

#include "channel/template.h"
#include "desk/message.h"
#include "gen/q_template.h"

struct template_reply {
    int64_t ticket_id, reply_to, seen_id; /* como em ticket_reply_in */
    const char *name, *language;
    const char *const *values; /* um por variável */
    int count;
};

/* O que um canal e um modelo mostram na API. */
extern const struct field channel_out[], template_out[];

/* Lê os componentes que o banco guardou. */
void template_row_read(struct arena *a, const struct q_template_row *row,
                       struct template_form *out);

/* Por que este modelo não se manda, para a pessoa; NULL: dá para mandar. */
const char *template_refusal(struct arena *a, const struct q_template_row *row);

/*
 * Confere o modelo e os valores e grava a resposta, como ticket_reply.
 * Erros: os dele; ERR_INVALID em template.name (unknown, status, blocked),
 *        template.language (unknown) e template.parameters[.N].
 */
enum err template_reply(struct ctx *c, const struct template_reply *in,
                        struct q_message_row *out);

/*
 * O mesmo, do objeto {name, language, parameters} que a API recebe.
 * Erros: mais ERR_INVALID no que falta ou não é do tipo.
 */
enum err
template_reply_json(struct ctx *c, const char *json,
                    const struct template_reply *in, struct q_message_row *out);

#endif
