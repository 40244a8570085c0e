/* page_model.c - o comum das páginas e a página de problema. */
#include "app/page_model.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "app/settings_page.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "gen/q_notice.h"
#include "view/page.h"

static void
drop_json(void *object)
{
    json_object_put(object);
}

void
model_text(struct json_object *m, const char *key, const char *text)
{
    json_object_object_add(m, key,
                           text != NULL ? json_object_new_string(text) : NULL);
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

const char *
page_asset(struct arena *a, const char *name)
{
    struct json_object *all = assets(), *one = NULL;
    const char *path = "";

    if (all != NULL && json_object_object_get_ex(all, name, &one))
        path = arena_strdup(a, json_object_get_string(one));
    json_object_put(all);
    return path;
}

/* Lê um caractere de `*p`; 0 no fim. O que não é UTF-8 conta como '?'. */
static wchar_t
next_char(const char **p)
{
    mbstate_t state = { 0 };
    wchar_t c;
    size_t n;

    if (**p == '\0')
        return 0;
    n = mbrtowc(&c, *p, strlen(*p), &state);
    if (n == (size_t)-1 || n == (size_t)-2) {
        *p += 1;
        return L'?';
    }
    *p += n;
    return c;
}

const char *
page_path(struct req *r, const char *base, int64_t id, const char *rest)
{
    return arena_printf(r->ctx.arena, "%s/%" PRId64 "%s", base, id, rest);
}

const char *
page_initials(struct arena *a, const char *name)
{
    wchar_t first = 0, last = 0, c;
    bool word = true;
    char out[2 * 8 + 1];
    mbstate_t state = { 0 };
    size_t n = 0;

    while ((c = next_char(&name)) != 0) {
        if (word && iswalpha((wint_t)c)) {
            *(first == 0 ? &first : &last) = (wchar_t)towupper((wint_t)c);
            word = false;
        }
        if (c == L' ')
            word = true;
    }
    if (first == 0)
        return "#";
    n = wcrtomb(out, first, &state);
    if (last != 0)
        n += wcrtomb(out + n, last, &state);
    return arena_memdup(a, out, n);
}

static struct json_object *
user_model(struct req *r)
{
    struct json_object *user = json_object_new_object();

    model_int(user, "id", r->ctx.user_id);
    model_text(user, "name", r->session.name);
    model_text(user, "initials", page_initials(r->ctx.arena, r->session.name));
    model_text(user, "role", role_name(r->ctx.role));
    model_text(user, "company", r->session.company_name);
    model_text(user, "settings", settings_start(r));
    model_bool(user, "mayContacts", settings_may(r, PERM_CONTACTS_READ));
    model_bool(user, "isManager", strcmp(settings_start(r), "/account") != 0);
    return user;
}

/* {list: [...]}, para a troca de empresa; null para quem só tem uma. */
static struct json_object *
switcher_model(struct req *r)
{
    struct json_object *list, *m;

    if (r->session.companies == NULL)
        return NULL;
    list = json_tokener_parse(r->session.companies);
    if (list == NULL)
        return NULL;
    m = json_object_new_object();
    json_object_object_add(m, "list", list);
    return m;
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

/* "99+" depois de 99; NULL se nada. */
static const char *
badge(struct arena *a, int64_t n)
{
    return n == 0 ? NULL : n > 99 ? "99+" : arena_printf(a, "%d", (int)n);
}

/*
 * Os números do menu: notificações e mensagens de colegas por ler. Numa página
 * de uma consulta só, ou depois de um erro, o JavaScript os busca.
 */
static void
add_bell(struct req *r, struct json_object *m)
{
    struct q_notice_counts_row row = { .sound = true };
    bool asks = r->session.name != NULL && r->ctx.error == OK &&
                r->ctx.company_id != 0 && !r->ctx.one_query &&
                !page_is_fragment(r) && r->route != NULL && !r->route->no_db &&
                (r->ctx.tx == TX_NONE || r->ctx.tx == TX_OPEN);
    struct json_object *bell = json_object_new_object();

    if (asks)
        q_notice_counts(&r->ctx, &row);
    model_text(bell, "unread", badge(r->ctx.arena, row.unread));
    model_text(bell, "chat", badge(r->ctx.arena, row.chat));
    model_bool(bell, "sound", row.sound);
    model_bool(bell, "browser", row.browser);
    model_bool(bell, "mayChat", settings_may(r, PERM_CHAT));
    model_bool(bell, "maySearch", settings_may(r, PERM_TICKETS_READ));
    json_object_object_add(m, "bell", bell);
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
page_model(struct req *r, const char *title)
{
    struct json_object *m = json_object_new_object();

    arena_defer(r->ctx.arena, drop_json, m);
    model_text(m, "title", title);
    model_int(m, "unread", 0);
    model_text(m, "lang", r->lang);
    model_bool(m, "isEnglish", r->lang[0] == 'e');
    model_text(m, "csrf", r->session.csrf);
    json_object_object_add(m, "user",
                           r->session.name != NULL ? user_model(r) : NULL);
    json_object_object_add(m, "switcher", switcher_model(r));
    model_text(m, "timeZone", r->session.time_zone);
    model_text(m, "path", here(r));
    model_text(m, "rooms", NULL);
    model_bool(m, "inContacts", false);
    model_bool(m, "inScheduled", false);
    model_bool(m, "inBoard", false);
    model_bool(m, "demo", conf()->demo);
    model_text(m, "requestId", r->ctx.request_id);
    json_object_object_add(m, "assets", assets());
    add_theme(r, m);
    add_bell(r, m);
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

bool
page_is_fragment(struct req *r)
{
    const char *kind = req_header(r, "HX-Request-Type");

    return kind != NULL && strcmp(kind, "partial") == 0;
}

void
page_problem(struct req *r, enum err e)
{
    const struct err_info *info = err_info(e);
    const char *title = _(info->title);
    struct json_object *m = page_model(r, title);

    model_int(m, "status", info->status);
    model_text(m, "code", info->slug);
    model_text(m, "detail", r->ctx.detail);
    model_bool(m, "notFound", info->status == 404);
    model_bool(m, "ourFault", info->status >= 500);
    if (page_reply(r, info->status,
                   page_is_fragment(r) ? "layout/problem_part"
                                       : "layout/problem",
                   m) != OK) {
        str_init(&r->out, r->ctx.arena, 0);
        reply_text(r, info->status, "text/plain", title);
    }
}
