/* contact_list_page.c - a lista de contatos, com busca, filtros e páginas. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "app/contact_pages.h"
#include "app/cursor.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "desk/document.h"
#include "gen/q_contact_list.h"
#include "gen/q_contact_page.h"

#define ROWS 30
#define HUES 8
#define LISTS_MAX 200

struct json_object *
contact_frame(struct req *r, const char *title, const char *lead)
{
    struct json_object *m = settings_model(r, CONTACTS, title, lead);

    model_bool(m, "inSettings", false);
    model_bool(m, "inContacts", true);
    return m;
}

bool
contact_has_id(const char *ids, int64_t id)
{
    char text[24];
    const char *p;
    size_t n;

    n = (size_t)snprintf(text, sizeof text, "%" PRId64, id);
    for (p = ids; p != NULL && (p = strpbrk(p, "0123456789")) != NULL;
         p += strspn(p, "0123456789"))
        if (strspn(p, "0123456789") == n && strncmp(p, text, n) == 0)
            return true;
    return false;
}

enum err
contact_add_tags(struct req *r, struct json_object *m, const char *chosen)
{
    struct json_object *list = json_object_new_array();
    struct q_contact_page_tags_row *rows;
    int count, i;
    enum err e = q_contact_page_tags(&r->ctx, &rows, &count);

    json_object_object_add(m, "tags", list);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = json_object_new_object();
        const char *value = arena_printf(r->ctx.arena, "%" PRId64, rows[i].id);

        model_text(one, "id", value);
        model_text(one, "name", rows[i].name);
        model_text(one, "color", rows[i].color);
        model_bool(one, "marked",
                   form_marked(r, "tagIds", value,
                               contact_has_id(chosen, rows[i].id)));
        json_object_array_add(list, one);
    }
    model_bool(m, "hasTags", e == OK && count > 0);
    return e;
}

static int64_t
number_of(const char *text)
{
    int64_t n;

    return text != NULL && parse_int64(text, &n) && n > 0 ? n : 0;
}

enum err
contact_filter(struct req *r, const struct contact_query *in,
               struct q_contact_list_in *out)
{
    const char *blocked = in->blocked != NULL ? in->blocked : "";
    int64_t tag = number_of(in->tag_id);

    *out = (struct q_contact_list_in){
        .q = in->q != NULL ? in->q : "",
        .tags =
            tag > 0 ? arena_printf(r->ctx.arena, "{%" PRId64 "}", tag) : "{}",
        .blocked = strcmp(blocked, "true") == 0 || strcmp(blocked, "false") == 0
                       ? blocked
                       : "",
        .list_id = number_of(in->list_id),
        .max = ROWS + 1,
    };
    return cursor_read(r, in->cursor, &out->after_name, &out->after_id)
               ? OK
               : cursor_refused(r);
}

const char *
contact_filter_query(struct req *r, const struct q_contact_list_in *f)
{
    struct str s;

    str_init(&s, r->ctx.arena, 100);
    str_puts(&s, "?q=");
    str_url(&s, f->q, strlen(f->q));
    if (strlen(f->tags) > 2)
        str_printf(&s, "&tagId=%.*s", (int)strlen(f->tags) - 2, f->tags + 1);
    if (f->list_id > 0)
        str_printf(&s, "&listId=%" PRId64, f->list_id);
    if (f->blocked[0] != '\0')
        str_printf(&s, "&blocked=%s", f->blocked);
    return s.data;
}

/* As etiquetas da linha, com nome e cor, das que a página já leu. */
static struct json_object *
row_tags(struct json_object *all, const char *ids)
{
    struct json_object *list = json_object_new_array();
    size_t i, n = json_object_array_length(all);

    for (i = 0; i < n; i++) {
        struct json_object *tag = json_object_array_get_idx(all, i);
        int64_t id = json_object_get_int64(json_object_object_get(tag, "id"));

        if (contact_has_id(ids, id))
            json_object_array_add(list, json_object_get(tag));
    }
    return list;
}

