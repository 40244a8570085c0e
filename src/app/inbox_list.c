/* inbox_list.c - a lista da caixa de entrada: abas, linhas e continuação. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/i18n.h"
#include "base/when.h"

#define LAST_ID INT64_MAX
#define TABS 4

static const char *const tab_keys[TABS] = { "bot", "pending", "active",
                                            "closed" };

struct tab_count {
    int64_t tickets, unread;
};

static int
tab_number(const char *status)
{
    int i;

    for (i = 0; status != NULL && i < TABS; i++)
        if (strcmp(tab_keys[i], status) == 0)
            return i;
    return -1;
}

bool
inbox_is_tab(const char *status)
{
    return tab_number(status) >= 0;
}

/* Com filtros, cada aba diz quantas dele tem. */
static enum err
tally(struct req *r, const struct inbox_list *in, struct tab_count counts[TABS])
{
    struct ticket_filter f = ticket_choice_filter(&in->choice);
    struct q_ticket_tally_row row;
    const char *filter;
    enum err e = ticket_filter_json(&r->ctx, &f, &filter);

    if (e == OK)
        e = q_ticket_tally(
            &r->ctx, &(struct q_ticket_tally_in){ .filter = filter }, &row);
    if (e != OK)
        return e;
    counts[0].tickets = row.bot;
    counts[1].tickets = row.pending;
    counts[2].tickets = row.active;
    counts[3].tickets = row.closed;
    return OK;
}

static enum err
count_tabs(struct req *r, const struct inbox_list *in,
           struct tab_count counts[TABS])
{
    struct q_ticket_counts_row *rows;
    int count, i, tab;
    enum err e;

    memset(counts, 0, TABS * sizeof *counts);
    if (ticket_choice_is_on(&in->choice))
        return tally(r, in, counts);
    e = q_ticket_counts(&r->ctx, &rows, &count);
    for (i = 0; e == OK && i < count; i++) {
        tab = tab_number(rows[i].status);
        if (tab >= 0)
            counts[tab] = (struct tab_count){ rows[i].tickets, rows[i].unread };
    }
    return e;
}

/* O que acompanha cada endereço da lista: filtros, e o modo de escolher. */
static const char *
query_of(struct req *r, const struct inbox_list *in)
{
    return arena_printf(r->ctx.arena, "%s%s",
                        ticket_choice_query(r->ctx.arena, &in->choice),
                        in->picking ? "&pick=1" : "");
}

/* Trocar de aba não fecha a conversa ao lado, se o htmx está aí. */
static void
add_tab_links(struct req *r, struct json_object *m, const char *key,
              const struct inbox_list *in)
{
    struct arena *a = r->ctx.arena;
    const char *query = query_of(r, in);
    const char *href = arena_printf(a, "/inbox?status=%s%s", key, query);

    model_text(m, "href", href);
    model_text(m, "partHref",
               arena_printf(a, "%s&part=list&open=%" PRId64, href, in->open));
    model_text(m, "pushHref",
               in->open == 0 ? href
                             : arena_printf(a, "/inbox/%" PRId64 "?status=%s%s",
                                            in->open, key, query));
}

static struct json_object *
tab_model(struct req *r, int i, const struct tab_count *n, bool current)
{
    static const char *const labels[TABS] = {
        N_("Robô"),
        N_("Na espera"),
        N_("Ativas"),
        N_("Encerradas"),
    };
    struct arena *a = r->ctx.arena;
    struct json_object *m = json_object_new_object();
    int64_t shown = n->unread > 0 ? n->unread : n->tickets;

    model_text(m, "key", tab_keys[i]);
    model_text(m, "label", _(labels[i]));
    model_bool(m, "current", current);
    model_int(m, "count", shown);
    model_bool(m, "unread", n->unread > 0);
    model_text(
        m, "hint",
        arena_printf(a,
                     n->unread > 0
                         ? i18n_plural("%d conversa com mensagem não lida",
                                       "%d conversas com mensagens não lidas",
                                       (unsigned long)shown)
                         : i18n_plural("%d conversa", "%d conversas",
                                       (unsigned long)shown),
                     (int)shown));
    return m;
}

