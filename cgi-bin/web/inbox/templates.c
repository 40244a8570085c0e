/*
 * templates.c - mandar um modelo aprovado numa conversa: procurar, preencher,
 * ver como fica e enviar, em páginas que não pedem JavaScript. Com ele o mesmo
 * pedaço se abre por cima da conversa.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "app/template_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "channel/template_reply.h"
#include "channel/template_sync.h"
#include "desk/ticket.h"

#define ROWS_MAX 200

struct page_in {
    int64_t id, pick, after;
    const char *q;
};
static const struct field page_in[] = {
    INT(struct page_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct page_in, pick, .from = QUERY, .min = 0,
        .doc = "O modelo que se preenche"),
    INT(struct page_in, after, .from = QUERY, .min = 0,
        .doc = "A última mensagem que se viu na conversa"),
    TEXT(struct page_in, q, .from = QUERY, .max = 100,
         .doc = "Procura no nome e no texto"),
    FIELDS_END
};

static enum err
add_rows(struct req *r, struct json_object *m, const struct q_ticket_row *t,
         const struct page_in *in)
{
    struct json_object *list = json_object_new_array();
    const char *q = in->q != NULL ? in->q : "";
    struct q_template_row *rows;
    int count = 0, i;
    enum err e = q_template_list(
        &r->ctx,
        &(struct q_template_list_in){
            .channel_id = t->channel_id, .q = q, .max = ROWS_MAX },
        &rows, &count);

    json_object_object_add(m, "rows", list);
    for (i = 0; e == OK && i < count; i++)
        json_object_array_add(
            list,
            template_row_model(r, &rows[i],
                               page_path(r, "/inbox", t->id,
                                         arena_printf(r->ctx.arena,
                                                      "/templates?pick=%" PRId64
                                                      "&after=%" PRId64,
                                                      rows[i].id, in->after)),
                               in->pick));
    model_bool(m, "hasRows", count > 0);
    model_bool(m, "searched", q[0] != '\0');
    model_bool(m, "more", count == ROWS_MAX);
    model_text(m, "q", q);
    return e;
}

static enum err
add_channel(struct req *r, struct json_object *m, const struct q_ticket_row *t)
{
    struct q_channel_row channel;
    int64_t at_ms;
    enum err e = q_channel_get(
        &r->ctx, &(struct q_channel_get_in){ .id = t->channel_id }, &channel);

    if (e != OK)
        return e;
    at_ms = when_parse(channel.templates_at);
    model_text(m, "channel", channel.name);
    model_text(m, "syncedIso",
               at_ms != 0 ? when_iso(r->ctx.arena, at_ms) : NULL);
    model_text(m, "syncedText",
               at_ms != 0 ? when_moment(r->ctx.arena, at_ms, clock_now_ms())
                          : NULL);
    model_text(m, "syncProblem", channel.templates_problem);
    model_bool(m, "maySync",
               settings_may(r, PERM_COMPANY_WRITE) &&
                   strcmp(channel.platform, "whatsapp_cloud") == 0);
    model_bool(m, "asksAccount", channel.waba_id[0] == '\0');
    return OK;
}

static enum err
add_picked(struct req *r, struct json_object *m, const struct q_ticket_row *t,
           int64_t pick)
{
    struct q_template_row row;
    bool found = false;
    enum err e =
        pick <= 0
            ? OK
            : q_template_get(&r->ctx,
                             &(struct q_template_get_in){
                                 .channel_id = t->channel_id, .id = pick },
                             &row, &found);

    json_object_object_add(m, "picked",
                           e == OK && found &&
                                   template_refusal(r->ctx.arena, &row) == NULL
                               ? template_form_model(r, &row, t->contact)
                               : NULL);
    return e;
}

static enum err
show(struct req *r, const struct page_in *in)
{
    struct json_object *m = page_model(r, _("Enviar modelo"));
    struct q_ticket_row t;
    enum err e =
        q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id }, &t);

    when_zone(r->session.time_zone);
    if (e == OK)
        e = add_picked(r, m, &t, in->pick);
    if (e == OK)
        e = add_channel(r, m, &t);
    if (e == OK)
        e = add_rows(r, m, &t, in);
    if (e != OK)
        return e;
    model_text(m, "gone", form_error(r, "templateId", "template.name"));
    model_bool(m, "inInbox", true);
    model_bool(m, "closed", strcmp(t.status, "closed") == 0);
    model_int(m, "after", in->after);
    model_text(m, "contact", t.contact);
    model_text(m, "backHref", page_path(r, "/inbox", t.id, ""));
    model_text(m, "selfHref", page_path(r, "/inbox", t.id, "/templates"));
    form_model(r, m, NULL);
    return page_reply(
        r, 200,
        page_is_fragment(r) ? "inbox/templates_part" : "inbox/templates", m);
}

static enum err
templates_page(struct req *r, const void *input)
{
    return show(r, input);
}

static enum err
redraw(struct req *r)
{
    struct page_in in = { .id = form_path_id(r), .q = req_form(r, "q") };
    const char *pick = req_form(r, "templateId");
    const char *after = req_form(r, "after");

    if (pick != NULL)
        parse_int64(pick, &in.pick);
    if (after != NULL)
        parse_int64(after, &in.after);
    return show(r, &in);
}

/* ---- enviar ---- */

