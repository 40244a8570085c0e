/* grant.c - ninguém dá o que não tem. */
#include "account/grant.h"

#include <string.h>

#include "base/i18n.h"
#include "gen/q_user.h"

uint64_t
grant_mask(const char *role, const char *permissions, bool is_super)
{
    uint64_t mask;

    if (is_super)
        return permissions_of(ROLE_SUPER);
    if (permissions == NULL)
        return permissions_of(role_parse(role));
    permissions_parse(permissions, &mask);
    return mask;
}

enum err
grant_covers(struct ctx *c, uint64_t mask)
{
    if (permissions_beyond(mask, c->permissions) == 0)
        return OK;
    return fail(c, ERR_FORBIDDEN, "%s", _("esta pessoa pode mais do que você"));
}

static enum err
beyond(struct ctx *c, const char *field, const char *text)
{
    fail_field(c, field, "beyond", "%s", text);
    return fail(c, ERR_FORBIDDEN, "%s", text);
}

static enum err
check_own_role(struct ctx *c, struct grant *g)
{
    struct q_role_permissions_row row;
    bool found;
    enum err e;

    e = q_role_permissions(
        c, &(struct q_role_permissions_in){ .id = g->role_id }, &row, &found);
    if (e != OK)
        return e;
    if (!found)
        return grant_refused(c, "role");
    if (permissions_beyond(grant_mask("", row.permissions, false),
                           c->permissions) != 0)
        return beyond(c, "roleId", _("este papel pode mais do que você"));
    g->role = "operator";
    return OK;
}

static enum err
default_visibility(struct ctx *c, struct grant *g)
{
    struct q_default_visibility_row row;
    enum err e = q_default_visibility(c, &row);

    if (e == OK)
        g->visibility = row.visibility;
    return e;
}

enum err
grant_check(struct ctx *c, struct grant *g)
{
    enum err e = g->visibility == NULL ? default_visibility(c, g) : OK;

    if (e != OK)
        return e;
    if (g->queue_ids == NULL)
        g->queue_ids = "{}";
    if (g->role_id != 0)
        return check_own_role(c, g);
    if (g->role == NULL)
        return fail_field(c, "role", "required", "%s", _("escolha um papel"));
    if (permissions_beyond(grant_mask(g->role, NULL, false), c->permissions) !=
        0)
        return beyond(c, "role", _("este papel pode mais do que você"));
    if (strcmp(g->role, "operator") != 0)
        g->visibility = "all";
    return OK;
}

enum err
grant_refused(struct ctx *c, const char *outcome)
{
    if (strcmp(outcome, "role") == 0)
        return fail_field(c, "roleId", "unknown", "%s",
                          _("não há este papel na empresa"));
    if (strcmp(outcome, "queue") == 0)
        return fail_field(c, "queueIds", "unknown", "%s",
                          _("há fila que não é desta empresa"));
    if (strcmp(outcome, "visibility") == 0)
        return beyond(c, "visibility", _("você não vê tudo isso"));
    if (strcmp(outcome, "queue_beyond") == 0)
        return beyond(c, "queueIds", _("há fila em que você não atende"));
    if (strcmp(outcome, "full") == 0)
        return fail(c, ERR_LIMIT_REACHED, "%s",
                    _("a empresa chegou ao limite de pessoas"));
    if (strcmp(outcome, "erased") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("os dados desta pessoa foram apagados; se ela voltou, "
                      "convide-a"));
    if (strcmp(outcome, "last_admin") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("é a última pessoa que administra a empresa"));
    return OK;
}
