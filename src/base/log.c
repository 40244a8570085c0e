/* log.c - cada linha sai num único write, para não se misturarem. */
#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

static const char *const level_names[] = { "debug", "info", "warn", "error" };
static const char *program_name = "balcao";
static enum log_level least_level = LOG_INFO;
static char current_request[64];

void
log_init(const char *program, enum log_level least)
{
    program_name = program;
    least_level = least;
}

enum log_level
log_level_parse(const char *name)
{
    int i;

    for (i = LOG_DEBUG; i <= LOG_ERROR; i++)
        if (strcmp(level_names[i], name) == 0)
            return (enum log_level)i;
    return LOG_INFO;
}

void
log_request(const char *request_id)
{
    size_t n = request_id == NULL ? 0 : strlen(request_id);

    if (n >= sizeof current_request)
        n = sizeof current_request - 1;
    memcpy(current_request, request_id == NULL ? "" : request_id, n);
    current_request[n] = '\0';
}

static void
start_line(struct str *s, struct arena *a, enum log_level level)
{
    char now[25];

    clock_iso(clock_now_ms(), now);
    str_init(s, a, 400);
    str_printf(s,
               "{\"ts\":\"%s\",\"level\":\"%s\",\"program\":\"%s\","
               "\"pid\":%d",
               now, level_names[level], program_name, (int)getpid());
    if (current_request[0] != '\0') {
        str_puts(s, ",\"request_id\":");
        str_json(s, current_request);
    }
}

static void
end_line(struct str *s, struct arena *a)
{
    str_puts(s, "}\n");
    if (write(STDERR_FILENO, s->data, s->len) < 0) {
        /* sem stderr não há a quem avisar */
    }
    arena_free(a);
}

void
log_line(enum log_level level, const char *format, ...)
{
    struct arena *a;
    struct str s;
    va_list args;

    if (level < least_level)
        return;
    a = arena_new(2048);
    start_line(&s, a, level);
    va_start(args, format);
    str_puts(&s, ",\"msg\":");
    str_json(&s, arena_vprintf(a, format, args));
    va_end(args);
    end_line(&s, a);
}

void
log_access(const struct log_access *x)
{
    struct arena *a;
    struct str s;

    if (least_level > LOG_INFO)
        return;
    a = arena_new(2048);
    start_line(&s, a, LOG_INFO);
    str_puts(&s, ",\"msg\":\"access\",\"method\":");
    str_json(&s, x->method);
    str_puts(&s, ",\"route\":");
    str_json(&s, x->route);
    str_puts(&s, ",\"path\":");
    str_json(&s, x->path);
    str_puts(&s, ",\"remote\":");
    str_json(&s, x->remote);
    str_printf(&s,
               ",\"status\":%d,\"ms\":%.3f,\"bytes\":%lld,"
               "\"company\":%" PRId64 ",\"user\":%" PRId64,
               x->status, (double)x->duration_us / 1000, x->bytes,
               x->company_id, x->user_id);
    end_line(&s, a);
}
