/* system_test.c - saúde, métricas, descrição da API e o que ninguém atende. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define RELAY_LOCK "7162391, 2"
#define WORKER_LOCK "7236420, 1"

/* Quem está no ar guarda uma trava partilhada; aqui é esta conexão. */
static void
processes_up(void)
{
    sql("SELECT pg_advisory_lock_shared(" RELAY_LOCK ")");
    sql("SELECT pg_advisory_lock_shared(" WORKER_LOCK ")");
}

static int
everything_up(void **state)
{
    harness_reset(state);
    sql("SELECT pg_advisory_unlock_all()");
    sql("DELETE FROM jobs");
    sql("INSERT INTO live_cursor (name, xid, seq) VALUES ('relay', "
        "pg_snapshot_xmax(pg_current_snapshot()), 0)");
    processes_up();
    setenv("BALCAO_METRICS_TOKEN", "", 1);
    return 0;
}

static struct answer *
get(const char *path)
{
    return get_as(0, "system", path);
}

static void
assert_has(const struct answer *a, const char *what)
{
    if (strstr(a->body, what) == NULL)
        fail_msg("falta %s em: %s", what, a->body);
}

static const char *
failing(const struct answer *a)
{
    return json_object_to_json_string_ext(at(a, "failing"),
                                          JSON_C_TO_STRING_PLAIN);
}

TEST(health_with_everything_up_is_ok)
{
    struct answer *a = get("/api/v1/health");

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "ok");
    assert_string_equal(failing(a), "[]");
    assert_string_equal(at_text(a, "checks.database.status"), "ok");
    assert_string_equal(at_text(a, "checks.relay.status"), "ok");
    assert_int_equal(at_int(a, "checks.worker.processes"), 1);
    assert_string_equal(at_text(a, "checks.jobs.lanes.4.lane"), "report");
}

TEST(health_without_relay_or_worker_is_degraded_but_answers)
{
    struct answer *a;

    UNUSED;
    sql("SELECT pg_advisory_unlock_all()");
    a = get("/api/health");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "degraded");
    assert_string_equal(failing(a), "[\"relay\",\"worker\"]");
    assert_string_equal(at_text(a, "checks.worker.status"), "absent");
}

TEST(strict_health_answers_503_when_degraded)
{
    struct answer *a;

    UNUSED;
    sql("SELECT pg_advisory_unlock_all()");
    a = get("/api/v1/health?strict=true");
    assert_problem(a, 503, "unavailable");
    assert_string_equal(failing(a), "[\"relay\",\"worker\"]");
    assert_int_equal(at_int(a, "checks.relay.processes"), 0);
    processes_up();
    assert_status(get("/api/v1/health?strict=true"), 200);
}

TEST(health_without_database_answers_503_naming_it)
{
    const char *url = text("%s", getenv("BALCAO_DATABASE_URL"));
    struct answer *a;

    UNUSED;
    setenv("BALCAO_DATABASE_URL", "postgresql:///x?host=/nao/existe", 1);
    a = get("/api/v1/health");
    setenv("BALCAO_DATABASE_URL", url, 1);
    assert_problem(a, 503, "unavailable");
    assert_string_equal(failing(a), "[\"database\"]");
    assert_string_equal(at_text(a, "checks.relay.status"), "unknown");
}

TEST(health_with_a_database_that_hangs_answers_503_in_time)
{
    struct answer *a;
    int64_t took_ms;

    UNUSED;
    sql("BEGIN");
    sql("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE");
    a = get("/api/v1/health");
    took_ms = at_int(a, "checks.database.tookMs");
    sql("ROLLBACK");
    assert_problem(a, 503, "unavailable");
    assert_true(took_ms >= 2900); /* esperou o prazo, e não para sempre */
}

TEST(health_without_redis_is_degraded)
{
    const char *url = text("%s", getenv("BALCAO_REDIS_URL"));
    struct answer *a;

    UNUSED;
    setenv("BALCAO_REDIS_URL", "unix:///nao/existe.sock", 1);
    a = get("/api/v1/health");
    setenv("BALCAO_REDIS_URL", "", 1);
    assert_status(a, 200);
    assert_string_equal(failing(a), "[\"redis\"]");
    a = get("/api/v1/health");
    setenv("BALCAO_REDIS_URL", url, 1);
    assert_string_equal(at_text(a, "checks.redis.status"), "off");
    assert_string_equal(at_text(a, "status"), "ok");
}

TEST(health_shows_a_stuck_relay_with_its_lag)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE live_cursor SET xid = '0', seq = 0 WHERE name = 'relay'");
    sql("INSERT INTO live_outbox (company_id, rooms, type, payload, "
        "created_at) VALUES (%" PRId64 ", '{company}', 'x', '{}', "
        "clock_timestamp() - interval '40 s')",
        fx.company);
    a = get("/api/v1/health");
    sql("DELETE FROM live_outbox");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "checks.relay.status"), "stuck");
    assert_true(at_int(a, "checks.relay.lagMs") >= 40000);
}

