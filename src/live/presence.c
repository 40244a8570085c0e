/* presence.c - o sinal de vida e os avisos dele. */
#include "live/presence.h"

#include <inttypes.h>
#include <string.h>

#include "gen/q_queue.h"
#include "live/outbox.h"

const struct field presence_out[] = {
    ENUM(struct presence, status, .one_of = "online away",
         .doc = "Como os outros a veem"),
    TIME(struct presence, last_seen_at, .doc = "Hora deste sinal"), FIELDS_END
};

/*
 * Ouvem: quem vê tudo, os colegas de fila, as outras abas da pessoa e quem
 * está na conversa entre colegas.
 */
static enum err
rooms_of(struct ctx *c, struct rooms *rooms)
{
    struct q_presence_queues_row *mine;
    int count, i;
    enum err e = q_presence_queues(c, &mine, &count);

    rooms_add(c, rooms, "company", -1);
    rooms_add(c, rooms, "people", -1);
    rooms_add(c, rooms, "user", c->user_id);
    for (i = 0; e == OK && i < count; i++)
        rooms_add(c, rooms, "queue", mine[i].id);
    return e;
}

static enum err
tell(struct ctx *c, const struct presence *now, bool was_offline)
{
    struct rooms rooms = { .count = 0 };
    struct str s;
    enum err e = rooms_of(c, &rooms);

    if (e != OK)
        return e;
    str_init(&s, c->arena, 120);
    str_printf(&s, "{\"userId\":%" PRId64 ",\"presence\":", c->user_id);
    json_write(&s, presence_out, now);
    str_putc(&s, '}');
    if (was_offline)
        e = outbox_emit(c, "user:online", &rooms, s.data);
    if (e == OK && was_offline) /* o mesmo, com o nome de quem vem do Socket.IO */
        e = outbox_emit(c, "user_connected", &rooms, s.data);
    return e != OK ? e : outbox_emit(c, "online_status", &rooms, s.data);
}

enum err
presence_beat(struct ctx *c, const char *status, struct presence *out)
{
    struct q_presence_beat_row row;
    enum err e = q_presence_beat(
        c, &(struct q_presence_beat_in){ .status = status }, &row);

    if (e != OK)
        return e;
    *out = (struct presence){ .status = row.after,
                              .last_seen_at = row.last_seen_at };
    if (strcmp(row.before, row.after) == 0)
        return OK;
    out->arrived = strcmp(row.after, "online") == 0;
    return tell(c, out, strcmp(row.before, "offline") == 0);
}
