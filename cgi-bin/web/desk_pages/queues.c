/* desk_pages/queues.c - páginas de /admin/queues: lista, formulário, apagar. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "account/company.h"
#include "app/admin_pages.h"
#include "app/app.h"
#include "app/form_page.h"
#include "app/hours_form.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "desk/csat.h"
#include "desk/queue.h"

#define HERE "/admin/queues"
#define F struct queue_form

struct queue_id {
    int64_t id;
};
struct queue_form {
    int64_t id, version;
    const char *name, *color, *position, *member_ids, *assignment, *capacity,
        *greeting, *away_message, *time_zone, *holidays_text, *answer_minutes,
        *csat, *csat_question, *resolution_minutes, *silence_minutes,
        *silence_message, *silence_close_minutes, *close_needs;
    const char *hours_mon, *hours_tue, *hours_wed, *hours_thu, *hours_fri,
        *hours_sat, *hours_sun;
};
struct delete_form {
    int64_t id;
    const char *move_to;
};

/* clang-format off */
#define FIELDS \
    TEXT(F, name, .required = true, .min = 1, .max = QUEUE_NAME_MAX, \
         .doc = "Nome"), \
    TEXT(F, color, .max = 7, .doc = "Cor"), \
    TEXT(F, position, .max = 5, .doc = "Ordem"), \
    INTS(F, member_ids, .max = 500, .doc = "Quem atende"), \
    ENUM(F, assignment, .one_of = "off round_robin least_busy", \
         .doc = "Distribuição"), \
    TEXT(F, capacity, .max = 5, .doc = "Atendimentos por pessoa"), \
    ENUM(F, csat, .one_of = "company on off", .doc = "Pesquisa ao encerrar"), \
    TEXT(F, csat_question, .max = CSAT_QUESTION_MAX, .lines = true, \
         .doc = "Pergunta"), \
    TEXT(F, answer_minutes, .max = 6, .doc = "Prazo da primeira resposta"), \
    TEXT(F, resolution_minutes, .max = 6, .doc = "Prazo da solução"), \
    ENUM(F, close_needs, .one_of = "nothing reason tag", \
         .doc = "O que se exige para encerrar"), \
    TEXT(F, silence_minutes, .max = 6, .doc = "Silêncio até o aviso"), \
    TEXT(F, silence_message, .max = QUEUE_TEXT_MAX, .lines = true, \
         .doc = "Aviso de silêncio"), \
    TEXT(F, silence_close_minutes, .max = 6, .doc = "Do aviso ao fim"), \
    TEXT(F, greeting, .max = QUEUE_TEXT_MAX, .lines = true, .doc = "Saudação"), \
    TEXT(F, away_message, .max = QUEUE_TEXT_MAX, .lines = true, .doc = "Aviso"), \
    TEXT(F, time_zone, .max = 60, .doc = "Fuso"), \
    TEXT(F, holidays_text, .max = 12000, .lines = true, .doc = "Feriados, um por linha"), \
    HOURS_FORM_FIELDS(F), \
    FIELDS_END
