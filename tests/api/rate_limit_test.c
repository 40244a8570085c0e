/* rate_limit_test.c - o limite vale para todos os processos juntos. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#include "base/clock.h"
#include "base/conf.h"
#include "cache/rate_limit.h"

static unsigned
count_passes(const char *key, unsigned limit, int tries)
{
    struct redis *r = redis_new(conf()->redis_url);
    unsigned passes = 0;
    struct rate_left left;
    int i;

    for (i = 0; i < tries; i++)
        if (rate_limit_hit(r, key, limit, 60, &left) == OK && left.wait_ms == 0)
            passes++;
    redis_close(r);
    return passes;
}

static const char *
fresh_key(const char *name)
{
    return text("%s-%d-%lld", name, (int)getpid(), (long long)clock_mono_us());
}

TEST(a_low_limit_lets_exactly_that_many_pass)
{
    UNUSED;
    assert_int_equal(count_passes(fresh_key("baixo"), 5, 20), 5);
}

TEST(a_refusal_says_how_long_to_wait)
{
    UNUSED;
    struct redis *r = redis_new(conf()->redis_url);
    const char *key = fresh_key("espera");
    struct rate_left left;

    assert_int_equal(rate_limit_hit(r, key, 1, 60, &left), OK);
    assert_int_equal(left.wait_ms, 0);
    assert_int_equal(rate_limit_hit(r, key, 1, 60, &left), OK);
    assert_in_range(left.wait_ms, 59000, 60000);
    assert_int_equal(left.remaining, 0);
    assert_in_range(left.reset_s, 59, 60);
    redis_close(r);
}

TEST(a_high_limit_is_never_passed_by_several_processes_together)
{
    UNUSED;
    const char *key = fresh_key("alto");
    unsigned total = 0;
    int ends[2], i;

    assert_int_equal(pipe(ends), 0);
    for (i = 0; i < 3; i++)
        if (fork() == 0) {
            unsigned n = count_passes(key, 300, 300);

            _exit(write(ends[1], &n, sizeof n) == sizeof n ? 0 : 1);
        }
    for (i = 0; i < 3; i++) {
        unsigned n;

        assert_int_equal(read(ends[0], &n, sizeof n), sizeof n);
        total += n;
    }
    while (wait(NULL) > 0)
        ;
    /* cinco vagas voltam por segundo; cada processo deixa no máximo 6 */
    assert_in_range(total, 300 - 3 * 6, 300 + 15);
}

TEST(two_keys_do_not_share_a_limit)
{
    UNUSED;
    assert_int_equal(count_passes(fresh_key("um"), 3, 5), 3);
    assert_int_equal(count_passes(fresh_key("outro"), 3, 5), 3);
}

TEST(without_redis_the_caller_is_told)
{
    UNUSED;
    struct redis *r = redis_new("");
    struct rate_left left;

    assert_int_equal(rate_limit_hit(r, "x", 5, 60, &left), ERR_UNAVAILABLE);
    redis_close(r);
}

TEST(the_rest_counts_down_to_the_last_one_exactly)
{
    UNUSED;
    static const unsigned limits[] = { 1, 5, 7, 13, 60, 99 };
    struct redis *r = redis_new(conf()->redis_url);
    size_t i;

    for (i = 0; i < sizeof limits / sizeof *limits; i++) {
        const char *key = fresh_key("conta");
        unsigned want = limits[i];
        struct rate_left left;

        while (want-- > 0) {
            assert_int_equal(rate_limit_hit(r, key, limits[i], 3600, &left),
                             OK);
            assert_int_equal(left.wait_ms, 0);
            assert_int_equal(left.remaining, want);
        }
        assert_int_equal(rate_limit_hit(r, key, limits[i], 3600, &left), OK);
        assert_true(left.wait_ms > 0);
    }
    redis_close(r);
}

TEST(with_leases_the_rest_still_counts_one_by_one_and_never_grows)
{
    UNUSED;
    struct redis *r = redis_new(conf()->redis_url);
    const char *key = fresh_key("lote");
    unsigned last = 1000;
    struct rate_left left;
    int i;

    for (i = 0; i < 300; i++) {
        assert_int_equal(rate_limit_hit(r, key, 1000, 3600, &left), OK);
        assert_true(left.remaining < last);
        assert_true(left.remaining <= 1000u - 1u - (unsigned)i + 1u);
        last = left.remaining;
        assert_in_range(left.reset_s, 1, 3600);
    }
    redis_close(r);
}

/* ---- pelo programa ---- */

static long
number(const struct answer *a, const char *name)
{
    const char *value = header_of(a, name);

    return value != NULL ? strtol(value, NULL, 10) : -1;
}

static struct answer *
list(const char *redis, const char *from, const char *forwarded,
     const char *wall)
{
    struct answer *a;

    setenv("BALCAO_RATE_ADDRESS", wall, 1);
    setenv("BALCAO_REDIS_URL", redis, 1);
    a = call(&(struct call){ .program = "tickets",
                             .path = "/api/v1/tickets?limit=1",
                             .token = token_of(fx.agent),
                             .remote = from,
                             .headers = { forwarded } });
    unsetenv("BALCAO_RATE_ADDRESS");
    setenv("BALCAO_REDIS_URL", conf()->redis_url, 1);
    return a;
}

