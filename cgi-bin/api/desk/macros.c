/* desk/macros.c - rotas de /api/v1/macros: várias ações num clique. */
#include "app/app.h"
#include "desk/macro.h"

#define BODY 131072

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Macro"), FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    struct q_macro_row *rows;
    int count;
    enum err e = q_macro_list(&r->ctx, &rows, &count);

    (void)input;
    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_macro_row row;
    enum err e =
        q_macro_get(&r->ctx, &(struct q_macro_get_in){ .id = in->id }, &row);

    return e != OK ? e : reply(r, &row);
}

struct save_in {
    int64_t id, version, position;
    const char *name, *steps;
    bool shared, has_shared, has_position;
};
#define S struct save_in
/* clang-format off */
#define MACRO_FIELDS(needed) \
    TEXT(S, name, .required = needed, .min = 1, .max = MACRO_NAME_MAX, \
         .doc = "Nome"), \
    JSON(S, steps, .required = needed, .schema = MACRO_STEPS_SCHEMA, \
         .doc = "O que faz, em ordem, até 10: send {body}, reply {replyId}, " \
                "note {body}, tag e untag {tagIds}, assign {userId; sem ele, " \
                "quem clica}, queue {queueId}, priority {priority}, " \
                "snooze {until}, close {reason}"), \
    BOOL_IF_SENT(S, shared, .doc = "De todos: pede replies.shared"), \
    INT_IF_SENT(S, position, .max = MACRO_POSITION_MAX, \
                .doc = "Ordem; na criação, a última"), \
    FIELDS_END
static const struct field new_in[] = { MACRO_FIELDS(true) };
static const struct field patch_in[] = {
    INT(S, id, .from = PATH, .min = 1, .doc = "Macro"),
    INT(S, version, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    MACRO_FIELDS(false)
};
/* clang-format on */
#undef S

static struct macro_change
change_of(const struct save_in *in)
{
    return (struct macro_change){ .version = in->version,
                                  .name = in->name,
                                  .steps = in->steps,
                                  .position = in->position,
                                  .has_position = in->has_position,
                                  .shared = in->shared,
                                  .has_shared = in->has_shared };
}

static enum err
create(struct req *r, const void *input)
{
    const struct macro_change new = change_of(input);
    struct q_macro_row row;
    enum err e = macro_create(&r->ctx, &new, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
change(struct req *r, const void *input)
{
    const struct save_in *in = input;
    const struct macro_change to = change_of(in);
    struct q_macro_row row;
    enum err e = macro_change(&r->ctx, in->id, &to, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
drop(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = macro_delete(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
const struct route macros_routes[] = {
    { GET, "/api/v1/macros", list, PERM_TICKETS_READ, AUTH_EITHER,
      .one_query = true, .out = macro_out, .out_list = true,
      .doc = "Macros: as de todos e as da pessoa, em ordem" },
    { POST, "/api/v1/macros", create, PERM_TICKETS_WRITE, .max_body = BODY,
      IN(struct save_in, new_in), .out = macro_out, .success = 201,
      .refuses = "409", .doc = "Cria uma macro" },
    { GET, "/api/v1/macros/{id}", get, PERM_TICKETS_READ, AUTH_EITHER,
      .one_query = true, IN(struct id_in, id_in), .out = macro_out,
      .doc = "Uma macro" },
    { PATCH, "/api/v1/macros/{id}", change, PERM_TICKETS_WRITE,
      .max_body = BODY, IN(struct save_in, patch_in), .out = macro_out,
      .refuses = "409", .doc = "Muda uma macro" },
    { DELETE, "/api/v1/macros/{id}", drop, PERM_TICKETS_WRITE,
      IN(struct id_in, id_in), .success = 204, .doc = "Apaga uma macro" },
    ROUTES_END
};
/* clang-format on */
