/* desk_pages/fields.c - páginas de /admin/fields: os campos próprios da
 * empresa. */
#include <json-c/json.h>
#include <string.h>

#include "app/admin_pages.h"
#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "desk/custom.h"

#define HERE "/admin/fields"
#define TARGETS "contact ticket"
#define KINDS "text number date boolean select url email phone"
#define F struct field_form
#define ROW struct q_custom_field_row

struct id_in {
    int64_t id;
};
struct new_in {
    const char *target;
};
struct move_in {
    int64_t id;
    const char *way;
};
struct field_form {
    int64_t id, version;
    const char *target, *kind, *label, *key, *options_text;
    bool required;
};

/* clang-format off */
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Campo"), FIELDS_END
};
static const struct field new_in[] = {
    ENUM(struct new_in, target, .from = QUERY, .one_of = TARGETS,
         .doc = "De quem será"),
    FIELDS_END
};
static const struct field move_form[] = {
    INT(struct move_in, id, .from = PATH, .min = 1, .doc = "Campo"),
    ENUM(struct move_in, way, .required = true, .one_of = "up down",
         .doc = "Para onde"),
    FIELDS_END
};
#define COMMON \
    TEXT(F, label, .required = true, .min = 1, .max = 80, .doc = "Nome"), \
    TEXT(F, options_text, .max = 12000, .lines = true, \
         .doc = "Opções, uma por linha"), \
    BOOL(F, required, .doc = "Obrigatório")
