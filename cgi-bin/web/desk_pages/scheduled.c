/* desk_pages/scheduled.c - páginas de /scheduled: o que está agendado, e mudar.
 */
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/contact_pages.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/schedule_list.h"
#include "app/schedule_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "base/when.h"

#define HERE "/scheduled"
#define ROWS 30

/* A moldura larga das listas, sem o menu de ajustes. */
static struct json_object *
frame(struct req *r, const char *title, const char *lead)
{
    struct json_object *m = contact_frame(r, title, lead);

    model_bool(m, "inContacts", false);
    model_bool(m, "inScheduled", true);
    return m;
}

/* ---- a lista ---- */

struct list_in {
    const char *status, *cursor;
};
static const struct field list_in[] = {
    TEXT(struct list_in, status, .from = QUERY, .max = 20,
         .doc = "pending, failed, sent ou cancelled"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 80,
         .doc = "Continua depois desta linha"),
    FIELDS_END
};

static const struct tab {
    const char *status, *name, *empty;
} tabs[] = {
    { "pending", N_("À espera"), N_("Nada agendado") },
    { "failed", N_("Não saíram"), N_("Nenhuma deixou de sair") },
    { "sent", N_("Enviadas"), N_("Nenhuma saiu ainda") },
    { "cancelled", N_("Canceladas"), N_("Nenhuma cancelada") },
};

static const struct tab *
add_tabs(struct req *r, struct json_object *m, const char *status)
{
    struct json_object *list = json_object_new_array();
    const struct tab *here = &tabs[0];
    size_t i;

    for (i = 0; i < sizeof tabs / sizeof *tabs; i++)
        if (status != NULL && strcmp(tabs[i].status, status) == 0)
            here = &tabs[i];
    for (i = 0; i < sizeof tabs / sizeof *tabs; i++) {
        struct json_object *one = json_object_new_object();

        model_text(
            one, "href",
            arena_printf(r->ctx.arena, HERE "?status=%s", tabs[i].status));
        model_text(one, "name", _(tabs[i].name));
        model_bool(one, "current", &tabs[i] == here);
        json_object_array_add(list, one);
    }
    json_object_object_add(m, "tabs", list);
    return here;
}

static enum err
list_page(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct json_object *m =
        frame(r, _("Mensagens agendadas"),
              _("O que vai sair nas conversas que você vê, e o que não pôde "
                "sair."));
    struct json_object *list = json_object_new_array();
    const struct tab *tab = add_tabs(r, m, in->status);
    struct schedule_page page = { .status = tab->status,
                                  .cursor = in->cursor,
                                  .limit = ROWS };
    int i;
    enum err e = schedule_list(r, &page);

    json_object_object_add(m, "rows", list);
    if (e != OK)
        return e;
    for (i = 0; i < page.count; i++)
        json_object_array_add(
            list,
            schedule_model(r, &page.rows[i],
                           page_path(r, HERE, page.rows[i].id, "/cancel")));
    model_bool(m, "hasRows", page.count > 0);
    model_bool(m, "waits", tab == &tabs[0]);
    model_text(m, "emptyTitle", _(tab->empty));
    settings_pager(r, m,
                   arena_printf(r->ctx.arena, HERE "?status=%s", tab->status),
                   in->cursor, page.next);
    form_model(r, m, NULL);
    return page_reply(r, 200, "scheduled/list", m);
}

/* ---- um ---- */

struct id_in {
    int64_t id;
};
static const struct field id_in[] = { INT(struct id_in, id, .from = PATH,
                                          .min = 1, .doc = "Agendamento"),
                                      FIELDS_END };

static void
add_repeats(struct req *r, struct json_object *m, const char *now)
{
    static const char *const all[] = { "none", "daily", "weekly", "monthly" };
    struct json_object *list = json_object_new_array();
    size_t i;

    for (i = 0; i < sizeof all / sizeof *all; i++) {
        const char *name = schedule_repeat_text(all[i]);

        settings_option(r, list, "repeat", all[i],
                        name != NULL ? name : _("Não repete"),
                        strcmp(all[i], now) == 0);
    }
    json_object_object_add(m, "repeats", list);
}

