/* contact_page.c - a página de um contato. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/contact_pages.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/contact_merging.h"
#include "desk/contact_note.h"
#include "desk/custom.h"
#include "desk/document.h"
#include "gen/q_contact_page.h"

#define HUES 8
#define NOTES 50
#define TICKETS 20

static void
add_text(struct req *r, struct json_object *list, const char *text,
         bool is_phone)
{
    json_object_array_add(
        list, json_object_new_string(is_phone ? inbox_phone(r->ctx.arena, text)
                                              : text));
}

/* O principal na frente, e os outros de um vetor JSON. */
static void
add_texts(struct req *r, struct json_object *m, const char *main,
          const char *json, bool is_phone)
{
    struct json_object *from = json_tokener_parse(json);
    struct json_object *list = json_object_new_array();
    size_t i, n = json_object_is_type(from, json_type_array)
                      ? json_object_array_length(from)
                      : 0;

    if (main != NULL)
        add_text(r, list, main, is_phone);
    for (i = 0; i < n; i++) {
        const char *text =
            json_object_get_string(json_object_array_get_idx(from, i));

        if (main == NULL || strcmp(text, main) != 0)
            add_text(r, list, text, is_phone);
    }
    model_bool(m, is_phone ? "hasPhones" : "hasEmails",
               json_object_array_length(list) > 0);
    json_object_object_add(m, is_phone ? "phones" : "emails", list);
    json_object_put(from);
}

/* Como se lê um valor: sim e não, a data do dia, o endereço com link. */
static void
add_value(struct req *r, struct json_object *list,
          const struct q_custom_field_row *f, struct json_object *value)
{
    struct json_object *one = json_object_new_object();
    const char *text = json_object_get_string(value);
    bool is_url = strcmp(f->kind, "url") == 0;

    if (strcmp(f->kind, "boolean") == 0)
        text = strcmp(text, "true") == 0 ? _("Sim") : _("Não");
    else if (strcmp(f->kind, "phone") == 0)
        text = inbox_phone(r->ctx.arena, text);
    else if (strcmp(f->kind, "date") == 0 && strlen(text) == 10 &&
             r->lang[0] != 'e')
        text = arena_printf(r->ctx.arena, "%.2s/%.2s/%.4s", text + 8, text + 5,
                            text);
    model_text(one, "label", f->label);
    model_text(one, "value", text);
    model_text(one, "link", is_url ? text : NULL);
    json_object_array_add(list, one);
}

static enum err
add_custom(struct req *r, struct json_object *m, const char *custom)
{
    struct json_object *list = json_object_new_array(), *v;
    struct json_object *values = json_tokener_parse(custom);
    struct q_custom_field_row *rows;
    int count, i;
    enum err e = q_custom_field_list(
        &r->ctx, &(struct q_custom_field_list_in){ .target = "contact" }, &rows,
        &count);

    json_object_object_add(m, "fields", list);
    for (i = 0; e == OK && i < count; i++)
        if (json_object_object_get_ex(values, rows[i].key, &v) && v != NULL)
            add_value(r, list, &rows[i], v);
    json_object_put(values);
    return e;
}

static enum err
add_person(struct req *r, struct json_object *m, const struct q_contact_row *k)
{
    struct arena *a = r->ctx.arena;

    model_text(m, "name", k->name);
    model_text(m, "initials", page_initials(a, k->name));
    model_int(m, "hue", k->id % HUES);
    model_text(m, "document", document_shown(a, k->document));
    model_bool(m, "blocked", k->blocked_at != NULL);
    model_text(m, "since",
               when_day_text(a, when_parse(k->created_at), clock_now_ms()));
    add_texts(r, m, k->phone, k->phones, true);
    add_texts(r, m, k->email, k->emails, false);
    return add_custom(r, m, k->custom);
}

static enum err
add_own_tags(struct req *r, struct json_object *m,
             const struct q_contact_row *k)
{
    struct json_object *mine = json_object_new_array(), *all;
    enum err e = contact_add_tags(r, m, k->tag_ids);
    size_t i;

    json_object_object_add(m, "ownTags", mine);
    if (e != OK)
        return e;
    all = json_object_object_get(m, "tags");
    for (i = 0; i < json_object_array_length(all); i++) {
        struct json_object *tag = json_object_array_get_idx(all, i);

        if (contact_has_id(k->tag_ids, json_object_get_int64(
                                           json_object_object_get(tag, "id"))))
            json_object_array_add(mine, json_object_get(tag));
    }
    model_bool(m, "hasOwnTags", json_object_array_length(mine) > 0);
    return OK;
}

