/* privacy_reply.c - um ZIP que está em disco, em pedaços. */
#include "app/privacy_reply.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define PART_BYTES 262144

struct download {
    int fd;
};

static enum err
send_part(struct req *r, void *state, bool *more)
{
    struct download *d = state;
    char *data = arena_alloc(r->ctx.arena, PART_BYTES);
    ssize_t got = read(d->fd, data, PART_BYTES);

    if (got < 0) {
        log_error("exportação: %s", strerror(errno));
        return fail(&r->ctx, ERR_INTERNAL, NULL);
    }
    str_add(&r->out, data, (size_t)got);
    *more = got == PART_BYTES;
    return OK;
}

enum err
privacy_zip_reply(struct req *r, int fd, const char *name)
{
    struct download *d = arena_alloc(r->ctx.arena, sizeof *d);

    d->fd = fd;
    reply_header(
        r, "Content-Disposition",
        arena_printf(r->ctx.arena, "attachment; filename=\"%s\"", name));
    return reply_parts(r, "application/zip", send_part, d);
}
