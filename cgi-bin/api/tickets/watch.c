/* watch.c - quem está com o atendimento aberto, e quem escreve nele. */
#include <inttypes.h>
#include <string.h>

#include "app/app.h"
#include "gen/q_watch.h"
#include "live/watch.h"
#include "live/whisper.h"

struct watch_in {
    int64_t id;
    const char *state;
};
static const struct field watch_in[] = {
    INT(struct watch_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    ENUM(struct watch_in, state, .required = true,
         .one_of = "viewing typing gone",
         .doc = "O que a pessoa faz; repita em menos de 40 s (typing, 6 s)"),
    FIELDS_END
};

struct watch_out {
    const char *watchers;
};
static const struct field watch_out[] = {
    JSON(struct watch_out, watchers, .doc = "Quem está nele agora",
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"object\","
                   "\"required\":[\"userId\",\"name\",\"typing\"],"
                   "\"properties\":{\"userId\":{\"type\":\"integer\"},"
                   "\"name\":{\"type\":\"string\"},"
                   "\"typing\":{\"type\":\"boolean\"}}}}"),
    FIELDS_END
};

static const struct field watcher_out[] = { INT(struct watcher, user_id),
                                            TEXT(struct watcher, name),
                                            BOOL(struct watcher, typing),
                                            FIELDS_END };

static enum watch_state
state_named(const char *name)
{
    return strcmp(name, "gone") == 0     ? WATCH_GONE
           : strcmp(name, "typing") == 0 ? WATCH_TYPING
                                         : WATCH_VIEWING;
}

static void
tell(struct req *r, int64_t ticket_id, const char *list)
{
    struct arena *a = r->ctx.arena;

    whisper(app.redis, r->ctx.company_id,
            arena_printf(a, "ticket:%" PRId64 ",company", ticket_id),
            "ticket:watchers",
            arena_printf(a, "{\"ticketId\":%" PRId64 ",\"watchers\":%s}",
                         ticket_id, list));
}

static enum err
watch(struct req *r, const void *input)
{
    const struct watch_in *in = input;
    struct q_watch_name_row row;
    struct watchers all;
    struct watch mine = { .company_id = r->ctx.company_id,
                          .ticket_id = in->id,
                          .user_id = r->ctx.user_id,
                          .state = state_named(in->state) };
    bool found;
    struct str s;
    enum err e =
        q_watch_name(&r->ctx, &(struct q_watch_name_in){ .ticket_id = in->id },
                     &row, &found);

    if (e != OK || !found)
        return e != OK ? e : fail(&r->ctx, ERR_NOT_FOUND, NULL);
    mine.name = row.name;
    watch_set(app.redis, r->ctx.arena, &mine, &all);
    str_init(&s, r->ctx.arena, 400);
    json_write_list(&s, watcher_out, all.list, sizeof *all.list, all.count);
    if (all.changed)
        tell(r, in->id, s.data);
    return reply(r, &(struct watch_out){ s.data });
}

const struct route watch_routes[] = {
    { POST, "/api/v1/tickets/{id}/watch", watch, PERM_TICKETS_READ, AUTH_EITHER,
      .one_query = true, .rate = { .hits = 600, .per_s = 60 },
      IN(struct watch_in, watch_in), .out = watch_out,
      .alias = "/api/v1/chats/{id}/watch",
      .doc = "Diz que se está vendo ou escrevendo, e quem mais está" },
    ROUTES_END
};
