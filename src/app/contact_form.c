/* contact_form.c - o formulário de um contato: mostrar e ler. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/contact_pages.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "desk/custom.h"
#include "desk/document.h"

#define F struct q_custom_field_row

/* ---- mostrar ---- */

/* Os que não são o principal, um por linha. */
static const char *
others_text(struct req *r, const char *json, const char *main, bool is_phone)
{
    struct json_object *list = json_tokener_parse(json);
    struct str s;
    size_t i, n = json_object_is_type(list, json_type_array)
                      ? json_object_array_length(list)
                      : 0;

    str_init(&s, r->ctx.arena, 64);
    str_puts(&s, "");
    for (i = 0; i < n; i++) {
        const char *text =
            json_object_get_string(json_object_array_get_idx(list, i));

        if (main != NULL && strcmp(text, main) == 0)
            continue;
        str_printf(&s, "%s\n",
                   is_phone ? inbox_phone(r->ctx.arena, text) : text);
    }
    json_object_put(list);
    return s.data;
}

static const char *
error_of(const struct req *r, const char *name)
{
    return form_error(r, name, name);
}

/* O digitado vence o gravado, sempre como texto. */
static const char *
value_of(struct req *r, const char *name, struct json_object *saved,
         const char *key)
{
    struct json_object *v = NULL;
    const char *typed = r->refusal.error != OK ? req_form(r, name) : NULL;

    if (typed != NULL)
        return typed;
    json_object_object_get_ex(saved, key, &v);
    return v != NULL ? json_object_get_string(v) : "";
}

static void
add_choice(struct json_object *list, const char *value, const char *label,
           const char *now)
{
    struct json_object *one = json_object_new_object();

    model_text(one, "value", value);
    model_text(one, "label", label);
    model_bool(one, "marked", strcmp(value, now) == 0);
    json_object_array_add(list, one);
}

static void
add_choices(struct json_object *m, const F *f, const char *now)
{
    struct json_object *list = json_object_new_array();
    struct json_object *options = json_tokener_parse(f->options);
    size_t i, n = json_object_is_type(options, json_type_array)
                      ? json_object_array_length(options)
                      : 0;

    if (strcmp(f->kind, "boolean") == 0) {
        add_choice(list, "true", _("Sim"), now);
        add_choice(list, "false", _("Não"), now);
    }
    for (i = 0; i < n; i++) {
        const char *text =
            json_object_get_string(json_object_array_get_idx(options, i));

        add_choice(list, text, text, now);
    }
    json_object_put(options);
    json_object_object_add(m, "choices", list);
}

/* O campo HTML de cada espécie; o número aceita o que o domínio aceita. */
static const char *
input_type(const char *kind)
{
    return strcmp(kind, "date") == 0    ? "date"
           : strcmp(kind, "url") == 0   ? "url"
           : strcmp(kind, "email") == 0 ? "email"
           : strcmp(kind, "phone") == 0 ? "tel"
                                        : "text";
}

static struct json_object *
field_model(struct req *r, const F *f, struct json_object *saved)
{
    struct json_object *m = json_object_new_object();
    const char *name = arena_printf(r->ctx.arena, "custom.%s", f->key);
    const char *now = value_of(r, name, saved, f->key);
    bool choose =
        strcmp(f->kind, "select") == 0 || strcmp(f->kind, "boolean") == 0;

    model_text(m, "fieldId", arena_printf(r->ctx.arena, "custom-%s", f->key));
    model_text(m, "fieldName", name);
    model_text(m, "label", f->label);
    model_text(m, "value", now);
    model_text(m, "type", input_type(f->kind));
    model_bool(m, "isNumber", strcmp(f->kind, "number") == 0);
    model_bool(m, "choose", choose);
    model_bool(m, "needed", f->required);
    model_text(m, "error", error_of(r, name));
    add_choices(m, f, now);
    return m;
}

static enum err
add_fields(struct req *r, struct json_object *m, const char *custom)
{
    struct json_object *list = json_object_new_array();
    struct json_object *saved = json_tokener_parse(custom);
    F *rows;
    int count, i;
    enum err e = q_custom_field_list(
        &r->ctx, &(struct q_custom_field_list_in){ .target = "contact" }, &rows,
        &count);

    json_object_object_add(m, "fields", list);
    for (i = 0; e == OK && i < count; i++)
        json_object_array_add(list, field_model(r, &rows[i], saved));
    json_object_put(saved);
    model_bool(m, "hasFields", e == OK && count > 0);
    return e;
}