static const struct field new_form[] = { FIELDS };
static const struct field queue_form[] = {
    INT(F, id, .from = PATH, .min = 1, .doc = "Fila"),
    INT(F, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou"),
    FIELDS
};
static const struct field queue_path[] = {
    INT(struct queue_id, id, .from = PATH, .min = 1, .doc = "Fila"), FIELDS_END
};
static const struct field delete_form[] = {
    INT(struct delete_form, id, .from = PATH, .min = 1, .doc = "Fila"),
    TEXT(struct delete_form, move_to, .max = 20,
         .doc = "Fila que recebe os atendimentos"),
    FIELDS_END
};
/* clang-format on */

static const struct settings_choice modes[] = {
    { "off", N_("Cada um pega o seu") },
    { "round_robin", N_("Em rodízio") },
    { "least_busy", N_("Ao menos ocupado") },
    { NULL, NULL }
};

static const char *
number(struct req *r, int64_t n)
{
    return arena_printf(r->ctx.arena, "%" PRId64, n);
}

/* ---- a lista ---- */

/* "[3,5,8]" tem quantos? */
static int
count_ids(const char *json)
{
    int n = strchr(json, ',') != NULL || strpbrk(json, "0123456789") != NULL;

    for (; *json != '\0'; json++)
        n += *json == ',';
    return n;
}

static struct json_object *
row_model(struct req *r, const struct q_queue_row *q)
{
    struct json_object *m = json_object_new_object();
    size_t i;

    model_text(m, "id", number(r, q->id));
    model_text(m, "name", q->name);
    model_text(m, "color", q->color);
    model_int(m, "members", count_ids(q->member_ids));
    model_int(m, "waiting", q->waiting);
    for (i = 0; modes[i].value != NULL; i++)
        if (strcmp(modes[i].value, q->assignment) == 0)
            model_text(m, "assignment", _(modes[i].label));
    model_bool(m, "open", q->open);
    return m;
}

static enum err
list_page(struct req *r, const void *input)
{
    struct json_object *m = settings_model(
        r, HERE, _("Filas"),
        _("Os departamentos: quem atende em cada um, quando e como."));
    struct json_object *list = json_object_new_array();
    struct q_queue_row *rows;
    int count, i;
    enum err e = q_queue_list(&r->ctx, &rows, &count);

    (void)input;
    for (i = 0; e == OK && i < count; i++)
        json_object_array_add(list, row_model(r, &rows[i]));
    json_object_object_add(m, "rows", list);
    if (e != OK)
        return e;
    model_bool(m, "hasRows", count > 0);
    settings_action(m, HERE "/new", "plus", _("Nova fila"));
    form_model(r, m, NULL);
    return page_reply(r, 200, "queues/list", m);
}

/* ---- o formulário ---- */

static bool
has_id(const char *json, int64_t id)
{
    const char *p = json;
    int64_t found;

    while ((p = strpbrk(p, "0123456789")) != NULL) {
        size_t n = strspn(p, "0123456789");
        char digits[24];

        if (n < sizeof digits) {
            memcpy(digits, p, n);
            digits[n] = '\0';
            if (parse_int64(digits, &found) && found == id)
                return true;
        }
        p += n;
    }
    return false;
}

static enum err
add_people(struct req *r, struct json_object *m, const char *member_ids)
{
    struct json_object *list = json_object_new_array();
    struct q_queue_people_row *rows;
    int count, i;
    enum err e = q_queue_people(&r->ctx, &rows, &count);

    json_object_object_add(m, "people", list);
    for (i = 0; e == OK && i < count; i++)
        settings_option(r, list, "memberIds", number(r, rows[i].id),
                        rows[i].name, has_id(member_ids, rows[i].id));
    return e;
}

static const struct settings_choice surveys[] = { { "company",
                                                    N_("Como a empresa") },
                                                  { "on", N_("Sim") },
                                                  { "off", N_("Não") },
                                                  { NULL, NULL } };
static const struct settings_choice needs[] = { { "nothing", N_("Nada") },
                                                { "reason",
                                                  N_("Dizer o motivo") },
                                                { "tag", N_("Uma etiqueta") },
                                                { NULL, NULL } };

/* O erro do campo, com o nome do formulário ou o da forma guardada. */
static enum err
show(struct req *r, struct json_object *m, const struct q_queue_row *q)
{
    struct json_object *form = json_object_new_object();
    enum err e;

    model_text(form, "name", q->name);
    model_text(form, "color", q->color);
    model_text(form, "position", number(r, q->position));
    model_text(form, "capacity",
               form_number_text(r->ctx.arena, q->has_capacity, q->capacity));
    model_text(form, "answerMinutes",
               form_number_text(r->ctx.arena, q->has_answer_minutes,
                                q->answer_minutes));
    model_text(form, "resolutionMinutes",
               form_number_text(r->ctx.arena, q->has_resolution_minutes,
                                q->resolution_minutes));
    model_text(form, "csatQuestion", q->csat_question);
    model_text(form, "silenceMinutes",
               form_number_text(r->ctx.arena, q->has_silence_minutes,
                                q->silence_minutes));
    model_text(form, "silenceMessage", q->silence_message);
    model_text(form, "silenceCloseMinutes",
               form_number_text(r->ctx.arena, q->has_silence_close_minutes,
                                q->silence_close_minutes));
    model_text(form, "greeting", q->greeting);
    model_text(form, "awayMessage", q->away_message);
    model_text(form, "timeZone", q->time_zone != NULL ? q->time_zone : "");
    model_text(form, "holidaysText", queue_holidays_text(&r->ctx, q->holidays));
    if (q->id != 0)
        model_int(form, "version", q->version);
    form_model(r, m, form);
    json_object_object_add(
        m, "assignments",
        settings_choices(r, "assignment", q->assignment, modes));
    json_object_object_add(m, "surveys",
                           settings_choices(r, "csat", q->csat, surveys));
    json_object_object_add(
        m, "needs", settings_choices(r, "closeNeeds", q->close_needs, needs));
    hours_form_model(r, m, q->business_hours);
    model_text(m, "holidaysError", form_error(r, "holidaysText", "holidays"));
    model_text(m, "target", q->id != 0 ? page_path(r, HERE, q->id, "") : HERE);
    model_text(m, "deletePath",
               q->id != 0 ? page_path(r, HERE, q->id, "/delete") : NULL);
    model_bool(m, "mayWrite", settings_may(r, PERM_QUEUES_WRITE));
    e = add_people(r, m, q->member_ids);
    if (e == OK)
        e = model_zones(r, m);
    return e != OK ? e : page_reply(r, 200, "queues/form", m);
}

static enum err
show_new(struct req *r)
{
    struct json_object *m = settings_model(r, HERE, _("Nova fila"), NULL);

    settings_parent(m, HERE, _("Filas"));
    return show(r, m,
                &(struct q_queue_row){ .name = "",
                                       .color = "#206bc4",
                                       .greeting = "",
                                       .away_message = "",
                                       .holidays = "[]",
                                       .assignment = "off",
                                       .csat = "company",
                                       .csat_question = "",
                                       .silence_message = "",
                                       .close_needs = "nothing",
                                       .member_ids = "[]" });
}

static enum err
new_page(struct req *r, const void *input)
{
    (void)input;
    return show_new(r);
}

static enum err
show_one(struct req *r, int64_t id)
{
    struct json_object *m;
    struct q_queue_row q;
    enum err e = q_queue_get(&r->ctx, &(struct q_queue_get_in){ .id = id }, &q);

    if (e != OK)
        return e;
    m = settings_model(r, HERE, q.name, NULL);
    settings_parent(m, HERE, _("Filas"));
    return show(r, m, &q);
}

static enum err
one_page(struct req *r, const void *input)
{
    const struct queue_id *in = input;

    return show_one(r, in->id);
}

static enum err
redraw_one(struct req *r)
{
    return show_one(r, form_path_id(r));
}

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void
read_number(struct ctx *c, const char *field, const char *typed, int64_t max,
            int64_t *out)
{
    if (form_number(c, field, typed, out) == OK && *out > max)
        fail_field(c, field, "max", "%s", _("é grande demais"));
}

/* Do que se digitou ao que o domínio pede; a fila inteira, sempre. */
static enum err
read_form(struct req *r, const F *in, struct queue_change *to)
{
    const char *const typed[COMPANY_DAYS] = { in->hours_mon, in->hours_tue,
                                              in->hours_wed, in->hours_thu,
                                              in->hours_fri, in->hours_sat,
                                              in->hours_sun };
    struct ctx *c = &r->ctx;

    *to = (struct queue_change){
        .version = in->version,
        .name = in->name,
        .color = in->color,
        .greeting = or_empty(in->greeting),
        .away_message = or_empty(in->away_message),
        .time_zone = or_empty(in->time_zone),
        .assignment = in->assignment,
        .csat = in->csat,
        .csat_question = form_lines(r, in->csat_question),
        .silence_message = form_lines(r, in->silence_message),
        .close_needs = in->close_needs,
        .member_ids = in->member_ids != NULL ? in->member_ids : "{}",
        .has_position = true,
        .has_capacity = true,
        .has_answer_minutes = true,
        .has_resolution_minutes = true,
        .has_silence_minutes = true,
        .has_silence_close_minutes = true
    };
    read_number(c, "position", in->position, QUEUE_POSITION_MAX, &to->position);
    read_number(c, "capacity", in->capacity, QUEUE_CAPACITY_MAX, &to->capacity);
    read_number(c, "answerMinutes", in->answer_minutes, QUEUE_TARGET_MAX,
                &to->answer_minutes);
    read_number(c, "resolutionMinutes", in->resolution_minutes,
                QUEUE_TARGET_MAX, &to->resolution_minutes);
    read_number(c, "silenceMinutes", in->silence_minutes, QUEUE_TARGET_MAX,
                &to->silence_minutes);
    read_number(c, "silenceCloseMinutes", in->silence_close_minutes,
                QUEUE_TARGET_MAX, &to->silence_close_minutes);
    company_hours_read(c, typed, &to->business_hours);
    queue_holidays_read(c, or_empty(in->holidays_text), &to->holidays);
    return c->error;
}

static enum err
new_save(struct req *r, const void *input)
{
    struct queue_change new;
    struct q_queue_row row;
    enum err e = read_form(r, input, &new);

    if (e == OK)
        e = queue_create(&r->ctx, &new, &row);
    return e != OK ? e : form_done(r, HERE, _("Fila criada"));
}

static enum err
one_save(struct req *r, const void *input)
{
    const F *in = input;
    struct queue_change to;
    struct q_queue_row row;
    enum err e = read_form(r, in, &to);

    if (e == OK)
        e = queue_change(&r->ctx, in->id, &to, &row);
    return e != OK
               ? e
               : form_done(r, page_path(r, HERE, in->id, ""), _("Fila salva"));
}

/* ---- apagar ---- */

static enum err
add_others(struct req *r, struct json_object *m, int64_t id)
{
    struct json_object *list = json_object_new_array();
    struct q_queue_row *rows;
    int count, i;
    enum err e = q_queue_list(&r->ctx, &rows, &count);

    json_object_object_add(m, "others", list);
    for (i = 0; e == OK && i < count; i++)
        if (rows[i].id != id)
            settings_option(r, list, "moveTo", number(r, rows[i].id),
                            rows[i].name, false);
    return e;
}

static enum err
show_delete(struct req *r, int64_t id)
{
    struct q_queue_open_tickets_row open;
    struct json_object *m;
    struct q_queue_row q;
    enum err e = q_queue_get(&r->ctx, &(struct q_queue_get_in){ .id = id }, &q);

    if (e == OK)
        e = q_queue_open_tickets(
            &r->ctx, &(struct q_queue_open_tickets_in){ .id = id }, &open);
    if (e != OK)
        return e;
    m = settings_model(r, HERE, _("Apagar fila"), NULL);
    settings_confirm(r, m, HERE, id, q.name);
    model_text(m, "openText",
               arena_printf(r->ctx.arena,
                            i18n_plural("Há %d atendimento aberto nela.",
                                        "Há %d atendimentos abertos nela.",
                                        (unsigned long)open.tickets),
                            (int)open.tickets));
    e = add_others(r, m, id);
    return e != OK ? e : page_reply(r, 200, "queues/delete", m);
}

static enum err
delete_page(struct req *r, const void *input)
{
    const struct queue_id *in = input;

    return show_delete(r, in->id);
}

static enum err
redraw_delete(struct req *r)
{
    return show_delete(r, form_path_id(r));
}

static enum err
delete_save(struct req *r, const void *input)
{
    const struct delete_form *in = input;
    int64_t target = 0;
    enum err e = form_number(&r->ctx, "moveTo", in->move_to, &target);

    if (e == OK)
        e = queue_delete(&r->ctx, in->id, target);
    return e != OK ? e : form_done(r, HERE, _("Fila apagada"));
}

/* clang-format off */
const struct route queues_pages[] = {
    { GET, "/admin/queues", list_page, PERM_QUEUES_WRITE, WEB_PAGE,
      .doc = "Filas" },
    { POST, "/admin/queues", new_save, PERM_QUEUES_WRITE, WEB_FORM,
      IN(struct queue_form, new_form), .redraw = show_new, .refuses = "409",
      .doc = "Cria uma fila" },
    { GET, "/admin/queues/new", new_page, PERM_QUEUES_WRITE, WEB_PAGE,
      .doc = "Fila nova" },
    { GET, "/admin/queues/{id}", one_page, PERM_QUEUES_WRITE, WEB_PAGE,
      IN(struct queue_id, queue_path), .doc = "Uma fila" },
    { POST, "/admin/queues/{id}", one_save, PERM_QUEUES_WRITE, WEB_FORM,
      IN(struct queue_form, queue_form), .redraw = redraw_one,
      .refuses = "409", .doc = "Salva uma fila" },
    { GET, "/admin/queues/{id}/delete", delete_page, PERM_QUEUES_WRITE, WEB_PAGE,
      IN(struct queue_id, queue_path), .doc = "Confirma apagar" },
    { POST, "/admin/queues/{id}/delete", delete_save, PERM_QUEUES_WRITE, WEB_FORM,
      IN(struct delete_form, delete_form), .redraw = redraw_delete,
      .refuses = "409", .doc = "Apaga uma fila" },
    ROUTES_END
};
/* clang-format on */
