/* admin_roles.c - /admin/roles: a matriz e os papéis próprios. */
#include <json-c/json.h>
#include <string.h>

#include "account/role.h"
#include "app/admin_pages.h"
#include "app/company_fields.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"

#define HERE "/admin/roles"
#define F struct role_form

/* clang-format off */
#define FIELDS \
    TEXT (F, name, .required = true, .min = 1, .max = ROLE_NAME_MAX, \
          .doc = "Nome"), \
    TEXT (F, description, .max = ROLE_DESCRIPTION_MAX, .lines = true, \
          .doc = "Para que serve"), \
    WORDS(F, permissions, .required = true, .one_of = permission_words, \
          .doc = "O que pode"), \
    FIELDS_END
const struct field role_new_form[] = { FIELDS };
const struct field role_form[] = {
    INT(F, id, .from = PATH, .min = 1, .doc = "Papel"),
    INT(F, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou"),
    FIELDS
};
const struct field role_path[] = {
    INT(struct role_id, id, .from = PATH, .min = 1, .doc = "Papel"), FIELDS_END
};
/* clang-format on */

/* ---- a matriz ---- */

static struct json_object *
column_model(struct req *r, const struct role_out *role)
{
    struct json_object *m = json_object_new_object();

    model_text(m, "name", role->name);
    model_text(m, "description", role->description);
    model_text(m, "href",
               role->built_in ? NULL : page_path(r, HERE, role->id, ""));
    model_text(m, "members",
               role->has_members
                   ? arena_printf(r->ctx.arena,
                                  i18n_plural("%d pessoa", "%d pessoas",
                                              (unsigned long)role->members),
                                  (int)role->members)
                   : NULL);
    return m;
}

static struct json_object *
line_model(const struct permission_out *p, int index,
           const struct role_out *roles, int count)
{
    struct json_object *m = json_object_new_object();
    struct json_object *cells = json_object_new_array(), *cell;
    int i;

    for (i = 0; i < count; i++) {
        cell = json_object_new_object();
        model_bool(cell, "on", (roles[i].mask & PERM_BIT(index)) != 0);
        json_object_array_add(cells, cell);
    }
    model_text(m, "slug", p->slug);
    model_text(m, "description", p->description);
    json_object_object_add(m, "cells", cells);
    return m;
}

static void
add_matrix(struct req *r, struct json_object *m, const struct role_out *roles,
           int count)
{
    struct json_object *columns = json_object_new_array();
    struct json_object *lines = json_object_new_array();
    const struct permission_out *all = permissions_all(r);
    int i;

    for (i = 0; i < count; i++)
        json_object_array_add(columns, column_model(r, &roles[i]));
    for (i = 1; i < PERM_COUNT; i++)
        json_object_array_add(lines, line_model(&all[i - 1], i, roles, count));
    json_object_object_add(m, "columns", columns);
    json_object_object_add(m, "lines", lines);
}

enum err
roles_page(struct req *r, const void *input)
{
    struct json_object *m = settings_model(
        r, HERE, _("Papéis"),
        _("O que cada papel pode. Os da casa não mudam; a empresa faz os seus "
          "com as mesmas permissões."));
    struct role_out *roles;
    int count;
    enum err e = roles_all(r, &roles, &count);

    (void)input;
    if (e != OK)
        return e;
    if (settings_may(r, PERM_ROLES_WRITE))
        settings_action(m, HERE "/new", "plus", _("Novo papel"));
    form_model(r, m, NULL);
    add_matrix(r, m, roles, count);
    return page_reply(r, 200, "admin/roles", m);
}

/* ---- um papel ---- */

static void
add_permissions(struct req *r, struct json_object *m, uint64_t mask)
{
    struct json_object *list = json_object_new_array(), *last;
    const struct permission_out *all = permissions_all(r);
    int i;

    for (i = 1; i < PERM_COUNT; i++) {
        settings_option(r, list, "permissions", all[i - 1].slug,
                        all[i - 1].description, (mask & PERM_BIT(i)) != 0);
        last = json_object_array_get_idx(list, (size_t)i - 1);
        model_bool(last, "locked", (r->ctx.permissions & PERM_BIT(i)) == 0);
    }
    json_object_object_add(m, "permissions", list);
}

static enum err
show_new(struct req *r)
{
    struct json_object *m =
        settings_model(r, HERE, _("Novo papel"),
                       _("Escolha só o que o papel precisa. Cuidar da própria "
                         "conta todos podem."));
    struct json_object *form = json_object_new_object();

    model_text(form, "name", "");
    model_text(form, "description", "");
    settings_parent(m, HERE, _("Papéis"));
    form_model(r, m, form);
    add_permissions(r, m, PERM_BIT(PERM_SELF) | PERM_BIT(PERM_ME_READ));
    model_text(m, "target", HERE);
    model_text(m, "deletePath", NULL);
    model_bool(m, "mayWrite", true);
    model_bool(m, "beyond", false);
    return page_reply(r, 200, "admin/role", m);
}

enum err
role_new_page(struct req *r, const void *input)
{
    (void)input;
    return show_new(r);
}

enum err
role_new_redraw(struct req *r)
{
    return show_new(r);
}

enum err
role_new_save(struct req *r, const void *input)
{
    const F *in = input;
    struct q_role_row row;
    enum err e =
        role_create(&r->ctx,
                    &(struct role_change){ .name = in->name,
                                           .description = in->description,
                                           .permissions = in->permissions },
                    &row);

    return e != OK ? e : form_done(r, HERE, _("Papel criado"));
}

static enum err
show(struct req *r, int64_t id)
{
    struct json_object *form = json_object_new_object(), *m;
    struct q_role_row role;
    uint64_t mask;
    bool beyond;
    enum err e =
        q_role_get(&r->ctx, &(struct q_role_get_in){ .id = id }, &role);

    if (e != OK) {
        json_object_put(form);
        return e;
    }
    permissions_parse(role.slugs, &mask);
    beyond = permissions_beyond(mask, r->ctx.permissions) != 0;
    m = settings_model(r, HERE, role.name, NULL);
    settings_parent(m, HERE, _("Papéis"));
    model_text(form, "name", role.name);
    model_text(form, "description", role.description);
    model_int(form, "version", role.version);
    form_model(r, m, form);
    add_permissions(r, m, mask);
    model_text(m, "target", page_path(r, HERE, id, ""));
    model_bool(m, "beyond", beyond);
    model_bool(m, "mayWrite", !beyond && settings_may(r, PERM_ROLES_WRITE));
    model_text(m, "deletePath", page_path(r, HERE, id, "/delete"));
    return page_reply(r, 200, "admin/role", m);
}

enum err
role_page(struct req *r, const void *input)
{
    const struct role_id *in = input;

    return show(r, in->id);
}

enum err
role_redraw(struct req *r)
{
    return show(r, form_path_id(r));
}

enum err
role_save(struct req *r, const void *input)
{
    const F *in = input;
    struct q_role_row row;
    enum err e =
        role_change(&r->ctx, in->id,
                    &(struct role_change){ .version = in->version,
                                           .name = in->name,
                                           .description = in->description,
                                           .permissions = in->permissions },
                    &row);

    return e != OK ? e
                   : form_done(r, page_path(r, HERE, in->id, ""),
                               _("Papel salvo; quem o tem já pode o novo"));
}

/* ---- apagar ---- */

static enum err
show_delete(struct req *r, int64_t id)
{
    struct json_object *m;
    struct q_role_in_use_row use;
    struct q_role_row role;
    enum err e =
        q_role_get(&r->ctx, &(struct q_role_get_in){ .id = id }, &role);

    if (e == OK)
        e = q_role_in_use(&r->ctx, &(struct q_role_in_use_in){ .id = id },
                          &use);
    if (e != OK)
        return e;
    m = settings_model(r, HERE, _("Apagar papel"), NULL);
    settings_parent(m, page_path(r, HERE, id, ""), role.name);
    form_model(r, m, NULL);
    model_text(m, "name", role.name);
    model_int(m, "members", use.members);
    model_int(m, "invitations", use.invitations);
    model_bool(m, "inUse", use.members + use.invitations > 0);
    model_text(m, "back", page_path(r, HERE, id, ""));
    model_text(m, "target", page_path(r, HERE, id, "/delete"));
    return page_reply(r, 200, "admin/role_delete", m);
}

enum err
role_delete_page(struct req *r, const void *input)
{
    const struct role_id *in = input;

    return show_delete(r, in->id);
}

enum err
role_delete_redraw(struct req *r)
{
    return show_delete(r, form_path_id(r));
}

enum err
role_delete_save(struct req *r, const void *input)
{
    const struct role_id *in = input;
    enum err e = role_delete(&r->ctx, in->id);

    return e != OK ? e : form_done(r, HERE, _("Papel apagado"));
}
