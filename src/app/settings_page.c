/* settings_page.c - monta o menu e os avisos das páginas de ajustes. */
#include "app/settings_page.h"

#include <json-c/json.h>
#include <string.h>

#include "app/form_page.h"
#include "app/page_model.h"
#include "base/i18n.h"
#include "base/when.h"

enum group { ACCOUNT, COMPANY, PLATFORM, GROUP_COUNT };

static const char *const group_titles[] = {
    [ACCOUNT] = N_("Sua conta"),
    [COMPANY] = N_("Empresa"),
    [PLATFORM] = N_("Plataforma"),
};

static const struct page {
    enum group group;
    const char *path, *title, *icon;
    enum permission permit;
} pages[] = {
#define PAGE(group, path, title, icon, permit) \
    { group, path, title, icon, permit },
#include "app/settings_pages.def"
#undef PAGE
};

#define PAGE_COUNT (sizeof pages / sizeof *pages)

bool
settings_may(const struct req *r, enum permission p)
{
    return (r->ctx.permissions & PERM_BIT(p)) != 0;
}

const char *
settings_start(const struct req *r)
{
    size_t i;

    for (i = 0; i < PAGE_COUNT; i++)
        if (pages[i].group != ACCOUNT && settings_may(r, pages[i].permit))
            return pages[i].path;
    return "/account";
}

static struct json_object *
item_model(const struct page *p, bool current)
{
    struct json_object *item = json_object_new_object();

    model_text(item, "path", p->path);
    model_text(item, "title", _(p->title));
    model_text(item, "icon", p->icon);
    model_bool(item, "current", current);
    return item;
}

/* Os itens do grupo que a pessoa pode ver; NULL se nenhum. */
static struct json_object *
group_model(struct req *r, enum group g, const char *path,
            const struct page **here)
{
    struct json_object *items = json_object_new_array(), *m;
    size_t i;

    for (i = 0; i < PAGE_COUNT; i++) {
        const struct page *p = &pages[i];
        bool current = strcmp(p->path, path) == 0;

        if (current)
            *here = p;
        if (p->group == g && settings_may(r, p->permit))
            json_object_array_add(items, item_model(p, current));
    }
    if (json_object_array_length(items) == 0) {
        json_object_put(items);
        return NULL;
    }
    m = json_object_new_object();
    model_text(m, "title", _(group_titles[g]));
    json_object_object_add(m, "items", items);
    return m;
}

struct json_object *
settings_model(struct req *r, const char *path, const char *title,
               const char *lead)
{
    struct json_object *m = page_model(r, title);
    struct json_object *s = json_object_new_object();
    struct json_object *groups = json_object_new_array(), *group;
    const struct page *here = &pages[0];
    int g;

    when_zone(r->session.time_zone);
    for (g = 0; g < GROUP_COUNT; g++) {
        group = group_model(r, (enum group)g, path, &here);
        if (group != NULL)
            json_object_array_add(groups, group);
    }
    json_object_object_add(s, "groups", groups);
    model_text(s, "title", title);
    model_text(s, "lead", lead);
    model_text(s, "area", _(group_titles[here->group]));
    model_text(s, "here", _(here->title));
    model_text(s, "hereIcon", here->icon);
    json_object_object_add(s, "parent", NULL);
    json_object_object_add(s, "action", NULL);
    json_object_object_add(m, "settings", s);
    json_object_object_add(m, "pager", NULL);
    model_bool(m, "inInbox", false);
    model_bool(m, "inSettings", true);
    return m;
}

/* {path, title, icon} numa das vagas de `settings`. */
static void
settings_link(struct json_object *m, const char *slot, const char *path,
              const char *icon, const char *title)
{
    struct json_object *s = json_object_object_get(m, "settings");
    struct json_object *link = json_object_new_object();

    model_text(link, "path", path);
    model_text(link, "title", title);
    model_text(link, "icon", icon);
    json_object_object_add(s, slot, link);
}

void
settings_parent(struct json_object *m, const char *path, const char *title)
{
    settings_link(m, "parent", path, NULL, title);
}

void
settings_confirm(struct req *r, struct json_object *m, const char *base,
                 int64_t id, const char *name)
{
    const char *back = page_path(r, base, id, "");

    settings_parent(m, back, name);
    form_model(r, m, NULL);
    model_text(m, "name", name);
    model_text(m, "back", back);
    model_text(m, "target", page_path(r, base, id, "/delete"));
}

void
settings_action(struct json_object *m, const char *path, const char *icon,
                const char *label)
{
    settings_link(m, "action", path, icon, label);
}

void
settings_pager(struct req *r, struct json_object *m, const char *path,
               const char *here, const char *next)
{
    struct json_object *pager;
    struct str s;

    if (here == NULL && next == NULL)
        return;
    pager = json_object_new_object();
    model_text(pager, "first", here != NULL ? path : NULL);
    if (next != NULL) {
        str_init(&s, r->ctx.arena, 200);
        str_puts(&s, path);
        str_puts(&s, strchr(path, '?') != NULL ? "&cursor=" : "?cursor=");
        str_url(&s, next, strlen(next));
    }
    model_text(pager, "next", next != NULL ? s.data : NULL);
    json_object_object_add(m, "pager", pager);
}

void
settings_option_add(struct req *r, struct json_object *list,
                    const struct settings_option *option)
{
    struct json_object *m = json_object_new_object();

    model_text(m, "value", option->value);
    model_text(m, "label", option->label);
    model_bool(m, "marked",
               form_marked(r, option->name, option->value, option->saved));
    json_object_array_add(list, m);
}

struct json_object *
settings_choices(struct req *r, const char *name, const char *saved,
                 const struct settings_choice *all)
{
    struct json_object *list = json_object_new_array();

    for (; all->value != NULL; all++)
        settings_option(r, list, name, all->value, _(all->label),
                        strcmp(all->value, saved) == 0);
    return list;
}
