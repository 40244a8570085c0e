/*
 * replies.c - a lista de respostas rápidas como página: cada uma é um link que
 * a põe na caixa da conversa.
 */
#include <inttypes.h>
#include <json-c/json.h>

#include "app/app.h"
#include "app/file_model.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/i18n.h"
#include "desk/quick_reply.h"

struct replies_in {
    int64_t id;
    const char *q;
};
static const struct field replies_in[] = {
    INT(struct replies_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct replies_in, q, .from = QUERY, .max = 100,
         .doc = "O que se busca"),
    FIELDS_END
};

static struct json_object *
row_model(struct req *r, int64_t ticket_id, const struct q_quick_reply_row *q,
          const struct q_quick_reply_values_row *values)
{
    struct json_object *m = json_object_new_object();

    model_text(m, "shortcut", q->shortcut);
    model_text(m, "text", quick_reply_fill(&r->ctx, q->body, values));
    model_text(m, "fileName", file_name(r, q->file_kind, q->file));
    model_text(m, "href",
               arena_printf(r->ctx.arena,
                            "/inbox/%" PRId64 "?insert=%" PRId64 "#answer",
                            ticket_id, q->id));
    return m;
}

static enum err
replies_page(struct req *r, const void *input)
{
    const struct replies_in *in = input;
    const char *q = in->q != NULL ? in->q : "";
    struct json_object *m = page_model(r, _("Respostas rápidas"));
    struct json_object *list = json_object_new_array();
    struct q_quick_reply_values_row values;
    struct q_quick_reply_row *rows;
    int count = 0, i;
    enum err e = quick_reply_values(&r->ctx, in->id, &values);

    json_object_object_add(m, "rows", list);
    if (e == OK)
        e = q_quick_reply_list(&r->ctx,
                               &(struct q_quick_reply_list_in){
                                   .q = q, .max = 2 * QUICK_REPLIES_MAX },
                               &rows, &count);
    if (e != OK)
        return e;
    for (i = 0; i < count; i++)
        json_object_array_add(list, row_model(r, in->id, &rows[i], &values));
    model_bool(m, "hasRows", count > 0);
    model_bool(m, "inInbox", true);
    model_text(m, "contact", values.contact);
    model_text(m, "q", q);
    model_text(m, "backHref",
               arena_printf(r->ctx.arena, "/inbox/%" PRId64, in->id));
    model_text(
        m, "selfHref",
        arena_printf(r->ctx.arena, "/inbox/%" PRId64 "/replies", in->id));
    return page_reply(r, 200, "inbox/replies", m);
}

/* clang-format off */
const struct route reply_page_routes[] = {
    { GET, "/inbox/{id}/replies", replies_page, PERM_TICKETS_READ, AUTH_COOKIE,
      .html = true, IN(struct replies_in, replies_in),
      .out_type = "text/html", .doc = "Respostas rápidas, para inserir" },
    ROUTES_END
};
/* clang-format on */