static enum err
add_lists(struct req *r, struct json_object *m, int64_t id)
{
    struct json_object *list = json_object_new_array();
    struct q_contact_page_lists_row *rows;
    int count, i;
    enum err e = q_contact_page_lists(
        &r->ctx, &(struct q_contact_page_lists_in){ .contact_id = id }, &rows,
        &count);

    json_object_object_add(m, "lists", list);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = json_object_new_object();

        model_text(one, "name", rows[i].name);
        model_text(one, "href",
                   arena_printf(r->ctx.arena, CONTACTS "?listId=%" PRId64,
                                rows[i].id));
        json_object_array_add(list, one);
    }
    model_bool(m, "hasLists", e == OK && count > 0);
    return e;
}

static enum err
add_notes(struct req *r, struct json_object *m, int64_t id)
{
    bool any = settings_may(r, PERM_CONTACTS_MANAGE);
    struct json_object *list = json_object_new_array();
    struct arena *a = r->ctx.arena;
    struct q_contact_note_row *rows;
    int count, i;
    enum err e = q_contact_note_list(
        &r->ctx,
        &(struct q_contact_note_list_in){
            .contact_id = id, .before = INT64_MAX, .max = NOTES },
        &rows, &count);

    json_object_object_add(m, "notes", list);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = json_object_new_object();
        int64_t at_ms = when_parse(rows[i].created_at);
        bool mine = rows[i].has_user_id && rows[i].user_id == r->ctx.user_id;

        model_text(one, "body", rows[i].body);
        model_text(one, "who",
                   rows[i].user_name != NULL ? rows[i].user_name
                                             : _("O sistema"));
        model_text(one, "atIso", when_iso(a, at_ms));
        model_text(one, "atText", when_brief(a, at_ms, clock_now_ms()));
        model_text(one, "dropPath",
                   any || mine
                       ? page_path(r, CONTACTS, id,
                                   arena_printf(a, "/notes/%" PRId64 "/delete",
                                                rows[i].id))
                       : NULL);
        json_object_array_add(list, one);
    }
    model_bool(m, "hasNotes", e == OK && count > 0);
    return e;
}

static struct json_object *
ticket_model(struct req *r, const struct q_contact_page_tickets_row *t)
{
    struct json_object *one = json_object_new_object();
    int64_t at_ms = when_parse(t->last_message_at);
    struct arena *a = r->ctx.arena;

    model_text(one, "href", arena_printf(a, "/inbox/%" PRId64, t->id));
    model_text(one, "protocol", t->protocol);
    model_text(one, "title",
               t->subject[0] != '\0' ? t->subject : t->last_message);
    model_text(one, "status", t->status);
    model_text(one, "statusText", inbox_status_text(t->status));
    model_text(one, "channel", t->channel);
    model_text(one, "assignee", t->assignee);
    model_text(one, "atIso", when_iso(a, at_ms));
    model_text(one, "atText", when_brief(a, at_ms, clock_now_ms()));
    return one;
}

static enum err
add_tickets(struct req *r, struct json_object *m, int64_t id, int64_t before)
{
    struct json_object *list = json_object_new_array();
    struct q_contact_page_tickets_row *rows;
    int count, i;
    enum err e =
        q_contact_page_tickets(&r->ctx,
                               &(struct q_contact_page_tickets_in){
                                   .contact_id = id,
                                   .before = before > 0 ? before : INT64_MAX,
                                   .max = TICKETS + 1 },
                               &rows, &count);

    json_object_object_add(m, "tickets", list);
    for (i = 0; e == OK && i < count && i < TICKETS; i++)
        json_object_array_add(list, ticket_model(r, &rows[i]));
    model_bool(m, "hasTickets", e == OK && count > 0);
    model_text(m, "olderPath",
               e == OK && count > TICKETS
                   ? page_path(r, CONTACTS, id,
                               arena_printf(r->ctx.arena,
                                            "?before=%" PRId64 "#history",
                                            rows[TICKETS - 1].id))
                   : NULL);
    model_text(m, "newestPath",
               before > 0 ? page_path(r, CONTACTS, id, "#history") : NULL);
    return e;
}

