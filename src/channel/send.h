/*
 * send.h - o envio de uma mensagem ao cliente, por qualquer canal: os estados
 * no banco antes e depois da chamada. A forma de cada plataforma está no
 * adaptador dela.
 *
 * queued --(COMMIT)--> sending --(chamada)--> sent | failed | queued de novo.
 * Achada em sending sem ninguém a enviá-la, ou sem resposta depois de mandada,
 * ninguém sabe se chegou: espera send_unknown_grace_s por um estado que a
 * reconcilie (biz_opaque_callback_data). Sem ele, a que ficou sem resposta vai
 * mais uma vez, contada em attempts; a que uma queda interrompeu falha e diz
 * para conferir. Nunca vai duas vezes calada, nunca fica esquecida.
 */
#ifndef BALCAO_SEND_H
#define BALCAO_SEND_H

#include "jobs/worker.h"

/* Job "message.send" {messageId}. */
extern const struct job_kind message_send_kind;

/*
 * Marca como falha a mensagem que ninguém mais vai enviar, e avisa. Não mexe
 * na que já tem id da plataforma.
 *   why  para a pessoa, já traduzido
 */
enum err message_send_fail(struct ctx *c, int64_t message_id, const char *why);

#endif