TEST(health_shows_jobs_that_wait_too_long)
{
    struct answer *a;

    UNUSED;
    sql("INSERT INTO jobs (company_id, lane, kind, run_at, state, "
        "lease_until) VALUES "
        "(%" PRId64 ", 2, 'x', now() - interval '90 s', 'ready', NULL), "
        "(%" PRId64 ", 4, 'x', now() - interval '1 h', 'ready', NULL), "
        "(%" PRId64 ", 2, 'x', now(), 'running', now() - interval '20 s')",
        fx.company, fx.company, fx.company);
    a = get("/api/v1/health");
    assert_string_equal(failing(a), "[\"worker\",\"jobs\"]");
    assert_string_equal(at_text(a, "checks.worker.status"), "stuck");
    assert_string_equal(at_text(a, "checks.jobs.status"), "late");
    assert_true(at_int(a, "checks.jobs.oldestReadyMs") >= 3600000);
    assert_int_equal(at_int(a, "checks.jobs.lanes.1.ready"), 1);
    assert_int_equal(at_int(a, "checks.jobs.lanes.1.running"), 1);
    assert_true(at_int(a, "checks.jobs.lanes.1.oldestReadyMs") >= 90000);
}

TEST(late_reports_and_campaigns_are_no_alarm)
{
    UNUSED;
    sql("INSERT INTO jobs (company_id, lane, kind, run_at) VALUES "
        "(%" PRId64 ", 5, 'x', now() - interval '1 h')",
        fx.company);
    assert_string_equal(at_text(get("/api/v1/health"), "status"), "ok");
}

TEST(health_with_a_bad_query_answers_422)
{
    struct answer *a = get("/api/v1/health?strict=talvez&x=1");

    UNUSED;
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "strict", "type");
    assert_field(a, "x", "unknown");
}

TEST(metrics_are_in_prometheus_text_with_the_queues)
{
    struct answer *a;

    UNUSED;
    sql("INSERT INTO jobs (company_id, lane, kind) VALUES "
        "(%" PRId64 ", 2, 'x')",
        fx.company);
    a = get("/metrics");
    assert_status(a, 200);
    assert_non_null(strstr(a->headers, "Content-Type: text/plain; "
                                       "version=0.0.4; charset=utf-8\r\n"));
    assert_has(a, "\nbalcao_up{part=\"database\"} 1\n");
    assert_has(a, "\nbalcao_jobs{lane=\"outbound\",state=\"ready\"} 1\n");
    assert_has(a, "\nbalcao_outbox_lag_seconds 0.000\n");
    assert_has(a, "\nbalcao_worker_processes 1\n");
    assert_int_equal(a->body[a->len - 1], '\n');
}

TEST(metrics_count_the_requests_of_every_process)
{
    char file[64];
    struct answer *a;

    UNUSED;
    snprintf(file, sizeof file, "/tmp/balcao_system_test.%d", (int)getpid());
    setenv("BALCAO_METRICS_FILE", file, 1);
    assert_status(get_as(fx.admin, "tickets", "/api/v1/tickets"), 200);
    assert_status(get("/api/v1/nada"), 404);
    a = get("/metrics");
    unsetenv("BALCAO_METRICS_FILE");
    remove(file);
    assert_has(a, "\nbalcao_http_requests_total{method=\"GET\","
                  "route=\"/api/v1/tickets\",status=\"200\"} 1\n");
    assert_has(a, "\nbalcao_http_requests_total{method=\"GET\","
                  "route=\"-\",status=\"404\"} 1\n");
    assert_has(a, "\nbalcao_http_request_duration_seconds_count{"
                  "route=\"/api/v1/tickets\"} 1\n");
}

TEST(metrics_without_database_still_answer)
{
    const char *url = text("%s", getenv("BALCAO_DATABASE_URL"));
    struct answer *a;

    UNUSED;
    setenv("BALCAO_DATABASE_URL", "postgresql:///x?host=/nao/existe", 1);
    a = get("/metrics");
    setenv("BALCAO_DATABASE_URL", url, 1);
    assert_status(a, 200);
    assert_has(a, "\nbalcao_up{part=\"database\"} 0\n");
}

TEST(metrics_with_a_token_set_refuse_who_does_not_bring_it)
{
    struct call c = { .program = "system", .path = "/metrics" };

    UNUSED;
    setenv("BALCAO_METRICS_TOKEN", "segredo-de-metricas", 1);
    assert_problem(call(&c), 401, "unauthorized");
    c.token = "outro";
    assert_problem(call(&c), 401, "unauthorized");
    c.token = "segredo-de-metricas";
    assert_status(call(&c), 200);
}

TEST(metrics_without_a_token_are_only_for_this_machine)
{
    struct call c = { .program = "system",
                      .path = "/metrics",
                      .headers = { "X-Forwarded-For: 203.0.113.9" } };

    UNUSED;
    assert_problem(call(&c), 403, "forbidden");
    setenv("BALCAO_TRUSTED_PROXIES", "127.0.0.1", 1);
    assert_problem(call(&c), 403, "forbidden");
    c.headers[0] = "X-Forwarded-For: 127.0.0.1";
    assert_status(call(&c), 200);
    unsetenv("BALCAO_TRUSTED_PROXIES");
}

