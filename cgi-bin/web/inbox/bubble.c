/*
 * bubble.c - o que se faz com uma bolha: a página com as ações dela (ou só o
 * menu, para quem tem JavaScript) e o formulário que as executa.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "db/db.h"
#include "desk/message_action.h"
#include "desk/ticket.h"

#define M struct q_bubble_row

/* As seis que o próprio WhatsApp oferece. */
static const char *const quick[] = { "👍", "❤️", "😂", "😮", "😢", "🙏" };

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool
reached_channel(const M *row)
{
    return !row->from_me || is(row->status, "sent") ||
           is(row->status, "delivered") || is(row->status, "read") ||
           is(row->status, "played");
}

static void
add_reactions(struct json_object *m, const M *row)
{
    struct json_object *list = json_object_new_array();
    size_t i;

    for (i = 0; i < sizeof quick / sizeof *quick; i++) {
        struct json_object *one = json_object_new_object();

        model_text(one, "emoji", quick[i]);
        json_object_array_add(list, one);
    }
    json_object_object_add(m, "quickReactions", list);
    model_bool(m, "hasOurs",
               strstr(row->reactions, "\"fromMe\": true") != NULL);
}

static enum err
add_targets(struct req *r, struct json_object *m, int64_t ticket_id, bool may)
{
    struct json_object *list = json_object_new_array();
    struct q_bubble_targets_row *rows;
    int count = 0, i;
    enum err e = OK;

    json_object_object_add(m, "targets", list);
    if (may)
        e = q_bubble_targets(
            &r->ctx, &(struct q_bubble_targets_in){ .except_id = ticket_id },
            &rows, &count);
    for (i = 0; i < count; i++) {
        struct json_object *one = json_object_new_object();

        model_int(one, "id", rows[i].id);
        model_text(one, "contact", rows[i].contact);
        model_text(one, "protocol", rows[i].protocol);
        json_object_array_add(list, one);
    }
    model_bool(m, "canForward", count > 0);
    return e;
}

/* Só o que vai dar certo; quem confere de verdade é o domínio. */
static enum err
add_actions(struct req *r, struct json_object *m, const struct q_ticket_row *t,
            const M *row)
{
    bool note = is(row->kind, "note"), failed = is(row->status, "failed");
    bool leads = (r->ctx.permissions & PERM_BIT(PERM_TICKETS_MANAGE)) != 0;
    bool mine =
        note && (leads || (row->has_user_id && row->user_id == r->ctx.user_id));
    bool waits = row->from_me && !note && (failed || is(row->status, "queued"));
    int64_t until_ms = when_parse(t->window_until);

    model_bool(m, "canReact",
               !note && !row->deleted && reached_channel(row) &&
                   (until_ms == 0 || until_ms > clock_now_ms()));
    add_reactions(m, row);
    model_bool(m, "starred", row->starred);
    model_bool(m, "canRetry",
               failed && row->from_me && !is(t->status, "closed"));
    model_bool(m, "canEdit",
               !row->deleted &&
                   (mine || (waits && failed && is(row->kind, "text"))));
    model_bool(m, "canDelete", !row->deleted && (mine || waits));
    model_text(m, "rawText", row->body);
    return add_targets(
        r, m, t->id,
        !row->deleted && (is(row->kind, "text") || is(row->kind, "template")) &&
            row->body[0] != '\0');
}

static enum err
load(struct req *r, struct json_object *m, int64_t id, int64_t message_id)
{
    struct q_ticket_row t;
    M *rows;
    int count = 0;
    enum err e;

    e = q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = id }, &t);
    if (e == OK)
        e = q_inbox_messages(
            &r->ctx,
            &(struct q_inbox_messages_in){ .ticket_id = id,
                                           .after = message_id - 1,
                                           .before = message_id + 1,
                                           .ids = "{}",
                                           .max = 1 },
            &rows, &count);
    if (e != OK)
        return e;
    if (count == 0)
        return fail(&r->ctx, ERR_NOT_FOUND, NULL);
    model_bool(m, "inInbox", true);
    json_object_object_add(m, "ticket", inbox_ticket(r, &t));
    json_object_object_add(m, "messages", inbox_messages(r, &t, rows, count));
    model_text(m, "actHref",
               arena_printf(r->ctx.arena,
                            "/inbox/%" PRId64 "/messages/%" PRId64, id,
                            message_id));
    model_text(m, "backHref",
               arena_printf(r->ctx.arena, "/inbox/%" PRId64 "#m%" PRId64, id,
                            message_id));
    return add_actions(r, m, &t, rows);
}

struct bubble_view {
    int64_t id, message_id;
    int status;
    bool only_menu;
    const char *notice; /* por que não deu; NULL: nada a dizer */
};

static enum err
show(struct req *r, const struct bubble_view *v)
{
    struct json_object *m = page_model(r, _("Mensagem"));
    enum err e;

    when_zone(r->session.time_zone);
    model_text(m, "rooms", "");
    model_text(m, "notice", v->notice);
    e = load(r, m, v->id, v->message_id);
    if (e != OK)
        return e;
    return page_reply(r, v->status,
                      v->only_menu ? "inbox/bubble_menu" : "inbox/bubble", m);
}

