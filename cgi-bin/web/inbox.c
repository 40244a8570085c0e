/*
 * inbox.c - a caixa de entrada: /inbox, a conversa e os formulários dela.
 * Tudo funciona sem JavaScript; com ele as mesmas rotas dão pedaços da página
 * (cabeçalho HX-Request-Type: partial, ou ?part=list e ?part=messages).
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "db/db.h"
#include "desk/message.h"
#include "desk/ticket.h"

#define APP_NAME "inbox"
#define DESK_ROLES (ROLE_ADMIN | ROLE_SUPERVISOR | ROLE_OPERATOR)
#define LAST_ID INT64_MAX
#define ROWS 30
#define ROWS_MAX 210
#define MESSAGES 50
#define MESSAGES_LIVE 200
#define BODY_MAX 4096
#define TABS 4

static const char *const tab_keys[TABS] = {
    "bot", "pending", "active", "closed"
};

/* ---- a lista ---- */

struct index_in { const char *status, *cursor, *part; int64_t rows, open; };
static const struct field index_in[] = {
    TEXT(struct index_in, status, .from = QUERY, .max = 20,
         .doc = "Aba: bot, pending, active, closed"),
    TEXT(struct index_in, cursor, .from = QUERY, .max = 80,
         .doc = "Continua depois desta linha"),
    TEXT(struct index_in, part, .from = QUERY, .max = 20,
         .doc = "list: só a lista"),
    INT (struct index_in, rows, .from = QUERY, .min = 1, .max = ROWS_MAX,
         .fallback = ROWS, .doc = "Quantas linhas"),
    INT (struct index_in, open, .from = QUERY, .min = 0,
         .doc = "Conversa aberta ao lado"),
    FIELDS_END
};

struct tab_count { int64_t tickets, unread; };

static int
tab_number(const char *status)
{
    int i;

    for (i = 0; status != NULL && i < TABS; i++)
        if (strcmp(tab_keys[i], status) == 0)
            return i;
    return -1;
}

static enum err
count_tabs(struct req *r, struct tab_count counts[TABS])
{
    struct q_ticket_counts_row *rows;
    int count, i, tab;
    enum err e = q_ticket_counts(&r->ctx, &rows, &count);

    memset(counts, 0, TABS * sizeof *counts);
    for (i = 0; e == OK && i < count; i++) {
        tab = tab_number(rows[i].status);
        if (tab >= 0)
            counts[tab] = (struct tab_count){ rows[i].tickets,
                                              rows[i].unread };
    }
    return e;
}

/* Trocar de aba não fecha a conversa ao lado, se o htmx está aí. */
static void
add_tab_links(struct req *r, struct json_object *m, const char *key,
              int64_t open_id)
{
    struct arena *a = r->ctx.arena;
    const char *href = arena_printf(a, "/inbox?status=%s", key);

    model_text(m, "href", href);
    model_text(m, "partHref", arena_printf(a, "%s&part=list&open=%" PRId64,
                                           href, open_id));
    model_text(m, "pushHref", open_id == 0 ? href
               : arena_printf(a, "/inbox/%" PRId64 "?status=%s", open_id,
                              key));
}

static struct json_object *
tab_model(struct req *r, int i, const struct tab_count *n, bool current)
{
    static const char *const labels[TABS] = {
        N_("Robô"), N_("Na espera"), N_("Ativas"), N_("Encerradas"),
    };
    struct arena *a = r->ctx.arena;
    struct json_object *m = json_object_new_object();
    int64_t shown = n->unread > 0 ? n->unread : n->tickets;

    model_text(m, "key", tab_keys[i]);
    model_text(m, "label", _(labels[i]));
    model_bool(m, "current", current);
    model_int(m, "count", shown);
    model_bool(m, "unread", n->unread > 0);
    model_text(m, "hint", arena_printf(a, n->unread > 0
        ? i18n_plural("%d conversa com mensagem não lida",
                      "%d conversas com mensagens não lidas",
                      (unsigned long)shown)
        : i18n_plural("%d conversa", "%d conversas", (unsigned long)shown),
        (int)shown));
    return m;
}

