/* inbox_message.c - uma mensagem como a conversa a mostra. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "app/file_model.h"
#include "app/inbox_model.h"
#include "app/json_row.h"
#include "app/page_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"

#define M struct q_bubble_row

/* Mensagens seguidas da mesma pessoa neste intervalo ficam juntas. */
#define FOLLOW_MS (5 * 60 * 1000)

static bool
is(const char *text, const char *other)
{
    return text != NULL && strcmp(text, other) == 0;
}

static const char *
kind_label(const char *kind)
{
    const char *file = file_kind_label(kind);

    if (file != NULL)
        return file;
    if (is(kind, "location"))
        return _("Localização");
    if (is(kind, "contacts"))
        return _("Contato");
    if (is(kind, "order"))
        return _("Pedido");
    if (is(kind, "system"))
        return _("Aviso do WhatsApp");
    return _("Mensagem");
}

const char *
inbox_excerpt(const char *kind, const char *body)
{
    return body != NULL && body[0] != '\0' ? body : kind_label(kind);
}

static double
coordinate(struct json_object *o, const char *key)
{
    struct json_object *v = NULL;

    json_object_object_get_ex(o, key, &v);
    return v != NULL ? json_object_get_double(v) : 0;
}

static void
add_place(struct req *r, struct json_object *m, const M *row)
{
    struct json_object *place = json_row_read(r, row->location);
    const char *name = json_row_text(place, "name");

    model_bool(m, "place", place != NULL && !row->deleted);
    model_text(m, "placeName", name != NULL ? name : _("Localização"));
    model_text(m, "placeAddress", json_row_text(place, "address"));
    model_text(
        m, "placeHref",
        place == NULL
            ? NULL
            : arena_printf(r->ctx.arena,
                           "https://www.openstreetmap.org/?mlat=%.6f&mlon=%.6f"
                           "#map=17/%.6f/%.6f",
                           coordinate(place, "latitude"),
                           coordinate(place, "longitude"),
                           coordinate(place, "latitude"),
                           coordinate(place, "longitude")));
}

/* Texto nu, ou o membro `key` do objeto: os canais variam. */
static const char *
text_or_member(struct json_object *o, const char *key)
{
    return json_object_is_type(o, json_type_string) ? json_object_get_string(o)
                                                    : json_row_text(o, key);
}

static void
add_cards(struct req *r, struct json_object *m, const M *row)
{
    struct json_object *list = json_row_read(r, row->contacts);
    struct json_object *cards = json_object_new_array();
    size_t i, n = json_object_is_type(list, json_type_array) && !row->deleted
                      ? json_object_array_length(list)
                      : 0;

    for (i = 0; i < n; i++) {
        struct json_object *from = json_object_array_get_idx(list, i);
        struct json_object *name = NULL, *phones = NULL, *first = NULL;
        struct json_object *card = json_object_new_object();
        const char *shown;

        json_object_object_get_ex(from, "name", &name);
        json_object_object_get_ex(from, "phones", &phones);
        if (json_object_is_type(phones, json_type_array))
            first = json_object_array_get_idx(phones, 0);
        shown = text_or_member(name, "formatted_name");
        model_text(card, "cardName", shown != NULL ? shown : _("Contato"));
        model_text(card, "cardPhone", text_or_member(first, "phone"));
        json_object_array_add(cards, card);
    }
    json_object_object_add(m, "cards", cards);
}

/* Onde se chega e o que a página diz de si; só http e https entram (0065). */
static void
add_link(struct req *r, struct json_object *m, const M *row)
{
    struct json_object *from = json_row_read(r, row->link), *link;

    json_object_object_add(m, "link", NULL);
    if (from == NULL || row->deleted)
        return;
    link = json_object_new_object();
    model_text(link, "linkHref", json_row_text(from, "url"));
    model_text(link, "linkTitle", json_row_text(from, "title"));
    model_text(link, "linkText", json_row_text(from, "description"));
    model_text(link, "linkSite", json_row_text(from, "site"));
    json_object_object_add(m, "link", link);
}

