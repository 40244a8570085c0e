/*
 * ticket_open.h - começar uma conversa: com um contato que existe ou com um
 * telefone, por um canal. Não manda nada: só abre. Não conhece HTTP.
 */
#ifndef BALCAO_TICKET_OPEN_H
#define BALCAO_TICKET_OPEN_H

#include "desk/ticket.h"

struct ticket_new {
    int64_t contact_id; /* 0: pelo telefone */
    const char *phone;  /* com o código do país; NULL: pelo contato */
    const char *name;   /* do contato novo; NULL: o telefone */
    int64_t channel_id; /* 0: o único que há */
    int64_t queue_id;   /* 0: a do canal */
    int64_t user_id;    /* quem atende; 0: ninguém ainda */
    const char *subject, *priority;
};

/*
 * Abre o atendimento (active com quem atende, ou pending) e avisa
 * ticket:created.
 * Erros: ERR_CONFLICT (o contato já tem um aberto no canal, que se nomeia; ou
 *        está bloqueado), ERR_FORBIDDEN (dar a outra pessoa sem
 *        tickets.manage), ERR_INVALID (contactId, phone, channelId, queueId,
 *        userId).
 */
enum err ticket_open(struct ctx *c, const struct ticket_new *in,
                     struct q_ticket_row *out);

#endif