static void
add_tabs(struct req *r, struct json_object *m,
         const struct tab_count counts[TABS], const struct inbox_list *in)
{
    struct json_object *tabs = json_object_new_array();
    int64_t unread = 0;
    int i;

    for (i = 0; i < TABS; i++) {
        struct json_object *tab =
            tab_model(r, i, &counts[i], i == tab_number(in->status));

        add_tab_links(r, tab, tab_keys[i], in);
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

/* Sem filtro, a consulta preparada e com índice; com ele, a que se monta. */
static enum err
plain_page(struct req *r, const struct inbox_list *in, struct ticket_page *page)
{
    struct q_ticket_list_in q = { .status = in->status, .max = page->max };
    enum err e;

    read_cursor(r, in->cursor, &q);
    e = q_ticket_list(&r->ctx, &q, &page->rows, &page->count);
    if (e == OK && page->count == page->max)
        page->next = arena_printf(r->ctx.arena, "%s,%" PRId64,
                                  page->rows[page->count - 1].updated_at,
                                  page->rows[page->count - 1].id);
    return e;
}

static enum err
filtered_page(struct req *r, const struct inbox_list *in,
              struct ticket_page *page)
{
    struct ticket_filter f = ticket_choice_filter(&in->choice);
    const char *filter;
    enum err e;

    f.status = in->status;
    page->sort = in->choice.sort;
    page->cursor = in->cursor;
    e = ticket_filter_json(&r->ctx, &f, &filter);
    return e != OK ? e : ticket_filter_list(&r->ctx, filter, page);
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
add_links(struct req *r, struct json_object *m, const struct inbox_list *in,
          const char *next)
{
    struct arena *a = r->ctx.arena;
    const char *base =
        arena_printf(a, "/inbox?status=%s%s", in->status, query_of(r, in));
    const char *part =
        arena_printf(a, "%s&part=list&open=%" PRId64 "&rows=", base, in->open);

    model_text(m, "listPlainHref", with_cursor(r, base, in->cursor));
    model_text(m, "listHref",
               with_cursor(r, arena_printf(a, "%s%" PRId64, part, in->rows),
                           in->cursor));
    model_text(m, "moreHref", next == NULL ? NULL : with_cursor(r, base, next));
    model_text(m, "morePartHref",
               arena_printf(a, "%s%" PRId64, part,
                            in->rows + INBOX_ROWS > INBOX_ROWS_MAX
                                ? INBOX_ROWS_MAX
                                : in->rows + INBOX_ROWS));
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
add_rows(struct req *r, struct json_object *m, const struct inbox_list *in)
{
    struct json_object *rows = json_object_new_array();
    struct ticket_page page = { .max = in->rows };
    const char *query = query_of(r, in);
    bool is_on = ticket_choice_is_on(&in->choice);
    enum err e = is_on ? filtered_page(r, in, &page) : plain_page(r, in, &page);
    int i;

    json_object_object_add(m, "rows", rows);
    if (e != OK)
        return e;
    for (i = 0; i < page.count; i++)
        json_object_array_add(rows, inbox_row(r, &page.rows[i], in, query));
    add_links(r, m, in, page.next);
    return inbox_add_tags(r, rows, page.rows, page.count);
}

/* Sem aba pedida: quem espera vem antes. */
static const char *
default_tab(const struct tab_count counts[TABS])
{
    return counts[1].tickets > 0 || counts[2].tickets == 0 ? "pending"
                                                           : "active";
}

/* Um filtro que ninguém passa não é uma caixa vazia. */
static void
add_state(struct req *r, struct json_object *m, const struct inbox_list *in)
{
    bool is_on = ticket_choice_is_on(&in->choice);
    const char *base =
        arena_printf(r->ctx.arena, "/inbox?status=%s", in->status);

    model_text(m, "tab", in->status);
    model_bool(m, "filtered", is_on);
    model_text(m, "clearHref", is_on ? base : NULL);
    model_bool(m, "picking", in->picking);
    if (is_on) {
        model_text(m, "emptyTitle", _("Nada com estes filtros"));
        model_text(m, "emptyText",
                   _("Procure noutra aba, ou tire algum filtro."));
    }
}

enum err
inbox_add_list(struct req *r, struct json_object *m, struct inbox_list *in)
{
    struct tab_count counts[TABS];
    enum err e;

    ticket_choice_clean(&in->choice);
    e = count_tabs(r, in, counts);
    if (e != OK)
        return e;
    if (tab_number(in->status) < 0)
        in->status = default_tab(counts);
    add_tabs(r, m, counts, in);
    add_empty(m, tab_number(in->status));
    add_state(r, m, in);
    return add_rows(r, m, in);
}

/* As salas que esta pessoa ouve: tudo, ou as filas dela e o que é seu. */
const char *
inbox_rooms(struct req *r)
{
    const char *p = r->session.queue_ids != NULL ? r->session.queue_ids : "";
    struct str s;

    if (r->session.visibility == NULL ||
        strcmp(r->session.visibility, "all") == 0)
        return arena_printf(r->ctx.arena, "company,user:%" PRId64,
                            r->ctx.user_id);
    str_init(&s, r->ctx.arena, 80);
    str_printf(&s, "user:%" PRId64, r->ctx.user_id);
    if (strcmp(r->session.visibility, "queues") != 0)
        return s.data;
    str_puts(&s, ",queue:0"); /* o que ainda não tem fila */
    while (*p != '\0') {
        size_t n = strspn(p, "0123456789");

        if (n > 0)
            str_printf(&s, ",queue:%.*s", (int)n, p);
        p += n > 0 ? n : 1;
    }
    return s.data;
}
