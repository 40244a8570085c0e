/* form_page.c - devolve o formulário recusado com tudo o que havia nele. */
#include "app/form_page.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "app/page_model.h"
#include "base/i18n.h"
#include "db/db.h"

#define DONE_COOKIE "done"
#define DONE_S 60

/* O que não se repete na página: segredos e o que só existe uma vez. */
static bool
is_secret(const char *name)
{
    static const char *const parts[] = { "assword", "_csrf", "code", "token",
                                         "secret" };
    size_t i;

    for (i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(name, parts[i]) != NULL)
            return true;
    return false;
}

/* Do mesmo nome vale o primeiro, como na leitura da entrada. */
static void
overlay(struct req *r, struct json_object *form)
{
    struct json_object *seen = json_object_new_object();
    const char *name, *value;
    size_t at = 0;

    while (req_form_next(r, &at, &name, &value)) {
        if (is_secret(name) || json_object_object_get_ex(seen, name, NULL))
            continue;
        json_object_object_add(seen, name, NULL);
        json_object_object_add(form, name, json_object_new_string(value));
    }
    json_object_put(seen);
}

static struct json_object *
error_model(const struct field_error *f)
{
    struct json_object *errors = json_object_new_object();

    for (; f != NULL; f = f->next)
        if (!json_object_object_get_ex(errors, f->field, NULL))
            json_object_object_add(errors, f->field,
                                   json_object_new_string(f->detail));
    return errors;
}

/* O texto que form_done deixou, se há; lido, some. */
static const char *
take_done(struct req *r)
{
    const char *cookie = req_cookie(r, DONE_COOKIE);

    if (cookie == NULL || cookie[0] == '\0')
        return NULL;
    reply_cookie(r, DONE_COOKIE, "", "/", 0);
    return url_decode(r->ctx.arena, cookie, strlen(cookie), false);
}

void
form_model(struct req *r, struct json_object *m, struct json_object *saved)
{
    const struct refusal *no = &r->refusal;
    const char *problem = NULL;

    if (saved == NULL)
        saved = json_object_new_object();
    if (no->error != OK) {
        overlay(r, saved);
        problem =
            no->detail != NULL ? no->detail : _(err_info(no->error)->title);
    }
    json_object_object_add(m, "form", saved);
    json_object_object_add(m, "errors", error_model(no->fields));
    model_text(m, "problem", problem);
    model_text(m, "done", no->error == OK ? take_done(r) : NULL);
}

bool
form_marked(struct req *r, const char *name, const char *value, bool saved)
{
    const char *key, *given;
    bool sent = false;
    size_t at = 0;

    if (r->refusal.error == OK)
        return saved;
    while (req_form_next(r, &at, &key, &given)) {
        if (strcmp(key, name) != 0)
            continue;
        if (strcmp(given, value) == 0)
            return true;
        sent = true;
    }
    return sent ? false : saved;
}

enum err
form_done(struct req *r, const char *path, const char *text)
{
    struct str s;

    if (text != NULL) {
        str_init(&s, r->ctx.arena, 400);
        str_url(&s, text, strlen(text));
        reply_cookie(r, DONE_COOKIE, s.data, "/", DONE_S);
    }
    return reply_redirect(r, path);
}

int64_t
form_path_id(const struct req *r)
{
    int64_t id = 0;

    return r->path_values[0] != NULL && parse_int64(r->path_values[0], &id) ? id
                                                                            : 0;
}

const char *
form_error(const struct req *r, const char *typed, const char *stored)
{
    const struct field_error *f;

    for (f = r->refusal.fields; f != NULL; f = f->next)
        if (strcmp(f->field, typed) == 0 || strcmp(f->field, stored) == 0)
            return f->detail;
    return NULL;
}

/* Recusas que a pessoa resolve ali mesmo. */
static bool
belongs_to_form(enum err e)
{
    int status = err_info(e)->status;

    return status == 409 || status == 422 || status == 413 || status == 415 ||
           status == 429 || e == ERR_FORBIDDEN || e == ERR_CSRF ||
           e == ERR_BAD_LOGIN || e == ERR_UNAVAILABLE;
}

bool
form_redraw(struct req *r, enum err e)
{
    enum err drawn;

    if (r->route == NULL || r->route->redraw == NULL || !belongs_to_form(e) ||
        (r->route->permit != PERM_NONE && r->ctx.user_id == 0))
        return false;
    r->refusal = (struct refusal){ e, r->ctx.detail, r->ctx.fields };
    ctx_clear_error(&r->ctx);
    str_init(&r->out, r->ctx.arena, 0);
    r->ctx.read_only = true;
    r->ctx.one_query = false;
    drawn = r->route->redraw(r);
    if (drawn == OK)
        drawn = db_commit(&r->ctx);
    if (drawn == OK) {
        r->status = err_info(e)->status;
        return true;
    }
    db_rollback(&r->ctx);
    r->ctx.detail = r->refusal.detail;
    r->ctx.fields = r->refusal.fields;
    return false;
}

const char *
form_lines(struct req *r, const char *text)
{
    return text_typed(r->ctx.arena, text);
}
