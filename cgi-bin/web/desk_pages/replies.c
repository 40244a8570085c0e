/* desk_pages/replies.c - páginas de /admin/replies: as respostas rápidas. */
#include <json-c/json.h>
#include <string.h>

#include "app/admin_pages.h"
#include "app/app.h"
#include "app/file_model.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "desk/quick_reply.h"

#define HERE "/admin/replies"
#define F struct reply_form

struct reply_id {
    int64_t id;
};
struct reply_form {
    int64_t id, version;
    const char *shortcut, *body;
    bool shared;
};

/* clang-format off */
#define FIELDS(needed) \
    TEXT(F, shortcut, .required = needed, .max = 40, .doc = "Atalho"), \
    TEXT(F, body, .required = needed, .max = QUICK_REPLY_BODY_MAX, \
         .lines = true, .doc = "Texto"), \
    BOOL(F, shared, .doc = "De todos"), \
    FIELDS_END
static const struct field new_form[] = { FIELDS(true) };
static const struct field reply_form[] = {
    INT(F, id, .from = PATH, .min = 1, .doc = "Resposta rápida"),
    INT(F, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou"),
    FIELDS(true)
};
static const struct field preview_form[] = {
    INT(F, id, .doc = "Resposta rápida; 0: uma nova"),
    INT(F, version, .doc = "Versão que a tela mostrou"),
    FIELDS(false)
};
static const struct field reply_path[] = {
    INT(struct reply_id, id, .from = PATH, .min = 1, .doc = "Resposta rápida"),
    FIELDS_END
};
/* clang-format on */

static bool
may_touch(struct req *r, const struct q_quick_reply_row *q)
{
    return !q->shared || settings_may(r, PERM_REPLIES_SHARED);
}

/* ---- a lista ---- */

static struct json_object *
row_model(struct req *r, const struct q_quick_reply_row *q)
{
    struct json_object *m = json_object_new_object();

    model_text(m, "path", page_path(r, HERE, q->id, ""));
    model_text(m, "shortcut", q->shortcut);
    model_text(m, "body", q->body);
    model_bool(m, "shared", q->shared);
    model_bool(m, "hasFile", q->file != NULL);
    return m;
}

struct list_in {
    const char *q;
};
static const struct field list_in[] = {
    TEXT(struct list_in, q, .from = QUERY, .max = 100, .doc = "O que se busca"),
    FIELDS_END
};

static enum err
list_page(struct req *r, const void *input)
{
    const struct list_in *in = input;
    const char *q = in->q != NULL ? in->q : "";
    struct json_object *m =
        settings_model(r, HERE, _("Respostas rápidas"),
                       _("Textos prontos: na conversa, digite / e o atalho."));
    struct json_object *list = json_object_new_array();
    struct q_quick_reply_row *rows;
    int count, i;
    enum err e = q_quick_reply_list(
        &r->ctx,
        &(struct q_quick_reply_list_in){ .q = q, .max = 2 * QUICK_REPLIES_MAX },
        &rows, &count);

    json_object_object_add(m, "rows", list);
    for (i = 0; e == OK && i < count; i++)
        json_object_array_add(list, row_model(r, &rows[i]));
    if (e != OK)
        return e;
    model_bool(m, "hasRows", count > 0);
    model_text(m, "q", q);
    model_bool(m, "isSearch", q[0] != '\0');
    settings_action(m, HERE "/new", "plus", _("Nova resposta"));
    form_model(r, m, NULL);
    return page_reply(r, 200, "replies/list", m);
}

/* ---- o formulário ---- */

static const char *
meaning(const char *variable)
{
    static const struct {
        const char *name, *means;
    } known[] = {
        { "greeting", N_("Bom dia, boa tarde ou boa noite, conforme a hora") },
        { "contact.firstName", N_("Primeiro nome do contato") },
        { "contact.name", N_("Nome do contato") },
        { "ticket.protocol", N_("Protocolo do atendimento") },
        { "user.name", N_("O seu nome") },
        { "company.name", N_("Nome da empresa") },
    };
    size_t i;

    for (i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, variable) == 0)
            return _(known[i].means);
    return variable;
}

