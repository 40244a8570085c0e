/*
 * channel_box.h - os segredos de um canal como o banco os guarda: um JSON
 * {access_token, app_secret, verify_token} em auth/secret_box, amarrado ao
 * canal.
 */
#ifndef BALCAO_CHANNEL_BOX_H
#define BALCAO_CHANNEL_BOX_H

#include "channel/channel.h"

/*
 * Abre channels.secrets.
 *   out  [saída] na arena; apagado no fim dela
 * Devolve falso se a cifra não é deste canal, deste app_secret, ou o JSON não
 * é o esperado.
 */
bool
channel_secrets_open(struct arena *a, int64_t company_id, int64_t channel_id,
                     struct slice box, struct channel_secrets *out);

/* Cifra os segredos para channels.secrets. */
bool
channel_secrets_seal(struct arena *a, int64_t company_id, int64_t channel_id,
                     const struct channel_secrets *s, struct slice *box);

#endif
