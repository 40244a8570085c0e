/* contacts/lists.c - rotas de /api/v1/contact-lists: listas de contatos. */
#include <inttypes.h>
#include <string.h>

#include "app/app.h"
#include "app/cursor.h"
#include "base/i18n.h"
#include "desk/contact_list.h"

#define SMALL_BODY 65536
#define PICK_MAX 1000

struct list_in {
    const char *search, *cursor;
    int64_t limit;
};
static const struct field list_in[] = {
    TEXT(struct list_in, search, .from = QUERY, .max = 80,
         .doc = "Parte do nome; acento e maiúscula não contam"),
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 50, .doc = "Quantas por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 400,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_contact_list_page_in q = {
        .search = in->search != NULL ? in->search : "", .max = in->limit + 1
    };
    struct q_contact_list_row *rows;
    const char *next = NULL;
    int count;
    enum err e;

    if (!cursor_read(r, in->cursor, &q.after_name, &q.after_id))
        return cursor_refused(r);
    e = q_contact_list_page(&r->ctx, &q, &rows, &count);
    if (e != OK)
        return e;
    if (count > in->limit) {
        count = (int)in->limit;
        next = cursor_after(r, rows[count - 1].id, rows[count - 1].sort_name);
    }
    return reply_list(r, rows, sizeof *rows, count, next);
}

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Lista"), FIELDS_END
};

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_contact_list_row row;
    enum err e = q_contact_list_get(
        &r->ctx, &(struct q_contact_list_get_in){ .id = in->id }, &row);

    return e != OK ? e : reply(r, &row);
}

struct create_in {
    const char *name, *description;
};
static const struct field create_in[] = {
    TEXT(struct create_in, name, .required = true, .min = 1, .max = 80,
         .doc = "Nome, que nenhuma outra tem"),
    TEXT(struct create_in, description, .max = 500, .lines = true,
         .doc = "Para que serve"),
    FIELDS_END
};

static enum err
create(struct req *r, const void *input)
{
    const struct create_in *in = input;
    struct q_contact_list_row row;
    enum err e = contact_list_create(
        &r->ctx, in->name, in->description != NULL ? in->description : "",
        &row);

    return e != OK ? e : reply(r, &row);
}

