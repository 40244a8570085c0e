/* nchan_pipe.c - HTTP/1.1 mínimo sobre socket Unix. */
#include "live/nchan_pipe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum { ANSWER_US = 5 * 1000000 };

struct post *
post_new(enum post_kind kind, void *owner, const char *target)
{
    struct post *p = calloc(1, sizeof *p);

    if (p == NULL || (p->target = strdup(target)) == NULL)
        abort();
    p->kind = kind;
    p->owner = owner;
    return p;
}

void
post_add(struct post *p, struct frame *f)
{
    if ((p->frame_count & (p->frame_count - 1)) == 0) {
        size_t cap = p->frame_count == 0 ? 1 : (size_t)p->frame_count * 2;

        p->frames = realloc(p->frames, cap * sizeof *p->frames);
        if (p->frames == NULL)
            abort();
    }
    p->frames[p->frame_count++] = frame_keep(f);
    p->body_bytes += f->len;
}

static void
post_free(struct post *p)
{
    while (p->frame_count > 0)
        frame_release(p->frames[--p->frame_count]);
    free(p->frames);
    free(p->target);
    free(p);
}

static void
drop_first(struct pipe *pipe)
{
    struct post *p = pipe->head;

    pipe->head = p->next;
    if (pipe->head == NULL)
        pipe->tail = NULL;
    post_free(p);
}

void
pipe_close(struct pipe *pipe)
{
    while (pipe->head != NULL)
        drop_first(pipe);
    free(pipe->out);
    pipe->out = NULL;
    pipe->out_len = pipe->out_off = pipe->in_len = 0;
    pipe->is_busy = false;
    if (pipe->fd >= 0)
        close(pipe->fd);
    pipe->fd = -1;
}

static void
fail_all(struct pipe *pipe, const char *why)
{
    log_warn("nchan: %s", why);
    pipe_close(pipe);
    pipe->on_failure();
}

bool
pipe_open(struct pipe *pipe)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };

    if (pipe->fd >= 0)
        return true;
    if (strlen(pipe->path) >= sizeof a.sun_path)
        return false;
    strcpy(a.sun_path, pipe->path);
    pipe->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (pipe->fd >= 0 &&
        connect(pipe->fd, (struct sockaddr *)&a, sizeof a) == 0) {
        pipe->opens++;
        return true;
    }
    if (pipe->fd >= 0)
        close(pipe->fd);
    pipe->fd = -1;
    return false;
}

static const char *
method_of(enum post_kind kind)
{
    return kind == POST_KICK || kind == POST_KICK_ALL ? "DELETE"
           : kind == POST_PROBE                       ? "GET"
                                                      : "POST";
}

/* Junta o pedido num texto só: cabe uma cópia, o nginx faz milhares. */
static void
compose(struct pipe *pipe, const struct post *p)
{
    size_t cap = strlen(p->target) + p->body_bytes + 200;
    int i;

    pipe->out = malloc(cap);
    if (pipe->out == NULL)
        abort();
    pipe->out_off = 0;
    pipe->out_len = (size_t)snprintf(
        pipe->out, cap,
        "%s %s HTTP/1.1\r\nHost: nchan\r\nAccept: application/json\r\n"
        "Content-Type: text/event-stream\r\nContent-Length: %zu\r\n\r\n",
        method_of(p->kind), p->target, p->body_bytes);
    for (i = 0; i < p->frame_count; i++) {
        memcpy(pipe->out + pipe->out_len, p->frames[i]->data,
               p->frames[i]->len);
        pipe->out_len += p->frames[i]->len;
    }
}

static void
flush(struct pipe *pipe)
{
    while (pipe->out_off < pipe->out_len) {
        ssize_t n = send(pipe->fd, pipe->out + pipe->out_off,
                         pipe->out_len - pipe->out_off, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0) {
            fail_all(pipe, strerror(errno));
            return;
        }
        pipe->out_off += (size_t)n;
    }
    free(pipe->out);
    pipe->out = NULL;
    pipe->out_len = pipe->out_off = 0;
}

