/* imports.c - rotas de /api/v1/contacts/imports: contatos de um CSV. */
#include <inttypes.h>

#include "app/app.h"
#include "app/contact_import_csv.h"
#include "app/cursor.h"
#include "desk/contact_import.h"

extern const struct route contact_import_routes[];

#define PLAN struct contact_import_plan

struct list_in {
    int64_t limit;
    const char *cursor;
};
struct file_in {
    const struct upload *file;
};
struct id_in {
    int64_t id;
};
/* clang-format off */
static const struct field list_in[] = {
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 30, .doc = "Quantas por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 20,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};
static const struct field file_in[] = {
    UPLOAD(struct file_in, file, .required = true, .max = CONTACT_IMPORT_BYTES,
           .doc = "CSV com vírgula, ponto e vírgula ou tabulação, ou vCards "
                  "(2.1, 3.0, 4.0), em UTF-8 ou Latin-1; até 20 MB e 250 mil "
                  "linhas"),
    FIELDS_END
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Importação"),
    FIELDS_END
};
static const struct field start_in[] = {
    INT(PLAN, id, .from = PATH, .min = 1, .doc = "Importação"),
    BOOL(PLAN, has_header, .doc = "Pula a primeira linha"),
    INT(PLAN, name_column, .max = 60, .doc = "Coluna do nome, de 1; 0: não há"),
    INT(PLAN, phone_column, .max = 60, .doc = "Coluna do telefone"),
    INT(PLAN, email_column, .max = 60, .doc = "Coluna do e-mail"),
    INT(PLAN, document_column, .max = 60, .doc = "Coluna do CPF ou CNPJ"),
    ENUM(PLAN, existing, .one_of = "fill keep",
         .doc = "Quem já é contato: completa o que falta, ou deixa"),
    INT(PLAN, tag_id, .doc = "Etiqueta que todos ganham; 0: nenhuma"),
    INT(PLAN, list_id, .doc = "Lista em que todos entram; 0: nenhuma"),
    FIELDS_END
};
/* clang-format on */

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_contact_import_page_in q = { .before = INT64_MAX,
                                          .max = in->limit + 1 };
    struct q_contact_import_row *rows;
    const char *next = NULL;
    int count;
    enum err e;

    if (in->cursor != NULL && !parse_int64(in->cursor, &q.before))
        return cursor_refused(r);
    e = q_contact_import_page(&r->ctx, &q, &rows, &count);
    if (e != OK)
        return e;
    if (count > in->limit) {
        count = (int)in->limit;
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    }
    return reply_list(r, rows, sizeof *rows, count, next);
}

static enum err
read_file(struct req *r, const void *input)
{
    const struct file_in *in = input;
    struct q_contact_import_row row;
    enum err e = contact_import_read(&r->ctx, in->file, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_contact_import_row row;
    enum err e = q_contact_import_get(
        &r->ctx, &(struct q_contact_import_get_in){ in->id }, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
start(struct req *r, const void *input)
{
    struct q_contact_import_row row;
    enum err e = contact_import_start(&r->ctx, input, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
undo(struct req *r, const void *input)
{
    struct q_contact_import_row row;
    enum err e =
        contact_import_undo(&r->ctx, ((const struct id_in *)input)->id, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
refused(struct req *r, const void *input)
{
    return contact_import_csv_reply(r, ((const struct id_in *)input)->id);
}

/* clang-format off */
const struct route contact_import_routes[] = {
    { GET, "/api/v1/contacts/imports", list, PERM_CONTACTS_MANAGE,
      .auth = AUTH_EITHER, .one_query = true, IN(struct list_in, list_in),
      .out = contact_import_out, .out_list = true,
      .alias = "/api/v1/clients/imports", .doc = "Importações, as novas antes" },
    { POST, "/api/v1/contacts/imports", read_file, PERM_CONTACTS_MANAGE,
      .auth = AUTH_EITHER, .accepts = ACCEPT_MULTIPART,
      .max_body = CONTACT_IMPORT_BYTES + 65536, .success = 201,
      .rate = { .hits = 30, .per_s = 600 },
      IN(struct file_in, file_in), .out = contact_import_out,
      .alias = "/api/v1/clients/imports",
      .doc = "Envia um CSV ou vCards e adivinha as colunas; nada muda ainda" },
    { GET, "/api/v1/contacts/imports/{id}", get, PERM_CONTACTS_MANAGE,
      .auth = AUTH_EITHER, .one_query = true, IN(struct id_in, id_in),
      .out = contact_import_out, .alias = "/api/v1/clients/imports/{id}",
      .doc = "Uma importação e o seu andamento" },
    { POST, "/api/v1/contacts/imports/{id}/start", start, PERM_CONTACTS_MANAGE,
      .auth = AUTH_EITHER, .max_body = 65536, IN(PLAN, start_in),
      .out = contact_import_out, .refuses = "409",
      .alias = "/api/v1/clients/imports/{id}/start",
      .doc = "Começa a importar, com as colunas escolhidas" },
    { POST, "/api/v1/contacts/imports/{id}/undo", undo, PERM_CONTACTS_MANAGE,
      .auth = AUTH_EITHER, IN(struct id_in, id_in), .out = contact_import_out,
      .refuses = "409", .alias = "/api/v1/clients/imports/{id}/undo",
      .doc = "Desfaz: tira os contatos que ela criou e ninguém tocou depois" },
    { GET, "/api/v1/contacts/imports/{id}/refused", refused,
      PERM_CONTACTS_MANAGE, .auth = AUTH_EITHER, .out_type = "text/csv",
      IN(struct id_in, id_in),
      .alias = "/api/v1/clients/imports/{id}/refused",
      .doc = "As linhas recusadas, com número e motivo, em CSV" },
    ROUTES_END
};
/* clang-format on */
