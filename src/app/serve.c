/* serve.c - uma requisição de cada vez, do começo ao fim (DESIGN §3). */
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "app/app.h"
#include "app/body.h"
#include "app/cors.h"
#include "app/form_page.h"
#include "app/limits.h"
#include "app/page_model.h"
#include "app/read_cache.h"
#include "auth/csrf.h"
#include "auth/token_keys.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/metrics.h"
#include "cache/rate_limit.h"
#include "view/page.h"

#define TRIES 3

struct app app;

void
app_start(const char *name, const struct route *routes)
{
    if (!conf_load(NULL, stderr))
        exit(1);
    app.name = name;
    app.routes = routes;
    log_init(name, log_level_parse(conf()->log_level));
    i18n_init(conf()->locale_dir);
    token_keys_load();
    page_init(conf()->template_dir);
    metrics_open(conf()->metrics_file);
    app.db = db_new(conf()->database_url);
    app.redis = redis_new(conf()->redis_url);
    if (io_is_cgi())
        rate_limit_one_by_one();
}

void
app_idle(void)
{
    bool was_open = db_socket(app.db) >= 0;

    db_release_idle(app.db, conf()->idle_close_s);
    redis_release_idle(app.redis, conf()->idle_close_s);
    if (db_socket(app.db) >= 0)
        return;
    read_cache_clear();
    if (was_open)
        malloc_trim(0); /* a memória de quem parou volta para o sistema */
}

/*
 * Formulário só vale se saiu de uma página nossa. Uma origem de frontend_url
 * também pode gravar com o cookie da pessoa, mas não basta estar na lista: o
 * navegador manda o cookie sozinho, e uma falha numa página dela gravaria
 * aqui por quem a abrisse. Sem o token de CSRF, só com Bearer, que página
 * nenhuma manda sem querer.
 */
static enum err
check_form(struct req *r)
{
    const char *self, *given;
    unsigned char hash[32];

    if (r->method == GET ||
        (r->route->auth != AUTH_PUBLIC_FORM && !r->session.by_cookie))
        return OK;
    self = arena_printf(r->ctx.arena, "%s://%s", r->https ? "https" : "http",
                        req_header(r, "Host") != NULL ? req_header(r, "Host")
                                                      : "");
    if (!csrf_same_origin(req_header(r, "Sec-Fetch-Site"),
                          req_header(r, "Origin"), conf()->base_url, self) &&
        !(r->session.by_cookie && cors_listed(r)))
        return fail(&r->ctx, ERR_CSRF, NULL);
    if (!r->session.by_cookie)
        return OK;
    given = req_form(r, "_csrf");
    if (given == NULL)
        given = req_header(r, "X-CSRF-Token");
    if (!session_cookie_hash(r, hash) || !csrf_check(hash, given))
        return fail(&r->ctx, ERR_CSRF, NULL);
    return OK;
}

/*
 * A ordem das recusas é fixa: 404, 405, 401, 403, 429, 413/415, 400, 422. Só
 * o muro do endereço vem antes: ele protege também quem ainda não se sabe
 * quem é.
 */
static enum err
guard(struct req *r, void **input)
{
    struct str allow;
    enum err e;

    str_init(&allow, r->ctx.arena, 0);
    e = limit_address(r);
    if (e != OK)
        return e;
    e = route_match(r, app.routes, &allow);
    if (e == ERR_BAD_METHOD)
        r->allow = allow.data;
    if (e != OK)
        return fail(&r->ctx, e, NULL);
    e = identify(r);
    if (e == OK)
        e = limit_route(r);
    if (e == OK)
        e = body_read(r);
    if (e == OK)
        e = check_form(r);
    if (e == OK)
        e = input_read(r, input);
    return e;
}

static void
forget_reply(struct req *r)
{
    ctx_clear_error(&r->ctx);
    str_init(&r->out, r->ctx.arena, 0);
    str_init(&r->headers, r->ctx.arena, 0);
    r->status = 0;
    r->is_open = false;
    r->part = NULL;
}

static enum err
run_once(struct req *r, const void *input)
{
    bool replayed = false;
    enum err e = OK;

    r->cache_key = NULL;
    if (r->method == GET && r->route->cached)
        e = read_cache_find(r, &replayed);
    else if (r->method == POST && !r->route->secret &&
             req_header(r, "Idempotency-Key") != NULL && r->ctx.user_id != 0)
        e = idempotency_claim(r, &replayed);
    if (e == OK && !replayed)
        e = r->route->handler(r, input);
    if (e == OK && !replayed && r->idempotency_key != NULL)
        e = idempotency_store(r);
    if (e == OK)
        e = db_commit(&r->ctx);
    if (e == OK && !replayed && r->cache_key != NULL)
        read_cache_keep(r);
    if (e != OK)
        db_rollback(&r->ctx);
    return e;
}

