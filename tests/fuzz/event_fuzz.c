/*
 * event_fuzz.c - um evento ao vivo: "posição\nsalas\ntipo\nconteúdo". Sai
 * como SSE e como item do long-poll, e se confere o que saiu.
 */
#include <string.h>

#include "channel/json_read.h"
#include "kit.h"
#include "live/frame.h"

static void
check_id(const char *text, struct event_id *id)
{
    char again[EVENT_ID_CHARS];

    *id = EVENT_ID_ZERO;
    if (!event_id_parse(text, strlen(text), id)) {
        *id = EVENT_ID_ZERO;
        return;
    }
    need(event_id_format(*id, again) < sizeof again);
    need(strcmp(again, text) == 0); /* uma forma só */
}

/* Três linhas e a vazia (um sussurro não tem a do id): nada do conteúdo vira
 * campo novo. */
static void
check_frame(const struct frame *f, const struct event *e)
{
    static const char *const names[] = { "id: ", "event: ", "data: " };
    const char *p = f->data, *end = f->data + f->len;
    int i = event_id_compare(e->id, EVENT_ID_ZERO) == 0 ? 1 : 0;

    for (; i < 3; i++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));

        need(stop != NULL && strncmp(p, names[i], strlen(names[i])) == 0);
        need(memchr(p, '\r', (size_t)(stop - p)) == NULL);
        p = stop + 1;
    }
    need(end - p == 1 && *p == '\n');
    need(e->payload_bytes == strlen(e->payload));
}

static bool
is_mine(const void *who, const struct event_room *room)
{
    return room->hash ==
           room_hash(*(const int64_t *)who, room->name, strlen(room->name));
}

static void
check_poll(struct arena *a, const struct event *e)
{
    struct str s;

    if (!utf8_valid(e->payload, e->payload_bytes) ||
        json_read(a, (struct slice){ e->payload, e->payload_bytes }) == NULL)
        return; /* o banco só guarda JSON */
    str_init(&s, a, 0);
    poll_write(&s, e, is_mine, &e->company_id);
    need(json_read(a, (struct slice){ s.data, s.len }) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    struct slice rest = { (const char *)data, size };
    const char *position = fuzz_cut_text(a, &rest, '\n');
    const char *rooms = fuzz_cut_text(a, &rest, '\n');
    const char *type = fuzz_cut_text(a, &rest, '\n');
    const char *payload = arena_memdup(a, rest.data, rest.len);
    struct event_id id;
    struct event *e;
    struct str s;

    check_id(position, &id);
    e = event_new(id, 3, utf8_valid(rooms, strlen(rooms)) ? rooms : "company",
                  type, payload);
    if (e != NULL) {
        check_frame(event_frame(e), e);
        check_poll(a, e);
    }
    event_release(e);
    str_init(&s, a, 0);
    sse_write(&s, NULL, "connected", payload);
    need(s.len > 2 && strcmp(s.data + s.len - 2, "\n\n") == 0);
    arena_free(a);
    return 0;
}
