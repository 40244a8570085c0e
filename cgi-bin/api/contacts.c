/* contacts.c - rotas de /api/v1/contacts: a agenda. */
#include <inttypes.h>
#include <string.h>

#include "app/app.h"
#include "app/contact_export.h"
#include "app/cursor.h"
#include "base/i18n.h"
#include "desk/contact_book.h"
#include "desk/custom.h"

#define APP_NAME "contacts"
#define SMALL_BODY 131072
#define TEXTS_SCHEMA \
    "{\"type\":\"array\",\"maxItems\":10,\"items\":{\"type\":\"string\"}}"

extern const struct route contact_note_routes[];
extern const struct route contact_import_routes[];
extern const struct route contact_merge_routes[];

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Contato"), FIELDS_END
};

struct list_in {
    const char *q, *blocked, *cursor;
    int64_t tag_id, channel_id, list_id, limit;
};
static const struct field list_in[] = {
    TEXT(struct list_in, q, .from = QUERY, .max = 120,
         .doc = "Parte de nome, telefone, documento ou e-mail; acentos e "
                "pontuação não contam, erros de digitação se perdoam. Traz os "
                "melhores, numa página só"),
    INT(struct list_in, tag_id, .from = QUERY, .min = 1,
        .doc = "Só os que têm esta etiqueta"),
    ENUM(struct list_in, blocked, .from = QUERY, .one_of = "true false",
         .doc = "Só os bloqueados, ou só os outros"),
    INT(struct list_in, channel_id, .from = QUERY, .min = 1,
        .doc = "Só os que têm atendimento neste canal"),
    INT(struct list_in, list_id, .from = QUERY, .min = 1,
        .doc = "Só os que estão nesta lista"),
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 20, .doc = "Quantos por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 900,
         .doc = "O nextCursor da página anterior; sem q"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    const char *next = NULL;
    struct q_contact_list_in query = {
        .q = in->q != NULL ? in->q : "",
        .tags = in->tag_id > 0
                    ? arena_printf(r->ctx.arena, "{%" PRId64 "}", in->tag_id)
                    : "{}",
        .blocked = in->blocked != NULL ? in->blocked : "",
        .channel_id = in->channel_id,
        .list_id = in->list_id,
        .max = in->limit,
    };
    struct q_contact_row *rows;
    int count;
    enum err e;

    if (!cursor_read(r, in->cursor, &query.after_name, &query.after_id))
        return cursor_refused(r);
    e = q_contact_list(&r->ctx, &query, &rows, &count);
    if (e != OK)
        return e;
    if (count == in->limit && query.q[0] == '\0')
        next = cursor_after(r, rows[count - 1].id, rows[count - 1].sort_name);
    return reply_list(r, rows, sizeof *rows, count, next);
}

/* clang-format off */
static const struct field export_in[] = {
    TEXT(struct list_in, q, .from = QUERY, .max = 120,
         .doc = "Parte de nome, telefone, documento ou e-mail"),
    INT(struct list_in, tag_id, .from = QUERY, .min = 1,
        .doc = "Só os que têm esta etiqueta"),
    ENUM(struct list_in, blocked, .from = QUERY, .one_of = "true false",
         .doc = "Só os bloqueados, ou só os outros"),
    INT(struct list_in, list_id, .from = QUERY, .min = 1,
        .doc = "Só os que estão nesta lista"),
    FIELDS_END
};
/* clang-format on */

static enum err
export_as(struct req *r, const struct list_in *in,
          const struct contact_format *format)
{
    return contact_export_reply(
        r,
        &(struct q_contact_list_in){
            .q = in->q != NULL ? in->q : "",
            .tags = in->tag_id > 0 ? arena_printf(r->ctx.arena, "{%" PRId64 "}",
                                                  in->tag_id)
                                   : "{}",
            .blocked = in->blocked != NULL ? in->blocked : "",
            .list_id = in->list_id },
        format);
}

static enum err
export_csv(struct req *r, const void *input)
{
    return export_as(r, input, &contact_csv);
}

static enum err
export_vcard(struct req *r, const void *input)
{
    return export_as(r, input, &contact_vcard);
}

static enum err
export_xlsx(struct req *r, const void *input)
{
    return export_as(r, input, &contact_xlsx);
}

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_contact_row row;
    enum err e = q_contact_get(
        &r->ctx, &(struct q_contact_get_in){ .id = in->id }, &row);

    return e != OK ? e : reply(r, &row);
}

struct contact_in {
    int64_t id, version;
    const char *name, *phone, *email, *document, *phones, *emails, *custom;
    const char *tag_ids;
};
/* clang-format off */
#define CONTACT_FIELDS(needed) \
    TEXT(struct contact_in, name, .required = needed, .min = 1, .max = 200, \
         .doc = "Nome"), \
    TEXT(struct contact_in, phone, .max = 40, \
         .doc = "Telefone principal, com o código do país; vazio tira"), \
    TEXT(struct contact_in, email, .max = 254, \
         .doc = "E-mail principal; vazio tira"), \
    TEXT(struct contact_in, document, .max = 30, \
         .doc = "CPF ou CNPJ (também o de letras); vazio tira"), \
    JSON(struct contact_in, phones, .schema = TEXTS_SCHEMA, \
         .doc = "Os outros telefones, todos; ausente: ficam"), \
    JSON(struct contact_in, emails, .schema = TEXTS_SCHEMA, \
         .doc = "Os outros e-mails, todos; ausente: ficam"), \
    INTS(struct contact_in, tag_ids, .doc = "Etiquetas, todas"), \
    JSON(struct contact_in, custom, .schema = CUSTOM_SCHEMA, \
         .doc = "Campos próprios que mudam; null tira um")
