/*
 * merge.c - fundir a conversa em outra do mesmo contato: escolher qual, ver
 * como fica e confirmar, em páginas que não pedem JavaScript.
 */
#include <inttypes.h>
#include <json-c/json.h>

#include "app/app.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/ticket_merge.h"

#define CHOICES 50
#define T struct q_ticket_row
#define C struct q_ticket_merge_choices_row

struct merge_in {
    int64_t id, into;
};

static const char *
plural(struct req *r, const char *format, int64_t n)
{
    return arena_printf(r->ctx.arena, format, (int)n);
}

#define COUNT(r, one, many, n) \
    ((n) == 0 ? NULL : plural(r, i18n_plural(one, many, (unsigned long)(n)), n))

static struct json_object *
choice_model(struct req *r, const C *o, int64_t chosen)
{
    struct json_object *m = json_object_new_object();
    int64_t at_ms = when_parse(o->last_message_at);

    model_int(m, "id", o->id);
    model_bool(m, "chosen", o->id == chosen);
    model_text(m, "protocol", o->protocol);
    model_text(m, "status", o->status);
    model_text(m, "statusText", inbox_status_text(o->status));
    model_text(m, "channel", o->channel);
    model_text(m, "title",
               o->subject[0] != '\0' ? o->subject : o->last_message);
    model_text(m, "atIso", when_iso(r->ctx.arena, at_ms));
    model_text(m, "atText", when_brief(r->ctx.arena, at_ms, clock_now_ms()));
    return m;
}

/* O que passa ao escolhido; sem escolha, só a lista. */
static enum err
add_preview(struct req *r, struct json_object *m, const T *t, const C *into)
{
    struct q_ticket_merge_preview_row row;
    struct json_object *p;
    enum err e = OK;

    json_object_object_add(m, "preview", NULL);
    if (into == NULL)
        return OK;
    e = q_ticket_merge_preview(&r->ctx,
                               &(struct q_ticket_merge_preview_in){
                                   .source = t->id, .target = into->id },
                               &row);
    if (e != OK)
        return e;
    p = json_object_new_object();
    model_int(p, "intoId", into->id);
    model_text(p, "from", t->protocol);
    model_text(p, "into", into->protocol);
    model_text(p, "answers",
               arena_printf(r->ctx.arena,
                            _("As respostas saem pelo canal %s, para %s."),
                            into->channel, into->reply_to));
    model_text(p, "messages",
               COUNT(r, "%d mensagem", "%d mensagens", row.messages));
    model_text(p, "files", COUNT(r, "%d arquivo", "%d arquivos", row.files));
    model_text(p, "scheduled",
               COUNT(r, "%d mensagem agendada", "%d mensagens agendadas",
                     row.scheduled));
    model_text(p, "tags",
               COUNT(r, "%d etiqueta", "%d etiquetas", row.new_tags));
    model_text(
        p, "total",
        COUNT(r, "%d mensagem", "%d mensagens", row.messages + into->messages));
    json_object_object_add(m, "preview", p);
    return OK;
}

static enum err
show(struct req *r, int64_t id, int64_t chosen)
{
    struct json_object *m = page_model(r, _("Fundir conversas"));
    struct json_object *list = json_object_new_array();
    const C *into = NULL;
    C *rows;
    T t;
    int count = 0, i;
    enum err e =
        q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = id }, &t);

    when_zone(r->session.time_zone);
    json_object_object_add(m, "rows", list);
    if (e == OK)
        e = q_ticket_merge_choices(
            &r->ctx,
            &(struct q_ticket_merge_choices_in){ .id = id, .max = CHOICES },
            &rows, &count);
    for (i = 0; e == OK && i < count; i++) {
        if (rows[i].id == chosen)
            into = &rows[i];
        json_object_array_add(list, choice_model(r, &rows[i], chosen));
    }
    if (e == OK)
        e = add_preview(r, m, &t, into);
    if (e != OK)
        return e;
    model_bool(m, "inInbox", true);
    model_bool(m, "hasRows", count > 0 && !t.has_merged_into_id);
    model_bool(m, "isOpen", t.closed_at == NULL);
    model_text(m, "contact", t.contact);
    model_text(m, "protocol", t.protocol);
    model_text(m, "backHref", page_path(r, "/inbox", id, ""));
    model_text(m, "selfHref", page_path(r, "/inbox", id, "/merge"));
    form_model(r, m, NULL);
    return page_reply(r, 200, "inbox/merge", m);
}

static const struct field page_in[] = {
    INT(struct merge_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct merge_in, into, .from = QUERY, .min = 0,
        .doc = "O escolhido; mostra como fica"),
    FIELDS_END
};

static enum err
merge_page(struct req *r, const void *input)
{
    const struct merge_in *in = input;

    return show(r, in->id, in->into);
}

static enum err
redraw(struct req *r)
{
    return show(r, form_path_id(r), 0);
}

static const struct field save_in[] = {
    INT(struct merge_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct merge_in, into, .required = true, .min = 1, .doc = "O que fica"),
    FIELDS_END
};

static enum err
merge(struct req *r, const void *input)
{
    const struct merge_in *in = input;
    T t;
    enum err e = ticket_merge(&r->ctx, in->id, in->into, &t);
    struct field_error *f;

    /* o domínio o chama intoId, como a API; aqui o campo é into */
    for (f = r->ctx.fields; e == ERR_INVALID && f != NULL; f = f->next)
        f->field = "into";
    return e != OK ? e
                   : reply_redirect(r, page_path(r, "/inbox", in->into, ""));
}

/* clang-format off */
const struct route merge_page_routes[] = {
    { GET, "/inbox/{id}/merge", merge_page, PERM_TICKETS_MANAGE, WEB_PAGE,
      IN(struct merge_in, page_in),
      .doc = "Escolher em que conversa fundir, e ver como fica" },
    { POST, "/inbox/{id}/merge", merge, PERM_TICKETS_MANAGE, WEB_FORM,
      IN(struct merge_in, save_in), .redraw = redraw, .doc = "Funde a conversa em outra" },
    ROUTES_END
};
/* clang-format on */
