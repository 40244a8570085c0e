/*
 * inbox.c - a caixa de entrada: /inbox, a conversa e os formulários dela.
 * Tudo funciona sem JavaScript; com ele as mesmas rotas dão pedaços da página
 * (cabeçalho HX-Request-Type: partial, ou ?part=list e ?part=messages).
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "app/ticket_work.h"
#include "base/i18n.h"
#include "base/when.h"
#include "db/db.h"
#include "desk/draft.h"
#include "desk/message.h"
#include "desk/note.h"
#include "desk/ticket.h"

#define APP_NAME "inbox"
#define BODY_MAX 4096

/* ---- a lista ---- */

/* Os filtros acompanham a lista e a conversa ao lado dela. */
#define CHOICE(S, member, name, size, words, text) \
    TEXT(S, choice.member, .json = name, .from = QUERY, .max = size, \
         .doc = text),
#define CHOICES(S) \
    TICKET_CHOICES_BESIDES_STATUS(CHOICE, S) \
    INT(S, pick, .from = QUERY, .min = 0, .max = 1, \
        .doc = "1: com caixas para escolher muitas")

struct index_in {
    const char *status, *cursor, *part;
    struct ticket_choice choice;
    int64_t rows, open, pick;
};
static const struct field index_in[] = {
    TEXT(struct index_in, status, .from = QUERY, .max = 20,
         .doc = "Aba: bot, pending, active, closed"),
    TEXT(struct index_in, cursor, .from = QUERY, .max = 80,
         .doc = "Continua depois desta linha"),
    TEXT(struct index_in, part, .from = QUERY, .max = 20,
         .doc = "list: só a lista; views: só os filtros guardados"),
    INT(struct index_in, rows, .from = QUERY, .min = 1, .max = INBOX_ROWS_MAX,
        .fallback = INBOX_ROWS, .doc = "Quantas linhas"),
    INT(struct index_in, open, .from = QUERY, .min = 0,
        .doc = "Conversa aberta ao lado"),
    CHOICES(struct index_in),
    FIELDS_END
};

static struct json_object *
inbox_page_model(struct req *r, const char *title)
{
    struct json_object *m = page_model(r, title);

    when_zone(r->session.time_zone);
    model_bool(m, "inInbox", true);
    model_text(m, "rooms", inbox_rooms(r));
    model_bool(m, "ticket", false);
    json_object_object_add(m, "tickSamples", inbox_tick_samples());
    return m;
}

static bool
may_pick(const struct req *r)
{
    return (r->ctx.permissions & PERM_BIT(PERM_TICKETS_MANAGE)) != 0;
}

/* A barra de filtros só vai na página inteira: o pedaço não a troca. */
static enum err
add_list(struct req *r, struct json_object *m, struct inbox_list *list,
         bool is_part)
{
    enum err e = inbox_add_list(r, m, list);

    model_bool(m, "mayPick", may_pick(r));
    if (e == OK && !is_part)
        e = inbox_add_filters(r, m, list);
    if (e == OK && !is_part)
        e = inbox_add_views(r, m, list);
    if (e == OK && list->picking)
        e = inbox_add_bulk(r, m, list);
    if (!is_part)
        form_model(r, m, NULL);
    return e;
}

enum err
inbox_draw_list(struct req *r, struct inbox_list *list)
{
    struct json_object *m = inbox_page_model(r, _("Conversas"));
    enum err e;

    list->picking = list->picking && may_pick(r);
    e = add_list(r, m, list, false);
    return e != OK ? e : page_reply(r, 200, "inbox/index", m);
}

/* Só os filtros guardados, com quantos cada um traz agora. */
static enum err
draw_views(struct req *r, struct inbox_list *list)
{
    struct json_object *m = page_model(r, "");
    enum err e;

    ticket_choice_clean(&list->choice);
    e = inbox_add_views(r, m, list);
    return e != OK ? e : page_reply(r, 200, "inbox/views", m);
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
    const struct index_in *in = input;
    bool is_part = in->part != NULL && strcmp(in->part, "list") == 0;
    struct json_object *m;
    enum err e;
    struct inbox_list list = { .status = in->status,
                               .cursor = in->cursor,
                               .choice = in->choice,
                               .picking = in->pick != 0 && may_pick(r),
                               .rows = in->rows,
                               .open = in->open };

    if (in->part != NULL && strcmp(in->part, "views") == 0)
        return draw_views(r, &list);
    if (!is_part)
        return inbox_draw_list(r, &list);
    m = inbox_page_model(r, "");
    e = add_list(r, m, &list, true);
    return e != OK ? e : page_reply(r, 200, "inbox/list", m);
}

