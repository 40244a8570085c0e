/*
 * messages.c - rotas de /api/v1/messages: o que se faz com uma mensagem que já
 * está na conversa. Enviar e listar são de /api/v1/tickets/{id}/messages.
 */
#include <inttypes.h>

#include "app/app.h"
#include "base/i18n.h"
#include "desk/message_action.h"
#include "gen/q_link.h"
#include "gen/q_message_action.h"

#define APP_NAME "messages"
#define LAST_ID INT64_MAX

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Mensagem"), FIELDS_END
};

struct body_in {
    int64_t id;
    const char *body;
};
static const struct field body_in[] = {
    INT(struct body_in, id, .from = PATH, .min = 1, .doc = "Mensagem"),
    TEXT(struct body_in, body, .required = true, .min = 1, .max = 4096,
         .lines = true, .doc = "Texto novo"),
    FIELDS_END
};

static enum err
edit(struct req *r, const void *input)
{
    const struct body_in *in = input;
    struct q_message_row m;
    enum err e = message_edit(&r->ctx, in->id, in->body, &m);

    return e != OK ? e : reply(r, &m);
}

static enum err
remove_message(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_message_row m;
    enum err e = message_delete(&r->ctx, in->id, &m);

    return e != OK ? e : reply(r, &m);
}

static enum err
retry(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_message_row m;
    enum err e = message_retry(&r->ctx, in->id, &m);

    return e != OK ? e : reply(r, &m);
}

struct react_in {
    int64_t id;
    const char *emoji;
};
static const struct field react_in[] = {
    INT(struct react_in, id, .from = PATH, .min = 1, .doc = "Mensagem"),
    TEXT(struct react_in, emoji, .max = 20,
         .doc = "Um emoji; vazio tira a reação da equipe"),
    FIELDS_END
};

static enum err
react(struct req *r, const void *input)
{
    const struct react_in *in = input;
    struct q_message_row m;
    enum err e =
        message_react(&r->ctx, in->id, in->emoji != NULL ? in->emoji : "", &m);

    return e != OK ? e : reply(r, &m);
}

struct forward_in {
    int64_t id;
    const char *ticket_ids;
};
static const struct field forward_in[] = {
    INT(struct forward_in, id, .from = PATH, .min = 1, .doc = "Mensagem"),
    INTS(struct forward_in, ticket_ids, .required = true, .max = FORWARD_MAX,
         .doc = "Atendimentos que a recebem, até cinco"),
    FIELDS_END
};

static enum err
forward(struct req *r, const void *input)
{
    const struct forward_in *in = input;
    struct q_message_row sent[FORWARD_MAX];
    int count;
    enum err e = message_forward(&r->ctx, in->id, in->ticket_ids, sent, &count);

    return e != OK ? e : reply_list(r, sent, sizeof *sent, count, NULL);
}

static enum err
star(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = message_star(&r->ctx, in->id, true);

    return e != OK ? e : reply_empty(r);
}

static enum err
unstar(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = message_star(&r->ctx, in->id, false);

    return e != OK ? e : reply_empty(r);
}

struct starred_in {
    int64_t before, limit;
};
static const struct field starred_in[] = {
    INT(struct starred_in, before, .from = QUERY, .min = 1, .fallback = LAST_ID,
        .doc = "Só as anteriores a esta mensagem"),
    INT(struct starred_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 50, .doc = "Quantas por página"),
    FIELDS_END
};

#define S struct q_starred_row
_Static_assert(sizeof(S) == sizeof(struct q_message_row),
               "starred_row e message_row são a mesma forma");

static enum err
starred(struct req *r, const void *input)
{
    const struct starred_in *in = input;
    const char *next = NULL;
    S *rows;
    int count;
    enum err e;

    e = q_message_starred(&r->ctx,
                          &(struct q_message_starred_in){ .before = in->before,
                                                          .max = in->limit },
                          &rows, &count);
    if (e != OK)
        return e;
    if (count == in->limit)
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    return reply_list(r, rows, sizeof *rows, count, next);
}

/* ---- as chaves da empresa ---- */

