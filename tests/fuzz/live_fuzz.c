/*
 * live_fuzz.c - o que chega ao hub de fora: nomes de salas, posições e
 * registros FastCGI. Entrada: 1 byte diz qual, o resto é o texto.
 */
#include <stdlib.h>
#include <string.h>

#include "kit.h"
#include "live/event.h"
#include "live/fcgi.h"
#include "live/frame.h"
#include "live/rooms.h"

static void
try_rooms(const char *text)
{
    struct ctx c = { .arena = arena_new(1024) };
    struct room_list list;
    int64_t id;
    int i;

    if (rooms_read(&c, text, &list) == OK)
        for (i = 0; i < list.count; i++)
            if (room_parse(list.names[i], strlen(list.names[i]), &id) ==
                    ROOM_NONE ||
                strlen(list.names[i]) > ROOM_NAME_MAX)
                abort();
    arena_free(c.arena);
}

/* Toda posição aceita volta igual quando escrita. */
static void
try_position(const char *text, size_t n)
{
    char again[EVENT_ID_CHARS];
    struct event_id id;

    if (!event_id_parse(text, n, &id))
        return;
    if (event_id_format(id, again) != n || memcmp(again, text, n) != 0)
        abort();
}

static void
try_pairs(const uint8_t *data, size_t n)
{
    struct slice name, value;
    volatile char last = 0;
    long used;

    while ((used = fcgi_pair_read(data, n, &name, &value)) > 0) {
        if (name.len > 0)
            last = name.data[name.len - 1];
        if (value.len > 0)
            last = value.data[value.len - 1];
        data += used;
        n -= (size_t)used;
    }
    (void)last;
}

static void
try_records(const uint8_t *data, size_t n)
{
    struct fcgi_record r;
    long used;

    while ((used = fcgi_record_read(data, n, &r)) > 0) {
        if (r.type == FCGI_PARAMS)
            try_pairs(r.data, r.len);
        data += used;
        n -= (size_t)used;
    }
}

/* Salas, tipo e corpo de um evento, separados por '|': sempre um bloco só. */
static void
try_event(char *text)
{
    char *save, *rooms = strtok_r(text, "|", &save);
    char *type = strtok_r(NULL, "|", &save);
    char *payload = strtok_r(NULL, "|", &save);
    struct event *e;
    const struct frame *f;

    if (payload == NULL)
        return;
    e = event_new(EVENT_ID_ZERO, 1, rooms, type, payload);
    if (e == NULL)
        return;
    f = event_frame(e);
    if (memmem(f->data, f->len, "\n\n", 2) != f->data + f->len - 2)
        abort();
    event_release(e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;

    if (size == 0)
        return 0;
    text = malloc(size);
    if (text == NULL)
        abort();
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    switch (data[0] % 4) {
    case 0:
        try_rooms(text);
        break;
    case 1:
        try_position(text, size - 1);
        break;
    case 2:
        try_records(data + 1, size - 1);
        break;
    default:
        try_event(text);
        break;
    }
    free(text);
    return 0;
}