struct send_in {
    int64_t id, template_id, after;
};
static const struct field send_in[] = {
    INT(struct send_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct send_in, template_id, .required = true, .min = 1,
        .doc = "O modelo; os valores vêm em p1, p2 …"),
    INT(struct send_in, after, .min = 0,
        .doc = "A última mensagem que se viu: resposta de colega depois dela "
               "segura o envio"),
    FIELDS_END
};

/* O modelo do canal do atendimento, e os valores que ele pede. */
static enum err
read_form(struct req *r, const struct send_in *in, struct template_reply *out)
{
    struct q_template_row row;
    struct q_ticket_row t;
    bool found = false;
    enum err e =
        q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id }, &t);

    if (e == OK)
        e = q_template_get(
            &r->ctx,
            &(struct q_template_get_in){ .channel_id = t.channel_id,
                                         .id = in->template_id },
            &row, &found);
    if (e != OK)
        return e;
    if (!found)
        return fail_field(&r->ctx, "templateId", "unknown", "%s",
                          _("este modelo já não existe; escolha outro"));
    *out = (struct template_reply){ .ticket_id = in->id,
                                    .seen_id = in->after,
                                    .name = row.name,
                                    .language = row.language };
    out->values = template_typed(r, &row, &out->count);
    return OK;
}

static enum err
send(struct req *r, const void *input)
{
    const struct send_in *in = input;
    struct template_reply reply;
    struct q_message_row m;
    enum err e = read_form(r, in, &reply);

    if (e == OK)
        e = template_reply(&r->ctx, &reply, &m);
    if (e != OK)
        return e;
    return reply_redirect(r, arena_printf(r->ctx.arena,
                                          "/inbox/%" PRId64 "#m%" PRId64,
                                          in->id, m.id));
}

/* ---- ler a lista de novo ---- */

struct sync_in {
    int64_t id;
    const char *waba_id;
};
static const struct field sync_in[] = {
    INT(struct sync_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct sync_in, waba_id, .max = 32,
         .doc = "Conta do WhatsApp Business, se ainda não se sabe"),
    FIELDS_END
};

static enum err
sync(struct req *r, const void *input)
{
    const struct sync_in *in = input;
    struct q_ticket_row t;
    struct q_channel_row channel;
    enum err e =
        q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id }, &t);

    if (e == OK)
        e = template_sync_ask(&r->ctx, t.channel_id, in->waba_id, &channel);
    return e != OK ? e
                   : form_done(r, page_path(r, "/inbox", in->id, "/templates"),
                               _("A lista está sendo lida na Meta; abra de "
                                 "novo em instantes."));
}

/* clang-format off */
const struct route template_page_routes[] = {
    { GET, "/inbox/{id}/templates", templates_page, PERM_TICKETS_WRITE,
      WEB_PAGE, IN(struct page_in, page_in),
      .doc = "Escolher um modelo e preenchê-lo" },
    { POST, "/inbox/{id}/templates", send, PERM_TICKETS_WRITE, WEB_FORM,
      IN(struct send_in, send_in), .redraw = redraw,
      .doc = "Manda o modelo ao cliente" },
    { POST, "/inbox/{id}/templates/sync", sync, PERM_COMPANY_WRITE, WEB_FORM,
      IN(struct sync_in, sync_in), .redraw = redraw,
      .doc = "Pede a leitura dos modelos na Meta" },
    ROUTES_END
};
/* clang-format on */
