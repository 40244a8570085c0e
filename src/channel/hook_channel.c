/* hook_channel.c - poucos canais por instalação: uma tabela pequena basta. */
#include "channel/hook_channel.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "channel/channel_box.h"
#include "db/db.h"
#include "gen/q_hook.h"

#define SLOTS 32

static struct slot {
    struct arena *arena; /* NULL: lugar livre */
    const char *key;
    int64_t born_us;
    struct channel channel;
} slots[SLOTS];

static void
drop(struct slot *s)
{
    arena_free(s->arena);
    memset(s, 0, sizeof *s);
}

void
hook_channel_forget(void)
{
    int i;

    for (i = 0; i < SLOTS; i++)
        drop(&slots[i]);
}

static struct slot *
find(const char *key)
{
    int64_t now_us = clock_mono_us();
    int i;

    for (i = 0; i < SLOTS; i++) {
        struct slot *s = &slots[i];

        if (s->arena == NULL || strcmp(s->key, key) != 0)
            continue;
        if (now_us - s->born_us < HOOK_CHANNEL_LIFE_S * 1000000LL)
            return s;
        drop(s);
    }
    return NULL;
}

/* Um lugar livre, ou o mais velho. */
static struct slot *
take_slot(void)
{
    struct slot *oldest = &slots[0];
    int i;

    for (i = 0; i < SLOTS; i++) {
        if (slots[i].arena == NULL)
            return &slots[i];
        if (slots[i].born_us < oldest->born_us)
            oldest = &slots[i];
    }
    drop(oldest);
    return oldest;
}

static bool
fill(struct slot *s, const char *key, const struct q_hook_channel_row *row)
{
    s->arena = arena_new(2048);
    s->key = arena_strdup(s->arena, key);
    s->born_us = clock_mono_us();
    s->channel = (struct channel){
        .company_id = row->company_id,
        .id = row->id,
        .default_queue_id = row->default_queue_id,
        .platform = arena_strdup(s->arena, row->platform),
        .external_id = arena_strdup(s->arena, row->external_id),
        .account_id = arena_strdup(s->arena, row->waba_id),
    };
    return channel_secrets_open(s->arena, row->company_id, row->id,
                                row->secrets, &s->channel.secrets);
}

enum err
hook_channel_find(struct ctx *c, const char *key, const struct channel **out)
{
    struct slot *s = find(key);
    struct q_hook_channel_row row;
    bool found;
    enum err e;

    if (s == NULL) {
        e = q_hook_channel(c, &(struct q_hook_channel_in){ .key = key }, &row,
                           &found);
        if (e == OK)
            e = db_commit(c);
        if (e != OK)
            return e;
        if (!found)
            return fail(c, ERR_NOT_FOUND, NULL);
        s = take_slot();
        if (!fill(s, key, &row)) {
            log_error("canal %" PRId64 ": os segredos não abrem com este "
                      "app_secret",
                      row.id);
            drop(s);
            return fail(c, ERR_INTERNAL, NULL);
        }
    }
    *out = &s->channel;
    return OK;
}
