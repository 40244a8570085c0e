/* contact_merge_page.c - achar repetidos, comparar dois, fundir. */
#include "app/contact_merge_page.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "app/contact_pages.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/contact_duplicates.h"
#include "desk/contact_merging.h"
#include "desk/document.h"
#include "gen/q_custom.h"

#define PAIRS 20
#define FOUND 20
#define FIRST_SCORE 1000
#define V struct contact_merge_preview

static const char *
merge_path(struct req *r, int64_t id, int64_t with)
{
    return with == 0
               ? arena_printf(r->ctx.arena, CONTACTS "/%" PRId64 "/merge", id)
               : arena_printf(r->ctx.arena,
                              CONTACTS "/%" PRId64 "/merge?with=%" PRId64, id,
                              with);
}

/* Uma pessoa, do que se sabe dela. */
static struct json_object *
person(struct req *r, const struct q_contact_row *k)
{
    struct json_object *m = json_object_new_object();
    struct arena *a = r->ctx.arena;

    model_text(m, "href", page_path(r, CONTACTS, k->id, ""));
    model_text(m, "name", k->name);
    model_text(m, "phone", k->phone != NULL ? inbox_phone(a, k->phone) : NULL);
    model_text(m, "email", k->email);
    model_text(m, "document", document_shown(a, k->document));
    return m;
}

/* O outro de um par. */
static struct json_object *
other_person(struct req *r, const struct q_contact_pair_row *p)
{
    return person(r, &(struct q_contact_row){ .id = p->other_id,
                                              .name = p->other_name,
                                              .phone = p->other_phone,
                                              .email = p->other_email,
                                              .document = p->other_document });
}

static struct json_object *
pair_model(struct req *r, const struct q_contact_pair_row *p)
{
    struct json_object *m = json_object_new_object(),
                       *people = json_object_new_array();

    json_object_array_add(
        people, person(r, &(struct q_contact_row){ .id = p->contact_id,
                                                   .name = p->name,
                                                   .phone = p->phone,
                                                   .email = p->email,
                                                   .document = p->document }));
    json_object_array_add(people, other_person(r, p));
    json_object_object_add(m, "people", people);
    model_text(m, "reasons",
               contact_duplicates_reasons(r->ctx.arena, p->reasons));
    model_text(m, "mergePath", merge_path(r, p->contact_id, p->other_id));
    model_text(m, "dismissPath",
               p->id == 0
                   ? NULL
                   : arena_printf(r->ctx.arena,
                                  CONTACT_DUPLICATES "/%" PRId64 "/dismiss",
                                  p->id));
    return m;
}

/* ---- a lista ---- */

static enum err
add_scan(struct req *r, struct json_object *m)
{
    struct q_contact_scan_row s;
    enum err e = q_contact_scan_get(&r->ctx, &s);

    if (e != OK)
        return e;
    model_bool(m, "running", s.running);
    model_int(m, "moved", s.done);
    model_int(m, "total", s.total);
    model_bool(m, "ever", s.started_at != NULL);
    model_text(m, "finishedIso",
               s.finished_at != NULL
                   ? when_iso(r->ctx.arena, when_parse(s.finished_at))
                   : NULL);
    model_text(m, "finishedAt",
               s.finished_at != NULL
                   ? when_brief(r->ctx.arena, when_parse(s.finished_at),
                                clock_now_ms())
                   : NULL);
    return OK;
}

