/*
 * ticket_change.h - o que se muda num atendimento além do estado: assunto,
 * prioridade, campos, etiquetas, responsável, fila e até quando esperar.
 * Cada mudança vai ao histórico e avisa as salas. Não conhece HTTP.
 */
#ifndef BALCAO_TICKET_CHANGE_H
#define BALCAO_TICKET_CHANGE_H

#include "desk/ticket.h"
#include "jobs/worker.h"

#define TICKET_SNOOZES "hour hours tomorrow week"

/* O que vem NULL fica como está. */
struct ticket_edit {
    int64_t version; /* a que a tela mostrou */
    const char *subject, *priority;
    const char *custom;  /* objeto JSON do que muda; null apaga */
    const char *tag_ids; /* todas as etiquetas: "{1,2}" */
};

/*
 * Muda os dados do atendimento.
 * Erros: ERR_NOT_FOUND, ERR_CONFLICT (a versão já é outra), ERR_INVALID
 * (etiqueta ou campo que a empresa não tem, valor que não serve ao campo).
 */
enum err ticket_change(struct ctx *c, int64_t id, const struct ticket_edit *to,
                       struct q_ticket_row *out);

/*
 * Diz se a pessoa do contexto pode dar um atendimento a esta pessoa e a esta
 * fila; 0 é nenhuma.
 * Erros: ERR_FORBIDDEN (dar a outra pede tickets.manage), ERR_INVALID.
 */
enum err ticket_check_target(struct ctx *c, int64_t user_id, int64_t queue_id);

/* Para quem vai; 0 é nenhum. */
struct ticket_transfer {
    int64_t user_id, queue_id;
    const char *note; /* "": nenhuma */
};

/*
 * Passa a uma pessoa (fica em atendimento com ela), a uma fila (volta à
 * espera nela, e a distribuição o dá a outra pessoa, se a fila distribui), ou
 * a uma pessoa já noutra fila. Avisa ticket:transferred e
 * ticket:updated a quem o via e a quem o vê.
 * Erros: ERR_NOT_FOUND, ERR_CONFLICT (fechado, ou já está lá), ERR_FORBIDDEN
 *        (está com outra pessoa e falta tickets.manage), ERR_INVALID com
 *        userId ou queueId (não existe, desligada, não pode atender).
 */
enum err
ticket_transfer(struct ctx *c, int64_t id, const struct ticket_transfer *to,
                struct q_ticket_row *out);

/*
 * Dá o atendimento a alguém, ou o tira (user_id 0) e devolve à espera. Dar a
 * outra pessoa, ou tirar de outra, pede tickets.manage.
 * Erros: como ticket_transfer.
 */
enum err ticket_assign(struct ctx *c, int64_t id, int64_t user_id,
                       struct q_ticket_row *out);

/*
 * Adia até o instante (ISO 8601, futuro, até um ano), ou até o contato
 * escrever, o que vier antes.
 * Erros: ERR_NOT_FOUND, ERR_CONFLICT (fechado), ERR_INVALID com until.
 */
enum err ticket_snooze(struct ctx *c, int64_t id, const char *until,
                       struct q_ticket_row *out);

/*
 * O mesmo, no relógio da empresa.
 *   preset  um de TICKET_SNOOZES: 1 h, 3 h, amanhã ou em uma semana, às 9 h
 */
enum err ticket_snooze_preset(struct ctx *c, int64_t id, const char *preset,
                              struct q_ticket_row *out);

/* Deixa de adiar. Erros: ERR_NOT_FOUND, ERR_CONFLICT se não estava. */
enum err ticket_unsnooze(struct ctx *c, int64_t id, struct q_ticket_row *out);

/*
 * Marca como não lido. Já havendo não lidas, nada muda.
 * Erros: ERR_NOT_FOUND, ERR_CONFLICT (fechado).
 */
enum err ticket_mark_unread(struct ctx *c, int64_t id);

/* Job "ticket.wake" {ticketId}: acorda o adiado quando a hora chega. */
extern const struct job_kind ticket_wake_kind;

#endif
