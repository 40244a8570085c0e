/* desk_pages/views.c - páginas de /admin/views: os filtros guardados, quem os
 * vê, a ordem, apagar. Guardar é na própria caixa de entrada. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"

#define HERE "/admin/views"
#define ROW struct q_ticket_view_row

struct view_id {
    int64_t id;
};
#define ID(S) INT(S, id, .from = PATH, .min = 1, .doc = "Filtro")
static const struct field view_path[] = { ID(struct view_id), FIELDS_END };

struct view_form {
    int64_t id, version;
    const char *name, *audience;
};
#define F struct view_form
static const struct field one_form[] = {
    ID(F),
    INT(F, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou"),
    TEXT(F, name, .required = true, .min = 1, .max = TICKET_VIEW_NAME_MAX,
         .doc = "Nome"),
    TEXT(F, audience, .max = 30, .doc = "private, company ou queue:ID"),
    FIELDS_END
};
#undef F

static bool
is_shared(const ROW *q)
{
    return strcmp(q->share, "private") != 0;
}

static bool
may_drop(struct req *r, const ROW *q)
{
    return q->mine || ticket_view_may_share(&r->ctx);
}

static const char *
audience_text(struct req *r, const ROW *q)
{
    if (strcmp(q->share, "company") == 0)
        return _("a empresa");
    return is_shared(q)
               ? arena_printf(r->ctx.arena, _("fila %s"), q->share_queue)
               : _("só você");
}

/* O que a lista e o formulário dizem dele. */
static void
add_view(struct req *r, struct json_object *m, const ROW *q)
{
    struct ticket_choice f;

    ticket_choice_read(r->ctx.arena, q->filter, &f);
    model_text(m, "href", inbox_view_href(r->ctx.arena, &f));
    model_bool(m, "mine", q->mine);
    model_bool(m, "shared", is_shared(q));
    model_text(m, "from",
               q->mine ? NULL
                       : arena_printf(r->ctx.arena, _("de %s"), q->owner));
}

/* ---- a lista ---- */

static struct json_object *
row_model(struct req *r, const ROW *rows, int count, int i)
{
    const ROW *q = &rows[i];
    struct json_object *m = json_object_new_object();

    add_view(r, m, q);
    model_text(m, "path", page_path(r, HERE, q->id, ""));
    model_text(m, "move", page_path(r, HERE, q->id, "/move"));
    model_text(m, "name", q->name);
    model_text(m, "audience", audience_text(r, q));
    model_bool(m, "mayUp", i > 0);
    model_bool(m, "mayDown", i + 1 < count && rows[i + 1].mine);
    return m;
}

static enum err
list_page(struct req *r, const void *input)
{
    struct json_object *m = settings_model(
        r, HERE, _("Filtros guardados"),
        _("Ficam no alto da caixa de entrada, com quantas conversas trazem."));
    struct json_object *list = json_object_new_array(), *one;
    int64_t *tickets;
    ROW *rows;
    int count, i;
    enum err e = q_ticket_view_list(&r->ctx, &rows, &count);

    (void)input;
    json_object_object_add(m, "rows", list);
    if (e != OK)
        return e;
    tickets = arena_alloc(r->ctx.arena, ((size_t)count + 1) * sizeof *tickets);
    e = ticket_view_counts(&r->ctx, rows, count, tickets);
    for (i = 0; e == OK && i < count; i++) {
        one = row_model(r, rows, count, i);
        inbox_view_count(r, one, tickets[i]);
        json_object_array_add(list, one);
    }
    if (e != OK)
        return e;
    model_bool(m, "hasRows", count > 0);
    form_model(r, m, NULL);
    return page_reply(r, 200, "views/list", m);
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
    enum err e = ticket_view_move(&r->ctx, in->id, strcmp(in->to, "up") == 0);

    return e != OK ? e : reply_redirect(r, HERE);
}

/* ---- o formulário ---- */

/* Quem não pode compartilhar só tem a si; e o que já está, se está. */
static enum err
add_audiences(struct req *r, struct json_object *m, const ROW *q)
{
    struct json_object *list = json_object_new_array();
    bool of_company = strcmp(q->share, "company") == 0;
    bool may = ticket_view_may_share(&r->ctx);
    struct q_ticket_filter_options_row *rows;
    int count, i;
    enum err e = q_ticket_filter_options(&r->ctx, &rows, &count);

    json_object_object_add(m, "audiences", list);
    settings_option(r, list, "audience", "private", _("Só eu"), !is_shared(q));
    if (may || of_company)
        settings_option(r, list, "audience", "company", _("A empresa toda"),
                        of_company);
    for (i = 0; e == OK && i < count; i++) {
        bool saved = q->has_share_queue_id && q->share_queue_id == rows[i].id;

        if (strcmp(rows[i].kind, "queue") == 0 && (may || saved))
            settings_option(
                r, list, "audience",
                arena_printf(r->ctx.arena, "queue:%" PRId64, rows[i].id),
                arena_printf(r->ctx.arena, _("Membros da fila %s"),
                             rows[i].name),
                saved);
    }
    return e;
}

