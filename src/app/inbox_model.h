/*
 * inbox_model.h - o que as páginas da caixa de entrada mostram, a partir das
 * linhas do domínio: linhas da lista, cabeçalho da conversa e mensagens. Só
 * monta modelos; consultas e regras ficam no domínio.
 */
#ifndef BALCAO_INBOX_MODEL_H
#define BALCAO_INBOX_MODEL_H

#include "desk/ticket.h"
#include "gen/q_inbox.h"
#include "http/route.h"

struct json_object;

/* Nome do estado para a pessoa; também é o nome da aba. */
const char *inbox_status_text(const char *status);

/*
 * Uma linha da lista.
 *   tab      aba aberta, para o endereço da conversa
 *   open_id  conversa aberta agora; 0: nenhuma
 */
struct json_object *inbox_row(struct req *r, const struct q_ticket_row *t,
                              const char *tab, int64_t open_id);

/* O ticket aberto: quem é, estado e o que se pode fazer com ele. */
struct json_object *inbox_ticket(struct req *r, const struct q_ticket_row *t);

/* As mensagens em ordem, com separadores de dia. */
struct json_object *inbox_messages(struct req *r, const struct q_ticket_row *t,
                                   const struct q_inbox_messages_row *rows,
                                   int count);

/* Um exemplo de cada sinal de entrega, para o navegador copiar. */
struct json_object *inbox_tick_samples(void);

/* O que mostrar de uma mensagem numa linha: o texto ou a espécie dela. */
const char *inbox_excerpt(const char *kind, const char *body);

/* "+55 11 98765-4321"; números de outros países só ganham o '+'. */
const char *inbox_phone(struct arena *a, const char *digits);

#endif
