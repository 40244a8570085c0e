/* event.c - um bloco por evento: cabeçalho, salas e textos. */
#include "live/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live/frame.h"

int
event_id_compare(struct event_id a, struct event_id b)
{
    if (a.xid != b.xid)
        return a.xid < b.xid ? -1 : 1;
    if (a.seq != b.seq)
        return a.seq < b.seq ? -1 : 1;
    return 0;
}

/* Lê um decimal até o fim ou o traço; devolve onde parou, ou NULL. */
static const char *
read_number(const char *p, const char *end, uint64_t *out)
{
    const char *start = p;
    uint64_t n = 0;

    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        if (n > (uint64_t)INT64_MAX / 10)
            return NULL;
        n = n * 10 + (uint64_t)(*p - '0');
        if (n > INT64_MAX)
            return NULL;
    }
    if (p == start || (*start == '0' && p - start > 1))
        return NULL;
    *out = n;
    return p;
}

bool
event_id_parse(const char *text, size_t n, struct event_id *out)
{
    const char *end = text + n, *p = read_number(text, end, &out->xid);

    if (p == NULL || p == end || *p != '-')
        return false;
    return read_number(p + 1, end, &out->seq) == end;
}

size_t
event_id_format(struct event_id id, char out[static EVENT_ID_CHARS])
{
    return (size_t)snprintf(out, EVENT_ID_CHARS, "%" PRIu64 "-%" PRIu64, id.xid,
                            id.seq);
}

/* FNV-1a de 64 bits; quem acha pelo número ainda compara o nome. */
uint64_t
room_hash(int64_t company_id, const char *name, size_t n)
{
    uint64_t h = 14695981039346656037u ^ (uint64_t)company_id;
    size_t i;

    h *= 1099511628211u;
    for (i = 0; i < n; i++)
        h = (h ^ (unsigned char)name[i]) * 1099511628211u;
    return h ^ h >> 29;
}

static bool
type_is_plain(const char *type)
{
    size_t n = strspn(type, "abcdefghijklmnopqrstuvwxyz_:.-");

    return n > 0 && n <= 60 && type[n] == '\0';
}

static int
count_rooms(const char *rooms)
{
    int n = rooms[0] != '\0';

    for (; *rooms != '\0'; rooms++)
        n += *rooms == ',';
    return n;
}

/* Copia o texto para o bloco e avança. */
static const char *
place(char **at, const char *text, size_t n)
{
    char *start = *at;

    memcpy(start, text, n);
    start[n] = '\0';
    *at += n + 1;
    return start;
}

static void
fill_rooms(struct event *e, const char *rooms, char **at)
{
    int i;

    for (i = 0; i < e->room_count; i++) {
        size_t n = strcspn(rooms, ",");

        e->rooms[i].hash = room_hash(e->company_id, rooms, n);
        e->rooms[i].name = place(at, rooms, n);
        rooms += n + 1;
    }
}

struct event *
event_new(struct event_id id, int64_t company_id, const char *rooms,
          const char *type, const char *payload)
{
    int room_count = count_rooms(rooms);
    size_t payload_bytes = strlen(payload);
    size_t bytes = sizeof(struct event) +
                   sizeof(struct event_room) * (size_t)room_count +
                   strlen(rooms) + strlen(type) + payload_bytes + 4;
    struct event *e;
    char *at, *p;

    if (!type_is_plain(type))
        return NULL;
    e = malloc(bytes);
    if (e == NULL)
        abort();
    *e = (struct event){ .refs = 1,
                         .id = id,
                         .company_id = company_id,
                         .payload_bytes = payload_bytes,
                         .bytes = bytes,
                         .room_count = room_count };
    at = (char *)&e->rooms[room_count];
    fill_rooms(e, rooms, &at);
    e->type = place(&at, type, strlen(type));
    p = at;
    e->payload = place(&at, payload, payload_bytes);
    for (; *p != '\0'; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    return e;
}

struct event *
event_keep(struct event *e)
{
    e->refs++;
    return e;
}

void
event_release(struct event *e)
{
    if (e == NULL || --e->refs > 0)
        return;
    frame_release(e->sse);
    free(e);
}

struct frame *
event_frame(struct event *e)
{
    if (e->sse == NULL)
        e->sse = frame_event(e);
    return e->sse;
}
