/* presence.c - o sinal de vida e os avisos dele. */
#include "live/presence.h"

#include <inttypes.h>
#include <string.h>

#include "gen/q_queue.h"
#include "live/outbox.h"

const struct field presence_out[] = {
    ENUM(struct presence, status, .one_of = "online away offline",
         .doc = "Como os outros a veem"),
    TIME(struct presence, last_seen_at, .doc = "Hora deste sinal"), FIELDS_END
};

/* Ouvem: quem vê tudo, os colegas de fila e as outras abas da pessoa. */
static enum err
rooms_of(struct ctx *c, int64_t person, struct rooms *rooms)
{
    struct q_presence_queues_row *mine;
    int count, i;
    enum err e = q_presence_queues(
        c, &(struct q_presence_queues_in){ .user_id = person }, &mine, &count);

    rooms_add(c, rooms, "company", -1);
    rooms_add(c, rooms, "user", person);
    for (i = 0; e == OK && i < count; i++)
        rooms_add(c, rooms, "queue", mine[i].id);
    return e;
}

/* event: além de online_status; NULL: só ele. */
static enum err
tell(struct ctx *c, int64_t person, const struct presence *now,
     const char *event)
{
    struct rooms rooms = { .count = 0 };
    struct str s;
    enum err e = rooms_of(c, person, &rooms);

    if (e != OK)
        return e;
    str_init(&s, c->arena, 120);
    str_printf(&s, "{\"userId\":%" PRId64 ",\"presence\":", person);
    json_write(&s, presence_out, now);
    str_putc(&s, '}');
    if (event != NULL)
        e = outbox_emit(c, event, &rooms, s.data);
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
                              .last_seen_at = row.last_seen_at,
                              .came = row.came };
    if (strcmp(row.before, row.after) == 0)
        return OK;
    out->arrived = strcmp(row.after, "online") == 0;
    return tell(c, c->user_id, out,
                strcmp(row.before, "offline") == 0 ? "user:online" : NULL);
}

enum err
presence_leave(struct ctx *c, int64_t person, int64_t *again_ms)
{
    struct q_presence_leave_row row;
    bool found;
    enum err e = q_presence_leave(
        c, &(struct q_presence_leave_in){ .user_id = person }, &row, &found);

    *again_ms = 0;
    if (e != OK || !found)
        return e;
    if (row.gone)
        return tell(c, person,
                    &(struct presence){ .status = "offline",
                                        .last_seen_at = row.last_seen_at },
                    "user:offline");
    *again_ms = row.wait_ms;
    return OK;
}