struct settings_in {
    bool read_receipts, has_read_receipts, link_previews, has_link_previews,
        sign_messages, has_sign_messages;
};
static const struct field settings_in[] = {
    BOOL_IF_SENT(struct settings_in, read_receipts,
                 .doc = "Diz ao cliente que a mensagem dele foi lida"),
    BOOL_IF_SENT(struct settings_in, link_previews,
                 .doc = "Busca e mostra a prévia dos endereços; false esquece "
                        "as que havia"),
    BOOL_IF_SENT(struct settings_in, sign_messages,
                 .doc = "O texto vai com o nome de quem o escreveu"),
    FIELDS_END
};
#define SETTINGS struct q_message_settings_row
static const struct field settings_out[] = {
    BOOL(SETTINGS, read_receipts,
         .doc = "Diz ao cliente que a mensagem dele foi lida"),
    BOOL(SETTINGS, link_previews,
         .doc = "Busca e mostra a prévia dos endereços"),
    BOOL(SETTINGS, sign_messages,
         .doc = "O texto vai com o nome de quem o escreveu"),
    FIELDS_END
};

static enum err
get_settings(struct req *r, const void *input)
{
    SETTINGS row;
    enum err e = q_message_settings_get(&r->ctx, &row);

    (void)input;
    return e != OK ? e : reply(r, &row);
}

static enum err
set_settings(struct req *r, const void *input)
{
    const struct settings_in *in = input;
    SETTINGS row;
    enum err e = q_message_settings_save(
        &r->ctx,
        &(struct q_message_settings_save_in){
            .read_receipts = in->read_receipts,
            .has_read_receipts = in->has_read_receipts,
            .link_previews = in->link_previews,
            .has_link_previews = in->has_link_previews,
            .sign_messages = in->sign_messages,
            .has_sign_messages = in->has_sign_messages },
        &row);

    return e != OK ? e : reply(r, &row);
}
#undef SETTINGS

/* clang-format off */
static const struct route routes[] = {
    { PATCH, "/api/v1/messages/{id}", edit, PERM_TICKETS_WRITE, AUTH_EITHER,
      IN(struct body_in, body_in), .out = message_out, .refuses = "403 409",
      .doc = "Muda o texto de uma anotação, ou do que não chegou a sair" },
    { DELETE, "/api/v1/messages/{id}", remove_message, PERM_TICKETS_WRITE,
      AUTH_EITHER, IN(struct id_in, id_in), .out = message_out,
      .refuses = "403 409",
      .doc = "Apaga uma anotação, ou o que não chegou a sair" },
    { POST, "/api/v1/messages/{id}/retry", retry, PERM_TICKETS_WRITE,
      AUTH_EITHER, IN(struct id_in, id_in), .out = message_out,
      .refuses = "409", .doc = "Manda de novo a mensagem que falhou" },
    { POST, "/api/v1/messages/{id}/reaction", react, PERM_TICKETS_WRITE,
      AUTH_EITHER, IN(struct react_in, react_in), .out = message_out,
      .refuses = "409", .doc = "Reage pela equipe" },
    { POST, "/api/v1/messages/{id}/forward", forward, PERM_TICKETS_WRITE,
      AUTH_EITHER, IN(struct forward_in, forward_in), .out = message_out,
      .out_list = true, .success = 201, .refuses = "409",
      .doc = "Encaminha a outros atendimentos, todos ou nenhum" },
    { PUT, "/api/v1/messages/{id}/star", star, PERM_TICKETS_READ, AUTH_EITHER,
      IN(struct id_in, id_in), .success = 204,
      .doc = "Marca para quem pede" },
    { DELETE, "/api/v1/messages/{id}/star", unstar, PERM_TICKETS_READ,
      AUTH_EITHER, IN(struct id_in, id_in), .success = 204,
      .doc = "Desmarca" },
    { GET, "/api/v1/messages/starred", starred, PERM_TICKETS_READ, AUTH_EITHER,
      IN(struct starred_in, starred_in), .out = message_out, .out_list = true,
      .doc = "As mensagens que quem pede marcou" },
    { GET, "/api/v1/messages/settings", get_settings, PERM_COMPANY_READ,
      .out = settings_out, .doc = "Como a empresa trata as mensagens" },
    { PUT, "/api/v1/messages/settings", set_settings, PERM_COMPANY_WRITE,
      IN(struct settings_in, settings_in), .out = settings_out,
      .doc = "Liga e desliga a confirmação de leitura e as prévias; o que não vem fica" },
    ROUTES_END
};
/* clang-format on */
APP_MAIN(routes)
