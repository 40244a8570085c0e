/* desk_pages/macros.c - páginas de /admin/macros: lista, passos, ordem, apagar.
 */
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/form_page.h"
#include "app/macro_form.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "desk/macro.h"

#define HERE "/admin/macros"
#define F struct macro_form

struct macro_id {
    int64_t id;
};
struct macro_form {
    int64_t id, version;
    const char *name, *op, *add;
    bool shared;
};

/* Os passos se leem à parte (app/macro_form.h): são quantos vierem. */
/* clang-format off */
#define FIELDS(needed) \
    TEXT(F, name, .required = needed, .max = MACRO_NAME_MAX, .doc = "Nome"), \
    BOOL(F, shared, .doc = "De todos"), \
    FIELDS_END
#define ID(S) INT(S, id, .from = PATH, .min = 1, .doc = "Macro")
static const struct field new_form[] = { FIELDS(true) };
static const struct field one_form[] = {
    ID(F),
    INT(F, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou"),
    FIELDS(true)
};
#define DRAW \
    INT(F, version, .doc = "Versão que a tela mostrou"), \
    TEXT(F, op, .max = 20, .doc = "add, up:N, down:N ou drop:N"), \
    TEXT(F, add, .max = 20, .doc = "Ação do passo novo"), \
    FIELDS(false)
static const struct field draw_form[] = { DRAW };
static const struct field draw_one_form[] = { ID(F), DRAW };
/* clang-format on */
static const struct field macro_path[] = { ID(struct macro_id), FIELDS_END };

static bool
may_touch(struct req *r, const struct q_macro_row *q)
{
    return !q->shared || settings_may(r, PERM_REPLIES_SHARED);
}

/* ---- a lista ---- */

/* A primeira e a última de cada grupo não sobem nem descem. */
static struct json_object *
row_model(struct req *r, const struct q_macro_row *rows, int count, int i)
{
    const struct q_macro_row *q = &rows[i];
    struct json_object *m = json_object_new_object();
    bool may = may_touch(r, q);

    model_text(m, "path", page_path(r, HERE, q->id, ""));
    model_text(m, "move", page_path(r, HERE, q->id, "/move"));
    model_text(m, "name", q->name);
    model_text(m, "summary", macro_summary(r, q->steps));
    model_bool(m, "shared", q->shared);
    model_bool(m, "mayUp", may && i > 0 && rows[i - 1].shared == q->shared);
    model_bool(m, "mayDown",
               may && i + 1 < count && rows[i + 1].shared == q->shared);
    return m;
}

static enum err
list_page(struct req *r, const void *input)
{
    struct json_object *m =
        settings_model(r, HERE, _("Macros"),
                       _("Várias ações num clique, no painel da conversa."));
    struct json_object *list = json_object_new_array();
    struct q_macro_row *rows;
    int count, i;
    enum err e = q_macro_list(&r->ctx, &rows, &count);

    (void)input;
    json_object_object_add(m, "rows", list);
    for (i = 0; e == OK && i < count; i++)
        json_object_array_add(list, row_model(r, rows, count, i));
    if (e != OK)
        return e;
    model_bool(m, "hasRows", count > 0);
    settings_action(m, HERE "/new", "plus", _("Nova macro"));
    form_model(r, m, NULL);
    return page_reply(r, 200, "macros/list", m);
}

struct move_in {
    int64_t id;
    const char *to;
};
static const struct field move_in[] = {
    ID(struct move_in),
    ENUM(struct move_in, to, .required = true, .one_of = "up down",
         .doc = "Para onde"),
    FIELDS_END
};

static enum err
move(struct req *r, const void *input)
{
    const struct move_in *in = input;
    enum err e = macro_move(&r->ctx, in->id, strcmp(in->to, "up") == 0);

    return e != OK ? e : reply_redirect(r, HERE);
}

/* ---- o formulário ---- */

static enum err
show(struct req *r, const struct q_macro_row *q, struct json_object *steps)
{
    bool is_new = q->id == 0;
    struct json_object *m =
        settings_model(r, HERE, is_new ? _("Nova macro") : q->name, NULL);
    struct json_object *form = json_object_new_object();
    enum err e;

    settings_parent(m, HERE, _("Macros"));
    model_text(form, "name", q->name);
    if (!is_new)
        model_int(form, "version", q->version);
    form_model(r, m, form);
    model_bool(m, "mayWrite", may_touch(r, q));
    model_bool(m, "mayShare", settings_may(r, PERM_REPLIES_SHARED));
    model_bool(m, "sharedOn", form_marked(r, "shared", "true", q->shared));
    model_text(m, "target", is_new ? HERE : page_path(r, HERE, q->id, ""));
    model_text(m, "draw",
               is_new ? HERE "/draw" : page_path(r, HERE, q->id, "/draw"));
    model_text(m, "deletePath",
               !is_new && may_touch(r, q) ? page_path(r, HERE, q->id, "/delete")
                                          : NULL);
    model_text(m, "variable", "{{contact.firstName}}");
    e = macro_form_model(r, m, steps);
    return e != OK ? e : page_reply(r, 200, "macros/form", m);
}

static void
drop(void *object)
{
    json_object_put(object);
}

/* Recusado, o digitado vence o gravado. */
static struct json_object *
steps_of(struct req *r, const char *saved)
{
    struct json_object *steps;

    if (r->refusal.error != OK)
        return macro_form_steps(r);
    steps = json_tokener_parse(saved);
    arena_defer(r->ctx.arena, drop, steps);
    return steps;
}

static enum err
show_new(struct req *r)
{
    return show(r, &(struct q_macro_row){ .name = "" }, steps_of(r, "[]"));
}

static enum err
new_page(struct req *r, const void *input)
{
    (void)input;
    return show_new(r);
}

static enum err
get(struct req *r, int64_t id, struct q_macro_row *out)
{
    return q_macro_get(&r->ctx, &(struct q_macro_get_in){ .id = id }, out);
}

static enum err
show_one(struct req *r, int64_t id)
{
    struct q_macro_row q;
    enum err e = get(r, id, &q);

    return e != OK ? e : show(r, &q, steps_of(r, q.steps));
}

static enum err
one_page(struct req *r, const void *input)
{
    const struct macro_id *in = input;

    return show_one(r, in->id);
}

static enum err
redraw_one(struct req *r)
{
    return show_one(r, form_path_id(r));
}

/* O mesmo formulário, com um passo a mais, a menos ou noutro lugar. */
static enum err
draw(struct req *r, const void *input)
{
    const F *in = input;
    struct json_object *steps = macro_form_steps(r);
    struct q_macro_row q = { .id = 0 };
    enum err e = in->id != 0 ? get(r, in->id, &q) : OK;

    if (e != OK)
        return e;
    q.name = in->name != NULL ? in->name : "";
    q.shared = settings_may(r, PERM_REPLIES_SHARED) ? in->shared : q.shared;
    q.version = in->version;
    macro_form_edit(steps, in->op, in->add);
    return show(r, &q, steps);
}

static struct macro_change
change_of(struct req *r, const F *in)
{
    return (struct macro_change){
        .version = in->version,
        .name = in->name,
        .steps = json_object_to_json_string(macro_form_steps(r)),
        .shared = in->shared,
        .has_shared = settings_may(r, PERM_REPLIES_SHARED),
    };
}

static enum err
new_save(struct req *r, const void *input)
{
    const struct macro_change new = change_of(r, input);
    struct q_macro_row row;
    enum err e = macro_create(&r->ctx, &new, &row);

    return e != OK ? e : form_done(r, HERE, _("Macro criada"));
}

static enum err
one_save(struct req *r, const void *input)
{
    const F *in = input;
    const struct macro_change to = change_of(r, in);
    struct q_macro_row row;
    enum err e = macro_change(&r->ctx, in->id, &to, &row);

    return e != OK ? e : form_done(r, HERE, _("Macro salva"));
}

/* ---- apagar ---- */

static enum err
delete_page(struct req *r, const void *input)
{
    const struct macro_id *in = input;
    struct q_macro_row q;
    struct json_object *m;
    enum err e = get(r, in->id, &q);

    if (e == OK && !may_touch(r, &q))
        e = fail(&r->ctx, ERR_FORBIDDEN, "%s",
                 _("só quem pode mudar as macros de todos"));
    if (e != OK)
        return e;
    m = settings_model(r, HERE, _("Apagar macro"), NULL);
    settings_confirm(r, m, HERE, in->id, q.name);
    model_text(m, "summary", macro_summary(r, q.steps));
    model_bool(m, "shared", q.shared);
    return page_reply(r, 200, "macros/delete", m);
}

static enum err
delete_save(struct req *r, const void *input)
{
    const struct macro_id *in = input;
    enum err e = macro_delete(&r->ctx, in->id);

    return e != OK ? e : form_done(r, HERE, _("Macro apagada"));
}

/* clang-format off */
const struct route macros_pages[] = {
    { GET, "/admin/macros", list_page, PERM_TICKETS_WRITE, WEB_PAGE,
      .doc = "Macros" },
    { POST, "/admin/macros", new_save, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct macro_form, new_form), .redraw = show_new, .refuses = "409",
      .doc = "Cria uma macro" },
    { GET, "/admin/macros/new", new_page, PERM_TICKETS_WRITE, WEB_PAGE,
      .doc = "Macro nova" },
    { POST, "/admin/macros/draw", draw, PERM_TICKETS_WRITE, WEB_POST,
      IN(struct macro_form, draw_form),
      .doc = "O formulário da macro nova, com os passos mudados" },
    { GET, "/admin/macros/{id}", one_page, PERM_TICKETS_WRITE, WEB_PAGE,
      IN(struct macro_id, macro_path), .doc = "Uma macro" },
    { POST, "/admin/macros/{id}", one_save, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct macro_form, one_form), .redraw = redraw_one,
      .refuses = "409", .doc = "Salva uma macro" },
    { POST, "/admin/macros/{id}/draw", draw, PERM_TICKETS_WRITE, WEB_POST,
      IN(struct macro_form, draw_one_form),
      .doc = "O formulário, com os passos mudados" },
    { POST, "/admin/macros/{id}/move", move, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct move_in, move_in), .doc = "Muda a macro de lugar" },
    { GET, "/admin/macros/{id}/delete", delete_page, PERM_TICKETS_WRITE, WEB_PAGE,
      IN(struct macro_id, macro_path), .doc = "Confirma apagar" },
    { POST, "/admin/macros/{id}/delete", delete_save, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct macro_id, macro_path), .doc = "Apaga uma macro" },
    ROUTES_END
};
/* clang-format on */
