/* macro_steps.c - os passos de uma macro: o JSON deles e o que citam. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/macro.h"
#include "desk/quick_reply.h"
#include "desk/ticket_change.h"

#define TAGS_MAX 50

/* clang-format off */
const struct macro_action macro_actions[] = {
    { "send", "body", MACRO_TEXT, true, 4000, NULL, N_("Mandar mensagem") },
    { "reply", "replyId", MACRO_ID, true, 0, NULL,
      N_("Mandar resposta rápida") },
    { "note", "body", MACRO_TEXT, true, 4000, NULL, N_("Anotar para a equipe") },
    { "tag", "tagIds", MACRO_IDS, true, 0, NULL, N_("Pôr etiquetas") },
    { "untag", "tagIds", MACRO_IDS, true, 0, NULL, N_("Tirar etiquetas") },
    { "assign", "userId", MACRO_ID, false, 0, NULL, N_("Dar a uma pessoa") },
    { "queue", "queueId", MACRO_ID, true, 0, NULL, N_("Passar a uma fila") },
    { "priority", "priority", MACRO_WORD, true, 0, "low normal high urgent",
      N_("Mudar a prioridade") },
    { "snooze", "until", MACRO_WORD, true, 0, TICKET_SNOOZES,
      N_("Adiar") },
    { "close", "reason", MACRO_TEXT, false, 200, NULL, N_("Encerrar") },
    { .name = NULL },
};
/* clang-format on */

const struct macro_action *
macro_action(const char *name)
{
    const struct macro_action *a = macro_actions;

    while (a->name != NULL && strcmp(a->name, name) != 0)
        a++;
    return a->name != NULL ? a : NULL;
}

/* ---- ler ---- */

static void
drop(void *object)
{
    json_object_put(object);
}

/* Anota a recusa no campo do passo; member NULL: no passo inteiro. */
static enum err
bad(struct ctx *c, int i, const char *member, const char *rule,
    const char *detail)
{
    return fail_field(c,
                      member == NULL
                          ? arena_printf(c->arena, "steps.%d", i)
                          : arena_printf(c->arena, "steps.%d.%s", i, member),
                      rule, "%s", detail);
}

static bool
is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static enum err
read_text(struct ctx *c, int i, struct macro_step *s, const char *text)
{
    const struct macro_action *a = s->action;
    const char *unknown;

    if (a->required && is_blank(text))
        return bad(c, i, a->member, "min", _("escreva o texto"));
    if ((int64_t)utf8_length(text) > a->max)
        return bad(c, i, a->member, "max",
                   arena_printf(c->arena,
                                _("pode ter no máximo %lld caracteres"),
                                (long long)a->max));
    if (!a->required && text_has_controls(text))
        return bad(c, i, a->member, "control",
                   _("não pode ter quebras de linha nem outros controles"));
    unknown = quick_reply_unknown(c, text);
    if (a->required && unknown != NULL)
        return bad(
            c, i, a->member, "unknown",
            arena_printf(c->arena, _("não há a variável {{%.40s}}"), unknown));
    s->text = arena_strdup(c->arena, text);
    return OK;
}

static enum err
read_ids(struct ctx *c, int i, struct macro_step *s, struct json_object *v)
{
    size_t count = json_object_array_length(v), k;
    struct str list;

    if (count == 0 || count > TAGS_MAX)
        return bad(c, i, s->action->member, "required",
                   _("escolha ao menos uma etiqueta"));
    str_init(&list, c->arena, 64);
    for (k = 0; k < count; k++) {
        struct json_object *one = json_object_array_get_idx(v, k);

        if (!json_object_is_type(one, json_type_int) ||
            json_object_get_int64(one) < 1)
            return bad(c, i, s->action->member, "type",
                       _("precisa ser uma lista de números"));
        str_printf(&list, "%c%" PRId64, k == 0 ? '{' : ',',
                   json_object_get_int64(one));
    }
    str_putc(&list, '}');
    s->text = list.data;
    return OK;
}

/* O valor que o passo pede, na espécie dele. */
static enum err
read_value(struct ctx *c, int i, struct macro_step *s, struct json_object *v)
{
    static const enum json_type wanted[] = { [MACRO_TEXT] = json_type_string,
                                             [MACRO_ID] = json_type_int,
                                             [MACRO_IDS] = json_type_array,
                                             [MACRO_WORD] = json_type_string };
    const struct macro_action *a = s->action;
    const char *text;

    s->text = "";
    if (v == NULL)
        return a->required
                   ? bad(c, i, a->member, "required", _("é obrigatório"))
                   : OK;
    if (!json_object_is_type(v, wanted[a->value]))
        return bad(c, i, a->member, "type", _("não é do tipo que se pede"));
    if (a->value == MACRO_IDS)
        return read_ids(c, i, s, v);
    if (a->value == MACRO_ID) {
        s->id = json_object_get_int64(v);
        return s->id > 0 ? OK
                         : bad(c, i, a->member, "min", _("não é um número"));
    }
    text = json_object_get_string(v);
    if (strlen(text) != (size_t)json_object_get_string_len(v))
        return bad(c, i, a->member, "nul",
                   _("não pode ter o caractere U+0000"));
    if (a->value == MACRO_TEXT)
        return read_text(c, i, s, text);
    if (!words_have(a->words, text))
        return bad(
            c, i, a->member, "one_of",
            arena_printf(c->arena, _("precisa ser um destes: %s"), a->words));
    s->text = arena_strdup(c->arena, text);
    return OK;
}

