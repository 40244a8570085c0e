/* request.c - o que se lê da requisição além do corpo. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "http/multipart.h"
#include "http/route.h"

const char *
req_header(struct req *r, const char *name)
{
    char key[80], *p;

    snprintf(key, sizeof key, "HTTP_%s", name);
    for (p = key; *p != '\0'; p++)
        *p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
    return r->io->param(r->io, key);
}

const char *
req_cookie(struct req *r, const char *name)
{
    const char *p = r->io->param(r->io, "HTTP_COOKIE");
    size_t n = strlen(name);

    while (p != NULL && *p != '\0') {
        p += strspn(p, "; ");
        if (strncmp(p, name, n) == 0 && p[n] == '=')
            return arena_memdup(r->ctx.arena, p + n + 1,
                                strcspn(p + n + 1, ";"));
        p += strcspn(p, ";");
    }
    return NULL;
}

/* O endereço está na lista de proxies de confiança? */
static bool
is_trusted(const char *address)
{
    const char *p = conf()->trusted_proxies;
    size_t n = strlen(address);

    while (*p != '\0') {
        size_t len = strcspn(p, ", ");

        if (len == n && strncmp(p, address, n) == 0)
            return true;
        p += len;
        p += strspn(p, ", ");
    }
    return false;
}

const char *
req_remote(struct req *r)
{
    const char *direct = r->io->param(r->io, "REMOTE_ADDR");
    const char *list = req_header(r, "X-Forwarded-For"), *last;
    unsigned char parsed[16];
    char *address;

    if (direct == NULL)
        direct = "";
    if (list == NULL || !is_trusted(direct))
        return direct;
    last = strrchr(list, ','); /* o que o proxy viu é o último */
    last = last != NULL ? last + 1 : list;
    last += strspn(last, " ");
    address = arena_memdup(r->ctx.arena, last, strcspn(last, " "));
    if (inet_pton(AF_INET, address, parsed) != 1 &&
        inet_pton(AF_INET6, address, parsed) != 1)
        return direct;
    return address;
}

static bool
is_form(struct req *r)
{
    const char *type = r->io->param(r->io, "CONTENT_TYPE");

    return r->body.data != NULL && type != NULL &&
           strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0;
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Decodifica comparando, sem alocar: um corpo pode ter milhões de pares. */
static bool
key_is(const char *p, const char *end, const char *name)
{
    for (; p < end; name++) {
        int c = (unsigned char)*p++;

        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            if (end - p < 2 || hex_digit(p[0]) < 0 || hex_digit(p[1]) < 0)
                return false;
            c = hex_digit(p[0]) * 16 + hex_digit(p[1]);
            p += 2;
        }
        if (c == '\0' || c != (unsigned char)*name)
            return false;
    }
    return *name == '\0';
}

/* Acha name=valor em texto codificado como formulário. */
static const char *
find_pair(struct arena *a, const char *p, const char *end, const char *name)
{
    while (p < end) {
        const char *amp = memchr(p, '&', (size_t)(end - p));
        const char *stop = amp != NULL ? amp : end;
        const char *equals = memchr(p, '=', (size_t)(stop - p));

        if (key_is(p, equals != NULL ? equals : stop, name))
            return equals == NULL
                       ? ""
                       : url_decode(a, equals + 1, (size_t)(stop - equals - 1),
                                    true);
        p = stop + 1;
    }
    return NULL;
}

bool
req_form_next(struct req *r, size_t *at, const char **name, const char **value)
{
    const char *p = r->body.data, *stop, *equals;

    if (!is_form(r))
        return false;
    for (; *at < r->body.len; *at = (size_t)(stop - r->body.data) + 1) {
        p = r->body.data + *at;
        stop = memchr(p, '&', r->body.len - *at);
        if (stop == NULL)
            stop = r->body.data + r->body.len;
        equals = memchr(p, '=', (size_t)(stop - p));
        if (equals == NULL)
            continue;
        *name = url_decode(r->ctx.arena, p, (size_t)(equals - p), true);
        *value = url_decode(r->ctx.arena, equals + 1,
                            (size_t)(stop - equals - 1), true);
        if (*name == NULL || *value == NULL)
            continue;
        *at = (size_t)(stop - r->body.data) + 1;
        return true;
    }
    return false;
}

const char *
req_query(struct req *r, const char *name)
{
    return find_pair(r->ctx.arena, r->query, r->query + strlen(r->query), name);
}

static const char *
part_text(struct req *r, const char *name)
{
    const struct part *part = multipart_find(r->parts, name);

    if (part == NULL || part->is_file ||
        memchr(part->file.data.data, '\0', part->file.data.len) != NULL ||
        !utf8_valid(part->file.data.data, part->file.data.len))
        return NULL;
    return arena_memdup(r->ctx.arena, part->file.data.data,
                        part->file.data.len);
}

const char *
req_form(struct req *r, const char *name)
{
    const char *type = r->io->param(r->io, "CONTENT_TYPE");

    if (r->parts != NULL)
        return part_text(r, name);
    if (r->body.data == NULL || type == NULL ||
        strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
        return NULL;
    return find_pair(r->ctx.arena, r->body.data, r->body.data + r->body.len,
                     name);
}

const struct upload *
req_file(struct req *r, const char *name)
{
    const struct part *part =
        r->parts != NULL ? multipart_find(r->parts, name) : NULL;

    if (part == NULL || !part->is_file ||
        (part->file.data.len == 0 && part->file.filename[0] == '\0'))
        return NULL;
    return &part->file;
}
