/* macro_form.c - os passos de uma macro no formulário. */
#include "app/macro_form.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/i18n.h"
#include "desk/macro.h"
#include "desk/quick_reply.h"
#include "desk/tag.h"
#include "desk/ticket_change.h"
#include "gen/q_panel.h"

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static void
drop(void *object)
{
    json_object_put(object);
}

static struct json_object *
kept(struct req *r, struct json_object *o)
{
    arena_defer(r->ctx.arena, drop, o);
    return o;
}

static struct json_object *
member(struct json_object *o, const char *name)
{
    struct json_object *v = NULL;

    return json_object_object_get_ex(o, name, &v) ? v : NULL;
}

static const struct macro_action *
action_of(struct json_object *step)
{
    const char *name = json_object_get_string(member(step, "action"));

    return name != NULL ? macro_action(name) : NULL;
}

/* ---- o que se digitou ---- */

static const char *
typed(struct req *r, int i, const char *what)
{
    return req_form(r, arena_printf(r->ctx.arena, "s%d%s", i, what));
}

/* O que não é número vai como veio: quem confere o recusa no campo. */
static struct json_object *
number_or_text(const char *text)
{
    int64_t n;

    return parse_int64(text, &n) ? json_object_new_int64(n)
                                 : json_object_new_string(text);
}

static struct json_object *
typed_tags(struct req *r, int i)
{
    const char *field = arena_printf(r->ctx.arena, "s%dTags", i), *name, *value;
    struct json_object *list = json_object_new_array();
    size_t at = 0;

    while (req_form_next(r, &at, &name, &value))
        if (is(name, field) && value[0] != '\0')
            json_object_array_add(list, number_or_text(value));
    return list;
}

static struct json_object *
typed_value(struct req *r, int i, const struct macro_action *a)
{
    const char *text = typed(r, i, a->value == MACRO_TEXT ? "Text" : "Choice");

    if (a->value == MACRO_IDS)
        return typed_tags(r, i);
    if (text == NULL || (text[0] == '\0' && a->value != MACRO_TEXT))
        return NULL;
    if (a->value == MACRO_ID)
        return number_or_text(text);
    return json_object_new_string(text_typed(r->ctx.arena, text));
}

struct json_object *
macro_form_steps(struct req *r)
{
    struct json_object *steps = kept(r, json_object_new_array());
    int i;

    for (i = 0; i < MACRO_STEPS_MAX; i++) {
        const char *name = typed(r, i, "Action");
        const struct macro_action *a = name != NULL ? macro_action(name) : NULL;
        struct json_object *step, *value;

        if (a == NULL)
            continue;
        step = json_object_new_object();
        json_object_object_add(step, "action", json_object_new_string(a->name));
        value = typed_value(r, i, a);
        if (value != NULL)
            json_object_object_add(step, a->member, value);
        json_object_array_add(steps, step);
    }
    return steps;
}

static void
swap(struct json_object *steps, size_t a, size_t b)
{
    struct json_object *one =
        json_object_get(json_object_array_get_idx(steps, a));

    json_object_array_put_idx(
        steps, a, json_object_get(json_object_array_get_idx(steps, b)));
    json_object_array_put_idx(steps, b, one);
}

void
macro_form_edit(struct json_object *steps, const char *op, const char *add)
{
    size_t count = json_object_array_length(steps), n;
    const char *colon = op != NULL ? strchr(op, ':') : NULL;

    if (op != NULL && is(op, "add") && add != NULL &&
        macro_action(add) != NULL && count < MACRO_STEPS_MAX) {
        struct json_object *step = json_object_new_object();

        json_object_object_add(step, "action", json_object_new_string(add));
        json_object_array_add(steps, step);
    }
    if (colon == NULL || (n = strtoul(colon + 1, NULL, 10)) >= count)
        return;
    if (strncmp(op, "drop:", 5) == 0)
        json_object_array_del_idx(steps, n, 1);
    else if (strncmp(op, "up:", 3) == 0 && n > 0)
        swap(steps, n, n - 1);
    else if (strncmp(op, "down:", 5) == 0 && n + 1 < count)
        swap(steps, n, n + 1);
}