/* clang-format on */
static const struct field create_in[] = { CONTACT_FIELDS(true), FIELDS_END };
static const struct field patch_in[] = {
    INT(struct contact_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    INT(struct contact_in, version, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    CONTACT_FIELDS(false), FIELDS_END
};
static const struct field put_in[] = {
    INT(struct contact_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    INT(struct contact_in, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    CONTACT_FIELDS(true), FIELDS_END
};

static struct contact_change
change_of(const struct contact_in *in)
{
    return (struct contact_change){ .version = in->version,
                                    .name = in->name,
                                    .phone = in->phone,
                                    .email = in->email,
                                    .document = in->document,
                                    .phones = in->phones,
                                    .emails = in->emails,
                                    .custom = in->custom,
                                    .tag_ids = in->tag_ids };
}

static enum err
create(struct req *r, const void *input)
{
    struct contact_change new = change_of(input);
    struct q_contact_row row;
    enum err e = contact_book_create(&r->ctx, &new, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
change(struct req *r, const void *input)
{
    const struct contact_in *in = input;
    struct contact_change to = change_of(in);
    struct q_contact_row row;
    enum err e = contact_book_change(&r->ctx, in->id, &to, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
drop(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = contact_book_remove(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

static enum err
set_blocked(struct req *r, const void *input, bool blocked)
{
    const struct id_in *in = input;
    struct q_contact_row row;
    enum err e = contact_book_block(&r->ctx, in->id, blocked, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
block(struct req *r, const void *input)
{
    return set_blocked(r, input, true);
}

static enum err
unblock(struct req *r, const void *input)
{
    return set_blocked(r, input, false);
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/api/v1/contacts", list, PERM_CONTACTS_READ, .auth = AUTH_EITHER,
      IN(struct list_in, list_in), .out = contact_book_out, .out_list = true,
      .alias = "/api/v1/clients",
      .doc = "Contatos por nome, ou os que a busca acha" },
    { POST, "/api/v1/contacts", create, PERM_CONTACTS_WRITE,
      .max_body = SMALL_BODY, IN(struct contact_in, create_in),
      .out = contact_book_out, .success = 201, .refuses = "409",
      .alias = "/api/v1/clients", .doc = "Cria um contato" },
    { GET, "/api/v1/contacts/export", export_csv, PERM_CONTACTS_MANAGE,
      .out_type = "text/csv", .writes = true,
      .rate = { .hits = 30, .per_s = 600 }, IN(struct list_in, export_in),
      .alias = "/api/v1/clients/export",
      .doc = "Os contatos do filtro em CSV; fica na auditoria" },
    { GET, "/api/v1/contacts/export/vcard", export_vcard, PERM_CONTACTS_MANAGE,
      .out_type = "text/vcard", .writes = true,
      .rate = { .hits = 30, .per_s = 600 }, IN(struct list_in, export_in),
      .alias = "/api/v1/clients/export/vcard",
      .doc = "Os contatos do filtro em vCards 4.0; fica na auditoria" },
    { GET, "/api/v1/contacts/export/xlsx", export_xlsx, PERM_CONTACTS_MANAGE,
      .out_type = CONTACT_XLSX_TYPE, .writes = true,
      .rate = { .hits = 30, .per_s = 600 }, IN(struct list_in, export_in),
      .alias = "/api/v1/clients/export/xlsx",
      .doc = "Os contatos do filtro numa planilha XLSX; fica na auditoria" },
    { GET, "/api/v1/contacts/{id}", get, PERM_CONTACTS_READ,
      IN(struct id_in, id_in), .out = contact_book_out,
      .alias = "/api/v1/clients/{id}", .doc = "Um contato" },
    { PATCH, "/api/v1/contacts/{id}", change, PERM_CONTACTS_WRITE,
      .max_body = SMALL_BODY, IN(struct contact_in, patch_in),
      .out = contact_book_out, .refuses = "409",
      .alias = "/api/v1/clients/{id}", .doc = "Muda parte de um contato" },
    { PUT, "/api/v1/contacts/{id}", change, PERM_CONTACTS_WRITE,
      .max_body = SMALL_BODY, IN(struct contact_in, put_in),
      .out = contact_book_out, .refuses = "409",
      .alias = "/api/v1/clients/{id}", .doc = "Muda um contato" },
    { DELETE, "/api/v1/contacts/{id}", drop, PERM_CONTACTS_MANAGE,
      IN(struct id_in, id_in), .success = 204, .refuses = "409",
      .alias = "/api/v1/clients/{id}",
      .doc = "Tira da lista um contato sem atendimento aberto" },
    { POST, "/api/v1/contacts/{id}/block", block, PERM_CONTACTS_MANAGE,
      IN(struct id_in, id_in), .out = contact_book_out,
      .alias = "/api/v1/clients/{id}/block",
      .doc = "Bloqueia: o que ele escreve se guarda e não abre atendimento" },
    { POST, "/api/v1/contacts/{id}/unblock", unblock, PERM_CONTACTS_MANAGE,
      IN(struct id_in, id_in), .out = contact_book_out,
      .alias = "/api/v1/clients/{id}/unblock", .doc = "Desbloqueia" },
    ROUTES_END
};
/* clang-format on */
extern const struct route contact_list_routes[];

APP_MAIN_OF(contact_import_routes, contact_merge_routes, routes,
            contact_note_routes, contact_list_routes)
