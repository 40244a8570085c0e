/* notices.c - /notifications: o sino, e como cada um quer ser avisado. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/notice.h"

#define HERE "/notifications"
#define SETTINGS "/account/notifications"
#define ROWS 30

struct list_in {
    int64_t id, before;
};
static const struct field list_in[] = {
    INT(struct list_in, before, .json = "cursor", .from = QUERY, .min = 1,
        .fallback = INT64_MAX, .doc = "Continua a lista"),
    FIELDS_END
};
static const struct field id_in[] = { INT(struct list_in, id, .from = PATH,
                                          .min = 1, .doc = "Notificação"),
                                      FIELDS_END };

/* A frase; o que vale é quem a causou e onde. */
static const char *
sentence(struct req *r, const struct q_notice_row *n)
{
    const char *by = n->by_name != NULL ? n->by_name : _("Balcão");
    struct arena *a = r->ctx.arena;

    if (strcmp(n->kind, "mention") == 0)
        return arena_printf(a,
                            n->has_ticket_id ? _("%s citou você numa anotação")
                                             : _("%s citou você numa conversa"),
                            by);
    if (strcmp(n->kind, "assigned") == 0)
        return n->by_name == NULL
                   ? _("Você recebeu um atendimento")
                   : arena_printf(a, _("%s deu um atendimento a você"), by);
    if (strcmp(n->kind, "transferred") == 0)
        return arena_printf(a, _("%s passou um atendimento a você"), by);
    if (strcmp(n->kind, "sla") == 0)
        return _("Venceu o prazo de um atendimento");
    if (strcmp(n->kind, "participant") == 0)
        return arena_printf(a, _("%s pôs você a acompanhar um atendimento"),
                            by);
    if (strcmp(n->kind, "followed") == 0)
        return arena_printf(
            a,
            i18n_plural("%d mensagem nova num atendimento que você acompanha",
                        "%d mensagens novas num atendimento que você acompanha",
                        (unsigned long)n->amount),
            (int)n->amount);
    if (n->amount == 1)
        return arena_printf(a, _("%s escreveu a você"), by);
    return arena_printf(a,
                        i18n_plural("%d mensagem nova; a última, de %s",
                                    "%d mensagens novas; a última, de %s",
                                    (unsigned long)n->amount),
                        (int)n->amount, by);
}

static const char *
target_of(struct req *r, const struct q_notice_row *n)
{
    struct arena *a = r->ctx.arena;

    if (n->has_conversation_id)
        return arena_printf(a, "/chat/%" PRId64, n->conversation_id);
    if (n->has_message_id)
        return arena_printf(a, "/inbox/%" PRId64 "#m%" PRId64, n->ticket_id,
                            n->message_id);
    return arena_printf(a, "/inbox/%" PRId64, n->ticket_id);
}

static const char *
icon_of(const struct q_notice_row *n)
{
    return strcmp(n->kind, "mention") == 0    ? "at"
           : strcmp(n->kind, "assigned") == 0 ? "user-check"
           : strcmp(n->kind, "chat") == 0     ? "message-circle"
           : strcmp(n->kind, "sla") == 0      ? "alarm"
           : strcmp(n->kind, "participant") == 0 ||
                   strcmp(n->kind, "followed") == 0
               ? "eye"
               : "transfer";
}

static struct json_object *
row_model(struct req *r, const struct q_notice_row *n)
{
    struct json_object *m = json_object_new_object();
    int64_t at_ms = when_parse(n->created_at);
    struct arena *a = r->ctx.arena;
    const char *where = n->conversation;

    if (n->contact != NULL)
        where = arena_printf(a, "%s · %s", n->contact, n->protocol);
    model_text(m, "action", arena_printf(a, HERE "/%" PRId64 "/read", n->id));
    model_text(m, "icon", icon_of(n));
    model_text(m, "text", sentence(r, n));
    model_text(m, "where", where);
    model_bool(m, "fresh", n->read_at == NULL);
    model_text(m, "atIso", when_iso(a, at_ms));
    model_text(m, "atText", when_brief(a, at_ms, clock_now_ms()));
    return m;
}

static enum err
list_page(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct json_object *m = page_model(r, _("Notificações"));
    struct json_object *list = json_object_new_array();
    struct q_notice_row *rows;
    bool has_fresh = false;
    int count, i;
    enum err e = q_notice_list(
        &r->ctx,
        &(struct q_notice_list_in){ .before = in->before, .max = ROWS + 1 },
        &rows, &count);

    json_object_object_add(m, "rows", list);
    if (e != OK)
        return e;
    when_zone(r->session.time_zone);
    form_model(r, m, NULL);
    model_bool(m, "inNotices", true);
    for (i = 0; i < count && i < ROWS; i++) {
        json_object_array_add(list, row_model(r, &rows[i]));
        has_fresh = has_fresh || rows[i].read_at == NULL;
    }
    model_bool(m, "hasRows", count > 0);
    model_bool(m, "hasFresh", has_fresh);
    model_text(m, "moreHref",
               count > ROWS
                   ? arena_printf(r->ctx.arena, HERE "?cursor=%" PRId64,
                                  rows[ROWS - 1].id)
                   : NULL);
    return page_reply(r, 200, "chat/notices", m);
}

