/* media_kit.c - ffmpeg, multipart e um worker por uns instantes. */
#include "media_kit.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define SAMPLE_MAX (1 << 20)
#define WAIT_MS 110000
#define STEP_MS 40

struct sample
media_make(const char *name, const char *arguments)
{
    static char data[SAMPLE_MAX];
    const char *path = text("/tmp/balcao-sample.%d.%s", (int)getpid(), name);
    struct sample out = { .name = name, .data = data };
    FILE *f;

    assert_int_equal(
        system(text("ffmpeg -nostdin -v error -y %s %s", arguments, path)), 0);
    f = fopen(path, "rb");
    assert_non_null(f);
    out.len = fread(data, 1, sizeof data, f);
    fclose(f);
    unlink(path);
    assert_in_range(out.len, 1, sizeof data - 1);
    return out;
}

static size_t
put_field(char *to, size_t room, const char *name, size_t n, const char *value)
{
    return (size_t)snprintf(to, room,
                            "--xyz\r\nContent-Disposition: form-data; "
                            "name=\"%.*s\"\r\n\r\n%s\r\n",
                            (int)n, name, value);
}

struct answer *
media_post(const struct media_form *f)
{
    static char body[SAMPLE_MAX + 4000];
    const char *equals = f->fields != NULL ? strchr(f->fields, '=') : NULL;
    size_t n = 0;

    if (f->csrf != NULL)
        n = put_field(body, sizeof body, "_csrf", 5, f->csrf);
    if (equals != NULL)
        n += put_field(body + n, sizeof body - n, f->fields,
                       (size_t)(equals - f->fields), equals + 1);
    n += (size_t)snprintf(body + n, sizeof body - n,
                          "--xyz\r\nContent-Disposition: form-data; "
                          "name=\"file\"; filename=\"%s\"\r\nContent-Type: "
                          "image/png\r\n\r\n",
                          f->sample->name);
    assert_true(n + f->sample->len + 20 < sizeof body);
    memcpy(body + n, f->sample->data, f->sample->len);
    memcpy(body + n + f->sample->len, "\r\n--xyz--\r\n", 12);
    return call(&(struct call){ .program = f->program,
                                .method = "POST",
                                .path = f->path,
                                .token = f->token,
                                .cookie = f->cookie,
                                .type = "multipart/form-data; boundary=xyz",
                                .body = body,
                                .body_len = n + f->sample->len + 11,
                                .headers = { f->cookie != NULL
                                                 ? "Origin: http://balcao.test"
                                                 : NULL } });
}

struct answer *
media_upload(int64_t person, const struct sample *s, bool voice)
{
    return media_post(
        &(struct media_form){ .program = "files",
                              .path = "/api/v1/files",
                              .token = token_of(person),
                              .fields = voice ? "voice=true" : NULL,
                              .sample = s });
}

struct answer *
media_send(int64_t person, int64_t ticket, int64_t file)
{
    return post_as(person, "tickets",
                   text("/api/v1/tickets/%" PRId64 "/messages", ticket),
                   text("{\"fileId\":%" PRId64 "}", file));
}

static _Noreturn void
be_the_worker(void)
{
    const char *program = text("%s/bin/balcao", getenv("BUILD"));

    setenv("BALCAO_GRAPH_BASE_URL", "http://127.0.0.1:1", 1);
    setenv("BALCAO_LOG_LEVEL", "error", 1);
    execl(program, program, "work", "--for", "120s", (char *)NULL);
    _exit(127);
}

void
media_work_until(const char *query)
{
    pid_t worker = fork();
    bool done = false;
    int i;

    if (worker == 0)
        be_the_worker();
    for (i = 0; i < WAIT_MS / STEP_MS && !done; i++) {
        usleep(STEP_MS * 1000);
        done = sql_int("SELECT coalesce((%s), false)::int", query) == 1;
    }
    kill(worker, SIGTERM);
    waitpid(worker, NULL, 0);
    if (!done)
        fail_msg("não aconteceu: %s; files: %s", query,
                 sql("SELECT json_agg(f) FROM files f"));
}