/* ---- a conversa ---- */

struct talk_in {
    const char *status, *part, *ids;
    struct ticket_choice choice;
    int64_t id, before, after, reply, seen, panel, pick, insert;
};
static const struct field talk_in[] = {
    INT(struct talk_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct talk_in, status, .from = QUERY, .max = 20,
         .doc = "Aba da lista ao lado"),
    TEXT(struct talk_in, part, .from = QUERY, .max = 20,
         .doc = "messages: só mensagens; talk: a conversa, sem marcar lida"),
    INT(struct talk_in, before, .from = QUERY, .min = 0,
        .doc = "Só as anteriores a esta mensagem"),
    INT(struct talk_in, after, .from = QUERY, .min = 0,
        .doc = "Só as posteriores a esta mensagem"),
    TEXT(struct talk_in, ids, .from = QUERY, .max = 2000,
         .doc = "Também estas, separadas por vírgula"),
    INT(struct talk_in, reply, .from = QUERY, .min = 0,
        .doc = "Mensagem a citar"),
    INT(struct talk_in, seen, .from = QUERY, .min = 0, .max = 1,
        .doc = "1: a pessoa está vendo; zera as não lidas"),
    INT(struct talk_in, panel, .from = QUERY, .min = 0, .max = 1,
        .doc = "1: em tela estreita, o painel no lugar da conversa"),
    CHOICES(struct talk_in),
    INT(struct talk_in, insert, .from = QUERY, .min = 0,
        .doc = "Resposta rápida a pôr na caixa"),
    FIELDS_END
};

/* A página inteira leva a lista ao lado, na aba de onde a pessoa veio. */
static enum err
add_side_list(struct req *r, struct json_object *m,
              const struct inbox_talk *talk)
{
    struct inbox_list list = { .status = talk->tab,
                               .choice = talk->choice,
                               .rows = INBOX_ROWS,
                               .open = talk->id };
    struct json_object *ticket, *status;

    if (!inbox_is_tab(list.status)) {
        json_object_object_get_ex(m, "ticket", &ticket);
        json_object_object_get_ex(ticket, "status", &status);
        list.status = json_object_get_string(status);
    }
    return add_list(r, m, &list, false);
}

/* A conversa: só as mensagens, só ela, ou a página inteira. */
static enum err
show_talk(struct req *r, int status, const struct inbox_talk *talk,
          bool is_whole)
{
    struct json_object *m = inbox_page_model(r, "");
    enum err e = inbox_add_talk(r, m, talk);

    if (e != OK)
        return e;
    if (talk->only_messages)
        return page_reply(r, status, "inbox/messages", m);
    if (!is_whole)
        return page_reply(r, status, "inbox/talk", m);
    model_bool(m, "showPanel", talk->show_panel);
    e = add_side_list(r, m, talk);
    return e != OK ? e : page_reply(r, status, "inbox/index", m);
}

static enum err
talk_page(struct req *r, const void *input)
{
    const struct talk_in *in = input;
    bool is_whole = in->part == NULL;
    struct inbox_talk talk = {
        .id = in->id,
        .before = in->before,
        .after = in->after,
        .ids = in->ids,
        .tab = in->status,
        .choice = in->choice,
        .reply_to = in->reply,
        .insert = in->insert,
        .show_panel = in->panel != 0,
        .is_seen = is_whole || in->seen != 0,
        .only_messages = !is_whole && strcmp(in->part, "messages") == 0,
    };

    return show_talk(r, 200, &talk, is_whole && !page_is_fragment(r));
}

/* ---- formulários ---- */

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Ticket"), FIELDS_END
};

/* O motivo da recusa, já nas palavras de quem lê. */
static const char *
refusal(const struct ctx *c, enum err e)
{
    if (c->fields != NULL)
        return c->fields->detail;
    return c->detail != NULL ? c->detail : _(err_info(e)->title);
}

/*
 * Os arquivos fora do ar: a conversa volta com a legenda. Ao pedaço de página
 * basta o problema: sem o trocar, o navegador guarda também o arquivo.
 */
