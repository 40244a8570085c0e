/* redis.c - hiredis com prazo curto: sem Redis tudo anda, só mais devagar. */
#include "cache/redis.h"

#include <hiredis/hiredis.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/log.h"

#define RETRY_US 1000000

struct redis {
    redisContext *conn;
    const char *url;
    int unread; /* respostas de redis_send ainda por ler */
    int64_t used_us, failed_us;
};

struct redis *
redis_new(const char *url)
{
    struct redis *r = calloc(1, sizeof *r);

    if (r == NULL)
        abort();
    r->url = url;
    r->failed_us = -RETRY_US;
    return r;
}

static void
disconnect(struct redis *r)
{
    if (r->conn != NULL)
        redisFree(r->conn);
    r->conn = NULL;
    r->unread = 0;
}

void
redis_close(struct redis *r)
{
    if (r == NULL)
        return;
    disconnect(r);
    free(r);
}

void
redis_release_idle(struct redis *r, int64_t idle_s)
{
    if (r != NULL && r->conn != NULL &&
        clock_mono_us() - r->used_us > idle_s * 1000000)
        disconnect(r);
}

static redisContext *
open_connection(const char *url, struct timeval wait)
{
    char host[256];
    const char *colon;

    if (strncmp(url, "unix://", 7) == 0)
        return redisConnectUnixWithTimeout(url + 7, wait);
    if (strncmp(url, "redis://", 8) != 0)
        return NULL;
    colon = strrchr(url + 8, ':');
    if (colon == NULL || (size_t)(colon - url - 8) >= sizeof host)
        return NULL;
    memcpy(host, url + 8, (size_t)(colon - url - 8));
    host[colon - url - 8] = '\0';
    return redisConnectWithTimeout(host, atoi(colon + 1), wait);
}

struct redisContext *
redis_dial(const char *url)
{
    int64_t ms = conf()->redis_timeout_ms;
    struct timeval wait = { ms / 1000, ms % 1000 * 1000 };
    redisContext *conn = open_connection(url, wait);

    if (conn == NULL)
        return NULL;
    if (conn->err) {
        log_debug("redis: %s", conn->errstr);
        redisFree(conn);
        return NULL;
    }
    redisSetTimeout(conn, wait);
    return conn;
}

static void
give_up(struct redis *r)
{
    log_warn("redis: %s", r->conn != NULL && r->conn->err
                              ? r->conn->errstr
                              : "endereço inválido");
    disconnect(r);
    r->failed_us = clock_mono_us();
}

static bool
connected(struct redis *r)
{
    int64_t ms = conf()->redis_timeout_ms;
    struct timeval wait = { ms / 1000, ms % 1000 * 1000 };

    r->used_us = clock_mono_us();
    if (r->conn != NULL)
        return true;
    if (r->url[0] == '\0' || r->used_us - r->failed_us < RETRY_US)
        return false;
    r->conn = open_connection(r->url, wait);
    if (r->conn == NULL || r->conn->err) {
        give_up(r);
        return false;
    }
    redisSetTimeout(r->conn, wait);
    return true;
}

/* Lê as respostas que ninguém esperou. */
static bool
drain(struct redis *r)
{
    void *reply;

    for (; r->unread > 0; r->unread--) {
        if (redisGetReply(r->conn, &reply) != REDIS_OK)
            return false;
        freeReplyObject(reply);
    }
    return true;
}

/* O servidor reiniciou entre dois usos? Uma segunda tentativa resolve. */
static redisReply *
run_once(struct redis *r, const char *format, va_list args)
{
    void *reply = NULL;

    if (!connected(r))
        return NULL;
    if (redisvAppendCommand(r->conn, format, args) == REDIS_OK && drain(r) &&
        redisGetReply(r->conn, &reply) == REDIS_OK)
        return reply;
    return NULL;
}

struct redisReply *
redis_run(struct redis *r, const char *format, ...)
{
    redisReply *reply;
    bool was_open = r->conn != NULL;
    va_list args;

    va_start(args, format);
    reply = run_once(r, format, args);
    va_end(args);
    if (reply == NULL && was_open) {
        disconnect(r);
        va_start(args, format);
        reply = run_once(r, format, args);
        va_end(args);
    }
    if (reply == NULL && r->conn != NULL)
        give_up(r);
    return reply;
}

void
redis_send(struct redis *r, const char *format, ...)
{
    va_list args;
    int done = 0;

    if (r->unread > 0 && r->conn != NULL && !drain(r))
        disconnect(r);
    if (!connected(r))
        return;
    va_start(args, format);
    redisvAppendCommand(r->conn, format, args);
    va_end(args);
    r->unread++;
    while (!done)
        if (redisBufferWrite(r->conn, &done) != REDIS_OK) {
            disconnect(r);
            return;
        }
}

void
redis_nudge(struct redis *r, unsigned nudges)
{
    if (nudges & NUDGE_RELAY)
        redis_send(r, "PUBLISH " NUDGE_RELAY_CHANNEL " 1");
    if (nudges & NUDGE_JOBS)
        redis_send(r, "PUBLISH " NUDGE_JOBS_CHANNEL " 1");
}