static void
add_variables(struct req *r, struct json_object *m)
{
    struct json_object *list = json_object_new_array();
    size_t i;

    for (i = 0; quick_reply_variables[i] != NULL; i++) {
        struct json_object *one = json_object_new_object();

        model_text(
            one, "code",
            arena_printf(r->ctx.arena, "{{%s}}", quick_reply_variables[i]));
        model_text(one, "means", meaning(quick_reply_variables[i]));
        json_object_array_add(list, one);
    }
    json_object_object_add(m, "variables", list);
}

/* Como fica o que está no formulário: o digitado vence o gravado. */
static enum err
add_preview(struct req *r, struct json_object *m)
{
    struct q_quick_reply_values_row values;
    struct json_object *form = NULL, *body = NULL;
    const char *text = "";
    enum err e = quick_reply_values(&r->ctx, 0, &values);

    if (json_object_object_get_ex(m, "form", &form) &&
        json_object_object_get_ex(form, "body", &body) && body != NULL)
        text = json_object_get_string(body);
    if (e == OK)
        text = quick_reply_fill(&r->ctx, text, &values);
    model_text(m, "preview", text[0] != '\0' ? text : NULL);
    return e;
}

static enum err
show(struct req *r, const struct q_quick_reply_row *q)
{
    bool is_new = q->id == 0;
    struct json_object *m =
        settings_model(r, HERE,
                       is_new ? _("Nova resposta")
                              : arena_printf(r->ctx.arena, "/%s", q->shortcut),
                       NULL);
    struct json_object *form = json_object_new_object();
    enum err e;

    settings_parent(m, HERE, _("Respostas rápidas"));
    model_text(form, "shortcut", q->shortcut);
    model_text(form, "body", q->body);
    if (!is_new) {
        model_int(form, "id", q->id);
        model_int(form, "version", q->version);
    }
    form_model(r, m, form);
    model_bool(m, "mayWrite", may_touch(r, q));
    model_bool(m, "mayShare", settings_may(r, PERM_REPLIES_SHARED));
    model_bool(m, "sharedOn", form_marked(r, "shared", "true", q->shared));
    model_text(m, "target", is_new ? HERE : page_path(r, HERE, q->id, ""));
    model_text(m, "deletePath",
               !is_new && may_touch(r, q) ? page_path(r, HERE, q->id, "/delete")
                                          : NULL);
    model_text(m, "filePath",
               !is_new ? page_path(r, HERE, q->id, "/file") : NULL);
    file_model(r, m,
               &(struct file_shown){
                   .kind = q->file_kind,
                   .media = q->file,
                   .href = page_path(r, "/api/v1/replies", q->id, "/file") });
    add_variables(r, m);
    e = add_preview(r, m);
    return e != OK ? e : page_reply(r, 200, "replies/form", m);
}

static enum err
show_new(struct req *r)
{
    return show(r, &(struct q_quick_reply_row){ .shortcut = "", .body = "" });
}

static enum err
new_page(struct req *r, const void *input)
{
    (void)input;
    return show_new(r);
}

static enum err
get(struct req *r, int64_t id, struct q_quick_reply_row *out)
{
    return q_quick_reply_get(&r->ctx,
                             &(struct q_quick_reply_get_in){ .id = id }, out);
}

static enum err
show_one(struct req *r, int64_t id)
{
    struct q_quick_reply_row q;
    enum err e = get(r, id, &q);

    return e != OK ? e : show(r, &q);
}

static enum err
one_page(struct req *r, const void *input)
{
    const struct reply_id *in = input;

    return show_one(r, in->id);
}

enum err reply_redraw(struct req *r);

enum err
reply_redraw(struct req *r)
{
    return show_one(r, form_path_id(r));
}

