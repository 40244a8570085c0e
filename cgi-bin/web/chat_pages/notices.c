/* notices.c - /notifications: o sino, e como cada um quer ser avisado. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "auth/vapid.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/notice.h"
#include "desk/push.h"

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

    model_text(m, "action", arena_printf(a, HERE "/%" PRId64 "/read", n->id));
    model_text(m, "icon", icon_of(n));
    model_text(m, "text", notice_text(a, n));
    model_text(m, "where", notice_where(a, n));
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
    return e != OK ? e : reply_redirect(r, notice_path(r->ctx.arena, &row));
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
    const char *kinds, *digest, *digest_kinds;
    int64_t digest_hour;
    bool sound, browser, has_digest_hour;
};
static const struct field settings_form[] = {
    WORDS(struct settings_form, kinds, .one_of = NOTICE_KINDS,
          .doc = "Espécies que se quer"),
    BOOL(struct settings_form, sound, .doc = "Toca um som"),
    BOOL(struct settings_form, browser, .doc = "Mostra no navegador"),
    ENUM(struct settings_form, digest, .one_of = NOTICE_DIGESTS,
         .doc = "Resumo por e-mail"),
    INT_IF_SENT(struct settings_form, digest_hour, .min = 0, .max = 23,
                .doc = "Hora do resumo de cada dia"),
    WORDS(struct settings_form, digest_kinds, .one_of = NOTICE_KINDS,
          .doc = "Espécies que entram no resumo"),
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

static const struct settings_choice digests[] = {
    { "never", N_("Nunca") },
    { "soon", N_("15 minutos depois") },
    { "hourly", N_("Uma hora depois") },
    { "daily", N_("Uma vez por dia") },
    { NULL, NULL }
};

/* O resumo por e-mail: quando, a que hora e de quê. */
static void
add_digest(struct req *r, struct json_object *m,
           const struct q_notice_choice *row)
{
    struct json_object *hours = json_object_new_array();
    struct json_object *list = json_object_new_array();
    size_t i;

    json_object_object_add(m, "digests",
                           settings_choices(r, "digest", row->digest, digests));
    json_object_object_add(m, "hours", hours);
    json_object_object_add(m, "digestKinds", list);
    for (i = 0; i < 24; i++)
        settings_option(r, hours, "digestHour",
                        arena_printf(r->ctx.arena, "%zu", i),
                        arena_printf(r->ctx.arena, "%02zu:00", i),
                        row->digest_hour == (int64_t)i);
    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        settings_option(r, list, "digestKinds", kinds[i].value,
                        _(kinds[i].label),
                        strstr(row->digest_kinds, kinds[i].value) != NULL);
}

/* Os aparelhos que recebem com o navegador fechado; sem chave, nada. */
static enum err
add_devices(struct req *r, struct json_object *m)
{
    struct json_object *list = json_object_new_array(), *d;
    struct q_push_device *rows;
    int count, i;
    enum err e = push_devices(&r->ctx, &rows, &count);

    json_object_object_add(m, "devices", list);
    if (e != OK)
        return e;
    for (i = 0; i < count; i++) {
        d = json_object_new_object();
        model_int(d, "id", rows[i].id);
        model_text(d, "device", rows[i].device);
        model_text(d, "digest", rows[i].digest);
        model_text(d, "since",
                   when_brief(r->ctx.arena, when_parse(rows[i].created_at),
                              clock_now_ms()));
        json_object_array_add(list, d);
    }
    model_bool(m, "hasDevices", count > 0);
    model_text(m, "pushKey", vapid_public(r->ctx.arena));
    return OK;
}

static enum err
device_drop(struct req *r, const void *input)
{
    const struct list_in *in = input;
    enum err e = push_unsubscribe(&r->ctx, in->id);

    return e != OK ? e : form_done(r, SETTINGS, _("Aparelho desligado"));
}

static enum err
show_settings(struct req *r)
{
    struct json_object *m = settings_model(
        r, SETTINGS, _("Notificações"),
        _("De que você quer ser avisado, e como. Vale só para você."));
    struct json_object *list = json_object_new_array();
    struct q_notice_choice row;
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
    add_digest(r, m, &row);
    e = add_devices(r, m);
    if (e != OK)
        return e;
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
    struct q_notice_choice row;
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
    e = q_notice_settings_put(&r->ctx,
                              &(struct q_notice_settings_put_in){
                                  .muted = muted.data,
                                  .sound = in->sound,
                                  .browser = in->browser,
                                  .digest = in->digest,
                                  .has_digest_hour = in->has_digest_hour,
                                  .digest_hour = in->digest_hour,
                                  .digest_kinds = in->digest_kinds },
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
    { GET, HERE "/{id}/open", open_save, PERM_LIVE, WEB_PAGE, .writes = true,
      IN(struct list_in, id_in), .success = 303,
      .doc = "O mesmo, por um link: o do e-mail e o da notificação por push" },
    { POST, SETTINGS "/devices/{id}/delete", device_drop, PERM_LIVE, WEB_FORM,
      IN(struct list_in, id_in), .doc = "Desliga o push de um aparelho" },
    { GET, SETTINGS, settings_page, PERM_LIVE, WEB_PAGE,
      .doc = "De que ser avisado, e como" },
    { POST, SETTINGS, settings_save, PERM_LIVE, WEB_FORM,
      IN(struct settings_form, settings_form), .redraw = show_settings,
      .doc = "Escolhe de que ser avisado, e como" },
    ROUTES_END
};
/* clang-format on */
