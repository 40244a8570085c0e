/*
 * header_fuzz.c - cabeçalhos que se leem sozinhos: a 1ª letra diz qual. t:
 * Content-Type; f: X-Forwarded-For; o: lista de origens e Origin; l:
 * Accept-Language; a: Authorization e Cookie, por um pedido inteiro.
 */
#include <arpa/inet.h>
#include <string.h>

#include "app/app.h"
#include "auth/csrf.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/origin.h"
#include "http/multipart.h"
#include "kit.h"

static void
content_type(const char *text)
{
    char boundary[MULTIPART_BOUNDARY_MAX + 1];
    const char *p;

    if (!multipart_boundary(text, boundary))
        return;
    need(strncasecmp(text, "multipart/form-data", 19) == 0);
    need(boundary[0] != '\0' && strlen(boundary) <= MULTIPART_BOUNDARY_MAX);
    for (p = boundary; *p != '\0'; p++)
        need((unsigned char)*p >= ' ' && (unsigned char)*p < 0x7f);
}

static struct req
request(struct arena *a, struct fuzz_io *f, const char *text)
{
    struct req r = { .io = &f->io };

    fuzz_io_init(f, a, (struct slice){ text, strlen(text) });
    r.ctx.arena = a;
    return r;
}

/* Ou é um endereço, ou é o de quem ligou. */
static void
forwarded(struct arena *a, const char *text)
{
    struct fuzz_io f;
    struct req r =
        request(a, &f, arena_printf(a, "GET /\nX-Forwarded-For: %s\n\n", text));
    unsigned char raw[16];
    const char *from = req_remote(&r);

    need(inet_pton(AF_INET, from, raw) == 1 ||
         inet_pton(AF_INET6, from, raw) == 1);
}

/* O que está numa lista válida é uma origem sozinha, sem espaço nem vírgula. */
static void
origins(struct arena *a, const char *text)
{
    struct slice rest = { text, strlen(text) }, bad;
    const char *origin = fuzz_cut_text(a, &rest, '\n');
    const char *list = arena_memdup(a, rest.data, rest.len);

    if (!origin_list_valid(list, &bad)) {
        need(bad.data >= list && bad.data + bad.len <= list + strlen(list));
        return;
    }
    need(!origin_listed(list, "null") && !origin_listed(list, "*") &&
         !origin_listed(list, "") && !origin_listed(list, NULL));
    if (!origin_listed(list, origin))
        return;
    need(strpbrk(origin, " ,*@?#\\\r\n\t") == NULL);
    need(strchr(strstr(origin, "://") + 3, '/') == NULL);
    need(origin_list_valid(origin, &bad));
    need(csrf_same_origin(NULL, origin, origin, NULL));
}

static void
language(const char *text)
{
    const char *lang = i18n_pick(NULL, text);

    need(strcmp(lang, "pt-BR") == 0 || strcmp(lang, "en") == 0);
}

static enum err
never(struct req *r, const void *input)
{
    (void)input;
    need(r == NULL); /* ninguém prova quem é */
    return OK;
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/token", never, .permit = PERM_SELF },
    { GET, "/either", never, .permit = PERM_SELF, .auth = AUTH_EITHER },
    { GET, "/stream", never, .permit = PERM_SELF, .auth = AUTH_STREAM },
    ROUTES_END
};
/* clang-format on */

static void
authorization(struct arena *a, const char *text)
{
    struct slice rest = { text, strlen(text) };
    const char *cookie = fuzz_cut_text(a, &rest, '\n');
    const struct route *route;
    struct fuzz_io f;

    app.routes = routes;
    if (app.db == NULL) { /* que nunca atendem */
        app.db = db_new(conf()->database_url);
        app.redis = redis_new("");
    }
    for (route = routes; route->path != NULL; route++) {
        const char *whole =
            arena_printf(a, "GET %s\nCookie: %s\nAuthorization: %s\n\n",
                         route->path, cookie, rest.data);

        fuzz_io_init(&f, a, (struct slice){ whole, strlen(whole) });
        need(app_serve(&f.io, a) != OK);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    const char *text = size > 0 ? arena_memdup(a, data + 1, size - 1) : "";

    switch (size > 0 ? data[0] : 0) {
    case 't':
        content_type(text);
        break;
    case 'f':
        forwarded(a, text);
        break;
    case 'o':
        origins(a, text);
        break;
    case 'l':
        language(text);
        break;
    case 'a':
        authorization(a, text);
        break;
    }
    arena_free(a);
    return 0;
}
