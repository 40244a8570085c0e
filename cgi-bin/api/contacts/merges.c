/* merges.c - contatos repetidos e a fusão: /api/v1/contacts/duplicates,
 * /api/v1/contacts/{id}/duplicates, /merge e /merges. */
#include <inttypes.h>
#include <stdio.h>

#include "app/app.h"
#include "app/cursor.h"
#include "desk/contact_duplicates.h"
#include "desk/contact_merging.h"

#define SMALL_BODY 32768
#define PLAN struct contact_merge_plan

extern const struct route contact_merge_routes[];

struct list_in {
    int64_t limit;
    const char *cursor;
};
struct id_in {
    int64_t id;
};
struct preview_in {
    int64_t id, other_id;
};
/* clang-format off */
static const struct field list_in[] = {
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 30, .doc = "Quantos por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 30,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};
static const struct field contact_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Contato"), FIELDS_END
};
static const struct field pair_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Par"), FIELDS_END
};
static const struct field merge_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Fusão"), FIELDS_END
};
static const struct field preview_in[] = {
    INT(struct preview_in, id, .from = PATH, .min = 1,
        .doc = "O contato que fica"),
    INT(struct preview_in, other_id, .from = QUERY,
        .doc = "O que se funde nele"),
    FIELDS_END
};
static const struct field make_in[] = {
    INT(PLAN, id, .from = PATH, .min = 1, .doc = "O contato que fica"),
    INT(PLAN, other_id, .required = true, .min = 1,
        .doc = "O que se funde nele"),
    INT(PLAN, version, .min = 1,
        .doc = "Versão do que fica, como a prévia a mostrou; 409 se mudou"),
    INT(PLAN, other_version, .min = 1, .doc = "Versão do outro"),
    JSON(PLAN, take,
         .schema = "{\"type\":\"array\",\"maxItems\":70,\"items\":{\"type\":"
                   "\"string\"}}",
         .doc = "Campos que vêm do outro: name, phone, email, document, "
                "custom.CHAVE"),
    FIELDS_END
};
/* clang-format on */

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_contact_duplicate_page_in q = { .after_score = 1000,
                                             .max = in->limit + 1 };
    struct q_contact_pair_row *rows;
    const char *next = NULL;
    long long score, id;
    int count, end = 0;
    enum err e;

    if (in->cursor != NULL) {
        if (sscanf(in->cursor, "%4lld.%19lld%n", &score, &id, &end) != 2 ||
            in->cursor[end] != '\0')
            return cursor_refused(r);
        q.after_score = score;
        q.after_id = id;
    }
    e = q_contact_duplicate_page(&r->ctx, &q, &rows, &count);
    if (e != OK)
        return e;
    if (count > in->limit) {
        count = (int)in->limit;
        next = arena_printf(r->ctx.arena, "%" PRId64 ".%" PRId64,
                            rows[count - 1].score, rows[count - 1].id);
    }
    return reply_list(r, rows, sizeof *rows, count, next);
}

static enum err
dismiss(struct req *r, const void *input)
{
    enum err e =
        contact_duplicates_dismiss(&r->ctx, ((const struct id_in *)input)->id);

    return e != OK ? e : reply_empty(r);
}

static enum err
scan(struct req *r, const void *input)
{
    struct q_contact_scan_row row;
    enum err e = q_contact_scan_get(&r->ctx, &row);

    (void)input;
    return e != OK ? e : reply(r, &row);
}

static enum err
scan_start(struct req *r, const void *input)
{
    struct q_contact_scan_row row;
    enum err e = contact_scan_start(&r->ctx, &row);

    (void)input;
    return e != OK ? e : reply(r, &row);
}

