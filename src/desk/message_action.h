/*
 * message_action.h - o que se faz com uma mensagem que já está na conversa:
 * reagir, editar, apagar, mandar de novo, encaminhar, marcar. Cada recusa diz
 * o motivo. Não conhece HTTP nem canal: o que sai vai pela fila.
 */
#ifndef BALCAO_MESSAGE_ACTION_H
#define BALCAO_MESSAGE_ACTION_H

#include "desk/message.h"

#define FORWARD_MAX 5

/*
 * Reage pela equipe, no lugar da reação anterior dela.
 *   emoji  um só; vazio tira
 * Erros:   ERR_NOT_FOUND; ERR_CONFLICT (a plataforma não a conhece, apagada,
 *          anotação, janela fechada); ERR_INVALID (não é um emoji).
 */
enum err message_react(struct ctx *c, int64_t id, const char *emoji,
                       struct q_message_row *out);

/*
 * Troca o texto da anotação (do autor, ou de quem tem tickets.manage) ou da
 * mensagem que falhou antes de sair.
 * Erros: ERR_NOT_FOUND; ERR_CONFLICT (enviada: o canal não deixa);
 *        ERR_FORBIDDEN (anotação de outro); ERR_INVALID.
 */
enum err message_edit(struct ctx *c, int64_t id, const char *body,
                      struct q_message_row *out);

/*
 * Apaga anotação, ou mensagem que ainda não saiu; fica o lugar dela.
 * Erros: como os de message_edit.
 */
enum err message_delete(struct ctx *c, int64_t id, struct q_message_row *out);

/*
 * Manda de novo a que falhou: a mesma mensagem, uma vez por pedido.
 * Erros: ERR_NOT_FOUND; ERR_CONFLICT (não falhou, ticket fechado, janela
 *        fechada).
 */
enum err message_retry(struct ctx *c, int64_t id, struct q_message_row *out);

/*
 * Encaminha a outros atendimentos, todos ou nenhum.
 *   tickets  '{12,13}', até FORWARD_MAX
 *   out      [saída] FORWARD_MAX linhas
 * Erros:     ERR_NOT_FOUND; ERR_CONFLICT (o que ela é não se encaminha, ticket
 *            fechado); ERR_INVALID (nenhum destino, janela fechada).
 */
enum err message_forward(struct ctx *c, int64_t id, const char *tickets,
                         struct q_message_row *out, int *count);

/* Marca ou desmarca para a pessoa. Erros: ERR_NOT_FOUND. */
enum err message_star(struct ctx *c, int64_t id, bool on);

/* Diz se o texto é um emoji só (com tom de pele, bandeira ou junção). */
bool is_one_emoji(const char *text);

#endif
