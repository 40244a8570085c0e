/* ctx.c - registro de problemas e nomes de papéis. */
#include "base/ctx.h"

#include <string.h>

enum err
fail(struct ctx *c, enum err e, const char *format, ...)
{
    va_list args;

    c->error = e;
    c->detail = NULL;
    if (format != NULL) {
        va_start(args, format);
        c->detail = arena_vprintf(c->arena, format, args);
        va_end(args);
    }
    return e;
}

enum err
fail_field(struct ctx *c, const char *field, const char *rule,
           const char *format, ...)
{
    struct field_error *f = arena_alloc(c->arena, sizeof *f), **at;
    va_list args;

    va_start(args, format);
    f->detail = arena_vprintf(c->arena, format, args);
    va_end(args);
    f->field = field;
    f->rule = rule;
    for (at = &c->fields; *at != NULL; at = &(*at)->next)
        ;
    *at = f;
    c->error = ERR_INVALID;
    return ERR_INVALID;
}

void
ctx_clear_error(struct ctx *c)
{
    c->error = OK;
    c->detail = NULL;
    c->fields = NULL;
    c->retry_after_s = 0;
    c->nudges = 0;
}

static const struct {
    enum role role;
    const char *name;
} roles[] = {
    { ROLE_SUPER, "super" },
    { ROLE_ADMIN, "admin" },
    { ROLE_SUPERVISOR, "supervisor" },
    { ROLE_OPERATOR, "operator" },
};

const char *
role_name(enum role role)
{
    size_t i;

    for (i = 0; i < sizeof roles / sizeof *roles; i++)
        if (roles[i].role == role)
            return roles[i].name;
    return "none";
}

enum role
role_parse(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(roles[i].name, name) == 0)
            return roles[i].role;
    return strcmp(name, "user") == 0 ? ROLE_OPERATOR : ROLE_NONE;
}