static const struct field new_form[] = {
    ENUM(F, target, .required = true, .one_of = TARGETS, .doc = "De quem"),
    ENUM(F, kind, .required = true, .one_of = KINDS, .doc = "Espécie"),
    TEXT(F, key, .max = 80, .doc = "Chave na API; na falta, sai do nome"),
    COMMON, FIELDS_END
};
static const struct field edit_form[] = {
    INT(F, id, .from = PATH, .min = 1, .doc = "Campo"),
    INT(F, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou"),
    COMMON, FIELDS_END
};
/* clang-format on */

static const struct settings_choice kinds[] = {
    { "text", N_("Texto") },
    { "number", N_("Número") },
    { "date", N_("Data") },
    { "boolean", N_("Sim ou não") },
    { "select", N_("Lista de opções") },
    { "url", N_("Endereço na web") },
    { "email", N_("E-mail") },
    { "phone", N_("Telefone") },
    { NULL, NULL }
};

static const char *
kind_words(const char *kind)
{
    size_t i;

    for (i = 0; kinds[i].value != NULL; i++)
        if (strcmp(kinds[i].value, kind) == 0)
            return _(kinds[i].label);
    return kind;
}

/* ---- a lista ---- */

/* As opções numa linha, ou NULL se não há. */
static const char *
options_line(struct req *r, const char *json, const char *between)
{
    struct json_object *list = json_tokener_parse(json);
    struct str s;
    size_t i, n = json_object_is_type(list, json_type_array)
                      ? json_object_array_length(list)
                      : 0;

    str_init(&s, r->ctx.arena, 64);
    str_puts(&s, "");
    for (i = 0; i < n; i++)
        str_printf(&s, "%s%s", i > 0 ? between : "",
                   json_object_get_string(json_object_array_get_idx(list, i)));
    json_object_put(list);
    return n > 0 ? s.data : NULL;
}

static void
add_group(struct req *r, struct json_object *groups, const char *target,
          const ROW *rows, int count)
{
    bool contact = strcmp(target, "contact") == 0;
    struct json_object *m = json_object_new_object();
    struct json_object *list = json_object_new_array();
    int i;

    model_text(m, "title", contact ? _("De contatos") : _("De atendimentos"));
    model_text(m, "newPath",
               contact ? HERE "/new?target=contact"
                       : HERE "/new?target=ticket");
    for (i = 0; i < count; i++) {
        struct json_object *one;

        if (strcmp(rows[i].target, target) != 0)
            continue;
        one = json_object_new_object();
        model_text(one, "label", rows[i].label);
        model_text(one, "key", rows[i].key);
        model_text(one, "kind", kind_words(rows[i].kind));
        model_text(one, "options", options_line(r, rows[i].options, ", "));
        model_bool(one, "required", rows[i].required);
        model_text(one, "href", page_path(r, HERE, rows[i].id, ""));
        model_text(one, "movePath", page_path(r, HERE, rows[i].id, "/move"));
        model_bool(one, "notFirst", json_object_array_length(list) > 0);
        model_bool(one, "notLast",
                   i + 1 < count && strcmp(rows[i + 1].target, target) == 0);
        json_object_array_add(list, one);
    }
    model_bool(m, "hasRows", json_object_array_length(list) > 0);
    json_object_object_add(m, "rows", list);
    json_object_array_add(groups, m);
}

static enum err
show_list(struct req *r)
{
    struct json_object *m = settings_model(
        r, HERE, _("Campos próprios"),
        _("O que esta empresa guarda de contatos e atendimentos além do "
          "comum."));
    struct json_object *groups = json_object_new_array();
    ROW *rows;
    int count;
    enum err e = q_custom_field_list(
        &r->ctx, &(struct q_custom_field_list_in){ .target = "" }, &rows,
        &count);

    json_object_object_add(m, "groups", groups);
    if (e != OK)
        return e;
    add_group(r, groups, "contact", rows, count);
    add_group(r, groups, "ticket", rows, count);
    form_model(r, m, NULL);
    return page_reply(r, 200, "fields/list", m);
}

static enum err
list_page(struct req *r, const void *input)
{
    (void)input;
    return show_list(r);
}

/* ---- o formulário ---- */

static enum err
show(struct req *r, struct json_object *m, const ROW *f)
{
    struct json_object *form = json_object_new_object();
    struct json_object *targets = json_object_new_array();
    const char *options = options_line(r, f->options, "\n");
    bool is_new = f->id == 0;

    model_text(form, "label", f->label);
    model_text(form, "key", f->key);
    model_text(form, "optionsText", options != NULL ? options : "");
    if (!is_new)
        model_int(form, "version", f->version);
    form_model(r, m, form);
    settings_option(r, targets, "target", "contact", _("Contato"),
                    strcmp(f->target, "contact") == 0);
    settings_option(r, targets, "target", "ticket", _("Atendimento"),
                    strcmp(f->target, "ticket") == 0);
    json_object_object_add(m, "kinds",
                           settings_choices(r, "kind", f->kind, kinds));
    json_object_object_add(m, "targets", targets);
    model_bool(m, "isNew", is_new);
    model_bool(m, "hasOptions", is_new || strcmp(f->kind, "select") == 0);
    model_text(m, "kindText", kind_words(f->kind));
    model_bool(m, "requiredOn",
               form_marked(r, "required", "true", f->required));
    model_text(m, "optionsError", form_error(r, "optionsText", "options"));
    model_text(m, "target", is_new ? HERE : page_path(r, HERE, f->id, ""));
    model_text(m, "deletePath",
               is_new ? NULL : page_path(r, HERE, f->id, "/delete"));
    return page_reply(r, 200, "fields/form", m);
}

static enum err
draw_new(struct req *r, const char *target)
{
    struct json_object *m = settings_model(r, HERE, _("Novo campo"), NULL);

    settings_parent(m, HERE, _("Campos próprios"));
    return show(r, m,
                &(ROW){ .label = "",
                        .key = "",
                        .kind = "text",
                        .target = target != NULL ? target : "contact",
                        .options = "[]" });
}

static enum err
new_page(struct req *r, const void *input)
{
    return draw_new(r, ((const struct new_in *)input)->target);
}

static enum err
redraw_new(struct req *r)
{
    return draw_new(r, NULL);
}

static enum err
show_one(struct req *r, int64_t id)
{
    struct json_object *m;
    ROW f;
    enum err e =
        q_custom_field_get(&r->ctx, &(struct q_custom_field_get_in){ id }, &f);

    if (e != OK)
        return e;
    m = settings_model(r, HERE, f.label, NULL);
    settings_parent(m, HERE, _("Campos próprios"));
    return show(r, m, &f);
}

static enum err
one_page(struct req *r, const void *input)
{
    return show_one(r, ((const struct id_in *)input)->id);
}

static enum err
redraw_one(struct req *r)
{
    return show_one(r, form_path_id(r));
}

/* As linhas com algo, num vetor JSON. */
static const char *
options_json(struct req *r, const char *text)
{
    const char *p = text != NULL ? text : "";
    struct str s;

    str_init(&s, r->ctx.arena, 128);
    str_putc(&s, '[');
    while (*p != '\0') {
        size_t from, len;

        p += strspn(p, "\r\n");
        len = strcspn(p, "\r\n");
        from = strspn(p, " \t");
        if (from < len) {
            size_t end = len;

            while (strchr(" \t", p[end - 1]) != NULL)
                end--;
            str_puts(&s, s.len > 1 ? "," : "");
            str_json_n(&s, p + from, end - from);
        }
        p += len;
    }
    str_putc(&s, ']');
    return s.data;
}

static enum err
create(struct req *r, const void *input)
{
    const F *in = input;
    ROW row;
    enum err e = custom_field_create(
        &r->ctx,
        &(struct custom_change){ .target = in->target,
                                 .kind = in->kind,
                                 .key = in->key,
                                 .label = in->label,
                                 .options = options_json(r, in->options_text),
                                 .required = in->required },
        &row);

    return e != OK ? e : form_done(r, HERE, _("Campo criado"));
}

static enum err
save(struct req *r, const void *input)
{
    const F *in = input;
    ROW row;
    enum err e = custom_field_change(
        &r->ctx, in->id,
        &(struct custom_change){ .version = in->version,
                                 .label = in->label,
                                 .options = options_json(r, in->options_text),
                                 .required = in->required,
                                 .has_required = true },
        &row);

    return e != OK ? e : form_done(r, HERE, _("Campo salvo"));
}

static enum err
move(struct req *r, const void *input)
{
    const struct move_in *in = input;
    enum err e = custom_field_move(&r->ctx, in->id, strcmp(in->way, "up") == 0);

    return e != OK ? e : form_done(r, HERE, NULL);
}

/* ---- apagar ---- */

static enum err
show_delete(struct req *r, int64_t id)
{
    struct json_object *m;
    ROW f;
    enum err e =
        q_custom_field_get(&r->ctx, &(struct q_custom_field_get_in){ id }, &f);

    if (e != OK)
        return e;
    m = settings_model(r, HERE, _("Apagar campo"), NULL);
    settings_confirm(r, m, HERE, id, f.label);
    return page_reply(r, 200, "fields/delete", m);
}

static enum err
delete_page(struct req *r, const void *input)
{
    return show_delete(r, ((const struct id_in *)input)->id);
}

static enum err
redraw_delete(struct req *r)
{
    return show_delete(r, form_path_id(r));
}

static enum err
drop(struct req *r, const void *input)
{
    enum err e =
        custom_field_delete(&r->ctx, ((const struct id_in *)input)->id);

    return e != OK ? e : form_done(r, HERE, _("Campo apagado"));
}

/* clang-format off */
const struct route fields_pages[] = {
    { GET, "/admin/fields", list_page, PERM_FIELDS_WRITE, WEB_PAGE,
      .doc = "Campos próprios" },
    { POST, "/admin/fields", create, PERM_FIELDS_WRITE, WEB_FORM,
      IN(struct field_form, new_form), .redraw = redraw_new,
      .refuses = "409", .doc = "Cria um campo" },
    { GET, "/admin/fields/new", new_page, PERM_FIELDS_WRITE, WEB_PAGE,
      IN(struct new_in, new_in), .doc = "Campo novo" },
    { GET, "/admin/fields/{id}", one_page, PERM_FIELDS_WRITE, WEB_PAGE,
      IN(struct id_in, id_in), .doc = "Um campo" },
    { POST, "/admin/fields/{id}", save, PERM_FIELDS_WRITE, WEB_FORM,
      IN(struct field_form, edit_form), .redraw = redraw_one,
      .refuses = "409", .doc = "Salva um campo" },
    { POST, "/admin/fields/{id}/move", move, PERM_FIELDS_WRITE, WEB_FORM,
      IN(struct move_in, move_form), .redraw = show_list,
      .doc = "Sobe ou desce um campo" },
    { GET, "/admin/fields/{id}/delete", delete_page, PERM_FIELDS_WRITE, WEB_PAGE,
      IN(struct id_in, id_in), .doc = "Confirma apagar" },
    { POST, "/admin/fields/{id}/delete", drop, PERM_FIELDS_WRITE, WEB_FORM,
      IN(struct id_in, id_in), .redraw = redraw_delete,
      .doc = "Apaga um campo" },
    ROUTES_END
};
/* clang-format on */
