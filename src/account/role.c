/* role.c - papéis próprios: criar, mudar, apagar. */
#include "account/role.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "db/db.h"

/* "{a.b,c}" -> máscara; as palavras já foram conferidas pela tabela. */
static uint64_t
mask_of(struct ctx *c, const char *array)
{
    char *slugs = arena_strdup(c->arena, array);
    uint64_t mask;
    char *p;

    for (p = slugs; *p != '\0'; p++)
        if (strchr("{},\"", *p) != NULL)
            *p = ' ';
    permissions_parse(slugs, &mask);
    return mask;
}

static enum err
covers(struct ctx *c, uint64_t mask)
{
    uint64_t beyond = permissions_beyond(mask, c->permissions);

    if (beyond == 0)
        return OK;
    fail_field(c, "permissions", "beyond",
               _("você não tem, e não pode dar: %s"),
               permission_slugs(c->arena, beyond));
    return fail(c, ERR_FORBIDDEN, _("você não tem, e não pode dar: %s"),
                permission_slugs(c->arena, beyond));
}

/* Quem pode menos que o papel não mexe nele. */
static enum err
covers_role(struct ctx *c, const struct q_role_row *was)
{
    uint64_t mask;

    permissions_parse(was->slugs, &mask);
    if (permissions_beyond(mask, c->permissions) == 0)
        return OK;
    return fail(c, ERR_FORBIDDEN, "%s", _("este papel pode mais do que você"));
}

static enum err
save(struct ctx *c, const struct q_role_save_in *in, int64_t version,
     struct q_role_row *out)
{
    struct q_role_save_row row;
    enum err e = covers(c, mask_of(c, in->permissions));

    if (e == OK)
        e = q_role_save(c, in, &row);
    if (e != OK)
        return e;
    if (strcmp(row.outcome, "unknown") == 0)
        return db_not_found(c);
    if (strcmp(row.outcome, "stale") == 0)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), version);
    if (strcmp(row.outcome, "full") == 0)
        return fail(c, ERR_LIMIT_REACHED, "%s",
                    _("são 50 papéis próprios, no máximo"));
    if (strcmp(row.outcome, "name") == 0) {
        fail_field(c, "name", "taken", "%s", _("já há um papel com este nome"));
        return fail(c, ERR_CONFLICT, "%s", _("já há um papel com este nome"));
    }
    c->nudges |= NUDGE_RELAY;
    return q_role_get(c, &(struct q_role_get_in){ .id = row.id }, out);
}

enum err
role_create(struct ctx *c, const struct role_change *new,
            struct q_role_row *out)
{
    return save(
        c,
        &(struct q_role_save_in){
            .name = new->name,
            .description = new->description != NULL ? new->description : "",
            .permissions = new->permissions },
        0, out);
}

static const char *
array_of(struct ctx *c, const char *slugs)
{
    char *out = arena_printf(c->arena, "{%s}", slugs), *p;

    for (p = out; *p != '\0'; p++)
        if (*p == ' ')
            *p = ',';
    return out;
}

enum err
role_change(struct ctx *c, int64_t id, const struct role_change *to,
            struct q_role_row *out)
{
    struct q_role_row was;
    enum err e = q_role_get(c, &(struct q_role_get_in){ .id = id }, &was);

    if (e == OK)
        e = covers_role(c, &was);
    if (e != OK)
        return e;
    return save(c,
                &(struct q_role_save_in){
                    .id = id,
                    .version = to->version != 0 ? to->version : was.version,
                    .name = to->name != NULL ? to->name : was.name,
                    .description = to->description != NULL ? to->description
                                                           : was.description,
                    .permissions = to->permissions != NULL
                                       ? to->permissions
                                       : array_of(c, was.slugs) },
                was.version, out);
}

static enum err
in_use(struct ctx *c, const struct q_role_in_use_row *use)
{
    if (use->members > 0)
        return fail(
            c, ERR_CONFLICT,
            i18n_plural("o papel é de %" PRId64 " pessoa; dê outro a ela",
                        "o papel é de %" PRId64 " pessoas; dê outro a elas",
                        (unsigned long)use->members),
            use->members);
    if (use->invitations > 0)
        return fail(c, ERR_CONFLICT,
                    i18n_plural("o papel está em %" PRId64
                                " convite aberto; desfaça-o",
                                "o papel está em %" PRId64
                                " convites abertos; desfaça-os",
                                (unsigned long)use->invitations),
                    use->invitations);
    return OK;
}

enum err
role_delete(struct ctx *c, int64_t id)
{
    struct q_role_in_use_row use;
    struct q_role_row was;
    int64_t changed;
    enum err e = q_role_get(c, &(struct q_role_get_in){ .id = id }, &was);

    if (e == OK)
        e = covers_role(c, &was);
    if (e == OK)
        e = q_role_in_use(c, &(struct q_role_in_use_in){ .id = id }, &use);
    if (e == OK)
        e = in_use(c, &use);
    return e != OK ? e
                   : q_role_delete(c, &(struct q_role_delete_in){ .id = id },
                                   &changed);
}
