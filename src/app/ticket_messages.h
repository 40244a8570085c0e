/*
 * ticket_messages.h - as rotas de /api/v1/tickets/{id} que tratam de
 * mensagens, anotações e rascunhos; a tabela delas é parte da de tickets.c.
 */
#ifndef BALCAO_TICKET_MESSAGES_H
#define BALCAO_TICKET_MESSAGES_H

#include "desk/draft.h"
#include "desk/message.h"
#include "http/route.h"

struct messages_in {
    int64_t id, limit, before, after, around;
};
struct post_message_in {
    int64_t id, reply_to, file_id, quick_reply_id, seen_id;
    const char *body, *caption, *template;
};
struct post_note_in {
    int64_t id;
    const char *body, *mentions;
};
struct draft_id_in {
    int64_t id;
};
struct draft_in {
    int64_t id, reply_to;
    const char *body;
    bool is_note;
};

extern const struct field messages_in[], post_message_in[], post_note_in[],
    draft_id_in[], draft_in[], draft_out[];

/* Tratadores; o que fazem está em cada rota. */
enum err ticket_messages_list(struct req *r, const void *input);
enum err ticket_messages_post(struct req *r, const void *input);
enum err ticket_notes_post(struct req *r, const void *input);
enum err ticket_draft_get(struct req *r, const void *input);
enum err ticket_draft_put(struct req *r, const void *input);
enum err ticket_draft_delete(struct req *r, const void *input);

/* clang-format off */
#define TICKET_MESSAGE_ROUTES \
    { GET, "/api/v1/tickets/{id}/messages", ticket_messages_list, \
      PERM_TICKETS_READ, .one_query = true, .cached = true, \
      IN(struct messages_in, messages_in), \
      .out = message_out, .out_list = true, \
      .alias = "/api/v1/chats/{id}/messages", \
      .doc = "Mensagens de um ticket, da mais nova à mais velha" }, \
    { POST, "/api/v1/tickets/{id}/messages", ticket_messages_post, \
      PERM_TICKETS_WRITE, IN(struct post_message_in, post_message_in), \
      .out = message_out, .success = 201, .refuses = "409", \
      .alias = "/api/v1/chats/{id}/messages", .doc = "Responde ao cliente" }, \
    { POST, "/api/v1/tickets/{id}/notes", ticket_notes_post, \
      PERM_TICKETS_WRITE, IN(struct post_note_in, post_note_in), \
      .out = message_out, .success = 201, \
      .alias = "/api/v1/chats/{id}/notes", \
      .doc = "Anota na conversa; o cliente não vê" }, \
    { GET, "/api/v1/tickets/{id}/draft", ticket_draft_get, \
      PERM_TICKETS_READ, AUTH_EITHER, IN(struct draft_id_in, draft_id_in), \
      .out = draft_out, .alias = "/api/v1/chats/{id}/draft", \
      .doc = "O rascunho de quem pede; texto vazio: não há" }, \
    { PUT, "/api/v1/tickets/{id}/draft", ticket_draft_put, \
      PERM_TICKETS_WRITE, AUTH_EITHER, IN(struct draft_in, draft_in), \
      .out = draft_out, .alias = "/api/v1/chats/{id}/draft", \
      .doc = "Guarda o rascunho de quem pede" }, \
    { DELETE, "/api/v1/tickets/{id}/draft", ticket_draft_delete, \
      PERM_TICKETS_WRITE, AUTH_EITHER, IN(struct draft_id_in, draft_id_in), \
      .success = 204, .alias = "/api/v1/chats/{id}/draft", \
      .doc = "Esquece o rascunho de quem pede" }
/* clang-format on */

#endif