static void
add_reactions(struct req *r, struct json_object *m, const M *row,
              const char *contact)
{
    struct json_object *list = json_row_read(r, row->reactions);
    struct json_object *out = json_object_new_array();
    size_t i, n = json_object_is_type(list, json_type_array)
                      ? json_object_array_length(list)
                      : 0;

    for (i = 0; i < n; i++) {
        struct json_object *from = json_object_array_get_idx(list, i);
        struct json_object *mine = NULL, *one = json_object_new_object();

        json_object_object_get_ex(from, "fromMe", &mine);
        model_text(one, "emoji", json_row_text(from, "emoji"));
        model_text(one, "who",
                   json_object_get_boolean(mine) ? _("Equipe") : contact);
        json_object_array_add(out, one);
    }
    model_bool(m, "hasReactions", n > 0);
    json_object_object_add(m, "reactions", out);
}

/* Estados do banco em cinco sinais: o que se mostra é o que se sabe. */
static const char *
tick_of(const char *status)
{
    if (is(status, "sent") || is(status, "delivered") || is(status, "failed"))
        return status;
    return is(status, "read") || is(status, "played") ? "read" : "queued";
}

static void
add_tick(struct json_object *m, const char *tick)
{
    model_text(m, "status", tick);
    model_bool(m, "isQueued", is(tick, "queued"));
    model_bool(m, "isSent", is(tick, "sent"));
    model_bool(m, "isDelivered", is(tick, "delivered"));
    model_bool(m, "isRead", is(tick, "read"));
    model_bool(m, "isFailed", is(tick, "failed"));
}

struct json_object *
inbox_tick_samples(void)
{
    static const char *const ticks[] = { "queued", "sent", "delivered", "read",
                                         "failed" };
    struct json_object *list = json_object_new_array();
    size_t i;

    for (i = 0; i < sizeof ticks / sizeof *ticks; i++) {
        struct json_object *m = json_object_new_object();

        add_tick(m, ticks[i]);
        json_object_array_add(list, m);
    }
    return list;
}

static void
add_quoted(struct json_object *m, const M *row, const char *contact)
{
    model_bool(m, "quoted", row->has_quoted_id);
    model_int(m, "quotedId", row->quoted_id);
    model_text(m, "quotedWho", row->quoted_from_me ? _("Equipe") : contact);
    model_text(m, "quotedText",
               inbox_excerpt(row->quoted_kind, row->quoted_body));
}

static const char *
odd_text(const M *row)
{
    if (row->deleted)
        return _("Mensagem apagada");
    if (is(row->kind, "unsupported"))
        return _("Este tipo de mensagem ainda não é mostrado aqui");
    if (is(row->kind, "order"))
        return _("Pedido feito pelo catálogo");
    return is(row->kind, "system") ? _("Aviso do WhatsApp") : NULL;
}

/* Texto próprio: a legenda, mas não o que um cartão já diz. */
static const char *
own_text(const M *row)
{
    if (row->deleted || is(row->kind, "location") || is(row->kind, "contacts"))
        return NULL;
    return row->body;
}

/* Quem respondeu; NULL se foi o cliente ou não se sabe. */
static const char *
team_name(const M *row)
{
    if (is(row->sender_type, "bot"))
        return _("Robô");
    return row->from_me ? row->sender : NULL;
}

static void
add_text(struct json_object *m, const M *row, const char *contact)
{
    const char *odd = odd_text(row), *name = team_name(row);

    model_text(m, "sender", name);
    model_text(m, "speaker",
               !row->from_me  ? contact
               : name != NULL ? name
                              : _("Equipe"));
    model_bool(m, "pressed",
               (is(row->kind, "interactive") || is(row->kind, "button")) &&
                   !row->from_me);
    model_bool(m, "odd", odd != NULL);
    model_text(m, "oddText", odd);
    model_text(m, "text", own_text(row));
    model_bool(m, "edited", row->edited && !row->deleted);
    model_text(m, "failure",
               !is(row->status, "failed") || row->deleted ? NULL
               : row->error != NULL                       ? row->error
                                    : _("Não foi enviada"));
}

