/*
 * whatsapp.c - /api/v1/webhook/whatsapp/{channelKey}: a Meta confere o
 * endereço (GET) e entrega mensagens e estados (POST). Só responde 200
 * depois do COMMIT; qualquer outra resposta faz a Meta entregar de novo.
 * Fonte: Meta, Webhooks, Getting Started; WhatsApp Cloud API, Webhooks.
 */
#include <string.h>

#include "app/app.h"
#include "auth/signature.h"
#include "channel/hook_channel.h"
#include "channel/webhook.h"

#define APP_NAME "whatsapp"
#define BODY_MAX_BYTES (4 << 20) /* a Meta manda até 3 MB */

#define KEY_DOC "Chave do canal, que faz parte do endereço dele"

struct verify_in {
    const char *channel_key, *mode, *verify_token, *challenge;
};
static const struct field verify_in[] = {
    TEXT(struct verify_in, channel_key, .from = PATH, .doc = KEY_DOC),
    TEXT(struct verify_in, mode, .json = "hub.mode", .from = QUERY,
         .doc = "subscribe"),
    TEXT(struct verify_in, verify_token, .json = "hub.verify_token",
         .from = QUERY, .doc = "O que se combinou com a Meta"),
    TEXT(struct verify_in, challenge, .json = "hub.challenge", .from = QUERY,
         .doc = "Texto a devolver"),
    FIELDS_END
};

struct deliver_in {
    const char *channel_key;
};
static const struct field deliver_in[] = { TEXT(struct deliver_in, channel_key,
                                                .from = PATH, .doc = KEY_DOC),
                                           FIELDS_END };

struct hook_out {
    bool success;
};
static const struct field hook_out[] = {
    BOOL(struct hook_out, success, .doc = "Sempre true"), FIELDS_END
};

/* O canal da chave, se é desta plataforma. */
static enum err
find_channel(struct req *r, const char *key, const struct channel **out)
{
    enum err e = hook_channel_find(&r->ctx, key, out);

    if (e == OK && strcmp((*out)->platform, "whatsapp_cloud") != 0)
        return fail(&r->ctx, ERR_NOT_FOUND, NULL);
    return e;
}

static enum err
verify(struct req *r, const void *input)
{
    const struct verify_in *in = input;
    const struct channel *ch;
    enum err e = find_channel(r, in->channel_key, &ch);

    if (e != OK)
        return e;
    if (in->mode == NULL || strcmp(in->mode, "subscribe") != 0 ||
        in->challenge == NULL || in->verify_token == NULL ||
        ch->secrets.verify_token[0] == '\0' ||
        !equal_constant_time(in->verify_token, ch->secrets.verify_token))
        return fail(&r->ctx, ERR_FORBIDDEN, NULL);
    return reply_text(r, 200, "text/plain", in->challenge);
}

static enum err
deliver(struct req *r, const void *input)
{
    const struct deliver_in *in = input;
    const struct channel *ch;
    enum err e = find_channel(r, in->channel_key, &ch);

    if (e != OK)
        return e;
    if (!signature_check(req_header(r, "X-Hub-Signature-256"),
                         (struct slice){ ch->secrets.app_secret,
                                         strlen(ch->secrets.app_secret) },
                         r->body))
        return fail(&r->ctx, ERR_BAD_SIGNATURE, NULL);
    r->ctx.company_id = ch->company_id;
    e = webhook_receive(&r->ctx, ch, r->body, NULL);
    return e != OK ? e : reply(r, &(struct hook_out){ .success = true });
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/api/v1/webhook/whatsapp/{channelKey}", verify,
      .auth = AUTH_PUBLIC, IN(struct verify_in, verify_in),
      .out_type = "text/plain", .refuses = "403 404",
      .doc = "A Meta confere o endereço: devolve hub.challenge" },
    { POST, "/api/v1/webhook/whatsapp/{channelKey}", deliver,
      .auth = AUTH_PUBLIC, .accepts = ACCEPT_RAW, .max_body = BODY_MAX_BYTES,
      IN(struct deliver_in, deliver_in), .out = hook_out,
      .refuses = "401 404", .doc = "Recebe mensagens e estados assinados da Meta" },
    ROUTES_END
};
/* clang-format on */
APP_MAIN(routes)