/* Por onde se pode escrever; um canal só não se pergunta. */
static enum err
add_channels(struct req *r, struct json_object *m)
{
    struct json_object *list = json_object_new_array();
    struct q_contact_page_channels_row *rows;
    int count, i;
    enum err e = q_contact_page_channels(&r->ctx, &rows, &count);

    json_object_object_add(m, "channels", list);
    for (i = 0; e == OK && i < count; i++)
        settings_option(r, list, "channelId",
                        arena_printf(r->ctx.arena, "%" PRId64, rows[i].id),
                        rows[i].name, i == 0);
    model_bool(m, "manyChannels", e == OK && count > 1);
    model_bool(m, "hasChannels", e == OK && count > 0);
    return e;
}

/* As fusões deste contato, com o caminho de desfazer a última. */
static enum err
add_merges(struct req *r, struct json_object *m, int64_t id)
{
    struct json_object *list = json_object_new_array();
    struct arena *a = r->ctx.arena;
    struct q_contact_merge_row *rows;
    int count = 0, i;
    enum err e = contact_merge_list(&r->ctx, id, &rows, &count);

    json_object_object_add(m, "merges", list);
    for (i = 0; e == OK && i < count; i++) {
        int64_t at_ms = when_parse(rows[i].created_at);
        struct json_object *one;

        if (rows[i].undone_at != NULL)
            continue;
        one = json_object_new_object();
        model_text(one, "name", rows[i].other_name);
        model_text(one, "who",
                   rows[i].user_name != NULL ? rows[i].user_name
                                             : _("O sistema"));
        model_text(one, "atIso", when_iso(a, at_ms));
        model_text(one, "atText", when_brief(a, at_ms, clock_now_ms()));
        model_text(one, "undoPath",
                   rows[i].undoable
                       ? arena_printf(
                             a, CONTACTS "/%" PRId64 "/merges/%" PRId64 "/undo",
                             id, rows[i].id)
                       : NULL);
        json_object_array_add(list, one);
    }
    model_bool(m, "hasMerges", json_object_array_length(list) > 0);
    return e;
}

static void
add_paths(struct req *r, struct json_object *m, int64_t id)
{
    bool manage = settings_may(r, PERM_CONTACTS_MANAGE);

    model_bool(m, "mayWrite", settings_may(r, PERM_CONTACTS_WRITE));
    model_bool(m, "mayStart", settings_may(r, PERM_TICKETS_WRITE));
    model_text(m, "notePath", page_path(r, CONTACTS, id, "/notes"));
    model_text(m, "startPath", page_path(r, CONTACTS, id, "/start"));
    model_text(m, "blockPath",
               manage ? page_path(r, CONTACTS, id, "/block") : NULL);
    model_text(m, "unblockPath",
               manage ? page_path(r, CONTACTS, id, "/unblock") : NULL);
    model_text(m, "mergePath",
               manage ? page_path(r, CONTACTS, id, "/merge") : NULL);
    model_text(m, "deletePath",
               manage ? page_path(r, CONTACTS, id, "/delete") : NULL);
    model_text(m, "erasePath",
               settings_may(r, PERM_PRIVACY)
                   ? arena_printf(r->ctx.arena,
                                  "/admin/privacy/contacts/%" PRId64 "/erase",
                                  id)
                   : NULL);
}

enum err
contact_page(struct req *r, int64_t id, int64_t before)
{
    struct json_object *m;
    struct q_contact_row k;
    enum err e =
        q_contact_get(&r->ctx, &(struct q_contact_get_in){ .id = id }, &k);

    if (e != OK)
        return e;
    m = contact_frame(r, k.name, NULL);
    settings_parent(m, CONTACTS, _("Contatos"));
    if (settings_may(r, PERM_CONTACTS_WRITE))
        settings_action(m, page_path(r, CONTACTS, id, "/edit"), "pencil",
                        _("Editar"));
    form_model(r, m, NULL);
    add_paths(r, m, id);
    e = add_person(r, m, &k);
    if (e == OK)
        e = add_own_tags(r, m, &k);
    if (e == OK)
        e = add_lists(r, m, id);
    if (e == OK)
        e = add_notes(r, m, id);
    if (e == OK)
        e = add_tickets(r, m, id, before);
    if (e == OK)
        e = add_channels(r, m);
    if (e == OK && settings_may(r, PERM_CONTACTS_MANAGE))
        e = add_merges(r, m, id);
    return e != OK ? e : page_reply(r, 200, "contacts/person", m);
}
