/* contact_book.c - a agenda: o que a equipe escreve de cada contato. */
#include "desk/contact_book.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "account/email.h"
#include "auth/audit.h"
#include "base/i18n.h"
#include "db/db.h"
#include "desk/contact.h"
#include "desk/custom.h"
#include "desk/document.h"
#include "desk/phone.h"
#include "live/outbox.h"

#define K struct q_contact_row
#define TEXTS "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"

const struct field contact_book_out[] = {
    INT(K, id, .doc = "Contato"),
    TEXT(K, name, .doc = "Nome"),
    TEXT(K, phone, .nullable = true, .doc = "Telefone principal, E.164"),
    TEXT(K, email, .nullable = true, .doc = "E-mail principal"),
    TEXT(K, document, .nullable = true, .doc = "CPF ou CNPJ, sem pontuação"),
    JSON(K, phones, .schema = TEXTS, .doc = "Todos os telefones"),
    JSON(K, emails, .schema = TEXTS, .doc = "Todos os e-mails"),
    INTS(K, tag_ids, .doc = "Etiquetas"),
    JSON(K, custom, .schema = CUSTOM_SCHEMA, .doc = "Campos próprios"),
    TIME(K, blocked_at, .nullable = true,
         .doc = "Desde quando está bloqueado; null: não está"),
    INT(K, version, .doc = "Versão, para mudar sem atropelar"),
    TIME(K, created_at, .doc = "Criação"),
    TIME(K, updated_at, .doc = "Última mudança"),
    FIELDS_END
};

enum err
contact_book_tell(struct ctx *c, const char *type, const K *k)
{
    struct contact shown = { k->id, k->name, k->phone };
    struct rooms rooms = { .count = 0 };
    struct str s;

    rooms_add(c, &rooms, "company", -1);
    str_init(&s, c->arena, 128);
    str_puts(&s, "{\"contact\":");
    json_write(&s, contact_out, &shown);
    str_putc(&s, '}');
    c->nudges |= NUDGE_RELAY;
    return outbox_emit(c, type, &rooms, s.data);
}

/* As identidades a gravar, em três vetores do PostgreSQL. */
struct addresses {
    struct ctx *c;
    struct str kinds, keys, shown;
};

static void
add_text(struct str *list, const char *text)
{
    str_putc(list, list->len == 0 ? '{' : ',');
    str_json(list, text);
}

static void
add(struct addresses *a, const char *kind, const char *value)
{
    struct contact_identity id = { kind, value };

    add_text(&a->kinds, kind);
    add_text(&a->keys, contact_match_key(a->c->arena, &id));
    add_text(&a->shown, value);
}

static char *
lower(struct arena *arena, const char *text)
{
    char *out = arena_strdup(arena, text), *p;

    for (p = out; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return out;
}

/* Um endereço na forma em que se guarda, ou NULL com o campo anotado. */
static const char *
normal(struct ctx *c, const char *kind, const char *field, const char *text)
{
    char digits[PHONE_MAX + 1];
    const char *out;

    if (strcmp(kind, "email") == 0)
        return email_check(c, field, text, &out) == OK ? lower(c->arena, out)
                                                       : NULL;
    if (phone_digits(text, digits))
        return arena_strdup(c->arena, digits);
    fail_field(c, field, "format", "%s", _("não é um telefone"));
    return NULL;
}

static void
add_list(struct addresses *a, const char *kind, const char *field,
         const char *json)
{
    struct json_object *list = json_tokener_parse(json), *item;
    size_t i, n = json_object_is_type(list, json_type_array)
                      ? json_object_array_length(list)
                      : CONTACT_ADDRESSES_MAX + 1;

    if (n > CONTACT_ADDRESSES_MAX)
        fail_field(a->c, field, "max", "%s",
                   _("precisa ser uma lista de até 10 textos"));
    for (i = 0; n <= CONTACT_ADDRESSES_MAX && i < n; i++) {
        const char *value;

        item = json_object_array_get_idx(list, i);
        value = normal(a->c, kind, field,
                       json_object_is_type(item, json_type_string)
                           ? json_object_get_string(item)
                           : "");
        if (value != NULL)
            add(a, kind, value);
    }
    json_object_put(list);
}

/* O principal: o que veio, "" tira, NULL deixa o de antes. */
static const char *
main_address(struct addresses *a, const char *kind, const char *sent,
             const char *was)
{
    const char *value = was;

    if (sent != NULL)
        value = sent[0] != '\0' ? normal(a->c, kind, kind, sent) : NULL;
    if (value != NULL)
        add(a, kind, value);
    return value;
}

static const char *
document_of(struct ctx *c, const char *sent, const char *was)
{
    char out[DOCUMENT_MAX + 1];

    if (sent == NULL)
        return was;
    if (sent[0] == '\0')
        return NULL;
    if (document_normal(sent, out))
        return arena_strdup(c->arena, out);
    fail_field(c, "document", "format", "%s",
               _("não é um CPF nem um CNPJ; confira os algarismos"));
    return NULL;
}

static enum err
refused(struct ctx *c, const struct q_contact_save_row *row)
{
    const char *o = row->outcome;

    if (strcmp(o, "ok") == 0)
        return OK;
    if (strcmp(o, "unknown") == 0)
        return db_not_found(c);
    if (strcmp(o, "stale") == 0)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), row->other);
    if (strcmp(o, "tag") == 0)
        return fail_field(c, "tagIds", "unknown", "%s",
                          _("não há uma destas etiquetas"));
    fail_field(c, o, "taken", _("já é do contato %" PRId64), row->other);
    return fail(c, ERR_CONFLICT, _("já é do contato %" PRId64), row->other);
}

