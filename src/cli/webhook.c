/* webhook.c - balcao webhook replay: repete as entregas guardadas cruas. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "cache/redis.h"
#include "channel/webhook.h"
#include "cli/cli.h"
#include "db/db.h"
#include "gen/q_hook.h"

#define PAGE 200

struct totals {
    int clean, still;
};

static void
list_one(const struct q_hook_failures_pending_row *f)
{
    printf("%" PRId64 "/%" PRId64 "  %s  %" PRId64 " bytes  %s\n",
           f->company_id, f->id, f->received_at, f->body_bytes, f->error);
}

static void
replay_one(const struct ctx *outer, struct redis *redis,
           const struct q_hook_failures_pending_row *f, struct totals *t)
{
    struct ctx c = { .arena = arena_new(16384),
                     .db = outer->db,
                     .token_version = -1,
                     .company_id = f->company_id };
    bool clean = false;

    if (webhook_replay(&c, f->id, &clean) != OK)
        db_rollback(&c);
    else
        redis_nudge(redis, c.nudges);
    if (clean)
        t->clean++;
    else
        t->still++;
    arena_free(c.arena);
}

static enum err
walk(struct ctx *c, struct redis *redis, bool list, struct totals *t)
{
    struct q_hook_failures_pending_in in = { .max = PAGE };
    struct q_hook_failures_pending_row *rows;
    int i, count;
    enum err e;

    do {
        e = q_hook_failures_pending(c, &in, &rows, &count);
        if (e == OK)
            e = db_commit(c);
        if (e != OK)
            return e;
        for (i = 0; i < count; i++) {
            if (list)
                list_one(&rows[i]);
            else
                replay_one(c, redis, &rows[i], t);
            in.after_company = rows[i].company_id;
            in.after_id = rows[i].id;
        }
    } while (count == PAGE);
    return OK;
}

int
cmd_webhook(const struct command *self, int argc, char **argv)
{
    bool list = false;
    const struct cli_option options[] = {
        { CLI_FLAG, "list", &list, NULL,
          N_("só mostra as entregas guardadas, sem repetir"), 0, 0 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options), rc = CLI_OK;
    struct totals t = { 0, 0 };
    struct redis *redis;
    struct ctx c;

    if (at != argc - 1 || strcmp(argv[at], "replay") != 0)
        return cli_usage(self, "%s", _("diga o que fazer: replay"));
    cli_open(&c, conf()->database_url);
    redis = redis_new(conf()->redis_url);
    if (walk(&c, redis, list, &t) != OK)
        rc = cli_fail("%s", _("o banco não respondeu; veja o log acima"));
    if (!list)
        printf(_("entraram inteiras: %d; continuam guardadas: %d\n"), t.clean,
               t.still);
    redis_close(redis);
    cli_close(&c);
    return rc == CLI_OK && t.still > 0 ? CLI_FAILED : rc;
}