/* ---- as linhas ---- */

/* O que se pode escolher, lido uma vez para todos os passos. */
struct choices {
    struct q_panel_targets_row *targets;
    struct q_quick_reply_row *replies;
    struct q_tag_row *tags;
    int target_count, reply_count, tag_count;
};

static enum err
read_choices(struct req *r, struct choices *c)
{
    enum err e = q_panel_targets(&r->ctx, &c->targets, &c->target_count);

    if (e == OK)
        e = q_quick_reply_list(&r->ctx,
                               &(struct q_quick_reply_list_in){
                                   .q = "", .max = 2 * QUICK_REPLIES_MAX },
                               &c->replies, &c->reply_count);
    return e == OK ? q_tag_list(&r->ctx, &c->tags, &c->tag_count) : e;
}

static void
add_choice(struct json_object *list, const char *value, const char *label,
           const char *now)
{
    struct json_object *one = json_object_new_object();

    model_text(one, "value", value);
    model_text(one, "label", label);
    model_bool(one, "marked", is(value, now));
    json_object_array_add(list, one);
}

static const char *
snooze_text(const char *preset)
{
    return is(preset, "hour")       ? _("1 hora")
           : is(preset, "hours")    ? _("3 horas")
           : is(preset, "tomorrow") ? _("Amanhã, 9 h")
                                    : _("Em uma semana");
}

static void
add_words(struct req *r, struct json_object *list, const char *words,
          const char *now)
{
    char *copy = arena_strdup(r->ctx.arena, words), *rest = NULL, *word;
    bool snooze = is(words, TICKET_SNOOZES);

    for (word = strtok_r(copy, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest))
        add_choice(list, word,
                   snooze ? snooze_text(word) : inbox_priority_text(word), now);
}

static void
add_ids(struct req *r, struct json_object *list, const char *action,
        const struct choices *c, const char *now)
{
    struct arena *a = r->ctx.arena;
    const char *kind = is(action, "queue") ? "queue" : "user";
    int i;

    if (is(action, "reply"))
        for (i = 0; i < c->reply_count; i++)
            add_choice(list, arena_printf(a, "%" PRId64, c->replies[i].id),
                       arena_printf(a, "/%s", c->replies[i].shortcut), now);
    else
        for (i = 0; i < c->target_count; i++)
            if (is(c->targets[i].kind, kind))
                add_choice(list, arena_printf(a, "%" PRId64, c->targets[i].id),
                           c->targets[i].name, now);
}

static bool
has_marked(struct json_object *list)
{
    size_t i;

    for (i = 0; i < json_object_array_length(list); i++)
        if (json_object_get_boolean(
                member(json_object_array_get_idx(list, i), "marked")))
            return true;
    return false;
}

/* O que se apagou continua escolhido: senão o primeiro da lista o tomaria. */
static void
add_select(struct req *r, struct json_object *row, const struct macro_action *a,
           struct json_object *value, const struct choices *c)
{
    const char *now = value != NULL ? json_object_get_string(value) : "";
    struct json_object *list = json_object_new_array();

    if (!a->required)
        add_choice(list, "", _("Quem clica na macro"), now);
    else if (now[0] == '\0')
        add_choice(list, "", _("Escolha"), now);
    if (a->value == MACRO_WORD)
        add_words(r, list, a->words, now);
    else
        add_ids(r, list, a->name, c, now);
    if (!has_marked(list))
        add_choice(list, now, _("(já não existe)"), now);
    json_object_object_add(row, "choices", list);
}