static enum err
show(struct req *r, struct json_object *m, const struct q_contact_row *k)
{
    struct json_object *form = json_object_new_object();
    struct arena *a = r->ctx.arena;
    bool is_new = k->id == 0;
    enum err e;

    model_text(form, "name", k->name);
    model_text(form, "phone", k->phone != NULL ? inbox_phone(a, k->phone) : "");
    model_text(form, "email", k->email != NULL ? k->email : "");
    model_text(form, "document",
               k->document != NULL ? document_shown(a, k->document) : "");
    model_text(form, "phonesText", others_text(r, k->phones, k->phone, true));
    model_text(form, "emailsText", others_text(r, k->emails, k->email, false));
    if (!is_new)
        model_int(form, "version", k->version);
    form_model(r, m, form);
    model_text(m, "phonesError", form_error(r, "phonesText", "phones"));
    model_text(m, "emailsError", form_error(r, "emailsText", "emails"));
    model_text(m, "back",
               is_new ? CONTACTS
                      : arena_printf(a, CONTACTS "/%" PRId64, k->id));
    e = add_fields(r, m, k->custom);
    if (e == OK)
        e = contact_add_tags(r, m, k->tag_ids);
    return e != OK ? e : page_reply(r, 200, "contacts/form", m);
}

enum err
contact_form_page(struct req *r, int64_t id)
{
    struct q_contact_row k = { .name = "",
                               .phones = "[]",
                               .emails = "[]",
                               .custom = "{}",
                               .tag_ids = "[]" };
    struct json_object *m;
    enum err e =
        id == 0 ? OK
                : q_contact_get(&r->ctx, &(struct q_contact_get_in){ .id = id },
                                &k);

    if (e != OK)
        return e;
    m = contact_frame(r, id == 0 ? _("Novo contato") : _("Editar contato"),
                      NULL);
    settings_parent(m,
                    id == 0
                        ? CONTACTS
                        : arena_printf(r->ctx.arena, CONTACTS "/%" PRId64, id),
                    id == 0 ? _("Contatos") : k.name);
    return show(r, m, &k);
}

/* ---- ler ---- */

/* As linhas que não são só espaço, num vetor JSON. */
static const char *
lines_json(struct req *r, const char *text)
{
    struct str s;
    const char *p = text != NULL ? text : "";

    str_init(&s, r->ctx.arena, 64);
    str_putc(&s, '[');
    while (*p != '\0') {
        size_t n = strcspn(p, "\r\n"), from = strspn(p, " \t");
        size_t len = n;

        while (len > from && (p[len - 1] == ' ' || p[len - 1] == '\t'))
            len--;
        if (len > from) {
            if (s.len > 1)
                str_putc(&s, ',');
            str_json_n(&s, p + from, len - from);
        }
        p += n;
        p += strspn(p, "\r\n");
    }
    str_putc(&s, ']');
    return s.data;
}

static enum err
read_custom(struct req *r, const char **out)
{
    struct str s;
    F *rows;
    int count, i;
    enum err e = q_custom_field_list(
        &r->ctx, &(struct q_custom_field_list_in){ .target = "contact" }, &rows,
        &count);

    if (e != OK)
        return e;
    str_init(&s, r->ctx.arena, 256);
    str_putc(&s, '{');
    for (i = 0; i < count; i++) {
        const char *value =
            req_form(r, arena_printf(r->ctx.arena, "custom.%s", rows[i].key));

        if (value == NULL)
            continue;
        if (s.len > 1)
            str_putc(&s, ',');
        str_json(&s, rows[i].key);
        str_putc(&s, ':');
        str_json(&s, value);
    }
    str_putc(&s, '}');
    *out = s.data;
    return OK;
}

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

enum err
contact_form_read(struct req *r, const struct contact_form *in,
                  struct contact_change *to)
{
    *to = (struct contact_change){ .version = in->version,
                                   .name = in->name,
                                   .phone = or_empty(in->phone),
                                   .email = or_empty(in->email),
                                   .document = or_empty(in->document),
                                   .phones = lines_json(r, in->phones_text),
                                   .emails = lines_json(r, in->emails_text),
                                   .tag_ids = in->tag_ids };
    return read_custom(r, &to->custom);
}