static void
add_tabs(struct req *r, struct json_object *m,
         const struct tab_count counts[TABS], const struct index_in *in)
{
    struct json_object *tabs = json_object_new_array();
    int64_t unread = 0;
    int i;

    for (i = 0; i < TABS; i++) {
        struct json_object *tab = tab_model(r, i, &counts[i],
                                            i == tab_number(in->status));

        add_tab_links(r, tab, tab_keys[i], in->open);
        json_object_array_add(tabs, tab);
        unread += counts[i].unread;
    }
    json_object_object_add(m, "tabs", tabs);
    model_int(m, "unread", unread);
}

/* O cursor é a chave da última linha: "instante,id"; o resto é o começo. */
static void
read_cursor(struct req *r, const char *cursor, struct q_ticket_list_in *in)
{
    const char *comma = cursor != NULL ? strchr(cursor, ',') : NULL;
    size_t n = comma != NULL ? (size_t)(comma - cursor) : 0;
    int64_t id;

    in->before_at = "infinity";
    in->before_id = LAST_ID;
    if (n < 22 || n > 32 || strspn(cursor, "0123456789-:.+ ") != n ||
        when_parse(cursor) == 0 || !parse_int64(comma + 1, &id))
        return;
    in->before_at = arena_memdup(r->ctx.arena, cursor, n);
    in->before_id = id;
}

/* Parâmetro que acompanha a lista de pedido em pedido. */
static const char *
with_cursor(struct req *r, const char *href, const char *cursor)
{
    struct str s;

    if (cursor == NULL || cursor[0] == '\0')
        return href;
    str_init(&s, r->ctx.arena, 160);
    str_printf(&s, "%s&cursor=", href);
    str_url(&s, cursor, strlen(cursor));
    return s.data;
}

static void
add_links(struct req *r, struct json_object *m, const struct index_in *in,
          const struct q_ticket_row *last)
{
    struct arena *a = r->ctx.arena;
    const char *base = arena_printf(a, "/inbox?status=%s", in->status);
    const char *part = arena_printf(a, "%s&part=list&open=%" PRId64 "&rows=",
                                    base, in->open);
    const char *next = last == NULL ? NULL
        : arena_printf(a, "%s,%" PRId64, last->updated_at, last->id);

    model_text(m, "listPlainHref", with_cursor(r, base, in->cursor));
    model_text(m, "listHref", with_cursor(r, arena_printf(a, "%s%" PRId64,
               part, in->rows), in->cursor));
    model_text(m, "moreHref", next == NULL ? NULL
               : with_cursor(r, base, next));
    model_text(m, "morePartHref", arena_printf(a, "%s%" PRId64, part,
               in->rows + ROWS > ROWS_MAX ? ROWS_MAX : in->rows + ROWS));
}

static void
add_empty(struct json_object *m, int tab)
{
    static const char *const texts[TABS] = {
        N_("Quando o robô estiver conversando com alguém, aparece aqui."),
        N_("Ninguém esperando. Mensagens novas entram aqui na hora."),
        N_("As conversas que alguém da equipe assumiu ficam aqui."),
        N_("O que foi encerrado fica guardado aqui."),
    };

    model_text(m, "emptyTitle", _("Nada por aqui"));
    model_text(m, "emptyText", _(texts[tab]));
}

static enum err
add_rows(struct req *r, struct json_object *m, const struct index_in *in)
{
    struct json_object *rows = json_object_new_array();
    struct q_ticket_list_in q = { .status = in->status, .max = in->rows };
    struct q_ticket_row *list;
    int count, i;
    enum err e;

    json_object_object_add(m, "rows", rows);
    read_cursor(r, in->cursor, &q);
    e = q_ticket_list(&r->ctx, &q, &list, &count);
    if (e != OK)
        return e;
    for (i = 0; i < count; i++)
        json_object_array_add(rows, inbox_row(r, &list[i], in->status,
                                              in->open));
    add_links(r, m, in, count == in->rows ? &list[count - 1] : NULL);
    return OK;
}

