/* tickets/views.c - os filtros guardados, de um só ou compartilhados. */
#include <inttypes.h>

#include "app/app.h"
#include "desk/ticket_view.h"

extern const struct route view_routes[];

static enum err
list(struct req *r, const void *input)
{
    struct q_ticket_view_row *rows;
    int count;
    enum err e = q_ticket_view_list(&r->ctx, &rows, &count);

    (void)input;
    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

/* ---- quantos ---- */

struct view_count {
    int64_t id, tickets;
    bool has_tickets;
};
#define N struct view_count
static const struct field count_out[] = {
    INT(N, id, .doc = "Filtro"),
    INT_OR_NULL(N, tickets,
                .doc = "Quantos atendimentos traz à pessoa; 100 é mais de 99. "
                       "Sem estado no filtro, os que não se encerraram; nulo: "
                       "não se contou (os encerrados não se contam)"),
    FIELDS_END
};
#undef N

static enum err
counts(struct req *r, const void *input)
{
    struct q_ticket_view_row *rows;
    struct view_count *out;
    int64_t *tickets;
    int count, i;
    enum err e = q_ticket_view_list(&r->ctx, &rows, &count);

    (void)input;
    if (e != OK)
        return e;
    tickets = arena_alloc(r->ctx.arena, ((size_t)count + 1) * sizeof *tickets);
    out = arena_alloc(r->ctx.arena, ((size_t)count + 1) * sizeof *out);
    e = ticket_view_counts(&r->ctx, rows, count, tickets);
    for (i = 0; i < count; i++)
        out[i] = (struct view_count){ .id = rows[i].id,
                                      .tickets = tickets[i],
                                      .has_tickets = tickets[i] >= 0 };
    return e != OK ? e : reply_list(r, out, sizeof *out, count, NULL);
}

/* ---- guardar e mudar ---- */

#define SHARES(S) \
    ENUM(S, share, .one_of = TICKET_VIEW_SHARES, \
         .doc = "Quem o vê: só a pessoa, os membros de shareQueueId, ou a " \
                "empresa; compartilhar pede replies.shared"), \
        INT(S, share_queue_id, .min = 0, .doc = "A fila de share queue")

struct add_in {
    const char *share, *participant_id;
    int64_t share_queue_id;

    const char *name, *status, *queue_id, *user_id, *tag_ids, *priority, *q;
    const char *sla, *sort;
    int64_t channel_id;
    bool unread, has_unread, snoozed, has_snoozed;
};
#define A struct add_in
static const struct field add_in[] = {
    TEXT(A, name, .required = true, .min = 1, .max = TICKET_VIEW_NAME_MAX,
         .doc = "Nome, único para a pessoa"),
    SHARES(A),
    ENUM(A, status, .one_of = TICKET_STATUSES, .doc = "Estado"),
    TEXT(A, queue_id, .max = 20, .doc = "Fila, ou none"),
    TEXT(A, user_id, .max = 20, .doc = "Quem atende: número, me ou none"),
    TEXT(A, tag_ids, .max = 200,
         .doc = "Etiquetas, separadas por vírgula: todas elas"),
    INT(A, channel_id, .min = 1, .doc = "Canal"),
    ENUM(A, priority, .one_of = TICKET_PRIORITIES_ASKED, .doc = "Prioridade"),
    TEXT(A, q, .min = 2, .max = 100, .doc = "Contato, assunto ou protocolo"),
    BOOL_IF_SENT(A, unread, .doc = "Com não lidas, ou sem"),
    BOOL_IF_SENT(A, snoozed, .doc = "Adiados, ou não"),
    ENUM(A, sla, .one_of = TICKET_SLA_WORDS " none",
         .doc = "Prazo que corre: no prazo, perto, vencido, ou nenhum"),
    TEXT(A, participant_id, .max = 20, .doc = "Quem participa: número ou me"),
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
        .participant_id = in->participant_id,
        .sort = in->sort,
    };
    const struct ticket_view_change new = {
        .name = in->name,
        .share = in->share,
        .queue_id = in->share_queue_id,
    };
    struct q_ticket_view_row row;
    enum err e;

    if (in->channel_id != 0)
        f.channel_id = arena_printf(r->ctx.arena, "%" PRId64, in->channel_id);
    e = ticket_view_add(&r->ctx, &new, &f, &row);
    return e != OK ? e : reply(r, &row);
}

struct change_in {
    int64_t id, version, share_queue_id, position;
    const char *name, *share;
    bool has_position;
};
#define C struct change_in
static const struct field change_in[] = {
    INT(C, id, .from = PATH, .min = 1, .doc = "Filtro"),
    INT(C, version, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    TEXT(C, name, .min = 1, .max = TICKET_VIEW_NAME_MAX, .doc = "Nome"),
    SHARES(C),
    INT_IF_SENT(C, position, .min = 0, .max = TICKET_VIEW_POSITION_MAX,
                .doc = "Ordem entre os da pessoa"),
    FIELDS_END
};
#undef C

static enum err
change(struct req *r, const void *input)
{
    const struct change_in *in = input;
    const struct ticket_view_change to = {
        .version = in->version,
        .name = in->name,
        .share = in->share,
        .queue_id = in->share_queue_id,
        .position = in->position,
        .has_position = in->has_position,
    };
    struct q_ticket_view_row row;
    enum err e = ticket_view_change(&r->ctx, in->id, &to, &row);

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
      .out = ticket_view_out, .out_list = true, .alias = "/api/v1/chats/views",
      .doc = "Os filtros da pessoa, em ordem, e os que lhe mostram" },
    { GET, "/api/v1/tickets/views/counts", counts, PERM_TICKETS_READ,
      .out = count_out, .out_list = true, .alias = "/api/v1/chats/views/counts",
      .doc = "Quantos atendimentos cada filtro guardado traz a quem pede" },
    { POST, "/api/v1/tickets/views", add, PERM_TICKETS_READ,
      IN(struct add_in, add_in), .out = ticket_view_out, .success = 201,
      .refuses = "409", .alias = "/api/v1/chats/views",
      .doc = "Guarda um filtro com um nome" },
    { PATCH, "/api/v1/tickets/views/{id}", change, PERM_TICKETS_READ,
      IN(struct change_in, change_in), .out = ticket_view_out,
      .refuses = "409", .alias = "/api/v1/chats/views/{id}",
      .doc = "Muda nome, ordem ou quem vê um filtro guardado" },
    { DELETE, "/api/v1/tickets/views/{id}", drop, PERM_TICKETS_READ,
      IN(struct id_in, id_in), .success = 204, .alias = "/api/v1/chats/views/{id}",
      .doc = "Esquece um filtro guardado" },
    ROUTES_END
};
/* clang-format on */