static enum err
save(struct ctx *c, const K *was, const struct contact_change *to, K *out)
{
    struct addresses a = { .c = c };
    struct q_contact_save_row row;
    struct q_contact_save_in in = {
        .contact = was->id,
        .seen = to->version,
        .name = to->name != NULL ? to->name : was->name,
        .tags = to->tag_ids,
        .phones_all =
            to->phones != NULL || (to->phone != NULL && to->phone[0] == '\0'),
        .emails_all =
            to->emails != NULL || (to->email != NULL && to->email[0] == '\0'),
    };
    enum err e;

    str_init(&a.kinds, c->arena, 64);
    str_init(&a.keys, c->arena, 128);
    str_init(&a.shown, c->arena, 128);
    in.phone = main_address(&a, "phone", to->phone, was->phone);
    in.email = main_address(&a, "email", to->email, was->email);
    in.document = document_of(c, to->document, was->document);
    if (to->phones != NULL)
        add_list(&a, "phone", "phones", to->phones);
    if (to->emails != NULL)
        add_list(&a, "email", "emails", to->emails);
    e = custom_check(c, "contact", to->custom,
                     was->id != 0 ? was->custom : NULL, &in.custom);
    if (e != OK || c->fields != NULL)
        return e != OK ? e : ERR_INVALID;
    in.kinds = a.kinds.len > 0 ? (str_putc(&a.kinds, '}'), a.kinds.data) : "{}";
    in.keys = a.keys.len > 0 ? (str_putc(&a.keys, '}'), a.keys.data) : "{}";
    in.shown = a.shown.len > 0 ? (str_putc(&a.shown, '}'), a.shown.data) : "{}";
    e = q_contact_save(c, &in, &row);
    if (e == OK)
        e = refused(c, &row);
    if (e == OK)
        e = q_contact_get(c, &(struct q_contact_get_in){ .id = row.id }, out);
    return e;
}

enum err
contact_book_create(struct ctx *c, const struct contact_change *new, K *out)
{
    K none = { .id = 0, .name = "" };
    enum err e = save(c, &none, new, out);

    return e != OK ? e : contact_book_tell(c, "contact:created", out);
}

enum err
contact_book_change(struct ctx *c, int64_t id, const struct contact_change *to,
                    K *out)
{
    K was;
    enum err e = q_contact_get(c, &(struct q_contact_get_in){ .id = id }, &was);

    if (e == OK)
        e = save(c, &was, to, out);
    return e != OK ? e : contact_book_tell(c, "contact:updated", out);
}

static enum err
note(struct ctx *c, const char *action, int64_t id)
{
    return audit_note(c, &(struct audit){ .action = action,
                                          .target_type = "contact",
                                          .target_id = arena_printf(
                                              c->arena, "%" PRId64, id) });
}

enum err
contact_book_remove(struct ctx *c, int64_t id)
{
    struct q_contact_remove_row row;
    K k;
    enum err e = q_contact_get(c, &(struct q_contact_get_in){ .id = id }, &k);

    if (e == OK)
        e = q_contact_remove(c, &(struct q_contact_remove_in){ .id = id },
                             &row);
    if (e != OK)
        return e;
    if (row.has_open_id)
        return fail(c, ERR_CONFLICT,
                    _("o atendimento %" PRId64 " dele está aberto"),
                    row.open_id);
    e = note(c, "contact.deleted", id);
    return e != OK ? e : contact_book_tell(c, "contact:updated", &k);
}

enum err
contact_book_block(struct ctx *c, int64_t id, bool blocked, K *out)
{
    int64_t changed;
    enum err e = q_contact_block(
        c, &(struct q_contact_block_in){ .id = id, .blocked = blocked },
        &changed);

    if (e == OK && changed == 0)
        return db_not_found(c);
    if (e == OK)
        e = q_contact_get(c, &(struct q_contact_get_in){ .id = id }, out);
    if (e == OK)
        e = note(c, blocked ? "contact.blocked" : "contact.unblocked", id);
    return e != OK ? e : contact_book_tell(c, "contact:updated", out);
}