static bool
is_away(struct req *r, enum err e, const struct inbox_talk *talk)
{
    if (e != ERR_UNAVAILABLE || r->ctx.retry_after_s == 0 ||
        talk->caption == NULL || page_is_fragment(r))
        return false;
    reply_header(r, "Retry-After",
                 arena_printf(r->ctx.arena, "%u", r->ctx.retry_after_s));
    return true;
}

enum err
inbox_show_again(struct req *r, enum err e, struct inbox_talk *talk)
{
    int status = err_info(e)->status;

    if (e != ERR_CONFLICT && e != ERR_INVALID && e != ERR_LIMIT_REACHED &&
        e != ERR_FORBIDDEN && !is_away(r, e, talk))
        return e;
    if (talk->typed != NULL)
        talk->error = refusal(&r->ctx, e);
    else
        talk->notice = refusal(&r->ctx, e);
    db_rollback(&r->ctx);
    ctx_clear_error(&r->ctx);
    return show_talk(r, status, talk, !page_is_fragment(r));
}

enum err
inbox_show_changed(struct req *r, const struct inbox_talk *talk)
{
    if (!page_is_fragment(r))
        return reply_redirect(
            r, arena_printf(r->ctx.arena, "/inbox/%" PRId64, talk->id));
    return show_talk(r, 200, talk, false);
}

enum err
inbox_show_moved(struct req *r, int64_t id)
{
    struct inbox_talk talk = { .id = id, .is_seen = true };
    struct q_ticket_row t;
    unsigned nudges = r->ctx.nudges;

    if (q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = id }, &t) !=
        ERR_NOT_FOUND)
        return inbox_show_changed(r, &talk);
    ctx_clear_error(&r->ctx);
    r->ctx.nudges = nudges; /* a mudança ainda se avisa */
    return reply_redirect(r, "/inbox");
}

static enum err
move(struct req *r, const void *input,
     enum err (*change)(struct ctx *, int64_t, struct q_ticket_row *))
{
    const struct id_in *in = input;
    struct inbox_talk talk = { .id = in->id, .is_seen = true };
    struct q_ticket_row t;
    enum err e = change(&r->ctx, in->id, &t);

    return e == OK ? inbox_show_changed(r, &talk)
                   : inbox_show_again(r, e, &talk);
}

static enum err
take(struct req *r, const void *input)
{
    return move(r, input, ticket_take);
}

static enum err
close_ticket(struct req *r, const void *input)
{
    const struct ticket_close_in *in = input;
    struct inbox_talk talk = { .id = in->id, .is_seen = true };
    struct q_ticket_row t;
    enum err e =
        ticket_close(&r->ctx, in->id, in->reason != NULL ? in->reason : "", &t);

    return e == OK ? inbox_show_changed(r, &talk)
                   : inbox_show_again(r, e, &talk);
}

static enum err
reopen(struct req *r, const void *input)
{
    return move(r, input, ticket_reopen);
}

/* Limites largos: quem recusa é o domínio, para o texto não se perder. */
struct answer_in {
    int64_t id, after;
    const char *body, *reply_to, *quick_reply_id;
    bool note;
};
static const struct field answer_in[] = {
    INT(struct answer_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct answer_in, body, .max = 60000, .lines = true,
         .doc = "Texto ao cliente"),
    TEXT(struct answer_in, reply_to, .max = 20, .doc = "Mensagem citada"),
    TEXT(struct answer_in, quick_reply_id, .max = 20,
         .doc = "Resposta rápida cujo arquivo vai"),
    INT(struct answer_in, after, .min = 0,
        .doc = "Última mensagem que a tela já mostra: a resposta de um "
               "colega depois dela é vista antes de se enviar"),
    BOOL(struct answer_in, note, .doc = "Anotação interna: só a equipe vê"),
    FIELDS_END
};

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

/* Ao cliente, ou só à equipe; o que se mandou deixa de ser rascunho. */
static enum err
write_down(struct req *r, const struct answer_in *in,
           const struct inbox_talk *talk, struct q_message_row *m)
{
    enum err e;

    if (in->note && talk->insert != 0)
        return fail_field(&r->ctx, "body", "file", "%s",
                          _("anotação não leva arquivo; tire-o, ou mande ao "
                            "cliente"));
    if (in->note)
        e = note_add(
            &r->ctx,
            &(struct note_new){ .ticket_id = in->id, .body = talk->typed }, m);
    else
        e = ticket_reply_with(
            &r->ctx,
            &(struct ticket_reply_in){ .ticket_id = in->id,
                                       .body = talk->typed,
                                       .reply_to = talk->reply_to,
                                       .quick_reply_id = talk->insert,
                                       .seen_id = in->after },
            m);
    return e == OK ? draft_drop(&r->ctx, in->id) : e;
}

