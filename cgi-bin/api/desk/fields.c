/* desk/fields.c - rotas de /api/v1/fields: os campos próprios da empresa. */
#include "app/app.h"
#include "desk/custom.h"

#define SMALL_BODY 65536
#define TARGETS "contact ticket"
#define OPTIONS_SCHEMA \
    "{\"type\":\"array\",\"maxItems\":100,\"items\":{\"type\":\"string\"," \
    "\"minLength\":1,\"maxLength\":100}}"

struct list_in {
    const char *target;
};
static const struct field list_in[] = {
    ENUM(struct list_in, target, .from = QUERY, .one_of = TARGETS,
         .doc = "Só os de contatos ou só os de atendimentos"),
    FIELDS_END
};

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Campo"), FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_custom_field_row *rows;
    int count;
    enum err e = q_custom_field_list(
        &r->ctx,
        &(struct q_custom_field_list_in){
            .target = in->target != NULL ? in->target : "" },
        &rows, &count);

    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_custom_field_row row;
    enum err e = q_custom_field_get(
        &r->ctx, &(struct q_custom_field_get_in){ .id = in->id }, &row);

    return e != OK ? e : reply(r, &row);
}

struct field_in {
    int64_t id, version, position;
    bool required, has_required, has_position;
    const char *target, *kind, *key, *label, *options;
};
/* clang-format off */
#define CHANGEABLE(needed) \
    TEXT(struct field_in, label, .required = needed, .min = 1, .max = 80, \
         .doc = "Nome mostrado"), \
    JSON(struct field_in, options, .schema = OPTIONS_SCHEMA, \
         .doc = "As opções; só valem em select, que precisa de ao menos uma"), \
    BOOL_IF_SENT(struct field_in, required, .doc = "Obrigatório"), \
    INT_IF_SENT(struct field_in, position, .max = 100000, \
                .doc = "Ordem na tela; na criação, a última")
/* clang-format on */
static const struct field create_in[] = {
    ENUM(struct field_in, target, .required = true, .one_of = TARGETS,
         .doc = "De quem é o campo"),
    ENUM(struct field_in, kind, .required = true,
         .one_of = "text number date boolean select url email phone",
         .doc = "Espécie do valor; não muda mais"),
    TEXT(struct field_in, key, .max = 80,
         .doc = "Chave no objeto custom, que se reduz a a-z, 0-9 e _; na "
                "falta, sai do rótulo. Não muda mais"),
    CHANGEABLE(true), FIELDS_END
};
static const struct field patch_in[] = {
    INT(struct field_in, id, .from = PATH, .min = 1, .doc = "Campo"),
    INT(struct field_in, version, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    CHANGEABLE(false), FIELDS_END
};
static const struct field put_in[] = {
    INT(struct field_in, id, .from = PATH, .min = 1, .doc = "Campo"),
    INT(struct field_in, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    CHANGEABLE(true), FIELDS_END
};

static struct custom_change
change_of(const struct field_in *in)
{
    return (struct custom_change){ .version = in->version,
                                   .target = in->target,
                                   .kind = in->kind,
                                   .key = in->key,
                                   .label = in->label,
                                   .options = in->options,
                                   .required = in->required,
                                   .has_required = in->has_required,
                                   .position = in->position,
                                   .has_position = in->has_position };
}

static enum err
create(struct req *r, const void *input)
{
    struct custom_change new = change_of(input);
    struct q_custom_field_row row;
    enum err e = custom_field_create(&r->ctx, &new, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
change(struct req *r, const void *input)
{
    const struct field_in *in = input;
    struct custom_change to = change_of(in);
    struct q_custom_field_row row;
    enum err e = custom_field_change(&r->ctx, in->id, &to, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
drop(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = custom_field_delete(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
const struct route fields_routes[] = {
    { GET, "/api/v1/fields", list, PERM_CONTACTS_READ, .auth = AUTH_EITHER,
      IN(struct list_in, list_in), .out = custom_field_out, .out_list = true,
      .doc = "Os campos próprios de contatos e atendimentos" },
    { POST, "/api/v1/fields", create, PERM_FIELDS_WRITE,
      .max_body = SMALL_BODY, IN(struct field_in, create_in),
      .out = custom_field_out, .success = 201, .refuses = "409",
      .doc = "Cria um campo" },
    { GET, "/api/v1/fields/{id}", get, PERM_CONTACTS_READ,
      IN(struct id_in, id_in), .out = custom_field_out, .doc = "Um campo" },
    { PATCH, "/api/v1/fields/{id}", change, PERM_FIELDS_WRITE,
      .max_body = SMALL_BODY, IN(struct field_in, patch_in),
      .out = custom_field_out, .refuses = "409",
      .doc = "Muda rótulo, opções, ordem ou se é obrigatório" },
    { PUT, "/api/v1/fields/{id}", change, PERM_FIELDS_WRITE,
      .max_body = SMALL_BODY, IN(struct field_in, put_in),
      .out = custom_field_out, .refuses = "409", .doc = "Muda o campo inteiro" },
    { DELETE, "/api/v1/fields/{id}", drop, PERM_FIELDS_WRITE,
      IN(struct id_in, id_in), .success = 204,
      .doc = "Apaga o campo; os valores dele deixam de aparecer" },
    ROUTES_END
};
/* clang-format on */