/* Abrir é ter lido: marca e leva aonde ela aponta. */
static enum err
open_save(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_notice_counts_row counts;
    struct q_notice_row row;
    enum err e =
        q_notice_get(&r->ctx, &(struct q_notice_get_in){ .id = in->id }, &row);

    if (e == OK)
        e = notice_read(&r->ctx, in->id, &counts);
    return e != OK ? e : reply_redirect(r, target_of(r, &row));
}

static enum err
all_save(struct req *r, const void *input)
{
    struct q_notice_counts_row counts;
    enum err e = notice_read(&r->ctx, 0, &counts);

    (void)input;
    return e != OK ? e : reply_redirect(r, HERE);
}

/* ---- como ser avisado ---- */

/* O formulário diz o que se quer; guarda-se o que não. */
struct settings_form {
    const char *kinds;
    bool sound, browser;
};
static const struct field settings_form[] = {
    WORDS(struct settings_form, kinds, .one_of = NOTICE_KINDS,
          .doc = "Espécies que se quer"),
    BOOL(struct settings_form, sound, .doc = "Toca um som"),
    BOOL(struct settings_form, browser, .doc = "Mostra no navegador"),
    FIELDS_END
};

static const struct {
    const char *value, *label;
} kinds[] = {
    { "mention", N_("Quando alguém me cita") },
    { "assigned", N_("Quando recebo um atendimento") },
    { "transferred", N_("Quando me passam um atendimento") },
    { "chat", N_("Quando um colega me escreve e não estou olhando") },
    { "sla", N_("Quando vence um prazo de atendimento meu ou da minha fila") },
    { "participant", N_("Quando me põem a acompanhar um atendimento") },
    { "followed",
      N_("Quando chega mensagem ou anotação num atendimento que acompanho") },
};

static enum err
show_settings(struct req *r)
{
    struct json_object *m = settings_model(
        r, SETTINGS, _("Notificações"),
        _("De que você quer ser avisado, e como. Vale só para você."));
    struct json_object *list = json_object_new_array();
    struct q_notice_settings_row row;
    size_t i;
    enum err e = q_notice_settings(&r->ctx, &row);

    json_object_object_add(m, "kinds", list);
    if (e != OK)
        return e;
    form_model(r, m, NULL);
    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        settings_option(r, list, "kinds", kinds[i].value, _(kinds[i].label),
                        strstr(row.muted, kinds[i].value) == NULL);
    model_bool(m, "soundOn", row.sound);
    model_bool(m, "browserOn", row.browser);
    return page_reply(r, 200, "chat/settings", m);
}

static enum err
settings_page(struct req *r, const void *input)
{
    (void)input;
    return show_settings(r);
}

static enum err
settings_save(struct req *r, const void *input)
{
    const struct settings_form *in = input;
    struct q_notice_settings_put_row row;
    struct str muted;
    size_t i;
    enum err e;

    str_init(&muted, r->ctx.arena, 60);
    str_putc(&muted, '{');
    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (in->kinds == NULL || strstr(in->kinds, kinds[i].value) == NULL)
            str_printf(&muted, "%s%s", muted.len > 1 ? "," : "",
                       kinds[i].value);
    str_putc(&muted, '}');
    e = q_notice_settings_put(
        &r->ctx,
        &(struct q_notice_settings_put_in){
            .muted = muted.data, .sound = in->sound, .browser = in->browser },
        &row);
    return e != OK ? e : form_done(r, SETTINGS, _("Escolhas salvas"));
}

/* clang-format off */
const struct route notices_routes[] = {
    { GET, HERE, list_page, PERM_LIVE, WEB_PAGE, IN(struct list_in, list_in),
      .doc = "As notificações da pessoa" },
    { POST, HERE "/read", all_save, PERM_LIVE, WEB_FORM,
      .doc = "Marca todas como lidas" },
    { POST, HERE "/{id}/read", open_save, PERM_LIVE, WEB_FORM,
      IN(struct list_in, id_in), .doc = "Marca uma como lida e a abre" },
    { GET, SETTINGS, settings_page, PERM_LIVE, WEB_PAGE,
      .doc = "De que ser avisado, e como" },
    { POST, SETTINGS, settings_save, PERM_LIVE, WEB_FORM,
      IN(struct settings_form, settings_form), .redraw = show_settings,
      .doc = "Escolhe de que ser avisado, e como" },
    ROUTES_END
};
/* clang-format on */
