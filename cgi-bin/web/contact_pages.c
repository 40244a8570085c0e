/* contact_pages.c - páginas de /contacts, sem JavaScript. */
#include <inttypes.h>

#include "app/admin_pages.h"
#include "app/app.h"
#include "app/contact_export.h"
#include "app/contact_pages.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "desk/contact_note.h"
#include "desk/ticket_open.h"

#define APP_NAME "contact_pages"
#define F struct contact_form

extern const struct route contact_import_pages[];
extern const struct route contact_merge_pages[];

struct id_in {
    int64_t id;
};
struct page_in {
    int64_t id;
    const char *before;
};
struct note_in {
    int64_t id, note_id;
    const char *body;
};
struct start_in {
    int64_t id;
    const char *channel_id;
};

/* clang-format off */
#define FILTER \
    TEXT(struct contact_query, q, .from = QUERY, .max = 120, \
         .doc = "Parte de nome, telefone, documento ou e-mail"), \
    TEXT(struct contact_query, tag_id, .from = QUERY, .max = 20, \
         .doc = "Etiqueta"), \
    TEXT(struct contact_query, list_id, .from = QUERY, .max = 20, \
         .doc = "Lista"), \
    TEXT(struct contact_query, blocked, .from = QUERY, .max = 5, \
         .doc = "true: só os bloqueados; false: só os outros")