static const char *
side_of(const M *row)
{
    if (is(row->kind, "note"))
        return "memo";
    if (is(row->sender_type, "system"))
        return "note";
    return row->from_me ? "out" : "in";
}

/* De quem é, para juntar as seguidas: o lado, e a pessoa da equipe. */
static const char *
who_of(const M *row)
{
    const char *name = team_name(row);

    return name != NULL ? name : side_of(row);
}

static struct json_object *
one_message(struct req *r, const struct q_ticket_row *t, const M *row)
{
    struct arena *a = r->ctx.arena;
    struct json_object *m = json_object_new_object();
    int64_t at_ms = when_parse(row->happened_at);

    model_int(m, "id", row->id);
    model_text(m, "side", side_of(row));
    model_text(m, "who", who_of(row));
    model_text(m, "day", when_day(a, at_ms));
    model_text(m, "atIso", when_iso(a, at_ms));
    model_text(m, "atText", when_clock(a, at_ms));
    model_text(m, "replyHref",
               strcmp(t->status, "closed") == 0 || row->deleted ||
                       is(row->kind, "note")
                   ? NULL
                   : arena_printf(a,
                                  "/inbox/%" PRId64 "?reply=%" PRId64 "#answer",
                                  t->id, row->id));
    model_text(m, "menuHref",
               row->deleted
                   ? NULL
                   : arena_printf(a, "/inbox/%" PRId64 "/messages/%" PRId64,
                                  t->id, row->id));
    model_bool(m, "starred", row->starred);
    model_bool(m, "forwarded", row->forwarded && !row->deleted);
    model_bool(m, "isNote", is(row->kind, "note"));
    model_bool(m, "isTemplate", is(row->kind, "template") && !row->deleted);
    model_bool(m, "canRetry",
               is(row->status, "failed") && row->from_me && !row->deleted &&
                   !is(t->status, "closed"));
    add_text(m, row, t->contact);
    add_quoted(m, row, t->contact);
    file_model(r, m,
               &(struct file_shown){ .kind = row->kind,
                                     .media = row->media,
                                     .from_me = row->from_me,
                                     .deleted = row->deleted });
    model_int(m, "ticketId", t->id);
    add_place(r, m, row);
    add_cards(r, m, row);
    add_link(r, m, row);
    add_reactions(r, m, row, t->contact);
    model_bool(m, "tick", row->from_me && !is(row->kind, "note"));
    add_tick(m, tick_of(row->status));
    return m;
}

struct json_object *
inbox_messages(struct req *r, const struct q_ticket_row *t, const M *rows,
               int count)
{
    struct json_object *list = json_object_new_array();
    int64_t now_ms = clock_now_ms(), last_ms = 0;
    const char *last_day = "", *last_who = "";
    int i;

    for (i = 0; i < count; i++) {
        struct json_object *m = one_message(r, t, &rows[i]);
        int64_t at_ms = when_parse(rows[i].happened_at);
        const char *day = when_day(r->ctx.arena, at_ms);
        bool new_day = strcmp(day, last_day) != 0;

        model_text(m, "dayText",
                   new_day ? when_day_text(r->ctx.arena, at_ms, now_ms) : NULL);
        model_bool(m, "follows",
                   !new_day && is(who_of(&rows[i]), last_who) &&
                       at_ms - last_ms < FOLLOW_MS);
        json_object_array_add(list, m);
        last_day = day;
        last_who = who_of(&rows[i]);
        last_ms = at_ms;
    }
    return list;
}
