/* inbox_talk.c - a conversa aberta: cabeçalho, mensagens e resposta. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/file_model.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/draft.h"
#include "desk/notice.h"
#include "desk/participant.h"
#include "desk/quick_reply.h"
#include "media/tool.h"

#define LAST_ID INT64_MAX
#define MESSAGES 50
#define MESSAGES_LIVE 200

/* "1,2,3" em '{1,2,3}'; o que não for número some. */
static const char *
id_list(struct req *r, const char *ids)
{
    struct str s;
    const char *p = ids != NULL ? ids : "";

    str_init(&s, r->ctx.arena, 40);
    str_putc(&s, '{');
    while (*p != '\0') {
        size_t n = strspn(p, "0123456789");

        if (n > 0 && n < 19)
            str_printf(&s, "%s%.*s", s.len > 1 ? "," : "", (int)n, p);
        p += n > 0 ? n : 1;
    }
    str_putc(&s, '}');
    return s.data;
}

static enum err
add_messages(struct req *r, struct json_object *m, const struct inbox_talk *in,
             const struct q_ticket_row *t)
{
    int64_t before = in->before > 0 ? in->before : LAST_ID;
    int64_t max =
        in->only_messages && in->before == 0 ? MESSAGES_LIVE : MESSAGES;
    struct q_bubble_row *rows;
    const char *href = arena_printf(r->ctx.arena, "/inbox/%" PRId64, t->id);
    const char *older = NULL;
    int count;
    enum err e;

    e = q_inbox_messages(
        &r->ctx,
        &(struct q_inbox_messages_in){ .ticket_id = t->id,
                                       .after = in->after,
                                       .before = before,
                                       .ids = id_list(r, in->ids),
                                       .max = max },
        &rows, &count);
    if (e != OK)
        return e;
    if (count >= max && in->after == 0)
        older =
            arena_printf(r->ctx.arena, "%s?before=%" PRId64, href, rows[0].id);
    model_text(m, "olderHref", older);
    model_text(m, "olderPartHref",
               older == NULL
                   ? NULL
                   : arena_printf(r->ctx.arena, "%s&part=messages", older));
    model_text(m, "newerHref", in->before == 0 ? NULL : href);
    if (in->before == 0 && count > 0)
        model_text(m, "lastId",
                   arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id));
    json_object_object_add(m, "messages", inbox_messages(r, t, rows, count));
    return OK;
}

/* "Resposta livre por mais…", ou nada se o canal não tem janela. */
static const char *
window_text(struct req *r, int64_t left_ms)
{
    int minutes = (int)(left_ms / 60000);

    if (minutes >= 60)
        return arena_printf(r->ctx.arena, _("Resposta livre por mais %d h"),
                            minutes / 60);
    return arena_printf(r->ctx.arena, _("Resposta livre por mais %d min"),
                        minutes);
}

static void
add_window(struct req *r, struct json_object *m, const struct q_ticket_row *t)
{
    bool is_closed = strcmp(t->status, "closed") == 0;
    int64_t until_ms = when_parse(t->window_until);
    int64_t left_ms = until_ms - clock_now_ms();
    bool has_window = until_ms != 0, is_over = has_window && left_ms <= 0;

    model_bool(m, "closed", is_closed);
    model_bool(m, "merged", t->has_merged_into_id);
    model_bool(m, "windowClosed", !is_closed && is_over);
    model_bool(m, "canAnswer", !is_closed && !is_over);
    model_text(m, "windowUntil",
               has_window ? when_iso(r->ctx.arena, until_ms) : NULL);
    model_text(m, "windowText",
               has_window && !is_over ? window_text(r, left_ms) : NULL);
}

/* A mensagem que se vai citar; some em silêncio se não é deste ticket. */
static enum err
add_reply(struct req *r, struct json_object *m, const struct q_ticket_row *t,
          int64_t reply_to)
{
    struct q_bubble_row *rows;
    int count = 0;
    enum err e = OK;

    if (reply_to > 0)
        e = q_inbox_messages(
            &r->ctx,
            &(struct q_inbox_messages_in){ .ticket_id = t->id,
                                           .after = reply_to - 1,
                                           .before = reply_to + 1,
                                           .ids = "{}",
                                           .max = 1 },
            &rows, &count);
    if (e != OK)
        return e;
    model_text(m, "replyTo",
               count == 0 ? NULL
                          : arena_printf(r->ctx.arena, "%" PRId64, reply_to));
    model_text(m, "replyWho",
               count == 0        ? NULL
               : rows[0].from_me ? _("Equipe")
                                 : t->contact);
    model_text(m, "replyText",
               count == 0 ? NULL : inbox_excerpt(rows[0].kind, rows[0].body));
    return OK;
}