static enum err
get(struct req *r, int64_t id, ROW *out)
{
    return q_ticket_view_get(&r->ctx,
                             &(struct q_ticket_view_get_in){ .id = id }, out);
}

static enum err
show_one(struct req *r, int64_t id)
{
    struct json_object *m, *form = json_object_new_object();
    ROW q;
    enum err e = get(r, id, &q);

    if (e != OK) {
        json_object_put(form);
        return e;
    }
    m = settings_model(r, HERE, q.name, NULL);
    settings_parent(m, HERE, _("Filtros guardados"));
    model_text(form, "name", q.name);
    model_int(form, "version", q.version);
    form_model(r, m, form);
    add_view(r, m, &q);
    model_text(m, "audienceError", form_error(r, "audience", "shareQueueId"));
    model_text(m, "target", page_path(r, HERE, q.id, ""));
    model_text(m, "deletePath",
               may_drop(r, &q) ? page_path(r, HERE, q.id, "/delete") : NULL);
    e = add_audiences(r, m, &q);
    return e != OK ? e : page_reply(r, 200, "views/form", m);
}

static enum err
one_page(struct req *r, const void *input)
{
    const struct view_id *in = input;

    return show_one(r, in->id);
}

static enum err
redraw_one(struct req *r)
{
    return show_one(r, form_path_id(r));
}

/* "queue:3" em espécie e fila; o que não se entende é fila que não há. */
static void
read_audience(const char *text, struct ticket_view_change *to)
{
    if (text == NULL)
        return;
    to->share = strcmp(text, "private") == 0   ? "private"
                : strcmp(text, "company") == 0 ? "company"
                                               : "queue";
    if (strncmp(text, "queue:", 6) == 0)
        parse_int64(text + 6, &to->queue_id);
}

static enum err
one_save(struct req *r, const void *input)
{
    const struct view_form *in = input;
    struct ticket_view_change to = { .version = in->version, .name = in->name };
    ROW row;
    enum err e;

    read_audience(in->audience, &to);
    e = ticket_view_change(&r->ctx, in->id, &to, &row);
    return e != OK ? e : form_done(r, HERE, _("Filtro salvo"));
}

/* ---- apagar ---- */

static enum err
delete_page(struct req *r, const void *input)
{
    const struct view_id *in = input;
    struct json_object *m;
    ROW q;
    enum err e = get(r, in->id, &q);

    if (e == OK && !may_drop(r, &q))
        e = fail(&r->ctx, ERR_FORBIDDEN, "%s",
                 _("este filtro é de outra pessoa"));
    if (e != OK)
        return e;
    m = settings_model(r, HERE, _("Apagar filtro"), NULL);
    settings_confirm(r, m, HERE, in->id, q.name);
    model_bool(m, "shared", is_shared(&q));
    return page_reply(r, 200, "views/delete", m);
}

static enum err
delete_save(struct req *r, const void *input)
{
    const struct view_id *in = input;
    enum err e = ticket_view_drop(&r->ctx, in->id);

    return e != OK ? e : form_done(r, HERE, _("Filtro apagado"));
}

/* clang-format off */
const struct route views_pages[] = {
    { GET, "/admin/views", list_page, PERM_TICKETS_READ, WEB_PAGE,
      .doc = "Filtros guardados" },
    { GET, "/admin/views/{id}", one_page, PERM_TICKETS_READ, WEB_PAGE,
      IN(struct view_id, view_path), .doc = "Um filtro guardado" },
    { POST, "/admin/views/{id}", one_save, PERM_TICKETS_READ, WEB_FORM,
      IN(struct view_form, one_form), .redraw = redraw_one, .refuses = "409",
      .doc = "Muda nome e quem vê um filtro guardado" },
    { POST, "/admin/views/{id}/move", move, PERM_TICKETS_READ, WEB_FORM,
      IN(struct move_in, move_in), .doc = "Muda o filtro de lugar" },
    { GET, "/admin/views/{id}/delete", delete_page, PERM_TICKETS_READ, WEB_PAGE,
      IN(struct view_id, view_path), .doc = "Confirma apagar" },
    { POST, "/admin/views/{id}/delete", delete_save, PERM_TICKETS_READ, WEB_FORM,
      IN(struct view_id, view_path), .doc = "Apaga um filtro guardado" },
    ROUTES_END
};
/* clang-format on */
