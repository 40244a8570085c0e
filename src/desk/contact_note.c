/* contact_note.c - anotações sobre um contato. */
#include "desk/contact_note.h"

#include <string.h>

#include "base/i18n.h"
#include "base/permission.h"
#include "db/db.h"
#include "desk/contact_book.h"

#define N struct q_contact_note_row

const struct field contact_note_out[] = {
    INT(N, id, .doc = "Anotação"),
    INT(N, contact_id, .doc = "Contato"),
    TEXT(N, body, .doc = "Texto"),
    INT_OR_NULL(N, user_id, .doc = "Quem escreveu; null: o sistema"),
    TEXT(N, user_name, .nullable = true, .doc = "Nome de quem escreveu"),
    TIME(N, created_at, .doc = "Quando"),
    FIELDS_END
};

static enum err
find(struct ctx *c, int64_t id, struct q_contact_row *k)
{
    return q_contact_get(c, &(struct q_contact_get_in){ .id = id }, k);
}

enum err
contact_note_list(struct ctx *c, const struct q_contact_note_list_in *in,
                  N **rows, int *count)
{
    struct q_contact_row k;
    enum err e = find(c, in->contact_id, &k);

    return e != OK ? e : q_contact_note_list(c, in, rows, count);
}

enum err
contact_note_add(struct ctx *c, int64_t contact_id, const char *body, N *out)
{
    struct q_contact_row k;
    enum err e = find(c, contact_id, &k);

    if (e != OK)
        return e;
    if (body[strspn(body, " \t\r\n")] == '\0')
        return fail_field(c, "body", "min", "%s", _("escreva a anotação"));
    e = q_contact_note_add(c,
                           &(struct q_contact_note_add_in){
                               .contact_id = contact_id, .body = body },
                           out);
    return e != OK ? e : contact_book_tell(c, "contact:updated", &k);
}

enum err
contact_note_drop(struct ctx *c, int64_t contact_id, int64_t id)
{
    struct q_contact_note_of_row row;
    int64_t gone;
    bool found;
    enum err e = q_contact_note_of(
        c, &(struct q_contact_note_of_in){ .id = id, .contact_id = contact_id },
        &row, &found);

    if (e == OK && !found)
        return db_not_found(c);
    if (e != OK)
        return e;
    if (!(row.has_user_id && row.user_id == c->user_id) &&
        (c->permissions & PERM_BIT(PERM_CONTACTS_MANAGE)) == 0)
        return fail(c, ERR_FORBIDDEN, "%s", _("a anotação é de outra pessoa"));
    return q_contact_note_drop(c, &(struct q_contact_note_drop_in){ .id = id },
                               &gone);
}
