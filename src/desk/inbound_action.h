/*
 * inbound_action.h - o que os arquivos inbound_*.c dividem; ninguém mais
 * inclui.
 */
#ifndef BALCAO_INBOUND_ACTION_H
#define BALCAO_INBOUND_ACTION_H

#include "desk/inbound.h"

/* Hora do provedor em segundos, ou agora se falta ou está no futuro. */
int64_t inbound_time(int64_t sent_at_s);

/* Reação, edição ou apagamento; sem o alvo, espera em parked_updates. */
enum err
inbound_act(struct ctx *c, const struct inbound *in, struct received *out);

/* O id nosso que o estado traz em opaque, ou 0 (outra empresa também). */
int64_t status_message_id(const struct ctx *c, const struct inbound_status *s);

#endif
