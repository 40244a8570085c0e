/*
 * whatsapp_cloud_kind.h - o miolo de cada tipo de mensagem da Cloud API. Só
 * whatsapp_cloud_in.c inclui.
 */
#ifndef BALCAO_WHATSAPP_CLOUD_KIND_H
#define BALCAO_WHATSAPP_CLOUD_KIND_H

#include "channel/json_read.h"
#include "desk/inbound.h"

/*
 * Preenche ação, espécie, texto, mídia e payload de uma mensagem. O tipo que
 * não se conhece vira "unsupported" com a mensagem inteira em payload.
 */
void whatsapp_cloud_read_kind(struct arena *a, struct json_object *message,
                              struct inbound *out);

#endif