TEST(a_limited_answer_tells_limit_rest_and_policy)
{
    UNUSED;
    struct answer *a = list(conf()->redis_url, "192.0.2.1", NULL, "0");
    long first;

    assert_status(a, 200);
    assert_int_equal(number(a, "RateLimit-Limit"), conf()->rate_default);
    assert_string_equal(header_of(a, "RateLimit-Policy"),
                        text("%lld;w=60", (long long)conf()->rate_default));
    first = number(a, "RateLimit-Remaining");
    assert_in_range(first, 1, conf()->rate_default - 1);
    assert_in_range(number(a, "RateLimit-Reset"), 1, 60);
    assert_null(header_of(a, "Retry-After"));
}

TEST(without_redis_the_api_answers_and_says_no_numbers)
{
    UNUSED;
    struct answer *a = list("", "192.0.2.2", NULL, "2");

    assert_status(a, 200);
    assert_null(header_of(a, "RateLimit-Limit"));
    a = list("unix:///nonexistent/redis.sock", "192.0.2.2", NULL, "2");
    assert_status(a, 200);
    assert_null(header_of(a, "RateLimit-Remaining"));
    assert_null(header_of(a, "RateLimit-Policy"));
}

static void
assert_walled(const struct answer *a, long limit)
{
    assert_problem(a, 429, "rate-limited");
    assert_int_equal(number(a, "RateLimit-Limit"), limit);
    assert_int_equal(number(a, "RateLimit-Remaining"), 0);
    assert_in_range(number(a, "Retry-After"), 1, 60);
    assert_in_range(number(a, "RateLimit-Reset"), 1, 60);
}

TEST(the_wall_counts_an_address_over_all_routes_and_people)
{
    UNUSED;
    const char *redis = conf()->redis_url;

    assert_status(list(redis, "192.0.2.3", NULL, "2"), 200);
    assert_status(list(redis, "192.0.2.3", NULL, "2"), 200);
    assert_walled(list(redis, "192.0.2.3", NULL, "2"), 2);
    assert_status(list(redis, "192.0.2.4", NULL, "2"), 200);
}

TEST(the_wall_stands_before_who_is_unknown)
{
    UNUSED;
    struct call c = { .program = "tickets",
                      .path = "/api/v1/nope",
                      .remote = "192.0.2.5" };

    setenv("BALCAO_RATE_ADDRESS", "1", 1);
    assert_problem(call(&c), 404, "not-found");
    c.path = "/api/v1/tickets";
    assert_walled(call(&c), 1);
    unsetenv("BALCAO_RATE_ADDRESS");
}

TEST(an_ipv6_network_is_one_address_and_a_mapped_ipv4_is_itself)
{
    UNUSED;
    const char *redis = conf()->redis_url;

    assert_status(list(redis, "2001:db8:1:2::1", NULL, "1"), 200);
    assert_walled(list(redis, "2001:db8:1:2:ffff::9", NULL, "1"), 1);
    assert_status(list(redis, "2001:db8:1:3::1", NULL, "1"), 200);
    assert_status(list(redis, "::ffff:192.0.2.6", NULL, "1"), 200);
    assert_walled(list(redis, "192.0.2.6", NULL, "1"), 1);
}

TEST(a_forged_forwarded_for_changes_nothing)
{
    UNUSED;
    const char *redis = conf()->redis_url;

    assert_status(
        list(redis, "192.0.2.7", "X-Forwarded-For: 198.51.100.1", "1"), 200);
    assert_walled(
        list(redis, "192.0.2.7", "X-Forwarded-For: 198.51.100.2", "1"), 1);
    assert_walled(list(redis, "192.0.2.7", "Forwarded: for=198.51.100.3", "1"),
                  1);
}

TEST(behind_a_trusted_proxy_only_what_it_saw_counts)
{
    UNUSED;
    const char *redis = conf()->redis_url;

    setenv("BALCAO_TRUSTED_PROXIES", "192.0.2.8", 1);
    assert_status(
        list(redis, "192.0.2.8", "X-Forwarded-For: 1.1.1.1, 198.51.100.4", "1"),
        200);
    /* o começo da lista é o que o cliente inventou; o fim, o que ele é */
    assert_walled(
        list(redis, "192.0.2.8", "X-Forwarded-For: 2.2.2.2, 198.51.100.4", "1"),
        1);
    assert_status(
        list(redis, "192.0.2.8", "X-Forwarded-For: 198.51.100.5", "1"), 200);
    assert_status(list(redis, "192.0.2.8", "X-Forwarded-For: lixo", "1"), 200);
    assert_walled(list(redis, "192.0.2.8", "X-Forwarded-For: a, b", "1"), 1);
    unsetenv("BALCAO_TRUSTED_PROXIES");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_low_limit_lets_exactly_that_many_pass),
        cmocka_unit_test(a_refusal_says_how_long_to_wait),
        cmocka_unit_test(
            a_high_limit_is_never_passed_by_several_processes_together),
        cmocka_unit_test(two_keys_do_not_share_a_limit),
        cmocka_unit_test(without_redis_the_caller_is_told),
        cmocka_unit_test(the_rest_counts_down_to_the_last_one_exactly),
        cmocka_unit_test(
            with_leases_the_rest_still_counts_one_by_one_and_never_grows),
        cmocka_unit_test(a_limited_answer_tells_limit_rest_and_policy),
        cmocka_unit_test(without_redis_the_api_answers_and_says_no_numbers),
        cmocka_unit_test(the_wall_counts_an_address_over_all_routes_and_people),
        cmocka_unit_test(the_wall_stands_before_who_is_unknown),
        cmocka_unit_test(
            an_ipv6_network_is_one_address_and_a_mapped_ipv4_is_itself),
        cmocka_unit_test(a_forged_forwarded_for_changes_nothing),
        cmocka_unit_test(behind_a_trusted_proxy_only_what_it_saw_counts),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
