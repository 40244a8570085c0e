/* metrics_test.c - a tabela de séries, sozinha e dividida por processos. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/metrics.h"

#define TEST(name) static void name(void **state)
#define PROCESSES 4
#define ROUNDS 5000

static struct arena *arena;
static char path[64];

static int
up(void **state)
{
    (void)state;
    arena = arena_new(4096);
    snprintf(path, sizeof path, "/tmp/balcao_metrics_test.%d", (int)getpid());
    unlink(path);
    return 0;
}

static int
down(void **state)
{
    (void)state;
    metrics_close();
    unlink(path);
    arena_free(arena);
    return 0;
}

static const char *
render(void)
{
    struct str s;

    str_init(&s, arena, 4096);
    metrics_render(&s);
    str_putc(&s, '\0');
    return s.data;
}

static void
assert_line(const char *text, const char *line)
{
    const char *p = text;
    size_t n = strlen(line);

    while ((p = strstr(p, line)) != NULL) {
        if ((p == text || p[-1] == '\n') && p[n] == '\n')
            return;
        p++;
    }
    print_error("falta a linha: %s\nem:\n%s\n", line, text);
    assert_true(0);
}

TEST(counting_before_open_does_nothing)
{
    (void)state;
    metrics_request("GET", "/x", 200, 10);
    metrics_gauge_set("live_subscribers", 1);
    assert_string_equal(render(), "");
}

TEST(request_counts_by_status_and_falls_in_its_bucket)
{
    const char *text;

    (void)state;
    metrics_open("");
    metrics_request("GET", "/api/v1/x/{id}", 200, 500);
    metrics_request("GET", "/api/v1/x/{id}", 200, 501);
    metrics_request("GET", "/api/v1/x/{id}", 404, 20000000);
    text = render();
    assert_line(text, "# TYPE balcao_http_requests_total counter");
    assert_line(text, "balcao_http_requests_total{method=\"GET\","
                      "route=\"/api/v1/x/{id}\",status=\"200\"} 2");
    assert_line(text, "balcao_http_requests_total{method=\"GET\","
                      "route=\"/api/v1/x/{id}\",status=\"404\"} 1");
    assert_line(text, "# TYPE balcao_http_request_duration_seconds histogram");
#define BUCKET \
    "balcao_http_request_duration_seconds_bucket{" \
    "route=\"/api/v1/x/{id}\",le="
    assert_line(text, BUCKET "\"0.0005\"} 1");
    assert_line(text, BUCKET "\"0.001\"} 2");
    assert_line(text, BUCKET "\"10\"} 2");
    assert_line(text, BUCKET "\"+Inf\"} 3");
    assert_line(text, "balcao_http_request_duration_seconds_sum{"
                      "route=\"/api/v1/x/{id}\"} 20.001001");
    assert_line(text, "balcao_http_request_duration_seconds_count{"
                      "route=\"/api/v1/x/{id}\"} 3");
}

TEST(gauge_keeps_the_last_value_and_counter_sums)
{
    const char *text;

    (void)state;
    metrics_open("");
    metrics_gauge_set("live_subscribers", 7);
    metrics_gauge_set("live_subscribers", 3);
    metrics_counter_add("jobs_done_total{kind=\"message.send\"}", 2);
    metrics_counter_add("jobs_done_total{kind=\"message.send\"}", 5);
    text = render();
    assert_line(text, "# TYPE balcao_live_subscribers gauge");
    assert_line(text, "balcao_live_subscribers 3");
    assert_line(text, "balcao_jobs_done_total{kind=\"message.send\"} 7");
    assert_int_equal(text[strlen(text) - 1], '\n');
}

TEST(each_family_has_one_head_before_its_series)
{
    const char *text, *first;

    (void)state;
    metrics_open("");
    metrics_counter_add("a_total{x=\"1\"}", 1);
    metrics_counter_add("a_total_b", 1); /* ordena entre as duas */
    metrics_counter_add("a_total{x=\"2\"}", 1);
    text = render();
    first = strstr(text, "# TYPE balcao_a_total counter\n");
    assert_non_null(first);
    assert_null(strstr(first + 1, "# TYPE balcao_a_total counter\n"));
    assert_non_null(strstr(first, "balcao_a_total{x=\"1\"} 1\n"
                                  "balcao_a_total{x=\"2\"} 1\n"));
}

TEST(full_table_counts_what_it_dropped)
{
    char name[40];
    int i;

    (void)state;
    metrics_open("");
    for (i = 0; i < METRICS_SERIES + 10; i++) {
        snprintf(name, sizeof name, "c%d_total", i);
        metrics_counter_add(name, 1);
    }
    metrics_counter_add("c0_total", 1);
    assert_line(render(), "balcao_metrics_dropped_total 10");
    assert_line(render(), "balcao_c0_total 2");
}

