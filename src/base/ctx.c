/* ctx.c - registro de problemas. */
#include "base/ctx.h"

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
