/* template.c - ler os componentes de um modelo e as variáveis deles. */
#include "channel/template.h"

#include <string.h>
#include <strings.h>

#include "channel/json_read.h"

#define KEY_MAX 60

static bool
is(const char *a, const char *b)
{
    return a != NULL && strcasecmp(a, b) == 0;
}

static void
block(struct template_form *f, const char *why)
{
    if (f->blocked == NULL)
        f->blocked = why;
}

const char *
template_next_key(const char *p, const char **key, size_t *n,
                  const char **after)
{
    const char *open, *close;

    while ((open = strstr(p, "{{")) != NULL) {
        *key = open + 2;
        close = strstr(*key, "}}");
        if (close == NULL)
            return NULL;
        while (**key == ' ')
            (*key)++;
        *n = (size_t)(close - *key);
        while (*n > 0 && (*key)[*n - 1] == ' ')
            (*n)--;
        *after = close + 2;
        if (*n > 0 && *n <= KEY_MAX && memchr(*key, '{', *n) == NULL)
            return open;
        p = open + 2;
    }
    return NULL;
}

int
template_slot_find(const struct template_form *f, const char *part, int button,
                   const char *key, size_t n)
{
    int i;

    for (i = 0; i < f->slot_count; i++) {
        const struct template_slot *s = &f->slots[i];

        if (strcmp(s->part, part) == 0 && s->button == button &&
            strlen(s->key) == n && memcmp(s->key, key, n) == 0)
            return i;
    }
    return -1;
}

/* As variáveis de um texto; a repetida conta uma vez. */
static void
add_slots(struct arena *a, struct template_form *f, const char *part,
          int button, const char *text)
{
    const char *p = text, *key, *after;
    size_t n;

    while ((p = template_next_key(p, &key, &n, &after)) != NULL) {
        if (template_slot_find(f, part, button, key, n) < 0) {
            if (f->slot_count == TEMPLATE_SLOTS_MAX) {
                block(f, "unknown");
                return;
            }
            f->slots[f->slot_count++] = (struct template_slot){
                .part = part,
                .button = button,
                .key = arena_printf(a, "%.*s", (int)n, key),
            };
        }
        p = after;
    }
}

static int
by_number(const struct template_slot *x, const struct template_slot *y)
{
    int64_t i, j;

    if (!parse_int64(x->key, &i) || !parse_int64(y->key, &j))
        return 0;
    return (i > j) - (i < j);
}

/* Numeradas vão na ordem do número, onde quer que estejam no texto. */
static void
sort_slots(struct template_form *f, int from)
{
    int i, j;

    for (i = from + 1; i < f->slot_count; i++)
        for (j = i; j > from && by_number(&f->slots[j - 1], &f->slots[j]) > 0;
             j--) {
            struct template_slot t = f->slots[j];

            f->slots[j] = f->slots[j - 1];
            f->slots[j - 1] = t;
        }
}

/* O exemplo da i-ésima: [x], [[x]] ou [{param_name, example}]. */
static const char *
example_of(struct arena *a, struct json_object *component, const char *base,
           int i, const char *key)
{
    struct json_object *e = json_read_object(component, "example"), *list;
    size_t k, n;

    list = json_read_array(e, arena_printf(a, "%s_named_params", base));
    n = list != NULL ? json_object_array_length(list) : 0;
    for (k = 0; k < n; k++) {
        struct json_object *one = json_object_array_get_idx(list, k);

        if (is(json_read_text(a, one, "param_name"), key))
            return json_read_text(a, one, "example");
    }
    list = json_read_array(e, base);
    if (list != NULL && json_object_array_length(list) > 0 &&
        json_object_is_type(json_object_array_get_idx(list, 0),
                            json_type_array))
        list = json_object_array_get_idx(list, 0);
    e = list != NULL && (size_t)i < json_object_array_length(list)
            ? json_object_array_get_idx(list, (size_t)i)
            : NULL;
    return json_object_is_type(e, json_type_string)
               ? arena_strdup(a, json_object_get_string(e))
               : NULL;
}

static void
read_text_part(struct arena *a, struct template_form *f, const char *part,
               struct json_object *component, const char *text)
{
    bool header = strcmp(part, "header") == 0;
    int from = f->slot_count, i;

    add_slots(a, f, part, 0, text);
    sort_slots(f, from);
    for (i = from; i < f->slot_count; i++)
        f->slots[i].example =
            example_of(a, component, header ? "header_text" : "body_text",
                       i - from, f->slots[i].key);
}