static enum err
answer(struct req *r, const void *input)
{
    const struct answer_in *in = input;
    struct inbox_talk talk = { .id = in->id,
                               .is_seen = true,
                               .is_note = in->note,
                               .typed = form_lines(r, in->body) };
    struct q_message_row m;
    enum err e;

    if (in->reply_to != NULL)
        parse_int64(in->reply_to, &talk.reply_to);
    if (in->quick_reply_id != NULL)
        parse_int64(in->quick_reply_id, &talk.insert);
    e = check_length(r, talk.typed);
    if (e == OK)
        e = write_down(r, in, &talk, &m);
    if (e != OK && page_is_fragment(r))
        return fail(&r->ctx, e, "%s", refusal(&r->ctx, e));
    if (e != OK)
        return inbox_show_again(r, e, &talk);
    if (page_is_fragment(r))
        return show_talk(r, 201,
                         &(struct inbox_talk){ .id = in->id,
                                               .after = in->after,
                                               .only_messages = true,
                                               .is_seen = true },
                         false);
    return reply_redirect(r, arena_printf(r->ctx.arena,
                                          "/inbox/%" PRId64 "#m%" PRId64,
                                          in->id, m.id));
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/", home, PERM_SELF, AUTH_COOKIE, .html = true, .success = 303,
      .doc = "Leva à caixa de entrada" },
    { GET, "/inbox", index_page, PERM_TICKETS_READ, AUTH_COOKIE, .html = true,
      IN(struct index_in, index_in), .out_type = "text/html",
      .doc = "Lista de conversas de uma aba" },
    { GET, "/inbox/{id}", talk_page, PERM_TICKETS_READ, AUTH_COOKIE, .html = true,
      .writes = true, IN(struct talk_in, talk_in), .out_type = "text/html",
      .doc = "Uma conversa; abrir marca como lida" },
    { POST, "/inbox/{id}/messages", answer, PERM_TICKETS_WRITE, AUTH_COOKIE,
      ACCEPT_FORM, .html = true, IN(struct answer_in, answer_in),
      .success = 303, .doc = "Responde ao cliente" },
    { POST, "/inbox/{id}/take", take, PERM_TICKETS_WRITE, AUTH_COOKIE, ACCEPT_FORM,
      .html = true, IN(struct id_in, id_in), .success = 303,
      .doc = "Assume o atendimento" },
    { POST, "/inbox/{id}/close", close_ticket, PERM_TICKETS_WRITE, AUTH_COOKIE,
      ACCEPT_FORM, .html = true, IN(struct ticket_close_in, ticket_close_in), .success = 303,
      .doc = "Encerra o atendimento" },
    { POST, "/inbox/{id}/reopen", reopen, PERM_TICKETS_WRITE, AUTH_COOKIE,
      ACCEPT_FORM, .html = true, IN(struct id_in, id_in), .success = 303,
      .doc = "Reabre o atendimento" },
    ROUTES_END
};
/* clang-format on */

extern const struct route panel_form_routes[];       /* inbox/panel_forms.c */
extern const struct route bubble_routes[];           /* inbox/bubble.c */
extern const struct route file_form_routes[];        /* inbox/files.c */
extern const struct route list_form_routes[];        /* inbox/list_forms.c */
extern const struct route participant_form_routes[]; /* inbox/participants.c */
extern const struct route reply_page_routes[];       /* inbox/replies.c */
extern const struct route schedule_form_routes[];    /* inbox/schedule.c */
extern const struct route macro_form_routes[];       /* inbox/macros.c */
extern const struct route merge_page_routes[];       /* inbox/merge.c */
extern const struct route transcript_routes[];       /* inbox/transcript.c */
extern const struct route gallery_routes[];          /* inbox/gallery.c */
extern const struct route template_page_routes[];    /* inbox/templates.c */

APP_MAIN_OF(routes, panel_form_routes, bubble_routes, file_form_routes,
            list_form_routes, reply_page_routes, schedule_form_routes,
            macro_form_routes, merge_page_routes, participant_form_routes,
            transcript_routes, gallery_routes, template_page_routes)
