/*
 * template_sync.h - trazer da plataforma a lista de modelos de um canal: a
 * pedido, quando a Meta avisa que um mudou, e uma vez por dia (cleanup).
 */
#ifndef BALCAO_TEMPLATE_SYNC_H
#define BALCAO_TEMPLATE_SYNC_H

#include "channel/channel.h"
#include "gen/q_template.h"

struct job_kind; /* jobs/worker.h */

/* Job "template.sync" {channelId}. */
extern const struct job_kind template_sync_kind;

/* Pede a leitura; a que já espera na fila serve. */
enum err template_sync_enqueue(struct ctx *c, int64_t channel_id);

/*
 * O mesmo, a pedido de quem administra.
 *   waba_id  a conta do canal; NULL ou vazia: a que ele já tem
 * Erros: ERR_NOT_FOUND; ERR_CONFLICT (canal sem modelos); ERR_INVALID em
 *        wabaId (format; required: não se sabe a conta).
 */
enum err template_sync_ask(struct ctx *c, int64_t channel_id,
                           const char *waba_id, struct q_channel_row *out);

/*
 * O que uma entrega diz da conta do canal: se ainda não se sabia qual é, passa
 * a saber-se; com a conta nova, ou um modelo mudado, a lista se lê de novo.
 */
enum err templates_heard(struct ctx *c, const struct channel *ch,
                         const struct channel_batch *b);

#endif
