/* custom_field.c - as definições dos campos próprios: criar, mudar, apagar. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "base/i18n.h"
#include "db/db.h"
#include "desk/custom.h"

#define OPTION_MAX 100

/* "a\"b" num vetor do PostgreSQL. */
static void
put_item(struct str *s, const char *text)
{
    const char *p;

    str_putc(s, s->len == 0 ? '{' : ',');
    str_putc(s, '"');
    for (p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            str_putc(s, '\\');
        str_putc(s, *p);
    }
    str_putc(s, '"');
}

static enum err
bad_options(struct ctx *c, const char *rule, const char *detail)
{
    return fail_field(c, "options", rule, "%s", detail);
}

static enum err
read_option(struct ctx *c, struct json_object *item, struct str *out)
{
    const char *text = json_object_get_string(item);

    if (!json_object_is_type(item, json_type_string) || text[0] == '\0' ||
        utf8_length(text) > OPTION_MAX)
        return bad_options(c, "type",
                           _("cada opção é um texto de 1 a 100 caracteres"));
    put_item(out, text);
    return OK;
}

/* Vetor JSON de textos -> vetor do PostgreSQL; vazio se não é select. */
static enum err
read_options(struct ctx *c, const char *kind, const char *json,
             const char **array)
{
    struct json_object *list;
    struct str s;
    size_t i, n;
    enum err e = OK;

    *array = "{}";
    if (strcmp(kind, "select") != 0)
        return OK;
    list = json != NULL ? json_tokener_parse(json) : NULL;
    n = json_object_is_type(list, json_type_array)
            ? json_object_array_length(list)
            : 0;
    str_init(&s, c->arena, 128);
    if (n == 0 || n > CUSTOM_OPTIONS_MAX)
        e = bad_options(c, n == 0 ? "required" : "max",
                        _("uma lista tem de 1 a 100 opções"));
    for (i = 0; e == OK && i < n; i++)
        e = read_option(c, json_object_array_get_idx(list, i), &s);
    json_object_put(list);
    str_putc(&s, '}');
    *array = s.data;
    return e;
}

static enum err
taken(struct ctx *c, const char *key)
{
    fail_field(c, "key", "taken", _("já há um campo com a chave %s"), key);
    return fail(c, ERR_CONFLICT, _("já há um campo com a chave %s"), key);
}

enum err
custom_field_create(struct ctx *c, const struct custom_change *new,
                    struct q_custom_field_row *out)
{
    struct q_custom_field_place_row at;
    const char *options;
    bool added;
    enum err e;

    e = q_custom_field_place(c,
                             &(struct q_custom_field_place_in){
                                 .target = new->target,
                                 .key = new->key != NULL &&new->key[0] != '\0'
                                            ? new->key
                                            : new->label },
                             &at);
    if (e == OK)
        e = read_options(c, new->kind, new->options, &options);
    if (e != OK)
        return e;
    if (at.key[0] == '\0')
        return fail_field(c, "key", "format", "%s",
                          _("a chave precisa de uma letra de a a z"));
    if (at.has_taken)
        return taken(c, at.key);
    if (at.count >= CUSTOM_FIELDS_MAX)
        return fail(c, ERR_LIMIT_REACHED, "%s",
                    _("são 60 campos próprios, no máximo"));
    e = q_custom_field_add(
        c,
        &(struct q_custom_field_add_in){
            .target = new->target,
            .key = at.key,
            .label = new->label,
            .kind = new->kind,
            .options = options,
            .required = new->required,
            .position = new->has_position ? new->position : at.next_position },
        out, &added);
    return e == OK && !added ? taken(c, at.key) : e;
}

enum err
custom_field_change(struct ctx *c, int64_t id, const struct custom_change *to,
                    struct q_custom_field_row *out)
{
    struct q_custom_field_row was;
    const char *options;
    bool changed;
    enum err e =
        q_custom_field_get(c, &(struct q_custom_field_get_in){ id }, &was);

    if (e == OK)
        e = read_options(c, was.kind,
                         to->options != NULL ? to->options : was.options,
                         &options);
    if (e != OK)
        return e;
    e = q_custom_field_set(
        c,
        &(struct q_custom_field_set_in){
            .id = id,
            .version = to->version != 0 ? to->version : was.version,
            .label = to->label != NULL ? to->label : was.label,
            .options = options,
            .required = to->has_required ? to->required : was.required,
            .position = to->has_position ? to->position : was.position },
        out, &changed);
    if (e == OK && !changed)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), was.version);
    return e;
}

enum err
custom_field_delete(struct ctx *c, int64_t id)
{
    int64_t gone;
    enum err e = q_custom_field_delete(
        c, &(struct q_custom_field_delete_in){ id }, &gone);

    return e == OK && gone == 0 ? db_not_found(c) : e;
}

enum err
custom_field_move(struct ctx *c, int64_t id, bool up)
{
    struct q_custom_field_row f;
    int64_t changed;
    enum err e =
        q_custom_field_get(c, &(struct q_custom_field_get_in){ id }, &f);

    return e != OK
               ? e
               : q_custom_field_move(
                     c, &(struct q_custom_field_move_in){ .id = id, .up = up },
                     &changed);
}
