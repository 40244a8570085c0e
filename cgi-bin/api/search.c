/*
 * search.c - procurar em tudo: /api/v1/search (atendimentos, contatos,
 * mensagens e anotações) e a página /search. Só o que a pessoa pode ver.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "gen/q_search.h"

#define APP_NAME "search"
#define FEW 5
#define PAGE_ROWS 20

struct search_in {
    const char *q, *in;
    int64_t limit, before;
};
#define S struct search_in
static const struct field search_in[] = {
    TEXT(S, q, .from = QUERY, .max = 200,
         .doc = "O que se procura; acentos não contam; vazio: nada"),
    INT(S, limit, .from = QUERY, .min = 1, .max = 50, .fallback = PAGE_ROWS,
        .doc = "Quantos por página"),
    INT(S, before, .json = "cursor", .from = QUERY, .min = 1,
        .fallback = INT64_MAX, .doc = "O nextCursor da página anterior"),
    FIELDS_END
};
static const struct field page_in[] = {
    TEXT(S, q, .from = QUERY, .max = 200, .doc = "O que se procura"),
    TEXT(S, in, .from = QUERY, .max = 20,
         .doc = "Só: tickets, contacts, messages ou notes"),
    INT(S, before, .json = "cursor", .from = QUERY, .min = 1,
        .fallback = INT64_MAX, .doc = "Continua a lista"),
    FIELDS_END
};

#define MARKS \
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":" \
    "[\"text\",\"match\"],\"properties\":{\"text\":{\"type\":\"string\"}," \
    "\"match\":{\"type\":\"boolean\"}}}}"
#define T struct q_search_tickets_row
static const struct field ticket_hit[] = {
    INT(T, id, .doc = "Atendimento"),
    TEXT(T, protocol, .doc = "Protocolo"),
    TEXT(T, subject, .doc = "Assunto"),
    JSON(T, subject_marks, .schema = MARKS,
         .doc = "O assunto em pedaços; match: é o que se procurou"),
    TEXT(T, contact, .doc = "De quem é"),
    ENUM(T, status, .one_of = "bot pending active closed", .doc = "Estado"),
    TIME(T, updated_at, .doc = "Última mudança"),
    FIELDS_END
};
#undef T
#define T struct q_search_contacts_row
static const struct field contact_hit[] = {
    INT(T, id, .doc = "Contato"),
    TEXT(T, name, .doc = "Nome"),
    JSON(T, name_marks, .schema = MARKS, .doc = "O nome em pedaços"),
    TEXT(T, phone, .nullable = true, .doc = "Telefone"),
    TEXT(T, email, .nullable = true, .doc = "E-mail"),
    TEXT(T, document, .nullable = true, .doc = "CPF ou CNPJ"),
    INT_OR_NULL(T, ticket_id, .doc = "O atendimento mais recente dele"),
    FIELDS_END
};
#undef T
#define T struct q_search_messages_row
static const struct field message_hit[] = {
    INT(T, id, .doc = "Mensagem"),
    INT(T, ticket_id, .doc = "Atendimento"),
    TEXT(T, protocol, .doc = "Protocolo dele"),
    TEXT(T, contact, .doc = "De quem ele é"),
    BOOL(T, from_me, .doc = "Escrita deste lado"),
    TEXT(T, author, .nullable = true, .doc = "Quem da equipe a escreveu"),
    JSON(T, snippet, .schema = MARKS,
         .doc = "Trecho em pedaços; match: é o que se procurou"),
    TIME(T, created_at, .doc = "Quando"),
    FIELDS_END
};
#undef T

/* Os grupos, na ordem em que se mostram. */
enum { TICKETS, CONTACTS, MESSAGES, NOTES, GROUPS };
static const struct {
    const char *name, *title;
    enum permission permit;
    const struct field *out;
} groups[GROUPS] = {
    { "tickets", N_("Atendimentos"), PERM_TICKETS_READ, ticket_hit },
    { "contacts", N_("Contatos"), PERM_CONTACTS_READ, contact_hit },
    { "messages", N_("Mensagens"), PERM_TICKETS_READ, message_hit },
    { "notes", N_("Anotações"), PERM_TICKETS_READ, message_hit },
};

/* Uma página de um grupo. */
struct hits {
    const void *rows;
    size_t size;
    int count;
    const char *next; /* NULL: não há mais */
};

