/* template_reply.c - do modelo e dos valores à mensagem gravada. */
#include "channel/template_reply.h"

#include <string.h>

#include "base/i18n.h"
#include "channel/json_read.h"
#include "desk/ticket.h"

#define CH struct q_channel_row
#define T struct q_template_row

static const char variables_schema[] =
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":["
    "\"part\",\"key\",\"example\"],\"properties\":{"
    "\"part\":{\"type\":\"string\",\"enum\":[\"header\",\"body\","
    "\"button\"]},\"key\":{\"type\":\"string\"},"
    "\"button\":{\"type\":\"integer\"},"
    "\"example\":{\"type\":[\"string\",\"null\"]}}}}";

const struct field channel_out[] = {
    INT(CH, id, .doc = "Canal"),
    TEXT(CH, name, .doc = "Nome"),
    ENUM(CH, platform, .one_of = "whatsapp_cloud evolution",
         .doc = "Plataforma"),
    TEXT(CH, display_phone, .doc = "Telefone; vazio: não se sabe"),
    TEXT(CH, waba_id, .doc = "Conta do WhatsApp Business; vazio: não se sabe"),
    TIME(CH, templates_at, .nullable = true,
         .doc = "Quando os modelos foram lidos; null: nunca"),
    TEXT(CH, templates_problem, .nullable = true,
         .doc = "Por que a última leitura deles não deu"),
    INT(CH, templates, .doc = "Quantos modelos tem"),
    FIELDS_END
};

const struct field template_out[] = {
    INT(T, id, .doc = "Modelo"),
    INT(T, channel_id, .doc = "Canal em que vale"),
    TEXT(T, name, .doc = "Nome, como a Meta o conhece"),
    TEXT(T, language, .doc = "Língua, ex. pt_BR"),
    TEXT(T, category, .doc = "MARKETING, UTILITY, AUTHENTICATION…"),
    TEXT(T, status, .doc = "APPROVED, PENDING, REJECTED, PAUSED…"),
    BOOL(T, sendable, .doc = "Aprovado, e dá para mandar daqui"),
    ENUM(T, blocked, .nullable = true,
         .one_of = "media location buttons carousel offer authentication "
                   "unknown",
         .doc = "O que ele pede e daqui não se manda"),
    TEXT(T, body, .doc = "O texto, com as variáveis"),
    JSON(T, components,
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}",
         .doc = "Cabeçalho, corpo, rodapé e botões, como a Meta os dá"),
    JSON(T, variables, .schema = variables_schema,
         .doc = "O que se preenche; os parameters vão nesta ordem"),
    INT(T, variable_count, .doc = "Quantas variáveis"),
    TIME(T, synced_at, .doc = "Quando foi lido da Meta"),
    FIELDS_END
};

void
template_row_read(struct arena *a, const T *row, struct template_form *out)
{
    struct slice text = { row->components, strlen(row->components) };

    template_read(a, json_read(a, text), row->category, out);
}

static const char *
blocked_words(const char *why)
{
    static const struct {
        const char *why, *words;
    } all[] = {
        { "media", N_("tem imagem, vídeo ou documento no cabeçalho") },
        { "location", N_("tem um lugar no cabeçalho") },
        { "buttons", N_("tem um botão que pede mais do que um texto") },
        { "carousel", N_("é um carrossel") },
        { "offer", N_("é uma oferta com prazo") },
        { "authentication", N_("é de código de acesso") },
    };
    size_t i;

    for (i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].why, why) == 0)
            return _(all[i].words);
    return _("tem uma parte que o Balcão não conhece");
}

const char *
template_refusal(struct arena *a, const T *row)
{
    if (strcmp(row->status, "APPROVED") != 0)
        return arena_printf(a, _("a Meta não o aprovou, ou o pausou (%s)"),
                            row->status);
    return row->blocked == NULL ? NULL
                                : arena_printf(a, _("daqui não se manda: %s"),
                                               blocked_words(row->blocked));
}

