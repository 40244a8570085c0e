/* subscribe.c - um SUBSCRIBE que se refaz sozinho. */
#include "cache/subscribe.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/redis.h"

#define RETRY_US 1000000

struct subscription {
    redisContext *conn;
    const char *url, *channel;
    int64_t failed_us;
    unsigned opens;
};

struct subscription *
subscribe_new(const char *url, const char *channel)
{
    struct subscription *s = calloc(1, sizeof *s);

    if (s == NULL)
        abort();
    s->url = url;
    s->channel = channel;
    s->failed_us = -RETRY_US;
    return s;
}

static void
drop(struct subscription *s)
{
    if (s->conn != NULL)
        redisFree(s->conn);
    s->conn = NULL;
    s->failed_us = clock_mono_us();
}

void
subscribe_close(struct subscription *s)
{
    if (s == NULL)
        return;
    drop(s);
    free(s);
}

static void
connect_now(struct subscription *s)
{
    int sent = 0;

    s->conn = redis_dial(s->url);
    if (s->conn == NULL ||
        redisAppendCommand(s->conn, "SUBSCRIBE %s", s->channel) != REDIS_OK) {
        drop(s);
        return;
    }
    while (!sent)
        if (redisBufferWrite(s->conn, &sent) != REDIS_OK) {
            drop(s);
            return;
        }
    fcntl(s->conn->fd, F_SETFL, fcntl(s->conn->fd, F_GETFL) | O_NONBLOCK);
    s->conn->flags &= ~REDIS_BLOCK;
    s->opens++;
    log_debug("escutando %s", s->channel);
}

int
subscribe_fd(struct subscription *s)
{
    if (s->conn == NULL && s->url[0] != '\0' &&
        clock_mono_us() - s->failed_us >= RETRY_US)
        connect_now(s);
    return s->conn == NULL ? -1 : s->conn->fd;
}

unsigned
subscribe_opens(const struct subscription *s)
{
    return s->opens;
}

/* A resposta do próprio SUBSCRIBE também é um array: só "message" acorda. */
static bool
is_message(const redisReply *r)
{
    return r->type == REDIS_REPLY_ARRAY && r->elements == 3 &&
           r->element[0]->type == REDIS_REPLY_STRING &&
           r->element[0]->str[0] == 'm';
}

bool
subscribe_read(struct subscription *s, void (*each)(const char *text))
{
    bool woken = false;
    void *reply;

    if (s->conn == NULL)
        return false;
    if (redisBufferRead(s->conn) != REDIS_OK) {
        drop(s);
        return true;
    }
    for (;;) {
        if (redisGetReplyFromReader(s->conn, &reply) != REDIS_OK) {
            drop(s);
            return true;
        }
        if (reply == NULL)
            return woken;
        if (is_message(reply)) {
            woken = true;
            if (each != NULL)
                each(((redisReply *)reply)->element[2]->str);
        }
        freeReplyObject(reply);
    }
}
