/* permission.c - a matriz em memória e os nomes. */
#include "base/permission.h"

#include <string.h>

#include "base/i18n.h"
#include "base/str.h"

static const struct permission_info permissions[PERM_COUNT] = {
    [PERM_NONE] = { "none", 0, "" },
#define PERM(name, slug, roles, doc) [PERM_##name] = { slug, roles, doc },
#include "base/permissions.def"
#undef PERM
};

const char permission_words[] =
#define PERM(name, slug, roles, doc) slug " "
#include "base/permissions.def"
#undef PERM
    ;

_Static_assert(PERM_COUNT <= 64, "as permissões cabem numa máscara");

const struct permission_info *
permission_info(enum permission p)
{
    return &permissions[p > PERM_NONE && p < PERM_COUNT ? p : PERM_NONE];
}

static enum permission
parse_n(const char *slug, size_t n)
{
    int p;

    for (p = PERM_NONE + 1; p < PERM_COUNT; p++)
        if (strlen(permissions[p].slug) == n &&
            memcmp(permissions[p].slug, slug, n) == 0)
            return (enum permission)p;
    return PERM_NONE;
}

enum permission
permission_parse(const char *slug)
{
    return parse_n(slug, strlen(slug));
}

uint64_t
permissions_of(enum role role)
{
    uint64_t mask = 0;
    int p;

    for (p = PERM_NONE + 1; p < PERM_COUNT; p++)
        if ((permissions[p].roles & role) != 0)
            mask |= PERM_BIT(p);
    return mask;
}

uint64_t
permissions_beyond(uint64_t wanted, uint64_t held)
{
    return wanted & ~held &
           ~(PERM_BIT(PERM_SELF) | PERM_BIT(PERM_ME_READ) |
             PERM_BIT(PERM_TOKENS_OWN));
}

const char *
permission_slugs(struct arena *a, uint64_t mask)
{
    struct str s;
    int p;

    str_init(&s, a, 120);
    for (p = PERM_NONE + 1; p < PERM_COUNT; p++) {
        if ((mask & PERM_BIT(p)) == 0)
            continue;
        if (s.len > 0)
            str_putc(&s, ' ');
        str_puts(&s, permissions[p].slug);
    }
    return s.len > 0 ? s.data : "";
}

bool
permissions_parse(const char *slugs, uint64_t *mask)
{
    bool known = true;
    size_t n;

    *mask = 0;
    for (; *slugs != '\0'; slugs += n) {
        enum permission p;

        slugs += strspn(slugs, " ");
        n = strcspn(slugs, " ");
        if (n == 0)
            break;
        p = parse_n(slugs, n);
        if (p == PERM_NONE)
            known = false;
        else
            *mask |= PERM_BIT(p);
    }
    return known;
}

static const struct {
    enum role role;
    const char *name, *title;
} roles[] = {
    { ROLE_SUPER, "super", N_("Administração da plataforma") },
    { ROLE_ADMIN, "admin", N_("Administração") },
    { ROLE_SUPERVISOR, "supervisor", N_("Supervisão") },
    { ROLE_OPERATOR, "operator", N_("Atendimento") },
};

#define ROLE_COUNT (sizeof roles / sizeof *roles)

const char *
role_name(enum role role)
{
    size_t i;

    for (i = 0; i < ROLE_COUNT; i++)
        if (roles[i].role == role)
            return roles[i].name;
    return "none";
}

const char *
role_title(enum role role)
{
    size_t i;

    for (i = 0; i < ROLE_COUNT; i++)
        if (roles[i].role == role)
            return roles[i].title;
    return "";
}

enum role
role_parse(const char *name)
{
    size_t i;

    for (i = 0; i < ROLE_COUNT; i++)
        if (strcmp(roles[i].name, name) == 0)
            return roles[i].role;
    return strcmp(name, "user") == 0 ? ROLE_OPERATOR : ROLE_NONE;
}
