/* contact_import_page.c - do arquivo ao resultado, um passo por página. */
#include "app/contact_import_page.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/contact_pages.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/contact_import.h"
#include "gen/q_contact_list.h"
#include "gen/q_contact_page.h"

#define I struct q_contact_import_row
#define RECENT 20
#define LISTS_MAX 200
#define LABEL_CHARS 40

static const char *
number(struct req *r, int64_t n)
{
    return arena_printf(r->ctx.arena, "%" PRId64, n);
}

static bool
is(const I *i, const char *state)
{
    return strcmp(i->state, state) == 0;
}

static const char *
state_text(const I *i)
{
    return is(i, "draft")     ? _("Falta escolher as colunas")
           : is(i, "running") ? _("Importando")
           : is(i, "done")    ? _("Pronta")
           : is(i, "undoing") ? _("Desfazendo")
                              : _("Desfeita");
}

static void
add_facts(struct req *r, struct json_object *m, const I *i)
{
    model_text(m, "href",
               arena_printf(r->ctx.arena, CONTACT_IMPORT "/%" PRId64, i->id));
    model_int(m, "id", i->id);
    model_text(m, "filename", i->filename[0] != '\0' ? i->filename : "CSV");
    model_text(m, "stateText", state_text(i));
    model_bool(m, "isDraft", is(i, "draft"));
    model_bool(m, "isMoving", is(i, "running") || is(i, "undoing"));
    model_bool(m, "isUndoing", is(i, "undoing"));
    model_bool(m, "isUndone", is(i, "undone"));
    model_bool(m, "isDone", is(i, "done"));
    model_text(m, "by", i->user_name);
    model_text(
        m, "at",
        when_brief(r->ctx.arena, when_parse(i->created_at), clock_now_ms()));
    model_text(m, "atIso", when_iso(r->ctx.arena, when_parse(i->created_at)));
    model_int(m, "total", is(i, "undoing") ? i->created : i->total);
    model_int(m, "moved", is(i, "undoing") ? i->undone : i->done);
    model_int(m, "created", i->created);
    model_int(m, "filled", i->filled);
    model_int(m, "kept", i->kept);
    model_int(m, "refused", i->refused);
    model_bool(m, "hasRefused", i->refused > 0);
    model_int(m, "undone", i->undone);
    model_int(m, "stayed", i->created - i->undone);
    model_bool(m, "hasStayed", i->created > i->undone);
    model_bool(m, "mayUndo", is(i, "done") && i->created > 0);
}

enum err
contact_import_list_page(struct req *r)
{
    struct json_object *m =
        contact_frame(r, _("Importar contatos"),
                      _("De uma planilha salva como CSV, ou dos vCards de um "
                        "telefone. Nada muda antes de você conferir."));
    struct json_object *list = json_object_new_array();
    I *rows;
    int count, n;
    enum err e = q_contact_import_page(&r->ctx,
                                       &(struct q_contact_import_page_in){
                                           .before = INT64_MAX, .max = RECENT },
                                       &rows, &count);

    settings_parent(m, CONTACTS, _("Contatos"));
    form_model(r, m, NULL);
    json_object_object_add(m, "rows", list);
    for (n = 0; e == OK && n < count; n++) {
        struct json_object *one = json_object_new_object();

        add_facts(r, one, &rows[n]);
        json_object_array_add(list, one);
    }
    model_bool(m, "hasRows", e == OK && count > 0);
    return e != OK ? e : page_reply(r, 200, "contacts/import", m);
}

/* ---- as colunas ---- */

static const char *
cell(struct json_object *sample, size_t row, int64_t column)
{
    struct json_object *cells = json_object_array_get_idx(sample, row);
    struct json_object *v =
        cells != NULL ? json_object_array_get_idx(cells, (size_t)column) : NULL;

    return v != NULL ? json_object_get_string(v) : "";
}

/* O nome da coluna no cabeçalho, ou o que a primeira linha tem nela. */
static const char *
column_label(struct req *r, struct json_object *sample, const I *i, int64_t at)
{
    const char *text = cell(sample, 0, at);
    int n = (int)utf8_prefix(text, LABEL_CHARS);

    if (text[0] == '\0')
        return arena_printf(r->ctx.arena, _("Coluna %lld"), (long long)at + 1);
    if (i->has_header)
        return arena_printf(r->ctx.arena, "%.*s", n, text);
    return arena_printf(r->ctx.arena, _("Coluna %lld (%.*s)"),
                        (long long)at + 1, n, text);
}

/* O que uma coluna pode ser: o campo do formulário e a escolhida. */
struct choice {
    const char *name, *label;
    int64_t chosen;
};

static void
add_field(struct req *r, struct json_object *fields, struct json_object *sample,
          const I *i, const struct choice *c)
{
    struct json_object *one = json_object_new_object(),
                       *list = json_object_new_array();
    int64_t at;

    settings_option(r, list, c->name, "0", _("Não há"), c->chosen == 0);
    for (at = 0; at < i->width; at++)
        settings_option(r, list, c->name, number(r, at + 1),
                        column_label(r, sample, i, at), c->chosen == at + 1);
    model_text(one, "name", c->name);
    model_text(one, "label", c->label);
    model_text(one, "error", form_error(r, c->name, c->name));
    json_object_object_add(one, "options", list);
    json_object_array_add(fields, one);
}

