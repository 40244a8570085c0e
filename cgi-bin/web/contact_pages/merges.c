/* merges.c - páginas de /contacts/duplicates e /contacts/{id}/merge, sem
 * JavaScript. */
#include "app/app.h"
#include "app/contact_merge_page.h"
#include "app/contact_pages.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "base/i18n.h"
#include "desk/contact_duplicates.h"
#include "desk/contact_merging.h"

extern const struct route contact_merge_pages[];

#define PLAN struct contact_merge_plan

struct list_in {
    const char *cursor;
};
struct id_in {
    int64_t id;
};
struct merge_in {
    int64_t id, merge_id;
};
struct page_in {
    int64_t id;
    const char *with, *q;
};
/* clang-format off */
static const struct field list_in[] = {
    TEXT(struct list_in, cursor, .from = QUERY, .max = 30,
         .doc = "Cursor da página"),
    FIELDS_END
};
static const struct field pair_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Par"), FIELDS_END
};
static const struct field page_in[] = {
    INT(struct page_in, id, .from = PATH, .min = 1,
        .doc = "O contato que fica"),
    TEXT(struct page_in, with, .from = QUERY, .max = 20,
         .doc = "O que se funde nele; vazio: escolher"),
    TEXT(struct page_in, q, .from = QUERY, .max = 120,
         .doc = "Procura com quem fundir"),
    FIELDS_END
};
static const struct field make_form[] = {
    INT(PLAN, id, .from = PATH, .min = 1, .doc = "O contato que fica"),
    INT(PLAN, other_id, .required = true, .min = 1, .doc = "O outro"),
    INT(PLAN, version, .min = 1, .doc = "Versão que a tela mostrou"),
    INT(PLAN, other_version, .min = 1, .doc = "Versão do outro"),
    FIELDS_END
};
static const struct field undo_in[] = {
    INT(struct merge_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    INT(struct merge_in, merge_id, .from = PATH, .min = 1, .doc = "Fusão"),
    FIELDS_END
};
/* clang-format on */

static enum err
list(struct req *r, const void *input)
{
    return contact_duplicates_page(r, ((const struct list_in *)input)->cursor);
}

static enum err
redraw_list(struct req *r)
{
    return contact_duplicates_page(r, NULL);
}

static enum err
scan(struct req *r, const void *input)
{
    struct q_contact_scan_row row;
    enum err e = contact_scan_start(&r->ctx, &row);

    (void)input;
    return e != OK ? e : form_done(r, CONTACT_DUPLICATES, NULL);
}

static enum err
dismiss(struct req *r, const void *input)
{
    enum err e =
        contact_duplicates_dismiss(&r->ctx, ((const struct id_in *)input)->id);

    return e != OK ? e
                   : form_done(r, CONTACT_DUPLICATES,
                               _("Não são a mesma pessoa: anotado"));
}

static enum err
page(struct req *r, const void *input)
{
    const struct page_in *in = input;
    int64_t with = 0;

    if (in->with != NULL && !parse_int64(in->with, &with))
        with = 0;
    return contact_merge_page(r, in->id, with, in->q);
}

static enum err
redraw_page(struct req *r)
{
    const char *sent = req_form(r, "otherId");
    int64_t with = 0;

    if (sent == NULL || !parse_int64(sent, &with))
        with = 0;
    return contact_merge_page(r, form_path_id(r), with, NULL);
}

static enum err
make(struct req *r, const void *input)
{
    PLAN plan = *(const PLAN *)input;
    struct q_contact_merge_row row;
    enum err e = contact_merge_taken(r, &plan.take);

    if (e == OK)
        e = contact_merge_make(&r->ctx, &plan, &row);
    return e != OK ? e
                   : form_done(r, page_path(r, CONTACTS, plan.id, ""),
                               _("Contatos fundidos"));
}

static enum err
undo(struct req *r, const void *input)
{
    const struct merge_in *in = input;
    struct q_contact_merge_row row;
    enum err e = contact_merge_unmake(&r->ctx, in->merge_id, &row);

    return e != OK ? e
                   : form_done(r, page_path(r, CONTACTS, in->id, ""),
                               _("Fusão desfeita"));
}

static enum err
redraw_person(struct req *r)
{
    return contact_page(r, form_path_id(r), 0);
}

/* clang-format off */
const struct route contact_merge_pages[] = {
    { GET, CONTACT_DUPLICATES, list, PERM_CONTACTS_MANAGE, WEB_PAGE,
      IN(struct list_in, list_in), .doc = "Contatos repetidos" },
    { POST, CONTACT_DUPLICATES, scan, PERM_CONTACTS_MANAGE, WEB_FORM,
      .redraw = redraw_list, .refuses = "409",
      .rate = { .hits = 30, .per_s = 600 },
      .doc = "Procura repetidos na agenda inteira" },
    { POST, CONTACT_DUPLICATES "/{id}/dismiss", dismiss, PERM_CONTACTS_MANAGE,
      WEB_FORM, IN(struct id_in, pair_in), .redraw = redraw_list,
      .doc = "Diz que um par não é a mesma pessoa" },
    { GET, "/contacts/{id}/merge", page, PERM_CONTACTS_MANAGE, WEB_PAGE,
      IN(struct page_in, page_in), .refuses = "409",
      .doc = "Compara dois contatos, ou escolhe com quem" },
    { POST, "/contacts/{id}/merge", make, PERM_CONTACTS_MANAGE, WEB_FORM,
      IN(PLAN, make_form), .redraw = redraw_page, .refuses = "409",
      .doc = "Funde outro contato neste" },
    { POST, "/contacts/{id}/merges/{mergeId}/undo", undo,
      PERM_CONTACTS_MANAGE, WEB_FORM, IN(struct merge_in, undo_in),
      .redraw = redraw_person, .refuses = "409", .doc = "Desfaz uma fusão" },
    ROUTES_END
};
/* clang-format on */
