/* store.c - a pasta dos arquivos: temporários, nomes e leitura. */
#include "media/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"

enum { RANDOM_BYTES = 16 };

static const char *
under(struct arena *a, const char *name)
{
    return arena_printf(a, "%s/%s", conf()->media_dir, name);
}

const char *
store_key(struct ctx *c)
{
    unsigned char random[RANDOM_BYTES];
    char hex[2 * RANDOM_BYTES + 1];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        log_error("getrandom: %s", strerror(errno));
    hex_encode(random, sizeof random, hex);
    return arena_printf(c->arena, "%" PRId64 "/%.2s/%s", c->company_id, hex,
                        hex + 2);
}

const char *
store_path(struct arena *a, const char *key)
{
    return under(a, key);
}

static enum err
no_disk(struct ctx *c, const char *what)
{
    log_error("arquivos: %s: %s", what, strerror(errno));
    return fail(c, ERR_UNAVAILABLE, NULL);
}

int
store_temp(struct arena *a, const char **path)
{
    char *name = arena_printf(a, "%s/tmp/XXXXXX", conf()->media_dir);
    int fd;

    mkdir(conf()->media_dir, 0750);
    mkdir(under(a, "tmp"), 0750);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        log_error("arquivos: %s: %s", name, strerror(errno));
    *path = name;
    return fd;
}

static void
close_fd(void *fd)
{
    close((int)(intptr_t)fd);
}

static void
forget_path(void *path)
{
    unlink(path);
}

int
store_draft(struct arena *a, const char **path)
{
    int fd = store_temp(a, path);

    if (fd < 0)
        return -1;
    arena_defer(a, close_fd, (void *)(intptr_t)fd);
    arena_defer(a, forget_path, (void *)(uintptr_t)*path);
    return fd;
}

int
store_scratch(void)
{
    struct arena *a = arena_new(1024);
    const char *path;
    int fd = store_temp(a, &path);

    if (fd >= 0)
        unlink(path);
    arena_free(a);
    return fd;
}

static bool
write_all(int fd, struct slice data)
{
    size_t done = 0;

    while (done < data.len) {
        ssize_t n = write(fd, data.data + done, data.len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return fsync(fd) == 0;
}

/* As pastas da chave: EMPRESA e EMPRESA/ab. */
static void
make_folders(struct arena *a, const char *key)
{
    const char *slash;

    for (slash = strchr(key, '/'); slash != NULL;
         slash = strchr(slash + 1, '/'))
        mkdir(under(a, arena_memdup(a, key, (size_t)(slash - key))), 0750);
}

enum err
store_adopt(struct ctx *c, const char *key, const char *path)
{
    const char *to = store_path(c->arena, key);

    make_folders(c->arena, key);
    if (rename(path, to) == 0 || (errno == ENOENT && access(to, R_OK) == 0))
        return OK;
    return no_disk(c, to);
}

enum err
store_put(struct ctx *c, const char *key, struct slice data)
{
    const char *path;
    int fd = store_temp(c->arena, &path);
    bool written;
    enum err e;

    if (fd < 0)
        return fail(c, ERR_UNAVAILABLE, NULL);
    written = write_all(fd, data);
    if (close(fd) != 0)
        written = false;
    e = written ? store_adopt(c, key, path) : no_disk(c, path);
    if (e != OK)
        unlink(path);
    return e;
}

int
store_open(struct ctx *c, const char *key, int64_t *bytes)
{
    const char *path = store_path(c->arena, key);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;

    *bytes = 0;
    if (fd < 0) {
        log_error("arquivos: %s: %s", path, strerror(errno));
        return -1;
    }
    arena_defer(c->arena, close_fd, (void *)(intptr_t)fd);
    if (fstat(fd, &st) == 0)
        *bytes = st.st_size;
    return fd;
}

struct mapping {
    void *at;
    size_t len;
};

static void
unmap(void *object)
{
    struct mapping *m = object;

    munmap(m->at, m->len);
}

struct slice
store_map(struct arena *a, int fd)
{
    struct mapping *m = arena_alloc(a, sizeof *m);
    struct stat st;

    if (fstat(fd, &st) != 0 || st.st_size <= 0)
        return (struct slice){ "", 0 };
    m->len = (size_t)st.st_size;
    m->at = mmap(NULL, m->len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (m->at == MAP_FAILED)
        return (struct slice){ "", 0 };
    arena_defer(a, unmap, m);
    return (struct slice){ m->at, m->len };
}

bool
store_drop(struct arena *a, const char *key)
{
    const char *path = store_path(a, key);

    unlink(arena_printf(a, "%s.webp", path));
    return unlink(path) == 0 || errno == ENOENT;
}
