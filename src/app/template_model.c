/* template_model.c - a lista de modelos e o formulário de um. */
#include "app/template_model.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>
#include <strings.h>

#include "app/form_page.h"
#include "app/page_model.h"
#include "base/i18n.h"
#include "channel/template_reply.h"

static bool
is(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

static const char *
category_text(const char *category)
{
    return is(category, "MARKETING")        ? _("Marketing")
           : is(category, "UTILITY")        ? _("Utilidade")
           : is(category, "AUTHENTICATION") ? _("Autenticação")
                                            : category;
}

struct json_object *
template_row_model(struct req *r, const struct q_template_row *row,
                   const char *href, int64_t pick)
{
    struct json_object *m = json_object_new_object();
    const char *refusal = template_refusal(r->ctx.arena, row);

    model_text(m, "name", row->name);
    model_text(m, "language", row->language);
    model_text(m, "category", category_text(row->category));
    model_text(m, "body", row->body);
    model_text(m, "refusal", refusal);
    model_text(m, "href", refusal == NULL ? href : NULL);
    model_bool(m, "chosen", row->id == pick);
    return m;
}

/* ---- preencher ---- */

static const char *
input_name(struct req *r, int i)
{
    return arena_printf(r->ctx.arena, "p%d", i + 1);
}

const char *const *
template_typed(struct req *r, const struct q_template_row *row, int *count)
{
    struct template_form form;
    const char **values;
    int i;

    template_row_read(r->ctx.arena, row, &form);
    *count = form.slot_count;
    values = arena_alloc(r->ctx.arena,
                         ((size_t)form.slot_count + 1) * sizeof *values);
    for (i = 0; i < form.slot_count; i++) {
        const char *typed = req_form(r, input_name(r, i));

        values[i] = typed != NULL ? typed : "";
    }
    return values;
}

/* O que vem antes do primeiro espaço. */
static const char *
first_name(struct req *r, const char *contact)
{
    return arena_printf(r->ctx.arena, "%.*s", (int)strcspn(contact, " "),
                        contact);
}

static bool
asks_name(const char *key)
{
    static const char *const all[] = { "nome",          "name",
                                       "first_name",    "firstname",
                                       "primeiro_nome", "customer_name",
                                       "nome_cliente",  "cliente" };
    size_t i;

    for (i = 0; i < sizeof all / sizeof *all; i++)
        if (is(key, all[i]))
            return true;
    return false;
}

/* O digitado; na primeira vez, o nome onde o modelo diz que é ele. */
static const char *
value_of(struct req *r, const struct template_slot *slot, int i,
         const char *name)
{
    const char *typed = req_form(r, input_name(r, i));

    if (r->refusal.error != OK)
        return typed != NULL ? typed : "";
    return asks_name(slot->key) ? name : "";
}

static const char *
label_of(struct req *r, const struct template_form *f,
         const struct template_slot *slot)
{
    const char *hole = arena_printf(r->ctx.arena, "{{%s}}", slot->key);
    const char *text;

    if (strcmp(slot->part, "header") == 0)
        return arena_printf(r->ctx.arena, _("Cabeçalho, %s"), hole);
    if (strcmp(slot->part, "body") == 0)
        return arena_printf(r->ctx.arena, _("Texto, %s"), hole);
    text = f->buttons[slot->button].text;
    return arena_printf(r->ctx.arena, _("Endereço do botão “%s”"),
                        text != NULL ? text : hole);
}

static struct json_object *
field_model(struct req *r, const struct template_form *f, int i,
            const char *name)
{
    struct json_object *m = json_object_new_object();
    const struct template_slot *slot = &f->slots[i];
    const char *input = input_name(r, i);
    bool url = strcmp(slot->part, "button") == 0;

    model_text(m, "fieldName", input);
    model_text(m, "label", label_of(r, f, slot));
    model_text(m, "value", value_of(r, slot, i, name));
    model_text(m, "example", slot->example);
    model_int(m, "most", url ? TEMPLATE_URL_MAX : TEMPLATE_VALUE_MAX);
    model_bool(m, "offers", !url);
    model_text(
        m, "fieldError",
        form_error(r, input,
                   arena_printf(r->ctx.arena, "template.parameters.%d", i)));
    return m;
}

/* Um texto em pedaços: o fixo, e cada variável com o que nela se pôs. */
static struct json_object *
pieces(struct req *r, const struct template_form *f,
       const struct template_slot *where, const char *text, const char *name)
{
    struct json_object *list = json_object_new_array(), *m;
    const char *p = text, *open, *key, *after;
    size_t n;

    while ((open = template_next_key(p, &key, &n, &after)) != NULL) {
        int i = template_slot_find(f, where->part, where->button, key, n);
        const char *hole = arena_printf(r->ctx.arena, "{{%.*s}}", (int)n, key);
        const char *value = i >= 0 ? value_of(r, &f->slots[i], i, name) : "";

        m = json_object_new_object();
        model_text(m, "fixed",
                   arena_printf(r->ctx.arena, "%.*s", (int)(open - p), p));
        model_text(m, "slot", i >= 0 ? input_name(r, i) : NULL);
        model_text(m, "hole", hole);
        model_text(m, "shown", value[0] != '\0' ? value : hole);
        model_bool(m, "isHole", value[0] == '\0');
        json_object_array_add(list, m);
        p = after;
    }
    m = json_object_new_object();
    model_text(m, "fixed", p);
    model_text(m, "slot", NULL);
    json_object_array_add(list, m);
    return list;
}

static void
add_preview(struct req *r, struct json_object *m, const struct template_form *f,
            const char *name)
{
    static const struct template_slot head = { .part = "header" },
                                      body = { .part = "body" };
    struct json_object *buttons = json_object_new_array();
    int i;

    json_object_object_add(
        m, "header",
        f->header == NULL ? NULL : pieces(r, f, &head, f->header, name));
    model_bool(m, "hasHeader", f->header != NULL);
    json_object_object_add(m, "body", pieces(r, f, &body, f->body, name));
    model_text(m, "footer", f->footer);
    for (i = 0; i < f->button_count; i++) {
        struct json_object *one = json_object_new_object();
        struct template_slot where = { .part = "button", .button = i };

        model_text(one, "label", f->buttons[i].text);
        model_bool(one, "hasUrl", f->buttons[i].url != NULL);
        json_object_object_add(
            one, "url",
            f->buttons[i].url == NULL
                ? NULL
                : pieces(r, f, &where, f->buttons[i].url, name));
        json_object_array_add(buttons, one);
    }
    model_bool(m, "hasButtons", f->button_count > 0);
    json_object_object_add(m, "buttons", buttons);
}

/* O que se recusou no modelo inteiro, e não num valor. */
static const char *
whole_error(const struct req *r)
{
    const char *why = form_error(r, "templateId", "template.name");

    return why != NULL
               ? why
               : form_error(r, "template.language", "template.parameters");
}

struct json_object *
template_form_model(struct req *r, const struct q_template_row *row,
                    const char *contact)
{
    struct json_object *m = json_object_new_object();
    struct json_object *fields = json_object_new_array(), *offers;
    const char *name = first_name(r, contact);
    struct template_form form;
    int i;

    template_row_read(r->ctx.arena, row, &form);
    model_int(m, "id", row->id);
    model_text(m, "name", row->name);
    model_text(m, "language", row->language);
    model_text(m, "category", category_text(row->category));
    model_text(m, "refused", whole_error(r));
    for (i = 0; i < form.slot_count; i++)
        json_object_array_add(fields, field_model(r, &form, i, name));
    json_object_object_add(m, "fields", fields);
    model_bool(m, "hasFields", form.slot_count > 0);
    offers = json_object_new_array();
    json_object_array_add(offers, json_object_new_string(name));
    if (strcmp(name, contact) != 0)
        json_object_array_add(offers, json_object_new_string(contact));
    json_object_object_add(m, "offers", offers);
    add_preview(r, m, &form, name);
    return m;
}
