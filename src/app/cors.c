/* cors.c - quem, de fora, pode ler as respostas da API. */
#include "app/cors.h"

#include <string.h>

#include "base/conf.h"
#include "base/origin.h"

/* O que uma página de fora pode mandar e ler, além do que sempre pode. */
#define SEND_HEADERS \
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, " \
    "Last-Event-ID, X-CSRF-Token, X-Request-Id"
#define READ_HEADERS \
    "ETag, Idempotency-Replayed, RateLimit-Limit, RateLimit-Policy, " \
    "RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id"
#define MAX_AGE_S "600"

/* Páginas nunca: são para pessoas, e quem as lê leva o token de CSRF. */
static bool
is_api(const struct req *r)
{
    return strncmp(r->path, "/api/", 5) == 0 &&
           (r->route == NULL || !r->route->html);
}

bool
cors_listed(struct req *r)
{
    return is_api(r) &&
           origin_listed(conf()->frontend_url, req_header(r, "Origin"));
}

static bool
is_options(struct req *r)
{
    const char *method = r->io->param(r->io, "REQUEST_METHOD");

    return method != NULL && strcmp(method, "OPTIONS") == 0;
}

bool
cors_options(struct req *r)
{
    if (r->allow == NULL || !is_options(r))
        return false;
    r->allow = arena_printf(r->ctx.arena, "%s, OPTIONS", r->allow);
    reply_empty(r);
    return true;
}

void
cors_headers(struct req *r, struct str *head)
{
    if (conf()->frontend_url[0] == '\0' || !is_api(r))
        return;
    str_puts(head, "Vary: Origin\r\n");
    if (!cors_listed(r))
        return;
    str_printf(head,
               "Access-Control-Allow-Origin: %s\r\n"
               "Access-Control-Allow-Credentials: true\r\n",
               req_header(r, "Origin"));
    if (r->allow != NULL && is_options(r))
        str_printf(head,
                   "Access-Control-Allow-Methods: %s\r\n"
                   "Access-Control-Allow-Headers: " SEND_HEADERS "\r\n"
                   "Access-Control-Max-Age: " MAX_AGE_S "\r\n",
                   r->allow);
    else
        str_puts(head, "Access-Control-Expose-Headers: " READ_HEADERS "\r\n");
}
