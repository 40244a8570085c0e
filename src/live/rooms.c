/* rooms.c - gramática e autorização das salas. */
#include "live/rooms.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/str.h"
#include "gen/q_live.h"

static const struct {
    const char *name;
    enum room_kind kind;
    bool has_id;
} kinds[] = {
    { "company", ROOM_COMPANY, false }, { "dashboard", ROOM_DASHBOARD, false },
    { "events", ROOM_EVENTS, false },   { "queue", ROOM_QUEUE, true },
    { "ticket", ROOM_TICKET, true },    { "user", ROOM_USER, true },
    { "people", ROOM_PEOPLE, false },
};

/* Um id: decimal sem sinal nem zero à esquerda, que caiba em bigint. */
static bool
read_id(const char *text, size_t n, int64_t *id)
{
    char digits[20];

    if (n == 0 || n >= sizeof digits || (text[0] == '0' && n > 1))
        return false;
    memcpy(digits, text, n);
    digits[n] = '\0';
    return strspn(digits, "0123456789") == n && parse_int64(digits, id);
}

enum room_kind
room_parse(const char *name, size_t n, int64_t *id)
{
    const char *colon = memchr(name, ':', n);
    size_t word = colon != NULL ? (size_t)(colon - name) : n, i;

    *id = 0;
    for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strlen(kinds[i].name) != word ||
            memcmp(kinds[i].name, name, word) != 0 ||
            kinds[i].has_id != (colon != NULL))
            continue;
        if (colon != NULL && !read_id(colon + 1, n - word - 1, id))
            return ROOM_NONE;
        if (colon != NULL && *id == 0 && kinds[i].kind != ROOM_QUEUE)
            return ROOM_NONE;
        return kinds[i].kind;
    }
    return ROOM_NONE;
}

static bool
add_name(struct ctx *c, struct room_list *out, const char *name, size_t n)
{
    int i;

    for (i = 0; i < out->count; i++)
        if (strlen(out->names[i]) == n && memcmp(out->names[i], name, n) == 0)
            return true;
    if (out->count == ROOMS_WANTED_MAX)
        return false;
    out->names[out->count++] = arena_memdup(c->arena, name, n);
    return true;
}

enum err
rooms_read(struct ctx *c, const char *text, struct room_list *out)
{
    int64_t id;

    out->count = 0;
    if (text == NULL)
        return OK;
    while (*text != '\0') {
        size_t n = strcspn(text, ",");

        if (room_parse(text, n, &id) == ROOM_NONE)
            return fail_field(c, "rooms", "format", "%s",
                              _("há uma sala que não existe"));
        if (!add_name(c, out, text, n))
            return fail_field(c, "rooms", "max", _("no máximo %d salas"),
                              ROOMS_WANTED_MAX);
        text += n;
        if (*text == ',' && *++text == '\0')
            return fail_field(c, "rooms", "format", "%s",
                              _("há uma sala que não existe"));
    }
    return OK;
}

/* As salas de uma espécie como vetor do banco, e quantas são. */
static const char *
ids_of(struct ctx *c, const struct room_list *rooms, enum room_kind kind,
       int64_t *count)
{
    struct str s;
    int64_t id;
    int i;

    str_init(&s, c->arena, 64);
    str_putc(&s, '{');
    *count = 0;
    for (i = 0; i < rooms->count; i++) {
        if (room_parse(rooms->names[i], strlen(rooms->names[i]), &id) != kind ||
            id == 0)
            continue;
        str_printf(&s, "%s%" PRId64, (*count)++ > 0 ? "," : "", id);
    }
    str_putc(&s, '}');
    return s.data;
}

/* O id está na lista "3,5,8"? */
static bool
in_list(const char *list, int64_t id)
{
    while (*list != '\0') {
        size_t n = strcspn(list, ",");
        int64_t each;

        if (read_id(list, n, &each) && each == id)
            return true;
        list += n + (list[n] == ',');
    }
    return false;
}

static bool
may_hear(const struct ctx *c, const struct q_live_person_row *who,
         const char *room)
{
    bool sees_all = strcmp(who->visibility, "all") == 0;
    bool sees_queues = strcmp(who->visibility, "queues") == 0;
    int64_t id;

    switch (room_parse(room, strlen(room), &id)) {
    case ROOM_COMPANY:
        return sees_all;
    case ROOM_QUEUE:
        return sees_all ||
               (sees_queues && (id == 0 || in_list(who->queues, id)));
    case ROOM_USER:
        return id == c->user_id;
    case ROOM_TICKET: /* contados pelo banco */
    case ROOM_DASHBOARD:
    case ROOM_EVENTS:
    case ROOM_PEOPLE:
        return true;
    case ROOM_NONE:
        break;
    }
    return false;
}

static void
add_usual(struct ctx *c, const struct q_live_person_row *who,
          struct room_list *rooms)
{
    const char *q = who->queues;
    char *me = arena_printf(c->arena, "user:%" PRId64, c->user_id);

    add_name(c, rooms, me, strlen(me));
    if (strcmp(who->visibility, "all") == 0) {
        add_name(c, rooms, "company", 7);
        return;
    }
    if (strcmp(who->visibility, "queues") != 0)
        return;
    add_name(c, rooms, "queue:0", 7);
    while (*q != '\0') {
        size_t n = strcspn(q, ",");
        char *name = arena_printf(c->arena, "queue:%.*s", (int)n, q);

        if (!add_name(c, rooms, name, strlen(name)))
            return;
        q += n + (q[n] == ',');
    }
}

enum err
rooms_allow(struct ctx *c, int64_t session_id, struct room_list *rooms)
{
    struct q_live_person_row who;
    int64_t tickets, queues;
    const char *ticket_ids = ids_of(c, rooms, ROOM_TICKET, &tickets);
    const char *queue_ids = ids_of(c, rooms, ROOM_QUEUE, &queues);
    enum err e;
    int i;

    e = q_live_person(c,
                      &(struct q_live_person_in){ .tickets = ticket_ids,
                                                  .queues = queue_ids,
                                                  .session_id = session_id },
                      &who);
    if (e != OK)
        return e;
    if (who.role == NULL || !who.session_open)
        return fail(c, ERR_UNAUTHORIZED, NULL);
    if (who.tickets_seen != tickets || who.queues_found != queues)
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("você não pode ouvir uma das salas"));
    for (i = 0; i < rooms->count; i++)
        if (!may_hear(c, &who, rooms->names[i]))
            return fail(c, ERR_FORBIDDEN, "%s",
                        _("você não pode ouvir uma das salas"));
    if (rooms->count == 0)
        add_usual(c, &who, rooms);
    return OK;
}
