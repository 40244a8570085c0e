/* conn.c - vida da conexão e entrada: de registros a uma requisição. */
#include "live/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Cabeçalhos de requisição: o bastante para 8 kB de URL e cookies. */
enum { PARAMS_MAX = 128 << 10, READ_BYTES = 80 << 10, ROLE_RESPONDER = 1 };

static const char *
param(struct io *io, const char *name)
{
    const struct conn *c = (const struct conn *)io;
    const struct param *p;

    if (c->is_raw)
        return getenv(name);
    for (p = c->list; p != NULL && p->name != NULL; p++)
        if (strcmp(p->name, name) == 0)
            return p->value;
    return NULL;
}

/* As rotas daqui são GET: corpo nenhum interessa. */
static long
read_body(struct io *io, void *buffer, size_t n)
{
    (void)io;
    (void)buffer;
    (void)n;
    return 0;
}

static bool
write_copy(struct io *io, const void *data, size_t n)
{
    struct frame *f = frame_new(data, n);

    conn_queue((struct conn *)io, f);
    frame_release(f);
    return true;
}

void
conn_open(struct conn *c, int fd)
{
    *c = (struct conn){
        .io = { .param = param, .read = read_body, .write = write_copy },
        .fd = fd
    };
}

void
conn_open_cgi(struct conn *c, int fd)
{
    conn_open(c, fd);
    c->is_raw = true;
}

static void
drop_queue(struct conn *c)
{
    for (; c->count > 0; c->count--) {
        frame_release(c->queue[c->first]);
        c->first = (c->first + 1) & (c->cap - 1);
    }
    free(c->queue);
    c->queue = NULL;
    c->cap = c->first = 0;
    c->offset = c->queued_bytes = 0;
}

void
conn_close(struct conn *c)
{
    drop_queue(c);
    free(c->in);
    free(c->params);
    if (!c->is_raw && c->fd >= 0)
        close(c->fd);
    *c = (struct conn){ .fd = -1 };
}

void
conn_reset(struct conn *c)
{
    c->has_begun = c->has_params = c->is_complete = false;
    c->is_ending = c->end_written = false;
    conn_forget_params(c);
}

void
conn_forget_params(struct conn *c)
{
    free(c->params);
    c->params = NULL;
    c->params_len = 0;
    c->list = NULL;
}

static uint8_t *
append(uint8_t *list, size_t *len, const uint8_t *data, size_t n)
{
    if (n == 0)
        return list;
    list = realloc(list, *len + n);
    if (list == NULL)
        abort();
    memcpy(list + *len, data, n);
    *len += n;
    return list;
}

static enum conn_state
begin(struct conn *c, const struct fcgi_record *r)
{
    if (c->has_begun || r->len < 8 ||
        (r->data[0] << 8 | r->data[1]) != ROLE_RESPONDER)
        return CONN_GONE;
    c->has_begun = true;
    c->request_id = r->request_id;
    c->keeps_open = r->data[2] & 1;
    return CONN_MORE;
}

static enum conn_state
take_record(struct conn *c, const struct fcgi_record *r)
{
    if (r->type == FCGI_BEGIN)
        return begin(c, r);
    if (r->request_id == 0 || r->request_id != c->request_id)
        return CONN_MORE; /* gerência, ou já terminada */
    if (r->type == FCGI_ABORT)
        return CONN_GONE;
    if (!c->has_begun)
        return CONN_MORE;
    if (r->type == FCGI_PARAMS) {
        if (c->params_len + r->len > PARAMS_MAX || c->has_params)
            return CONN_GONE;
        c->params = append(c->params, &c->params_len, r->data, r->len);
        c->has_params = r->len == 0;
    }
    if (r->type != FCGI_STDIN || r->len > 0 || !c->has_params || c->is_complete)
        return CONN_MORE;
    c->is_complete = true;
    return CONN_REQUEST;
}

/* Guarda o resto que ainda não forma um registro. */
static void
keep_rest(struct conn *c, const uint8_t *data, size_t n)
{
    uint8_t *rest = NULL;
    size_t len = 0;

    rest = append(rest, &len, data, n);
    free(c->in);
    c->in = rest;
    c->in_len = len;
}

static enum conn_state
take_bytes(struct conn *c, const uint8_t *data, size_t n)
{
    enum conn_state state = CONN_MORE;
    struct fcgi_record r;
    size_t at = 0;

    while (state == CONN_MORE) {
        long used = fcgi_record_read(data + at, n - at, &r);

        if (used < 0)
            return CONN_GONE;
        if (used == 0)
            break;
        state = take_record(c, &r);
        at += (size_t)used;
    }
    keep_rest(c, data + at, n - at);
    return state;
}

/*
 * Um só espaço de leitura serve a todas as conexões: quase sempre a
 * requisição chega inteira e nada fica guardado.
 */
enum conn_state
conn_read(struct conn *c)
{
    static uint8_t space[READ_BYTES];
    enum conn_state state = CONN_MORE;

    while (state == CONN_MORE) {
        size_t had = c->in_len;
        ssize_t n;

        if (had > 0)
            memcpy(space, c->in, had);
        n = read(c->fd, space + had, sizeof space - had);
        if (n == 0)
            return CONN_GONE;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? CONN_MORE : CONN_GONE;
        state = take_bytes(c, space, had + (size_t)n);
    }
    return state;
}

bool
conn_params(struct conn *c, struct arena *a)
{
    struct slice name, value;
    struct param *list;
    size_t at = 0, count = 0;
    long used;

    while ((used = fcgi_pair_read(c->params + at, c->params_len - at, &name,
                                  &value)) > 0) {
        at += (size_t)used;
        count++;
    }
    if (used < 0)
        return false;
    list = arena_alloc(a, (count + 1) * sizeof *list);
    for (at = count = 0; at < c->params_len; count++) {
        at += (size_t)fcgi_pair_read(c->params + at, c->params_len - at, &name,
                                     &value);
        list[count].name = arena_memdup(a, name.data, name.len);
        list[count].value = arena_memdup(a, value.data, value.len);
    }
    c->list = list;
    return true;
}