static bool
holds(struct json_object *list, int64_t id)
{
    size_t i, n = json_object_is_type(list, json_type_array)
                      ? json_object_array_length(list)
                      : 0;

    for (i = 0; i < n; i++)
        if (json_object_get_int64(json_object_array_get_idx(list, i)) == id)
            return true;
    return false;
}

static void
add_tags(struct json_object *row, struct json_object *value,
         const struct choices *c)
{
    struct json_object *list = json_object_new_array();
    int i;

    for (i = 0; i < c->tag_count; i++) {
        struct json_object *one = json_object_new_object();

        model_int(one, "id", c->tags[i].id);
        model_text(one, "name", c->tags[i].name);
        model_text(one, "color", c->tags[i].color);
        model_bool(one, "chosen", holds(value, c->tags[i].id));
        json_object_array_add(list, one);
    }
    model_bool(row, "noTags", c->tag_count == 0);
    json_object_object_add(row, "tags", list);
}

/* O que se recusou neste passo, ou NULL. */
static const char *
refusal_of(struct req *r, size_t i)
{
    const char *prefix = arena_printf(r->ctx.arena, "steps.%zu", i);
    const struct field_error *f;
    size_t n = strlen(prefix);

    for (f = r->refusal.fields; f != NULL; f = f->next)
        if (strncmp(f->field, prefix, n) == 0 &&
            (f->field[n] == '\0' || f->field[n] == '.'))
            return f->detail;
    return NULL;
}

static struct json_object *
row_model(struct req *r, struct json_object *step, size_t i, size_t count,
          const struct choices *c)
{
    const struct macro_action *a = action_of(step);
    struct arena *arena = r->ctx.arena;
    struct json_object *row, *value;

    if (a == NULL)
        return NULL; /* de outra versão do programa */
    row = json_object_new_object();
    value = member(step, a->member);
    model_int(row, "n", (int64_t)i);
    model_int(row, "number", (int64_t)i + 1);
    model_text(row, "action", a->name);
    model_text(row, "label", _(a->label));
    model_text(row, "error", refusal_of(r, i));
    model_text(row, "up", i > 0 ? arena_printf(arena, "up:%zu", i) : NULL);
    model_text(row, "down",
               i + 1 < count ? arena_printf(arena, "down:%zu", i) : NULL);
    model_text(row, "drop", arena_printf(arena, "drop:%zu", i));
    model_bool(row, "isLong", a->value == MACRO_TEXT && a->required);
    model_bool(row, "isNote", is(a->name, "note"));
    model_bool(row, "isReason", a->value == MACRO_TEXT && !a->required);
    model_bool(row, "isTags", a->value == MACRO_IDS);
    model_bool(row, "isSelect", a->value == MACRO_ID || a->value == MACRO_WORD);
    model_text(row, "text",
               a->value == MACRO_TEXT && value != NULL
                   ? json_object_get_string(value)
                   : "");
    if (a->value == MACRO_IDS)
        add_tags(row, value, c);
    else if (a->value != MACRO_TEXT)
        add_select(r, row, a, value, c);
    return row;
}

enum err
macro_form_model(struct req *r, struct json_object *m,
                 struct json_object *steps)
{
    struct json_object *rows = json_object_new_array();
    struct json_object *actions = json_object_new_array();
    const struct macro_action *a;
    size_t count = json_object_array_length(steps), i;
    struct choices c;
    enum err e = read_choices(r, &c);

    json_object_object_add(m, "steps", rows);
    json_object_object_add(m, "actions", actions);
    if (e != OK)
        return e;
    for (i = 0; i < count; i++) {
        struct json_object *row =
            row_model(r, json_object_array_get_idx(steps, i), i, count, &c);

        if (row != NULL)
            json_object_array_add(rows, row);
    }
    for (a = macro_actions; a->name != NULL; a++)
        add_choice(actions, a->name, _(a->label), "");
    model_bool(m, "hasSteps", count > 0);
    model_bool(m, "mayAdd", count < MACRO_STEPS_MAX);
    return OK;
}
