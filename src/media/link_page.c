/* link_page.c - os pedidos, um a um, com o endereço conferido ao conectar. */
#include "media/link_page.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"

#define HOPS 5
#define TOTAL_MS 10000
#define PAGE_BYTES (512 << 10)

struct fetch {
    struct arena *arena;
    CURL *easy;
    const char *allow;
    int64_t end_us;
    struct str body;
    bool cut;     /* a página continuava: o começo basta */
    bool refused; /* um endereço que não se alcança */
    const char *why;
};

static uint16_t
port_of(const struct sockaddr *to)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (to->sa_family == AF_INET) {
        memcpy(&v4, to, sizeof v4);
        return ntohs(v4.sin_port);
    }
    memcpy(&v6, to, sizeof v6);
    return ntohs(v6.sin6_port);
}

/* É exatamente o "ip:porta" que a configuração deixa? Só IPv4. */
static bool
is_allowed(const struct fetch *f, const struct sockaddr *to)
{
    char ip[INET_ADDRSTRLEN];
    struct sockaddr_in v4;

    if (f->allow == NULL || f->allow[0] == '\0' || to->sa_family != AF_INET)
        return false;
    memcpy(&v4, to, sizeof v4);
    if (inet_ntop(AF_INET, &v4.sin_addr, ip, sizeof ip) == NULL)
        return false;
    return strcmp(arena_printf(f->arena, "%s:%u", ip, port_of(to)), f->allow) ==
           0;
}

/* Aqui o nome já virou endereço, e é neste que se conecta. */
static curl_socket_t
open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct fetch *f = data;
    uint16_t port;

    if (purpose != CURLSOCKTYPE_IPCXN ||
        (to->family != AF_INET && to->family != AF_INET6))
        return CURL_SOCKET_BAD;
    port = port_of(&to->addr);
    if (!is_allowed(f, &to->addr) &&
        (!address_is_public(&to->addr) || (port != 80 && port != 443))) {
        f->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static const char *
content_type(const struct fetch *f)
{
    char *type = NULL;

    curl_easy_getinfo(f->easy, CURLINFO_CONTENT_TYPE, &type);
    return type != NULL ? type : "";
}

static bool
is_html(const char *type)
{
    size_t n = strcspn(type, "; \t");

    return (n == 9 && strncasecmp(type, "text/html", n) == 0) ||
           (n == 21 && strncasecmp(type, "application/xhtml+xml", n) == 0);
}

static size_t
take(char *data, size_t size, size_t count, void *to)
{
    struct fetch *f = to;
    size_t n = size * count, room = PAGE_BYTES - f->body.len;
    long status = 0;

    curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 || !is_html(content_type(f)))
        return 0; /* o corpo não interessa */
    str_add(&f->body, data, n < room ? n : room);
    f->cut = n >= room;
    return f->cut ? 0 : n;
}

static bool
refuse(struct fetch *f, const char *why)
{
    f->why = why;
    return false;
}

static char *
part(CURLU *u, CURLUPart what)
{
    char *text = NULL;

    return curl_url_get(u, what, &text, 0) == CURLUE_OK ? text : NULL;
}

/* O endereço pela própria libcurl: quem confere e quem conecta leem igual. */
static bool
check_url(struct fetch *f, CURLU *u, const char *url)
{
    char *user, *password, *scheme;
    bool good;

    if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
        return refuse(f, "endereço");
    user = part(u, CURLUPART_USER);
    password = part(u, CURLUPART_PASSWORD);
    scheme = part(u, CURLUPART_SCHEME);
    good =
        user == NULL && password == NULL && scheme != NULL &&
        (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    curl_free(user);
    curl_free(password);
    curl_free(scheme);
    return good || refuse(f, "endereço");
}

static void
set_up(struct fetch *f, CURLU *u)
{
    CURL *e = f->easy;
    long left_ms = (long)((f->end_us - clock_mono_us()) / 1000);

    curl_easy_setopt(e, CURLOPT_CURLU, u);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, left_ms > 1 ? left_ms : 1L);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_USERAGENT, "balcao (link preview)");
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, f);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, f);
}

/* O charset do Content-Type, sem aspas; NULL se ele não o diz. */
static const char *
charset_of(struct fetch *f)
{
    const char *at = strcasestr(content_type(f), "charset=");
    size_t n;

    if (at == NULL)
        return NULL;
    at += 8;
    at += *at == '"';
    n = strcspn(at, "\"; \t");
    return n > 0 && n < 40 ? arena_memdup(f->arena, at, n) : NULL;
}

static void
finish(struct fetch *f, CURLU *u, struct link_page *out)
{
    char *host = part(u, CURLUPART_HOST);

    link_page_parse(f->arena, (struct slice){ f->body.data, f->body.len },
                    charset_of(f), out);
    out->site = arena_strdup(f->arena, host != NULL ? host : "");
    if (strncasecmp(out->site, "www.", 4) == 0)
        out->site += 4;
    curl_free(host);
}

/* Um pedido. *next: para onde mandou ir; NULL: chegou-se, ou não há aonde ir.
 */
static bool
hop(struct fetch *f, CURLU *u, const char **next)
{
    char *to = NULL;
    long status = 0;
    CURLcode code;

    f->easy = curl_easy_init();
    if (f->easy == NULL)
        return refuse(f, "libcurl");
    set_up(f, u);
    code = curl_easy_perform(f->easy);
    curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &to);
    *next = to != NULL && status >= 300 && status < 400
                ? arena_strdup(f->arena, to)
                : NULL;
    if (*next != NULL)
        return true;
    if (status == 0 && f->refused)
        return refuse(f, "endereço que não é público");
    if (status != 0 && status != 200)
        return refuse(f, "a página não respondeu 200");
    if (status == 200 && !is_html(content_type(f)))
        return refuse(f, "não é HTML");
    return code == CURLE_OK || f->cut || refuse(f, curl_easy_strerror(code));
}

bool
link_page_read(struct arena *a, const char *url, const char *allow,
               struct link_page *out, const char **why)
{
    struct fetch f = { .arena = a,
                       .allow = allow,
                       .end_us = clock_mono_us() + TOTAL_MS * 1000,
                       .why = "redirecionamentos demais" };
    bool done = false;
    CURLU *u;
    int i;

    curl_global_init(CURL_GLOBAL_DEFAULT);
    u = curl_url();
    str_init(&f.body, a, 0);
    for (i = 0; u != NULL && i < HOPS && url != NULL && !done; i++) {
        const char *next = NULL;

        if (!check_url(&f, u, url))
            break;
        done = hop(&f, u, &next) && next == NULL;
        if (done)
            finish(&f, u, out);
        curl_easy_cleanup(f.easy);
        url = next;
    }
    curl_url_cleanup(u);
    curl_global_cleanup();
    *why = f.why;
    return done;
}
