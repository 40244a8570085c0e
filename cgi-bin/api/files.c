/* files.c - rotas de /api/v1/files: enviar e ver os arquivos das conversas. */
#include "app/app.h"
#include "app/file_reply.h"
#include "desk/file.h"

#define APP_NAME "files"
#define MAX_BYTES 104857600

struct upload_in {
    const struct upload *file;
    bool voice;
};
static const struct field upload_in[] = {
    UPLOAD(struct upload_in, file, .required = true, .max = MAX_BYTES,
           .doc = "Arquivo; vale o que os bytes são, não o tipo declarado"),
    BOOL(struct upload_in, voice,
         .doc = "Gravado agora: vai ao cliente como mensagem de voz"),
    FIELDS_END
};

static enum err
upload(struct req *r, const void *input)
{
    const struct upload_in *in = input;
    struct q_file_row f;
    enum err e;

    e = file_upload(&r->ctx, in->file->data, in->file->filename, in->voice, &f);
    return e != OK ? e : reply(r, &f);
}

struct get_in {
    int64_t id;
    bool download;
};
static const struct field get_in[] = {
    INT(struct get_in, id, .from = PATH, .min = 1, .doc = "Arquivo"),
    BOOL(struct get_in, download, .from = QUERY,
         .doc = "Baixa, em vez de mostrar"),
    FIELDS_END
};

static enum err
get(struct req *r, const void *input)
{
    const struct get_in *in = input;
    struct q_file_row f;
    enum err e = file_find(&r->ctx, in->id, &f);

    return e != OK ? e : file_reply_bytes(r, &f, in->download);
}

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Arquivo"), FIELDS_END
};

static enum err
retry(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_file_row f;
    enum err e = file_retry(&r->ctx, in->id, &f);

    return e != OK ? e : reply(r, &f);
}

static enum err
preview(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_file_row f;
    enum err e = file_find(&r->ctx, in->id, &f);

    return e != OK ? e : file_reply_preview(r, &f);
}

/* clang-format off */
static const struct route routes[] = {
    { POST, "/api/v1/files", upload, PERM_TICKETS_WRITE, AUTH_EITHER,
      ACCEPT_MULTIPART, .spool = true, IN(struct upload_in, upload_in),
      .out = file_out, .success = 201, .refuses = "409",
      .doc = "Envia um arquivo, para depois mandá-lo numa mensagem" },
    { GET, "/api/v1/files/{id}", get, PERM_TICKETS_READ, AUTH_EITHER,
      .one_query = true, IN(struct get_in, get_in),
      .out_type = "application/octet-stream", .refuses = "206 304 416",
      .doc = "Os bytes de um arquivo, ou um trecho deles (Range)" },
    { GET, "/api/v1/files/{id}/preview", preview, PERM_TICKETS_READ,
      AUTH_EITHER, .one_query = true, IN(struct id_in, id_in),
      .out_type = "image/webp", .refuses = "304",
      .doc = "A miniatura de uma imagem ou de um vídeo" },
    { POST, "/api/v1/files/{id}/retry", retry, PERM_TICKETS_WRITE, AUTH_EITHER,
      IN(struct id_in, id_in), .out = file_out, .refuses = "409",
      .doc = "Busca de novo no WhatsApp um arquivo que falhou" },
    ROUTES_END
};
/* clang-format on */
APP_MAIN(routes)
