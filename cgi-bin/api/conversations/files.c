/* files.c - os arquivos da conversa entre colegas: só quem está nela os vê. */
#include "app/app.h"
#include "app/file_reply.h"
#include "desk/talk.h"

#define BASE "/api/v1/conversations/{id}/files"
#define MAX_BYTES 104857600

struct send_in {
    int64_t id, reply_to;
    const struct upload *file;
    const char *caption;
};
static const struct field send_in[] = {
    UPLOAD(struct send_in, file, .required = true, .max = MAX_BYTES,
           .doc = "Arquivo; vale o que os bytes são, não o tipo declarado"),
    INT(struct send_in, id, .from = PATH, .min = 1, .doc = "Conversa"),
    TEXT(struct send_in, caption, .max = TALK_BODY_MAX, .lines = true,
         .doc = "Texto que vai com ele; @Nome cita quem está na conversa"),
    INT(struct send_in, reply_to, .min = 1, .doc = "Mensagem citada"),
    FIELDS_END
};

static enum err
send_file(struct req *r, const void *input)
{
    const struct send_in *in = input;
    struct q_talk_message_row m;
    enum err e = talk_send_file(
        &r->ctx, in->id,
        &(struct talk_file){ .data = in->file->data,
                             .name = in->file->filename,
                             .caption = in->caption != NULL ? in->caption : "",
                             .reply_to = in->reply_to },
        &m);

    return e != OK ? e : reply(r, &m);
}

struct get_in {
    int64_t id, file_id;
    bool download;
};
#define PLACE \
    INT(struct get_in, id, .from = PATH, .min = 1, .doc = "Conversa"), \
        INT(struct get_in, file_id, .from = PATH, .min = 1, .doc = "Arquivo")
static const struct field get_in[] = { PLACE,
                                       BOOL(struct get_in, download,
                                            .from = QUERY,
                                            .doc = "Baixa, em vez de mostrar"),
                                       FIELDS_END };
static const struct field preview_in[] = { PLACE, FIELDS_END };

static enum err
find(struct req *r, const struct get_in *in, struct q_file_row *f)
{
    return q_file_of_talk(
        &r->ctx,
        &(struct q_file_of_talk_in){ .talk_id = in->id, .id = in->file_id }, f);
}

static enum err
get(struct req *r, const void *input)
{
    const struct get_in *in = input;
    struct q_file_row f;
    enum err e = find(r, in, &f);

    return e != OK ? e : file_reply_bytes(r, &f, in->download);
}

static enum err
preview(struct req *r, const void *input)
{
    struct q_file_row f;
    enum err e = find(r, input, &f);

    return e != OK ? e : file_reply_preview(r, &f);
}

/* clang-format off */
const struct route conversation_file_routes[] = {
    { POST, BASE, send_file, PERM_CHAT, AUTH_EITHER, ACCEPT_MULTIPART,
      .spool = true, IN(struct send_in, send_in), .out = talk_message_out,
      .success = 201, .refuses = "409",
      .doc = "Manda um arquivo aos colegas" },
    { GET, BASE "/{fileId}", get, PERM_CHAT, AUTH_EITHER, .one_query = true,
      IN(struct get_in, get_in), .out_type = "application/octet-stream",
      .refuses = "206 304 416",
      .doc = "Os bytes de um arquivo da conversa, ou um trecho deles (Range)" },
    { GET, BASE "/{fileId}/preview", preview, PERM_CHAT, AUTH_EITHER,
      .one_query = true, IN(struct get_in, preview_in),
      .out_type = "image/webp", .refuses = "304",
      .doc = "A miniatura de uma imagem ou de um vídeo da conversa" },
    ROUTES_END
};
/* clang-format on */
