/* exchange.c - abre a requisição e manda a resposta. */
#include <string.h>
#include <strings.h>

#include "app/app.h"
#include "app/cors.h"
#include "app/limits.h"
#include "auth/token.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"

static enum method
parse_method(struct req *r, const char *text)
{
    int i;

    r->head = strcmp(text, "HEAD") == 0;
    if (r->head)
        return GET;
    for (i = 0; i < METHOD_COUNT; i++)
        if (strcmp(method_name((enum method)i), text) == 0)
            return (enum method)i;
    return METHOD_COUNT;
}

/* O id que o servidor web deu, se tem forma de id; senão um nosso. */
static const char *
request_id(struct req *r)
{
    const char *given = r->io->param(r->io, "REQUEST_ID");
    unsigned char random[12];
    char *id;
    size_t n;

    if (given == NULL)
        given = req_header(r, "X-Request-Id");
    n = given == NULL ? 0
                      : strspn(given, "0123456789abcdefABCDEF"
                                      "ghijklmnopqrstuvwxyz-_"
                                      "GHIJKLMNOPQRSTUVWXYZ");
    if (n >= 8 && n <= 63 && given[n] == '\0')
        return given;
    id = arena_alloc(r->ctx.arena, 25);
    token_random(random, sizeof random);
    hex_encode(random, sizeof random, id);
    return id;
}

/* Cabeçalho é byte qualquer; o que vai ao banco é texto de uma linha só. */
static const char *
user_agent(struct req *r)
{
    const char *text = req_header(r, "User-Agent");
    const char *p;

    if (text == NULL || !utf8_valid(text, strlen(text)))
        return "";
    for (p = text; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            return "";
    return text;
}

static bool
is_https(struct req *r)
{
    const char *https = r->io->param(r->io, "HTTPS");
    const char *proto = req_header(r, "X-Forwarded-Proto");

    if (https != NULL && strcasecmp(https, "on") == 0)
        return true;
    return proto != NULL && strcmp(proto, "https") == 0 &&
           req_remote(r) != r->io->param(r->io, "REMOTE_ADDR");
}

bool
request_open(struct req *r, struct io *io, struct arena *a)
{
    const char *uri, *method;
    size_t n;

    r->io = io;
    r->ctx = (struct ctx){ .arena = a, .db = app.db, .token_version = -1 };
    str_init(&r->headers, a, 200);
    str_init(&r->out, a, 0);
    r->path = "/";
    r->query = "";
    r->ctx.request_id = request_id(r);
    log_request(r->ctx.request_id);
    r->ctx.remote = req_remote(r);
    r->ctx.user_agent = user_agent(r);
    r->https = is_https(r);
    r->lang =
        i18n_pick(req_cookie(r, "lang"), req_header(r, "Accept-Language"));
    i18n_set(r->lang);
    method = io->param(io, "REQUEST_METHOD");
    uri = io->param(io, "REQUEST_URI");
    if (method == NULL || uri == NULL || uri[0] != '/' || strlen(uri) > 8000 ||
        !utf8_valid(uri, strlen(uri)))
        return false;
    r->method = parse_method(r, method);
    n = strcspn(uri, "?#");
    r->path = arena_memdup(a, uri, n);
    if (uri[n] == '?')
        r->query = arena_memdup(a, uri + n + 1, strcspn(uri + n + 1, "#"));
    return true;
}

/*
 * O que o helmet 8 manda por padrão, ou mais estrito. Os servidores web põem
 * o mesmo no que eles próprios respondem (nginx/snippets/headers.conf e
 * apache/headers.conf); tests/fronts/header_suite.mjs confere os dois.
 */
#define PERMISSIONS \
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), " \
    "gyroscope=(), magnetometer=(), midi=(), payment=(), usb=(), microphone="

static const char api_headers[] =
    "Permissions-Policy: " PERMISSIONS "()\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n";

/*
 * same-origin e não no-referrer: com este o navegador manda "Origin: null"
 * nos formulários, e a origem deles não se poderia conferir (auth/csrf.h).
 * Para fora do site os dois mandam o mesmo: nada. O microfone e o blob: são
 * da gravação de voz, que se ouve antes de enviar.
 */
static const char page_headers[] =
    "Content-Security-Policy: default-src 'self'; base-uri 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data:; manifest-src 'self'; media-src 'self' blob:; "
    "object-src 'none'; script-src 'self'; "
    "script-src-attr 'none'; style-src 'self'%s\r\n"
    "Permissions-Policy: " PERMISSIONS "(self)\r\n"
    "Referrer-Policy: same-origin\r\n";

static const char common_headers[] =
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "X-DNS-Prefetch-Control: off\r\n"
    "X-Download-Options: noopen\r\n"
    "X-Permitted-Cross-Domain-Policies: none\r\n"
    "X-XSS-Protection: 0\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Embedder-Policy: require-corp\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Origin-Agent-Cluster: ?1\r\n";

static void
put(struct req *r, struct str *s, bool *cached)
{
    bool page = r->content_type != NULL &&
                strncmp(r->content_type, "text/html", 9) == 0;

    *cached =
        r->headers.len > 0 && strstr(r->headers.data, "Cache-Control:") != NULL;
    str_printf(s, "Status: %d\r\n", r->status);
    if (r->content_type != NULL)
        str_printf(s, "Content-Type: %s%s\r\n", r->content_type,
                   page || strncmp(r->content_type, "text/", 5) == 0
                       ? "; charset=utf-8"
                       : "");
    if (page)
        str_printf(s, page_headers,
                   r->https ? "; upgrade-insecure-requests" : "");
    else
        str_puts(s, api_headers);
    str_puts(s, common_headers);
}

void
response_send(struct req *r)
{
    struct str head;
    bool cached;

    str_init(&head, r->ctx.arena, 2000);
    put(r, &head, &cached);
    str_printf(&head, "X-Request-Id: %s\r\n", r->ctx.request_id);
    if (!cached)
        str_puts(&head, "Cache-Control: no-store\r\n");
    if (r->https)
        str_puts(&head, "Strict-Transport-Security: max-age=31536000; "
                        "includeSubDomains\r\n");
    if (r->allow != NULL)
        str_printf(&head, "Allow: %s\r\n", r->allow);
    limit_headers(r, &head);
    cors_headers(r, &head);
    if (r->headers.len > 0)
        str_add(&head, r->headers.data, r->headers.len);
    if (r->status != 204 && r->status != 304 && !r->is_open)
        str_printf(&head, "Content-Length: %zu\r\n", r->out.len);
    str_puts(&head, "\r\n");
    r->io->write(r->io, head.data, head.len);
    if (!r->head && r->out.len > 0)
        r->io->write(r->io, r->out.data, r->out.len);
}
