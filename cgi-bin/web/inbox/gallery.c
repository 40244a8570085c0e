/*
 * gallery.c - tudo o que se mandou e recebeu de arquivo com um contato, das
 * conversas que a pessoa vê, do mais novo ao mais velho.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/file_model.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"

#define ROWS 60
#define LAST_ID INT64_MAX
#define G struct q_inbox_gallery_row

struct gallery_in {
    int64_t id, before;
};
static const struct field gallery_in[] = {
    INT(struct gallery_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct gallery_in, before, .from = QUERY, .min = 1, .fallback = LAST_ID,
        .doc = "Só os anteriores a esta mensagem"),
    FIELDS_END
};

static struct json_object *
item(struct req *r, const struct q_ticket_row *t, const G *g)
{
    struct json_object *m = json_object_new_object();
    int64_t at_ms = when_parse(g->happened_at);

    file_model(r, m,
               &(struct file_shown){
                   .kind = g->kind, .media = g->media, .from_me = g->from_me });
    model_bool(m, "isSeen",
               strcmp(g->kind, "image") == 0 ||
                   strcmp(g->kind, "sticker") == 0);
    model_text(m, "who",
               !g->from_me         ? t->contact
               : g->sender != NULL ? g->sender
                                   : _("Robô"));
    model_text(m, "atIso", when_iso(r->ctx.arena, at_ms));
    model_text(m, "atText", when_brief(r->ctx.arena, at_ms, clock_now_ms()));
    model_text(m, "protocol", g->protocol);
    model_text(m, "talkHref",
               arena_printf(r->ctx.arena, "/inbox/%" PRId64 "#m%" PRId64,
                            g->ticket_id, g->id));
    return m;
}

static enum err
gallery(struct req *r, const void *input)
{
    const struct gallery_in *in = input;
    struct json_object *m, *list;
    struct q_ticket_row t;
    const char *path = page_path(r, "/inbox", in->id, "");
    G *rows;
    int count, i;
    enum err e =
        q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id }, &t);

    if (e == OK)
        e = q_inbox_gallery(
            &r->ctx,
            &(struct q_inbox_gallery_in){
                .contact_id = t.contact_id, .before = in->before, .max = ROWS },
            &rows, &count);
    if (e != OK)
        return e;
    when_zone(r->session.time_zone);
    m = page_model(r, _("Arquivos"));
    model_bool(m, "inInbox", true);
    list = json_object_new_array();
    for (i = 0; i < count; i++)
        json_object_array_add(list, item(r, &t, &rows[i]));
    json_object_object_add(m, "items", list);
    model_bool(m, "hasItems", count > 0);
    model_text(m, "contact", t.contact);
    model_text(m, "backHref", path);
    model_text(m, "moreHref",
               count < ROWS
                   ? NULL
                   : arena_printf(r->ctx.arena, "%s/gallery?before=%" PRId64,
                                  path, rows[count - 1].id));
    return page_reply(r, 200, "inbox/gallery", m);
}

/* clang-format off */
const struct route gallery_routes[] = {
    { GET, "/inbox/{id}/gallery", gallery, PERM_TICKETS_READ, AUTH_COOKIE,
      .html = true, .out_type = "text/html", IN(struct gallery_in, gallery_in),
      .doc = "Os arquivos trocados com o contato" },
    ROUTES_END
};
/* clang-format on */
