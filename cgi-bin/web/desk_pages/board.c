/*
 * desk_pages/board.c - o quadro, /board: colunas por etiqueta, cartões que se
 * movem por um formulário; com JavaScript, arrastando.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/contact_pages.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "desk/board.h"

#define SMALL_BODY 4096
#define HERE "/board"
#define CARDS 20
#define CARDS_MAX 200

#define COLUMN struct q_ticket_board_columns_row

struct board_in {
    int64_t column, before, rows;
    bool has_column;
    const char *part;
};
static const struct field board_in[] = {
    INT_IF_SENT(struct board_in, column, .from = QUERY, .min = 0,
                .doc = "Só esta coluna; 0: sem etapa"),
    INT(struct board_in, before, .from = QUERY, .min = 1, .fallback = INT64_MAX,
        .doc = "Só os cartões anteriores a este atendimento"),
    INT(struct board_in, rows, .from = QUERY, .min = CARDS, .max = CARDS_MAX,
        .fallback = CARDS, .doc = "Quantos cartões por coluna"),
    TEXT(struct board_in, part, .from = QUERY, .max = 10,
         .doc = "columns: só as colunas"),
    FIELDS_END
};

struct columns {
    COLUMN *all;
    int count;
};

/* As colunas para onde um cartão pode ir, a dele marcada. */
static struct json_object *
choices(const struct columns *c, int64_t now)
{
    struct json_object *list = json_object_new_array();
    int i;

    for (i = 0; i < c->count; i++) {
        struct json_object *one = json_object_new_object();

        model_int(one, "id", c->all[i].tag_id);
        model_text(one, "name",
                   c->all[i].has_tag_id ? c->all[i].name : _("Sem etapa"));
        model_bool(one, "chosen", c->all[i].tag_id == now);
        json_object_array_add(list, one);
    }
    return list;
}

static struct json_object *
card_model(struct req *r, const struct q_ticket_row *t, const struct columns *c,
           int64_t now)
{
    const struct inbox_list none = { .status = t->status };
    struct json_object *m = inbox_row(r, t, &none, "");

    model_text(m, "href", arena_printf(r->ctx.arena, "/inbox/%" PRId64, t->id));
    model_text(m, "target",
               arena_printf(r->ctx.arena, HERE "/%" PRId64, t->id));
    model_text(m, "subject", t->subject[0] != '\0' ? t->subject : NULL);
    model_bool(m, "mayMove", settings_may(r, PERM_TICKETS_WRITE));
    json_object_object_add(m, "choices", choices(c, now));
    return m;
}

/* Uma coluna com a sua primeira página, ou a que vem depois de `before`. */
static enum err
add_column(struct req *r, struct json_object *list, const struct columns *c,
           int at, const struct board_in *in)
{
    struct json_object *m = json_object_new_object();
    struct json_object *cards = json_object_new_array();
    const COLUMN *k = &c->all[at];
    struct arena *a = r->ctx.arena;
    struct q_ticket_row *rows;
    int found, i;
    enum err e = q_ticket_board_cards(
        &r->ctx,
        &(struct q_ticket_board_cards_in){
            .tag_id = k->tag_id, .before = in->before, .max = in->rows + 1 },
        &rows, &found);

    json_object_array_add(list, m);
    json_object_object_add(m, "cards", cards);
    if (e != OK)
        return e;
    for (i = 0; i < found && i < in->rows; i++)
        json_object_array_add(cards, card_model(r, &rows[i], c, k->tag_id));
    model_int(m, "id", k->tag_id);
    model_text(m, "name", k->has_tag_id ? k->name : _("Sem etapa"));
    model_text(m, "color", k->color);
    model_text(m, "count", arena_printf(a, "%" PRId64, k->cards));
    model_bool(m, "hasCards", found > 0);
    model_text(m, "more",
               found > in->rows
                   ? arena_printf(a, HERE "?column=%" PRId64 "&before=%" PRId64,
                                  k->tag_id, rows[in->rows - 1].id)
                   : NULL);
    return OK;
}

static enum err
show(struct req *r, const struct board_in *in)
{
    struct json_object *m = contact_frame(
        r, _("Quadro"),
        _("Os atendimentos abertos por etapa. Mover um cartão troca a "
          "etiqueta."));
    struct json_object *list = json_object_new_array();
    struct columns c;
    int i;
    enum err e = q_ticket_board_columns(&r->ctx, &c.all, &c.count);

    json_object_object_add(m, "columns", list);
    for (i = 0; e == OK && i < c.count; i++)
        if (!in->has_column || c.all[i].tag_id == in->column)
            e = add_column(r, list, &c, i, in);
    if (e != OK)
        return e;
    model_bool(m, "inContacts", false);
    model_bool(m, "inBoard", true);
    model_bool(m, "isOne", in->has_column);
    model_bool(m, "hasStages", c.count > 1);
    model_bool(m, "mayTags", settings_may(r, PERM_TAGS_WRITE));
    model_text(m, "rooms", inbox_rooms(r));
    form_model(r, m, NULL);
    if (in->part != NULL && strcmp(in->part, "columns") == 0)
        return page_reply(r, 200, "board/columns", m);
    return page_reply(r, 200, "board/index", m);
}

static enum err
board_page(struct req *r, const void *input)
{
    return show(r, input);
}

static enum err
redraw(struct req *r)
{
    return show(r, &(struct board_in){ .before = INT64_MAX, .rows = CARDS });
}

struct move_in {
    int64_t id, tag_id;
};
static const struct field move_in[] = {
    INT(struct move_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct move_in, tag_id, .required = true, .min = 0,
        .doc = "Etiqueta da coluna; 0: sem etapa"),
    FIELDS_END
};

static enum err
move(struct req *r, const void *input)
{
    const struct move_in *in = input;
    struct q_ticket_row t;
    enum err e = board_move(&r->ctx, in->id, in->tag_id, &t);

    return e != OK ? e : form_done(r, HERE, _("Cartão movido"));
}

/* clang-format off */
const struct route board_pages[] = {
    { GET, "/board", board_page, PERM_TICKETS_READ, .auth = AUTH_COOKIE,
      .html = true, .out_type = "text/html", IN(struct board_in, board_in),
      .doc = "O quadro dos atendimentos abertos" },
    { POST, "/board/{id}", move, PERM_TICKETS_WRITE, .auth = AUTH_COOKIE,
      .accepts = ACCEPT_FORM, .html = true, .max_body = SMALL_BODY,
      .success = 303, IN(struct move_in, move_in), .redraw = redraw,
      .refuses = "409", .doc = "Move um cartão" },
    ROUTES_END
};
/* clang-format on */
