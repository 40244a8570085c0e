/* store_disk.c - a pasta dos arquivos: temporários, nomes e leitura. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "media/store_internal.h"

static const char *
under(struct arena *a, const char *name)
{
    return arena_printf(a, "%s/%s", conf()->media_dir, name);
}

const char *
disk_path(struct arena *a, const char *key)
{
    return under(a, key);
}

static void (*far_release)(int64_t idle_s);

void
store_when_idle(void (*release)(int64_t idle_s))
{
    far_release = release;
}

void
store_release_idle(int64_t idle_s)
{
    if (far_release != NULL)
        far_release(idle_s);
}

static enum err
no_disk(struct ctx *c, const char *what)
{
    log_error("arquivos: %s: %s", what, strerror(errno));
    return fail(c, ERR_UNAVAILABLE, NULL);
}

int
disk_temp(struct arena *a, const char **path)
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

void
disk_close_later(struct arena *a, int fd)
{
    arena_defer(a, close_fd, (void *)(intptr_t)fd);
}

static void
forget_path(void *path)
{
    unlink(path);
}

int
store_draft(struct arena *a, const char **path)
{
    int fd = disk_temp(a, path);

    if (fd < 0)
        return -1;
    disk_close_later(a, fd);
    arena_defer(a, forget_path, (void *)(uintptr_t)*path);
    return fd;
}

int
store_scratch(void)
{
    struct arena *a = arena_new(1024);
    const char *path;
    int fd = disk_temp(a, &path);

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
disk_adopt(struct ctx *c, const char *key, const char *path)
{
    const char *to = disk_path(c->arena, key);

    make_folders(c->arena, key);
    if (rename(path, to) == 0 || (errno == ENOENT && access(to, R_OK) == 0))
        return OK;
    return no_disk(c, to);
}

enum err
disk_put(struct ctx *c, const char *key, struct slice data)
{
    const char *path;
    int fd = disk_temp(c->arena, &path);
    bool written;
    enum err e;

    if (fd < 0)
        return fail(c, ERR_UNAVAILABLE, NULL);
    written = write_all(fd, data);
    if (close(fd) != 0)
        written = false;
    e = written ? disk_adopt(c, key, path) : no_disk(c, path);
    if (e != OK)
        unlink(path);
    return e;
}

int
disk_open(struct arena *a, const char *key)
{
    const char *path = disk_path(a, key);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd >= 0)
        disk_close_later(a, fd);
    else if (errno != ENOENT)
        log_error("arquivos: %s: %s", path, strerror(errno));
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

enum err
store_map_whole(struct ctx *c, int fd, struct slice *out)
{
    struct stat st;

    *out = store_map(c->arena, fd);
    if (fstat(fd, &st) == 0 && (off_t)out->len == st.st_size)
        return OK;
    log_error("arquivos: não se leu inteiro: %s", strerror(errno));
    return fail(c, ERR_UNAVAILABLE, NULL);
}

bool
disk_drop(struct arena *a, const char *key)
{
    const char *path = disk_path(a, key);

    unlink(arena_printf(a, "%s.webp", path));
    return unlink(path) == 0 || errno == ENOENT;
}

void
store_drop_drafts(struct arena *a, int64_t before_ms)
{
    DIR *d = opendir(under(a, "tmp"));
    const struct dirent *entry;
    struct stat st;

    while (d != NULL && (entry = readdir(d)) != NULL)
        if (fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode) && st.st_mtime * INT64_C(1000) < before_ms)
            unlinkat(dirfd(d), entry->d_name, 0);
    if (d != NULL)
        closedir(d);
}

/* ---- a caminhada ---- */

struct walk {
    store_seen *seen;
    void *state;
    bool stopped;
    enum err error;
    struct ctx *c;
};

#define KEY_LEVELS 3 /* EMPRESA/ab/nome */

/* Uma pasta, e as de dentro até o nível das chaves. */
static void
walk_folder(struct walk *w, const char *name, int level)
{
    struct arena *a = arena_new(4096), *one = arena_new(1024);
    DIR *d = opendir(under(a, name));
    const struct dirent *entry;

    if (d == NULL && errno != ENOENT)
        w->error = no_disk(w->c, name);
    while (d != NULL && !w->stopped && w->error == OK &&
           (entry = readdir(d)) != NULL) {
        const char *key;
        struct stat st;

        if (entry->d_name[0] == '.' ||
            (level == 1 && strcmp(entry->d_name, "tmp") == 0))
            continue;
        key = level == 1 ? entry->d_name
                         : arena_printf(one, "%s/%s", name, entry->d_name);
        if (level < KEY_LEVELS)
            walk_folder(w, key, level + 1);
        else if (store_is_key(key) && lstat(under(one, key), &st) == 0 &&
                 S_ISREG(st.st_mode))
            w->stopped = !w->seen(
                w->state, &(struct store_item){
                              .key = key,
                              .bytes = st.st_size,
                              .changed_at_ms = st.st_mtime * INT64_C(1000) });
        arena_reset(one);
    }
    if (d != NULL)
        closedir(d);
    arena_free(one);
    arena_free(a);
}

enum err
disk_each(struct ctx *c, store_seen *seen, void *state)
{
    struct walk w = { .seen = seen, .state = state, .c = c };

    walk_folder(&w, "", 1);
    return w.error;
}