TEST(openapi_is_the_whole_document_and_is_cached)
{
    struct answer *a = get("/api/v1/openapi.json");
    const char *etag, *end;

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "openapi"), "3.1.0");
    assert_non_null(at(a, "paths./api/v1/tickets"));
    assert_non_null(at(a, "paths./api/v1/stream"));
    assert_non_null(at(a, "components.schemas.Problem"));
    etag = strstr(a->headers, "ETag: ");
    assert_non_null(etag);
    end = strstr(etag, "\r\n");
    a = call(
        &(struct call){ .program = "system",
                        .path = "/api/v1/openapi.json",
                        .headers = { text("If-None-Match: %.*s",
                                          (int)(end - etag - 6), etag + 6) } });
    assert_status(a, 304);
    assert_int_equal(a->len, 0);
}

TEST(openapi_that_was_never_made_answers_404)
{
    const char *dir = text("%s", getenv("BALCAO_CGI_DIR"));
    struct answer *a;

    UNUSED;
    setenv("BALCAO_CGI_DIR", "/nao/existe", 1);
    a = get("/api/v1/openapi.json");
    setenv("BALCAO_CGI_DIR", dir, 1);
    assert_problem(a, 404, "not-found");
}

TEST(docs_are_pages_under_a_strict_policy)
{
    struct answer *a = get("/docs");

    UNUSED;
    assert_status(a, 200);
    assert_non_null(strstr(a->headers, "Content-Type: text/html"));
    assert_non_null(strstr(a->headers, "script-src 'self';"));
    assert_null(strstr(a->headers, "unsafe-inline"));
    assert_has(a, "id=\"swagger\"");
    assert_null(strstr(a->body, "<script>"));
}

TEST(every_problem_has_its_place_in_the_docs)
{
    struct answer *a = get("/docs/problems");

    UNUSED;
    assert_status(a, 200);
    assert_has(a, "id=\"invalid-fields\"");
    assert_has(a, "id=\"idempotency-key-reused\"");
}

TEST(root_of_the_api_tells_where_things_are)
{
    struct answer *a = get("/api");

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "openapi"), "/api/v1/openapi.json");
}

TEST(jwks_with_hs256_is_empty_and_may_be_kept)
{
    struct answer *a = get("/.well-known/jwks.json");

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(a->body, "{\"keys\":[]}");
    assert_string_equal(header_of(a, "Cache-Control"), "public, max-age=300");
    assert_string_equal(get("/api/v1/auth/jwks")->body, a->body);
    assert_string_equal(get("/api/auth/jwks")->body, a->body);
    assert_problem(get("/.well-known/jwks"), 404, "not-found");
}

TEST(unknown_paths_answer_404_as_a_problem)
{
    UNUSED;
    assert_problem(get("/api/v1/nada"), 404, "not-found");
    assert_problem(get("/api/v1"), 404, "not-found");
    assert_problem(get("/api/v1/health/mais"), 404, "not-found");
    assert_problem(post_as(0, "system", "/api/v1/nada", "{}"), 404,
                   "not-found");
}

TEST(wrong_method_answers_405_with_allow)
{
    struct answer *a = post_as(0, "system", "/api/v1/health", "{}");

    UNUSED;
    assert_problem(a, 405, "method-not-allowed");
    assert_non_null(strstr(a->headers, "Allow: GET, HEAD\r\n"));
}

static int
setup(void **state)
{
    const char *build = getenv("BUILD");

    if (harness_setup(state) != 0)
        return 1;
    setenv("BALCAO_CGI_DIR",
           text("%s/cgi-bin", build != NULL ? build : "build"), 1);
    return 0;
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, everything_up)
    const struct CMUnitTest tests[] = {
        T(health_with_everything_up_is_ok),
        T(health_without_relay_or_worker_is_degraded_but_answers),
        T(strict_health_answers_503_when_degraded),
        T(health_without_database_answers_503_naming_it),
        T(health_with_a_database_that_hangs_answers_503_in_time),
        T(health_without_redis_is_degraded),
        T(health_shows_a_stuck_relay_with_its_lag),
        T(health_shows_jobs_that_wait_too_long),
        T(late_reports_and_campaigns_are_no_alarm),
        T(health_with_a_bad_query_answers_422),
        T(metrics_are_in_prometheus_text_with_the_queues),
        T(metrics_count_the_requests_of_every_process),
        T(metrics_without_database_still_answer),
        T(metrics_with_a_token_set_refuse_who_does_not_bring_it),
        T(metrics_without_a_token_are_only_for_this_machine),
        T(openapi_is_the_whole_document_and_is_cached),
        T(openapi_that_was_never_made_answers_404),
        T(docs_are_pages_under_a_strict_policy),
        T(every_problem_has_its_place_in_the_docs),
        T(root_of_the_api_tells_where_things_are),
        T(jwks_with_hs256_is_empty_and_may_be_kept),
        T(unknown_paths_answer_404_as_a_problem),
        T(wrong_method_answers_405_with_allow),
    };

    return cmocka_run_group_tests(tests, setup, harness_teardown);
}