/* As salas que esta pessoa ouve: tudo, ou as filas dela e o que é seu. */
static const char *
rooms_of(struct req *r)
{
    const char *p = r->session.queue_ids != NULL ? r->session.queue_ids : "";
    struct str s;

    if (r->session.visibility == NULL ||
        strcmp(r->session.visibility, "all") == 0)
        return "company";
    str_init(&s, r->ctx.arena, 80);
    str_printf(&s, "user:%" PRId64, r->ctx.user_id);
    if (strcmp(r->session.visibility, "queues") != 0)
        return s.data;
    str_puts(&s, ",queue:0");           /* o que ainda não tem fila */
    while (*p != '\0') {
        size_t n = strspn(p, "0123456789");

        if (n > 0)
            str_printf(&s, ",queue:%.*s", (int)n, p);
        p += n > 0 ? n : 1;
    }
    return s.data;
}

/* Sem aba pedida: quem espera vem antes. */
static const char *
default_tab(const struct tab_count counts[TABS])
{
    return counts[1].tickets > 0 || counts[2].tickets == 0 ? "pending"
                                                           : "active";
}

static enum err
add_list(struct req *r, struct json_object *m, struct index_in *in)
{
    struct tab_count counts[TABS];
    enum err e = count_tabs(r, counts);

    if (e != OK)
        return e;
    if (tab_number(in->status) < 0)
        in->status = default_tab(counts);
    add_tabs(r, m, counts, in);
    add_empty(m, tab_number(in->status));
    return add_rows(r, m, in);
}

static struct json_object *
inbox_page_model(struct req *r, const char *title)
{
    struct json_object *m = page_model(r, title);

    when_zone(r->session.time_zone);
    model_bool(m, "inInbox", true);
    model_text(m, "rooms", rooms_of(r));
    model_bool(m, "ticket", false);
    json_object_object_add(m, "tickSamples", inbox_tick_samples());
    return m;
}

static enum err
home(struct req *r, const void *input)
{
    (void)input;
    return reply_redirect(r, "/inbox");
}

static enum err
index_page(struct req *r, const void *input)
{
    struct index_in in = *(const struct index_in *)input;
    struct json_object *m = inbox_page_model(r, _("Conversas"));
    bool is_part = in.part != NULL && strcmp(in.part, "list") == 0;
    enum err e = add_list(r, m, &in);

    if (e != OK)
        return e;
    return page_reply(r, 200, is_part ? "inbox/list" : "inbox/index", m);
}

/* ---- a conversa ---- */

struct talk_in {
    const char *status, *part, *ids;
    int64_t id, before, after, reply, seen;
};
static const struct field talk_in[] = {
    INT (struct talk_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct talk_in, status, .from = QUERY, .max = 20,
         .doc = "Aba da lista ao lado"),
    TEXT(struct talk_in, part, .from = QUERY, .max = 20,
         .doc = "messages: só mensagens; talk: a conversa, sem marcar lida"),
    INT (struct talk_in, before, .from = QUERY, .min = 1, .fallback = LAST_ID,
         .doc = "Só as anteriores a esta mensagem"),
    INT (struct talk_in, after, .from = QUERY, .min = 0,
         .doc = "Só as posteriores a esta mensagem"),
    TEXT(struct talk_in, ids, .from = QUERY, .max = 2000,
         .doc = "Também estas, separadas por vírgula"),
    INT (struct talk_in, reply, .from = QUERY, .min = 0,
         .doc = "Mensagem a citar"),
    INT (struct talk_in, seen, .from = QUERY, .min = 0, .max = 1,
         .doc = "1: a pessoa está vendo; zera as não lidas"),
    FIELDS_END
};

/* O que a página mostra além do que se pediu: recusa e texto já digitado. */
struct talk_state {
    const char *notice, *error, *typed;
    int64_t reply_to;
};

