/* frame.c - o desenho de SSE e do long-poll. */
#include "live/frame.h"

#include <stdlib.h>
#include <string.h>

struct frame *
frame_new(const void *data, size_t len)
{
    struct frame *f = malloc(sizeof *f + len);

    if (f == NULL)
        abort();
    f->refs = 1;
    f->len = len;
    memcpy(f->data, data, len);
    return f;
}

struct frame *
frame_keep(struct frame *f)
{
    f->refs++;
    return f;
}

void
frame_release(struct frame *f)
{
    if (f != NULL && --f->refs == 0)
        free(f);
}

static char *
put(char *at, const char *text, size_t n)
{
    memcpy(at, text, n);
    return at + n;
}

static bool
has_id(const struct event *e)
{
    return event_id_compare(e->id, EVENT_ID_ZERO) != 0;
}

/*
 * O caminho quente: tamanho conhecido, uma alocação, dados numa linha só. Um
 * sussurro não tem id, e o Last-Event-ID do navegador fica onde estava.
 */
struct frame *
frame_event(const struct event *e)
{
    char id[EVENT_ID_CHARS];
    size_t id_len = has_id(e) ? event_id_format(e->id, id) : 0;
    size_t type_len = strlen(e->type);
    size_t id_bytes = id_len > 0 ? 4 + id_len + 1 : 0;
    size_t len = id_bytes + 7 + type_len + 7 + e->payload_bytes + 2;
    struct frame *f = malloc(sizeof *f + len);
    char *at;

    if (f == NULL)
        abort();
    f->refs = 1;
    f->len = len;
    at = f->data;
    if (id_len > 0) {
        at = put(at, "id: ", 4);
        at = put(at, id, id_len);
        at = put(at, "\n", 1);
    }
    at = put(at, "event: ", 7);
    at = put(at, e->type, type_len);
    at = put(at, "\ndata: ", 7);
    at = put(at, e->payload, e->payload_bytes);
    put(at, "\n\n", 2);
    return f;
}

void
sse_write(struct str *s, const char *id, const char *type, const char *data)
{
    if (id != NULL)
        str_printf(s, "id: %s\n", id);
    str_printf(s, "event: %s\n", type);
    for (;;) {
        size_t n = strcspn(data, "\r\n");

        str_puts(s, "data: ");
        str_add(s, data, n);
        str_putc(s, '\n');
        data += n;
        if (*data == '\0')
            break;
        data += data[0] == '\r' && data[1] == '\n' ? 2 : 1;
    }
    str_putc(s, '\n');
}

void
poll_write(struct str *s, const struct event *e,
           bool (*is_mine)(const void *who, const struct event_room *r),
           const void *who)
{
    char id[EVENT_ID_CHARS];
    bool any = false;
    int i;

    if (has_id(e)) {
        event_id_format(e->id, id);
        str_printf(s, "{\"id\":\"%s\",", id);
    } else {
        str_puts(s, "{\"id\":null,");
    }
    str_printf(s, "\"type\":\"%s\",\"rooms\":[", e->type);
    for (i = 0; i < e->room_count; i++) {
        if (!is_mine(who, &e->rooms[i]))
            continue;
        if (any)
            str_putc(s, ',');
        str_json(s, e->rooms[i].name);
        any = true;
    }
    str_puts(s, "],\"data\":");
    str_add(s, e->payload, e->payload_bytes);
    str_putc(s, '}');
}