/* O id é o primeiro membro de toda linha. */
static enum err
find(struct req *r, int group, const S *in, struct hits *out)
{
    struct q_search_tickets_row *tickets = NULL;
    struct q_search_contacts_row *contacts = NULL;
    struct q_search_messages_row *messages = NULL;
    const char *q = in->q != NULL ? in->q : "";
    int64_t most = in->limit + 1;
    int count = 0;
    enum err e;

    *out = (struct hits){ .size = sizeof *messages };
    if (group == TICKETS) {
        e = q_search_tickets(
            &r->ctx, &(struct q_search_tickets_in){ q, in->before, most },
            &tickets, &count);
        out->rows = tickets;
        out->size = sizeof *tickets;
    } else if (group == CONTACTS) {
        e = q_search_contacts(
            &r->ctx, &(struct q_search_contacts_in){ q, in->before, most },
            &contacts, &count);
        out->rows = contacts;
        out->size = sizeof *contacts;
    } else {
        e = q_search_messages(&r->ctx,
                              &(struct q_search_messages_in){
                                  q, group == NOTES, in->before, most },
                              &messages, &count);
        out->rows = messages;
    }
    out->count = count;
    if (e == OK && count > in->limit) {
        const char *last =
            (const char *)out->rows + (size_t)(in->limit - 1) * out->size;

        out->count = (int)in->limit;
        out->next = arena_printf(r->ctx.arena, "%" PRId64,
                                 *(const int64_t *)(const void *)last);
    }
    return e;
}

static enum err
reply_group(struct req *r, const S *in, int group)
{
    struct hits hits;
    enum err e = find(r, group, in, &hits);

    return e != OK ? e
                   : reply_list(r, hits.rows, hits.size, hits.count, hits.next);
}

static enum err
tickets(struct req *r, const void *input)
{
    return reply_group(r, input, TICKETS);
}

static enum err
contacts(struct req *r, const void *input)
{
    return reply_group(r, input, CONTACTS);
}

static enum err
messages(struct req *r, const void *input)
{
    return reply_group(r, input, MESSAGES);
}

static enum err
notes(struct req *r, const void *input)
{
    return reply_group(r, input, NOTES);
}

/* ---- tudo de uma vez ---- */

struct all_out {
    const char *tickets, *contacts, *messages, *notes;
};
#define GROUP_SCHEMA \
    "{\"type\":\"object\",\"required\":[\"data\",\"nextCursor\"]," \
    "\"properties\":{\"data\":{\"type\":\"array\",\"items\":{\"type\":" \
    "\"object\"}},\"nextCursor\":{\"type\":[\"string\",\"null\"]}}}"
static const struct field all_out[] = {
    JSON(struct all_out, tickets, .schema = GROUP_SCHEMA,
         .doc = "Como /search/tickets"),
    JSON(struct all_out, contacts, .schema = GROUP_SCHEMA,
         .doc = "Como /search/contacts; vazio a quem não vê contatos"),
    JSON(struct all_out, messages, .schema = GROUP_SCHEMA,
         .doc = "Como /search/messages"),
    JSON(struct all_out, notes, .schema = GROUP_SCHEMA,
         .doc = "Como /search/notes"),
    FIELDS_END
};

static enum err
group_json(struct req *r, const S *in, int group, const char **out)
{
    struct hits hits = { .count = 0 };
    struct str s;
    enum err e = OK;

    if (settings_may(r, groups[group].permit))
        e = find(r, group, in, &hits);
    if (e != OK)
        return e;
    str_init(&s, r->ctx.arena, 400);
    str_puts(&s, "{\"data\":");
    json_write_list(&s, groups[group].out, hits.rows, hits.size, hits.count);
    str_puts(&s, ",\"nextCursor\":");
    if (hits.next != NULL)
        str_json(&s, hits.next);
    else
        str_puts(&s, "null");
    str_putc(&s, '}');
    *out = s.data;
    return OK;
}

static enum err
everything(struct req *r, const void *input)
{
    struct search_in in = *(const S *)input;
    struct all_out out;
    enum err e;

    in.before = INT64_MAX;
    e = group_json(r, &in, TICKETS, &out.tickets);
    if (e == OK)
        e = group_json(r, &in, CONTACTS, &out.contacts);
    if (e == OK)
        e = group_json(r, &in, MESSAGES, &out.messages);
    if (e == OK)
        e = group_json(r, &in, NOTES, &out.notes);
    return e != OK ? e : reply(r, &out);
}

/* ---- a página ---- */

static struct json_object *
hit_model(struct req *r, const char *href, const char *at)
{
    struct json_object *m = json_object_new_object();
    struct arena *a = r->ctx.arena;

    model_text(m, "href", href);
    model_text(m, "atIso", at != NULL ? when_iso(a, when_parse(at)) : NULL);
    model_text(m, "atText",
               at != NULL ? when_brief(a, when_parse(at), clock_now_ms())
                          : NULL);
    return m;
}

