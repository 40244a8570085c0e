/* desk_pages/csat.c - /admin/csat: as contas da pesquisa de satisfação e as
 * regras.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/admin_pages.h"
#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/csat.h"
#include "gen/q_ticket_view.h"

#define FORM_BODY 8192
#define HERE "/admin/csat"
#define LATEST 20
#define DAY_MS INT64_C(86400000)

struct page_in {
    const char *from, *to, *queue_id, *user_id;
};
static const struct field page_in[] = {
    TEXT(struct page_in, from, .from = QUERY, .max = 10, .doc = "Dia"),
    TEXT(struct page_in, to, .from = QUERY, .max = 10,
         .doc = "Dia, que também entra"),
    TEXT(struct page_in, queue_id, .from = QUERY, .max = 20, .doc = "Fila"),
    TEXT(struct page_in, user_id, .from = QUERY, .max = 20, .doc = "Pessoa"),
    FIELDS_END
};

struct rules_form {
    bool enabled;
    const char *question;
};
static const struct field rules_form[] = {
    BOOL(struct rules_form, enabled, .doc = "Pergunta ao encerrar"),
    TEXT(struct rules_form, question, .max = CSAT_QUESTION_MAX, .lines = true,
         .doc = "A pergunta"),
    FIELDS_END
};

/* O começo do dia no fuso da empresa, dias depois; NULL se não é um dia. */
static const char *
day_start(struct req *r, const char *day, int days)
{
    int64_t at_ms =
        day != NULL && strlen(day) == 10
            ? when_typed(arena_printf(r->ctx.arena, "%sT00:00", day))
            : 0;

    return at_ms == 0 ? NULL : when_iso(r->ctx.arena, at_ms + days * DAY_MS);
}

static int64_t
id_of(const char *text)
{
    int64_t id = 0;

    return text != NULL && parse_int64(text, &id) && id > 0 ? id : 0;
}

static const char *
average_text(struct req *r, bool has, double average)
{
    char *text;

    if (!has)
        return "—";
    text = arena_printf(r->ctx.arena, "%.2f", average);
    if (strcmp(i18n_lang(), "en") != 0)
        *strchr(text, '.') = ',';
    return text;
}

/* ---- as contas ---- */

static void
add_scores(struct req *r, struct json_object *m, const struct csat_figures *sum)
{
    struct json_object *list = json_object_new_array();
    const char *p = sum->scores + 1; /* {1,0,2,5,9} */
    int64_t counts[5] = { 0 };
    int i;

    for (i = 0; i < 5; i++) {
        size_t n = strcspn(p, ",}");

        parse_int64(arena_memdup(r->ctx.arena, p, n), &counts[i]);
        p += n + 1;
    }
    for (i = 4; i >= 0; i--) {
        struct json_object *one = json_object_new_object();

        model_int(one, "score", i + 1);
        model_int(one, "count", counts[i]);
        model_int(one, "width",
                  sum->answered > 0 ? counts[i] * 100 / sum->answered : 0);
        json_object_array_add(list, one);
    }
    json_object_object_add(m, "scores", list);
}

static enum err
add_parts(struct req *r, struct json_object *m, const struct csat_filter *f,
          const char *by_what, const char *key)
{
    struct json_object *list = json_object_new_array();
    struct q_csat_by_row *rows;
    int count, i;
    enum err e = q_csat_by(&r->ctx,
                           &(struct q_csat_by_in){ .since = f->from,
                                                   .ends = f->to,
                                                   .queue_id = f->queue_id,
                                                   .user_id = f->user_id,
                                                   .by_what = by_what },
                           &rows, &count);

    json_object_object_add(m, key, list);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = json_object_new_object();

        model_text(one, "name",
                   rows[i].name != NULL            ? rows[i].name
                   : strcmp(by_what, "queue") == 0 ? _("Sem fila")
                                                   : _("Sem responsável"));
        model_int(one, "asked", rows[i].asked);
        model_int(one, "answered", rows[i].answered);
        model_text(one, "average",
                   average_text(r, rows[i].has_average, rows[i].average));
        json_object_array_add(list, one);
    }
    return e;
}

static enum err
add_answers(struct req *r, struct json_object *m, const struct csat_filter *f)
{
    struct json_object *list = json_object_new_array();
    struct arena *a = r->ctx.arena;
    struct q_csat_answers_row *rows;
    int count, i;
    enum err e =
        q_csat_answers(&r->ctx,
                       &(struct q_csat_answers_in){ .since = f->from,
                                                    .ends = f->to,
                                                    .queue_id = f->queue_id,
                                                    .user_id = f->user_id,
                                                    .before = INT64_MAX,
                                                    .max = LATEST },
                       &rows, &count);

    json_object_object_add(m, "answers", list);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = json_object_new_object();
        int64_t at_ms = when_parse(rows[i].scored_at);

        model_text(one, "href",
                   arena_printf(a, "/inbox/%" PRId64, rows[i].ticket_id));
        model_text(one, "contact", rows[i].contact);
        model_text(one, "queue", rows[i].queue);
        model_text(one, "user", rows[i].user_name);
        model_text(one, "score",
                   arena_printf(a, _("%d de 5"), (int)rows[i].score));
        model_text(one, "comment", rows[i].comment);
        model_text(one, "atIso", when_iso(a, at_ms));
        model_text(one, "atText", when_brief(a, at_ms, clock_now_ms()));
        json_object_array_add(list, one);
    }
    model_bool(m, "hasAnswers", e == OK && count > 0);
    return e;
}

