/* desk_pages/tags.c - páginas de /admin/tags: lista, formulário, apagar. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/admin_pages.h"
#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "desk/tag.h"

#define HERE "/admin/tags"
#define F struct tag_form

struct tag_id {
    int64_t id;
};
struct tag_form {
    int64_t id, version;
    const char *name, *color, *position;
    bool board;
};

/* clang-format off */
#define FIELDS \
    TEXT(F, name, .required = true, .min = 1, .max = TAG_NAME_MAX, \
         .doc = "Nome"), \
    TEXT(F, color, .max = 7, .doc = "Cor"), \
    TEXT(F, position, .max = 5, .doc = "Ordem"), \
    BOOL(F, board, .doc = "É coluna do quadro"), \
    FIELDS_END
static const struct field new_form[] = { FIELDS };
static const struct field tag_form[] = {
    INT(F, id, .from = PATH, .min = 1, .doc = "Etiqueta"),
    INT(F, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou"),
    FIELDS
};
static const struct field tag_path[] = {
    INT(struct tag_id, id, .from = PATH, .min = 1, .doc = "Etiqueta"),
    FIELDS_END
};
/* clang-format on */

/* ---- a lista ---- */

static struct json_object *
row_model(struct req *r, const struct q_tag_row *g)
{
    struct json_object *m = json_object_new_object();

    model_text(m, "path", page_path(r, HERE, g->id, ""));
    model_text(m, "name", g->name);
    model_text(m, "color", g->color);
    model_bool(m, "board", g->board);
    model_text(m, "tickets",
               arena_printf(r->ctx.arena, "%" PRId64, g->tickets));
    model_text(m, "contacts",
               arena_printf(r->ctx.arena, "%" PRId64, g->contacts));
    return m;
}

static enum err
list_page(struct req *r, const void *input)
{
    struct json_object *m = settings_model(
        r, HERE, _("Etiquetas"),
        _("Marcam atendimentos e contatos; algumas são colunas do quadro."));
    struct json_object *list = json_object_new_array();
    struct q_tag_row *rows;
    int count, i;
    enum err e = q_tag_list(&r->ctx, &rows, &count);

    (void)input;
    json_object_object_add(m, "rows", list);
    for (i = 0; e == OK && i < count; i++)
        json_object_array_add(list, row_model(r, &rows[i]));
    if (e != OK)
        return e;
    model_bool(m, "hasRows", count > 0);
    settings_action(m, HERE "/new", "plus", _("Nova etiqueta"));
    form_model(r, m, NULL);
    return page_reply(r, 200, "tags/list", m);
}

/* ---- o formulário ---- */

static enum err
show(struct req *r, struct json_object *m, const struct q_tag_row *g)
{
    struct json_object *form = json_object_new_object();

    settings_parent(m, HERE, _("Etiquetas"));
    model_text(form, "name", g->name);
    model_text(form, "color", g->color);
    model_text(form, "position",
               arena_printf(r->ctx.arena, "%" PRId64, g->position));
    if (g->id != 0)
        model_int(form, "version", g->version);
    form_model(r, m, form);
    model_bool(m, "boardOn", form_marked(r, "board", "true", g->board));
    model_text(m, "target", g->id != 0 ? page_path(r, HERE, g->id, "") : HERE);
    model_text(m, "deletePath",
               g->id != 0 ? page_path(r, HERE, g->id, "/delete") : NULL);
    return page_reply(r, 200, "tags/form", m);
}

static enum err
show_new(struct req *r)
{
    return show(r, settings_model(r, HERE, _("Nova etiqueta"), NULL),
                &(struct q_tag_row){ .name = "", .color = "#206bc4" });
}

static enum err
new_page(struct req *r, const void *input)
{
    (void)input;
    return show_new(r);
}

static enum err
show_one(struct req *r, int64_t id)
{
    struct q_tag_row g;
    enum err e = q_tag_get(&r->ctx, &(struct q_tag_get_in){ .id = id }, &g);

    return e != OK ? e : show(r, settings_model(r, HERE, g.name, NULL), &g);
}

static enum err
one_page(struct req *r, const void *input)
{
    const struct tag_id *in = input;

    return show_one(r, in->id);
}

static enum err
redraw_one(struct req *r)
{
    return show_one(r, form_path_id(r));
}

static enum err
read_form(struct req *r, const F *in, struct tag_change *to)
{
    *to = (struct tag_change){ .version = in->version,
                               .name = in->name,
                               .color = in->color,
                               .board = in->board,
                               .has_position = true,
                               .has_board = true };
    form_number(&r->ctx, "position", in->position, &to->position);
    if (to->position > TAG_POSITION_MAX)
        fail_field(&r->ctx, "position", "max", "%s", _("é grande demais"));
    return r->ctx.error;
}

static enum err
new_save(struct req *r, const void *input)
{
    struct tag_change new;
    struct q_tag_row row;
    enum err e = read_form(r, input, &new);

    if (e == OK)
        e = tag_create(&r->ctx, &new, &row);
    return e != OK ? e : form_done(r, HERE, _("Etiqueta criada"));
}

static enum err
one_save(struct req *r, const void *input)
{
    const F *in = input;
    struct tag_change to;
    struct q_tag_row row;
    enum err e = read_form(r, in, &to);

    if (e == OK)
        e = tag_change(&r->ctx, in->id, &to, &row);
    return e != OK ? e : form_done(r, HERE, _("Etiqueta salva"));
}

/* ---- apagar ---- */

static enum err
delete_page(struct req *r, const void *input)
{
    const struct tag_id *in = input;
    struct arena *a = r->ctx.arena;
    struct json_object *m;
    struct q_tag_row g;
    enum err e = q_tag_get(&r->ctx, &(struct q_tag_get_in){ .id = in->id }, &g);

    if (e != OK)
        return e;
    m = settings_model(r, HERE, _("Apagar etiqueta"), NULL);
    settings_confirm(r, m, HERE, in->id, g.name);
    model_text(m, "color", g.color);
    model_text(m, "tickets",
               arena_printf(a,
                            i18n_plural("%d atendimento", "%d atendimentos",
                                        (unsigned long)g.tickets),
                            (int)g.tickets));
    model_text(m, "contacts",
               arena_printf(a,
                            i18n_plural("%d contato", "%d contatos",
                                        (unsigned long)g.contacts),
                            (int)g.contacts));
    model_bool(m, "board", g.board);
    return page_reply(r, 200, "tags/delete", m);
}

static enum err
delete_save(struct req *r, const void *input)
{
    const struct tag_id *in = input;
    enum err e = tag_delete(&r->ctx, in->id);

    return e != OK ? e : form_done(r, HERE, _("Etiqueta apagada"));
}

/* clang-format off */
const struct route tags_pages[] = {
    { GET, "/admin/tags", list_page, PERM_TAGS_WRITE, WEB_PAGE,
      .doc = "Etiquetas" },
    { POST, "/admin/tags", new_save, PERM_TAGS_WRITE, WEB_FORM,
      IN(struct tag_form, new_form), .redraw = show_new, .refuses = "409",
      .doc = "Cria uma etiqueta" },
    { GET, "/admin/tags/new", new_page, PERM_TAGS_WRITE, WEB_PAGE,
      .doc = "Etiqueta nova" },
    { GET, "/admin/tags/{id}", one_page, PERM_TAGS_WRITE, WEB_PAGE,
      IN(struct tag_id, tag_path), .doc = "Uma etiqueta" },
    { POST, "/admin/tags/{id}", one_save, PERM_TAGS_WRITE, WEB_FORM,
      IN(struct tag_form, tag_form), .redraw = redraw_one,
      .refuses = "409", .doc = "Salva uma etiqueta" },
    { GET, "/admin/tags/{id}/delete", delete_page, PERM_TAGS_WRITE, WEB_PAGE,
      IN(struct tag_id, tag_path), .doc = "Confirma apagar" },
    { POST, "/admin/tags/{id}/delete", delete_save, PERM_TAGS_WRITE, WEB_FORM,
      IN(struct tag_id, tag_path), .doc = "Apaga uma etiqueta" },
    ROUTES_END
};
/* clang-format on */
