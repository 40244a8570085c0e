/* contact_merging.c - dois contatos num só, e de volta. */
#include "desk/contact_merging.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "auth/audit.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "db/db.h"
#include "desk/contact_book.h"
#include "desk/ticket.h"
#include "gen/q_custom.h"

#define V struct contact_merge_preview
#define M struct q_contact_merge_row
#define K struct q_contact_row
#define CUSTOM "custom."
#define FIELDS_SCHEMA \
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[" \
    "\"field\",\"label\",\"value\",\"other\",\"differs\"],\"properties\":{" \
    "\"field\":{\"type\":\"string\"},\"label\":{\"type\":\"string\"}," \
    "\"value\":{\"type\":[\"string\",\"null\"]}," \
    "\"other\":{\"type\":[\"string\",\"null\"]}," \
    "\"differs\":{\"type\":\"boolean\"}}}}"

const struct field contact_merge_preview_out[] = {
    INT(V, id, .doc = "O contato que fica"),
    INT(V, other_id, .doc = "O que se funde nele"),
    INT(V, version, .doc = "Versão do que fica"),
    INT(V, other_version, .doc = "Versão do outro"),
    JSON(V, fields, .schema = FIELDS_SCHEMA,
         .doc = "Cada dado dos dois; onde differs, vale o do que fica, salvo "
                "se o campo vier em take"),
    INT(V, tickets, .doc = "Atendimentos que passam ao que fica"),
    INT(V, notes, .doc = "Anotações que passam"),
    INT(V, addresses, .doc = "Telefones, e-mails e outros que passam"),
    INT(V, tags, .doc = "Etiquetas que o que fica ganha"),
    INT(V, lists, .doc = "Listas em que o que fica entra"),
    INT_OR_NULL(V, open_id,
                .doc = "Atendimento aberto do outro num canal em que o que "
                       "fica também tem um: enquanto os dois estão abertos a "
                       "fusão é recusada"),
    FIELDS_END
};

const struct field contact_merge_out[] = {
    INT(M, id, .doc = "Fusão"),
    INT(M, contact_id, .doc = "O contato que ficou"),
    INT(M, other_id, .doc = "O que se fundiu nele"),
    TEXT(M, other_name, .doc = "Nome que o outro tinha"),
    INT(M, tickets, .doc = "Atendimentos que passaram"),
    INT(M, notes, .doc = "Anotações que passaram"),
    INT(M, addresses, .doc = "Telefones, e-mails e outros que passaram"),
    INT_OR_NULL(M, user_id, .doc = "Quem fundiu"),
    TEXT(M, user_name, .nullable = true, .doc = "Nome de quem fundiu"),
    TIME(M, created_at, .doc = "Quando"),
    TIME(M, until, .doc = "Até quando se pode desfazer"),
    TIME(M, undone_at, .nullable = true, .doc = "Quando se desfez"),
    BOOL(M, undoable, .doc = "Pode ser desfeita agora"),
    FIELDS_END
};

/* ---- a prévia ---- */

static void
add_field(struct json_object *list, const char *field, const char *label,
          const char *mine, const char *other)
{
    struct json_object *one = json_object_new_object();

    json_object_object_add(one, "field", json_object_new_string(field));
    json_object_object_add(one, "label", json_object_new_string(label));
    json_object_object_add(one, "value",
                           mine != NULL ? json_object_new_string(mine) : NULL);
    json_object_object_add(
        one, "other", other != NULL ? json_object_new_string(other) : NULL);
    json_object_object_add(one, "differs",
                           json_object_new_boolean(mine != NULL &&
                                                   other != NULL &&
                                                   strcmp(mine, other) != 0));
    json_object_array_add(list, one);
}

static const char *
text_of(struct json_object *values, const char *key)
{
    struct json_object *v;

    return json_object_object_get_ex(values, key, &v) && v != NULL
               ? json_object_get_string(v)
               : NULL;
}

static enum err
add_custom(struct ctx *c, struct json_object *list, const K *mine,
           const K *other)
{
    struct json_object *a = json_tokener_parse(mine->custom),
                       *b = json_tokener_parse(other->custom);
    struct q_custom_field_row *f;
    int count, i;
    enum err e = q_custom_field_list(
        c, &(struct q_custom_field_list_in){ .target = "contact" }, &f, &count);

    for (i = 0; e == OK && i < count; i++)
        if (text_of(a, f[i].key) != NULL || text_of(b, f[i].key) != NULL)
            add_field(list, arena_printf(c->arena, CUSTOM "%s", f[i].key),
                      f[i].label, text_of(a, f[i].key), text_of(b, f[i].key));
    json_object_put(a);
    json_object_put(b);
    return e;
}

static enum err
write_fields(struct ctx *c, V *v)
{
    struct json_object *list = json_object_new_array();
    enum err e;

    add_field(list, "name", _("Nome"), v->mine.name, v->other.name);
    add_field(list, "phone", _("Telefone principal"), v->mine.phone,
              v->other.phone);
    add_field(list, "email", _("E-mail principal"), v->mine.email,
              v->other.email);
    add_field(list, "document", _("Documento"), v->mine.document,
              v->other.document);
    e = add_custom(c, list, &v->mine, &v->other);
    v->fields = arena_strdup(
        c->arena, json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN));
    json_object_put(list);
    return e;
}

