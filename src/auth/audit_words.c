/* audit_words.c - do registro à frase: tabelas, e o genérico para o resto. */
#include "auth/audit_words.h"

#include <json-c/json.h>
#include <string.h>

#include "base/i18n.h"
#include "base/permission.h"
#include "base/str.h"
#include "base/when.h"

#define NAMED_MAX 3 /* colunas que a frase cita */

static const struct {
    const char *action, *label, *sentence;
} actions[] = {
#define ACTION(action, label, sentence) { action, label, sentence },
#define FIELD(name, label, object)
#define CHANGE(type, name, set, cleared)
#include "auth/audit_words.def"
#undef ACTION
#undef FIELD
#undef CHANGE
};

static const struct {
    const char *name, *label, *object;
} fields[] = {
#define ACTION(action, label, sentence)
#define FIELD(name, label, object) { name, label, object },
#define CHANGE(type, name, set, cleared)
#include "auth/audit_words.def"
#undef ACTION
#undef FIELD
#undef CHANGE
};

static const struct {
    const char *type, *name, *set, *cleared;
} changes[] = {
#define ACTION(action, label, sentence)
#define FIELD(name, label, object)
#define CHANGE(type, name, set, cleared) { type, name, set, cleared },
#include "auth/audit_words.def"
#undef ACTION
#undef FIELD
#undef CHANGE
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static size_t
action_index(const char *action)
{
    size_t i = 0;

    while (i < COUNT(actions) && !is(actions[i].action, action))
        i++;
    return i;
}

const char *
audit_action_label(const char *action)
{
    size_t i = action_index(action);

    return i < COUNT(actions) ? _(actions[i].label) : action;
}

bool
audit_action_known(const char *action)
{
    return action_index(action) < COUNT(actions);
}

const char *
audit_action_at(size_t i)
{
    return i < COUNT(actions) ? actions[i].action : NULL;
}

const char *
audit_who(const struct q_audit_row *row)
{
    if (row->user_name[0] != '\0')
        return row->user_name;
    if (row->user_id == 0)
        return row->address[0] != '\0' ? _("Alguém") : _("Sistema");
    return _("Pessoa sem nome");
}

static const char *
field_text(const char *name, bool as_object)
{
    size_t i;

    for (i = 0; i < COUNT(fields); i++)
        if (is(fields[i].name, name))
            return _(as_object ? fields[i].object : fields[i].label);
    return name;
}

static const char *
visibility_text(const char *value)
{
    return is(value, "all")      ? _("todos os atendimentos")
           : is(value, "queues") ? _("os das suas filas")
           : is(value, "own")    ? _("só os seus")
                                 : value;
}

/* Por onde a pessoa se provou, ou parou (src/account/sign_in.c). */
static const char *
proof_text(const char *value)
{
    return is(value, "password")   ? _("senha")
           : is(value, "totp")     ? _("código do aplicativo")
           : is(value, "recovery") ? _("código de recuperação")
           : is(value, "code")     ? _("código da segunda etapa")
                                   : value;
}

/* Instante de to_jsonb: "2026-11-21T06:00:00.1+00:00". */
static bool
is_instant(const char *text)
{
    return strlen(text) >= 19 && text[4] == '-' && text[7] == '-' &&
           text[10] == 'T' && text[13] == ':' && text[16] == ':';
}

static const char *
instant_text(struct arena *a, const char *text)
{
    char *copy = arena_strdup(a, text);
    int64_t at_ms;

    copy[10] = ' ';
    at_ms = when_parse(copy);
    return arena_printf(a, "%s %s", when_day(a, at_ms), when_clock(a, at_ms));
}

static const char *
string_text(struct arena *a, const char *name, const char *text)
{
    if (is(text, "***"))
        return _("(segredo)");
    if (is(name, "role") && role_parse(text) != ROLE_NONE)
        return _(role_title(role_parse(text)));
    if (is(name, "visibility"))
        return arena_strdup(a, visibility_text(text));
    if (is(name, "factor") || is(name, "step"))
        return arena_strdup(a, proof_text(text));
    if (is_instant(text))
        return instant_text(a, text);
    return arena_strdup(a, text);
}

static const char *
list_text(struct arena *a, const char *name, struct json_object *list)
{
    struct str s;
    size_t i, n = json_object_array_length(list);

    str_init(&s, a, 80);
    for (i = 0; i < n; i++) {
        struct json_object *item = json_object_array_get_idx(list, i);

        str_puts(&s, i > 0 ? ", " : "");
        str_puts(&s, json_object_is_type(item, json_type_string)
                         ? string_text(a, name, json_object_get_string(item))
                         : json_object_to_json_string(item));
    }
    return n > 0 ? s.data : _("nenhum");
}

static const char *
value_text(struct arena *a, const char *name, struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return "—";
    case json_type_boolean:
        return json_object_get_boolean(value) ? _("sim") : _("não");
    case json_type_string:
        return string_text(a, name, json_object_get_string(value));
    case json_type_array:
        return list_text(a, name, value);
    default:
        return arena_strdup(a, json_object_to_json_string(value));
    }
}

