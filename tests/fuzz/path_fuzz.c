/*
 * path_fuzz.c - caminhos: %XX, a tabela de rotas e destinos locais. Um
 * caminho local, resolvido como um navegador o faz, fica no mesmo host.
 */
#include <string.h>

#include "http/local_path.h"
#include "http/route.h"
#include "kit.h"

/* clang-format off */
static const struct route routes[] = {
    { .method = GET, .path = "/" },
    { .method = GET, .path = "/api/v1/things" },
    { .method = POST, .path = "/api/v1/things", .alias = "/api/v1/stuff" },
    { .method = GET, .path = "/api/v1/things/{id}" },
    { .method = GET, .path = "/api/v1/things/{id}/parts/{part}" },
    { .method = GET, .path = "/x/{a}/{b}/{c}/{d}/{e}/{f}" },
    ROUTES_END
};
/* clang-format on */

static void
check_decode(struct arena *a, const char *text, size_t n, bool plus)
{
    char *once = url_decode(a, text, n, plus), *again;
    struct str s;

    if (once == NULL)
        return;
    need_text(once);
    need(strlen(once) <= n);
    str_init(&s, a, 100);
    str_url(&s, once, strlen(once));
    again = url_decode(a, s.len > 0 ? s.data : "", s.len, plus);
    need(again != NULL && strcmp(once, again) == 0);
}

static void
check_route(struct arena *a, const char *path)
{
    struct req r = { .path = path, .method = GET };
    struct str allow;
    int i;

    r.ctx.arena = a;
    str_init(&allow, a, 0);
    if (route_match(&r, routes, &allow) != OK)
        return;
    need(r.route != NULL && allow.len == 0);
    for (i = 0; i < PATH_VALUES && r.path_values[i] != NULL; i++) {
        need_text(r.path_values[i]);
        need(r.path_values[i][0] != '\0');
    }
}

/* Como o WHATWG URL lê, decodificando %XX tantas vezes quantas houver. */
static void
check_local(struct arena *a, const char *path)
{
    const char *p;

    if (!local_path(path))
        return;
    need(path[0] == '/' && path[1] != '/' && path[1] != '\\');
    for (p = path; *p != '\0'; p++)
        need((unsigned char)*p > ' ' && (unsigned char)*p < 0x7f && *p != '\\');
    path = arena_memdup(a, path, strcspn(path, "?#"));
    p = url_decode(a, path, strlen(path), false);
    if (p == NULL) /* %XX que não é UTF-8: o nome de um trecho, e só */
        return;
    need(strstr(p, "//") == NULL && strstr(p, "/../") == NULL &&
         strstr(p, "/./") == NULL && strchr(p, '\\') == NULL);
    need(url_decode(a, p, strlen(p), false) == NULL ||
         strcmp(url_decode(a, p, strlen(p), false), p) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    const char *text = arena_memdup(a, data, size);

    check_decode(a, text, size, true);
    check_decode(a, text, size, false);
    if (utf8_valid(text, strlen(text)))
        check_route(a, text);
    check_local(a, text);
    check_local(a, arena_printf(a, "/%s", text));
    arena_free(a);
    return 0;
}
