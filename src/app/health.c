/* health.c - as perguntas, o prazo delas e o veredito. */
#include "app/health.h"

#include <hiredis/hiredis.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "app/app.h"
#include "base/clock.h"
#include "base/conf.h"
#include "jobs/queue.h"

#define PROBE_MS 3000
#define AGAIN_MS 500

static volatile sig_atomic_t was_cut;

/*
 * O prazo do servidor (statement_timeout) não vale quando ele mesmo está
 * parado: fechar o soquete por baixo acorda a libpq com erro.
 */
static void
cut(int signal_number)
{
    int fd = db_socket(app.db);

    (void)signal_number;
    was_cut = 1;
    if (fd >= 0)
        shutdown(fd, SHUT_RDWR);
}

/* Repete: no primeiro aviso a conexão pode ainda não existir. */
static void
set_deadline(int64_t ms)
{
    struct sigaction action = { .sa_handler = cut, .sa_flags = SA_RESTART };
    struct itimerval timer = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

    if (ms > 0) {
        timer.it_interval.tv_usec = 200000;
        was_cut = 0;
        sigaction(SIGALRM, &action, NULL);
    }
    setitimer(ITIMER_REAL, &timer, NULL);
}

static enum err
ask_database(struct ctx *c, struct health *h)
{
    enum err e = q_system_state(c, &h->state);

    if (e == OK)
        e = q_system_jobs(c, &h->jobs, &h->job_count);
    if (e == OK)
        e = db_commit(c);
    if (e != OK)
        db_rollback(c);
    ctx_clear_error(c);
    return e;
}

static void
probe_database(struct ctx *c, struct health *h)
{
    int64_t limit_ms = conf()->database_timeout_ms, start_us;
    enum err e;

    set_deadline(limit_ms < PROBE_MS ? limit_ms : PROBE_MS);
    start_us = clock_mono_us();
    e = ask_database(c, h);
    h->database_ms = (clock_mono_us() - start_us) / 1000;
    if (e != OK && h->database_ms < AGAIN_MS)
        e = ask_database(c, h); /* o servidor pode ter reiniciado */
    set_deadline(0);
    h->database_ms = (clock_mono_us() - start_us) / 1000;
    h->has_database = e == OK && !was_cut;
}

static bool
ping_redis(void)
{
    redisReply *reply = redis_run(app.redis, "PING");
    bool good = reply != NULL && reply->type == REDIS_REPLY_STATUS;

    if (reply != NULL)
        freeReplyObject(reply);
    return good;
}

static void
probe_redis(struct health *h)
{
    int64_t start_us = clock_mono_us();

    if (conf()->redis_url[0] == '\0')
        h->parts[HEALTH_REDIS] = "off";
    else
        h->parts[HEALTH_REDIS] = ping_redis() ? "ok" : "down";
    h->redis_ms = (clock_mono_us() - start_us) / 1000;
}

const char *
health_part_name(enum health_part part)
{
    static const char *const names[] = { "database", "redis", "relay", "worker",
                                         "jobs" };

    return names[part];
}

bool
health_is_failing(const struct health *h, enum health_part part)
{
    return strcmp(h->parts[part], "ok") != 0 &&
           strcmp(h->parts[part], "off") != 0 &&
           strcmp(h->parts[part], "unknown") != 0;
}

const char *
health_lane_name(int lane)
{
    static const char *const names[] = { "inbound", "outbound", "bot",
                                         "campaign", "report" };

    return lane < LANE_INBOUND || lane > LANE_REPORT
               ? "unknown"
               : names[lane - LANE_INBOUND];
}

int64_t
health_jobs(const struct health *h, const char *state)
{
    int64_t sum = 0;
    int i;

    for (i = 0; i < h->job_count; i++)
        if (strcmp(h->jobs[i].state, state) == 0)
            sum += h->jobs[i].jobs;
    return sum;
}

int64_t
health_oldest_ready_ms(const struct health *h, int last_lane)
{
    int64_t oldest = 0;
    int i;

    for (i = 0; i < h->job_count; i++)
        if (strcmp(h->jobs[i].state, "ready") == 0 &&
            h->jobs[i].lane <= last_lane && h->jobs[i].oldest_ms > oldest)
            oldest = h->jobs[i].oldest_ms;
    return oldest;
}

/* Campanha e relatório podem esperar horas; entrada, saída e robô, não. */
static void
judge_parts(struct health *h)
{
    h->parts[HEALTH_DATABASE] = h->has_database ? "ok" : "down";
    if (!h->has_database) {
        h->parts[HEALTH_RELAY] = h->parts[HEALTH_WORKER] =
            h->parts[HEALTH_JOBS] = "unknown";
        return;
    }
    h->parts[HEALTH_RELAY] = h->state.relay_lag_ms > HEALTH_RELAY_STUCK_MS
                                 ? "stuck"
                             : h->state.relays == 0 ? "absent"
                                                    : "ok";
    h->parts[HEALTH_WORKER] = h->state.workers == 0 ? "absent"
                              : h->state.overdue_ms > HEALTH_OVERDUE_MS
                                  ? "stuck"
                                  : "ok";
    h->parts[HEALTH_JOBS] =
        health_oldest_ready_ms(h, LANE_BOT) > HEALTH_JOB_LATE_MS ? "late"
                                                                 : "ok";
}

void
health_probe(struct ctx *c, struct health *out)
{
    int part;

    memset(out, 0, sizeof *out);
    probe_database(c, out);
    probe_redis(out);
    judge_parts(out);
    out->status = out->has_database ? "ok" : "down";
    for (part = 0; part < HEALTH_PARTS && out->has_database; part++)
        if (health_is_failing(out, (enum health_part)part))
            out->status = "degraded";
}
