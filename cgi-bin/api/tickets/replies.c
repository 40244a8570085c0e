/* replies.c - as respostas rápidas já preenchidas para um atendimento. */
#include "app/app.h"
#include "app/file_model.h"
#include "desk/quick_reply.h"

#define REPLIES_FOUND 20

struct replies_in {
    int64_t id;
    const char *q;
};
static const struct field replies_in[] = {
    INT(struct replies_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct replies_in, q, .from = QUERY, .max = 100,
         .doc = "O que se digitou depois da barra"),
    FIELDS_END
};

struct filled {
    int64_t id;
    const char *shortcut, *text, *file;
    bool shared;
};
static const struct field filled_out[] = {
    INT(struct filled, id, .doc = "Resposta rápida"),
    TEXT(struct filled, shortcut, .doc = "Atalho"),
    TEXT(struct filled, text, .doc = "O texto, pronto para mandar"),
    BOOL(struct filled, shared, .doc = "De todos"),
    TEXT(struct filled, file, .nullable = true,
         .doc = "Nome do arquivo que ela leva, ou a espécie dele"),
    FIELDS_END
};

static enum err
replies(struct req *r, const void *input)
{
    const struct replies_in *in = input;
    struct q_quick_reply_values_row values;
    struct q_quick_reply_row *rows;
    struct filled *list;
    int count = 0, i;
    enum err e = quick_reply_values(&r->ctx, in->id, &values);

    if (e == OK)
        e = q_quick_reply_list(
            &r->ctx,
            &(struct q_quick_reply_list_in){ .q = in->q != NULL ? in->q : "",
                                             .max = REPLIES_FOUND },
            &rows, &count);
    if (e != OK)
        return e;
    list = arena_alloc(r->ctx.arena, sizeof *list * (size_t)(count + 1));
    for (i = 0; i < count; i++)
        list[i] = (struct filled){
            .id = rows[i].id,
            .shortcut = rows[i].shortcut,
            .text = quick_reply_fill(&r->ctx, rows[i].body, &values),
            .shared = rows[i].shared,
            .file = file_name(r, rows[i].file_kind, rows[i].file),
        };
    return reply_list(r, list, sizeof *list, count, NULL);
}

const struct route reply_routes[] = {
    { GET, "/api/v1/tickets/{id}/replies", replies, PERM_TICKETS_READ,
      AUTH_EITHER, IN(struct replies_in, replies_in), .out = filled_out,
      .out_list = true, .alias = "/api/v1/chats/{id}/replies",
      .doc = "Respostas rápidas preenchidas para este atendimento" },
    ROUTES_END
};
