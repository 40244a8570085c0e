/*
 * ticket_work.h - as rotas que mudam um atendimento além do estado, para a
 * tabela de cgi-bin/api/tickets.c: começar, dados, passar adiante, adiar.
 */
#ifndef BALCAO_APP_TICKET_WORK_H
#define BALCAO_APP_TICKET_WORK_H

#include "app/app.h"
#include "desk/ticket.h"

struct ticket_open_in {
    int64_t contact_id, channel_id, queue_id, user_id;
    const char *phone, *name, *subject, *priority;
    bool assign, has_assign;
};
extern const struct field ticket_open_in[];

struct ticket_edit_in {
    int64_t id, version;
    const char *subject, *priority, *custom, *tag_ids;
};
extern const struct field ticket_edit_in[];

struct ticket_transfer_in {
    int64_t id, user_id, queue_id;
    const char *note;
};
extern const struct field ticket_transfer_in[];

struct ticket_assign_in {
    int64_t id, user_id;
    bool has_user_id;
};
extern const struct field ticket_assign_in[];

struct ticket_snooze_in {
    int64_t id;
    const char *until;
};
extern const struct field ticket_snooze_in[];

struct ticket_close_in {
    int64_t id;
    const char *reason;
};
extern const struct field ticket_close_in[];

struct ticket_id_in {
    int64_t id;
};
extern const struct field ticket_id_in[];

struct ticket_history_in {
    int64_t id, limit, before;
};
extern const struct field ticket_history_in[];
extern const struct field ticket_history_out[];

/* Tratador de POST /tickets: a conversa que a equipe começa. */
enum err ticket_work_open(struct req *r, const void *input);

/* Tratador de PUT e PATCH /tickets/{id}. */
enum err ticket_work_edit(struct req *r, const void *input);

/* Tratador de …/transfer: a uma pessoa ou fila. */
enum err ticket_work_transfer(struct req *r, const void *input);

/* Tratador de …/assign: dá, assume ou devolve à espera. */
enum err ticket_work_assign(struct req *r, const void *input);

/* Tratador de …/snooze. */
enum err ticket_work_snooze(struct req *r, const void *input);

/* Tratador de …/unsnooze. */
enum err ticket_work_unsnooze(struct req *r, const void *input);

/* Tratador de …/unread. */
enum err ticket_work_unread(struct req *r, const void *input);

/* Tratador de …/close e …/end, com o motivo. */
enum err ticket_work_close(struct req *r, const void *input);

/* Tratador de …/history: o que mudou, do mais novo ao mais velho. */
enum err ticket_work_history(struct req *r, const void *input);

/* clang-format off */
#define TICKET_CHANGE(way, rest, fn, S) \
    way, "/api/v1/tickets/{id}" rest, fn, PERM_TICKETS_WRITE, \
    .alias = "/api/v1/chats/{id}" rest, IN(struct S, S)
#define TICKET_WORK_ROUTES \
    { POST, "/api/v1/tickets", ticket_work_open, PERM_TICKETS_WRITE, \
      .alias = "/api/v1/chats", IN(struct ticket_open_in, ticket_open_in), \
      .out = ticket_out, .success = 201, .refuses = "409", \
      .doc = "Começa uma conversa com um contato ou um telefone" }, \
    { TICKET_CHANGE(PATCH, "", ticket_work_edit, ticket_edit_in), \
      .out = ticket_out, .refuses = "409", \
      .doc = "Muda assunto, prioridade, campos e etiquetas" }, \
    { TICKET_CHANGE(PUT, "", ticket_work_edit, ticket_edit_in), \
      .out = ticket_out, .refuses = "409", \
      .doc = "O mesmo que PATCH: muda o que veio" }, \
    { TICKET_CHANGE(POST, "/transfer", ticket_work_transfer, \
                    ticket_transfer_in), \
      .out = ticket_out, .refuses = "409", \
      .doc = "Passa o atendimento a uma pessoa ou a uma fila" }, \
    { TICKET_CHANGE(POST, "/assign", ticket_work_assign, ticket_assign_in), \
      .out = ticket_out, .refuses = "409", \
      .doc = "Dá o atendimento a alguém, ou o devolve à espera" }, \
    { TICKET_CHANGE(POST, "/snooze", ticket_work_snooze, ticket_snooze_in), \
      .out = ticket_out, .refuses = "409", \
      .doc = "Adia até uma hora, ou até o contato escrever" }, \
    { TICKET_CHANGE(POST, "/unsnooze", ticket_work_unsnooze, ticket_id_in), \
      .out = ticket_out, .refuses = "409", .doc = "Deixa de adiar" }, \
    { TICKET_CHANGE(POST, "/unread", ticket_work_unread, ticket_id_in), \
      .success = 204, .refuses = "409", .doc = "Marca como não lido" }, \
    { GET, "/api/v1/tickets/{id}/history", ticket_work_history, \
      PERM_TICKETS_READ, IN(struct ticket_history_in, ticket_history_in), \
      .alias = "/api/v1/chats/{id}/history", .out = ticket_history_out, \
      .out_list = true, .doc = "Tudo o que mudou no atendimento" }
/* clang-format on */

#endif
