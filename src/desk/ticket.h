/*
 * ticket.h - o atendimento: a forma em que sai e as mudanças de estado.
 * Não conhece HTTP. Estados: bot, pending, active, closed (DESIGN §7).
 */
#ifndef BALCAO_TICKET_H
#define BALCAO_TICKET_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_ticket.h"
#include "live/outbox.h"

/* Estados do prazo que corre. */
#define TICKET_SLA_WORDS "ok near breached"

/* Como um ticket sai: API, avisos ao vivo e páginas. */
extern const struct field ticket_out[];

/*
 * Salas de quem vê um ticket: ticket:ID, company, queue:Q, user:U; o ticket
 * sem fila e sem dono é de todos, na sala queue:0.
 *   queue_id, user_id  0: não há
 */
void ticket_rooms(struct ctx *c, int64_t id, int64_t queue_id, int64_t user_id,
                  struct rooms *out);

/* Lê o ticket como ficou e avisa as salas dele. */
enum err ticket_emit(struct ctx *c, const char *type, int64_t ticket_id);

/* O mesmo, e avisa também quem o via antes de ele ter dono (queue:0). */
enum err ticket_emit_taken(struct ctx *c, int64_t ticket_id);

/* Anota no histórico a mudança de estado feita pela pessoa do contexto. */
enum err ticket_note_state(struct ctx *c, int64_t id, const char *before,
                           const char *after);

/* Anota qualquer outra mudança; NULL é nenhum valor. */
enum err ticket_note(struct ctx *c, int64_t id, const char *field,
                     const char *before, const char *after);

/* Anota, se mudou, a fila ("queue") ou a pessoa ("assignee"); 0 é nenhuma. */
enum err ticket_note_id(struct ctx *c, int64_t id, const char *field,
                        int64_t before, int64_t after);

/* Avisa as salas de quem o vê agora e as de quem o via antes. */
enum err
ticket_emit_moved(struct ctx *c, const char *type, const struct q_ticket_row *t,
                  int64_t old_queue_id, int64_t old_user_id);

/*
 * Assume o atendimento (pending ou bot -> active).
 * Erros: ERR_CONFLICT com o nome de quem já o tem, ou fechado.
 */
enum err ticket_take(struct ctx *c, int64_t id, struct q_ticket_row *out);

/*
 * Encerra (qualquer aberto -> closed), por alguém; os tempos do ciclo ficam
 * gravados.
 *   reason  até 200 caracteres; "": não se disse
 * Erros: ERR_CONFLICT se já fechado; ERR_INVALID em `reason` ou `tagIds` se
 *        falta o que a fila exige de quem encerra.
 */
enum err ticket_close(struct ctx *c, int64_t id, const char *reason,
                      struct q_ticket_row *out);

/* O mesmo, sem ninguém que encerre: o que a fila exige não se pede. */
enum err ticket_close_itself(struct ctx *c, int64_t id, const char *reason,
                             struct q_ticket_row *out);

/*
 * Zera as não lidas de propósito, também as do colega; confirma a leitura ao
 * cliente e avisa, se havia. Erros: ERR_NOT_FOUND se não se vê.
 */
enum err ticket_mark_read(struct ctx *c, int64_t id);

/*
 * A pessoa está vendo a conversa: o mesmo, se é dela ou de ninguém. Quem só
 * acompanha o atendimento de um colega não o lê por ele.
 */
enum err ticket_see(struct ctx *c, int64_t id);

/*
 * Reabre para quem pediu (closed -> active): começa outro ciclo.
 * Erros: ERR_CONFLICT se aberto, se foi fundido em outro, ou se há outro aberto
 * do mesmo contato.
 */
enum err ticket_reopen(struct ctx *c, int64_t id, struct q_ticket_row *out);

#endif
