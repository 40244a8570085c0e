/* audit_page.c - do filtro à página da auditoria. */
#include "app/audit_page.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "auth/audit_words.h"
#include "auth/user_agent.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"

#define PAGE_ROWS 50
#define HUES 8

/* O que se costuma procurar junto. */
static const struct {
    const char *actions, *label;
} groups[] = {
    { "login,logout,password,two_factor,recovery_codes,company.entered",
      N_("Entradas e senhas") },
    { "member,user,invitation,queue_member,picture", N_("Pessoas e convites") },
    { "role", N_("Papéis") },
    { "company,queue,channel", N_("Empresa, filas e canais") },
    { "api_token", N_("Tokens de API") },
    { "audit,privacy,contact", N_("Exportações e privacidade") },
};

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

enum err
audit_query_filter(struct req *r, const struct audit_query *q,
                   struct audit_filter *f)
{
    *f = (struct audit_filter){
        .since = q->from, .until = q->to, .actions = q->action, .words = q->q
    };
    if (or_empty(q->person)[0] != '\0') {
        f->has_user_id = true;
        if (!parse_int64(q->person, &f->user_id))
            fail_field(&r->ctx, "person", "type", "%s",
                       _("não é uma pessoa daqui"));
    }
    return audit_filter_check(&r->ctx, f);
}

static struct json_object *
change_model(const struct audit_change *c)
{
    struct json_object *m = json_object_new_object();

    model_text(m, "label", c->label);
    model_text(m, "before", c->before);
    model_text(m, "after", c->after);
    return m;
}

static void
add_changes(struct req *r, struct json_object *m, const struct q_audit_row *row)
{
    struct json_object *list = json_object_new_array();
    struct audit_change *changes;
    size_t i, n = audit_changes(r->ctx.arena, row, &changes);

    for (i = 0; i < n; i++)
        json_object_array_add(list, change_model(&changes[i]));
    json_object_object_add(m, "changes", list);
    model_bool(m, "hasChanges", n > 0);
    model_bool(m, "hasBefore", row->before != NULL);
    model_bool(m, "hasAfter", row->after != NULL);
}

static struct json_object *
row_model(struct req *r, const struct q_audit_row *row)
{
    struct json_object *m = json_object_new_object();
    struct arena *a = r->ctx.arena;
    int64_t at_ms = when_parse(row->at);
    const char *who = audit_who(row);

    model_int(m, "id", row->id);
    model_text(m, "iso", when_iso(a, at_ms));
    model_text(m, "clock", when_clock(a, at_ms));
    model_text(m, "who", who);
    model_text(m, "initials", page_initials(a, who));
    model_int(m, "hue", row->user_id % HUES);
    model_text(m, "what", audit_sentence(a, row));
    model_text(m, "action", row->action);
    model_text(m, "label", audit_action_label(row->action));
    model_text(m, "address", row->address[0] != '\0' ? row->address : NULL);
    model_text(m, "device",
               row->user_agent[0] != '\0' ? user_agent_text(a, row->user_agent)
                                          : NULL);
    model_text(m, "requestId",
               row->request_id[0] != '\0' ? row->request_id : NULL);
    add_changes(r, m, row);
    return m;
}

/* [{day, title, rows}], na ordem em que vieram. */
static void
add_days(struct req *r, struct json_object *m, const struct q_audit_row *rows,
         int count)
{
    struct json_object *days = json_object_new_array(), *list = NULL;
    const char *last = "";
    int i;

    for (i = 0; i < count; i++) {
        int64_t at_ms = when_parse(rows[i].at);
        const char *day = when_day(r->ctx.arena, at_ms);

        if (strcmp(day, last) != 0) {
            struct json_object *group = json_object_new_object();

            list = json_object_new_array();
            model_text(group, "day", day);
            model_text(group, "title",
                       when_day_text(r->ctx.arena, at_ms, clock_now_ms()));
            json_object_object_add(group, "rows", list);
            json_object_array_add(days, group);
            last = day;
        }
        json_object_array_add(list, row_model(r, &rows[i]));
    }
    json_object_object_add(m, "days", days);
    model_bool(m, "hasRows", count > 0);
}

static void
add_option(struct json_object *list, const char *value, const char *label,
           const char *chosen)
{
    struct json_object *m = json_object_new_object();

    model_text(m, "value", value);
    model_text(m, "label", label);
    model_bool(m, "marked", strcmp(value, or_empty(chosen)) == 0);
    json_object_array_add(list, m);
}

