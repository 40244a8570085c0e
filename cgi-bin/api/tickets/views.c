/* tickets/views.c - os filtros que cada pessoa guarda. */
#include <inttypes.h>

#include "app/app.h"
#include "app/ticket_lists.h"
#include "desk/ticket_view.h"

extern const struct route view_routes[];

#define V struct q_ticket_view_row
#define CHOICES \
    "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"
static const struct field view_out[] = {
    INT(V, id, .doc = "Filtro"), TEXT(V, name, .doc = "Nome"),
    JSON(V, filter, .schema = CHOICES,
         .doc = "Os parâmetros de GET /tickets, como textos"),
    TIME(V, created_at, .doc = "Criação"), FIELDS_END
};
#undef V

static enum err
list(struct req *r, const void *input)
{
    struct q_ticket_view_row *rows;
    int count;
    enum err e = q_ticket_view_list(&r->ctx, &rows, &count);

    (void)input;
    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

struct add_in {
    const char *name, *status, *queue_id, *user_id, *tag_ids, *priority, *q;
    const char *sla, *sort;
    int64_t channel_id;
    bool unread, has_unread, snoozed, has_snoozed;
};
#define A struct add_in
static const struct field add_in[] = {
    TEXT(A, name, .required = true, .min = 1, .max = TICKET_VIEW_NAME_MAX,
         .doc = "Nome, único para a pessoa"),
    ENUM(A, status, .one_of = "bot pending active closed", .doc = "Estado"),
    TEXT(A, queue_id, .max = 20, .doc = "Fila, ou none"),
    TEXT(A, user_id, .max = 20, .doc = "Quem atende: número, me ou none"),
    TEXT(A, tag_ids, .max = 200,
         .doc = "Etiquetas, separadas por vírgula: todas elas"),
    INT(A, channel_id, .min = 1, .doc = "Canal"),
    ENUM(A, priority, .one_of = "low normal high urgent", .doc = "Prioridade"),
    TEXT(A, q, .min = 2, .max = 100, .doc = "Contato, assunto ou protocolo"),
    BOOL_IF_SENT(A, unread, .doc = "Com não lidas, ou sem"),
    BOOL_IF_SENT(A, snoozed, .doc = "Adiados, ou não"),
    ENUM(A, sla, .one_of = TICKET_SLA_WORDS " none",
         .doc = "Prazo que corre: no prazo, perto, vencido, ou nenhum"),
    ENUM(A, sort, .one_of = TICKET_SORTS, .doc = "Ordem"),
    FIELDS_END
};
#undef A

static const char *
flag(bool sent, bool value)
{
    return !sent ? NULL : value ? "true" : "false";
}

static enum err
add(struct req *r, const void *input)
{
    const struct add_in *in = input;
    struct ticket_choice f = {
        .status = in->status,
        .queue_id = in->queue_id,
        .user_id = in->user_id,
        .tag_ids = in->tag_ids,
        .priority = in->priority,
        .q = in->q,
        .unread = flag(in->has_unread, in->unread),
        .snoozed = flag(in->has_snoozed, in->snoozed),
        .sla = in->sla,
        .sort = in->sort,
    };
    struct q_ticket_view_row row;
    int64_t id;
    enum err e;

    if (in->channel_id != 0)
        f.channel_id = arena_printf(r->ctx.arena, "%" PRId64, in->channel_id);
    e = ticket_view_add(&r->ctx, in->name, &f, &id);
    if (e == OK)
        e = q_ticket_view_get(&r->ctx,
                              &(struct q_ticket_view_get_in){ .id = id }, &row);
    return e != OK ? e : reply(r, &row);
}

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Filtro"), FIELDS_END
};

static enum err
drop(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = ticket_view_drop(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
const struct route view_routes[] = {
    { GET, "/api/v1/tickets/views", list, PERM_TICKETS_READ, .one_query = true,
      .out = view_out, .out_list = true, .alias = "/api/v1/chats/views",
      .doc = "Os filtros que a pessoa guardou" },
    { POST, "/api/v1/tickets/views", add, PERM_TICKETS_READ,
      IN(struct add_in, add_in), .out = view_out, .success = 201,
      .refuses = "409", .alias = "/api/v1/chats/views",
      .doc = "Guarda um filtro com um nome" },
    { DELETE, "/api/v1/tickets/views/{id}", drop, PERM_TICKETS_READ,
      IN(struct id_in, id_in), .success = 204, .alias = "/api/v1/chats/views/{id}",
      .doc = "Esquece um filtro guardado" },
    ROUTES_END
};
/* clang-format on */
