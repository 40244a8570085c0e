/* store_s3.c - endereços e listas do S3. */
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/when.h"
#include "media/store_internal.h"

#define PAGE_KEYS 1000 /* o mais que o S3 dá de cada vez */
#define KEY_MAX 200

/* "pasta/", ou "" sem s3_prefix. */
static const char *
prefix(struct arena *a)
{
    const char *p = conf()->s3_prefix;

    return p[0] == '\0' ? "" : arena_printf(a, "%s/", p);
}

const char *
s3_url(struct arena *a, const char *key, const char *query)
{
    const char *base = conf()->s3_endpoint, *host;
    size_t n = strlen(base);
    struct str s;

    while (n > 0 && base[n - 1] == '/')
        n--;
    str_init(&s, a, 200);
    if (conf()->s3_path_style) {
        str_add(&s, base, n);
        str_printf(&s, "/%s", conf()->s3_bucket);
    } else {
        host = strstr(base, "://");
        host = host != NULL ? host + 3 : base;
        str_add(&s, base, (size_t)(host - base));
        str_printf(&s, "%s.", conf()->s3_bucket);
        str_add(&s, host, n - (size_t)(host - base));
    }
    if (key != NULL || !conf()->s3_path_style)
        str_putc(&s, '/');
    if (key != NULL)
        str_printf(&s, "%s%s", prefix(a), key);
    if (query != NULL)
        str_printf(&s, "?%s", query);
    return s.data;
}

/*
 * Em ordem e já codificada: a libcurl 7.88 assina a query como ela vier.
 * start-after em vez do continuation-token, que traria outros caracteres.
 */
static const char *
list_query(struct arena *a, const char *after)
{
    const char *in = prefix(a);
    struct str s;

    str_init(&s, a, 200);
    str_printf(&s, "list-type=2&max-keys=%d", PAGE_KEYS);
    if (in[0] != '\0') {
        str_puts(&s, "&prefix=");
        str_url(&s, in, strlen(in));
    }
    if (after[0] != '\0') {
        str_puts(&s, "&start-after=");
        str_url(&s, in, strlen(in));
        str_url(&s, after, strlen(after));
    }
    return s.data;
}

/* O texto do elemento em [from, to); vazio se não há. */
static struct slice
element(const char *from, const char *to, const char *open)
{
    const char *at = memmem(from, (size_t)(to - from), open, strlen(open));
    const char *end;

    if (at == NULL)
        return (struct slice){ "", 0 };
    at += strlen(open);
    end = memchr(at, '<', (size_t)(to - at));
    return (struct slice){ at, (size_t)((end != NULL ? end : to) - at) };
}

/* "2026-11-21T18:00:00.000Z" */
static int64_t
read_time(struct arena *a, struct slice text)
{
    char *copy = arena_memdup(a, text.data, text.len), *t = strchr(copy, 'T');

    if (t != NULL)
        *t = ' ';
    return when_parse(copy);
}

/*
 * Um <Contents>. O que não tem cara de chave nossa não é nosso: por isso não
 * há o que decodificar, e uma biblioteca de XML não teria o que fazer.
 */
static bool
read_item(struct arena *a, struct slice xml, struct store_item *out)
{
    struct slice key = element(xml.data, xml.data + xml.len, "<Key>");
    struct slice bytes = element(xml.data, xml.data + xml.len, "<Size>");
    struct slice at = element(xml.data, xml.data + xml.len, "<LastModified>");
    size_t skip = strlen(prefix(a));

    *out = (struct store_item){ .key = "" };
    if (key.len <= skip || key.len > skip + KEY_MAX)
        return false;
    out->key = arena_memdup(a, key.data + skip, key.len - skip);
    out->changed_at_ms = read_time(a, at);
    return store_is_key(out->key) &&
           parse_int64(arena_memdup(a, bytes.data, bytes.len), &out->bytes);
}

/* Uma página; next [saída] é a última chave, ou "" se não há mais. */
static bool
read_page(struct arena *a, struct slice xml, store_seen *seen, void *state,
          const char **next)
{
    static const char open[] = "<Contents>", close[] = "</Contents>";
    const char *at = xml.data, *end = xml.data + xml.len, *to;
    struct slice more = element(at, end, "<IsTruncated>");
    struct store_item item;

    *next = "";
    while ((at = memmem(at, (size_t)(end - at), open, strlen(open))) != NULL &&
           (to = memmem(at, (size_t)(end - at), close, strlen(close))) !=
               NULL) {
        struct slice one = { at, (size_t)(to - at) };

        at = to;
        if (!read_item(a, one, &item)) {
            if (item.key[0] != '\0')
                *next = item.key;
            continue;
        }
        *next = item.key;
        if (!seen(state, &item))
            return false;
    }
    if (more.len != 4 || memcmp(more.data, "true", 4) != 0)
        *next = "";
    return true;
}

enum err
s3_each(struct ctx *c, store_seen *seen, void *state)
{
    struct arena *a = arena_new(65536);
    char after[KEY_MAX + 1] = "";
    const char *next = "";
    enum err e = OK;
    bool more = true;

    while (more && e == OK) {
        struct s3_request in = { .method = "GET",
                                 .query = list_query(a, after) };
        struct s3_reply reply;
        struct str xml;

        str_init(&xml, a, 65536);
        if (!s3_do(a, &in, &xml, &reply)) {
            e = s3_away(c, "LIST", &reply);
            c->detail = arena_strdup(c->arena, reply.words);
        } else {
            more = read_page(a, (struct slice){ xml.data, xml.len }, seen,
                             state, &next) &&
                   next[0] != '\0' && strlen(next) <= KEY_MAX &&
                   strcmp(next, after) > 0;
            memccpy(after, next, '\0', sizeof after);
        }
        arena_reset(a);
    }
    arena_free(a);
    return e;
}
