/* desk_pages/reply_files.c - os formulários do arquivo de uma resposta rápida.
 */
#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "base/i18n.h"
#include "desk/quick_reply.h"

#define HERE "/admin/replies"

/* reply_pages.c: desenha de novo a resposta do endereço, com o motivo. */
extern enum err reply_redraw(struct req *r);

struct attach_in {
    int64_t id;
    const struct upload *file;
};
static const struct field attach_in[] = {
    UPLOAD(struct attach_in, file, .required = true, .doc = "Arquivo"),
    INT(struct attach_in, id, .from = PATH, .min = 1, .doc = "Resposta rápida"),
    FIELDS_END
};
static const struct field detach_in[] = {
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

    return e != OK ? e
                   : form_done(r, page_path(r, HERE, in->id, ""),
                               _("Arquivo posto"));
}

static enum err
detach(struct req *r, const void *input)
{
    const struct attach_in *in = input;
    enum err e = quick_reply_detach(&r->ctx, in->id);

    return e != OK ? e
                   : form_done(r, page_path(r, HERE, in->id, ""),
                               _("Arquivo tirado"));
}

/* clang-format off */
const struct route reply_file_routes[] = {
    { POST, HERE "/{id}/file", attach, PERM_TICKETS_WRITE, AUTH_COOKIE,
      ACCEPT_MULTIPART, .spool = true, .html = true,
      IN(struct attach_in, attach_in), .success = 303, .redraw = reply_redraw,
      .refuses = "409", .doc = "Põe um arquivo na resposta" },
    { POST, HERE "/{id}/file/delete", detach, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct attach_in, detach_in), .doc = "Tira o arquivo da resposta" },
    ROUTES_END
};
/* clang-format on */