static enum err
add_options(struct req *r, struct json_object *m, const struct audit_query *q)
{
    struct json_object *people = json_object_new_array(),
                       *kinds = json_object_new_array(),
                       *actions = json_object_new_array();
    struct q_audit_actions_row *action_rows;
    struct q_audit_people_row *rows;
    int count, i;
    size_t g;
    enum err e;

    json_object_object_add(m, "people", people);
    json_object_object_add(m, "groups", kinds);
    json_object_object_add(m, "actions", actions);
    for (g = 0; g < sizeof groups / sizeof *groups; g++)
        add_option(kinds, groups[g].actions, _(groups[g].label), q->action);
    add_option(people, "0", _("Sistema ou ninguém"), q->person);
    e = q_audit_people(&r->ctx, &rows, &count);
    for (i = 0; e == OK && i < count; i++)
        add_option(people, arena_printf(r->ctx.arena, "%" PRId64, rows[i].id),
                   rows[i].name, q->person);
    if (e == OK)
        e = q_audit_actions(&r->ctx, &(struct q_audit_actions_in){ 0 },
                            &action_rows, &count);
    for (i = 0; e == OK && i < count; i++)
        add_option(actions, action_rows[i].action,
                   audit_action_label(action_rows[i].action), q->action);
    return e;
}

static void
add_param(struct str *s, const char *name, const char *value)
{
    if (or_empty(value)[0] == '\0')
        return;
    str_putc(s, strchr(s->data, '?') == NULL ? '?' : '&');
    str_puts(s, name);
    str_putc(s, '=');
    str_url(s, value, strlen(value));
}

/* O caminho com os filtros, sem cursor. */
static const char *
with_filters(struct req *r, const char *path, const struct audit_query *q)
{
    struct str s;

    str_init(&s, r->ctx.arena, 200);
    str_puts(&s, path);
    add_param(&s, "from", q->from);
    add_param(&s, "to", q->to);
    add_param(&s, "person", q->person);
    add_param(&s, "action", q->action);
    add_param(&s, "q", q->q);
    return s.data;
}

/* Os registros; os filtros ruins viram aviso na página. */
static enum err
find_rows(struct req *r, const struct audit_query *q, struct q_audit_row **rows,
          int *count)
{
    struct audit_filter f;
    int64_t before_id = INT64_MAX;
    enum err e = audit_query_filter(r, q, &f);

    *count = 0;
    if (e != OK)
        return e;
    if (or_empty(q->cursor)[0] != '\0' && !parse_int64(q->cursor, &before_id))
        return fail_field(&r->ctx, "cursor", "cursor", "%s",
                          _("não é um cursor desta lista"));
    return audit_list(&r->ctx, &f,
                      (struct audit_span){ before_id, PAGE_ROWS + 1 }, rows,
                      count);
}

static void
add_form(struct json_object *m, const struct audit_query *q)
{
    struct json_object *form = json_object_object_get(m, "form");

    model_text(form, "from", or_empty(q->from));
    model_text(form, "to", or_empty(q->to));
    model_text(form, "q", or_empty(q->q));
}

enum err
audit_page(struct req *r, const struct audit_query *q)
{
    struct json_object *m =
        settings_model(r, "/admin/audit", _("Auditoria"),
                       _("Quem fez o quê, quando e de onde. Nada aqui se muda "
                         "nem se apaga."));
    const char *path = with_filters(r, "/admin/audit", q), *next = NULL;
    struct q_audit_row *rows = NULL;
    const char *problem = NULL;
    int count;
    enum err e = find_rows(r, q, &rows, &count);

    form_model(r, m, NULL);
    if (e == ERR_INVALID && r->ctx.fields != NULL) {
        problem = r->ctx.fields->detail;
        model_text(m, "problem", problem);
        ctx_clear_error(&r->ctx);
        e = OK;
    }
    if (e == OK)
        e = add_options(r, m, q);
    if (e != OK)
        return e;
    add_form(m, q);
    if (count > PAGE_ROWS) {
        count = PAGE_ROWS;
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    }
    add_days(r, m, rows, count);
    settings_pager(r, m, path,
                   or_empty(q->cursor)[0] != '\0' ? q->cursor : NULL, next);
    model_bool(m, "isFiltered", strcmp(path, "/admin/audit") != 0);
    model_text(m, "exportPath", with_filters(r, "/admin/audit/export", q));
    return page_reply(r, problem != NULL ? 422 : 200, "audit/index", m);
}