static bool
is_part(const struct talk_in *in, const char *name)
{
    return in->part != NULL && strcmp(in->part, name) == 0;
}

static const char *
talk_href(struct req *r, int64_t id)
{
    return arena_printf(r->ctx.arena, "/inbox/%" PRId64, id);
}

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
add_messages(struct req *r, struct json_object *m, const struct talk_in *in,
             const struct q_ticket_row *t)
{
    bool is_live = is_part(in, "messages") && in->before == LAST_ID;
    int64_t max = is_live ? MESSAGES_LIVE : MESSAGES;
    struct q_inbox_messages_row *rows;
    const char *href = talk_href(r, t->id), *older = NULL;
    int count;
    enum err e;

    e = q_inbox_messages(&r->ctx, &(struct q_inbox_messages_in){
        .ticket_id = t->id, .after = in->after, .before = in->before,
        .ids = id_list(r, in->ids), .max = max }, &rows, &count);
    if (e != OK)
        return e;
    if (count >= max && in->after == 0)
        older = arena_printf(r->ctx.arena, "%s?before=%" PRId64, href,
                             rows[0].id);
    model_text(m, "olderHref", older);
    model_text(m, "olderPartHref", older == NULL ? NULL
               : arena_printf(r->ctx.arena, "%s&part=messages", older));
    model_text(m, "newerHref", in->before == LAST_ID ? NULL : href);
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
    model_bool(m, "windowClosed", !is_closed && is_over);
    model_bool(m, "canAnswer", !is_closed && !is_over);
    model_text(m, "windowUntil", has_window
               ? when_iso(r->ctx.arena, until_ms) : NULL);
    model_text(m, "windowText", has_window && !is_over
               ? window_text(r, left_ms) : NULL);
}

/* A mensagem que se vai citar; some em silêncio se não é deste ticket. */
static enum err
add_reply(struct req *r, struct json_object *m, const struct q_ticket_row *t,
          int64_t reply_to)
{
    struct q_inbox_messages_row *rows;
    int count = 0;
    enum err e = OK;

    if (reply_to > 0)
        e = q_inbox_messages(&r->ctx, &(struct q_inbox_messages_in){
            .ticket_id = t->id, .after = reply_to - 1,
            .before = reply_to + 1, .ids = "{}", .max = 1 }, &rows, &count);
    if (e != OK)
        return e;
    model_text(m, "replyTo", count == 0 ? NULL
               : arena_printf(r->ctx.arena, "%" PRId64, reply_to));
    model_text(m, "replyWho", count == 0 ? NULL
               : rows[0].from_me ? _("Equipe") : t->contact);
    model_text(m, "replyText", count == 0 ? NULL
               : inbox_excerpt(rows[0].kind, rows[0].body));
    return OK;
}

static enum err
add_composer(struct req *r, struct json_object *m,
             const struct q_ticket_row *t, const struct talk_state *state)
{
    bool is_active = strcmp(t->status, "active") == 0;

    add_window(r, m, t);
    model_text(m, "placeholder", is_active ? _("Escreva uma mensagem")
               : _("Escreva para assumir e responder"));
    model_text(m, "typed", state->typed);
    model_text(m, "error", state->error);
    model_text(m, "notice", state->notice);
    return add_reply(r, m, t, state->reply_to);
}

static enum err
add_talk(struct req *r, struct json_object *m, const struct talk_in *in,
         const struct talk_state *state)
{
    bool is_seen = in->part == NULL || in->seen != 0;
    struct q_ticket_row t;
    enum err e;

    e = q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id }, &t);
    if (e == OK && is_seen && t.unread_count > 0)
        e = ticket_mark_read(&r->ctx, in->id);
    if (e != OK)
        return e;
    model_text(m, "title", t.contact);
    json_object_object_add(m, "ticket", inbox_ticket(r, &t));
    model_text(m, "talkLabel", arena_printf(r->ctx.arena,
               _("Conversa com %s"), t.contact));
    model_text(m, "partHref", arena_printf(r->ctx.arena,
               "/inbox/%" PRId64 "?part=messages", t.id));
    model_text(m, "backHref", arena_printf(r->ctx.arena, "/inbox?status=%s",
               tab_number(in->status) >= 0 ? in->status : t.status));
    e = add_messages(r, m, in, &t);
    if (e == OK)
        e = add_composer(r, m, &t, state);
    return e;
}

