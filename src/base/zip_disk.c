/* zip_disk.c - ZIP em disco pela libzip. */
#include "base/zip_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zip.h>

#include "base/log.h"

#define PATH_BYTES 400

struct zip_disk {
    struct ctx *c;
    zip_t *zip;
    FILE *part;
    const char *part_name;
    char dir[PATH_BYTES];
    int part_count, fd;
};

/* A pasta só tem o que nós pusemos nela: sem subpastas. */
static void
empty_folder(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *e;

    if (dir == NULL)
        return;
    while ((e = readdir(dir)) != NULL)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(dir), e->d_name, 0);
    closedir(dir);
    rmdir(path);
}

static void
drop(void *object)
{
    struct zip_disk *z = object;

    if (z->part != NULL)
        fclose(z->part);
    if (z->zip != NULL)
        zip_discard(z->zip);
    if (z->fd >= 0)
        close(z->fd);
    if (z->dir[0] != '\0')
        empty_folder(z->dir);
}

static enum err
refused(struct zip_disk *z, const char *doing, const char *why)
{
    log_error("exportação: %s: %s", doing, why);
    return fail(z->c, ERR_UNAVAILABLE, NULL);
}

static const char *
path_of(struct zip_disk *z, int part)
{
    return arena_printf(z->c->arena, "%s/%d", z->dir, part);
}

enum err
zip_disk_new(struct ctx *c, struct zip_disk **out)
{
    struct zip_disk *z = arena_alloc(c->arena, sizeof *z);
    const char *tmp = getenv("TMPDIR");
    int code = 0;

    z->c = c;
    z->fd = -1;
    arena_defer(c->arena, drop, z);
    snprintf(z->dir, sizeof z->dir, "%s/balcao-export-XXXXXX",
             tmp != NULL && tmp[0] == '/' && strlen(tmp) < 300 ? tmp : "/tmp");
    if (mkdtemp(z->dir) == NULL) {
        z->dir[0] = '\0';
        return refused(z, "pasta", strerror(errno));
    }
    z->zip = zip_open(path_of(z, 0), ZIP_CREATE | ZIP_EXCL, &code);
    if (z->zip == NULL)
        return refused(z, "zip", "não abriu");
    *out = z;
    return OK;
}

enum err
zip_disk_begin(struct zip_disk *z, const char *name)
{
    z->part_name = name;
    z->part = fopen(path_of(z, ++z->part_count), "wxe");
    return z->part != NULL ? OK : refused(z, name, strerror(errno));
}

void
zip_disk_puts(struct zip_disk *z, const char *text)
{
    fputs(text, z->part);
}

enum err
zip_disk_end(struct zip_disk *z)
{
    FILE *part = z->part;
    bool bad = ferror(part) != 0;
    zip_source_t *source;

    z->part = NULL;
    if (fclose(part) != 0 || bad)
        return refused(z, z->part_name, "o disco não aceitou");
    source = zip_source_file(z->zip, path_of(z, z->part_count), 0, -1);
    if (source == NULL)
        return refused(z, z->part_name, zip_strerror(z->zip));
    if (zip_file_add(z->zip, z->part_name, source, ZIP_FL_ENC_UTF_8) < 0) {
        zip_source_free(source);
        return refused(z, z->part_name, zip_strerror(z->zip));
    }
    return OK;
}

enum err
zip_disk_add(struct zip_disk *z, const char *name, const char *text)
{
    enum err e = zip_disk_begin(z, name);

    if (e != OK)
        return e;
    zip_disk_puts(z, text);
    return zip_disk_end(z);
}

enum err
zip_disk_finish(struct zip_disk *z, int *fd)
{
    if (zip_close(z->zip) != 0)
        return refused(z, "fechar", zip_strerror(z->zip));
    z->zip = NULL;
    z->fd = open(path_of(z, 0), O_RDONLY | O_CLOEXEC);
    if (z->fd < 0)
        return refused(z, "reler", strerror(errno));
    empty_folder(z->dir);
    z->dir[0] = '\0';
    *fd = z->fd;
    return OK;
}