void
pipe_start(struct pipe *pipe)
{
    if (pipe->is_busy || pipe->head == NULL)
        return;
    if (!pipe_open(pipe)) {
        fail_all(pipe, "o nginx não atende");
        return;
    }
    pipe->is_busy = true;
    pipe->sent_at_us = clock_mono_us();
    pipe->in_len = 0;
    compose(pipe, pipe->head);
    flush(pipe);
}

void
pipe_queue(struct pipe *pipe, struct post *p)
{
    if (pipe->tail != NULL)
        pipe->tail->next = p;
    else
        pipe->head = p;
    pipe->tail = p;
}

void
pipe_push(struct pipe *pipe, struct post *p)
{
    pipe_queue(pipe, p);
    pipe_start(pipe);
}

bool
pipe_wants_write(const struct pipe *pipe)
{
    return pipe->out_off < pipe->out_len;
}

/* Valor de um cabeçalho da resposta, ou NULL. */
static const char *
header(const char *head, const char *end, const char *name)
{
    size_t n = strlen(name);
    const char *p;

    for (p = head; p != NULL && p < end; p = strstr(p, "\r\n")) {
        p += p == head ? 0 : 2;
        if (strncasecmp(p, name, n) == 0)
            return p + n + strspn(p + n, " ");
        if (strncmp(p, "\r\n", 2) == 0)
            break;
    }
    return NULL;
}

/*
 * A resposta chegou inteira? O nchan sempre manda Content-Length; sem ele o
 * corpo é vazio.
 */
static bool
answer_complete(struct pipe *pipe, int *status, const char **body, bool *closes)
{
    const char *end, *length, *connection;
    size_t need;

    pipe->in[pipe->in_len] = '\0';
    end = strstr(pipe->in, "\r\n\r\n");
    if (end == NULL || pipe->in_len < 12)
        return false;
    *status = atoi(pipe->in + 9);
    length = header(pipe->in, end + 2, "Content-Length:");
    need = length == NULL ? 0 : strtoul(length, NULL, 10);
    if (pipe->in_len < (size_t)(end + 4 - pipe->in) + need)
        return false;
    connection = header(pipe->in, end + 2, "Connection:");
    *closes = connection != NULL && strncasecmp(connection, "close", 5) == 0;
    *body = end + 4;
    return true;
}

static void
take_answer(struct pipe *pipe, int status, const char *body, bool closes)
{
    if (closes) { /* keepalive_requests: só reabrir */
        close(pipe->fd);
        pipe->fd = -1;
    }
    if (!pipe->on_answer(pipe->head, status, body)) {
        fail_all(pipe, "o nginx recusou");
        return;
    }
    drop_first(pipe);
    pipe->is_busy = false;
    pipe_start(pipe);
}

static void
read_answer(struct pipe *pipe)
{
    int status;
    const char *body;
    bool closes;
    ssize_t n = read(pipe->fd, pipe->in + pipe->in_len,
                     sizeof pipe->in - 1 - pipe->in_len);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0 || !pipe->is_busy) {
        if (pipe->is_busy) {
            fail_all(pipe, "o nginx fechou no meio");
            return;
        }
        close(pipe->fd); /* parada; reabre no próximo pedido */
        pipe->fd = -1;
        return;
    }
    pipe->in_len += (size_t)n;
    if (answer_complete(pipe, &status, &body, &closes))
        take_answer(pipe, status, body, closes);
    else if (pipe->in_len == sizeof pipe->in - 1)
        fail_all(pipe, "resposta longa demais");
}

void
pipe_ready(struct pipe *pipe)
{
    if (pipe->fd >= 0 && pipe_wants_write(pipe))
        flush(pipe);
    if (pipe->fd >= 0)
        read_answer(pipe);
}

void
pipe_tick(struct pipe *pipe, int64_t now_us)
{
    if (pipe->is_busy && now_us - pipe->sent_at_us > ANSWER_US)
        fail_all(pipe, "o nginx não respondeu");
}