static enum err
merged(struct ctx *c, int64_t into)
{
    return fail(c, ERR_CONFLICT, _("um dos dois já se fundiu no contato %lld"),
                (long long)into);
}

/* O contato vivo, ou o que dizer de quem não está. */
static enum err
find(struct ctx *c, int64_t id, const char *field, K *out)
{
    struct q_contact_merge_where_row where;
    bool found;
    enum err e = q_contact_get(c, &(struct q_contact_get_in){ .id = id }, out);

    if (e != ERR_NOT_FOUND)
        return e;
    ctx_clear_error(c);
    e = q_contact_merge_where(c, &(struct q_contact_merge_where_in){ .id = id },
                              &where, &found);
    if (e != OK)
        return e;
    if (found && where.has_merged_into_id)
        return merged(c, where.merged_into_id);
    return field == NULL ? db_not_found(c)
                         : fail_field(c, field, "unknown", "%s",
                                      _("não há este contato"));
}

enum err
contact_merge_preview(struct ctx *c, int64_t id, int64_t other_id, V *out)
{
    struct q_contact_merge_weigh_row w;
    enum err e = find(c, id, NULL, &out->mine);

    if (e == OK && id == other_id)
        return fail_field(c, "otherId", "self", "%s",
                          _("escolha outro contato"));
    if (e == OK)
        e = find(c, other_id, "otherId", &out->other);
    if (e == OK)
        e = q_contact_merge_weigh(c,
                                  &(struct q_contact_merge_weigh_in){
                                      .id = id, .other_id = other_id },
                                  &w);
    if (e != OK)
        return e;
    out->id = id;
    out->other_id = other_id;
    out->version = out->mine.version;
    out->other_version = out->other.version;
    out->tickets = w.tickets;
    out->notes = w.notes;
    out->addresses = w.addresses;
    out->tags = w.tags;
    out->lists = w.lists;
    out->has_open_id = w.has_open_id;
    out->open_id = w.open_id;
    return write_fields(c, out);
}

/* ---- fundir ---- */

static enum err
refused(struct ctx *c, const struct q_contact_merge_make_row *row)
{
    const char *o = row->outcome;

    if (strcmp(o, "ok") == 0)
        return OK;
    if (strcmp(o, "merged") == 0)
        return merged(c, row->other);
    if (strcmp(o, "open") == 0)
        return fail(c, ERR_CONFLICT,
                    _("os dois têm um atendimento aberto no mesmo canal; "
                      "encerre o %lld antes"),
                    (long long)row->other);
    if (strcmp(o, "stale") == 0)
        return fail(c, ERR_CONFLICT, _("o contato %lld mudou; confira de novo"),
                    (long long)row->other);
    return db_not_found(c);
}

static enum err
note(struct ctx *c, const char *action, int64_t id, int64_t other)
{
    return audit_note(
        c,
        &(struct audit){ .action = action,
                         .target_type = "contact",
                         .target_id = arena_printf(c->arena, "%" PRId64, id),
                         .after = arena_printf(
                             c->arena, "{\"other_id\":%" PRId64 "}", other) });
}

/* As telas abertas: os dois contatos, e os atendimentos com outro nome. */
static enum err
tell(struct ctx *c, const M *m)
{
    struct q_contact_merge_open_row *open;
    K k;
    int count = 0, i;
    enum err e =
        q_contact_get(c, &(struct q_contact_get_in){ .id = m->contact_id }, &k);

    if (e == OK)
        e = contact_book_tell(c, "contact:updated", &k);
    k = (K){ .id = m->other_id, .name = m->other_name };
    if (e == OK)
        e = contact_book_tell(c, "contact:updated", &k);
    if (e == OK)
        e = q_contact_merge_open(
            c, &(struct q_contact_merge_open_in){ .id = m->id }, &open, &count);
    for (i = 0; e == OK && i < count; i++)
        e = ticket_emit(c, "ticket:updated", open[i].ticket_id);
    return e;
}

