/* macro_panel.c - as macros em poucas palavras, e os botões do painel. */
#include <inttypes.h>
#include <json-c/json.h>

#include "app/macro_form.h"
#include "app/page_model.h"
#include "base/i18n.h"
#include "desk/macro.h"

#define PANEL_MACROS 6

const char *
macro_summary(struct req *r, const char *json)
{
    struct macro_step steps[MACRO_STEPS_MAX];
    struct str s;
    int count, i;

    str_init(&s, r->ctx.arena, 80);
    if (macro_read(&r->ctx, json, steps, &count) != OK) {
        ctx_clear_error(&r->ctx); /* o que se gravou noutra versão */
        return s.data;
    }
    for (i = 0; i < count; i++)
        str_printf(&s, "%s%s", i > 0 ? " · " : "", _(steps[i].action->label));
    return s.data;
}

enum err
macro_add_panel(struct req *r, struct json_object *m, int64_t ticket_id)
{
    struct json_object *first = json_object_new_array();
    struct json_object *more = json_object_new_array();
    struct q_macro_row *rows;
    int count, i;
    enum err e = q_macro_list(&r->ctx, &rows, &count);

    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = json_object_new_object();

        model_text(one, "name", rows[i].name);
        model_text(one, "summary", macro_summary(r, rows[i].steps));
        model_text(one, "href",
                   arena_printf(r->ctx.arena,
                                "/inbox/%" PRId64 "/macros/%" PRId64, ticket_id,
                                rows[i].id));
        json_object_array_add(i < PANEL_MACROS ? first : more, one);
    }
    model_bool(m, "hasMacros", e == OK && count > 0);
    model_bool(m, "hasMoreMacros", e == OK && count > PANEL_MACROS);
    json_object_object_add(m, "macros", first);
    json_object_object_add(m, "moreMacros", more);
    return e;
}