/* A página inteira leva a lista ao lado, na aba de onde a pessoa veio. */
static enum err
add_side_list(struct req *r, struct json_object *m, const struct talk_in *in)
{
    struct json_object *ticket, *status;
    struct index_in list = { .status = in->status, .rows = ROWS,
                             .open = in->id };

    if (tab_number(list.status) < 0) {
        json_object_object_get_ex(m, "ticket", &ticket);
        json_object_object_get_ex(ticket, "status", &status);
        list.status = json_object_get_string(status);
    }
    return add_list(r, m, &list);
}

static enum err
talk_reply(struct req *r, int status, const struct talk_in *in,
           const struct talk_state *state)
{
    struct json_object *m = inbox_page_model(r, "");
    enum err e = add_talk(r, m, in, state);

    if (e != OK)
        return e;
    if (is_part(in, "messages"))
        return page_reply(r, status, "inbox/messages", m);
    if (is_part(in, "talk") || page_is_fragment(r))
        return page_reply(r, status, "inbox/talk", m);
    e = add_side_list(r, m, in);
    return e != OK ? e : page_reply(r, status, "inbox/index", m);
}

static enum err
talk_page(struct req *r, const void *input)
{
    const struct talk_in *in = input;

    return talk_reply(r, 200, in, &(struct talk_state){
        .reply_to = in->reply });
}

/* ---- formulários ---- */

struct id_in { int64_t id; };
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    FIELDS_END
};

/* O motivo da recusa, já nas palavras de quem lê. */
static const char *
refusal(const struct ctx *c, enum err e)
{
    if (c->fields != NULL)
        return c->fields->detail;
    return c->detail != NULL ? c->detail : _(err_info(e)->title);
}

/* A recusa mostra a conversa de novo, com o motivo e o que foi digitado. */
static enum err
show_again(struct req *r, enum err e, int64_t id, struct talk_state *state)
{
    struct talk_in in = { .id = id, .before = LAST_ID };
    int status = err_info(e)->status;

    if (e != ERR_CONFLICT && e != ERR_INVALID)
        return e;
    if (state->typed != NULL)
        state->error = refusal(&r->ctx, e);
    else
        state->notice = refusal(&r->ctx, e);
    db_rollback(&r->ctx);
    ctx_clear_error(&r->ctx);
    return talk_reply(r, status, &in, state);
}

/* Depois de mudar: o navegador vai para a conversa; o htmx a recebe. */
static enum err
show_changed(struct req *r, int64_t id)
{
    struct talk_in in = { .id = id, .before = LAST_ID };

    if (!page_is_fragment(r))
        return reply_redirect(r, talk_href(r, id));
    return talk_reply(r, 200, &in, &(struct talk_state){ 0 });
}

static enum err
move(struct req *r, const void *input,
     enum err (*change)(struct ctx *, int64_t, struct q_ticket_row *))
{
    const struct id_in *in = input;
    struct talk_state state = { 0 };
    struct q_ticket_row t;
    enum err e = change(&r->ctx, in->id, &t);

    return e == OK ? show_changed(r, in->id)
                   : show_again(r, e, in->id, &state);
}

static enum err
take(struct req *r, const void *input)
{
    return move(r, input, ticket_take);
}

static enum err
close_ticket(struct req *r, const void *input)
{
    return move(r, input, ticket_close);
}

static enum err
reopen(struct req *r, const void *input)
{
    return move(r, input, ticket_reopen);
}

