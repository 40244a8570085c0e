/* route.c - do caminho à rota. */
#include "http/route.h"

#include <string.h>

static const char *const names[METHOD_COUNT] = { "GET", "POST", "PUT", "PATCH",
                                                 "DELETE" };

const char *
method_name(enum method m)
{
    return names[m];
}

/*
 * Confere o caminho contra o modelo, trecho a trecho; {x} casa com um trecho
 * não vazio. Os valores saem na ordem do modelo.
 */
static bool
path_matches(struct arena *a, const char *model, const char *path,
             const char **values)
{
    int n = 0;

    while (*model != '\0' && *path != '\0') {
        if (*model != '{') {
            if (*model++ != *path++)
                return false;
            continue;
        }
        size_t len = strcspn(path, "/");

        if (len == 0 || n == PATH_VALUES)
            return false;
        values[n] = url_decode(a, path, len, false);
        if (values[n++] == NULL)
            return false;
        path += len;
        model = strchr(model, '}') + 1;
    }
    return *model == '\0' && *path == '\0';
}

/* /api/x vale /api/v1/x (DESIGN §7). */
static const char *
canonical(struct arena *a, const char *path)
{
    if (strncmp(path, "/api/", 5) == 0 && strncmp(path, "/api/v1/", 8) != 0)
        return arena_printf(a, "/api/v1/%s", path + 5);
    return path;
}

static bool
add_allow(struct str *allow, const struct route *route)
{
    const char *name = names[route->method];

    if (allow->len > 0 && strstr(allow->data, name) != NULL)
        return true;
    str_puts(allow, allow->len > 0 ? ", " : "");
    str_puts(allow, name);
    if (route->method == GET)
        str_puts(allow, ", HEAD");
    return true;
}

enum err
route_match(struct req *r, const struct route *routes, struct str *allow)
{
    const char *path = canonical(r->ctx.arena, r->path);
    const char *values[PATH_VALUES] = { NULL };
    const struct route *route;
    bool any = false;

    for (route = routes; route->path != NULL; route++) {
        if (!path_matches(r->ctx.arena, route->path, path, values) &&
            (route->alias == NULL ||
             !path_matches(r->ctx.arena, route->alias, path, values)))
            continue;
        if (r->method == route->method) {
            r->route = route;
            memcpy(r->path_values, values, sizeof values);
            return OK;
        }
        any = add_allow(allow, route);
    }
    return any ? ERR_BAD_METHOD : ERR_NOT_FOUND;
}
