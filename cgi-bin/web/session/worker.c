/*
 * worker.c - /sw.js: o service worker, que recebe o Web Push e diz quando não
 * há rede. Não vai com os outros de /static/ porque um deles só alcança a pasta
 * em que está, e tem de guardar o nome de uma versão a outra.
 */
#include <fcntl.h>
#include <unistd.h>

#include "app/app.h"
#include "base/conf.h"

#define WORKER_MAX 65536

static ssize_t
read_worker(struct arena *a, char *out)
{
    int fd = open(arena_printf(a, "%s/sw.js", conf()->static_dir),
                  O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, WORKER_MAX) : -1;

    if (fd >= 0)
        close(fd);
    return n;
}

static enum err
service_worker(struct req *r, const void *input)
{
    char *text = arena_alloc(r->ctx.arena, WORKER_MAX + 1);

    (void)input;
    if (read_worker(r->ctx.arena, text) <= 0)
        return fail(&r->ctx, ERR_NOT_FOUND, NULL);
    reply_header(r, "Cache-Control", "no-cache");
    return reply_text(r, 200, "text/javascript; charset=utf-8", text);
}

/* clang-format off */
const struct route worker_routes[] = {
    { GET, "/sw.js", service_worker, .auth = AUTH_PUBLIC, .no_db = true,
      .out_type = "text/javascript", .refuses = "404",
      .doc = "O service worker: notificações por push e página de sem rede" },
    ROUTES_END
};
/* clang-format on */