static void
add_sample(struct req *r, struct json_object *m, struct json_object *sample,
           const I *i)
{
    struct json_object *head = json_object_new_array(),
                       *rows = json_object_new_array();
    size_t row, first = i->has_header ? 1 : 0;
    int64_t at;

    for (at = 0; at < i->width; at++)
        json_object_array_add(
            head,
            json_object_new_string(
                i->has_header ? column_label(r, sample, i, at)
                              : arena_printf(r->ctx.arena, _("Coluna %lld"),
                                             (long long)at + 1)));
    for (row = first; row < json_object_array_length(sample); row++) {
        struct json_object *one = json_object_new_object(),
                           *cells = json_object_new_array();

        for (at = 0; at < i->width; at++) {
            struct json_object *c = json_object_new_object();

            model_text(c, "head",
                       json_object_get_string(
                           json_object_array_get_idx(head, (size_t)at)));
            model_text(c, "text", cell(sample, row, at));
            json_object_array_add(cells, c);
        }
        json_object_object_add(one, "cells", cells);
        json_object_array_add(rows, one);
    }
    json_object_object_add(m, "sampleHead", head);
    json_object_object_add(m, "sampleRows", rows);
}

static enum err
add_targets(struct req *r, struct json_object *m)
{
    struct json_object *tags = json_object_new_array(),
                       *lists = json_object_new_array();
    struct q_contact_page_tags_row *tag;
    struct q_contact_list_row *list;
    int count = 0, n;
    enum err e = q_contact_page_tags(&r->ctx, &tag, &count);

    json_object_object_add(m, "tagChoices", tags);
    json_object_object_add(m, "listChoices", lists);
    settings_option(r, tags, "tagId", "0", _("Nenhuma"), true);
    for (n = 0; e == OK && n < count; n++)
        settings_option(r, tags, "tagId", number(r, tag[n].id), tag[n].name,
                        false);
    if (e == OK)
        e = q_contact_list_page(
            &r->ctx,
            &(struct q_contact_list_page_in){
                .search = "", .after_name = "", .max = LISTS_MAX },
            &list, &count);
    settings_option(r, lists, "listId", "0", _("Nenhuma"), true);
    for (n = 0; e == OK && n < count; n++)
        settings_option(r, lists, "listId", number(r, list[n].id), list[n].name,
                        false);
    return e;
}

static enum err
add_choices(struct req *r, struct json_object *m, const I *i)
{
    struct json_object *sample = json_tokener_parse(i->sample);
    struct json_object *kinds = json_object_new_array(),
                       *fields = json_object_new_array();
    const struct choice columns[] = {
        { "nameColumn", _("Nome"), i->name_column },
        { "phoneColumn", _("Telefone"), i->phone_column },
        { "emailColumn", _("E-mail"), i->email_column },
        { "documentColumn", _("CPF ou CNPJ"), i->document_column },
    };
    size_t n;
    enum err e;

    json_object_object_add(m, "fields", fields);
    for (n = 0; n < sizeof columns / sizeof *columns; n++)
        add_field(r, fields, sample, i, &columns[n]);
    add_sample(r, m, sample, i);
    json_object_put(sample);
    model_bool(m, "headerOn",
               form_marked(r, "hasHeader", "true", i->has_header));
    settings_option(r, kinds, "existing", "fill",
                    _("Completar o que falta neles"), true);
    settings_option(r, kinds, "existing", "keep", _("Deixar como estão"),
                    false);
    json_object_object_add(m, "existingChoices", kinds);
    e = add_targets(r, m);
    return e;
}

static enum err
frame(struct req *r, int64_t id, const char *title, struct json_object **m,
      I *i)
{
    enum err e = q_contact_import_get(
        &r->ctx, &(struct q_contact_import_get_in){ id }, i);

    if (e != OK)
        return e;
    *m = contact_frame(r,
                       title != NULL    ? title
                       : is(i, "draft") ? _("Conferir as colunas")
                                        : _("Importação de contatos"),
                       NULL);
    settings_parent(*m, CONTACT_IMPORT, _("Importar contatos"));
    form_model(r, *m, NULL);
    add_facts(r, *m, i);
    return OK;
}

enum err
contact_import_page(struct req *r, int64_t id)
{
    struct json_object *m;
    I i;
    enum err e = frame(r, id, NULL, &m, &i);

    if (e != OK)
        return e;
    if (!is(&i, "draft"))
        return page_reply(r, 200, "contacts/import_state", m);
    e = add_choices(r, m, &i);
    return e != OK ? e : page_reply(r, 200, "contacts/import_columns", m);
}

enum err
contact_import_undo_page(struct req *r, int64_t id)
{
    struct json_object *m;
    I i;
    enum err e = frame(r, id, _("Desfazer a importação"), &m, &i);

    if (e != OK)
        return e;
    settings_parent(m,
                    arena_printf(r->ctx.arena, CONTACT_IMPORT "/%" PRId64, id),
                    _("Importação de contatos"));
    return page_reply(r, 200, "contacts/import_undo", m);
}
