/* web.c - a moldura das páginas e a ponte entre problema e página. */
#include "app/web.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "view/page.h"

static void
drop_json(void *object)
{
    json_object_put(object);
}

void
model_text(struct json_object *m, const char *key, const char *text)
{
    json_object_object_add(m, key, text != NULL ? json_object_new_string(text)
                                                : NULL);
}

void
model_int(struct json_object *m, const char *key, int64_t value)
{
    json_object_object_add(m, key, json_object_new_int64(value));
}

void
model_bool(struct json_object *m, const char *key, bool value)
{
    json_object_object_add(m, key, json_object_new_boolean(value));
}

/* Nome lógico -> endereço com resumo do conteúdo, escrito por build.mjs. */
static struct json_object *
assets(void)
{
    static struct json_object *manifest;
    char path[600];

    if (manifest == NULL) {
        snprintf(path, sizeof path, "%s/manifest.json", conf()->static_dir);
        manifest = json_object_from_file(path);
        if (manifest == NULL)
            log_error("sem %s: rode make static", path);
    }
    return json_object_get(manifest);
}

/* Primeira letra a partir de p, em maiúscula; nada se não é letra. */
static size_t
initial(char *out, const char *p, const char **after)
{
    mbstate_t state = { 0 };
    wchar_t c;
    size_t n = mbrtowc(&c, p, strlen(p), &state);

    if (n == 0 || n > 4) {
        *after = p + (*p != '\0');
        return 0;
    }
    *after = p + n;
    if (!iswalnum((wint_t)c))
        return 0;
    memset(&state, 0, sizeof state);
    n = wcrtomb(out, (wchar_t)towupper((wint_t)c), &state);
    return n <= 4 ? n : 0;
}

const char *
web_initials(struct arena *a, const char *name)
{
    char out[16], last[8];
    size_t first_len = 0, last_len = 0, n;
    const char *p = name, *after;
    bool start = true;

    while (*p != '\0') {
        n = start ? initial(last, p, &after) : 0;
        if (n > 0 && first_len == 0)
            memcpy(out, last, first_len = n);
        else if (n > 0)
            memcpy(out + first_len, last, last_len = n);
        start = *p == ' ' || (start && n == 0);
        p = start || n == 0 ? p + 1 : after;
    }
    if (first_len == 0)
        return "#";
    return arena_memdup(a, out, first_len + last_len);
}

static void
add_person(struct req *r, struct json_object *m)
{
    const struct session *s = &r->session;

    model_bool(m, "signedIn", s->name != NULL);
    model_text(m, "csrf", s->csrf != NULL ? s->csrf : "");
    model_text(m, "userName", s->name != NULL ? s->name : "");
    model_text(m, "userInitials", s->name != NULL
               ? web_initials(r->ctx.arena, s->name) : "");
    model_text(m, "company", s->company_name != NULL ? s->company_name : "");
    model_text(m, "timeZone", s->time_zone != NULL ? s->time_zone : "");
}

static void
add_theme(struct req *r, struct json_object *m)
{
    const char *theme = req_cookie(r, "theme");
    bool light = theme != NULL && strcmp(theme, "light") == 0;
    bool dark = theme != NULL && strcmp(theme, "dark") == 0;

    model_text(m, "theme", light ? "light" : dark ? "dark" : "auto");
    model_bool(m, "themeAuto", !light && !dark);
    model_bool(m, "themeLight", light);
    model_bool(m, "themeDark", dark);
}

/* O endereço atual, para voltar depois de trocar a língua ou o tema. */
static const char *
here(struct req *r)
{
    if (r->query[0] == '\0')
        return r->path;
    return arena_printf(r->ctx.arena, "%s?%s", r->path, r->query);
}

struct json_object *
web_model(struct req *r, const char *title)
{
    struct json_object *m = json_object_new_object();

    arena_defer(r->ctx.arena, drop_json, m);
    model_text(m, "title", title);
    model_text(m, "lang", r->lang);
    model_bool(m, "langEn", strcmp(r->lang, "en") == 0);
    model_bool(m, "langPt", strcmp(r->lang, "en") != 0);
    model_text(m, "path", here(r));
    model_bool(m, "demo", conf()->demo);
    model_int(m, "unread", 0);
    model_text(m, "rooms", "");
    model_bool(m, "noIndex", true);
    json_object_object_add(m, "assets", assets());
    add_person(r, m);
    add_theme(r, m);
    return m;
}

enum err
web_page(struct req *r, int status, const char *name,
         struct json_object *model)
{
    if (!page_render(r->ctx.arena, name, model, &r->out)) {
        log_error("página %s: %s", name, page_error());
        return fail(&r->ctx, ERR_INTERNAL, NULL);
    }
    r->status = status;
    r->content_type = "text/html; charset=utf-8";
    reply_header(r, "Cache-Control", "no-store");
    return OK;
}

bool
web_is_fragment(struct req *r)
{
    const char *kind = req_header(r, "HX-Request-Type");

    return kind != NULL && strcmp(kind, "partial") == 0;
}

enum err
web_go(struct req *r, const char *path)
{
    if (!web_is_fragment(r))
        return reply_redirect(r, path);
    r->status = 200;
    r->content_type = "text/html; charset=utf-8";
    reply_header(r, "HX-Redirect", path);
    return OK;
}

/* Sem sessão: ao login, guardando para onde a pessoa ia. */
static void
ask_login(struct req *r)
{
    struct str to;

    str_init(&to, r->ctx.arena, 200);
    str_puts(&to, "/login");
    if (r->method == GET && strcmp(r->path, "/") != 0) {
        const char *back = here(r);

        str_puts(&to, "?next=");
        str_url(&to, back, strlen(back));
    }
    if (!web_is_fragment(r)) {
        reply_redirect(r, to.data);
        return;
    }
    r->status = 401;
    r->content_type = "text/html; charset=utf-8";
    reply_header(r, "HX-Redirect", "/login");
}

void
web_problem(struct req *r, enum err e)
{
    const struct err_info *info = err_info(e);
    struct json_object *m;

    if (e == ERR_UNAUTHORIZED) {
        ask_login(r);
        return;
    }
    m = web_model(r, _(info->title));
    model_int(m, "status", info->status);
    model_text(m, "code", info->slug);
    model_text(m, "detail", r->ctx.detail);
    model_text(m, "requestId", r->ctx.request_id);
    model_bool(m, "notFound", info->status == 404);
    model_bool(m, "ourFault", info->status >= 500);
    r->out.len = 0;
    if (web_page(r, info->status, web_is_fragment(r) ? "layout/problem_part"
                                  : "layout/problem", m) != OK)
        reply_problem(r, e);
}
