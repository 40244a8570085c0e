/* push.c - rotas de /api/v1/me/push: os aparelhos que recebem Web Push. */
#include "app/app.h"
#include "auth/vapid.h"
#include "desk/push.h"

#define BASE "/api/v1/me/push"
#define SMALL_BODY 16384

struct list_out {
    const char *public_key, *devices;
};
static const struct field list_out[] = {
    TEXT(struct list_out, public_key, .nullable = true,
         .doc = "applicationServerKey; null: não há Web Push aqui"),
    JSON(struct list_out, devices, .doc = "Os aparelhos da pessoa",
         .schema =
             "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":"
             "[\"id\",\"device\",\"digest\",\"current\",\"createdAt\","
             "\"usedAt\"],\"properties\":{\"id\":{\"type\":\"integer\"},"
             "\"device\":{\"type\":\"string\"},\"digest\":{\"type\":\"string\"}"
             ",\"current\":{\"type\":\"boolean\"},\"createdAt\":{\"type\":"
             "\"string\",\"format\":\"date-time\"},\"usedAt\":{\"type\":["
             "\"string\",\"null\"],\"format\":\"date-time\"}}}}"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    struct q_push_device *rows;
    struct list_out out;
    struct str s;
    int count, i;
    enum err e = push_devices(&r->ctx, &rows, &count);

    (void)input;
    if (e != OK)
        return e;
    str_init(&s, r->ctx.arena, 400);
    str_putc(&s, '[');
    for (i = 0; i < count; i++) {
        if (i > 0)
            str_putc(&s, ',');
        json_write(&s, push_device_out, &rows[i]);
    }
    str_putc(&s, ']');
    out = (struct list_out){ vapid_public(r->ctx.arena), s.data };
    return reply(r, &out);
}

static const struct field new_in[] = {
    TEXT(struct push_new, endpoint, .required = true, .min = 1,
         .max = PUSH_ENDPOINT_MAX,
         .doc = "O endereço que o navegador deu: https, de um serviço de push"),
    TEXT(struct push_new, p256dh, .required = true, .min = 1, .max = 88,
         .doc = "keys.p256dh dele, em base64url"),
    TEXT(struct push_new, auth, .required = true, .min = 1, .max = 24,
         .doc = "keys.auth dele, em base64url"),
    FIELDS_END
};

static enum err
add(struct req *r, const void *input)
{
    struct q_push_device row;
    enum err e = push_subscribe(&r->ctx, input, &row);

    return e != OK ? e : reply(r, &row);
}

struct id_in {
    int64_t id;
};
static const struct field id_in[] = { INT(struct id_in, id, .from = PATH,
                                          .min = 1, .doc = "Inscrição"),
                                      FIELDS_END };

static enum err
drop(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = push_unsubscribe(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
const struct route push_routes[] = {
    { GET, BASE, list, PERM_LIVE, AUTH_EITHER, .one_query = true,
      .out = list_out,
      .doc = "A chave da instalação e os aparelhos que recebem notificações" },
    { POST, BASE, add, PERM_LIVE, AUTH_EITHER, .max_body = SMALL_BODY,
      .secret = true, IN(struct push_new, new_in), .out = push_device_out,
      .success = 201, .refuses = "409",
      .doc = "Inscreve este aparelho; o que já está só se atualiza" },
    { DELETE, BASE "/{id}", drop, PERM_LIVE, AUTH_EITHER,
      IN(struct id_in, id_in), .success = 204,
      .doc = "Desliga um aparelho" },
    ROUTES_END
};
/* clang-format on */