TEST(name_that_does_not_fit_is_dropped)
{
    char route[400];

    (void)state;
    memset(route, 'a', sizeof route);
    route[sizeof route - 1] = '\0';
    metrics_open("");
    metrics_request("GET", route, 200, 1);
    assert_line(render(), "balcao_metrics_dropped_total 2");
}

TEST(file_outlives_who_wrote_it)
{
    (void)state;
    metrics_open(path);
    metrics_counter_add("a_total", 4);
    metrics_open(path);
    metrics_counter_add("a_total", 1);
    assert_line(render(), "balcao_a_total 5");
}

TEST(file_of_another_version_is_made_again)
{
    struct stat before, after;
    int fd;

    (void)state;
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "outra coisa", 11), 11);
    close(fd);
    assert_int_equal(stat(path, &before), 0);
    metrics_open(path);
    metrics_counter_add("a_total", 1);
    assert_line(render(), "balcao_a_total 1");
    assert_int_equal(stat(path, &after), 0);
    assert_int_not_equal(before.st_size, after.st_size);
}

TEST(path_that_cannot_be_opened_still_counts_alone)
{
    (void)state;
    metrics_open("/nao/existe/metrics");
    metrics_counter_add("a_total", 1);
    assert_line(render(), "balcao_a_total 1");
}

static void
child(int go)
{
    char name[40], c;
    int i;

    assert_int_equal(read(go, &c, 1), 0); /* o pai fecha: já */
    metrics_open(path);
    for (i = 0; i < ROUNDS; i++) {
        snprintf(name, sizeof name, "s%d_total", i % 97);
        metrics_counter_add(name, 1);
        metrics_request("GET", "/x", 200, 700);
    }
    _exit(0);
}

TEST(processes_that_open_and_count_at_once_lose_nothing)
{
    int go[2], i, status;
    char line[80];

    (void)state;
    assert_int_equal(pipe(go), 0);
    for (i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            close(go[1]);
            child(go[0]);
        }
    close(go[1]);
    close(go[0]);
    for (i = 0; i < PROCESSES; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    metrics_open(path);
    snprintf(line, sizeof line,
             "balcao_http_requests_total{method=\"GET\","
             "route=\"/x\",status=\"200\"} %d",
             PROCESSES * ROUNDS);
    assert_line(render(), line);
    snprintf(line, sizeof line, "balcao_s0_total %d",
             PROCESSES * ((ROUNDS + 96) / 97));
    assert_line(render(), line);
    assert_line(render(), "balcao_metrics_dropped_total 0");
}

/* O mapa segura o arquivo aberto: o flock precisa ser solto à parte. */
TEST(open_does_not_wait_for_who_already_has_it_open)
{
    int ready[2], done[2], status;
    char c;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(done), 0);
    if (fork() == 0) {
        close(done[1]);
        metrics_open(path);
        assert_int_equal(write(ready[1], "x", 1), 1);
        _exit(read(done[0], &c, 1) == 0 ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &c, 1), 1);
    alarm(5);
    metrics_open(path);
    alarm(0);
    close(done[1]);
    wait(&status);
    close(done[0]);
    close(ready[0]);
    close(ready[1]);
    assert_int_equal(status, 0);
}

TEST(process_killed_while_counting_stops_nobody)
{
    int i, status;
    pid_t pid;

    (void)state;
    for (i = 0; i < 20; i++) {
        pid = fork();
        if (pid == 0) {
            metrics_open(path);
            for (;;)
                metrics_counter_add("k_total", 1);
        }
        usleep(2000);
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        metrics_open(path);
        metrics_counter_add("mine_total", 1);
    }
    assert_line(render(), "balcao_mine_total 20");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, up, down)
    const struct CMUnitTest tests[] = {
        T(counting_before_open_does_nothing),
        T(request_counts_by_status_and_falls_in_its_bucket),
        T(gauge_keeps_the_last_value_and_counter_sums),
        T(each_family_has_one_head_before_its_series),
        T(full_table_counts_what_it_dropped),
        T(name_that_does_not_fit_is_dropped),
        T(file_outlives_who_wrote_it),
        T(file_of_another_version_is_made_again),
        T(path_that_cannot_be_opened_still_counts_alone),
        T(processes_that_open_and_count_at_once_lose_nothing),
        T(open_does_not_wait_for_who_already_has_it_open),
        T(process_killed_while_counting_stops_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
