/* custom.c - a conferência dos valores dos campos próprios. */
#include "desk/custom.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/email.h"
#include "base/i18n.h"
#include "desk/phone.h"

#define K struct q_custom_field_row
#define TARGETS "contact ticket"
#define KINDS "text number date boolean select url email phone"

const struct field custom_field_out[] = {
    INT(K, id, .doc = "Campo"),
    ENUM(K, target, .one_of = TARGETS, .doc = "De quem"),
    TEXT(K, key, .doc = "Chave no objeto custom"),
    TEXT(K, label, .doc = "Nome mostrado"),
    ENUM(K, kind, .one_of = KINDS, .doc = "Espécie do valor"),
    JSON(K, options, .doc = "As opções de select",
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"),
    BOOL(K, required, .doc = "Obrigatório"),
    INT(K, position, .doc = "Ordem na tela"),
    INT(K, version, .doc = "Versão, para mudar sem atropelar"),
    TIME(K, created_at, .doc = "Criação"),
    FIELDS_END
};

struct check {
    struct ctx *c;
    struct json_object *sent, *saved, *result;
};

static void
drop(void *object)
{
    json_object_put(object);
}

static struct json_object *
parse(struct ctx *c, const char *json)
{
    struct json_object *o = json != NULL ? json_tokener_parse(json) : NULL;

    if (o != NULL)
        arena_defer(c->arena, drop, o);
    return o;
}

static struct json_object *
bad(struct check *k, const K *f, const char *rule, const char *detail)
{
    fail_field(k->c, arena_printf(k->c->arena, "custom.%s", f->key), rule, "%s",
               detail);
    return NULL;
}

static bool
is_date(const char *s)
{
    static const int days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };
    int y, m, d, leap;

    if (strlen(s) != 10 || s[4] != '-' || s[7] != '-' ||
        strspn(s, "0123456789-") != 10 ||
        sscanf(s, "%4d-%2d-%2d", &y, &m, &d) != 3)
        return false;
    leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return y > 0 && m >= 1 && m <= 12 && d >= 1 &&
           d <= days[m - 1] + (m == 2 && leap);
}

static bool
is_url(const char *s)
{
    size_t n = strncmp(s, "https://", 8) == 0  ? 8
               : strncmp(s, "http://", 7) == 0 ? 7
                                               : 0;

    return n > 0 && s[n] != '\0' && s[n] != '/' &&
           strpbrk(s, " \t\r\n<>\"") == NULL;
}

static bool
is_option(struct ctx *c, const K *f, const char *text)
{
    struct json_object *list = parse(c, f->options);
    size_t i;

    for (i = 0; list != NULL && i < json_object_array_length(list); i++)
        if (strcmp(json_object_get_string(json_object_array_get_idx(list, i)),
                   text) == 0)
            return true;
    return false;
}

static struct json_object *
number(struct check *k, const K *f, struct json_object *v)
{
    const char *text = json_object_get_string(v);
    char *end;
    double d;

    if (json_object_is_type(v, json_type_int) ||
        json_object_is_type(v, json_type_double))
        return json_object_get(v);
    d = strtod(text, &end);
    if (!json_object_is_type(v, json_type_string) ||
        text[strspn(text, "+-.0123456789")] != '\0' || *end != '\0' ||
        d > 1e15 || d < -1e15)
        return bad(k, f, "type", _("precisa ser um número"));
    return d == (double)(int64_t)d ? json_object_new_int64((int64_t)d)
                                   : json_object_new_double_s(d, text);
}

static struct json_object *
boolean(struct check *k, const K *f, struct json_object *v)
{
    const char *text = json_object_get_string(v);

    if (strcmp(text, "true") == 0)
        return json_object_new_boolean(true);
    if (strcmp(text, "false") == 0)
        return json_object_new_boolean(false);
    return bad(k, f, "type", _("precisa ser sim ou não"));
}