static struct json_object *
row_model(struct req *r, struct json_object *tags,
          const struct q_contact_row *k)
{
    struct arena *a = r->ctx.arena;
    struct json_object *m = json_object_new_object(), *mine;

    model_text(m, "href", arena_printf(a, CONTACTS "/%" PRId64, k->id));
    model_text(m, "name", k->name);
    model_text(m, "initials", page_initials(a, k->name));
    model_int(m, "hue", k->id % HUES);
    model_text(m, "phone", k->phone != NULL ? inbox_phone(a, k->phone) : NULL);
    model_text(m, "email", k->email);
    model_text(m, "document", document_shown(a, k->document));
    model_bool(m, "blocked", k->blocked_at != NULL);
    mine = row_tags(tags, k->tag_ids);
    model_bool(m, "hasOwnTags", json_object_array_length(mine) > 0);
    json_object_object_add(m, "ownTags", mine);
    return m;
}

static enum err
add_rows(struct req *r, struct json_object *m,
         const struct q_contact_list_in *f, const char *here)
{
    struct json_object *list = json_object_new_array();
    struct q_contact_row *rows;
    const char *next = NULL;
    int count, i;
    enum err e = q_contact_list(&r->ctx, f, &rows, &count);

    json_object_object_add(m, "rows", list);
    if (e != OK)
        return e;
    for (i = 0; i < count && i < ROWS; i++)
        json_object_array_add(
            list, row_model(r, json_object_object_get(m, "tags"), &rows[i]));
    model_bool(m, "hasRows", count > 0);
    model_bool(m, "more", count > ROWS && f->q[0] != '\0');
    if (count > ROWS && f->q[0] == '\0')
        next = cursor_after(r, rows[ROWS - 1].id, rows[ROWS - 1].sort_name);
    settings_pager(
        r, m,
        arena_printf(r->ctx.arena, CONTACTS "%s", contact_filter_query(r, f)),
        here, next);
    return OK;
}

static enum err
add_lists(struct req *r, struct json_object *m, int64_t chosen)
{
    struct json_object *list = json_object_new_array();
    struct q_contact_list_row *rows;
    int count, i;
    enum err e = q_contact_list_page(
        &r->ctx,
        &(struct q_contact_list_page_in){
            .search = "", .after_name = "", .max = LISTS_MAX },
        &rows, &count);

    json_object_object_add(m, "lists", list);
    for (i = 0; e == OK && i < count; i++)
        settings_option(r, list, "listId",
                        arena_printf(r->ctx.arena, "%" PRId64, rows[i].id),
                        rows[i].name, rows[i].id == chosen);
    model_bool(m, "hasLists", e == OK && count > 0);
    return e;
}

static void
add_states(struct req *r, struct json_object *m, const char *blocked)
{
    struct json_object *list = json_object_new_array();

    settings_option(r, list, "blocked", "false", _("Não bloqueados"),
                    strcmp(blocked, "false") == 0);
    settings_option(r, list, "blocked", "true", _("Bloqueados"),
                    strcmp(blocked, "true") == 0);
    json_object_object_add(m, "states", list);
}

enum err
contact_list_page(struct req *r, const struct contact_query *in)
{
    struct json_object *m = contact_frame(
        r, _("Contatos"), _("Quem fala com a empresa, por qualquer canal."));
    struct q_contact_list_in f;
    enum err e = contact_filter(r, in, &f);

    form_model(r, m, NULL);
    if (settings_may(r, PERM_CONTACTS_WRITE))
        settings_action(m, CONTACTS "/new", "plus", _("Novo contato"));
    if (e == OK)
        e = contact_add_tags(r, m, f.tags);
    if (e == OK)
        e = add_rows(r, m, &f, in->cursor);
    if (e != OK)
        return e;
    model_text(m, "q", f.q);
    model_bool(m, "filtered",
               f.q[0] != '\0' || f.list_id > 0 || f.blocked[0] != '\0' ||
                   strlen(f.tags) > 2);
    model_text(m, "exportQuery", contact_filter_query(r, &f));
    model_bool(m, "mayImport", settings_may(r, PERM_CONTACTS_MANAGE));
    if (page_is_fragment(r))
        return page_reply(r, 200, "contacts/rows", m);
    add_states(r, m, f.blocked);
    e = add_lists(r, m, f.list_id);
    return e != OK ? e : page_reply(r, 200, "contacts/list", m);
}
