/* contact_list.c - listas de contatos: nome, e quem entra e sai. */
#include "desk/contact_list.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "db/db.h"

#define L struct q_contact_list_row

const struct field contact_list_out[] = {
    INT(L, id, .doc = "Lista"),
    TEXT(L, name, .doc = "Nome"),
    TEXT(L, description, .doc = "Para que serve"),
    INT(L, contact_count, .doc = "Quantos contatos tem"),
    INT(L, version, .doc = "Versão, para mudar"),
    TIME(L, created_at, .doc = "Quando nasceu"),
    TIME(L, updated_at, .doc = "Última mudança, dela ou de quem está nela"),
    FIELDS_END
};

static enum err
check_name(struct ctx *c, const char *name)
{
    if (name[strspn(name, " \t\r\n")] == '\0')
        return fail_field(c, "name", "min", "%s", _("dê um nome"));
    return OK;
}

static enum err
name_taken(struct ctx *c)
{
    fail_field(c, "name", "taken", "%s", _("já há uma lista com este nome"));
    return fail(c, ERR_CONFLICT, "%s", _("já há uma lista com este nome"));
}

static enum err
find(struct ctx *c, int64_t id, L *out)
{
    return q_contact_list_get(c, &(struct q_contact_list_get_in){ .id = id },
                              out);
}

enum err
contact_list_create(struct ctx *c, const char *name, const char *description,
                    L *out)
{
    struct q_contact_list_add_row row;
    bool made;
    enum err e = check_name(c, name);

    if (e == OK)
        e = q_contact_list_add(c,
                               &(struct q_contact_list_add_in){
                                   .name = name, .description = description },
                               &row, &made);
    if (e != OK)
        return e;
    return made ? find(c, row.id, out) : name_taken(c);
}

enum err
contact_list_change(struct ctx *c, const struct q_contact_list_set_in *in,
                    int64_t version, L *out)
{
    struct q_contact_list_lock_row was;
    enum err e = in->name != NULL ? check_name(c, in->name) : OK;

    if (e == OK)
        e = q_contact_list_lock(
            c,
            &(struct q_contact_list_lock_in){
                .id = in->id, .name = in->name != NULL ? in->name : "" },
            &was);
    if (e != OK)
        return e;
    if (was.version != version)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), was.version);
    if (was.taken)
        return name_taken(c);
    e = q_contact_list_set(c, in, NULL);
    return e == OK ? find(c, in->id, out) : e;
}

enum err
contact_list_remove(struct ctx *c, int64_t id)
{
    int64_t gone;
    enum err e = q_contact_list_delete(
        c, &(struct q_contact_list_delete_in){ .id = id }, &gone);

    return e == OK && gone == 0 ? db_not_found(c) : e;
}

static const char *
or_text(const char *text, const char *absent)
{
    return text != NULL ? text : absent;
}

/* A escolha como as consultas a querem. */
static struct q_contact_list_put_in
wanted(int64_t id, const struct contact_pick *p)
{
    return (struct q_contact_list_put_in){ .id = id,
                                           .contact_ids =
                                               or_text(p->contact_ids, "{}"),
                                           .tag_ids = or_text(p->tag_ids, "{}"),
                                           .search = or_text(p->search, ""),
                                           .everyone = p->everyone };
}

/* Lista que existe e uma escolha que escolhe: filtro vazio não é "todos". */
static enum err
check_pick(struct ctx *c, const struct q_contact_list_put_in *in)
{
    bool narrows = strcmp(in->contact_ids, "{}") != 0 ||
                   strcmp(in->tag_ids, "{}") != 0 ||
                   in->search[strspn(in->search, " \t\r\n")] != '\0';
    struct q_contact_list_known_row unknown;
    L list;
    enum err e = find(c, in->id, &list);

    if (e == OK && in->everyone == narrows)
        return fail_field(
            c, "everyone", "choose", "%s",
            narrows ? _("todos, ou um filtro: um dos dois")
                    : _("escolha contatos, etiquetas, um texto ou todos"));
    if (e == OK)
        e = q_contact_list_known(
            c,
            &(struct q_contact_list_known_in){ .contact_ids = in->contact_ids,
                                               .tag_ids = in->tag_ids },
            &unknown);
    if (e != OK)
        return e;
    if (unknown.contacts > 0)
        e = fail_field(c, "contactIds", "exists", "%s",
                       _("há contato que não existe"));
    if (unknown.tags > 0)
        e = fail_field(c, "tagIds", "exists", "%s",
                       _("há etiqueta que não existe"));
    return e;
}

enum err
contact_list_put(struct ctx *c, int64_t id, const struct contact_pick *pick,
                 int64_t *changed)
{
    struct q_contact_list_put_in in = wanted(id, pick);
    enum err e = check_pick(c, &in);

    return e == OK ? q_contact_list_put(c, &in, changed) : e;
}

enum err
contact_list_take(struct ctx *c, int64_t id, const struct contact_pick *pick,
                  int64_t *changed)
{
    struct q_contact_list_put_in in = wanted(id, pick);
    enum err e = check_pick(c, &in);

    if (e != OK)
        return e;
    return q_contact_list_take(
        c,
        &(struct q_contact_list_take_in){ .id = id,
                                          .contact_ids = in.contact_ids,
                                          .tag_ids = in.tag_ids,
                                          .search = in.search,
                                          .everyone = in.everyone },
        changed);
}

enum err
contact_list_drop(struct ctx *c, int64_t id, int64_t contact_id)
{
    int64_t gone;
    enum err e = q_contact_list_drop(
        c,
        &(struct q_contact_list_drop_in){ .id = id, .contact_id = contact_id },
        &gone);

    return e == OK && gone == 0 ? db_not_found(c) : e;
}
