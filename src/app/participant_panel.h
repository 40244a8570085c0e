/*
 * participant_panel.h - os participantes no painel da conversa. Consulta e
 * monta o modelo; as regras ficam em desk/participant.
 */
#ifndef BALCAO_PARTICIPANT_PANEL_H
#define BALCAO_PARTICIPANT_PANEL_H

#include "desk/ticket.h"
#include "http/route.h"

struct json_object;

/*
 * Põe no modelo, em "participants", quem acompanha, quem se pode pôr, e se quem
 * olha pode entrar ou sair.
 * Erros: os do banco.
 */
enum err participant_add_panel(struct req *r, struct json_object *m,
                               const struct q_ticket_row *t);

/*
 * A frase do histórico: quem entrou ou saiu. O nome de quem já deixou a empresa
 * pode faltar.
 */
const char *
participant_change_text(struct arena *a, const struct q_ticket_history_row *h);

#endif