/* Sem JavaScript: o mesmo formulário, com o que se digitou e como fica. */
static enum err
preview(struct req *r, const void *input)
{
    const F *in = input;
    struct q_quick_reply_row q = { .shortcut = "", .body = "" };
    enum err e = in->id != 0 ? get(r, in->id, &q) : OK;

    if (e != OK)
        return e;
    q.shortcut = in->shortcut != NULL ? in->shortcut : "";
    q.body = in->body != NULL ? in->body : "";
    q.shared = in->shared;
    q.version = in->version;
    return show(r, &q);
}

static struct quick_reply_change
change_of(struct req *r, const F *in)
{
    return (struct quick_reply_change){
        .version = in->version,
        .shortcut = in->shortcut,
        .body = in->body,
        .shared = in->shared,
        .has_shared = settings_may(r, PERM_REPLIES_SHARED),
    };
}

static enum err
new_save(struct req *r, const void *input)
{
    const struct quick_reply_change new = change_of(r, input);
    struct q_quick_reply_row row;
    enum err e = quick_reply_create(&r->ctx, &new, &row);

    return e != OK ? e : form_done(r, HERE, _("Resposta criada"));
}

static enum err
one_save(struct req *r, const void *input)
{
    const F *in = input;
    const struct quick_reply_change to = change_of(r, in);
    struct q_quick_reply_row row;
    enum err e = quick_reply_change(&r->ctx, in->id, &to, &row);

    return e != OK ? e : form_done(r, HERE, _("Resposta salva"));
}

/* ---- apagar ---- */

static enum err
delete_page(struct req *r, const void *input)
{
    const struct reply_id *in = input;
    struct q_quick_reply_row q;
    struct json_object *m;
    enum err e = get(r, in->id, &q);

    if (e == OK && !may_touch(r, &q))
        e = fail(&r->ctx, ERR_FORBIDDEN, "%s",
                 _("só quem pode mudar as respostas de todos"));
    if (e != OK)
        return e;
    m = settings_model(r, HERE, _("Apagar resposta"), NULL);
    settings_confirm(r, m, HERE, in->id,
                     arena_printf(r->ctx.arena, "/%s", q.shortcut));
    model_text(m, "shortcut", q.shortcut);
    model_text(m, "body", q.body);
    model_bool(m, "shared", q.shared);
    return page_reply(r, 200, "replies/delete", m);
}

static enum err
delete_save(struct req *r, const void *input)
{
    const struct reply_id *in = input;
    enum err e = quick_reply_delete(&r->ctx, in->id);

    return e != OK ? e : form_done(r, HERE, _("Resposta apagada"));
}

/* clang-format off */
const struct route replies_pages[] = {
    { GET, "/admin/replies", list_page, PERM_TICKETS_WRITE, WEB_PAGE,
      IN(struct list_in, list_in), .doc = "Respostas rápidas" },
    { POST, "/admin/replies", new_save, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct reply_form, new_form), .redraw = show_new, .refuses = "409",
      .doc = "Cria uma resposta rápida" },
    { GET, "/admin/replies/new", new_page, PERM_TICKETS_WRITE, WEB_PAGE,
      .doc = "Resposta rápida nova" },
    { POST, "/admin/replies/preview", preview, PERM_TICKETS_WRITE,
      WEB_POST, IN(struct reply_form, preview_form),
      .refuses = "404", .doc = "O formulário, com o texto preenchido" },
    { GET, "/admin/replies/{id}", one_page, PERM_TICKETS_WRITE, WEB_PAGE,
      IN(struct reply_id, reply_path), .doc = "Uma resposta rápida" },
    { POST, "/admin/replies/{id}", one_save, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct reply_form, reply_form), .redraw = reply_redraw,
      .refuses = "409", .doc = "Salva uma resposta rápida" },
    { GET, "/admin/replies/{id}/delete", delete_page, PERM_TICKETS_WRITE, WEB_PAGE,
      IN(struct reply_id, reply_path), .doc = "Confirma apagar" },
    { POST, "/admin/replies/{id}/delete", delete_save, PERM_TICKETS_WRITE,
      WEB_FORM, IN(struct reply_id, reply_path),
      .doc = "Apaga uma resposta rápida" },
    ROUTES_END
};
/* clang-format on */
