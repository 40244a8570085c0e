/* files.c - o formulário que manda um arquivo aos colegas. */
#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "desk/talk.h"

/* chat_pages.c: desenha de novo a conversa do endereço, com o motivo. */
extern enum err chat_redraw_talk(struct req *r);

struct file_in {
    int64_t id;
    const struct upload *file;
    const char *body, *reply_to;
};
static const struct field file_in[] = {
    UPLOAD(struct file_in, file, .required = true, .doc = "Arquivo"),
    INT(struct file_in, id, .from = PATH, .min = 1, .doc = "Conversa"),
    TEXT(struct file_in, body, .max = 20000, .lines = true,
         .doc = "Texto que vai com ele"),
    TEXT(struct file_in, reply_to, .max = 20, .doc = "Mensagem citada"),
    FIELDS_END
};

static enum err
send_file(struct req *r, const void *input)
{
    const struct file_in *in = input;
    struct talk_file file = { .data = in->file->data,
                              .name = in->file->filename,
                              .caption = form_lines(r, in->body) };
    struct q_talk_message_row m;
    enum err e;

    if (in->reply_to != NULL)
        parse_int64(in->reply_to, &file.reply_to);
    e = talk_send_file(&r->ctx, in->id, &file, &m);
    return e != OK ? e : reply_redirect(r, page_path(r, "/chat", in->id, ""));
}

/* clang-format off */
const struct route chat_file_routes[] = {
    { POST, "/chat/{id}/files", send_file, PERM_CHAT, AUTH_COOKIE,
      ACCEPT_MULTIPART, .spool = true, .html = true,
      IN(struct file_in, file_in), .success = 303,
      .redraw = chat_redraw_talk, .refuses = "409",
      .doc = "Manda um arquivo aos colegas" },
    ROUTES_END
};
/* clang-format on */
