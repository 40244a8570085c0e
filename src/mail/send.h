/*
 * send.h - a espécie de job "mail.send": abre, escreve nas duas formas,
 * entrega e decide o que fazer da resposta do servidor.
 */
#ifndef BALCAO_MAIL_SEND_H
#define BALCAO_MAIL_SEND_H

#include "jobs/worker.h"

/*
 * Exige page_init e i18n_init. Um worker morto entre a entrega e o registro
 * repete o e-mail, com o mesmo Message-ID.
 * Fonte:  RFC 5321 seção 4.2.1 (4yz passa, 5yz não).
 */
extern const struct job_kind mail_send_kind;

#endif
