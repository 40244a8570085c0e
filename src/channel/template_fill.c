/* template_fill.c - conferir os valores, o texto e o pedido de um modelo. */
#include <string.h>

#include "base/i18n.h"
#include "channel/template.h"

/* ---- preencher ---- */

static const char *
filled(struct arena *a, const struct template_form *f,
       const struct template_slot *where, const char *text,
       const char *const *values)
{
    const char *p = text, *open, *key, *after;
    struct str s;
    size_t n;

    str_init(&s, a, strlen(text) + 128);
    while ((open = template_next_key(p, &key, &n, &after)) != NULL) {
        int i = template_slot_find(f, where->part, where->button, key, n);

        str_add(&s, p, (size_t)(open - p));
        if (i >= 0)
            str_puts(&s, values[i]);
        p = after;
    }
    str_puts(&s, p);
    return s.data;
}

const char *
template_text(struct arena *a, const struct template_form *f,
              const char *const *values)
{
    static const struct template_slot head = { .part = "header" },
                                      body = { .part = "body" };
    struct str s;

    str_init(&s, a, 512);
    if (f->header != NULL) {
        const char *text = filled(a, f, &head, f->header, values);
        /* asterisco dentro fecharia o negrito */
        const char *mark = strchr(text, '*') == NULL ? "*" : "";

        str_printf(&s, "%s%s%s\n", mark, text, mark);
    }
    str_puts(&s, filled(a, f, &body, f->body, values));
    if (f->footer != NULL)
        str_printf(&s, "\n%s", f->footer);
    return s.data;
}

/* ---- conferir ---- */

/* Meta: sem quebra de linha, tabulação ou mais de quatro espaços seguidos. */
static bool
fits_line(const char *text)
{
    return !text_has_controls(text) && strstr(text, "     ") == NULL;
}

static enum err
check_value(struct ctx *c, const struct template_slot *v, const char *field,
            const char *text)
{
    bool url = strcmp(v->part, "button") == 0;
    int most = url ? TEMPLATE_URL_MAX : TEMPLATE_VALUE_MAX;

    if (text[strspn(text, " \t\r\n")] == '\0')
        return fail_field(c, field, "required", "%s", _("preencha"));
    if (utf8_length(text) > (size_t)most)
        return fail_field(c, field, "max",
                          _("pode ter no máximo %d caracteres"), most);
    if (url && (text_has_controls(text) || strchr(text, ' ') != NULL))
        return fail_field(c, field, "format", "%s",
                          _("um endereço não tem espaços"));
    if (!fits_line(text))
        return fail_field(c, field, "format", "%s",
                          _("não pode ter quebra de linha, tabulação nem mais "
                            "de quatro espaços seguidos"));
    return OK;
}

static enum err
check_whole(struct ctx *c, const struct template_form *f, const char *field,
            const char *const *values)
{
    static const struct template_slot head = { .part = "header" },
                                      body = { .part = "body" };

    if (f->header != NULL && utf8_length(filled(c->arena, f, &head, f->header,
                                                values)) > TEMPLATE_HEADER_MAX)
        return fail_field(c, field, "max",
                          _("preenchido, o cabeçalho passa de %d caracteres"),
                          TEMPLATE_HEADER_MAX);
    if (utf8_length(filled(c->arena, f, &body, f->body, values)) >
        TEMPLATE_BODY_MAX)
        return fail_field(c, field, "max",
                          _("preenchido, o texto passa de %d caracteres"),
                          TEMPLATE_BODY_MAX);
    return OK;
}

enum err
template_check(struct ctx *c, const struct template_form *f, const char *field,
               const char *const *values, int count)
{
    enum err e = OK;
    int i;

    if (count != f->slot_count)
        return fail_field(c, field, "count",
                          _("valores que o modelo pede: %d; vieram %d"),
                          f->slot_count, count);
    for (i = 0; i < count; i++) {
        enum err one =
            check_value(c, &f->slots[i],
                        arena_printf(c->arena, "%s.%d", field, i), values[i]);

        if (one != OK)
            e = one;
    }
    return e == OK ? check_whole(c, f, field, values) : e;
}

/* ---- o pedido ---- */

/* Os parâmetros de uma parte; abre e fecha o componente se houver algum. */
static void
add_component(struct str *s, const struct template_form *f, const char *part,
              int button, const char *const *values)
{
    bool open = false;
    int64_t number;
    int i;

    for (i = 0; i < f->slot_count; i++) {
        const struct template_slot *v = &f->slots[i];

        if (strcmp(v->part, part) != 0 || v->button != button)
            continue;
        if (open)
            str_putc(s, ',');
        else if (strcmp(part, "button") == 0)
            str_printf(s,
                       "%s{\"type\":\"button\",\"sub_type\":\"url\","
                       "\"index\":\"%d\",\"parameters\":[",
                       s->data[s->len - 1] == '}' ? "," : "", button);
        else
            str_printf(s, "%s{\"type\":\"%s\",\"parameters\":[",
                       s->data[s->len - 1] == '}' ? "," : "", part);
        open = true;
        str_puts(s, "{\"type\":\"text\"");
        if (strcmp(part, "button") != 0 && !parse_int64(v->key, &number)) {
            str_puts(s, ",\"parameter_name\":");
            str_json(s, v->key);
        }
        str_puts(s, ",\"text\":");
        str_json(s, values[i]);
        str_putc(s, '}');
    }
    if (open)
        str_puts(s, "]}");
}

const char *
template_request(struct arena *a, const struct template_form *f,
                 const char *name, const char *language,
                 const char *const *values)
{
    struct str s;
    int i;

    str_init(&s, a, 512);
    str_puts(&s, "{\"name\":");
    str_json(&s, name);
    str_puts(&s, ",\"language\":{\"code\":");
    str_json(&s, language);
    str_putc(&s, '}');
    if (f->slot_count > 0) {
        str_puts(&s, ",\"components\":[");
        add_component(&s, f, "header", 0, values);
        add_component(&s, f, "body", 0, values);
        for (i = 0; i < f->button_count; i++)
            add_component(&s, f, "button", i, values);
        str_putc(&s, ']');
    }
    str_putc(&s, '}');
    return s.data;
}
