/* page_model.c - o comum das páginas e a página de problema. */
#include "app/page_model.h"

#include <json-c/json.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "view/page.h"

static void
drop_json(void *object)
{
    json_object_put(object);
}

static struct json_object *
text_or_null(const char *text)
{
    return text == NULL ? NULL : json_object_new_string(text);
}

static void
put(struct json_object *o, const char *key, struct json_object *value)
{
    json_object_object_add(o, key, value);
}

struct json_object *
page_model(struct req *r, const char *title)
{
    struct json_object *m = json_object_new_object(), *user = NULL;

    arena_defer(r->ctx.arena, drop_json, m);
    if (r->session.name != NULL) {
        user = json_object_new_object();
        put(user, "id", json_object_new_int64(r->ctx.user_id));
        put(user, "name", json_object_new_string(r->session.name));
        put(user, "role", json_object_new_string(role_name(r->ctx.role)));
        put(user, "company", text_or_null(r->session.company_name));
    }
    put(m, "title", json_object_new_string(title));
    put(m, "lang", json_object_new_string(r->lang));
    put(m, "isEnglish", json_object_new_boolean(r->lang[0] == 'e'));
    put(m, "csrf", text_or_null(r->session.csrf));
    put(m, "user", user);
    put(m, "path", json_object_new_string(r->path));
    put(m, "demo", json_object_new_boolean(conf()->demo));
    put(m, "requestId", json_object_new_string(r->ctx.request_id));
    return m;
}

enum err
page_reply(struct req *r, int status, const char *template_name,
           struct json_object *model)
{
    str_init(&r->out, r->ctx.arena, 16384);
    if (!page_render(r->ctx.arena, template_name, model, &r->out)) {
        log_error("página %s: %s", template_name, page_error());
        return fail(&r->ctx, ERR_INTERNAL, NULL);
    }
    r->status = status;
    r->content_type = "text/html";
    return OK;
}

void
page_problem(struct req *r, enum err e)
{
    const struct err_info *info = err_info(e);
    const char *title = _(info->title);
    struct json_object *m = page_model(r, title);

    put(m, "status", json_object_new_int(info->status));
    put(m, "code", json_object_new_string(info->slug));
    put(m, "detail", text_or_null(r->ctx.detail));
    if (page_reply(r, info->status, "layout/problem", m) != OK) {
        str_init(&r->out, r->ctx.arena, 0);
        reply_text(r, info->status, "text/plain", title);
    }
}
