/* desk/channels.c - rotas de /api/v1/channels: os canais e os modelos deles. */
#include <inttypes.h>

#include "app/app.h"
#include "channel/template_reply.h"
#include "channel/template_sync.h"

#define SMALL_BODY 8192

static enum err
list(struct req *r, const void *input)
{
    struct q_channel_row *rows;
    int count;
    enum err e = q_channel_list(&r->ctx, &rows, &count);

    (void)input;
    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

struct templates_in {
    int64_t id, cursor, limit;
    const char *q;
    bool sendable;
};
static const struct field templates_in[] = {
    INT(struct templates_in, id, .from = PATH, .min = 1, .doc = "Canal"),
    TEXT(struct templates_in, q, .from = QUERY, .max = 100,
         .doc = "Procura no nome e no texto"),
    BOOL(struct templates_in, sendable, .from = QUERY,
         .doc = "true: só os que dá para mandar"),
    INT(struct templates_in, cursor, .from = QUERY, .min = 1,
        .doc = "O nextCursor da página anterior"),
    INT(struct templates_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 50, .doc = "Quantos por página"),
    FIELDS_END
};

static enum err
templates(struct req *r, const void *input)
{
    const struct templates_in *in = input;
    struct q_channel_row channel;
    struct q_template_row *rows;
    int count;
    enum err e = q_channel_get(
        &r->ctx, &(struct q_channel_get_in){ .id = in->id }, &channel);

    if (e == OK)
        e = q_template_list(
            &r->ctx,
            &(struct q_template_list_in){ .channel_id = in->id,
                                          .q = in->q != NULL ? in->q : "",
                                          .sendable = in->sendable,
                                          .after = in->cursor,
                                          .max = in->limit },
            &rows, &count);
    if (e != OK)
        return e;
    return reply_list(
        r, rows, sizeof *rows, count,
        count == in->limit
            ? arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id)
            : NULL);
}

struct sync_in {
    int64_t id;
    const char *waba_id;
};
static const struct field sync_in[] = {
    INT(struct sync_in, id, .from = PATH, .min = 1, .doc = "Canal"),
    TEXT(struct sync_in, waba_id, .max = 32,
         .doc = "Conta do WhatsApp Business, só algarismos; sem ela vale a que "
                "o canal tem, que a primeira entrega da Meta também diz"),
    FIELDS_END
};

static enum err
sync(struct req *r, const void *input)
{
    const struct sync_in *in = input;
    struct q_channel_row channel;
    enum err e = template_sync_ask(&r->ctx, in->id, in->waba_id, &channel);

    return e != OK ? e : reply(r, &channel);
}

/* clang-format off */
const struct route channels_routes[] = {
    { GET, "/api/v1/channels", list, PERM_TICKETS_READ, AUTH_EITHER,
      .out = channel_out, .out_list = true, .doc = "Os canais da empresa" },
    { GET, "/api/v1/channels/{id}/templates", templates, PERM_TICKETS_READ,
      AUTH_EITHER, IN(struct templates_in, templates_in), .out = template_out,
      .out_list = true,
      .doc = "Os modelos de mensagem de um canal, por nome e língua" },
    { POST, "/api/v1/channels/{id}/templates/sync", sync, PERM_COMPANY_WRITE,
      AUTH_EITHER, IN(struct sync_in, sync_in), .out = channel_out,
      .max_body = SMALL_BODY, .success = 202, .refuses = "409",
      .doc = "Pede a leitura dos modelos na Meta; templatesAt muda quando ela acaba" },
    ROUTES_END
};
/* clang-format on */
