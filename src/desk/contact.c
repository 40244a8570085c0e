/* contact.c - identidades, nome e junção de contatos. */
#include "desk/contact.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "desk/phone.h"
#include "gen/q_contact.h"
#include "live/outbox.h"

#define K struct contact
#define NAME_MAX_CHARS 200

const struct field contact_out[] = {
    INT(K, id, .doc = "Contato"), TEXT(K, name, .doc = "Nome"),
    TEXT(K, phone, .nullable = true, .doc = "Telefone, E.164"), FIELDS_END
};

static enum err
emit(struct ctx *c, const char *type, const K *k, int64_t ticket_id)
{
    struct rooms rooms = { .count = 0 };
    struct str s;

    rooms_add(c, &rooms, "company", -1);
    if (ticket_id != 0)
        rooms_add(c, &rooms, "ticket", ticket_id);
    str_init(&s, c->arena, 128);
    str_puts(&s, "{\"contact\":");
    json_write(&s, contact_out, k);
    str_putc(&s, '}');
    return outbox_emit(c, type, &rooms, s.data);
}

const char *
contact_match_key(struct arena *a, const struct contact_identity *id)
{
    char key[PHONE_MAX + 1];

    if (strcmp(id->kind, "phone") != 0)
        return id->value;
    phone_match_key(id->value, key);
    return arena_strdup(a, key);
}

static enum err
set_identity(struct ctx *c, int64_t contact_id,
             const struct contact_identity *id)
{
    return q_contact_identity_set_queue(
        c, &(struct q_contact_identity_set_in){
               .contact_id = contact_id,
               .kind = id->kind,
               .value = id->value,
               .match_key = contact_match_key(c->arena, id) });
}

static enum err
set_identities(struct ctx *c, int64_t contact_id,
               const struct contact_seen *seen)
{
    enum err e = OK;
    int i;

    for (i = 0; i < seen->id_count && e == OK; i++)
        e = set_identity(c, contact_id, &seen->ids[i]);
    return e;
}

/* O telefone que se mostra: o primeiro, que é o que se responde. */
static const char *
phone_of(const struct contact_seen *seen)
{
    int i;

    for (i = 0; i < seen->id_count; i++)
        if (strcmp(seen->ids[i].kind, "phone") == 0)
            return seen->ids[i].value;
    return NULL;
}

/* Sem espaço em volta e no tamanho da coluna; NULL se nada sobra. */
static const char *
trimmed(struct ctx *c, const char *name)
{
    size_t n;

    if (name == NULL)
        return NULL;
    name += strspn(name, " \t\r\n");
    n = utf8_prefix(name, NAME_MAX_CHARS);
    while (n > 0 && strchr(" \t\r\n", name[n - 1]) != NULL)
        n--;
    return n == 0 ? NULL : arena_memdup(c->arena, name, n);
}

enum err
contact_create(struct ctx *c, const struct contact_seen *seen, K *out)
{
    struct q_contact_add_row row;
    enum err e;

    out->phone = phone_of(seen);
    out->name = trimmed(c, seen->name);
    if (out->name == NULL)
        out->name = out->phone != NULL
                        ? arena_printf(c->arena, "+%s", out->phone)
                        : seen->ids[0].value;
    e = q_contact_add(
        c, &(struct q_contact_add_in){ .name = out->name, .phone = out->phone },
        &row);
    if (e != OK)
        return e;
    out->id = row.id;
    e = set_identities(c, out->id, seen);
    return e != OK ? e : emit(c, "contact:created", out, 0);
}

/* "BR.1502000000000001": o BSUID que fez as vezes de nome. */
static bool
is_bsuid(const char *name)
{
    return name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'A' &&
           name[1] <= 'Z' && name[2] == '.' &&
           strpbrk(name, "0123456789") != NULL && strchr(name, ' ') == NULL;
}

/* Vazio, só um número, ou um identificador: nome que ninguém deu. */
static bool
is_bare(const char *name)
{
    return name[strspn(name, "+0123456789 ()-.")] == '\0' || is_bsuid(name);
}

enum err
contact_learn(struct ctx *c, const struct contact_seen *seen, int known,
              int64_t ticket_id, K *k)
{
    const char *name = trimmed(c, seen->name), *phone = phone_of(seen);
    bool changed = false;
    enum err e = OK;

    if (known < seen->id_count)
        e = set_identities(c, k->id, seen);
    if (name != NULL && is_bare(k->name) && strcmp(name, k->name) != 0) {
        k->name = name;
        changed = true;
    }
    if (phone != NULL && (k->phone == NULL || strcmp(phone, k->phone) != 0)) {
        k->phone = phone;
        changed = true;
    }
    if (e != OK || !changed)
        return e;
    e = q_contact_update_queue(
        c, &(struct q_contact_update_in){
               .id = k->id, .name = k->name, .phone = k->phone });
    return e != OK ? e : emit(c, "contact:updated", k, ticket_id);
}

enum err
contact_merge(struct ctx *c, int64_t winner, int64_t loser)
{
    enum err e;

    log_info("contatos %" PRId64 " e %" PRId64
             " são a mesma pessoa; fica %" PRId64,
             winner, loser, winner);
    e = q_contact_merge_queue(
        c, &(struct q_contact_merge_in){ .winner = winner, .loser = loser });
    return e != OK ? e
                   : q_contact_drop_empty_queue(
                         c, &(struct q_contact_drop_empty_in){ .id = loser });
}
