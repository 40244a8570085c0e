/* imports.c - páginas de /contacts/import, sem JavaScript. */
#include <inttypes.h>

#include "app/app.h"
#include "app/contact_import_csv.h"
#include "app/contact_import_page.h"
#include "app/form_page.h"
#include "base/i18n.h"
#include "desk/contact_import.h"

extern const struct route contact_import_pages[];

#define PLAN struct contact_import_plan

struct file_in {
    const struct upload *file;
};
struct id_in {
    int64_t id;
};
/* clang-format off */
static const struct field file_in[] = {
    UPLOAD(struct file_in, file, .required = true, .max = CONTACT_IMPORT_BYTES,
           .doc = "CSV ou vCards"),
    FIELDS_END
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Importação"),
    FIELDS_END
};
static const struct field start_form[] = {
    INT(PLAN, id, .from = PATH, .min = 1, .doc = "Importação"),
    BOOL(PLAN, has_header, .doc = "Pula a primeira linha"),
    INT(PLAN, name_column, .max = 60, .doc = "Coluna do nome"),
    INT(PLAN, phone_column, .max = 60, .doc = "Coluna do telefone"),
    INT(PLAN, email_column, .max = 60, .doc = "Coluna do e-mail"),
    INT(PLAN, document_column, .max = 60, .doc = "Coluna do CPF ou CNPJ"),
    ENUM(PLAN, existing, .one_of = "fill keep", .doc = "Quem já é contato"),
    INT(PLAN, tag_id, .doc = "Etiqueta"),
    INT(PLAN, list_id, .doc = "Lista"),
    FIELDS_END
};
/* clang-format on */

static const char *
path_of(struct req *r, int64_t id)
{
    return arena_printf(r->ctx.arena, CONTACT_IMPORT "/%" PRId64, id);
}

static enum err
show_list(struct req *r)
{
    return contact_import_list_page(r);
}

static enum err
list(struct req *r, const void *input)
{
    (void)input;
    return show_list(r);
}

static enum err
read_file(struct req *r, const void *input)
{
    const struct file_in *in = input;
    struct q_contact_import_row row;
    enum err e = contact_import_read(&r->ctx, in->file, &row);

    return e != OK ? e : form_done(r, path_of(r, row.id), NULL);
}

static enum err
page(struct req *r, const void *input)
{
    return contact_import_page(r, ((const struct id_in *)input)->id);
}

static enum err
redraw_page(struct req *r)
{
    return contact_import_page(r, form_path_id(r));
}

static enum err
start(struct req *r, const void *input)
{
    struct q_contact_import_row row;
    enum err e = contact_import_start(&r->ctx, input, &row);

    return e != OK ? e : form_done(r, path_of(r, row.id), NULL);
}

static enum err
undo_page(struct req *r, const void *input)
{
    return contact_import_undo_page(r, ((const struct id_in *)input)->id);
}

static enum err
undo(struct req *r, const void *input)
{
    struct q_contact_import_row row;
    enum err e =
        contact_import_undo(&r->ctx, ((const struct id_in *)input)->id, &row);

    return e != OK ? e : form_done(r, path_of(r, row.id), NULL);
}

static enum err
refused(struct req *r, const void *input)
{
    return contact_import_csv_reply(r, ((const struct id_in *)input)->id);
}

/* clang-format off */
const struct route contact_import_pages[] = {
    { GET, CONTACT_IMPORT, list, PERM_CONTACTS_MANAGE, WEB_PAGE,
      .doc = "Importar contatos" },
    { POST, CONTACT_IMPORT, read_file, PERM_CONTACTS_MANAGE,
      .auth = AUTH_COOKIE, .accepts = ACCEPT_MULTIPART, .html = true,
      .max_body = CONTACT_IMPORT_BYTES + 65536, .success = 303,
      .rate = { .hits = 30, .per_s = 600 }, .redraw = show_list,
      IN(struct file_in, file_in), .doc = "Lê um CSV ou vCards" },
    { GET, CONTACT_IMPORT "/{id}", page, PERM_CONTACTS_MANAGE, WEB_PAGE,
      IN(struct id_in, id_in), .doc = "Uma importação" },
    { POST, CONTACT_IMPORT "/{id}", start, PERM_CONTACTS_MANAGE, WEB_FORM,
      IN(PLAN, start_form), .redraw = redraw_page, .refuses = "409",
      .doc = "Começa a importar" },
    { GET, CONTACT_IMPORT "/{id}/refused", refused, PERM_CONTACTS_MANAGE,
      .auth = AUTH_COOKIE, .html = true, .out_type = "text/csv",
      IN(struct id_in, id_in), .doc = "As linhas recusadas, em CSV" },
    { GET, CONTACT_IMPORT "/{id}/undo", undo_page, PERM_CONTACTS_MANAGE, WEB_PAGE,
      IN(struct id_in, id_in), .doc = "Confirma desfazer" },
    { POST, CONTACT_IMPORT "/{id}/undo", undo, PERM_CONTACTS_MANAGE, WEB_FORM,
      IN(struct id_in, id_in), .redraw = redraw_page, .refuses = "409",
      .doc = "Desfaz uma importação" },
    ROUTES_END
};
/* clang-format on */