/* Limites largos: quem recusa é o domínio, para o texto não se perder. */
struct answer_in { int64_t id, after; const char *body, *reply_to; };
static const struct field answer_in[] = {
    INT (struct answer_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct answer_in, body, .max = 60000, .doc = "Texto ao cliente"),
    TEXT(struct answer_in, reply_to, .max = 20, .doc = "Mensagem citada"),
    INT (struct answer_in, after, .min = 0,
         .doc = "Última mensagem que a tela já mostra"),
    FIELDS_END
};

/* Formulário manda CRLF; a mensagem sai com LF e sem sobra no fim. */
static char *
clean_body(struct req *r, const char *body)
{
    char *out = arena_strdup(r->ctx.arena, body != NULL ? body : "");
    size_t i, n = 0;

    for (i = 0; out[i] != '\0'; i++)
        if (out[i] != '\r')
            out[n++] = out[i];
    while (n > 0 && strchr(" \t\n", out[n - 1]) != NULL)
        n--;
    out[n] = '\0';
    return out;
}

static enum err
check_length(struct req *r, const char *body)
{
    size_t n = utf8_length(body);

    if (n <= BODY_MAX)
        return OK;
    return fail_field(&r->ctx, "body", "max",
                      _("a mensagem tem %zu caracteres; o máximo é %d"), n,
                      BODY_MAX);
}

static enum err
answer(struct req *r, const void *input)
{
    const struct answer_in *in = input;
    struct talk_in show = { .id = in->id, .before = LAST_ID,
                            .after = in->after, .part = "messages" };
    struct talk_state state = { .typed = clean_body(r, in->body) };
    struct q_message_row m;
    enum err e;

    if (in->reply_to != NULL)
        parse_int64(in->reply_to, &state.reply_to);
    e = check_length(r, state.typed);
    if (e == OK)
        e = ticket_reply(&r->ctx, &(struct ticket_reply_in){
            .ticket_id = in->id, .body = state.typed,
            .reply_to = state.reply_to }, &m);
    if (e != OK && page_is_fragment(r))
        return fail(&r->ctx, e, "%s", refusal(&r->ctx, e));
    if (e != OK)
        return show_again(r, e, in->id, &state);
    if (page_is_fragment(r))
        return talk_reply(r, 201, &show, &(struct talk_state){ 0 });
    return reply_redirect(r, arena_printf(r->ctx.arena,
        "/inbox/%" PRId64 "#m%" PRId64, in->id, m.id));
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/", home, DESK_ROLES, AUTH_COOKIE, .html = true, .success = 303,
      .doc = "Leva à caixa de entrada" },
    { GET, "/inbox", index_page, DESK_ROLES, AUTH_COOKIE, .html = true,
      IN(struct index_in, index_in), .out_type = "text/html",
      .doc = "Lista de conversas de uma aba" },
    { GET, "/inbox/{id}", talk_page, DESK_ROLES, AUTH_COOKIE, .html = true,
      .writes = true, IN(struct talk_in, talk_in), .out_type = "text/html",
      .doc = "Uma conversa; abrir marca como lida" },
    { POST, "/inbox/{id}/messages", answer, DESK_ROLES, AUTH_COOKIE,
      ACCEPT_FORM, .html = true, IN(struct answer_in, answer_in),
      .success = 303, .doc = "Responde ao cliente" },
    { POST, "/inbox/{id}/take", take, DESK_ROLES, AUTH_COOKIE, ACCEPT_FORM,
      .html = true, IN(struct id_in, id_in), .success = 303,
      .doc = "Assume o atendimento" },
    { POST, "/inbox/{id}/close", close_ticket, DESK_ROLES, AUTH_COOKIE,
      ACCEPT_FORM, .html = true, IN(struct id_in, id_in), .success = 303,
      .doc = "Encerra o atendimento" },
    { POST, "/inbox/{id}/reopen", reopen, DESK_ROLES, AUTH_COOKIE,
      ACCEPT_FORM, .html = true, IN(struct id_in, id_in), .success = 303,
      .doc = "Reabre o atendimento" },
    ROUTES_END
};
/* clang-format on */
APP_MAIN(routes)
