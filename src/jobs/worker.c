/* worker.c - o laço: relógio, avisos do Redis, chamadas que acabam, sinais. */
#include "jobs/worker.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/metrics.h"
#include "cache/redis.h"
#include "cache/subscribe.h"
#include "db/db.h"
#include "gen/q_job.h"
#include "jobs/worker_internal.h"

#define KINDS_MAX 32
#define POLL_US 1000000 /* de quanto em quanto se olha a fila */

struct loop {
    struct worker w;
    struct subscription *nudges;
    int signals; /* signalfd de SIGTERM e SIGINT */
    bool stopping, woken;
    int64_t poll_at_us, beat_at_us, end_at_us, stop_at_us;
};

static void
open_name(struct worker *w)
{
    char host[64] = "";

    gethostname(host, sizeof host - 1);
    snprintf(w->name, sizeof w->name, "%s:%d:%" PRId64, host, (int)getpid(),
             clock_now_ms());
}

static bool
open_signals(struct loop *l)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return false;
    l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return l->signals >= 0;
}

/* Um contexto curto de sistema, sem empresa: só as funções da fila. */
static struct ctx
queue_ctx(struct worker *w)
{
    return (struct ctx){ .arena = arena_new(8192),
                         .db = w->db,
                         .token_version = -1,
                         .one_query = true };
}

static void
end_ctx(struct ctx *c)
{
    if (c->tx == TX_FAILED || c->error != OK)
        db_rollback(c);
    c->tx = TX_NONE;
    arena_free(c->arena);
}

static int
count_kind(const struct worker *w, const struct job_kind *kind)
{
    const struct running *r;
    int n = 0;

    for (r = w->list; r != NULL; r = r->next)
        n += r->kind == kind;
    return n;
}

/* {"empresa": jobs dela em curso}, para a partilha justa. */
static const char *
busy_companies(struct ctx *c, const struct worker *w)
{
    const struct running *r, *other;
    struct str s;

    str_init(&s, c->arena, 256);
    for (r = w->list; r != NULL; r = r->next) {
        int n = 1;

        for (other = w->list; other != r; other = other->next)
            if (other->job.company_id == r->job.company_id)
                break;
        if (other != r)
            continue; /* já contada */
        for (other = r->next; other != NULL; other = other->next)
            n += other->job.company_id == r->job.company_id;
        str_printf(&s, "%s\"%" PRId64 "\":%d", s.len > 0 ? "," : "",
                   r->job.company_id, n);
    }
    return arena_printf(c->arena, "{%s}", s.len > 0 ? s.data : "");
}

static void
kind_lists(struct ctx *c, const struct worker *w, struct str *names,
           struct str *rooms)
{
    const struct job_kind *const *k;

    str_init(names, c->arena, 128);
    str_init(rooms, c->arena, 64);
    for (k = w->options->kinds; *k != NULL; k++) {
        char sep = k == w->options->kinds ? '{' : ',';

        str_printf(names, "%c%s", sep, (*k)->name);
        str_printf(rooms, "%c%d", sep, (*k)->concurrency - count_kind(w, *k));
    }
    str_putc(names, '}');
    str_putc(rooms, '}');
}

/* Pega o que couber e faz o primeiro passo de cada um. */
static int
claim(struct worker *w, int slots)
{
    struct ctx c = queue_ctx(w);
    struct q_job_claim_row *rows;
    struct str names, rooms;
    int i, n = 0;

    kind_lists(&c, w, &names, &rooms);
    if (q_job_claim(&c,
                    &(struct q_job_claim_in){
                        .worker = w->name,
                        .lease_s = conf()->job_lease_s,
                        .slots = slots,
                        .kinds = names.data,
                        .rooms = rooms.data,
                        .cursors = arena_printf(
                            c.arena,
                            "{%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64
                            ",%" PRId64 "}",
                            w->cursors[1], w->cursors[2], w->cursors[3],
                            w->cursors[4], w->cursors[5]),
                        .busy = busy_companies(&c, w) },
                    &rows, &n) != OK)
        n = 0;
    c.tx = c.error == OK ? TX_NONE : c.tx;
    for (i = 0; i < n; i++) {
        w->cursors[rows[i].lane] = rows[i].next_company;
        step_start(w, &(struct claimed){ .kind = rows[i].kind,
                                         .payload = rows[i].payload,
                                         .id = rows[i].id,
                                         .company_id = rows[i].company_id,
                                         .attempts = rows[i].attempts,
                                         .losses = rows[i].losses });
    }
    end_ctx(&c);
    return n;
}

/* Enquanto couber e houver; um job sem chamada já devolveu a vaga. */
static void
fill(struct loop *l)
{
    struct worker *w = &l->w;

    l->woken = false;
    while (!l->stopping) {
        int slots = (int)conf()->worker_concurrency - w->running_count;

        if (slots <= 0 || claim(w, slots) == 0)
            return;
    }
}

