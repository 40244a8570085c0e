/* conn_write.c - saída: muitas molduras por registro, um writev por vez. */
#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>

#include "live/conn.h"

enum { IOV_COUNT = 64, QUEUE_FIRST = 4 };

static void
grow(struct conn *c)
{
    uint32_t cap = c->cap == 0 ? QUEUE_FIRST : c->cap * 2, i;
    struct frame **fresh = malloc(cap * sizeof *fresh);

    if (fresh == NULL)
        abort();
    for (i = 0; i < c->count; i++)
        fresh[i] = c->queue[(c->first + i) & (c->cap - 1)];
    free(c->queue);
    c->queue = fresh;
    c->cap = cap;
    c->first = 0;
}

void
conn_queue(struct conn *c, struct frame *f)
{
    if (f->len == 0)
        return;
    if (c->count == c->cap)
        grow(c);
    c->queue[(c->first + c->count++) & (c->cap - 1)] = frame_keep(f);
    c->queued_bytes += f->len;
}

void
conn_keep_first(struct conn *c, const char *data, size_t len)
{
    struct frame *front = frame_new(data, len), *head;

    head = frame_keep(c->queue[c->first]);
    for (; c->count > 0; c->count--) {
        frame_release(c->queue[c->first]);
        c->first = (c->first + 1) & (c->cap - 1);
    }
    c->queued_bytes = 0;
    conn_queue(c, front);
    conn_queue(c, head);
    frame_release(front);
    frame_release(head);
}

void
conn_end(struct conn *c)
{
    c->is_ending = true;
}

/* Abre o próximo registro quando o anterior acabou. */
static void
open_record(struct conn *c)
{
    if (c->head_off < c->head_len || c->record_left > 0)
        return;
    c->head_off = c->head_len = 0;
    if (c->queued_bytes > 0) {
        c->record_left = c->queued_bytes;
        if (c->is_raw)
            return;
        if (c->record_left > FCGI_CONTENT_MAX)
            c->record_left = FCGI_CONTENT_MAX;
        fcgi_header_write(c->head, FCGI_STDOUT, c->request_id, c->record_left);
        c->head_len = FCGI_HEADER_BYTES;
    } else if (c->is_ending && !c->end_written) {
        c->end_written = true;
        if (c->is_raw)
            return;
        fcgi_end_write(c->head, c->request_id);
        c->head_len = FCGI_END_BYTES;
    }
}

static int
build(const struct conn *c, struct iovec *iov)
{
    size_t left = c->record_left, skip = c->offset;
    uint32_t i;
    int n = 0;

    if (c->head_off < c->head_len) {
        iov[n].iov_base = (void *)(uintptr_t)(c->head + c->head_off);
        iov[n++].iov_len = (size_t)(c->head_len - c->head_off);
    }
    for (i = 0; left > 0 && n < IOV_COUNT; i++) {
        struct frame *f = c->queue[(c->first + i) & (c->cap - 1)];
        size_t len = f->len - skip < left ? f->len - skip : left;

        iov[n].iov_base = f->data + skip;
        iov[n++].iov_len = len;
        left -= len;
        skip = 0;
    }
    return n;
}

static void
consume(struct conn *c, size_t n)
{
    size_t head = (size_t)(c->head_len - c->head_off);

    if (head > n)
        head = n;
    c->head_off = (uint8_t)(c->head_off + head);
    n -= head;
    c->record_left -= n;
    c->queued_bytes -= n;
    while (n > 0) {
        struct frame *f = c->queue[c->first];

        if (f->len - c->offset > n) {
            c->offset += n;
            return;
        }
        n -= f->len - c->offset;
        c->offset = 0;
        frame_release(f);
        c->first = (c->first + 1) & (c->cap - 1);
        c->count--;
    }
}

bool
conn_wants_write(const struct conn *c)
{
    return c->head_off < c->head_len || c->queued_bytes > 0 ||
           (c->is_ending && !c->end_written);
}

bool
conn_is_done(const struct conn *c)
{
    return c->end_written && !conn_wants_write(c);
}

/* Uma fila que cresceu numa rajada não fica guardada para sempre. */
static void
shrink(struct conn *c)
{
    if (c->count > 0 || c->cap <= QUEUE_FIRST)
        return;
    free(c->queue);
    c->queue = NULL;
    c->cap = c->first = 0;
}

bool
conn_flush(struct conn *c)
{
    struct iovec iov[IOV_COUNT];

    while (conn_wants_write(c)) {
        ssize_t n;
        int count;

        open_record(c);
        count = build(c, iov);
        if (count == 0)
            continue; /* fim de CGI: não há o que escrever */
        n = writev(c->fd, iov, count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        consume(c, (size_t)n);
    }
    shrink(c);
    return true;
}