/* O que já saiu ou se cancelou não se muda: volta-se à lista dele. */
static enum err
show_one(struct req *r, int64_t id)
{
    struct json_object *form, *m;
    struct q_schedule_row s;
    enum err e =
        q_schedule_get(&r->ctx, &(struct q_schedule_get_in){ .id = id }, &s);

    if (e != OK)
        return e;
    if (strcmp(s.status, "pending") != 0 && strcmp(s.status, "failed") != 0)
        return reply_redirect(
            r, arena_printf(r->ctx.arena, HERE "?status=%s", s.status));
    m = frame(r, _("Mensagem agendada"), NULL);
    settings_parent(m, HERE, _("Mensagens agendadas"));
    form = json_object_new_object();
    model_text(form, "body", s.body);
    model_text(form, "dueAt", when_field(r->ctx.arena, when_parse(s.due_at)));
    model_int(form, "version", s.version);
    form_model(r, m, form);
    add_repeats(r, m, s.repeats);
    json_object_object_add(
        m, "row", schedule_model(r, &s, page_path(r, HERE, id, "/cancel")));
    model_text(m, "target", page_path(r, HERE, id, ""));
    model_text(m, "zone", r->session.time_zone);
    return page_reply(r, 200, "scheduled/form", m);
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

static enum err
redraw_list(struct req *r)
{
    return list_page(r, &(struct list_in){ .status = NULL });
}

struct edit_in {
    int64_t id, version;
    const char *body, *due_at, *repeat;
};
static const struct field edit_in[] = {
    INT(struct edit_in, id, .from = PATH, .min = 1, .doc = "Agendamento"),
    INT(struct edit_in, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou"),
    TEXT(struct edit_in, body, .required = true, .min = 1,
         .max = SCHEDULE_BODY_MAX, .lines = true, .doc = "Texto ao cliente"),
    TEXT(struct edit_in, due_at, .required = true, .max = 40,
         .doc = "AAAA-MM-DDThh:mm no fuso da empresa"),
    ENUM(struct edit_in, repeat, .one_of = SCHEDULE_REPEATS,
         .doc = "Repetição"),
    FIELDS_END
};

static enum err
save(struct req *r, const void *input)
{
    const struct edit_in *in = input;
    struct q_schedule_row row;
    enum err e = schedule_edit(
        &r->ctx, in->id,
        &(struct schedule_change){ .version = in->version,
                                   .body = form_lines(r, in->body),
                                   .due = schedule_typed_time(r, in->due_at),
                                   .repeats = in->repeat },
        &row);

    return e != OK ? e : form_done(r, HERE, _("Agendamento salvo"));
}

static enum err
cancel(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_schedule_row row;
    enum err e = schedule_cancel(&r->ctx, in->id, &row);

    return e != OK ? e : form_done(r, HERE, _("Agendamento cancelado"));
}

/* clang-format off */
const struct route scheduled_pages[] = {
    { GET, "/scheduled", list_page, PERM_TICKETS_READ, WEB_PAGE,
      IN(struct list_in, list_in), .doc = "Mensagens agendadas" },
    { GET, "/scheduled/{id}", one_page, PERM_TICKETS_WRITE, WEB_PAGE,
      IN(struct id_in, id_in), .doc = "Muda uma mensagem agendada" },
    { POST, "/scheduled/{id}", save, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct edit_in, edit_in), .redraw = redraw_one, .refuses = "409",
      .doc = "Salva uma mensagem agendada" },
    { POST, "/scheduled/{id}/cancel", cancel, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct id_in, id_in), .redraw = redraw_list, .refuses = "409",
      .doc = "Cancela uma mensagem agendada" },
    ROUTES_END
};
/* clang-format on */
