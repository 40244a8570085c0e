/* body.c - do fio à memória, com teto. */
#include "app/body.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "http/multipart.h"
#include "media/store.h"

/* O que o formulário põe em volta do arquivo. */
#define FORM_SLACK 65536

static bool
type_accepted(struct req *r)
{
    static const char *const types[] = {
        [ACCEPT_JSON] = "application/json",
        [ACCEPT_FORM] = "application/x-www-form-urlencoded",
        [ACCEPT_MULTIPART] = "multipart/form-data",
    };
    const char *type = r->io->param(r->io, "CONTENT_TYPE");
    const char *wanted;
    size_t n;

    if (r->route->accepts == ACCEPT_RAW || r->body.len == 0)
        return true;
    wanted = types[r->route->accepts];
    n = strlen(wanted);
    return type != NULL && strncasecmp(type, wanted, n) == 0 &&
           strchr("; ", type[n]) != NULL;
}

static enum err
too_large(struct req *r, int64_t max)
{
    return fail(&r->ctx, ERR_TOO_LARGE, _("o máximo é %lld bytes"),
                (long long)max);
}

/* O Apache entrega corpo em pedaços sem dizer o tamanho: vai até o fim. */
static bool
has_unknown_size(struct req *r, const char *length)
{
    return (length == NULL || length[0] == '\0') && r->method != GET &&
           req_header(r, "Transfer-Encoding") != NULL;
}

static enum err
read_to_end(struct req *r, int64_t max)
{
    char part[16384];
    struct str s;
    long n;

    str_init(&s, r->ctx.arena, sizeof part);
    while ((n = r->io->read(r->io, part, sizeof part)) > 0) {
        if ((int64_t)s.len + n > max)
            return too_large(r, max);
        str_add(&s, part, (size_t)n);
    }
    r->body = (struct slice){ s.data, s.len };
    return OK;
}

static void
close_fd(void *fd)
{
    close((int)(intptr_t)fd);
}

/*
 * Corpo grande: vai a um arquivo sem nome, e dele se lê como se estivesse na
 * memória. O que o processo ocupa é a página que está lendo.
 *   size  bytes que se disse que viriam; -1: até o fim
 */
static enum err
spool(struct req *r, int64_t size, int64_t max)
{
    char part[65536];
    int64_t got = 0;
    int fd = store_scratch();
    long n = 1;

    if (fd < 0)
        return fail(&r->ctx, ERR_UNAVAILABLE, NULL);
    arena_defer(r->ctx.arena, close_fd, (void *)(intptr_t)fd);
    while (n > 0 && got != size) {
        int64_t want = size < 0 || size - got > (int64_t)sizeof part
                           ? (int64_t)sizeof part
                           : size - got;

        n = r->io->read(r->io, part, (size_t)want);
        got += n > 0 ? n : 0;
        if (got > max)
            return too_large(r, max);
        if (n > 0 && write(fd, part, (size_t)n) != n)
            return fail(&r->ctx, ERR_UNAVAILABLE, NULL);
    }
    if (n < 0 || (size >= 0 && got != size))
        return fail(&r->ctx, ERR_BAD_REQUEST, "%s",
                    _("o corpo chegou incompleto"));
    return store_map_whole(&r->ctx, fd, &r->body);
}

static int64_t
max_body(const struct req *r)
{
    if (r->route->spool)
        return conf()->media_max_size + FORM_SLACK;
    return r->route->max_body > 0 ? r->route->max_body
                                  : conf()->upload_max_size;
}

static enum err
read_bytes(struct req *r)
{
    const char *length = r->io->param(r->io, "CONTENT_LENGTH");
    int64_t size = 0, got = 0, max = max_body(r);
    char *data;

    if (length != NULL && length[0] != '\0' &&
        (!parse_int64(length, &size) || size < 0))
        return fail(&r->ctx, ERR_BAD_REQUEST, NULL);
    if (size > max)
        return too_large(r, max);
    if (has_unknown_size(r, length))
        return r->route->spool ? spool(r, -1, max) : read_to_end(r, max);
    if (size == 0 || r->method == GET)
        return OK;
    if (r->route->spool)
        return spool(r, size, max);
    data = arena_alloc(r->ctx.arena, (size_t)size + 1);
    while (got < size) {
        long n = r->io->read(r->io, data + got, (size_t)(size - got));

        if (n <= 0)
            return fail(&r->ctx, ERR_BAD_REQUEST, "%s",
                        _("o corpo chegou incompleto"));
        got += n;
    }
    r->body = (struct slice){ data, (size_t)size };
    return OK;
}

static enum err
split_parts(struct req *r)
{
    struct multipart *m = arena_alloc(r->ctx.arena, sizeof *m);
    const char *problem;

    problem = multipart_read(r->ctx.arena, r->io->param(r->io, "CONTENT_TYPE"),
                             r->body, m);
    if (problem != NULL)
        return fail(&r->ctx, ERR_BAD_REQUEST, "%s", _(problem));
    r->parts = m;
    return OK;
}

enum err
body_read(struct req *r)
{
    enum err e = read_bytes(r);

    if (e == OK && !type_accepted(r))
        e = fail(&r->ctx, ERR_BAD_TYPE, NULL);
    if (e == OK && r->route->accepts == ACCEPT_MULTIPART && r->body.len > 0)
        e = split_parts(r);
    return e;
}
