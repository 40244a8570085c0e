/* step.c - os passos de um job: cada um na sua transação, com o job junto. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "cache/redis.h"
#include "db/db.h"
#include "gen/q_job.h"
#include "jobs/backoff.h"
#include "jobs/worker_internal.h"

#define LOSSES_MAX 5
#define FAULTS_MAX 20    /* erros nossos, não do sistema de fora */
#define RECORD_TRIES 300 /* uma por segundo: cinco minutos sem banco */
#define SERIALIZATION_TRIES 3

static const struct backoff default_wait = { 1000, 300000, 3 };

const struct job_kind *
step_kind(const struct worker *w, const char *name)
{
    const struct job_kind *const *k;

    for (k = w->options->kinds; *k != NULL; k++)
        if (strcmp((*k)->name, name) == 0)
            return *k;
    return NULL;
}

static void
drop(struct worker *w, struct running *r)
{
    struct running **at = &w->list;

    while (*at != NULL && *at != r)
        at = &(*at)->next;
    if (*at == r) {
        *at = r->next;
        w->running_count--;
    }
    db_rollback(&r->ctx);
    arena_free(r->ctx.arena); /* r mora nela */
}

/* Encerra ou devolve o job, na transação do passo. */
static enum err
settle(struct worker *w, struct running *r, enum job_next next)
{
    struct job *job = &r->job;
    struct ctx *c = &r->ctx;
    struct q_job_done_row done;
    struct q_job_retry_row again;
    struct q_job_wait_row waits;
    struct q_job_bury_row dead;
    bool owned = true;
    enum err e = OK;

    switch (next) {
    case JOB_DONE:
        e = q_job_done(
            c, &(struct q_job_done_in){ .id = job->id, .worker = w->name },
            &done);
        owned = e != OK || done.owned;
        break;
    case JOB_RETRY:
        if (job->delay_ms == 0)
            job->delay_ms = backoff_ms(&default_wait, job->attempts);
        e = q_job_retry(c,
                        &(struct q_job_retry_in){ .id = job->id,
                                                  .worker = w->name,
                                                  .delay_ms = job->delay_ms,
                                                  .error = job->error,
                                                  .payload = job->new_payload },
                        &again);
        owned = e != OK || again.owned;
        break;
    case JOB_WAIT:
        e = q_job_wait(c,
                       &(struct q_job_wait_in){ .id = job->id,
                                                .worker = w->name,
                                                .delay_ms = job->delay_ms },
                       &waits);
        owned = e != OK || waits.owned;
        break;
    case JOB_DEAD:
        e = q_job_bury(c,
                       &(struct q_job_bury_in){ .id = job->id,
                                                .worker = w->name,
                                                .error = job->error },
                       &dead);
        owned = e != OK || dead.owned;
        break;
    case JOB_CALL:
        if (job->new_payload != NULL)
            e = q_job_note(
                c,
                &(struct q_job_note_in){ .id = job->id,
                                         .worker = w->name,
                                         .payload = job->new_payload },
                NULL);
        break;
    }
    if (!owned)
        log_warn("job %" PRId64 ": outro worker já o tem", job->id);
    return e;
}

/* balcao_jobs_total{kind,result}: contado depois do COMMIT, quando é fato. */
static void
count(const struct running *r, enum job_next next)
{
    static const char *const results[] = {
        [JOB_DONE] = "done", [JOB_RETRY] = "retry", [JOB_WAIT] = "wait",
        [JOB_DEAD] = "dead", [JOB_CALL] = "call",
    };

    metrics_counter_add(arena_printf(r->ctx.arena,
                                     "jobs_total{kind=\"%s\",result=\"%s\"}",
                                     r->kind->name, results[next]),
                        1);
}

static enum err
commit(struct worker *w, struct running *r, enum job_next next)
{
    struct ctx *c = &r->ctx;
    enum err e = db_commit(c);

    if (e == OK)
        count(r, next);
    if (e == OK && c->nudges != 0)
        redis_nudge(w->redis, c->nudges);
    c->nudges = 0;
    return e;
}

/* O job não tem conserto: a espécie se despede dele antes. */
static enum err
give_up(struct running *r, const char *why)
{
    r->job.error = why;
    log_error("job %" PRId64 " (%s): %s", r->job.id, r->kind->name, why);
    return r->kind->give_up != NULL ? r->kind->give_up(&r->ctx, &r->job) : OK;
}