static enum err
get(struct ctx *c, int64_t id, M *out)
{
    return q_contact_merge_get(
        c,
        &(struct q_contact_merge_get_in){
            .id = id, .days = (int32_t)conf()->merge_undo_days },
        out);
}

/* ["name","custom.x"] vira o vetor do PostgreSQL. */
static enum err
take_array(struct ctx *c, const char *json, const V *v, const char **out)
{
    struct json_object *list =
        json != NULL ? json_tokener_parse(json) : json_object_new_array();
    struct str s;
    size_t i, n = json_object_is_type(list, json_type_array)
                      ? json_object_array_length(list)
                      : 0;
    enum err e = json_object_is_type(list, json_type_array)
                     ? OK
                     : fail_field(c, "take", "type", "%s",
                                  _("precisa ser uma lista de campos"));

    str_init(&s, c->arena, 64);
    str_putc(&s, '{');
    for (i = 0; e == OK && i < n; i++) {
        const char *name =
            json_object_get_string(json_object_array_get_idx(list, i));
        struct str mark;

        str_init(&mark, c->arena, 64);
        str_puts(&mark, "\"field\":");
        str_json(&mark, name != NULL ? name : "");
        if (strstr(v->fields, mark.data) == NULL)
            e = fail_field(c, "take", "unknown", "%s",
                           _("não há um destes campos para escolher"));
        if (i > 0)
            str_putc(&s, ',');
        str_json(&s, name != NULL ? name : "");
    }
    str_putc(&s, '}');
    json_object_put(list);
    *out = s.data;
    return e;
}

enum err
contact_merge_make(struct ctx *c, const struct contact_merge_plan *p, M *out)
{
    struct q_contact_merge_make_in in = { .winner = p->id,
                                          .loser = p->other_id,
                                          .seen = p->version,
                                          .other_seen = p->other_version };
    struct q_contact_merge_make_row row;
    V v;
    enum err e = contact_merge_preview(c, p->id, p->other_id, &v);

    if (e == OK)
        e = take_array(c, p->take, &v, &in.take);
    if (e == OK)
        e = q_contact_merge_make(c, &in, &row);
    if (e == OK)
        e = refused(c, &row);
    if (e == OK)
        e = get(c, row.id, out);
    if (e == OK)
        e = note(c, "contact.merged", p->id, p->other_id);
    return e != OK ? e : tell(c, out);
}

/* ---- desfazer ---- */

static enum err
not_undone(struct ctx *c, const struct q_contact_merge_undo_row *row)
{
    const char *o = row->outcome;

    if (strcmp(o, "ok") == 0)
        return OK;
    if (strcmp(o, "unknown") == 0)
        return db_not_found(c);
    if (strcmp(o, "undone") == 0)
        return fail(c, ERR_CONFLICT, "%s", _("esta fusão já foi desfeita"));
    if (strcmp(o, "late") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("passou o prazo de desfazer esta fusão"));
    if (strcmp(o, "later") == 0)
        return fail(c, ERR_CONFLICT,
                    _("desfaça antes a fusão %lld, que é mais nova"),
                    (long long)row->other);
    if (strcmp(o, "merged") == 0)
        return merged(c, row->other);
    if (strcmp(o, "tickets") == 0)
        return fail(c, ERR_CONFLICT,
                    _("depois desta fusão, atendimentos de um se fundiram em "
                      "atendimentos do outro, e as mensagens já não se "
                      "separam: %s"),
                    row->joined);
    return fail(c, ERR_CONFLICT,
                _("o documento de um deles já é do contato %lld"),
                (long long)row->other);
}

enum err
contact_merge_unmake(struct ctx *c, int64_t id, M *out)
{
    struct q_contact_merge_undo_row row;
    enum err e = q_contact_merge_undo(
        c,
        &(struct q_contact_merge_undo_in){
            .id = id, .days = (int32_t)conf()->merge_undo_days },
        &row);

    if (e == OK)
        e = not_undone(c, &row);
    if (e == OK)
        e = get(c, id, out);
    if (e == OK)
        e = note(c, "contact.unmerged", row.winner, row.loser);
    return e != OK ? e : tell(c, out);
}

enum err
contact_merge_list(struct ctx *c, int64_t contact_id, M **rows, int *count)
{
    K k;
    enum err e =
        q_contact_get(c, &(struct q_contact_get_in){ .id = contact_id }, &k);

    return e != OK ? e
                   : q_contact_merge_page(
                         c,
                         &(struct q_contact_merge_page_in){
                             .contact_id = contact_id,
                             .days = (int32_t)conf()->merge_undo_days },
                         rows, count);
}
