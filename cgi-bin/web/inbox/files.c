/* files.c - os formulários dos arquivos de uma conversa da caixa de entrada. */
#include <inttypes.h>

#include "app/app.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "desk/file.h"
#include "desk/message.h"
#include "media/store.h"

struct file_in {
    int64_t id, file_id;
};
static const struct field file_in[] = {
    INT(struct file_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct file_in, file_id, .from = PATH, .min = 1, .doc = "Arquivo"),
    FIELDS_END
};

static enum err
retry_file(struct req *r, const void *input)
{
    const struct file_in *in = input;
    struct inbox_talk talk = { .id = in->id, .is_seen = true };
    struct q_file_row f;
    enum err e = file_retry(&r->ctx, in->file_id, &f);

    return e == OK ? inbox_show_changed(r, &talk)
                   : inbox_show_again(r, e, &talk);
}

struct attach_in {
    int64_t id, after;
    const struct upload *file;
    const char *caption;
    bool voice;
};
static const struct field attach_in[] = {
    INT(struct attach_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    UPLOAD(struct attach_in, file, .required = true, .doc = "Arquivo"),
    TEXT(struct attach_in, caption, .max = 60000, .lines = true,
         .doc = "Legenda"),
    INT(struct attach_in, after, .min = 0,
        .doc =
            "Última mensagem que a tela já mostra, como na resposta escrita"),
    BOOL(struct attach_in, voice, .doc = "Gravado agora: vai como voz"),
    FIELDS_END
};

/* O arquivo e a mensagem numa transação; desfeita, os bytes não ficam. */
static enum err
attach(struct req *r, const void *input)
{
    const struct attach_in *in = input;
    struct inbox_talk talk = { .id = in->id,
                               .is_seen = true,
                               .caption = form_lines(r, in->caption) };
    struct q_file_row f = { .key = NULL };
    struct q_message_row m;
    enum err e;

    e = file_upload(&r->ctx, in->file->data, in->file->filename, in->voice, &f);
    if (e == OK)
        e = ticket_reply(&r->ctx,
                         &(struct ticket_reply_in){ .ticket_id = in->id,
                                                    .body = talk.caption,
                                                    .file_id = f.id,
                                                    .seen_id = in->after },
                         &m);
    if (e == OK)
        return inbox_show_changed(r, &talk);
    if (f.key != NULL)
        store_drop(r->ctx.arena, f.key);
    return inbox_show_again(r, e, &talk);
}

/* clang-format off */
const struct route file_form_routes[] = {
    { POST, "/inbox/{id}/files", attach, PERM_TICKETS_WRITE, AUTH_COOKIE,
      ACCEPT_MULTIPART, .spool = true, .html = true,
      IN(struct attach_in, attach_in), .success = 303,
      .doc = "Manda um arquivo ao cliente, ou uma gravação" },
    { POST, "/inbox/{id}/files/{fileId}/retry", retry_file, PERM_TICKETS_WRITE,
      AUTH_COOKIE, ACCEPT_FORM, .html = true, IN(struct file_in, file_in),
      .success = 303, .doc = "Busca de novo um arquivo que falhou" },
    ROUTES_END
};
/* clang-format on */
