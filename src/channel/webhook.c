/* webhook.c - a entrega inteira, ou item por item quando o banco recusa um. */
#include "channel/webhook.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "channel/template_sync.h"
#include "db/db.h"
#include "gen/q_hook.h"

#define TRIES 5
#define ERROR_CHARS 2000

struct job {
    struct ctx *c;
    const struct channel *channel;
    struct channel_batch batch;
    struct str problems;
    int problem_count;
};

static void
add_problem(struct job *j, const char *text)
{
    j->problem_count++;
    if (j->problems.len < ERROR_CHARS)
        str_printf(&j->problems, "%s%s", j->problems.len > 0 ? "; " : "", text);
}

/* Do começo: o que o parser já não entendeu, e nada mais. */
static void
reset_problems(struct job *j)
{
    int i;

    str_init(&j->problems, j->c->arena, 128);
    str_puts(&j->problems, "");
    j->problem_count = 0;
    for (i = 0; i < j->batch.problem_count; i++)
        add_problem(j, j->batch.problems[i]);
}

static int
item_count(const struct job *j)
{
    return j->batch.message_count + j->batch.status_count;
}

static enum err
run_item(struct job *j, int i)
{
    if (i < j->batch.message_count)
        return message_receive(j->c, &j->batch.messages[i], NULL);
    return message_status_update(
        j->c, &j->batch.statuses[i - j->batch.message_count]);
}

static enum err
lock_all(struct job *j)
{
    const struct channel_batch *b = &j->batch;

    return inbound_lock(j->c, b->messages, b->message_count, b->statuses,
                        b->status_count);
}

/* O caminho de sempre: tudo numa transação, sem pontos de volta. */
static enum err
run_all(struct job *j)
{
    enum err e = lock_all(j);
    int i, n = item_count(j);

    for (i = 0; i < n && e == OK; i++)
        e = run_item(j, i);
    return e == OK ? templates_heard(j->c, j->channel, &j->batch) : e;
}

/* Passa sozinho: repetir a entrega inteira, não culpar o item. */
static bool
is_passing(const struct ctx *c, enum err e)
{
    return e == ERR_UNAVAILABLE || e == ERR_TIMEOUT || db_should_retry(c);
}

static void
blame(struct job *j, int i, enum err e)
{
    const char *what = i < j->batch.message_count ? "mensagem" : "estado";
    const char *id =
        i < j->batch.message_count
            ? j->batch.messages[i].provider_id
            : j->batch.statuses[i - j->batch.message_count].provider_id;

    log_error("webhook: canal %" PRId64 ": %s %.100s: %s", j->channel->id, what,
              id, err_info(e)->slug);
    add_problem(j, arena_printf(j->c->arena, "%s %.100s: %s%s%s", what, id,
                                err_info(e)->slug,
                                j->c->detail != NULL ? ": " : "",
                                j->c->detail != NULL ? j->c->detail : ""));
}

/* Item por item, cada um com seu ponto de volta. */
static enum err
run_careful(struct job *j)
{
    struct ctx *c = j->c;
    enum err e = lock_all(j);
    int i, n = item_count(j);

    if (e == OK)
        e = db_savepoint(c);
    for (i = 0; i < n && e == OK; i++) {
        unsigned nudges = c->nudges;

        e = run_item(j, i);
        if (e == OK)
            e = db_savepoint(c); /* também traz o erro do que foi à fila */
        if (e == OK || is_passing(c, e))
            continue;
        blame(j, i, e);
        ctx_clear_error(c);
        c->nudges = nudges;
        e = db_rollback_to(c);
    }
    return e == OK ? templates_heard(c, j->channel, &j->batch) : e;
}

static enum err
store_failure(struct job *j, struct slice body)
{
    return q_hook_failure_add_queue(
        j->c, &(struct q_hook_failure_add_in){ .channel_id = j->channel->id,
                                               .body = body,
                                               .error = j->problems.data });
}

/*
 * Faz `run` até dar certo: outra entrega ao mesmo tempo pode pedir que se
 * recomece (40001, 40P01), e isso não é culpa de ninguém.
 */
static enum err
with_retries(struct job *j, enum err (*run)(struct job *),
             enum err (*after)(struct job *, const void *), const void *arg)
{
    enum err e = OK;
    int i;

    for (i = 0; i < TRIES; i++) {
        ctx_clear_error(j->c);
        reset_problems(j);
        e = run(j);
        if (e == OK)
            e = after(j, arg);
        if (e == OK)
            e = db_commit(j->c);
        if (e == OK)
            return OK;
        db_rollback(j->c);
        if (!db_should_retry(j->c))
            return e;
    }
    return fail(j->c, ERR_UNAVAILABLE, NULL);
}

static enum err
keep_raw(struct job *j, const void *body)
{
    return j->problem_count == 0
               ? OK
               : store_failure(j, *(const struct slice *)body);
}

static void
parse(struct job *j, struct ctx *c, const struct channel *ch, struct slice body)
{
    const struct channel_adapter *adapter = channel_adapter(ch->platform);

    memset(j, 0, sizeof *j);
    j->c = c;
    j->channel = ch;
    if (adapter != NULL && adapter->parse_webhook != NULL) {
        adapter->parse_webhook(c->arena, ch, body, &j->batch);
        return;
    }
    j->batch.problems = arena_alloc(c->arena, sizeof *j->batch.problems);
    j->batch.problems[0] = "plataforma sem leitor de webhook";
    j->batch.problem_count = 1;
}

/* Nem item por item: fica só o corpo cru, para depois do conserto. */
static enum err
run_none(struct job *j)
{
    add_problem(j, "a entrega inteira falhou; veja o log");
    return OK;
}

enum err
webhook_receive(struct ctx *c, const struct channel *ch, struct slice body,
                struct webhook_done *out)
{
    struct job j;
    enum err e;

    parse(&j, c, ch, body);
    e = with_retries(&j, run_all, keep_raw, &body);
    if (e != OK && !is_passing(c, e))
        e = with_retries(&j, run_careful, keep_raw, &body);
    if (e != OK && !is_passing(c, e))
        e = with_retries(&j, run_none, keep_raw, &body);
    if (e == OK && j.problem_count > 0)
        log_warn("webhook: canal %" PRId64 ": entrega guardada: %.200s", ch->id,
                 j.problems.data);
    if (out != NULL)
        *out = (struct webhook_done){ j.batch.message_count,
                                      j.batch.status_count, j.problem_count };
    return e;
}

/* ---- replay ---- */

static enum err
close_failure(struct job *j, const void *id)
{
    return q_hook_failure_close_queue(
        j->c, &(struct q_hook_failure_close_in){ .id = *(const int64_t *)id,
                                                 .done = j->problem_count == 0,
                                                 .error = j->problems.data });
}

enum err
webhook_replay(struct ctx *c, int64_t id, bool *clean)
{
    struct q_hook_failure_get_row row;
    struct channel ch;
    struct job j;
    enum err e;

    e = q_hook_failure_get(c, &(struct q_hook_failure_get_in){ .id = id },
                           &row);
    if (e != OK) {
        db_rollback(c);
        return e;
    }
    e = db_commit(c);
    if (e != OK)
        return e;
    ch = (struct channel){ .company_id = c->company_id,
                           .id = row.channel_id,
                           .default_queue_id = row.default_queue_id,
                           .platform = row.platform,
                           .external_id = row.external_id,
                           .account_id = row.waba_id };
    parse(&j, c, &ch, row.body);
    e = with_retries(&j, run_careful, close_failure, &id);
    *clean = e == OK && j.problem_count == 0;
    return e;
}