struct bubble_in {
    int64_t id, message_id;
    const char *part;
};
static const struct field bubble_in[] = {
    INT(struct bubble_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct bubble_in, message_id, .from = PATH, .min = 1,
        .doc = "Mensagem"),
    TEXT(struct bubble_in, part, .from = QUERY, .max = 20,
         .doc = "menu: só as ações"),
    FIELDS_END
};

static enum err
bubble_page(struct req *r, const void *input)
{
    const struct bubble_in *in = input;

    return show(r, &(struct bubble_view){ .id = in->id,
                                          .message_id = in->message_id,
                                          .status = 200,
                                          .only_menu = in->part != NULL &&
                                                       is(in->part, "menu") });
}

/* ---- fazer ---- */

struct act_in {
    int64_t id, message_id;
    const char *act, *emoji, *body, *tickets;
};
static const struct field act_in[] = {
    INT(struct act_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct act_in, message_id, .from = PATH, .min = 1, .doc = "Mensagem"),
    ENUM(struct act_in, act, .required = true, .doc = "O que fazer",
         .one_of = "react star unstar retry edit delete forward"),
    TEXT(struct act_in, emoji, .max = 20, .doc = "react: vazio tira"),
    TEXT(struct act_in, body, .max = 4096, .lines = true,
         .doc = "edit: o texto novo"),
    INTS(struct act_in, tickets, .max = FORWARD_MAX,
         .doc = "forward: a que atendimentos"),
    FIELDS_END
};

static enum err
run(struct req *r, const struct act_in *in)
{
    struct q_message_row m, sent[FORWARD_MAX];
    struct ctx *c = &r->ctx;
    int count;

    if (is(in->act, "react"))
        return message_react(c, in->message_id,
                             in->emoji != NULL ? in->emoji : "", &m);
    if (is(in->act, "retry"))
        return message_retry(c, in->message_id, &m);
    if (is(in->act, "edit"))
        return message_edit(c, in->message_id, in->body != NULL ? in->body : "",
                            &m);
    if (is(in->act, "delete"))
        return message_delete(c, in->message_id, &m);
    if (is(in->act, "forward"))
        return message_forward(c, in->message_id, in->tickets, sent, &count);
    return message_star(c, in->message_id, is(in->act, "star"));
}

static const char *
refusal(const struct ctx *c, enum err e)
{
    if (c->fields != NULL)
        return c->fields->detail;
    return c->detail != NULL ? c->detail : _(err_info(e)->title);
}

/* A mensagem tem de ser deste ticket: o caminho diz os dois. */
static enum err
check_place(struct req *r, const struct act_in *in)
{
    struct q_message_belongs_row row;
    bool found;
    enum err e =
        q_message_belongs(&r->ctx,
                          &(struct q_message_belongs_in){ .id = in->message_id,
                                                          .ticket_id = in->id },
                          &row, &found);

    return e == OK && !found ? fail(&r->ctx, ERR_NOT_FOUND, NULL) : e;
}

static enum err
act(struct req *r, const void *input)
{
    const struct act_in *in = input;
    enum err e = check_place(r, in);
    const char *why;

    if (e == OK)
        e = run(r, in);
    if (e == OK && !page_is_fragment(r))
        return reply_redirect(r, arena_printf(r->ctx.arena,
                                              "/inbox/%" PRId64 "#m%" PRId64,
                                              in->id, in->message_id));
    if (e == OK) {
        struct json_object *m = page_model(r, "");

        when_zone(r->session.time_zone);
        model_bool(m, "olderPartHref", false);
        e = load(r, m, in->id, in->message_id);
        return e == OK ? page_reply(r, 200, "inbox/messages", m) : e;
    }
    if (page_is_fragment(r) || (e != ERR_CONFLICT && e != ERR_INVALID))
        return fail(&r->ctx, e, "%s", refusal(&r->ctx, e));
    why = refusal(&r->ctx, e);
    db_rollback(&r->ctx);
    ctx_clear_error(&r->ctx);
    return show(r, &(struct bubble_view){ .id = in->id,
                                          .message_id = in->message_id,
                                          .status = err_info(e)->status,
                                          .notice = why });
}

/* clang-format off */
const struct route bubble_routes[] = {
    { GET, "/inbox/{id}/messages/{messageId}", bubble_page, PERM_TICKETS_READ,
      AUTH_COOKIE, .html = true, IN(struct bubble_in, bubble_in),
      .out_type = "text/html", .doc = "As ações de uma mensagem" },
    { POST, "/inbox/{id}/messages/{messageId}", act, PERM_TICKETS_WRITE,
      AUTH_COOKIE, ACCEPT_FORM, .html = true, IN(struct act_in, act_in),
      .success = 303, .doc = "Reage, marca, repete, edita, apaga ou encaminha" },
    ROUTES_END
};
/* clang-format on */
