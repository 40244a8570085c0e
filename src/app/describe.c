/* describe.c - confere a tabela de rotas e a mostra aos servidores web. */
#include "app/describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"

static const char *const auth_names[] = {
    [AUTH_TOKEN] = "token",   [AUTH_COOKIE] = "cookie",
    [AUTH_EITHER] = "either", [AUTH_STREAM] = "stream",
    [AUTH_PUBLIC] = "public", [AUTH_PUBLIC_FORM] = "public-form",
};

static void
complain(struct str *s, const struct route *route, const char *what,
         const char *which)
{
    str_printf(s, "%s %s: %s%s\n", method_name(route->method), route->path,
               what, which);
}

/* O caminho tem {nome}? */
static bool
path_has(const char *path, const char *name)
{
    size_t n = strlen(name);
    const char *p = path;

    while ((p = strchr(p, '{')) != NULL) {
        p++;
        if (strncmp(p, name, n) == 0 && p[n] == '}')
            return true;
    }
    return false;
}

/*
 * path_matches confia no modelo: chaves que fecham e, no máximo, PATH_VALUES
 * trechos variáveis.
 */
static bool
path_is_sound(const char *path)
{
    int n = 0;

    if (path[0] != '/')
        return false;
    for (; (path = strchr(path, '{')) != NULL; path++, n++)
        if (strcspn(path, "}/") != strcspn(path, "}") ||
            strchr(path, '}') == NULL || path[1] == '}')
            return false;
    return n <= PATH_VALUES;
}

static void
audit_fields(const struct route *route, struct str *s)
{
    const struct field *f;
    char name[64];

    for (f = route->in; f != NULL && f->kind != FIELD_END; f++) {
        if (f->from == PATH && !path_has(route->path, field_json_name(f, name)))
            complain(s, route, "o caminho não tem {", f->name);
        if ((f->kind == FIELD_ENUM || f->kind == FIELD_WORDS) &&
            f->one_of == NULL)
            complain(s, route, "falta .one_of em ", f->name);
        if (f->kind == FIELD_FILE &&
            (f->from != BODY || route->accepts != ACCEPT_MULTIPART))
            complain(s, route, "arquivo só em ACCEPT_MULTIPART: ", f->name);
    }
    for (f = route->out; f != NULL && f->kind != FIELD_END; f++)
        if (f->kind == FIELD_ENUM && f->one_of == NULL)
            complain(s, route, "falta .one_of em ", f->name);
}

static void
audit_route(const struct route *routes, const struct route *route,
            struct str *s)
{
    const struct route *other;
    bool is_public =
        route->auth == AUTH_PUBLIC || route->auth == AUTH_PUBLIC_FORM;

    if (route->doc == NULL || route->doc[0] == '\0')
        complain(s, route, "falta .doc", "");
    if (!is_public && route->permit == PERM_NONE)
        complain(s, route, "não é pública e falta .permit", "");
    if (route->handler == NULL)
        complain(s, route, "falta o tratador", "");
    if (!path_is_sound(route->path) ||
        (route->alias != NULL && !path_is_sound(route->alias)))
        complain(s, route, "caminho malformado", "");
    audit_fields(route, s);
    for (other = routes; other != route; other++)
        if (other->method == route->method &&
            strcmp(other->path, route->path) == 0)
            complain(s, route, "rota repetida", "");
}

bool
routes_audit(const struct route *routes, struct str *problems)
{
    const struct route *route;
    size_t before = problems->len;

    for (route = routes; route->path != NULL; route++)
        audit_route(routes, route, problems);
    return problems->len == before;
}

const struct route *
routes_join(const struct route *const *tables)
{
    const struct route *r;
    struct route *all;
    size_t count = 1, at = 0, i;

    for (i = 0; tables[i] != NULL; i++)
        for (r = tables[i]; r->path != NULL; r++)
            count++;
    all = calloc(count, sizeof *all);
    if (all == NULL)
        abort();
    for (i = 0; tables[i] != NULL; i++)
        for (r = tables[i]; r->path != NULL; r++)
            all[at++] = *r;
    app.routes = all; /* do processo, que a guarda até o fim */
    return all;
}