static enum err
read_step(struct ctx *c, int i, struct json_object *o, struct macro_step *s)
{
    struct json_object *name = NULL, *value = NULL;

    if (!json_object_is_type(o, json_type_object))
        return bad(c, i, NULL, "type", _("precisa ser um objeto"));
    json_object_object_get_ex(o, "action", &name);
    s->action = json_object_is_type(name, json_type_string)
                    ? macro_action(json_object_get_string(name))
                    : NULL;
    if (s->action == NULL)
        return bad(c, i, "action", "one_of", _("não é uma ação que se faça"));
    json_object_object_foreach (o, key, v) {
        if (strcmp(key, s->action->member) == 0)
            value = v;
        else if (strcmp(key, "action") != 0)
            return bad(c, i, arena_strdup(c->arena, key), "unknown",
                       _("campo desconhecido"));
    }
    return read_value(c, i, s, value);
}

enum err
macro_read(struct ctx *c, const char *json,
           struct macro_step steps[static MACRO_STEPS_MAX], int *count)
{
    struct json_object *list = json_tokener_parse(json);
    enum err worst = OK, e;
    int i;

    *count = 0;
    if (list != NULL)
        arena_defer(c->arena, drop, list);
    if (!json_object_is_type(list, json_type_array))
        return fail_field(c, "steps", "type", "%s",
                          _("precisa ser uma lista de passos"));
    if (json_object_array_length(list) == 0)
        return fail_field(c, "steps", "min", "%s", _("dê ao menos um passo"));
    if (json_object_array_length(list) > MACRO_STEPS_MAX)
        return fail_field(c, "steps", "max", _("são até %d passos"),
                          MACRO_STEPS_MAX);
    *count = (int)json_object_array_length(list);
    for (i = 0; i < *count; i++) {
        steps[i] = (struct macro_step){ .text = "" };
        e = read_step(c, i, json_object_array_get_idx(list, (size_t)i),
                      &steps[i]);
        worst = e != OK ? e : worst;
    }
    return worst;
}

/* ---- conferir ---- */

static enum err
check_tags(struct ctx *c, int i, const char *ids)
{
    struct q_ticket_tags_missing_row row;
    enum err e = q_ticket_tags_missing(
        c, &(struct q_ticket_tags_missing_in){ .ids = ids }, &row);

    return e == OK && row.missing > 0 ? bad(c, i, "tagIds", "exists",
                                            _("há uma etiqueta que não existe"))
                                      : e;
}

static enum err
check_reply(struct ctx *c, int i, int64_t id, bool shared)
{
    struct q_quick_reply_row q;
    enum err e =
        q_quick_reply_get(c, &(struct q_quick_reply_get_in){ .id = id }, &q);

    if (e == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return bad(c, i, "replyId", "exists",
                   _("não é uma resposta rápida que se tem"));
    }
    if (e == OK && shared && !q.shared)
        return bad(c, i, "replyId", "shared",
                   _("uma macro de todos só usa respostas de todos"));
    return e;
}

/* A pessoa e a fila se conferem como ao passar adiante; muda só o campo. */
static enum err
check_target(struct ctx *c, int i, int64_t user_id, int64_t queue_id)
{
    const struct field_error *was = c->fields;
    enum err e = ticket_check_target(c, user_id, queue_id);
    struct field_error *f;

    if (e == ERR_INVALID && was == NULL)
        for (f = c->fields; f != NULL; f = f->next)
            f->field = arena_printf(c->arena, "steps.%d.%s", i, f->field);
    return e;
}

enum err
macro_check(struct ctx *c, const struct macro_step *steps, int count,
            bool shared)
{
    enum err e = OK;
    int i;

    for (i = 0; e == OK && i < count; i++) {
        const struct macro_step *s = &steps[i];

        if (s->action->value == MACRO_IDS)
            e = check_tags(c, i, s->text);
        else if (strcmp(s->action->name, "reply") == 0)
            e = check_reply(c, i, s->id, shared);
        else if (strcmp(s->action->name, "assign") == 0)
            e = check_target(c, i, s->id, 0);
        else if (strcmp(s->action->name, "queue") == 0)
            e = check_target(c, i, 0, s->id);
    }
    return e;
}

/* ---- escrever ---- */

const char *
macro_write(struct ctx *c, const struct macro_step *steps, int count)
{
    struct str s;
    int i;

    str_init(&s, c->arena, 256);
    str_putc(&s, '[');
    for (i = 0; i < count; i++) {
        const struct macro_action *a = steps[i].action;

        str_printf(&s, "%s{\"action\":\"%s\"", i > 0 ? "," : "", a->name);
        if (a->value == MACRO_ID && steps[i].id != 0)
            str_printf(&s, ",\"%s\":%" PRId64, a->member, steps[i].id);
        else if (a->value == MACRO_IDS)
            str_printf(&s, ",\"%s\":[%.*s]", a->member,
                       (int)strlen(steps[i].text) - 2, steps[i].text + 1);
        else if (steps[i].text[0] != '\0') {
            str_printf(&s, ",\"%s\":", a->member);
            str_json(&s, steps[i].text);
        }
        str_putc(&s, '}');
    }
    str_putc(&s, ']');
    return s.data;
}
