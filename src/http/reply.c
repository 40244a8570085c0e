/* reply.c - monta a resposta em memória; quem a manda é o app. */
#include <string.h>

#include "base/i18n.h"
#include "http/local_path.h"
#include "http/route.h"

void
reply_header(struct req *r, const char *name, const char *value)
{
    const char *p;

    str_puts(&r->headers, name);
    str_puts(&r->headers, ": ");
    for (p = value; *p != '\0'; p++)
        if ((unsigned char)*p >= ' ' && *p != 0x7f)
            str_putc(&r->headers, *p);
    str_puts(&r->headers, "\r\n");
}

void
reply_cookie(struct req *r, const char *name, const char *value,
             const char *path, int64_t life_s)
{
    reply_header(
        r, "Set-Cookie",
        arena_printf(r->ctx.arena,
                     "%s=%s; Path=%s; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
                     name, value, path, (long long)life_s,
                     r->https ? "; Secure" : ""));
}

static void
set_status(struct req *r, const char *type)
{
    r->status =
        r->route != NULL && r->route->success != 0 ? r->route->success : 200;
    r->content_type = type;
}

enum err
reply(struct req *r, const void *row)
{
    set_status(r, "application/json");
    json_write(&r->out, r->route->out, row);
    return OK;
}

enum err
reply_list(struct req *r, const void *rows, size_t size, int count,
           const char *next)
{
    set_status(r, "application/json");
    str_puts(&r->out, "{\"data\":");
    json_write_list(&r->out, r->route->out, rows, size, count);
    str_puts(&r->out, ",\"nextCursor\":");
    if (next != NULL)
        str_json(&r->out, next);
    else
        str_puts(&r->out, "null");
    str_putc(&r->out, '}');
    return OK;
}

enum err
reply_json(struct req *r, struct slice json)
{
    set_status(r, "application/json");
    str_add(&r->out, json.data, json.len);
    return OK;
}

enum err
reply_text(struct req *r, int status, const char *type, const char *text)
{
    r->status = status;
    r->content_type = type;
    str_puts(&r->out, text);
    return OK;
}

enum err
reply_parts(struct req *r, const char *type,
            enum err (*part)(struct req *r, void *state, bool *more),
            void *state)
{
    r->status = 200;
    r->content_type = type;
    r->is_open = true;
    r->part = part;
    r->part_state = state;
    return OK;
}

enum err
reply_redirect(struct req *r, const char *path)
{
    r->status = 303;
    r->content_type = NULL;
    r->location = local_path_or(path, "/");
    reply_header(r, "Location", r->location);
    return OK;
}

enum err
reply_empty(struct req *r)
{
    r->status = 204;
    r->content_type = NULL;
    return OK;
}

static void
write_fields(struct str *s, const struct field_error *f)
{
    const struct field_error *first = f;

    str_puts(s, ",\"errors\":[");
    for (; f != NULL; f = f->next) {
        str_puts(s, f == first ? "{\"field\":" : ",{\"field\":");
        str_json(s, f->field);
        str_puts(s, ",\"rule\":");
        str_json(s, f->rule);
        str_puts(s, ",\"detail\":");
        str_json(s, f->detail);
        str_putc(s, '}');
    }
    str_putc(s, ']');
}

void
reply_problem(struct req *r, enum err e)
{
    const struct err_info *info = err_info(e);
    struct str *s = &r->out;

    r->status = info->status;
    r->content_type = "application/problem+json";
    str_init(s, r->ctx.arena, 400);
    str_printf(s, "{\"type\":\"/docs/problems#%s\",\"title\":", info->slug);
    str_json(s, _(info->title));
    str_printf(s, ",\"status\":%d,\"code\":\"%s\"", info->status, info->slug);
    if (r->ctx.detail != NULL) {
        str_puts(s, ",\"detail\":");
        str_json(s, r->ctx.detail);
    }
    str_puts(s, ",\"instance\":");
    str_json(s, r->path);
    str_puts(s, ",\"request_id\":");
    str_json(s, r->ctx.request_id);
    if (r->ctx.fields != NULL)
        write_fields(s, r->ctx.fields);
    str_putc(s, '}');
}