static void
tick(struct loop *l, int64_t now)
{
    struct ctx c = queue_ctx(&l->w);
    struct q_job_tick_row row;

    l->poll_at_us = now + POLL_US;
    if (!l->stopping)
        q_job_tick(&c, &row);
    end_ctx(&c);
    l->woken = true;
}

static void
heartbeat(struct loop *l, int64_t now)
{
    struct worker *w = &l->w;
    struct ctx c;
    struct q_job_heartbeat_row row;
    const struct running *r;
    struct str ids;

    l->beat_at_us = now + conf()->job_lease_s * 1000000 / 3;
    if (w->list == NULL)
        return;
    c = queue_ctx(w);
    str_init(&ids, c.arena, 256);
    for (r = w->list; r != NULL; r = r->next)
        str_printf(&ids, "%c%" PRId64, r == w->list ? '{' : ',', r->job.id);
    str_putc(&ids, '}');
    if (q_job_heartbeat(
            &c,
            &(struct q_job_heartbeat_in){ .worker = w->name,
                                          .lease_s = conf()->job_lease_s,
                                          .ids = ids.data },
            &row) == OK &&
        row.kept < w->running_count)
        log_warn("worker: %d arrendamentos perdidos",
                 w->running_count - (int)row.kept);
    end_ctx(&c);
}

/* Respostas que chegaram e respostas que o banco ainda não aceitou. */
static void
finish_some(struct loop *l, int64_t now)
{
    struct job_reply reply;
    struct running *r, *next;
    void *tag;

    while (caller_next(l->w.caller, &tag, &reply)) {
        r = tag;
        r->reply = reply;
        l->woken = step_finish(&l->w, r) || l->woken;
    }
    for (r = l->w.list; r != NULL; r = next) {
        next = r->next;
        if (r->answered && now >= r->again_us)
            l->woken = step_finish(&l->w, r) || l->woken;
    }
}

static void
stop(struct loop *l, int64_t now)
{
    if (l->stopping)
        return;
    l->stopping = true;
    l->stop_at_us = now + l->w.options->stop_s * 1000000;
    log_info("worker: parando, %d jobs em curso", l->w.running_count);
}

static int64_t
wait_ms(const struct loop *l, int64_t now)
{
    int64_t until = l->poll_at_us;
    const struct running *r;

    if (l->beat_at_us < until)
        until = l->beat_at_us;
    if (l->stopping && l->stop_at_us < until)
        until = l->stop_at_us;
    for (r = l->w.list; r != NULL; r = r->next)
        if (r->answered && r->again_us < until)
            until = r->again_us;
    return until <= now ? 0 : (until - now) / 1000 + 1;
}

static void
wait_something(struct loop *l)
{
    struct signalfd_siginfo info;
    int fds[2] = { l->signals, subscribe_fd(l->nudges) };

    caller_wait(l->w.caller, fds, 2, wait_ms(l, clock_mono_us()));
    if (read(l->signals, &info, sizeof info) == (ssize_t)sizeof info)
        stop(l, clock_mono_us());
    if (subscribe_read(l->nudges, NULL))
        l->woken = true;
}

static void
turn(struct loop *l)
{
    int64_t now = clock_mono_us();

    if (l->end_at_us != 0 && now >= l->end_at_us)
        stop(l, now);
    if (now >= l->poll_at_us)
        tick(l, now);
    if (l->woken)
        fill(l);
    if (now >= l->beat_at_us)
        heartbeat(l, now);
    caller_release_idle(l->w.caller, conf()->idle_close_s);
    redis_release_idle(l->w.redis, conf()->idle_close_s);
    wait_something(l);
    finish_some(l, clock_mono_us());
}

bool
worker_run(const struct worker_options *o)
{
    struct loop l = { .w.options = o };
    int64_t now = clock_mono_us();

    open_name(&l.w);
    metrics_open(conf()->metrics_file);
    if (!open_signals(&l)) {
        log_error("worker: sem signalfd");
        return false;
    }
    l.w.db = db_new(conf()->database_url);
    l.w.redis = redis_new(conf()->redis_url);
    l.w.caller = caller_new();
    l.nudges = subscribe_new(conf()->redis_url, NUDGE_JOBS_CHANNEL);
    l.poll_at_us = l.beat_at_us = now;
    l.end_at_us = o->for_s > 0 ? now + o->for_s * 1000000 : 0;
    log_info("worker: %s", l.w.name);
    while (!l.stopping || (l.w.list != NULL && clock_mono_us() < l.stop_at_us))
        turn(&l);
    if (l.w.list != NULL)
        log_warn("worker: %d jobs ficaram em curso", l.w.running_count);
    subscribe_close(l.nudges);
    caller_close(l.w.caller);
    redis_close(l.w.redis);
    db_close(l.w.db);
    close(l.signals);
    return true;
}