/* A resposta rápida vai depois do que já havia; a que sumiu, em silêncio. */
static enum err
insert_reply(struct req *r, struct json_object *m, int64_t ticket_id,
             int64_t id, const char **body)
{
    struct q_quick_reply_values_row values;
    struct q_quick_reply_row q;
    const char *had = *body != NULL ? *body : "";
    enum err e = q_quick_reply_get(
        &r->ctx, &(struct q_quick_reply_get_in){ .id = id }, &q);

    if (e == ERR_NOT_FOUND) {
        ctx_clear_error(&r->ctx);
        return OK;
    }
    if (e == OK)
        e = quick_reply_values(&r->ctx, ticket_id, &values);
    if (e == OK && q.file != NULL) {
        model_text(m, "quickReplyId",
                   arena_printf(r->ctx.arena, "%" PRId64, id));
        model_text(m, "quickReplyFile", file_name(r, q.file_kind, q.file));
    }
    if (e == OK)
        *body = arena_printf(r->ctx.arena, "%s%s%s", had,
                             had[0] != '\0' ? "\n" : "",
                             quick_reply_fill(&r->ctx, q.body, &values));
    return e;
}

/* O texto recusado volta; sem ele, o que a pessoa deixou por mandar. */
static enum err
add_draft(struct req *r, struct json_object *m, const struct inbox_talk *in,
          int64_t *reply_to)
{
    struct q_draft_get_row d = { .body = NULL };
    bool fresh = in->typed == NULL;
    enum err e = fresh ? draft_get(&r->ctx, in->id, &d) : OK;

    model_text(m, "quickReplyId", NULL);
    if (e == OK && in->insert != 0)
        e = insert_reply(r, m, in->id, in->insert, &d.body);
    *reply_to = in->reply_to != 0 ? in->reply_to : d.reply_to;
    model_text(m, "typed", fresh ? d.body : in->typed);
    model_bool(m, "typedNote", fresh ? d.is_note : in->is_note);
    model_text(m, "typedCaption", in->caption);
    return e;
}

static enum err
add_composer(struct req *r, struct json_object *m, const struct q_ticket_row *t,
             const struct inbox_talk *in)
{
    bool is_active = strcmp(t->status, "active") == 0;
    int64_t reply_to;
    enum err e;

    add_window(r, m, t);
    model_text(m, "placeholder",
               is_active ? _("Escreva uma mensagem")
                         : _("Escreva para assumir e responder"));
    model_bool(m, "converts", media_tool_ready());
    model_text(m, "error", in->error);
    model_text(m, "notice", in->notice);
    e = add_draft(r, m, in, &reply_to);
    return e == OK ? add_reply(r, m, t, reply_to) : e;
}

enum err
inbox_add_talk(struct req *r, struct json_object *m,
               const struct inbox_talk *in)
{
    struct q_ticket_row t;
    enum err e;

    e = q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id }, &t);
    if (e == OK && in->is_seen && t.unread_count > 0)
        e = ticket_see(&r->ctx, in->id);
    if (e == OK && in->is_seen && participant_is_me(&r->ctx, &t))
        e = notice_ticket_seen(&r->ctx, in->id);
    if (e != OK)
        return e;
    model_text(m, "title", t.contact);
    json_object_object_add(m, "ticket", inbox_ticket(r, &t));
    model_text(m, "talkLabel",
               arena_printf(r->ctx.arena, _("Conversa com %s"), t.contact));
    model_text(
        m, "partHref",
        arena_printf(r->ctx.arena, "/inbox/%" PRId64 "?part=messages", t.id));
    model_text(m, "backHref",
               arena_printf(r->ctx.arena, "/inbox?status=%s",
                            inbox_is_tab(in->tab) ? in->tab : t.status));
    e = add_messages(r, m, in, &t);
    if (e != OK || in->only_messages)
        return e;
    e = add_composer(r, m, &t, in);
    return e != OK ? e : inbox_add_panel(r, m, &t, in);
}