enum err
contact_duplicates_page(struct req *r, const char *cursor)
{
    struct q_contact_duplicate_page_in q = { .after_score = FIRST_SCORE,
                                             .max = PAIRS + 1 };
    struct json_object *m = contact_frame(
        r, _("Contatos repetidos"),
        _("Pares que parecem a mesma pessoa. Nada muda antes de você "
          "conferir, e toda fusão se desfaz."));
    struct json_object *list = json_object_new_array();
    struct q_contact_pair_row *rows;
    long long score, id;
    int count, i;
    enum err e;

    if (cursor != NULL && sscanf(cursor, "%4lld.%19lld", &score, &id) == 2) {
        q.after_score = score;
        q.after_id = id;
    }
    settings_parent(m, CONTACTS, _("Contatos"));
    form_model(r, m, NULL);
    json_object_object_add(m, "pairs", list);
    e = q_contact_duplicate_page(&r->ctx, &q, &rows, &count);
    for (i = 0; e == OK && i < count && i < PAIRS; i++)
        json_object_array_add(list, pair_model(r, &rows[i]));
    model_bool(m, "hasPairs", e == OK && count > 0);
    if (e == OK)
        settings_pager(r, m, CONTACT_DUPLICATES, cursor,
                       count > PAIRS
                           ? arena_printf(r->ctx.arena, "%" PRId64 ".%" PRId64,
                                          rows[PAIRS - 1].score,
                                          rows[PAIRS - 1].id)
                           : NULL);
    if (e == OK)
        e = add_scan(r, m);
    return e != OK ? e : page_reply(r, 200, "contacts/duplicates", m);
}

/* ---- com quem ---- */

static enum err
add_alike(struct req *r, struct json_object *m, int64_t id)
{
    struct json_object *list = json_object_new_array();
    struct q_contact_pair_row *rows;
    int count, i;
    enum err e = contact_duplicates_of(&r->ctx, id, &rows, &count);

    json_object_object_add(m, "alike", list);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one = other_person(r, &rows[i]);

        model_text(one, "reasons",
                   contact_duplicates_reasons(r->ctx.arena, rows[i].reasons));
        model_text(one, "mergePath", merge_path(r, id, rows[i].other_id));
        json_object_array_add(list, one);
    }
    model_bool(m, "hasAlike", e == OK && count > 0);
    return e;
}

static enum err
add_found(struct req *r, struct json_object *m, int64_t id, const char *q)
{
    struct json_object *list = json_object_new_array();
    struct q_contact_row *rows;
    int count = 0, i;
    enum err e = OK;

    json_object_object_add(m, "found", list);
    model_text(m, "q", q);
    if (q != NULL && q[0] != '\0')
        e = q_contact_list(&r->ctx,
                           &(struct q_contact_list_in){ .q = q,
                                                        .tags = "{}",
                                                        .blocked = "",
                                                        .after_name = "",
                                                        .max = FOUND },
                           &rows, &count);
    for (i = 0; e == OK && i < count; i++) {
        struct json_object *one;

        if (rows[i].id == id)
            continue;
        one = person(r, &rows[i]);
        model_text(one, "mergePath", merge_path(r, id, rows[i].id));
        json_object_array_add(list, one);
    }
    model_bool(m, "hasFound", json_object_array_length(list) > 0);
    model_bool(m, "searched", q != NULL && q[0] != '\0');
    return e;
}

static enum err
choose_page(struct req *r, int64_t id, const char *q)
{
    struct json_object *m;
    struct q_contact_row k;
    enum err e =
        q_contact_get(&r->ctx, &(struct q_contact_get_in){ .id = id }, &k);

    if (e != OK)
        return e;
    m = contact_frame(r, _("Fundir contatos"),
                      _("Escolha quem é a mesma pessoa."));
    settings_parent(m, page_path(r, CONTACTS, id, ""), k.name);
    form_model(r, m, NULL);
    model_text(m, "href", merge_path(r, id, 0));
    e = add_alike(r, m, id);
    if (e == OK)
        e = add_found(r, m, id, q);
    return e != OK ? e : page_reply(r, 200, "contacts/merge_choose", m);
}

/* ---- a prévia ---- */

static const char *
shown(struct req *r, const char *field, const char *text)
{
    if (text == NULL)
        return NULL;
    if (strcmp(field, "phone") == 0)
        return inbox_phone(r->ctx.arena, text);
    if (strcmp(field, "document") == 0)
        return document_shown(r->ctx.arena, text);
    if (strcmp(text, "true") == 0)
        return _("Sim");
    return strcmp(text, "false") == 0 ? _("Não") : text;
}

static const char *
member(struct json_object *from, const char *key)
{
    struct json_object *v;

    return json_object_object_get_ex(from, key, &v) && v != NULL
               ? json_object_get_string(v)
               : NULL;
}

