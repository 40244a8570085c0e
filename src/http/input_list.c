/* input_list.c - campos que são listas, como vetores do PostgreSQL. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "base/i18n.h"
#include "http/input_internal.h"

struct list {
    struct req *r;
    const struct field *f;
    const char *name;
    struct str out;
    int64_t count;
};

/* O item já está na lista? Ela é curta e só tem números ou palavras. */
static bool
is_there(const struct list *l, const char *item)
{
    size_t n = strlen(item);
    const char *p = l->out.data + 1;

    while ((p = strstr(p, item)) != NULL) {
        if (strchr("{,", p[-1]) != NULL && strchr(",", p[n]) != NULL)
            return true;
        p++;
    }
    return false;
}

static bool
put(struct list *l, const char *item)
{
    int64_t max = l->f->max > 0 ? l->f->max : FIELD_LIST_MAX;

    if (is_there(l, item))
        return true;
    if (++l->count > max) {
        fail_field(&l->r->ctx, l->name, "max",
                   _("pode ter no máximo %lld itens"), (long long)max);
        return false;
    }
    if (l->out.len > 1)
        str_putc(&l->out, ',');
    str_puts(&l->out, item);
    return true;
}

static bool
put_text(struct list *l, const char *text)
{
    int64_t number;

    if (l->f->kind == FIELD_WORDS) {
        if (words_have(l->f->one_of, text))
            return put(l, text);
        fail_field(&l->r->ctx, l->name, "one_of",
                   _("precisa ser um destes: %s"), l->f->one_of);
        return false;
    }
    if (parse_int64(text, &number) && number > 0)
        return put(l, arena_printf(l->r->ctx.arena, "%" PRId64, number));
    fail_field(&l->r->ctx, l->name, "type", _("precisa ser %s"),
               _("uma lista de números"));
    return false;
}

static bool
put_json(struct list *l, struct json_object *item)
{
    enum json_type wanted =
        l->f->kind == FIELD_INTS ? json_type_int : json_type_string;

    if (json_object_is_type(item, wanted))
        return put_text(l, json_object_get_string(item));
    fail_field(&l->r->ctx, l->name, "type", _("precisa ser %s"),
               l->f->kind == FIELD_INTS ? _("uma lista de números")
                                        : _("uma lista de textos"));
    return false;
}

static bool
read_array(struct list *l, struct json_object *array)
{
    size_t i;

    if (!json_object_is_type(array, json_type_array)) {
        fail_field(&l->r->ctx, l->name, "type", _("precisa ser %s"),
                   _("uma lista"));
        return false;
    }
    for (i = 0; i < json_object_array_length(array); i++)
        if (!put_json(l, json_object_array_get_idx(array, i)))
            return false;
    return true;
}

static bool
read_form(struct list *l)
{
    const char *name, *value;
    size_t at = 0;

    while (req_form_next(l->r, &at, &name, &value))
        if (strcmp(name, l->name) == 0 && value[0] != '\0' &&
            !put_text(l, value))
            return false;
    return true;
}

const char *
input_list(struct req *r, const struct field *f, const char *name,
           struct json_object *json)
{
    struct list l = { .r = r, .f = f, .name = name };

    str_init(&l.out, r->ctx.arena, 40);
    str_putc(&l.out, '{');
    if (!(json != NULL ? read_array(&l, json) : read_form(&l)))
        return NULL;
    str_putc(&l.out, '}');
    return l.out.data;
}
