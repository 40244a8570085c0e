/* desk/tags.c - rotas de /api/v1/tags: as etiquetas da empresa. */
#include "app/app.h"
#include "desk/tag.h"

#define SMALL_BODY 4096

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Etiqueta"), FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    struct q_tag_row *rows;
    int count;
    enum err e = q_tag_list(&r->ctx, &rows, &count);

    (void)input;
    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_tag_row row;
    enum err e =
        q_tag_get(&r->ctx, &(struct q_tag_get_in){ .id = in->id }, &row);

    return e != OK ? e : reply(r, &row);
}

struct save_in {
    int64_t id, version, position;
    const char *name, *color;
    bool board, has_position, has_board;
};
#define S struct save_in
/* clang-format off */
#define TAG_FIELDS(needed) \
    TEXT(S, name, .required = needed, .min = 1, .max = TAG_NAME_MAX, \
         .doc = "Nome, único na empresa"), \
    TEXT(S, color, .max = 20, .doc = "Cor, #rrggbb"), \
    INT_IF_SENT(S, position, .max = TAG_POSITION_MAX, \
                .doc = "Ordem na tela"), \
    BOOL_IF_SENT(S, board, .doc = "É uma etapa: coluna, para quem desenha um quadro"), \
    FIELDS_END
static const struct field new_in[] = { TAG_FIELDS(true) };
static const struct field patch_in[] = {
    INT(S, id, .from = PATH, .min = 1, .doc = "Etiqueta"),
    INT(S, version, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    TAG_FIELDS(false)
};
/* clang-format on */
#undef S

static struct tag_change
change_of(const struct save_in *in)
{
    return (struct tag_change){ .version = in->version,
                                .name = in->name,
                                .color = in->color,
                                .position = in->position,
                                .board = in->board,
                                .has_position = in->has_position,
                                .has_board = in->has_board };
}

static enum err
create(struct req *r, const void *input)
{
    const struct tag_change new = change_of(input);
    struct q_tag_row row;
    enum err e = tag_create(&r->ctx, &new, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
change(struct req *r, const void *input)
{
    const struct save_in *in = input;
    const struct tag_change to = change_of(in);
    struct q_tag_row row;
    enum err e = tag_change(&r->ctx, in->id, &to, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
drop(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = tag_delete(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
const struct route tags_routes[] = {
    { GET, "/api/v1/tags", list, PERM_TICKETS_READ, AUTH_EITHER,
      .out = tag_out, .out_list = true,
      .doc = "Etiquetas da empresa, na ordem da tela" },
    { POST, "/api/v1/tags", create, PERM_TAGS_WRITE, .max_body = SMALL_BODY,
      IN(struct save_in, new_in), .out = tag_out, .success = 201,
      .refuses = "409", .doc = "Cria uma etiqueta" },
    { GET, "/api/v1/tags/{id}", get, PERM_TICKETS_READ, AUTH_EITHER,
      IN(struct id_in, id_in), .out = tag_out, .doc = "Uma etiqueta" },
    { PATCH, "/api/v1/tags/{id}", change, PERM_TAGS_WRITE,
      .max_body = SMALL_BODY, IN(struct save_in, patch_in), .out = tag_out,
      .refuses = "409", .doc = "Muda uma etiqueta" },
    { DELETE, "/api/v1/tags/{id}", drop, PERM_TAGS_WRITE,
      IN(struct id_in, id_in), .success = 204,
      .doc = "Apaga uma etiqueta, de onde estiver" },
    ROUTES_END
};
/* clang-format on */