/* Cada dado: o que fica sem escolha, e o que pede uma. */
static void
add_facts(struct req *r, struct json_object *m, const V *v)
{
    struct json_object *from = json_tokener_parse(v->fields),
                       *list = json_object_new_array();
    size_t i;

    for (i = 0; i < json_object_array_length(from); i++) {
        struct json_object *f = json_object_array_get_idx(from, i),
                           *one = json_object_new_object();
        const char *field = member(f, "field"), *mine = member(f, "value"),
                   *other = member(f, "other"), *name;
        bool taken;

        if (mine == NULL && other == NULL)
            continue;
        name = arena_printf(r->ctx.arena, "take.%s", field);
        taken = form_marked(r, name, "other", false);
        model_text(one, "name", name);
        model_text(one, "label", member(f, "label"));
        model_text(one, "mine", shown(r, field, mine));
        model_text(one, "other", shown(r, field, other));
        model_text(one, "stays", shown(r, field, mine != NULL ? mine : other));
        model_bool(one, "differs", strcmp(member(f, "differs"), "true") == 0);
        model_bool(one, "taken", taken);
        json_object_array_add(list, one);
    }
    json_object_put(from);
    json_object_object_add(m, "facts", list);
}

static void
add_moves(struct req *r, struct json_object *m, const V *v)
{
    struct json_object *list = json_object_new_array();
    const struct {
        const char *label;
        int64_t count;
    } moves[] = {
        { _("Atendimentos"), v->tickets }, { _("Anotações"), v->notes },
        { _("Endereços"), v->addresses },  { _("Etiquetas novas"), v->tags },
        { _("Listas novas"), v->lists },
    };
    size_t i;

    for (i = 0; i < sizeof moves / sizeof *moves; i++) {
        struct json_object *one = json_object_new_object();

        model_text(one, "label", moves[i].label);
        model_int(one, "count", moves[i].count);
        json_object_array_add(list, one);
    }
    json_object_object_add(m, "moves", list);
    model_text(m, "openPath",
               v->has_open_id
                   ? arena_printf(r->ctx.arena, "/inbox/%" PRId64, v->open_id)
                   : NULL);
}

enum err
contact_merge_page(struct req *r, int64_t id, int64_t with, const char *q)
{
    struct json_object *m;
    V v = { .id = 0 };
    enum err e;

    if (with <= 0)
        return choose_page(r, id, q);
    e = contact_merge_preview(&r->ctx, id, with, &v);
    if (e != OK)
        return e;
    m = contact_frame(r, _("Fundir contatos"), NULL);
    settings_parent(m, page_path(r, CONTACTS, id, ""), v.mine.name);
    form_model(r, m, NULL);
    model_text(m, "href", merge_path(r, id, 0));
    model_text(m, "back", page_path(r, CONTACTS, id, ""));
    model_text(m, "swapPath", merge_path(r, with, id));
    model_int(m, "otherId", with);
    model_int(m, "version", v.version);
    model_int(m, "otherVersion", v.other_version);
    model_text(m, "mineName", v.mine.name);
    model_text(m, "otherName", v.other.name);
    add_facts(r, m, &v);
    add_moves(r, m, &v);
    return page_reply(r, 200, "contacts/merge", m);
}

enum err
contact_merge_taken(struct req *r, const char **take)
{
    static const char *const plain[] = { "name", "phone", "email", "document" };
    struct q_custom_field_row *f;
    struct str s;
    int count = 0, i, base = sizeof plain / sizeof *plain;
    enum err e = q_custom_field_list(
        &r->ctx, &(struct q_custom_field_list_in){ .target = "contact" }, &f,
        &count);

    str_init(&s, r->ctx.arena, 64);
    str_putc(&s, '[');
    for (i = 0; e == OK && i < base + count; i++) {
        const char *field =
            i < base ? plain[i]
                     : arena_printf(r->ctx.arena, "custom.%s", f[i - base].key);
        const char *sent =
            req_form(r, arena_printf(r->ctx.arena, "take.%s", field));

        if (sent == NULL || strcmp(sent, "other") != 0)
            continue;
        if (s.len > 1)
            str_putc(&s, ',');
        str_json(&s, field);
    }
    str_putc(&s, ']');
    *take = s.data;
    return e;
}