static enum err
add_figures(struct req *r, struct json_object *m, const struct csat_filter *f)
{
    struct csat_figures sum;
    enum err e = csat_sum(&r->ctx, f, &sum);

    if (e != OK)
        return e;
    model_int(m, "asked", sum.asked);
    model_int(m, "answered", sum.answered);
    model_text(m, "average", average_text(r, sum.has_average, sum.average));
    model_text(m, "rate",
               sum.asked == 0 ? "—"
                              : arena_printf(r->ctx.arena, "%" PRId64 " %%",
                                             sum.answered * 100 / sum.asked));
    add_scores(r, m, &sum);
    e = add_parts(r, m, f, "queue", "queues");
    if (e == OK)
        e = add_parts(r, m, f, "user", "users");
    model_bool(m, "hasParts",
               json_object_array_length(json_object_object_get(m, "users")) >
                   0);
    return e == OK ? add_answers(r, m, f) : e;
}

/* ---- a página ---- */

static enum err
add_choices(struct req *r, struct json_object *m, const struct csat_filter *f)
{
    struct json_object *queues = json_object_new_array();
    struct json_object *people = json_object_new_array();
    struct q_ticket_filter_options_row *rows;
    int count, i;
    enum err e = q_ticket_filter_options(&r->ctx, &rows, &count);

    for (i = 0; e == OK && i < count; i++) {
        bool is_queue = strcmp(rows[i].kind, "queue") == 0;
        struct json_object *one;

        if (!is_queue && strcmp(rows[i].kind, "user") != 0)
            continue;
        one = json_object_new_object();
        model_int(one, "value", rows[i].id);
        model_text(one, "label", rows[i].name);
        model_bool(one, "marked",
                   rows[i].id == (is_queue ? f->queue_id : f->user_id));
        json_object_array_add(is_queue ? queues : people, one);
    }
    json_object_object_add(m, "queueChoices", queues);
    json_object_object_add(m, "people", people);
    return e;
}

static enum err
add_rules(struct req *r, struct json_object *m)
{
    struct json_object *form = json_object_new_object();
    struct q_csat_rules_row row;
    enum err e = q_csat_rules(&r->ctx, &row);

    if (e == OK)
        model_text(form, "question", row.question);
    form_model(r, m, form);
    model_bool(m, "isOn",
               e == OK && form_marked(r, "enabled", "true", row.enabled));
    model_bool(m, "mayWrite", settings_may(r, PERM_COMPANY_WRITE));
    return e;
}

static enum err
show(struct req *r, const struct page_in *in)
{
    struct json_object *m = settings_model(
        r, HERE, _("Satisfação"),
        _("O que os contatos acharam, de 1 a 5, ao encerrar um atendimento."));
    const struct csat_filter f = { .from = day_start(r, in->from, 0),
                                   .to = day_start(r, in->to, 1),
                                   .queue_id = id_of(in->queue_id),
                                   .user_id = id_of(in->user_id) };
    enum err e = add_rules(r, m);

    model_text(m, "from", f.from != NULL ? in->from : "");
    model_text(m, "to", f.to != NULL ? in->to : "");
    if (e == OK)
        e = add_choices(r, m, &f);
    if (e == OK)
        e = add_figures(r, m, &f);
    return e != OK ? e : page_reply(r, 200, "csat/index", m);
}

static enum err
page(struct req *r, const void *input)
{
    return show(r, input);
}

static enum err
redraw(struct req *r)
{
    return show(r, &(struct page_in){ 0 });
}

static enum err
save(struct req *r, const void *input)
{
    const struct rules_form *in = input;
    enum err e =
        csat_rules_change(&r->ctx, in->enabled, form_lines(r, in->question));

    return e != OK ? e : form_done(r, HERE, _("Pesquisa salva"));
}

/* clang-format off */
const struct route csat_pages[] = {
    { GET, HERE, page, PERM_TICKETS_MANAGE, .auth = AUTH_COOKIE, .html = true,
      .out_type = "text/html", IN(struct page_in, page_in),
      .doc = "Satisfação: contas e regras" },
    { POST, HERE, save, PERM_COMPANY_WRITE, .auth = AUTH_COOKIE,
      .accepts = ACCEPT_FORM, .html = true, .max_body = FORM_BODY,
      .success = 303, IN(struct rules_form, rules_form), .redraw = redraw,
      .doc = "Salva as regras da pesquisa" },
    ROUTES_END
};
/* clang-format on */
