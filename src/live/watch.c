/* watch.c - um hash por atendimento: pessoa -> "vê até, escreve até, nome". */
#include "live/watch.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cache/redis.h"

struct entry {
    int64_t viewing_ms, typing_ms;
    const char *name;
};

static bool
read_entry(const char *text, struct entry *out)
{
    char *at;

    out->viewing_ms = strtoll(text, &at, 10);
    if (*at != ' ')
        return false;
    out->typing_ms = strtoll(at + 1, &at, 10);
    out->name = at + 1;
    return *at == ' ';
}

static enum watch_state
state_of(const char *text, int64_t now_ms)
{
    struct entry e;

    if (text == NULL || !read_entry(text, &e) || e.viewing_ms < now_ms)
        return WATCH_GONE;
    return e.typing_ms > now_ms ? WATCH_TYPING : WATCH_VIEWING;
}

/* O que a própria pessoa fazia até agora. */
static enum watch_state
previous(struct redis *r, const char *key, int64_t user_id, int64_t now_ms)
{
    redisReply *reply = redis_run(r, "HGET %s %" PRId64, key, user_id);
    enum watch_state state = WATCH_GONE;

    if (reply != NULL && reply->type == REDIS_REPLY_STRING)
        state = state_of(reply->str, now_ms);
    if (reply != NULL)
        freeReplyObject(reply);
    return state;
}

static void
put(struct redis *r, const char *key, const struct watch *in, int64_t now_ms)
{
    char *text = NULL;

    if (in->state == WATCH_GONE) {
        redis_send(r, "HDEL %s %" PRId64, key, in->user_id);
        return;
    }
    if (asprintf(&text, "%" PRId64 " %" PRId64 " %s", now_ms + WATCH_VIEWING_MS,
                 in->state == WATCH_TYPING ? now_ms + WATCH_TYPING_MS : 0,
                 in->name) < 0)
        abort();
    redis_send(r, "HSET %s %" PRId64 " %s", key, in->user_id, text);
    redis_send(r, "PEXPIRE %s %d", key, WATCH_VIEWING_MS);
    free(text);
}

static void
list(struct redis *r, struct arena *a, const char *key, int64_t now_ms,
     struct watchers *out)
{
    redisReply *reply = redis_run(r, "HGETALL %s", key);
    size_t i;

    for (i = 0; reply != NULL && reply->type == REDIS_REPLY_ARRAY &&
                i + 1 < reply->elements && out->count < WATCHERS_MAX;
         i += 2) {
        const char *text = reply->element[i + 1]->str;
        enum watch_state state = state_of(text, now_ms);
        struct entry e;

        if (state == WATCH_GONE || !read_entry(text, &e))
            continue;
        out->list[out->count++] = (struct watcher){
            .user_id = strtoll(reply->element[i]->str, NULL, 10),
            .name = arena_strdup(a, e.name),
            .typing = state == WATCH_TYPING,
        };
    }
    if (reply != NULL)
        freeReplyObject(reply);
}

void
watch_set(struct redis *r, struct arena *a, const struct watch *in,
          struct watchers *out)
{
    int64_t now_ms = clock_now_ms();
    char key[64];

    snprintf(key, sizeof key, "watch:%" PRId64 ":%" PRId64, in->company_id,
             in->ticket_id);
    out->count = 0;
    out->changed = previous(r, key, in->user_id, now_ms) != in->state;
    put(r, key, in, now_ms);
    list(r, a, key, now_ms, out);
}
