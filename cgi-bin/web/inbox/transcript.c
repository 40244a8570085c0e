/*
 * transcript.c - a conversa inteira numa página só, para imprimir ou guardar
 * em PDF: do começo ao fim, em pedaços, sem as anotações se não se pedem.
 */
#include <inttypes.h>
#include <json-c/json.h>

#include "app/app.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "auth/audit.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/when.h"
#include "view/page.h"

#define PART_ROWS 200

struct transcript_in {
    int64_t id, notes;
};
static const struct field transcript_in[] = {
    INT(struct transcript_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct transcript_in, notes, .from = QUERY, .min = 0, .max = 1,
        .doc = "1: com as anotações internas"),
    FIELDS_END
};

struct transcript {
    struct q_ticket_row ticket;
    int64_t after_id;
    bool notes;
};

static enum err
draw(struct req *r, const char *name, struct json_object *m)
{
    if (page_render(r->ctx.arena, name, m, &r->out))
        return OK;
    log_error("modelo %s: %s", name, page_error());
    return fail(&r->ctx, ERR_INTERNAL, NULL);
}

static enum err
write_part(struct req *r, void *state, bool *more)
{
    struct transcript *x = state;
    struct json_object *m;
    struct q_bubble_row *rows;
    int count;
    enum err e = q_inbox_transcript(
        &r->ctx,
        &(struct q_inbox_transcript_in){ .ticket_id = x->ticket.id,
                                         .after = x->after_id,
                                         .notes = x->notes,
                                         .max = PART_ROWS },
        &rows, &count);

    if (e != OK)
        return e;
    m = json_object_new_object();
    json_object_object_add(m, "messages",
                           inbox_messages(r, &x->ticket, rows, count));
    *more = count == PART_ROWS;
    model_bool(m, "end", !*more);
    e = draw(r, "inbox/transcript_rows", m);
    json_object_put(m);
    if (count > 0)
        x->after_id = rows[count - 1].id;
    return e;
}

static struct json_object *
head_model(struct req *r, const struct transcript *x)
{
    const struct q_ticket_row *t = &x->ticket;
    struct json_object *m = page_model(
        r, arena_printf(r->ctx.arena, _("Conversa %s"), t->protocol));
    const char *path = page_path(r, "/inbox", t->id, "");

    model_text(m, "contact", t->contact);
    model_text(m, "phone", inbox_phone(r->ctx.arena, t->phone));
    model_text(m, "protocol", t->protocol);
    model_text(m, "channel", t->channel);
    model_text(m, "queue", t->queue);
    model_text(m, "assignee", t->assignee);
    model_text(m, "backHref", path);
    model_text(m, "otherHref",
               arena_printf(r->ctx.arena, "%s/transcript%s", path,
                            x->notes ? "" : "?notes=1"));
    model_bool(m, "notes", x->notes);
    model_text(m, "madeAt", when_moment(r->ctx.arena, clock_now_ms(), 0));
    return m;
}

static enum err
transcript(struct req *r, const void *input)
{
    const struct transcript_in *in = input;
    struct transcript *x = arena_alloc(r->ctx.arena, sizeof *x);
    bool more = false;
    enum err e;

    *x = (struct transcript){ .notes = in->notes != 0 };
    e = q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id },
                     &x->ticket);
    if (e != OK)
        return e;
    when_zone(r->session.time_zone);
    e = draw(r, "inbox/transcript", head_model(r, x));
    if (e == OK)
        e = write_part(r, x, &more);
    if (e == OK && !r->head)
        e = audit_note(
            &r->ctx,
            &(struct audit){ .action = "ticket.exported",
                             .target_type = "ticket",
                             .target_id = arena_printf(r->ctx.arena, "%" PRId64,
                                                       x->ticket.id),
                             .after = x->notes ? "{\"notes\":true}" : NULL });
    if (e != OK)
        return e;
    reply_header(r, "Cache-Control", "private, no-store");
    if (more)
        return reply_parts(r, "text/html", write_part, x);
    r->status = 200;
    r->content_type = "text/html";
    return OK;
}

/* clang-format off */
const struct route transcript_routes[] = {
    { GET, "/inbox/{id}/transcript", transcript, PERM_TICKETS_READ, AUTH_COOKIE,
      .html = true, .writes = true, .out_type = "text/html",
      .rate = { .hits = 30, .per_s = 60 },
      IN(struct transcript_in, transcript_in),
      .doc = "A conversa inteira, para imprimir; fica na auditoria" },
    ROUTES_END
};
/* clang-format on */