/* O nome existe em outra língua, ou não existe. */
static enum err
not_found(struct ctx *c, const struct template_reply *in, int64_t channel_id)
{
    struct q_template_name_known_row row;
    enum err e =
        q_template_name_known(c,
                              &(struct q_template_name_known_in){
                                  .channel_id = channel_id, .name = in->name },
                              &row);

    if (e != OK)
        return e;
    return row.known
               ? fail_field(c, "template.language", "unknown", "%s",
                            _("este modelo não existe nesta língua"))
               : fail_field(c, "template.name", "unknown", "%s",
                            _("não é um modelo deste canal; atualize a lista "
                              "se ele for novo"));
}

static enum err
find(struct ctx *c, const struct template_reply *in, T *row)
{
    struct q_ticket_row t;
    const char *why;
    bool found;
    enum err e =
        q_ticket_get(c, &(struct q_ticket_get_in){ .id = in->ticket_id }, &t);

    if (e == OK)
        e = q_template_find(
            c,
            &(struct q_template_find_in){ .channel_id = t.channel_id,
                                          .name = in->name,
                                          .language = in->language },
            row, &found);
    if (e != OK)
        return e;
    if (!found)
        return not_found(c, in, t.channel_id);
    why = template_refusal(c->arena, row);
    return why == NULL ? OK
                       : fail_field(c, "template.name",
                                    row->blocked != NULL &&
                                            strcmp(row->status, "APPROVED") == 0
                                        ? "blocked"
                                        : "status",
                                    "%s", why);
}

enum err
template_reply(struct ctx *c, const struct template_reply *in,
               struct q_message_row *out)
{
    struct template_form form;
    T row;
    enum err e = find(c, in, &row);

    if (e != OK)
        return e;
    template_row_read(c->arena, &row, &form);
    e = template_check(c, &form, "template.parameters", in->values, in->count);
    if (e != OK)
        return e;
    return ticket_reply(
        c,
        &(struct ticket_reply_in){
            .ticket_id = in->ticket_id,
            .body = template_text(c->arena, &form, in->values),
            .reply_to = in->reply_to,
            .seen_id = in->seen_id,
            .template = template_request(c->arena, &form, row.name,
                                         row.language, in->values) },
        out);
}

/* ---- da API ---- */

static enum err
read_name(struct ctx *c, struct json_object *o, const char *key,
          const char **out)
{
    *out = json_read_text(c->arena, o, key);
    if (*out != NULL)
        return OK;
    return fail_field(c, arena_printf(c->arena, "template.%s", key), "required",
                      "%s", _("é obrigatório"));
}

static enum err
read_values(struct ctx *c, struct json_object *o, struct template_reply *in)
{
    struct json_object *list = NULL;
    const char **values;
    size_t i, n;

    if (!json_object_object_get_ex(o, "parameters", &list) || list == NULL)
        return OK;
    n = json_object_is_type(list, json_type_array)
            ? json_object_array_length(list)
            : TEMPLATE_SLOTS_MAX + 1;
    if (n > TEMPLATE_SLOTS_MAX)
        return fail_field(c, "template.parameters", "type",
                          _("precisa ser uma lista de até %d textos"),
                          TEMPLATE_SLOTS_MAX);
    values = arena_alloc(c->arena, (n + 1) * sizeof *values);
    for (i = 0; i < n; i++) {
        struct json_object *one = json_object_array_get_idx(list, i);

        if (!json_object_is_type(one, json_type_string) ||
            strlen(json_object_get_string(one)) !=
                (size_t)json_object_get_string_len(one))
            return fail_field(
                c, arena_printf(c->arena, "template.parameters.%zu", i), "type",
                "%s", _("precisa ser um texto"));
        values[i] = arena_strdup(c->arena, json_object_get_string(one));
    }
    in->values = values;
    in->count = (int)n;
    return OK;
}

enum err
template_reply_json(struct ctx *c, const char *json,
                    const struct template_reply *in, struct q_message_row *out)
{
    struct template_reply full = *in;
    struct json_object *o =
        json_read(c->arena, (struct slice){ json, strlen(json) });
    enum err e;

    if (!json_object_is_type(o, json_type_object))
        return fail_field(c, "template", "type", "%s",
                          _("precisa ser um objeto"));
    e = read_name(c, o, "name", &full.name);
    if (e == OK)
        e = read_name(c, o, "language", &full.language);
    if (e == OK)
        e = read_values(c, o, &full);
    return e == OK ? template_reply(c, &full, out) : e;
}
