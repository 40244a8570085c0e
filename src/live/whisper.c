/* whisper.c - "empresa salas tipo corpo", separados por um espaço. */
#include "live/whisper.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/keys.h"
#include "cache/redis.h"
#include "live/event.h"

const char *
whisper_channel(char out[static WHISPER_CHANNEL_CHARS])
{
    const unsigned char *id = keys_id(KEY_STREAM);

    snprintf(out, WHISPER_CHANNEL_CHARS, "live:whisper:%02x%02x%02x%02x", id[0],
             id[1], id[2], id[3]);
    return out;
}

void
whisper(struct redis *r, int64_t company_id, const char *rooms,
        const char *type, const char *payload)
{
    char channel[WHISPER_CHANNEL_CHARS], *text = NULL;

    if (asprintf(&text, "%" PRId64 " %s %s %s", company_id, rooms, type,
                 payload) < 0)
        abort();
    redis_send(r, "PUBLISH %s %s", whisper_channel(channel), text);
    free(text);
}

/* Corta `*at` no próximo espaço e devolve o pedaço de antes. */
static const char *
cut(char **at)
{
    char *start = *at, *space = start != NULL ? strchr(start, ' ') : NULL;

    if (space == NULL)
        return NULL;
    *space = '\0';
    *at = space + 1;
    return start;
}

struct event *
whisper_parse(const char *text)
{
    char *copy = strdup(text), *at = copy;
    const char *company, *rooms, *type;
    struct event *e = NULL;
    char *end = NULL;
    int64_t id = 0;

    if (copy == NULL)
        abort();
    company = cut(&at);
    rooms = company != NULL ? cut(&at) : NULL;
    type = rooms != NULL ? cut(&at) : NULL;
    if (company != NULL)
        id = strtoll(company, &end, 10);
    if (type != NULL && id > 0 && *end == '\0' && rooms[0] != '\0')
        e = event_new(EVENT_ID_ZERO, id, rooms, type, at);
    free(copy);
    return e;
}