static struct json_object *
email(struct check *k, const K *f, const char *text)
{
    const char *out, *name = arena_printf(k->c->arena, "custom.%s", f->key);

    return email_check(k->c, name, text, &out) == OK
               ? json_object_new_string(out)
               : NULL;
}

static struct json_object *
words(struct check *k, const K *f, struct json_object *v)
{
    const char *text = json_object_get_string(v);
    char digits[PHONE_MAX + 1];

    if (!json_object_is_type(v, json_type_string))
        return bad(k, f, "type", _("precisa ser um texto"));
    if (utf8_length(text) > CUSTOM_TEXT_MAX)
        return bad(k, f, "max", _("passa de 1000 caracteres"));
    if (strcmp(f->kind, "date") == 0 && !is_date(text))
        return bad(k, f, "format", _("precisa ser uma data, AAAA-MM-DD"));
    if (strcmp(f->kind, "url") == 0 && !is_url(text))
        return bad(k, f, "format", _("precisa ser um endereço http(s)"));
    if (strcmp(f->kind, "select") == 0 && !is_option(k->c, f, text))
        return bad(k, f, "one_of", _("não é uma das opções"));
    if (strcmp(f->kind, "email") == 0)
        return email(k, f, text);
    if (strcmp(f->kind, "phone") == 0) {
        if (!phone_digits(text, digits))
            return bad(k, f, "format", _("não é um telefone"));
        return json_object_new_string(digits);
    }
    return json_object_new_string(text);
}

static bool
is_empty(struct json_object *v)
{
    return v == NULL || (json_object_is_type(v, json_type_string) &&
                         json_object_get_string_len(v) == 0);
}

static void
check_one(struct check *k, const K *f, bool is_new)
{
    struct json_object *v = NULL;
    bool came = json_object_object_get_ex(k->sent, f->key, &v);

    if (!came && json_object_object_get_ex(k->saved, f->key, &v)) {
        json_object_object_add(k->result, f->key, json_object_get(v));
        return;
    }
    if (is_empty(v)) {
        if (f->required && (came || is_new))
            bad(k, f, "required", _("é obrigatório"));
        return;
    }
    v = strcmp(f->kind, "number") == 0    ? number(k, f, v)
        : strcmp(f->kind, "boolean") == 0 ? boolean(k, f, v)
                                          : words(k, f, v);
    if (v != NULL)
        json_object_object_add(k->result, f->key, v);
}

static void
check_unknown(struct check *k, const K *rows, int count)
{
    if (k->sent == NULL)
        return;
    json_object_object_foreach (k->sent, key, v) {
        int i;

        (void)v;
        for (i = 0; i < count && strcmp(rows[i].key, key) != 0; i++)
            ;
        if (i == count)
            fail_field(k->c, arena_printf(k->c->arena, "custom.%.60s", key),
                       "unknown", "%s", _("não há este campo"));
    }
}

enum err
custom_check(struct ctx *c, const char *target, const char *json,
             const char *saved, const char **out)
{
    struct check k = { .c = c,
                       .sent = parse(c, json),
                       .saved = parse(c, saved),
                       .result = json_object_new_object() };
    struct field_error *before = c->fields;
    K *rows = NULL;
    int count = 0, i;
    enum err e;

    arena_defer(c->arena, drop, k.result);
    if (json != NULL && !json_object_is_type(k.sent, json_type_object))
        return fail_field(c, "custom", "type", _("precisa ser %s"),
                          _("um objeto"));
    e = q_custom_field_list(c, &(struct q_custom_field_list_in){ target },
                            &rows, &count);
    if (e != OK)
        return e;
    for (i = 0; i < count; i++)
        check_one(&k, &rows[i], saved == NULL);
    check_unknown(&k, rows, count);
    *out = arena_strdup(c->arena, json_object_to_json_string_ext(
                                      k.result, JSON_C_TO_STRING_PLAIN));
    return c->fields != before ? ERR_INVALID : OK;
}