static void
read_header(struct arena *a, struct template_form *f, struct json_object *o)
{
    const char *format = json_read_text(a, o, "format");

    if (is(format, "LOCATION")) {
        block(f, "location");
        return;
    }
    if (format != NULL && !is(format, "TEXT")) {
        block(f, is(format, "IMAGE") || is(format, "VIDEO") ||
                         is(format, "DOCUMENT") || is(format, "GIF")
                     ? "media"
                     : "unknown");
        return;
    }
    f->header = json_read_text(a, o, "text");
    if (f->header != NULL)
        read_text_part(a, f, "header", o, f->header);
}

/* O exemplo é o endereço inteiro; o que se digita é só o que falta nele. */
static const char *
url_example(struct arena *a, const char *url, const char *example)
{
    size_t n = (size_t)(strstr(url, "{{") - url);

    return arena_strdup(a,
                        strncmp(example, url, n) == 0 ? example + n : example);
}

static void
read_button(struct arena *a, struct template_form *f, struct json_object *o)
{
    const char *type = json_read_text(a, o, "type"), *example;
    int i = f->button_count, from = f->slot_count;
    struct json_object *list;

    if (i == TEMPLATE_BUTTONS_MAX) {
        block(f, "buttons");
        return;
    }
    f->buttons[f->button_count++] =
        (struct template_button){ .text = json_read_text(a, o, "text"),
                                  .url = json_read_text(a, o, "url") };
    if (is(type, "URL") && f->buttons[i].url != NULL) {
        add_slots(a, f, "button", i, f->buttons[i].url);
        list = json_read_array(o, "example");
        example =
            list != NULL && json_object_array_length(list) > 0
                ? json_object_get_string(json_object_array_get_idx(list, 0))
                : NULL;
        if (f->slot_count == from + 1 && example != NULL)
            f->slots[from].example = url_example(a, f->buttons[i].url, example);
    } else if (!is(type, "QUICK_REPLY") && !is(type, "PHONE_NUMBER")) {
        block(f, "buttons");
    }
}

static void
read_component(struct arena *a, struct template_form *f, struct json_object *o)
{
    const char *type = json_read_text(a, o, "type");
    struct json_object *buttons;
    size_t i;

    if (is(type, "HEADER")) {
        read_header(a, f, o);
    } else if (is(type, "BODY")) {
        f->body = json_read_text(a, o, "text");
        if (f->body != NULL)
            read_text_part(a, f, "body", o, f->body);
    } else if (is(type, "FOOTER")) {
        f->footer = json_read_text(a, o, "text");
    } else if (is(type, "BUTTONS")) {
        buttons = json_read_array(o, "buttons");
        for (i = 0; buttons != NULL && i < json_object_array_length(buttons);
             i++)
            read_button(a, f, json_object_array_get_idx(buttons, i));
    } else {
        block(f, is(type, "CAROUSEL")             ? "carousel"
                 : is(type, "LIMITED_TIME_OFFER") ? "offer"
                                                  : "unknown");
    }
}

void
template_read(struct arena *a, struct json_object *components,
              const char *category, struct template_form *out)
{
    static const char *const order[] = { "HEADER", "BODY", NULL };
    size_t i, n = json_object_is_type(components, json_type_array)
                      ? json_object_array_length(components)
                      : 0;
    int pass;

    memset(out, 0, sizeof *out);
    if (is(category, "AUTHENTICATION"))
        block(out, "authentication");
    /* as variáveis na ordem em que se mandam, venha a lista como vier */
    for (pass = 0; pass < 3; pass++)
        for (i = 0; i < n; i++) {
            struct json_object *o = json_object_array_get_idx(components, i);
            const char *type = json_read_text(a, o, "type");
            bool first = is(type, "HEADER"), second = is(type, "BODY");

            if (order[pass] != NULL ? is(type, order[pass]) : !first && !second)
                read_component(a, out, o);
        }
    if (out->body == NULL) {
        out->body = "";
        block(out, "unknown");
    }
}

const char *
template_variables(struct arena *a, const struct template_form *f)
{
    struct str s;
    int i;

    str_init(&s, a, 128);
    str_putc(&s, '[');
    for (i = 0; i < f->slot_count; i++) {
        const struct template_slot *v = &f->slots[i];

        str_printf(&s, "%s{\"part\":\"%s\",\"key\":", i > 0 ? "," : "",
                   v->part);
        str_json(&s, v->key);
        if (strcmp(v->part, "button") == 0)
            str_printf(&s, ",\"button\":%d", v->button);
        str_puts(&s, ",\"example\":");
        if (v->example != NULL)
            str_json(&s, v->example);
        else
            str_puts(&s, "null");
        str_putc(&s, '}');
    }
    str_putc(&s, ']');
    return s.data;
}