static const struct field list_in[] = {
    FILTER,
    TEXT(struct contact_query, cursor, .from = QUERY, .max = 900,
         .doc = "Cursor da página"),
    FIELDS_END
};
static const struct field export_in[] = { FILTER, FIELDS_END };
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Contato"), FIELDS_END
};
static const struct field page_in[] = {
    INT(struct page_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    TEXT(struct page_in, before, .from = QUERY, .max = 20,
         .doc = "Só atendimentos anteriores a este"),
    FIELDS_END
};
#define CONTACT_FIELDS \
    TEXT(F, name, .required = true, .min = 1, .max = 200, .doc = "Nome"), \
    TEXT(F, phone, .max = 40, .doc = "Telefone principal"), \
    TEXT(F, email, .max = 254, .doc = "E-mail principal"), \
    TEXT(F, document, .max = 30, .doc = "CPF ou CNPJ"), \
    TEXT(F, phones_text, .max = 1000, .lines = true, \
         .doc = "Outros telefones, um por linha"), \
    TEXT(F, emails_text, .max = 3000, .lines = true, \
         .doc = "Outros e-mails, um por linha"), \
    INTS(F, tag_ids, .max = 500, .doc = "Etiquetas")
static const struct field new_form[] = { CONTACT_FIELDS, FIELDS_END };
static const struct field edit_form[] = {
    INT(F, id, .from = PATH, .min = 1, .doc = "Contato"),
    INT(F, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou"),
    CONTACT_FIELDS, FIELDS_END
};
static const struct field note_form[] = {
    INT(struct note_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    TEXT(struct note_in, body, .required = true, .min = 1,
         .max = CONTACT_NOTE_MAX, .lines = true, .doc = "Anotação"),
    FIELDS_END
};
static const struct field note_path[] = {
    INT(struct note_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    INT(struct note_in, note_id, .from = PATH, .min = 1, .doc = "Anotação"),
    FIELDS_END
};
static const struct field start_form[] = {
    INT(struct start_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    TEXT(struct start_in, channel_id, .max = 20, .doc = "Por que canal"),
    FIELDS_END
};
/* clang-format on */

static enum err
list(struct req *r, const void *input)
{
    return contact_list_page(r, input);
}

static enum err
export_as(struct req *r, const void *input, const struct contact_format *format)
{
    struct q_contact_list_in f;
    enum err e = contact_filter(r, input, &f);

    return e != OK ? e : contact_export_reply(r, &f, format);
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
page(struct req *r, const void *input)
{
    const struct page_in *in = input;
    int64_t before = 0;

    if (in->before != NULL && !parse_int64(in->before, &before))
        before = 0;
    return contact_page(r, in->id, before);
}

static enum err
redraw_page(struct req *r)
{
    return contact_page(r, form_path_id(r), 0);
}

/* ---- criar e mudar ---- */

static enum err
show_new(struct req *r)
{
    return contact_form_page(r, 0);
}

static enum err
new_page(struct req *r, const void *input)
{
    (void)input;
    return show_new(r);
}

static enum err
edit_page(struct req *r, const void *input)
{
    return contact_form_page(r, ((const struct id_in *)input)->id);
}

static enum err
redraw_edit(struct req *r)
{
    return contact_form_page(r, form_path_id(r));
}

static enum err
create(struct req *r, const void *input)
{
    struct contact_change new;
    struct q_contact_row row;
    enum err e = contact_form_read(r, input, &new);

    if (e == OK)
        e = contact_book_create(&r->ctx, &new, &row);
    return e != OK ? e
                   : form_done(r, page_path(r, CONTACTS, row.id, ""),
                               _("Contato criado"));
}

static enum err
save(struct req *r, const void *input)
{
    const F *in = input;
    struct contact_change to;
    struct q_contact_row row;
    enum err e = contact_form_read(r, in, &to);

    if (e == OK)
        e = contact_book_change(&r->ctx, in->id, &to, &row);
    return e != OK ? e
                   : form_done(r, page_path(r, CONTACTS, in->id, ""),
                               _("Contato salvo"));
}

/* ---- o que se faz com ele ---- */

static enum err
set_blocked(struct req *r, const void *input, bool blocked)
{
    int64_t id = ((const struct id_in *)input)->id;
    struct q_contact_row row;
    enum err e = contact_book_block(&r->ctx, id, blocked, &row);

    return e != OK ? e
                   : form_done(r, page_path(r, CONTACTS, id, ""),
                               blocked ? _("Contato bloqueado")
                                       : _("Contato desbloqueado"));
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

static enum err
add_note(struct req *r, const void *input)
{
    const struct note_in *in = input;
    struct q_contact_note_row row;
    enum err e = contact_note_add(&r->ctx, in->id, in->body, &row);

    return e != OK ? e
                   : form_done(r, page_path(r, CONTACTS, in->id, "#notes"),
                               _("Anotação guardada"));
}

static enum err
drop_note(struct req *r, const void *input)
{
    const struct note_in *in = input;
    enum err e = contact_note_drop(&r->ctx, in->id, in->note_id);

    return e != OK ? e
                   : form_done(r, page_path(r, CONTACTS, in->id, "#notes"),
                               _("Anotação apagada"));
}

/* Quem começa atende; a conversa que já há se mostra. */
static enum err
start(struct req *r, const void *input)
{
    const struct start_in *in = input;
    struct q_contact_row k;
    struct q_ticket_row t;
    int64_t channel = 0;
    enum err e =
        q_contact_get(&r->ctx, &(struct q_contact_get_in){ .id = in->id }, &k);

    if (e == OK)
        e = form_number(&r->ctx, "channelId", in->channel_id, &channel);
    if (e == OK)
        e = ticket_open(&r->ctx,
                        &(struct ticket_new){ .contact_id = in->id,
                                              .channel_id = channel,
                                              .user_id = r->ctx.user_id,
                                              .subject = "",
                                              .priority = "normal" },
                        &t);
    return e != OK ? e
                   : reply_redirect(r, arena_printf(r->ctx.arena,
                                                    "/inbox/%" PRId64, t.id));
}

/* ---- tirar da lista ---- */

static enum err
show_delete(struct req *r, int64_t id)
{
    struct json_object *m;
    struct q_contact_row k;
    enum err e =
        q_contact_get(&r->ctx, &(struct q_contact_get_in){ .id = id }, &k);

    if (e != OK)
        return e;
    m = contact_frame(r, _("Tirar contato"), NULL);
    settings_confirm(r, m, CONTACTS, id, k.name);
    return page_reply(r, 200, "contacts/delete", m);
}

static enum err
delete_page(struct req *r, const void *input)
{
    return show_delete(r, ((const struct id_in *)input)->id);
}

static enum err
redraw_delete(struct req *r)
{
    return show_delete(r, form_path_id(r));
}

static enum err
drop(struct req *r, const void *input)
{
    enum err e =
        contact_book_remove(&r->ctx, ((const struct id_in *)input)->id);

    return e != OK ? e : form_done(r, CONTACTS, _("Contato tirado da lista"));
}

/* clang-format off */
#define EXPORT PERM_CONTACTS_MANAGE, .auth = AUTH_COOKIE, .html = true, \
    .writes = true, .rate = { .hits = 30, .per_s = 600 }, \
    IN(struct contact_query, export_in)
static const struct route routes[] = {
    { GET, "/contacts", list, PERM_CONTACTS_READ, WEB_PAGE,
      IN(struct contact_query, list_in), .doc = "Contatos" },
    { POST, "/contacts", create, PERM_CONTACTS_WRITE, WEB_FORM,
      IN(struct contact_form, new_form), .redraw = show_new, .refuses = "409",
      .doc = "Cria um contato" },
    { GET, "/contacts/new", new_page, PERM_CONTACTS_WRITE, WEB_PAGE,
      .doc = "Contato novo" },
    { GET, "/contacts/export", export_csv, EXPORT, .out_type = "text/csv",
      .doc = "Os contatos do filtro em CSV; fica na auditoria" },
    { GET, "/contacts/export/vcard", export_vcard, EXPORT,
      .out_type = "text/vcard", .doc = "O mesmo, em vCards" },
    { GET, "/contacts/export/xlsx", export_xlsx, EXPORT,
      .out_type = CONTACT_XLSX_TYPE, .doc = "O mesmo, numa planilha" },
    { GET, "/contacts/{id}", page, PERM_CONTACTS_READ, WEB_PAGE,
      IN(struct page_in, page_in), .doc = "Um contato" },
    { POST, "/contacts/{id}", save, PERM_CONTACTS_WRITE, WEB_FORM,
      IN(struct contact_form, edit_form), .redraw = redraw_edit,
      .refuses = "409", .doc = "Salva um contato" },
    { GET, "/contacts/{id}/edit", edit_page, PERM_CONTACTS_WRITE, WEB_PAGE,
      IN(struct id_in, id_in), .doc = "Edita um contato" },
    { POST, "/contacts/{id}/notes", add_note, PERM_CONTACTS_WRITE, WEB_FORM,
      IN(struct note_in, note_form), .redraw = redraw_page,
      .doc = "Anota sobre um contato" },
    { POST, "/contacts/{id}/notes/{noteId}/delete", drop_note,
      PERM_CONTACTS_WRITE, WEB_FORM, IN(struct note_in, note_path),
      .redraw = redraw_page, .doc = "Apaga uma anotação" },
    { POST, "/contacts/{id}/block", block, PERM_CONTACTS_MANAGE, WEB_FORM,
      IN(struct id_in, id_in), .redraw = redraw_page, .doc = "Bloqueia" },
    { POST, "/contacts/{id}/unblock", unblock, PERM_CONTACTS_MANAGE, WEB_FORM,
      IN(struct id_in, id_in), .redraw = redraw_page, .doc = "Desbloqueia" },
    { POST, "/contacts/{id}/start", start, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct start_in, start_form), .redraw = redraw_page,
      .refuses = "409", .doc = "Começa uma conversa" },
    { GET, "/contacts/{id}/delete", delete_page, PERM_CONTACTS_MANAGE, WEB_PAGE,
      IN(struct id_in, id_in), .doc = "Confirma tirar da lista" },
    { POST, "/contacts/{id}/delete", drop, PERM_CONTACTS_MANAGE, WEB_FORM,
      IN(struct id_in, id_in), .redraw = redraw_delete, .refuses = "409",
      .doc = "Tira da lista" },
    ROUTES_END
};
/* clang-format on */

APP_MAIN_OF(contact_import_pages, contact_merge_pages, routes)
