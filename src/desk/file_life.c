/* file_life.c - o arquivo que chega: por buscar, pronto, ou por que não. */
#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/file.h"
#include "desk/message.h"
#include "jobs/queue.h"
#include "media/kind.h"

static enum err
enqueue_fetch(struct ctx *c, int64_t id)
{
    const char *key = arena_printf(c->arena, "file:%" PRId64, id);

    return job_enqueue(
        c, &(struct job_new){ .lane = LANE_INBOUND,
                              .kind = "media.fetch",
                              .unique_key = key,
                              .payload = arena_printf(
                                  c->arena, "{\"fileId\":%" PRId64 "}", id) });
}

enum err
file_arrive(struct ctx *c, const struct file_arrival *in, const char **media)
{
    struct q_file_inbound_row row;
    bool found;
    enum err e;

    e = q_file_inbound(
        c,
        &(struct q_file_inbound_in){ .message_id = in->message_id,
                                     .kind = in->kind,
                                     .name = in->name,
                                     .mime = in->mime,
                                     .voice = in->voice,
                                     .remote_id = in->remote_id },
        &row, &found);
    if (e != OK || !found)
        return e;
    *media = row.media;
    return enqueue_fetch(c, row.id);
}

static enum err
emit_updated(struct ctx *c, int64_t message_id)
{
    struct q_message_row m;
    enum err e;

    e = q_message_get(c, &(struct q_message_get_in){ .id = message_id }, &m);
    return e == OK ? message_emit(c, "message:updated", &m) : e;
}

enum err
file_fetched(struct ctx *c, const struct q_file_fetched_in *in)
{
    struct q_file_fetched_row row;
    bool found;
    enum err e = q_file_fetched(c, in, &row, &found);

    if (e != OK || !found)
        return e;
    e = emit_updated(c, row.message_id);
    return e == OK && !in->has_duration_ms ? file_look(c, in->id, row.kind) : e;
}

enum err
file_look(struct ctx *c, int64_t id, const char *kind)
{
    struct arena *a = c->arena;

    if (!media_has_look(kind))
        return OK;
    return job_enqueue(
        c, &(struct job_new){
               .lane = LANE_BOT,
               .kind = "media.look",
               .unique_key = arena_printf(a, "file:%" PRId64, id),
               .payload = arena_printf(a, "{\"fileId\":%" PRId64 "}", id) });
}

enum err
file_retell(struct ctx *c, int64_t id)
{
    struct q_file_retell_row row;
    bool found;
    enum err e =
        q_file_retell(c, &(struct q_file_retell_in){ .id = id }, &row, &found);

    return e == OK && found ? emit_updated(c, row.message_id) : e;
}

static enum err
set_state(struct ctx *c, const struct q_file_set_state_in *in, bool *found)
{
    struct q_file_set_state_row row;
    enum err e = q_file_set_state(c, in, &row, found);

    return e == OK && *found ? emit_updated(c, row.message_id) : e;
}

enum err
file_fail(struct ctx *c, int64_t id, const char *state, const char *why)
{
    bool found;

    return set_state(
        c,
        &(struct q_file_set_state_in){
            .id = id, .old_state = "pending", .state = state, .reason = why },
        &found);
}

enum err
file_prepare(struct ctx *c, int64_t id, int64_t ticket_id)
{
    struct arena *a = c->arena;

    return job_enqueue(
        c, &(struct job_new){
               .lane = LANE_OUTBOUND,
               .kind = "media.voice",
               .unique_key = arena_printf(a, "file:%" PRId64, id),
               .serial_key = arena_printf(a, "ticket:%" PRId64, ticket_id),
               .payload = arena_printf(a, "{\"fileId\":%" PRId64 "}", id) });
}

enum err
file_prepare_again(struct ctx *c, int64_t message_id, int64_t ticket_id)
{
    struct q_file_of_failed_row row;
    bool found;
    enum err e = q_file_of_failed(
        c, &(struct q_file_of_failed_in){ .message_id = message_id }, &row,
        &found);

    if (e != OK || !found)
        return e;
    e = set_state(c,
                  &(struct q_file_set_state_in){
                      .id = row.id, .old_state = "failed", .state = "pending" },
                  &found);
    return e == OK ? file_prepare(c, row.id, ticket_id) : e;
}

enum err
file_retry(struct ctx *c, int64_t id, struct q_file_row *out)
{
    bool found = false;
    enum err e = file_find(c, id, out);

    if (e == OK && strcmp(out->source, "inbound") == 0)
        e = set_state(c,
                      &(struct q_file_set_state_in){
                          .id = id, .old_state = "failed", .state = "pending" },
                      &found);
    if (e == OK && !found)
        return fail(c, ERR_CONFLICT, "%s",
                    _("só se busca de novo o arquivo que falhou"));
    if (e == OK)
        e = enqueue_fetch(c, id);
    return e == OK ? file_find(c, id, out) : e;
}
