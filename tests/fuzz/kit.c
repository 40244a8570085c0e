/* kit.c - requisição falsa e conferências. */
#include "kit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/log.h"

#define SECRET \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

void
fuzz_broken(const char *fact, const char *file, int line)
{
    fprintf(stderr, "%s:%d: não vale: %s\n", file, line, fact);
    abort();
}

void
need_text(const char *text)
{
    need(text != NULL);
    need(utf8_valid(text, strlen(text)));
}

/* A configuração não muda no programa; só quem testa a toca por dentro. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct conf *c = (struct conf *)(uintptr_t)conf();

    (void)argc;
    (void)argv;
    c->app_secret = SECRET;
    c->base_url = "http://localhost";
    c->trusted_proxies = "127.0.0.1, ::1";
    c->database_url = "host=/nonexistent";
    log_init("fuzz", (enum log_level)(LOG_ERROR + 1));
    return 0;
}

struct slice
fuzz_cut(struct slice *rest, char stop)
{
    const char *end =
        rest->len == 0 ? NULL : memchr(rest->data, stop, rest->len);
    size_t n = end != NULL ? (size_t)(end - rest->data) : rest->len;
    struct slice out = { rest->data, n };

    n += end != NULL;
    rest->data += n;
    rest->len -= n;
    return out;
}

const char *
fuzz_cut_text(struct arena *a, struct slice *rest, char stop)
{
    struct slice s = fuzz_cut(rest, stop);

    return arena_memdup(a, s.data, s.len);
}

static const char *
param(struct io *io, const char *name)
{
    struct fuzz_io *f = (struct fuzz_io *)io;
    int i;

    for (i = 0; i < f->param_count; i++)
        if (strcmp(f->params[i].name, name) == 0)
            return f->params[i].value;
    return NULL;
}

/* Em pedaços, como um socket. */
static long
read_some(struct io *io, void *buffer, size_t n)
{
    struct fuzz_io *f = (struct fuzz_io *)io;

    if (n > 100)
        n = 100;
    if (n > f->body.len)
        n = f->body.len;
    if (n > 0)
        memcpy(buffer, f->body.data, n);
    f->body.data += n;
    f->body.len -= n;
    return (long)n;
}

static bool
write_all(struct io *io, const void *data, size_t n)
{
    str_add(&((struct fuzz_io *)io)->out, data, n);
    return true;
}

static void
add_param(struct fuzz_io *f, const char *name, const char *value)
{
    if (f->param_count == FUZZ_PARAMS || param(&f->io, name) != NULL)
        return;
    f->params[f->param_count].name = name;
    f->params[f->param_count++].value = value;
}

/* "Content-Type" vira CONTENT_TYPE, os outros HTTP_NOME. */
static const char *
param_name(struct arena *a, const char *header)
{
    char *name = arena_printf(a, "HTTP_%s", header), *p;

    for (p = name; *p != '\0'; p++)
        *p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
    if (strcmp(name, "HTTP_CONTENT_TYPE") == 0 ||
        strcmp(name, "HTTP_CONTENT_LENGTH") == 0)
        return name + 5;
    return name;
}

void
fuzz_io_init(struct fuzz_io *f, struct arena *a, struct slice text)
{
    struct slice line, rest = text;

    *f = (struct fuzz_io){
        .io = { .param = param, .read = read_some, .write = write_all }
    };
    str_init(&f->out, a, 1000);
    line = fuzz_cut(&rest, '\n');
    add_param(f, "REQUEST_METHOD", fuzz_cut_text(a, &line, ' '));
    add_param(f, "REQUEST_URI", arena_memdup(a, line.data, line.len));
    add_param(f, "REMOTE_ADDR", "127.0.0.1");
    while ((line = fuzz_cut(&rest, '\n')).len > 0) {
        const char *name = fuzz_cut_text(a, &line, ':');

        if (line.len > 0 && line.data[0] == ' ') {
            line.data++;
            line.len--;
        }
        add_param(f, param_name(a, name), arena_memdup(a, line.data, line.len));
    }
    add_param(f, "CONTENT_LENGTH", arena_printf(a, "%zu", rest.len));
    f->body = rest;
}