static enum err
run_handler(struct req *r, const void *input)
{
    enum err e = OK;
    int i;

    r->ctx.read_only = r->method == GET && !r->route->writes;
    r->ctx.one_query =
        r->route->one_query &&
        (r->method == GET || req_header(r, "Idempotency-Key") == NULL);
    for (i = 0; i < TRIES; i++) {
        forget_reply(r);
        e = run_once(r, input);
        if (e == OK || !(db_should_retry(&r->ctx) ||
                         (e == ERR_UNAVAILABLE && r->method == GET && i == 0)))
            break;
    }
    if (e == ERR_CONFLICT && db_should_retry(&r->ctx))
        e = fail(&r->ctx, ERR_UNAVAILABLE, NULL);
    return e;
}

/* Endereço que ninguém tem: página para o navegador, JSON para programas. */
static bool
answers_with_page(struct req *r, enum err e)
{
    const char *accept;

    if (r->route != NULL)
        return r->route->html;
    if (e != ERR_NOT_FOUND && e != ERR_BAD_METHOD)
        return false;
    accept = req_header(r, "Accept");
    return accept != NULL && strstr(accept, "text/html") != NULL &&
           strncmp(r->path, "/api", 4) != 0;
}

static void
answer_problem(struct req *r, enum err e)
{
    const char *path;

    if (r->ctx.retry_after_s > 0)
        reply_header(r, "Retry-After",
                     arena_printf(r->ctx.arena, "%u", r->ctx.retry_after_s));
    if (!answers_with_page(r, e)) {
        if (e == ERR_UNAUTHORIZED)
            reply_header(r, "WWW-Authenticate", "Bearer");
        reply_problem(r, e);
        return;
    }
    if (e == ERR_UNAUTHORIZED && r->route->auth == AUTH_COOKIE) {
        struct str next;

        str_init(&next, r->ctx.arena, 80);
        path = r->method == GET ? r->path : "/inbox";
        str_puts(&next, "/login?next=");
        str_url(&next, path, strlen(path));
        reply_redirect(r, next.data);
        return;
    }
    if (e == ERR_TWO_FACTOR_SETUP) {
        reply_redirect(r, "/account/two-factor");
        return;
    }
    if (!form_redraw(r, e))
        page_problem(r, e);
}

static void
record(struct req *r, int64_t start_us)
{
    const char *route = r->route != NULL ? r->route->path : "-";
    int64_t took_us = clock_mono_us() - start_us;

    metrics_request(method_name(r->method == METHOD_COUNT ? GET : r->method),
                    route, r->status, took_us);
    log_access(&(struct log_access){
        .method = r->method == METHOD_COUNT ? "?" : method_name(r->method),
        .route = route,
        .path = r->path,
        .remote = req_remote(r),
        .status = r->status,
        .duration_us = took_us,
        .company_id = r->ctx.company_id,
        .user_id = r->ctx.user_id,
        .bytes = (long long)(r->out.len + r->part_bytes) });
}

enum err
app_serve(struct io *io, struct arena *a)
{
    int64_t start_us = clock_mono_us();
    struct req r = { 0 };
    void *input = NULL;
    enum err e;

    if (request_open(&r, io, a))
        e = guard(&r, &input);
    else
        e = fail(&r.ctx, ERR_BAD_REQUEST, NULL);
    if (e == OK)
        e = run_handler(&r, input);
    if (e == ERR_BAD_METHOD && cors_options(&r))
        e = OK;
    if (e != OK)
        answer_problem(&r, e);
    if (r.session.renewed)
        reply_cookie(&r, session_cookie_name(&r),
                     req_cookie(&r, session_cookie_name(&r)), "/",
                     conf()->session_s);
    response_send(&r);
    if (e == OK && r.part != NULL && !r.head)
        parts_send(&r);
    if (e == OK && r.ctx.nudges != 0)
        redis_nudge(app.redis, r.ctx.nudges);
    record(&r, start_us);
    return e;
}

static void
serve_requests(void)
{
    struct arena *a = arena_new(32768);
    struct io *io;

    while ((io = io_accept(5, app_idle)) != NULL) {
        app_serve(io, a);
        arena_reset(a);
    }
    arena_free(a);
}

int
app_main(int argc, char **argv, const char *name, const struct route *routes)
{
    return app_main_loop(argc, argv, name, routes, serve_requests);
}

int
app_main_loop(int argc, char **argv, const char *name,
              const struct route *routes, void (*loop)(void))
{
    if (!routes_check(routes))
        return 1;
    if (argc > 1 && strcmp(argv[1], "--routes") == 0) {
        routes_print(name, routes);
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--openapi") == 0) {
        openapi_print(name, routes);
        return 0;
    }
    app_start(name, routes);
    loop();
    db_close(app.db);
    redis_close(app.redis);
    return 0;
}
