/* health_gauges.c - o que health_probe achou, no formato do Prometheus. */
#include <inttypes.h>
#include <string.h>

#include "app/health.h"
#include "base/version.h"

static void
gauge_head(struct str *s, const char *name, const char *help)
{
    str_printf(s, "# HELP balcao_%s %s\n# TYPE balcao_%s gauge\n", name, help,
               name);
}

static void
gauge(struct str *s, const char *name, const char *help, int64_t v)
{
    gauge_head(s, name, help);
    str_printf(s, "balcao_%s %" PRId64 "\n", name, v);
}

static void
gauge_seconds(struct str *s, const char *name, const char *help, int64_t ms)
{
    gauge_head(s, name, help);
    str_printf(s, "balcao_%s %" PRId64 ".%03" PRId64 "\n", name, ms / 1000,
               ms % 1000);
}

static void
job_gauges(struct str *s, const struct health *h)
{
    int i;

    gauge_head(s, "jobs", "Jobs in the queue, by lane and state.");
    for (i = 0; i < h->job_count; i++)
        str_printf(s, "balcao_jobs{lane=\"%s\",state=\"%s\"} %" PRId64 "\n",
                   health_lane_name(h->jobs[i].lane), h->jobs[i].state,
                   h->jobs[i].jobs);
    gauge_head(s, "jobs_oldest_ready_seconds",
               "Age of the oldest job that could run now, by lane.");
    for (i = 0; i < h->job_count; i++)
        if (strcmp(h->jobs[i].state, "ready") == 0)
            str_printf(s,
                       "balcao_jobs_oldest_ready_seconds{lane=\"%s\"} "
                       "%" PRId64 ".%03" PRId64 "\n",
                       health_lane_name(h->jobs[i].lane),
                       h->jobs[i].oldest_ms / 1000,
                       h->jobs[i].oldest_ms % 1000);
}

void
health_gauges(struct str *s, const struct health *h)
{
    gauge_head(s, "info", "Version of the program that answers.");
    str_puts(s, "balcao_info{version=\"" BALCAO_VERSION "\"} 1\n");
    gauge_head(s, "up", "Whether the part answers: 1 or 0.");
    str_printf(s, "balcao_up{part=\"database\"} %d\n", h->has_database);
    if (strcmp(h->parts[HEALTH_REDIS], "off") != 0)
        str_printf(s, "balcao_up{part=\"redis\"} %d\n",
                   !health_is_failing(h, HEALTH_REDIS));
    if (!h->has_database)
        return;
    gauge_seconds(s, "outbox_lag_seconds",
                  "Age of the oldest event that the relay has not taken.",
                  h->state.relay_lag_ms);
    gauge(s, "relay_processes", "Relays connected.", h->state.relays);
    gauge(s, "worker_processes", "Workers connected.", h->state.workers);
    gauge_seconds(s, "jobs_overdue_seconds",
                  "Time since a job should have been back in the queue.",
                  h->state.overdue_ms);
    job_gauges(s, h);
}
