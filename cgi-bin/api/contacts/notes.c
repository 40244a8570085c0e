/* notes.c - /api/v1/contacts/{id}/notes: o que se anota sobre um contato. */
#include <inttypes.h>

#include "app/app.h"
#include "base/i18n.h"
#include "desk/contact_note.h"

#define SMALL_BODY 32768

extern const struct route contact_note_routes[];

struct list_in {
    int64_t id, limit;
    const char *cursor;
};
static const struct field list_in[] = {
    INT(struct list_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 20, .doc = "Quantas por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 20,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_contact_note_list_in query = { .contact_id = in->id,
                                            .before = INT64_MAX,
                                            .max = in->limit };
    struct q_contact_note_row *rows;
    const char *next = NULL;
    int count;
    enum err e;

    if (in->cursor != NULL && !parse_int64(in->cursor, &query.before))
        return fail_field(&r->ctx, "cursor", "format", "%s",
                          _("não é um cursor desta lista"));
    e = contact_note_list(&r->ctx, &query, &rows, &count);
    if (e != OK)
        return e;
    if (count == in->limit)
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    return reply_list(r, rows, sizeof *rows, count, next);
}

struct add_in {
    int64_t id;
    const char *body;
};
static const struct field add_in[] = {
    INT(struct add_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    TEXT(struct add_in, body, .required = true, .min = 1,
         .max = CONTACT_NOTE_MAX, .lines = true, .doc = "Texto"),
    FIELDS_END
};

static enum err
add(struct req *r, const void *input)
{
    const struct add_in *in = input;
    struct q_contact_note_row row;
    enum err e = contact_note_add(&r->ctx, in->id, in->body, &row);

    return e != OK ? e : reply(r, &row);
}

struct drop_in {
    int64_t id, note_id;
};
static const struct field drop_in[] = {
    INT(struct drop_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    INT(struct drop_in, note_id, .from = PATH, .min = 1, .doc = "Anotação"),
    FIELDS_END
};

static enum err
drop(struct req *r, const void *input)
{
    const struct drop_in *in = input;
    enum err e = contact_note_drop(&r->ctx, in->id, in->note_id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
const struct route contact_note_routes[] = {
    { GET, "/api/v1/contacts/{id}/notes", list, PERM_CONTACTS_READ,
      IN(struct list_in, list_in), .out = contact_note_out, .out_list = true,
      .alias = "/api/v1/clients/{id}/notes",
      .doc = "O que se anotou sobre um contato, as novas antes" },
    { POST, "/api/v1/contacts/{id}/notes", add, PERM_CONTACTS_WRITE,
      .max_body = SMALL_BODY, IN(struct add_in, add_in),
      .out = contact_note_out, .success = 201,
      .alias = "/api/v1/clients/{id}/notes", .doc = "Anota sobre um contato" },
    { DELETE, "/api/v1/contacts/{id}/notes/{noteId}", drop,
      PERM_CONTACTS_WRITE, IN(struct drop_in, drop_in), .success = 204,
      .alias = "/api/v1/clients/{id}/notes/{noteId}",
      .doc = "Apaga a própria anotação, ou a de outra pessoa com "
             "contacts.manage" },
    ROUTES_END
};
/* clang-format on */
