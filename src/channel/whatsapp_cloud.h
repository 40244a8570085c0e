/*
 * whatsapp_cloud.h - as duas metades do adaptador da Cloud API, da Meta.
 * whatsapp_cloud_in.c lê; whatsapp_cloud_send.c e whatsapp_cloud_signal.c
 * escrevem.
 */
#ifndef BALCAO_WHATSAPP_CLOUD_H
#define BALCAO_WHATSAPP_CLOUD_H

#include "channel/channel.h"

/* As funções de struct channel_adapter; o contrato está lá. */
void whatsapp_cloud_parse(struct arena *a, const struct channel *ch,
                          struct slice body, struct channel_batch *out);
enum err whatsapp_cloud_build_send(struct arena *a, const struct channel *ch,
                                   const struct channel_outgoing *m,
                                   struct channel_request *out);
void whatsapp_cloud_build_upload(struct arena *a, const struct channel *ch,
                                 struct channel_request *out);
void
whatsapp_cloud_read_response(struct arena *a, const struct channel_response *r,
                             struct channel_result *out);
enum err whatsapp_cloud_build_signal(struct arena *a, const struct channel *ch,
                                     const struct channel_signal *s,
                                     struct channel_request *out);
void
whatsapp_cloud_build_templates(struct arena *a, const struct channel *ch,
                               const char *after, struct channel_request *out);

/* POST ao endereço de mensagens do número, com a credencial dele. */
void whatsapp_cloud_post(struct arena *a, const struct channel *ch,
                         struct slice body, struct channel_request *out);

#endif
