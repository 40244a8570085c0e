/*
 * message.h - mensagens: a forma em que saem e as duas entradas do domínio,
 * receber do cliente e responder ao cliente. Não conhece HTTP nem canal.
 */
#ifndef BALCAO_MESSAGE_H
#define BALCAO_MESSAGE_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_message.h"

/* Como uma mensagem sai: API, avisos ao vivo e páginas. */
extern const struct field message_out[];

/*
 * Avisa as salas do ticket (ticket, company, queue, user) sobre a mensagem.
 *   type  "message:created", "message:updated" ou "message:ack"
 */
enum err
message_emit(struct ctx *c, const char *type, const struct q_message_row *m);

/*
 * O mesmo, para quem já sabe a fila e o responsável do ticket (0: nenhum).
 *   m  de message:ack só se usam id, ticket_id, status e error
 */
enum err
message_emit_to(struct ctx *c, const char *type, const struct q_message_row *m,
                int64_t queue_id, int64_t user_id);

struct ticket_reply_in {
    int64_t ticket_id;
    const char *body;       /* 1..4096 caracteres; a legenda do arquivo */
    int64_t reply_to;       /* id da mensagem citada; 0: nenhuma */
    int64_t forwarded_from; /* id da que se encaminha; 0: é nova */
    int64_t file_id;        /* arquivo enviado por quem responde; 0: nenhum */
    int64_t quick_reply_id; /* resposta rápida cujo arquivo vai; 0: nenhuma */
    int64_t seen_id; /* última mensagem que a pessoa viu; 0: não conferir */
    const char *template; /* modelo já preenchido (channel/template.h), que vai
                           * também com a janela fechada; NULL: texto livre */
};

/*
 * Responde ao cliente: grava a mensagem (queued), zera as não lidas, avisa e
 * enfileira o envio, tudo na transação do contexto. Ticket pendente ou do
 * robô passa a ativo, de quem respondeu.
 * Com arquivo, body é a legenda: pode faltar, até 1024, nunca em áudio.
 * Com seen_id, não se responde por cima de colega que respondeu depois dela.
 * Erros: ERR_NOT_FOUND (ticket que a pessoa não vê), ERR_CONFLICT (fechado,
 *        arquivo já usado, resposta de colega que não se viu), ERR_INVALID
 * (replyTo de outro ticket; janela de 24 h fechada; arquivo de outro, legenda
 * que não vai).
 */
enum err ticket_reply(struct ctx *c, const struct ticket_reply_in *in,
                      struct q_message_row *out);

/*
 * O mesmo, para o texto que não cabe na legenda do arquivo da resposta rápida
 * (áudio, ou longo demais): vai primeiro o arquivo, depois o texto.
 */
enum err ticket_reply_with(struct ctx *c, const struct ticket_reply_in *in,
                           struct q_message_row *out);

/*
 * O que uma consulta acaba de gravar (queued), sem ninguém que responda: avisa
 * as salas e põe o envio na fila. Erros: ERR_NOT_FOUND; os do banco.
 */
enum err message_say(struct ctx *c, int64_t id);

/*
 * Põe o envio na fila, depois dos que o ticket já tem.
 *   again  "" na primeira vez; outra, para a mesma mensagem ir de novo
 */
enum err message_enqueue_send(struct ctx *c, int64_t id, int64_t ticket_id,
                              const char *again);

#endif