static void
drop_json(void *object)
{
    json_object_put(object);
}

static struct json_object *
parse(struct arena *a, const char *json)
{
    struct json_object *o = json != NULL ? json_tokener_parse(json) : NULL;

    if (o == NULL)
        return NULL;
    arena_defer(a, drop_json, o);
    return json_object_is_type(o, json_type_object) ? o : NULL;
}

/* O que o próprio registro já diz: de que empresa, de que número. */
static bool
is_noise(const char *name)
{
    return is(name, "id") || is(name, "company_id") || is(name, "for_company");
}

size_t
audit_changes(struct arena *a, const struct q_audit_row *row,
              struct audit_change **out)
{
    struct json_object *before = parse(a, row->before),
                       *after = parse(a, row->after), *value,
                       *known = after != NULL ? after : before;
    size_t n = 0;

    *out = NULL;
    if (known == NULL)
        return 0;
    *out =
        arena_alloc(a, (size_t)json_object_object_length(known) * sizeof **out);
    json_object_object_foreach (known, name, same) {
        struct audit_change *c = &(*out)[n];

        (void)same;
        if (is_noise(name))
            continue;
        n++;
        c->field = name;
        c->label = field_text(name, false);
        if (before != NULL && json_object_object_get_ex(before, name, &value))
            c->before = value_text(a, name, value);
        if (after != NULL && json_object_object_get_ex(after, name, &value))
            c->after = value_text(a, name, value);
    }
    return n;
}

/* A frase própria de uma coluna, se a mudança foi dela. */
static const char *
change_sentence(const struct q_audit_row *row, const struct audit_change *list,
                size_t n)
{
    size_t i, j;

    for (j = 0; j < COUNT(changes); j++)
        for (i = 0; i < n; i++)
            if (is(changes[j].type, row->target_type) &&
                is(changes[j].name, list[i].field))
                return list[i].after != NULL && !is(list[i].after, "—")
                           ? changes[j].set
                           : changes[j].cleared;
    return NULL;
}

static const char *
target_text(struct arena *a, const struct q_audit_row *row)
{
    if (row->target_name != NULL && row->target_name[0] != '\0')
        return row->target_name;
    return row->target_id[0] != '\0'
               ? arena_printf(a, _("nº %s"), row->target_id)
               : _("uma conta desconhecida");
}

static bool
is_update(const char *action)
{
    size_t n = strlen(action);

    return n > 8 && is(action + n - 8, ".updated");
}

/* "o nome, o papel e a visibilidade", "o nome, o papel, a cor e mais 2" */
static const char *
objects_text(struct arena *a, const struct audit_change *list, size_t n)
{
    struct str s;
    size_t i;

    str_init(&s, a, 80);
    for (i = 0; i < n && i < NAMED_MAX; i++) {
        str_puts(&s, i == 0                         ? ""
                     : i + 1 == n && n <= NAMED_MAX ? _(" e ")
                                                    : ", ");
        str_puts(&s, field_text(list[i].field, true));
    }
    if (n > NAMED_MAX)
        str_printf(&s, _(" e mais %zu"), n - NAMED_MAX);
    return s.data;
}

static const char *
update_sentence(struct arena *a, const struct q_audit_row *row)
{
    struct audit_change *list;
    size_t n = audit_changes(a, row, &list);
    const char *own = change_sentence(row, list, n),
               *target = target_text(a, row);

    if (own != NULL)
        return arena_printf(a, _(own), target);
    if (n == 0)
        return arena_printf(a, _(actions[action_index(row->action)].sentence),
                            target);
    if (n == 1 && list[0].before != NULL && list[0].after != NULL &&
        !is(list[0].before, list[0].after) &&
        strlen(list[0].before) + strlen(list[0].after) < 120)
        return arena_printf(a, _("mudou %s de %s: %s → %s"),
                            field_text(list[0].field, true), target,
                            list[0].before, list[0].after);
    return arena_printf(a, _("mudou %s de %s"), objects_text(a, list, n),
                        target);
}

const char *
audit_sentence(struct arena *a, const struct q_audit_row *row)
{
    size_t i = action_index(row->action);

    if (i == COUNT(actions))
        return row->target_id[0] == '\0'
                   ? row->action
                   : arena_printf(a, "%s: %s", row->action,
                                  target_text(a, row));
    if (is_update(row->action))
        return update_sentence(a, row);
    return arena_printf(a, _(actions[i].sentence), target_text(a, row));
}
