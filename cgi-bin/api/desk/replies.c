/* desk/replies.c - rotas de /api/v1/replies: as respostas rápidas. */
#include "app/app.h"
#include "app/file_reply.h"
#include "desk/quick_reply.h"

#define SMALL_BODY 32768
#define MAX_FILE 104857600

struct id_in {
    int64_t id;
};
static const struct field id_in[] = { INT(struct id_in, id, .from = PATH,
                                          .min = 1, .doc = "Resposta rápida"),
                                      FIELDS_END };

struct list_in {
    const char *q;
};
static const struct field list_in[] = {
    TEXT(struct list_in, q, .from = QUERY, .max = 100,
         .doc = "Só as que têm isto no atalho ou no texto"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_quick_reply_row *rows;
    int count;
    enum err e = q_quick_reply_list(
        &r->ctx,
        &(struct q_quick_reply_list_in){ .q = in->q != NULL ? in->q : "",
                                         .max = 2 * QUICK_REPLIES_MAX },
        &rows, &count);

    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_quick_reply_row row;
    enum err e = q_quick_reply_get(
        &r->ctx, &(struct q_quick_reply_get_in){ .id = in->id }, &row);

    return e != OK ? e : reply(r, &row);
}

struct save_in {
    int64_t id, version;
    const char *shortcut, *body;
    bool shared, has_shared;
};
#define S struct save_in
/* clang-format off */
#define REPLY_FIELDS(needed) \
    TEXT(S, shortcut, .required = needed, .min = 1, .max = 40, \
         .doc = "O que se digita depois da barra: até 32 letras sem acento, " \
                "algarismos, - e _"), \
    TEXT(S, body, .required = needed, .min = 1, .max = QUICK_REPLY_BODY_MAX, \
         .lines = true, .doc = "O texto; variáveis: {{greeting}}, " \
                "{{contact.firstName}}, {{contact.name}}, " \
                "{{ticket.protocol}}, {{user.name}}, {{company.name}}"), \
    BOOL_IF_SENT(S, shared, .doc = "De todos: pede replies.shared"), \
    FIELDS_END
static const struct field new_in[] = { REPLY_FIELDS(true) };
static const struct field patch_in[] = {
    INT(S, id, .from = PATH, .min = 1, .doc = "Resposta rápida"),
    INT(S, version, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    REPLY_FIELDS(false)
};
/* clang-format on */
#undef S

static struct quick_reply_change
change_of(const struct save_in *in)
{
    return (struct quick_reply_change){ .version = in->version,
                                        .shortcut = in->shortcut,
                                        .body = in->body,
                                        .shared = in->shared,
                                        .has_shared = in->has_shared };
}

static enum err
create(struct req *r, const void *input)
{
    const struct quick_reply_change new = change_of(input);
    struct q_quick_reply_row row;
    enum err e = quick_reply_create(&r->ctx, &new, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
change(struct req *r, const void *input)
{
    const struct save_in *in = input;
    const struct quick_reply_change to = change_of(in);
    struct q_quick_reply_row row;
    enum err e = quick_reply_change(&r->ctx, in->id, &to, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
drop(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = quick_reply_delete(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

/* ---- o arquivo ---- */

struct attach_in {
    int64_t id;
    const struct upload *file;
};
static const struct field attach_in[] = {
    UPLOAD(struct attach_in, file, .required = true, .max = MAX_FILE,
           .doc = "Arquivo; vale o que os bytes são, não o tipo declarado"),
    INT(struct attach_in, id, .from = PATH, .min = 1, .doc = "Resposta rápida"),
    FIELDS_END
};

static enum err
attach(struct req *r, const void *input)
{
    const struct attach_in *in = input;
    struct q_quick_reply_row row;
    enum err e = quick_reply_attach(&r->ctx, in->id, in->file->data,
                                    in->file->filename, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
detach(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = quick_reply_detach(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

struct file_in {
    int64_t id;
    bool download;
};
static const struct field file_in[] = {
    INT(struct file_in, id, .from = PATH, .min = 1, .doc = "Resposta rápida"),
    BOOL(struct file_in, download, .from = QUERY,
         .doc = "Baixa, em vez de mostrar"),
    FIELDS_END
};

static enum err
get_file(struct req *r, const void *input)
{
    const struct file_in *in = input;
    struct q_file_row f;
    enum err e = q_file_of_reply(
        &r->ctx, &(struct q_file_of_reply_in){ .reply_id = in->id }, &f);

    return e != OK ? e : file_reply_bytes(r, &f, in->download);
}

static enum err
get_preview(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_file_row f;
    enum err e = q_file_of_reply(
        &r->ctx, &(struct q_file_of_reply_in){ .reply_id = in->id }, &f);

    return e != OK ? e : file_reply_preview(r, &f);
}

/* ---- como fica ---- */

struct preview_in {
    const char *body;
    int64_t ticket_id;
};
static const struct field preview_in[] = {
    TEXT(struct preview_in, body, .required = true, .max = QUICK_REPLY_BODY_MAX,
         .lines = true, .doc = "O texto com variáveis"),
    INT(struct preview_in, ticket_id, .min = 1,
        .doc = "Atendimento que as preenche; sem ele, um exemplo"),
    FIELDS_END
};
struct preview_out {
    const char *text;
};
static const struct field preview_out[] = {
    TEXT(struct preview_out, text, .doc = "O texto preenchido"), FIELDS_END
};

static enum err
preview(struct req *r, const void *input)
{
    const struct preview_in *in = input;
    struct q_quick_reply_values_row values;
    enum err e = quick_reply_values(&r->ctx, in->ticket_id, &values);

    if (e != OK)
        return e;
    return reply(r, &(struct preview_out){
                        quick_reply_fill(&r->ctx, in->body, &values) });
}

/* clang-format off */
const struct route replies_routes[] = {
    { GET, "/api/v1/replies", list, PERM_TICKETS_READ, AUTH_EITHER,
      IN(struct list_in, list_in), .out = quick_reply_out, .out_list = true,
      .doc = "Respostas rápidas: as de todos e as da pessoa" },
    { POST, "/api/v1/replies", create, PERM_TICKETS_WRITE,
      .max_body = SMALL_BODY, IN(struct save_in, new_in),
      .out = quick_reply_out, .success = 201, .refuses = "409",
      .doc = "Cria uma resposta rápida" },
    { POST, "/api/v1/replies/preview", preview, PERM_TICKETS_READ, AUTH_EITHER,
      .max_body = SMALL_BODY, IN(struct preview_in, preview_in),
      .out = preview_out, .refuses = "404",
      .doc = "Mostra um texto com as variáveis preenchidas" },
    { GET, "/api/v1/replies/{id}", get, PERM_TICKETS_READ, AUTH_EITHER,
      IN(struct id_in, id_in), .out = quick_reply_out,
      .doc = "Uma resposta rápida" },
    { PATCH, "/api/v1/replies/{id}", change, PERM_TICKETS_WRITE,
      .max_body = SMALL_BODY, IN(struct save_in, patch_in),
      .out = quick_reply_out, .refuses = "409",
      .doc = "Muda uma resposta rápida" },
    { DELETE, "/api/v1/replies/{id}", drop, PERM_TICKETS_WRITE,
      IN(struct id_in, id_in), .success = 204,
      .doc = "Apaga uma resposta rápida" },
    { POST, "/api/v1/replies/{id}/file", attach, PERM_TICKETS_WRITE,
      AUTH_EITHER, ACCEPT_MULTIPART, .spool = true,
      IN(struct attach_in, attach_in), .out = quick_reply_out,
      .refuses = "409",
      .doc = "Põe um arquivo na resposta, no lugar do que houver" },
    { DELETE, "/api/v1/replies/{id}/file", detach, PERM_TICKETS_WRITE,
      AUTH_EITHER, IN(struct id_in, id_in), .success = 204,
      .doc = "Tira o arquivo da resposta" },
    { GET, "/api/v1/replies/{id}/file", get_file, PERM_TICKETS_READ,
      AUTH_EITHER, .one_query = true, IN(struct file_in, file_in),
      .out_type = "application/octet-stream", .refuses = "206 304 416",
      .doc = "Os bytes do arquivo da resposta, ou um trecho deles (Range)" },
    { GET, "/api/v1/replies/{id}/file/preview", get_preview,
      PERM_TICKETS_READ, AUTH_EITHER, .one_query = true,
      IN(struct id_in, id_in), .out_type = "image/webp", .refuses = "304",
      .doc = "A miniatura dele" },
    ROUTES_END
};
/* clang-format on */