/* O passo deu erro: o job volta depois, ou o arrendamento vence e ele volta. */
static void
put_back(struct worker *w, struct running *r, enum err why)
{
    struct ctx *c = &r->ctx;
    const char *detail = c->detail != NULL ? c->detail : "";
    enum job_next next = JOB_RETRY;
    enum err e = OK;

    log_warn("job %" PRId64 " (%s): %s %s", r->job.id, r->kind->name,
             err_info(why)->slug, detail);
    r->job.error = arena_printf(c->arena, "%s %s", err_info(why)->slug, detail);
    r->job.delay_ms = 0;
    r->job.new_payload = NULL;
    ctx_clear_error(c);
    if (r->job.attempts >= FAULTS_MAX && why != ERR_UNAVAILABLE) {
        next = JOB_DEAD;
        e = give_up(r, r->job.error);
    }
    if (e == OK)
        e = settle(w, r, next);
    if (e == OK)
        commit(w, r, next);
}

static enum err
run_prepare(struct worker *w, struct running *r, enum job_next *next)
{
    struct job *job = &r->job;
    enum err e;

    *next = JOB_DEAD;
    job->new_payload = NULL;
    job->delay_ms = 0;
    if (job->losses >= LOSSES_MAX) {
        e = give_up(r, "derrubou workers demais");
    } else {
        e = r->kind->prepare(&r->ctx, job, next);
    }
    if (e == OK)
        e = settle(w, r, *next);
    return e == OK ? commit(w, r, *next) : e;
}

static struct running *
adopt(struct worker *w, const struct claimed *row)
{
    struct arena *a = arena_new(4096);
    struct running *r = arena_alloc(a, sizeof *r);

    r->ctx = (struct ctx){ .arena = a,
                           .db = w->db,
                           .token_version = -1,
                           .company_id = row->company_id };
    r->kind = step_kind(w, row->kind);
    r->job = (struct job){ .id = row->id,
                           .company_id = row->company_id,
                           .payload = arena_strdup(a, row->payload),
                           .attempts = row->attempts,
                           .losses = row->losses };
    r->next = w->list;
    w->list = r;
    w->running_count++;
    return r;
}

void
step_start(struct worker *w, const struct claimed *row)
{
    struct running *r = adopt(w, row);
    enum job_next next = JOB_DONE;
    enum err e = OK;
    int i;

    for (i = 0; i < SERIALIZATION_TRIES; i++) {
        e = run_prepare(w, r, &next);
        if (e == OK)
            break;
        db_rollback(&r->ctx);
        if (!db_should_retry(&r->ctx))
            break;
        ctx_clear_error(&r->ctx);
    }
    if (e == OK && next == JOB_CALL) {
        caller_start(w->caller, r->ctx.arena, &r->job.call, r);
        return;
    }
    if (e != OK)
        put_back(w, r, e);
    drop(w, r);
}

static enum err
run_finish(struct worker *w, struct running *r, enum job_next *next)
{
    enum err e;

    r->job.new_payload = NULL;
    r->job.delay_ms = 0;
    r->job.error = NULL;
    ctx_clear_error(&r->ctx);
    e = r->kind->finish(&r->ctx, &r->job, &r->reply, next);
    if (e == OK)
        e = settle(w, r, *next);
    return e == OK ? commit(w, r, *next) : e;
}

/* Outra chamada do mesmo job: o que há na arena dele continua valendo. */
static void
call_again(struct worker *w, struct running *r)
{
    r->job.calls++;
    r->answered = false;
    r->tries = 0;
    caller_start(w->caller, r->ctx.arena, &r->job.call, r);
}

bool
step_finish(struct worker *w, struct running *r)
{
    enum job_next next = JOB_DEAD;
    enum err e = run_finish(w, r, &next);

    r->answered = true;
    if (e == OK && next == JOB_CALL) {
        call_again(w, r);
        return false;
    }
    if (e != OK) {
        db_rollback(&r->ctx);
        r->again_us =
            clock_mono_us() + (db_should_retry(&r->ctx) ? 20000 : 1000000);
        if (++r->tries < RECORD_TRIES)
            return false;
        log_error("job %" PRId64 " (%s): não se gravou o resultado: %s",
                  r->job.id, r->kind->name, err_info(e)->slug);
    }
    drop(w, r);
    return true;
}