static enum err
alike(struct req *r, const void *input)
{
    struct q_contact_pair_row *rows;
    int count;
    enum err e = contact_duplicates_of(
        &r->ctx, ((const struct id_in *)input)->id, &rows, &count);

    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

static enum err
preview(struct req *r, const void *input)
{
    const struct preview_in *in = input;
    struct contact_merge_preview v;
    enum err e = contact_merge_preview(&r->ctx, in->id, in->other_id, &v);

    return e != OK ? e : reply(r, &v);
}

static enum err
make(struct req *r, const void *input)
{
    struct q_contact_merge_row row;
    enum err e = contact_merge_make(&r->ctx, input, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
merges(struct req *r, const void *input)
{
    struct q_contact_merge_row *rows;
    int count;
    enum err e = contact_merge_list(&r->ctx, ((const struct id_in *)input)->id,
                                    &rows, &count);

    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

static enum err
undo(struct req *r, const void *input)
{
    struct q_contact_merge_row row;
    enum err e =
        contact_merge_unmake(&r->ctx, ((const struct id_in *)input)->id, &row);

    return e != OK ? e : reply(r, &row);
}

/* clang-format off */
const struct route contact_merge_routes[] = {
    { GET, "/api/v1/contacts/duplicates", list, PERM_CONTACTS_MANAGE,
      IN(struct list_in, list_in), .out = contact_pair_out, .out_list = true,
      .alias = "/api/v1/clients/duplicates",
      .doc = "Pares que a última procura achou parecidos, os mais antes" },
    { DELETE, "/api/v1/contacts/duplicates/{id}", dismiss,
      PERM_CONTACTS_MANAGE, IN(struct id_in, pair_in), .success = 204,
      .alias = "/api/v1/clients/duplicates/{id}",
      .doc = "Diz que um par não é a mesma pessoa; não volta" },
    { GET, "/api/v1/contacts/duplicates/scan", scan, PERM_CONTACTS_MANAGE,
      .auth = AUTH_EITHER, .out = contact_scan_out,
      .alias = "/api/v1/clients/duplicates/scan",
      .doc = "Como está a procura de repetidos" },
    { POST, "/api/v1/contacts/duplicates/scan", scan_start,
      PERM_CONTACTS_MANAGE, .out = contact_scan_out, .refuses = "409",
      .rate = { .hits = 30, .per_s = 600 },
      .alias = "/api/v1/clients/duplicates/scan",
      .doc = "Procura repetidos na agenda inteira, em segundo plano" },
    { GET, "/api/v1/contacts/{id}/duplicates", alike, PERM_CONTACTS_MANAGE,
      IN(struct id_in, contact_in), .out = contact_pair_out, .out_list = true,
      .alias = "/api/v1/clients/{id}/duplicates",
      .doc = "Quem parece ser a mesma pessoa que este contato" },
    { GET, "/api/v1/contacts/{id}/merge", preview, PERM_CONTACTS_MANAGE,
      IN(struct preview_in, preview_in), .out = contact_merge_preview_out,
      .refuses = "409", .alias = "/api/v1/clients/{id}/merge",
      .doc = "O que fica e o que se move numa fusão; nada muda" },
    { POST, "/api/v1/contacts/{id}/merge", make, PERM_CONTACTS_MANAGE,
      .max_body = SMALL_BODY, IN(PLAN, make_in), .out = contact_merge_out,
      .success = 201, .refuses = "409",
      .alias = "/api/v1/clients/{id}/merge",
      .doc = "Funde outro contato neste" },
    { GET, "/api/v1/contacts/{id}/merges", merges, PERM_CONTACTS_MANAGE,
      IN(struct id_in, contact_in), .out = contact_merge_out, .out_list = true,
      .alias = "/api/v1/clients/{id}/merges",
      .doc = "As fusões de um contato, as novas antes" },
    { POST, "/api/v1/contacts/merges/{id}/undo", undo, PERM_CONTACTS_MANAGE,
      IN(struct id_in, merge_in), .out = contact_merge_out, .refuses = "409",
      .alias = "/api/v1/clients/merges/{id}/undo",
      .doc = "Desfaz a última fusão de um contato, dentro do prazo" },
    ROUTES_END
};
/* clang-format on */
