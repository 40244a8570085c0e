/* route_map.c - do JSON das tabelas aos mapas. */
#include "cli/route_map.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/cli.h"

#define PREFIXES_MAX 512

struct prefix {
    const char *path, *handler;
};

static const char *
text(struct json_object *o, const char *key)
{
    struct json_object *v;

    return json_object_object_get_ex(o, key, &v) && v != NULL
               ? json_object_get_string(v)
               : "";
}

/* O caminho mais longo primeiro: é o mais específico. */
static int
by_length(const void *a, const void *b)
{
    const struct prefix *x = a, *y = b;
    size_t m = strlen(x->path), n = strlen(y->path);

    return m != n ? (m < n ? 1 : -1) : strcmp(x->path, y->path);
}

static int
add(struct prefix *all, int count, const char *path, const char *handler)
{
    int i;

    for (i = 0; i < count; i++)
        if (strcmp(all[i].path, path) == 0)
            return strcmp(all[i].handler, handler) == 0 ? count : -1;
    if (count == PREFIXES_MAX)
        return -1;
    all[count] = (struct prefix){ path, handler };
    return count + 1;
}

static int
collect(struct arena *a, struct json_object *list, struct prefix *all)
{
    size_t i, k;
    int count = 0;

    for (i = 0; i < json_object_array_length(list); i++) {
        struct json_object *one = json_object_array_get_idx(list, i);
        struct json_object *paths = NULL;

        json_object_object_get_ex(one, "prefixes", &paths);
        for (k = 0; k < json_object_array_length(paths) && count >= 0; k++) {
            const char *path =
                json_object_get_string(json_object_array_get_idx(paths, k));

            count = add(all, count, path, text(one, "handler"));
            if (count >= 0 && strncmp(path, "/api/v1/", 8) == 0)
                count = add(all, count, arena_printf(a, "/api%s", path + 7),
                            text(one, "handler"));
        }
    }
    return count;
}

/* Quem mantém a resposta aberta não pode passar por buffer. */
static bool
is_live(const char *handler)
{
    return strcmp(handler, "stream") == 0 || strcmp(handler, "poll") == 0;
}

static void
print_nginx(const struct prefix *p, const char *run)
{
    printf("location %s%s { fastcgi_pass unix:%s/%s.sock;%s }\n",
           strcmp(p->path, "/") == 0 ? "" : "^~ ", p->path, run, p->handler,
           is_live(p->handler) ? " fastcgi_buffering off;"
                                 " fastcgi_read_timeout 1h; gzip off;"
                               : "");
}

static void
print_apache(const struct prefix *p, const char *run)
{
    printf("ProxyPass \"%s\" \"unix:%s/%s.sock|fcgi://%s%s\" "
           "enablereuse=off%s\n",
           p->path, run, p->handler, p->handler, p->path,
           is_live(p->handler) ? " flushpackets=on timeout=3600" : "");
}

/* Alias e não ScriptAlias: o site escolhe o manipulador (fcgid ou CGI). */
static void
print_fcgid(const struct prefix *p, const char *run)
{
    printf("Alias \"%s\" \"%s/%s.fcgi%s\"\n", p->path, run, p->handler,
           strcmp(p->path, "/") == 0 ? "/" : "");
}

static void
print_htaccess(const struct prefix *p, const char *run)
{
    const char *c;

    (void)run;
    printf("RewriteRule ^");
    for (c = p->path + 1; *c != '\0'; c++)
        printf(strchr(".~-", *c) != NULL ? "\\%c" : "%c", *c);
    printf("%s cgi-bin/%s.fcgi [END]\n", p->path[1] != '\0' ? "(?:/|$)" : "",
           p->handler);
}

int
route_map_print(struct arena *a, struct json_object *list, enum map_form form,
                const char *run)
{
    static void (*const printers[])(const struct prefix *, const char *) = {
        [MAP_NGINX] = print_nginx,
        [MAP_APACHE] = print_apache,
        [MAP_FCGID] = print_fcgid,
        [MAP_HTACCESS] = print_htaccess,
    };
    struct prefix *all = arena_alloc(a, sizeof *all * PREFIXES_MAX);
    int i, count = collect(a, list, all);

    if (count < 0)
        return cli_fail("%s", _("dois programas dizem atender o mesmo "
                                "caminho"));
    qsort(all, (size_t)count, sizeof *all, by_length);
    puts("# Gerado por `balcao routes` das tabelas de rotas; não edite.");
    for (i = 0; i < count; i++)
        printers[form](&all[i], run);
    return CLI_OK;
}

static void
print_route(const char *handler, struct json_object *route)
{
    struct json_object *roles = NULL;
    size_t i;

    printf("%-6s %-44s %-9s %-11s ", text(route, "method"), text(route, "path"),
           handler, text(route, "auth"));
    json_object_object_get_ex(route, "roles", &roles);
    for (i = 0; roles != NULL && i < json_object_array_length(roles); i++)
        printf("%s%s", i > 0 ? "," : "",
               json_object_get_string(json_object_array_get_idx(roles, i)));
    printf("%s%s\n", i > 0 ? "  " : "", text(route, "doc"));
}

void
route_table_print(struct json_object *list)
{
    size_t i, k;

    for (i = 0; i < json_object_array_length(list); i++) {
        struct json_object *one = json_object_array_get_idx(list, i);
        struct json_object *routes = NULL;

        json_object_object_get_ex(one, "routes", &routes);
        for (k = 0; routes != NULL && k < json_object_array_length(routes); k++)
            print_route(text(one, "handler"),
                        json_object_array_get_idx(routes, k));
    }
}
