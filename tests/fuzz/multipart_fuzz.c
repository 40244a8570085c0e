/*
 * multipart_fuzz.c - a 1ª linha é o Content-Type, o resto é o corpo. O que se
 * lê tem de caber no corpo, ter nomes que servem e, escrito de novo na forma
 * de costume, dar as mesmas partes.
 */
#include <string.h>

#include "http/multipart.h"
#include "kit.h"

static void
check_part(const struct part *p, struct slice body)
{
    const char *c;

    need_text(p->name);
    need(p->name[0] != '\0' && strlen(p->name) <= MULTIPART_NAME_MAX);
    need(p->file.type != NULL && p->file.filename != NULL);
    need(strlen(p->file.filename) <= MULTIPART_FILENAME_MAX);
    need_text(p->file.filename);
    for (c = p->file.filename; *c != '\0'; c++)
        need((unsigned char)*c >= ' ' && *c != '/' && *c != '\\' && *c != 0x7f);
    need(strcmp(p->file.filename, "..") != 0 &&
         strcmp(p->file.filename, ".") != 0);
    need(p->file.data.data >= body.data &&
         p->file.data.data + p->file.data.len <= body.data + body.len);
    need(p->is_file || p->file.filename[0] == '\0');
}

static void
quote(struct str *s, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '"')
            str_puts(s, "%22");
        else if (*text == '\r')
            str_puts(s, "%0D");
        else if (*text == '\n')
            str_puts(s, "%0A");
        else if (*text == '\\')
            str_puts(s, "\\\\");
        else
            str_putc(s, *text);
}

static struct slice
write_again(struct arena *a, const struct multipart *m, const char *boundary)
{
    struct str s;
    int i;

    str_init(&s, a, 1000);
    for (i = 0; i < m->count; i++) {
        const struct part *p = &m->parts[i];

        str_printf(&s, "--%s\r\nContent-Disposition: form-data; name=\"",
                   boundary);
        quote(&s, p->name);
        if (p->is_file) {
            str_puts(&s, "\"; filename=\"");
            quote(&s, p->file.filename);
        }
        str_printf(&s, "\"\r\nContent-Type: %s\r\n\r\n", p->file.type);
        str_add(&s, p->file.data.data, p->file.data.len);
        str_puts(&s, "\r\n");
    }
    str_printf(&s, "--%s--\r\n", boundary);
    return (struct slice){ s.data, s.len };
}

static bool
is_plain(const struct multipart *m)
{
    int i;

    /* %22 literal e controles no nome não têm uma escrita só */
    for (i = 0; i < m->count; i++) {
        const char *c = m->parts[i].name;

        if (strchr(c, '%') != NULL ||
            strchr(m->parts[i].file.filename, '%') != NULL)
            return false;
        for (; *c != '\0'; c++)
            if (((unsigned char)*c < ' ' && *c != '\r' && *c != '\n') ||
                *c == 0x7f)
                return false;
    }
    return true;
}

static void
read_twice(struct arena *a, const struct multipart *m, const char *type)
{
    char boundary[MULTIPART_BOUNDARY_MAX + 1];
    struct multipart *again = arena_alloc(a, sizeof *again);
    int i;

    need(multipart_boundary(type, boundary));
    need(multipart_read(a, type, write_again(a, m, boundary), again) == NULL);
    need(again->count == m->count);
    for (i = 0; i < m->count; i++) {
        const struct part *p = &m->parts[i], *q = &again->parts[i];

        need(strcmp(p->name, q->name) == 0 && p->is_file == q->is_file);
        need(strcmp(p->file.filename, q->file.filename) == 0);
        need(strcmp(p->file.type, q->file.type) == 0);
        need(p->file.data.len == q->file.data.len &&
             memcmp(p->file.data.data, q->file.data.data, p->file.data.len) ==
                 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    struct slice rest = { (const char *)data, size };
    const char *type = fuzz_cut_text(a, &rest, '\n');
    struct multipart *m = arena_alloc(a, sizeof *m);
    int i;

    if (multipart_read(a, type, rest, m) == NULL) {
        need(m->count <= MULTIPART_PARTS_MAX);
        for (i = 0; i < m->count; i++) {
            check_part(&m->parts[i], rest);
            need(multipart_find(m, m->parts[i].name) <= &m->parts[i]);
        }
        if (is_plain(m))
            read_twice(a, m, type);
    }
    arena_free(a);
    return 0;
}
