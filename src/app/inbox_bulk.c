/* inbox_bulk.c - o que se pode fazer com as conversas escolhidas. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/i18n.h"

static void
add_deed(struct json_object *group, const char *value, const char *name)
{
    struct json_object *one = json_object_new_object(), *list;

    json_object_object_get_ex(group, "deeds", &list);
    model_text(one, "value", value);
    model_text(one, "name", name);
    json_object_array_add(list, one);
}

static struct json_object *
add_group(struct json_object *groups, const char *name)
{
    struct json_object *group = json_object_new_object();

    model_text(group, "name", name);
    json_object_object_add(group, "deeds", json_object_new_array());
    json_object_array_add(groups, group);
    return group;
}

static void
add_simple(struct json_object *groups)
{
    static const char *const deeds[][2] = {
        { "close", N_("Encerrar") },
        { "read", N_("Marcar como lidas") },
        { "assign:0", N_("Devolver à espera") },
        { "priority:urgent", N_("Prioridade urgente") },
        { "priority:high", N_("Prioridade alta") },
        { "priority:normal", N_("Prioridade normal") },
        { "priority:low", N_("Prioridade baixa") },
    };
    struct json_object *group = add_group(groups, _("Ações"));
    size_t i;

    for (i = 0; i < sizeof deeds / sizeof *deeds; i++)
        add_deed(group, deeds[i][0], _(deeds[i][1]));
}

/* Os grupos que dependem da empresa; o de que não há nada não aparece. */
static void
add_named(struct req *r, struct json_object *groups,
          const struct q_ticket_filter_options_row *rows, int count,
          const char *const words[static 3])
{
    struct json_object *group = NULL;
    int i;

    for (i = 0; i < count; i++) {
        if (strcmp(rows[i].kind, words[0]) != 0)
            continue;
        if (group == NULL)
            group = add_group(groups, _(words[2]));
        add_deed(
            group,
            arena_printf(r->ctx.arena, "%s:%" PRId64, words[1], rows[i].id),
            rows[i].name);
    }
}

enum err
inbox_add_bulk(struct req *r, struct json_object *m, struct inbox_list *in)
{
    static const char *const named[][3] = {
        { "queue", "queue", N_("Passar à fila") },
        { "user", "user", N_("Dar a") },
        { "tag", "tag", N_("Pôr a etiqueta") },
        { "tag", "untag", N_("Tirar a etiqueta") },
    };
    struct json_object *bulk = json_object_new_object();
    struct json_object *groups = json_object_new_array();
    const struct q_ticket_filter_options_row *rows;
    int count;
    size_t i;
    enum err e = inbox_options(r, in, &rows, &count);

    json_object_object_add(m, "bulk", bulk);
    json_object_object_add(bulk, "groups", groups);
    model_text(bulk, "back",
               arena_printf(r->ctx.arena, "/inbox?status=%s%s", in->status,
                            ticket_choice_query(r->ctx.arena, &in->choice)));
    add_simple(groups);
    for (i = 0; e == OK && i < sizeof named / sizeof *named; i++)
        add_named(r, groups, rows, count, named[i]);
    return e;
}