struct change_in {
    int64_t id, version;
    const char *name, *description;
};
static const struct field change_in[] = {
    INT(struct change_in, id, .from = PATH, .min = 1, .doc = "Lista"),
    INT(struct change_in, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    TEXT(struct change_in, name, .min = 1, .max = 80, .doc = "Nome"),
    TEXT(struct change_in, description, .max = 500, .lines = true,
         .doc = "Para que serve"),
    FIELDS_END
};

static enum err
change(struct req *r, const void *input)
{
    const struct change_in *in = input;
    struct q_contact_list_row row;
    enum err e = contact_list_change(
        &r->ctx,
        &(struct q_contact_list_set_in){
            .id = in->id, .name = in->name, .description = in->description },
        in->version, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
drop(struct req *r, const void *input)
{
    enum err e =
        contact_list_remove(&r->ctx, ((const struct id_in *)input)->id);

    return e != OK ? e : reply_empty(r);
}

/* ---- quem está na lista ---- */

struct members_in {
    int64_t id, limit;
    const char *cursor;
};
static const struct field members_in[] = {
    INT(struct members_in, id, .from = PATH, .min = 1, .doc = "Lista"),
    INT(struct members_in, limit, .from = QUERY, .min = 1, .max = 200,
        .fallback = 50, .doc = "Quantos por página"),
    TEXT(struct members_in, cursor, .from = QUERY, .max = 20,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};
#define M struct q_contact_list_members_row
static const struct field member_out[] = {
    INT(M, id, .doc = "Contato"),
    TEXT(M, name, .doc = "Nome"),
    TEXT(M, phone, .nullable = true, .doc = "Telefone, E.164"),
    TEXT(M, email, .nullable = true, .doc = "E-mail"),
    TIME(M, added_at, .doc = "Quando entrou na lista"),
    FIELDS_END
};

static enum err
members(struct req *r, const void *input)
{
    const struct members_in *in = input;
    struct q_contact_list_members_in q = { .id = in->id, .max = in->limit + 1 };
    struct q_contact_list_row found;
    const char *next = NULL;
    int count;
    M *rows;
    enum err e;

    if (in->cursor != NULL && !parse_int64(in->cursor, &q.after))
        return cursor_refused(r);
    e = q_contact_list_get(
        &r->ctx, &(struct q_contact_list_get_in){ .id = in->id }, &found);
    if (e == OK)
        e = q_contact_list_members(&r->ctx, &q, &rows, &count);
    if (e != OK)
        return e;
    if (count > in->limit) {
        count = (int)in->limit;
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    }
    return reply_list(r, rows, sizeof *rows, count, next);
}

struct pick_in {
    int64_t id;
    struct contact_pick pick;
};
static const struct field pick_in[] = {
    INT(struct pick_in, id, .from = PATH, .min = 1, .doc = "Lista"),
    INTS(struct pick_in, pick.contact_ids, .json = "contactIds",
         .max = PICK_MAX, .doc = "Estes contatos"),
    INTS(struct pick_in, pick.tag_ids, .json = "tagIds",
         .doc = "Os que têm alguma destas etiquetas"),
    TEXT(struct pick_in, pick.search, .json = "search", .max = 120,
         .doc = "Os que têm isto no nome, telefone, documento ou e-mail"),
    BOOL(struct pick_in, pick.everyone, .json = "everyone",
         .doc = "Todos os contatos; sem os outros campos"),
    FIELDS_END
};

struct picked {
    int64_t changed, contact_count;
};
static const struct field picked_out[] = {
    INT(struct picked, changed, .doc = "Quantos entraram ou saíram"),
    INT(struct picked, contact_count, .doc = "Quantos a lista tem agora"),
    FIELDS_END
};

static enum err
reply_picked(struct req *r, int64_t id, int64_t changed)
{
    struct q_contact_list_row now;
    enum err e = q_contact_list_get(
        &r->ctx, &(struct q_contact_list_get_in){ .id = id }, &now);

    return e != OK ? e
                   : reply(r, &(struct picked){ changed, now.contact_count });
}

static enum err
put(struct req *r, const void *input)
{
    const struct pick_in *in = input;
    int64_t changed;
    enum err e = contact_list_put(&r->ctx, in->id, &in->pick, &changed);

    return e != OK ? e : reply_picked(r, in->id, changed);
}

static enum err
take(struct req *r, const void *input)
{
    const struct pick_in *in = input;
    int64_t changed;
    enum err e = contact_list_take(&r->ctx, in->id, &in->pick, &changed);

    return e != OK ? e : reply_picked(r, in->id, changed);
}

struct one_in {
    int64_t id, contact_id;
};
static const struct field one_in[] = {
    INT(struct one_in, id, .from = PATH, .min = 1, .doc = "Lista"),
    INT(struct one_in, contact_id, .from = PATH, .min = 1, .doc = "Contato"),
    FIELDS_END
};

static enum err
drop_one(struct req *r, const void *input)
{
    const struct one_in *in = input;
    enum err e = contact_list_drop(&r->ctx, in->id, in->contact_id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
const struct route contact_list_routes[] = {
    { GET, "/api/v1/contact-lists", list, PERM_CONTACTS_READ, AUTH_EITHER,
      .one_query = true, IN(struct list_in, list_in),
      .out = contact_list_out, .out_list = true,
      .doc = "Listas de contatos, em ordem de nome" },
    { POST, "/api/v1/contact-lists", create, PERM_CONTACTS_MANAGE, AUTH_EITHER,
      .max_body = SMALL_BODY, IN(struct create_in, create_in),
      .out = contact_list_out, .success = 201, .refuses = "409",
      .doc = "Cria uma lista, vazia" },
    { GET, "/api/v1/contact-lists/{id}", get, PERM_CONTACTS_READ, AUTH_EITHER,
      .one_query = true, IN(struct id_in, id_in), .out = contact_list_out,
      .doc = "Uma lista" },
    { PATCH, "/api/v1/contact-lists/{id}", change, PERM_CONTACTS_MANAGE,
      AUTH_EITHER, .max_body = SMALL_BODY, IN(struct change_in, change_in),
      .out = contact_list_out, .refuses = "409",
      .doc = "Muda o nome e a descrição de uma lista" },
    { DELETE, "/api/v1/contact-lists/{id}", drop, PERM_CONTACTS_MANAGE,
      AUTH_EITHER, IN(struct id_in, id_in), .success = 204,
      .doc = "Apaga uma lista; os contatos ficam" },
    { GET, "/api/v1/contact-lists/{id}/contacts", members, PERM_CONTACTS_READ,
      AUTH_EITHER, IN(struct members_in, members_in), .out = member_out,
      .out_list = true, .doc = "Quem está numa lista" },
    { POST, "/api/v1/contact-lists/{id}/contacts", put, PERM_CONTACTS_MANAGE,
      AUTH_EITHER, .max_body = SMALL_BODY, IN(struct pick_in, pick_in),
      .out = picked_out,
      .doc = "Põe contatos numa lista, por número ou por filtro" },
    { POST, "/api/v1/contact-lists/{id}/contacts/remove", take,
      PERM_CONTACTS_MANAGE, AUTH_EITHER, .max_body = SMALL_BODY,
      IN(struct pick_in, pick_in), .out = picked_out,
      .doc = "Tira contatos de uma lista, por número ou por filtro" },
    { DELETE, "/api/v1/contact-lists/{id}/contacts/{contactId}", drop_one,
      PERM_CONTACTS_MANAGE, AUTH_EITHER, IN(struct one_in, one_in),
      .success = 204, .doc = "Tira um contato de uma lista" },
    ROUTES_END
};
/* clang-format on */