static struct json_object *
hit_of(struct req *r, int group, const void *row)
{
    const struct q_search_tickets_row *t = row;
    const struct q_search_contacts_row *c = row;
    const struct q_search_messages_row *n = row;
    struct arena *a = r->ctx.arena;
    struct json_object *m;

    if (group == TICKETS) {
        m = hit_model(r, arena_printf(a, "/inbox/%" PRId64, t->id),
                      t->updated_at);
        model_text(m, "head",
                   arena_printf(a, "%s · %s", t->contact, t->protocol));
        json_object_object_add(m, "marks",
                               json_tokener_parse(t->subject_marks));
    } else if (group == CONTACTS) {
        m = hit_model(r, arena_printf(a, "/contacts/%" PRId64, c->id), NULL);
        model_text(m, "head", NULL);
        json_object_object_add(m, "headMarks",
                               json_tokener_parse(c->name_marks));
        model_text(m, "more",
                   arena_printf(a, "%s %s %s", c->phone != NULL ? c->phone : "",
                                c->email != NULL ? c->email : "",
                                c->document != NULL ? c->document : ""));
    } else {
        m = hit_model(r,
                      arena_printf(a, "/inbox/%" PRId64 "#m%" PRId64,
                                   n->ticket_id, n->id),
                      n->created_at);
        model_text(m, "head",
                   n->author != NULL
                       ? arena_printf(a, "%s · %s", n->contact, n->author)
                       : n->contact);
        json_object_object_add(m, "marks", json_tokener_parse(n->snippet));
    }
    return m;
}

static enum err
add_group(struct req *r, struct json_object *list, const S *in, int group)
{
    struct json_object *m, *rows;
    struct hits hits;
    struct str s;
    int i;
    enum err e = find(r, group, in, &hits);

    if (e != OK || hits.count == 0)
        return e;
    m = json_object_new_object();
    rows = json_object_new_array();
    for (i = 0; i < hits.count; i++)
        json_object_array_add(
            rows,
            hit_of(r, group, (const char *)hits.rows + (size_t)i * hits.size));
    model_text(m, "label", _(groups[group].title));
    model_text(m, "name", groups[group].name);
    json_object_object_add(m, "hits", rows);
    str_init(&s, r->ctx.arena, 120);
    str_puts(&s, "/search?q=");
    str_url(&s, in->q, strlen(in->q));
    str_printf(&s, "&in=%s&cursor=%s", groups[group].name,
               hits.next != NULL ? hits.next : "");
    model_text(m, "moreHref", hits.next != NULL ? s.data : NULL);
    json_object_array_add(list, m);
    return OK;
}

static enum err
search_page(struct req *r, const void *input)
{
    struct search_in in = *(const S *)input;
    struct json_object *m = page_model(r, _("Busca"));
    struct json_object *list = json_object_new_array();
    bool asks = in.q != NULL && in.q[strspn(in.q, " \t\r\n")] != '\0';
    int i;
    enum err e = OK;

    when_zone(r->session.time_zone);
    json_object_object_add(m, "groups", list);
    in.limit = in.in != NULL ? PAGE_ROWS : FEW;
    for (i = 0; e == OK && asks && i < GROUPS; i++)
        if (settings_may(r, groups[i].permit) &&
            (in.in == NULL || strcmp(in.in, groups[i].name) == 0))
            e = add_group(r, list, &in, i);
    if (e != OK)
        return e;
    model_bool(m, "inSearch", true);
    model_text(m, "q", in.q != NULL ? in.q : "");
    model_bool(m, "nothing", asks && json_object_array_length(list) == 0);
    model_bool(m, "asks", asks);
    return page_reply(r, 200, "chat/search", m);
}

/* clang-format off */
#define BASE "/api/v1/search"
#define SLOW .rate = { .hits = 120, .per_s = 60 }
static const struct route routes[] = {
    { GET, BASE, everything, PERM_TICKETS_READ, AUTH_EITHER, SLOW,
      IN(S, search_in), .out = all_out,
      .doc = "Procura em tudo; cada grupo continua na rota dele" },
    { GET, BASE "/tickets", tickets, PERM_TICKETS_READ, AUTH_EITHER, SLOW,
      .one_query = true, IN(S, search_in), .out = ticket_hit,
      .out_list = true, .doc = "Atendimentos por protocolo ou assunto" },
    { GET, BASE "/contacts", contacts, PERM_CONTACTS_READ, AUTH_EITHER, SLOW,
      .one_query = true, IN(S, search_in), .out = contact_hit,
      .out_list = true,
      .doc = "Contatos por nome, telefone, e-mail ou documento" },
    { GET, BASE "/messages", messages, PERM_TICKETS_READ, AUTH_EITHER, SLOW,
      .one_query = true, IN(S, search_in), .out = message_hit,
      .out_list = true, .doc = "Mensagens pelas palavras" },
    { GET, BASE "/notes", notes, PERM_TICKETS_READ, AUTH_EITHER, SLOW,
      .one_query = true, IN(S, search_in), .out = message_hit,
      .out_list = true, .doc = "Anotações internas pelas palavras" },
    { GET, "/search", search_page, PERM_TICKETS_READ, AUTH_COOKIE, SLOW,
      .html = true, .out_type = "text/html", IN(S, page_in),
      .doc = "Procurar em tudo" },
    ROUTES_END
};
/* clang-format on */
APP_MAIN(routes)
