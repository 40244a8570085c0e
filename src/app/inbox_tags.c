/* inbox_tags.c - as etiquetas nas linhas da lista. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/i18n.h"

enum { SHOWN = 3 };

/* Os das linhas que têm alguma: "{3,8}"; NULL se nenhuma tem. */
static const char *
tagged(struct arena *a, const struct q_ticket_row *rows, int count)
{
    struct str s;
    int i;

    str_init(&s, a, 120);
    for (i = 0; i < count; i++)
        if (strcmp(rows[i].tag_ids, "{}") != 0)
            str_printf(&s, "%c%" PRId64, s.len > 0 ? ',' : '{', rows[i].id);
    if (s.len == 0)
        return NULL;
    str_putc(&s, '}');
    return s.data;
}

static void
add_tag(struct json_object *list, const struct q_inbox_tags_row *tag)
{
    struct json_object *one = json_object_new_object();

    model_text(one, "name", tag->name);
    model_text(one, "color", tag->color);
    json_object_array_add(list, one);
}

/* As primeiras; das outras, quantas e, ao parar o ponteiro, quais. */
static void
add_row(struct req *r, struct json_object *row,
        const struct q_inbox_tags_row *tags, int count)
{
    struct json_object *list = json_object_new_array();
    struct str rest;
    int i;

    json_object_object_add(row, "labels", list);
    model_bool(row, "hasLabels", count > 0);
    for (i = 0; i < count && i < SHOWN; i++)
        add_tag(list, &tags[i]);
    if (count <= SHOWN)
        return;
    str_init(&rest, r->ctx.arena, 80);
    for (; i < count; i++)
        str_printf(&rest, "%s%s", i > SHOWN ? ", " : "", tags[i].name);
    model_text(row, "moreLabels",
               arena_printf(r->ctx.arena, "+%d", count - SHOWN));
    model_text(row, "moreLabelNames", rest.data);
}

enum err
inbox_add_tags(struct req *r, struct json_object *models,
               const struct q_ticket_row *rows, int count)
{
    const char *ids = tagged(r->ctx.arena, rows, count);
    struct q_inbox_tags_row *tags;
    int i, k, n, found;
    enum err e;

    if (ids == NULL)
        return OK;
    e = q_inbox_tags(&r->ctx, &(struct q_inbox_tags_in){ .ids = ids }, &tags,
                     &found);
    for (k = 0; e == OK && k < found; k += n) {
        for (n = 1;
             k + n < found && tags[k + n].ticket_id == tags[k].ticket_id;)
            n++;
        for (i = 0; i < count; i++)
            if (rows[i].id == tags[k].ticket_id)
                add_row(r, json_object_array_get_idx(models, (size_t)i),
                        &tags[k], n);
    }
    return e;
}