bool
routes_check(const struct route *routes)
{
    struct arena *a = arena_new(4096);
    struct str problems;
    bool good;

    str_init(&problems, a, 0);
    good = routes_audit(routes, &problems);
    if (!good)
        fwrite(problems.data, 1, problems.len, stderr);
    arena_free(a);
    return good;
}

void
roles_write(struct str *s, enum permission permit)
{
    unsigned roles = permission_info(permit)->roles;
    unsigned bit;
    bool first = true;

    str_putc(s, '[');
    for (bit = 1; bit <= ROLE_ANY; bit <<= 1) {
        if ((roles & bit & ROLE_ANY) == 0)
            continue;
        str_puts(s, first ? "" : ",");
        str_json(s, role_name((enum role)bit));
        first = false;
    }
    str_putc(s, ']');
}

/* Bytes da parte fixa: até o '{', sem a barra do fim (salvo em "/"). */
static size_t
static_part(const char *path)
{
    size_t n = strcspn(path, "{");

    while (n > 1 && path[n - 1] == '/')
        n--;
    return n;
}

/* `p` já leva a todo caminho que começa por `q`? */
static bool
covers(struct slice p, struct slice q)
{
    if (p.len > q.len || memcmp(p.data, q.data, p.len) != 0)
        return false;
    return p.len == q.len || q.data[p.len] == '/' || p.len == 1;
}

/* O n-ésimo prefixo da tabela: caminho e apelido de cada rota, em ordem. */
static struct slice
prefix_at(const struct route *routes, size_t n)
{
    const struct route *route = &routes[n / 2];
    const char *path = n % 2 == 0 ? route->path : route->alias;

    return (struct slice){ path, path == NULL ? 0 : static_part(path) };
}

static void
write_prefixes(struct str *s, const struct route *routes)
{
    size_t count = 0, i, j;
    bool first = true;

    while (routes[count].path != NULL)
        count++;
    count *= 2;
    for (i = 0; i < count; i++) {
        struct slice mine = prefix_at(routes, i);
        bool covered = mine.len == 0;

        for (j = 0; j < count && !covered; j++) {
            struct slice other = prefix_at(routes, j);

            if (j != i && other.len > 0 && covers(other, mine))
                covered = other.len < mine.len || j < i;
        }
        if (covered)
            continue;
        str_puts(s, first ? "" : ",");
        str_json_n(s, mine.data, mine.len);
        first = false;
    }
}

void
routes_write(struct str *s, const char *name, const struct route *routes)
{
    const struct route *route;

    str_puts(s, "{\"handler\":");
    str_json(s, name);
    str_puts(s, ",\"prefixes\":[");
    write_prefixes(s, routes);
    str_puts(s, "],\"routes\":[");
    for (route = routes; route->path != NULL; route++) {
        str_puts(s, route == routes ? "\n" : ",\n");
        str_printf(s,
                   "{\"method\":\"%s\",\"path\":", method_name(route->method));
        str_json(s, route->path);
        str_puts(s, ",\"alias\":");
        if (route->alias != NULL)
            str_json(s, route->alias);
        else
            str_puts(s, "null");
        str_printf(s, ",\"auth\":\"%s\",\"permission\":\"%s\",\"roles\":",
                   auth_names[route->auth],
                   permission_info(route->permit)->slug);
        roles_write(s, route->permit);
        str_puts(s, ",\"doc\":");
        str_json(s, route->doc);
        str_putc(s, '}');
    }
    str_puts(s, "\n]}\n");
}

static void
print(void (*write)(struct str *, const char *, const struct route *),
      const char *name, const struct route *routes)
{
    struct arena *a = arena_new(65536);
    struct str s;

    str_init(&s, a, 8192);
    write(&s, name, routes);
    fwrite(s.data, 1, s.len, stdout);
    arena_free(a);
}

void
routes_print(const char *name, const struct route *routes)
{
    print(routes_write, name, routes);
}

void
openapi_print(const char *name, const struct route *routes)
{
    print(openapi_write, name, routes);
}
