/* zip_writer.c - ZIP na memória pela libzip. */
#include "base/zip_writer.h"

#include <stdbool.h>
#include <string.h>

#include <zip.h>

#include "base/log.h"

struct zip_writer {
    struct ctx *c;
    zip_t *zip;
    zip_source_t *bytes;
};

static void
drop(void *object)
{
    struct zip_writer *z = object;

    if (z->zip != NULL)
        zip_discard(z->zip);
    if (z->bytes != NULL)
        zip_source_free(z->bytes);
}

static enum err
refused(struct zip_writer *z, const char *doing, const char *why)
{
    log_error("a libzip recusou %s: %s", doing, why);
    return fail(z->c, ERR_INTERNAL, NULL);
}

enum err
zip_new(struct ctx *c, struct zip_writer **out)
{
    struct zip_writer *z = arena_alloc(c->arena, sizeof *z);
    zip_error_t error;

    zip_error_init(&error);
    z->c = c;
    arena_defer(c->arena, drop, z);
    z->bytes = zip_source_buffer_create(NULL, 0, 0, &error);
    if (z->bytes != NULL)
        z->zip =
            zip_open_from_source(z->bytes, ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (z->zip == NULL) {
        enum err e = refused(z, "começar", zip_error_strerror(&error));

        zip_error_fini(&error);
        return e;
    }
    zip_source_keep(z->bytes); /* o zip_close solta a dele */
    *out = z;
    return OK;
}

/* Um pedaço do caminho; "" se não sobra nada que se possa extrair. */
static void
add_part(struct str *path, const char *part, size_t n)
{
    size_t i;

    if (strspn(part, ".") >= n)
        return; /* "", ".", ".." e parentes */
    if (path->len > 0)
        str_putc(path, '/');
    for (i = 0; i < n; i++) {
        unsigned char b = (unsigned char)part[i];

        str_putc(path, b < 0x20 || b == 0x7f || strchr(":*?\"<>|", b) != NULL
                           ? '_'
                           : (char)b);
    }
}

static const char *
safe_name(struct arena *a, const char *name)
{
    struct str path;
    const char *at = name;

    str_init(&path, a, 64);
    while (utf8_valid(name, strlen(name)) && *at != '\0') {
        size_t n = strcspn(at, "/\\");

        add_part(&path, at, n);
        at += n + (at[n] != '\0');
    }
    return path.len > 0 ? path.data : "arquivo";
}

static bool
is_taken(struct zip_writer *z, const char *name)
{
    return zip_name_locate(z->zip, name, ZIP_FL_NOCASE | ZIP_FL_ENC_UTF_8) >= 0;
}

/* "a/b.json" já existe: "a/b-2.json". */
static const char *
free_name(struct zip_writer *z, const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *dot = strrchr(slash != NULL ? slash : name, '.');
    int stem = (int)(dot != NULL ? dot - name : (long)strlen(name)), i;
    const char *made = name;

    for (i = 2; is_taken(z, made); i++)
        made =
            arena_printf(z->c->arena, "%.*s-%d%s", stem, name, i, name + stem);
    return made;
}

enum err
zip_add_bytes(struct zip_writer *z, const char *name, struct slice data)
{
    const char *safe = free_name(z, safe_name(z->c->arena, name));
    zip_source_t *source = zip_source_buffer(z->zip, data.data, data.len, 0);

    if (source == NULL)
        return refused(z, "ler", zip_strerror(z->zip));
    if (zip_file_add(z->zip, safe, source, ZIP_FL_ENC_UTF_8) < 0) {
        zip_source_free(source);
        return refused(z, "acrescentar", zip_strerror(z->zip));
    }
    return OK;
}

enum err
zip_add_text(struct zip_writer *z, const char *name, const char *text)
{
    return zip_add_bytes(z, name, (struct slice){ text, strlen(text) });
}

enum err
zip_finish(struct zip_writer *z, struct slice *out)
{
    zip_stat_t stat;
    zip_int64_t got;
    char *data;

    if (zip_close(z->zip) != 0)
        return refused(z, "fechar", zip_strerror(z->zip));
    z->zip = NULL;
    if (zip_source_is_deleted(z->bytes) || zip_source_stat(z->bytes, &stat) ||
        zip_source_open(z->bytes) != 0)
        return refused(z, "reler", "sem bytes");
    data = arena_alloc(z->c->arena, stat.size + 1);
    got = zip_source_read(z->bytes, data, stat.size);
    zip_source_close(z->bytes);
    if (got < 0 || (zip_uint64_t)got != stat.size)
        return refused(z, "reler", "menos bytes que o total");
    *out = (struct slice){ data, stat.size };
    return OK;
}
