/*
 * desk/scheduled.c - rotas de /api/v1/scheduled: todas as mensagens agendadas
 * que a pessoa vê. Agendar é de /api/v1/tickets/{id}/scheduled.
 */
#include "app/app.h"
#include "app/schedule_list.h"
#include "desk/schedule.h"

struct list_in {
    const char *status, *cursor;
    int64_t limit;
};
static const struct field list_in[] = {
    ENUM(struct list_in, status, .from = QUERY,
         .one_of = "pending sent failed cancelled",
         .doc = "Estado; sem ele, as que esperam"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 80,
         .doc = "nextCursor da página anterior"),
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 50, .doc = "Quantas por página"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct schedule_page page = {
        .status = in->status != NULL ? in->status : "pending",
        .cursor = in->cursor,
        .limit = in->limit,
    };
    enum err e = schedule_list(r, &page);

    return e != OK ? e
                   : reply_list(r, page.rows, sizeof *page.rows, page.count,
                                page.next);
}

struct id_in {
    int64_t id;
};
static const struct field id_in[] = { INT(struct id_in, id, .from = PATH,
                                          .min = 1, .doc = "Agendamento"),
                                      FIELDS_END };

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_schedule_row row;
    enum err e = q_schedule_get(
        &r->ctx, &(struct q_schedule_get_in){ .id = in->id }, &row);

    return e != OK ? e : reply(r, &row);
}

struct edit_in {
    int64_t id, version;
    const char *body, *due_at, *repeat;
};
static const struct field edit_in[] = {
    INT(struct edit_in, id, .from = PATH, .min = 1, .doc = "Agendamento"),
    INT(struct edit_in, version, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    TEXT(struct edit_in, body, .min = 1, .max = SCHEDULE_BODY_MAX,
         .lines = true, .doc = "Texto ao cliente"),
    TEXT(struct edit_in, due_at, .max = 40,
         .doc = "Quando sai: instante ISO 8601 futuro, até um ano"),
    ENUM(struct edit_in, repeat, .one_of = SCHEDULE_REPEATS,
         .doc = "Repetição"),
    FIELDS_END
};

static enum err
edit(struct req *r, const void *input)
{
    const struct edit_in *in = input;
    struct q_schedule_row row;
    enum err e =
        schedule_edit(&r->ctx, in->id,
                      &(struct schedule_change){ .version = in->version,
                                                 .body = in->body,
                                                 .due = in->due_at,
                                                 .repeats = in->repeat },
                      &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
cancel(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_schedule_row row;
    enum err e = schedule_cancel(&r->ctx, in->id, &row);

    return e != OK ? e : reply(r, &row);
}

/* clang-format off */
const struct route scheduled_routes[] = {
    { GET, "/api/v1/scheduled", list, PERM_TICKETS_READ, AUTH_EITHER,
      IN(struct list_in, list_in), .out = schedule_out, .out_list = true,
      .doc = "Mensagens agendadas: as que esperam, da mais próxima; as outras, da mais nova" },
    { GET, "/api/v1/scheduled/{id}", get, PERM_TICKETS_READ, AUTH_EITHER,
      IN(struct id_in, id_in), .out = schedule_out,
      .doc = "Uma mensagem agendada" },
    { PATCH, "/api/v1/scheduled/{id}", edit, PERM_TICKETS_WRITE, AUTH_EITHER,
      IN(struct edit_in, edit_in), .out = schedule_out, .refuses = "409",
      .doc = "Muda texto, hora ou repetição; a que falhou volta a esperar" },
    { DELETE, "/api/v1/scheduled/{id}", cancel, PERM_TICKETS_WRITE,
      AUTH_EITHER, IN(struct id_in, id_in), .out = schedule_out,
      .refuses = "409", .doc = "Cancela" },
    ROUTES_END
};
/* clang-format on */
