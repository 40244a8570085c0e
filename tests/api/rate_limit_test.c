/* rate_limit_test.c - o limite vale para todos os processos juntos. */
#include <stdio.h>
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
    int64_t wait_ms;
    int i;

    for (i = 0; i < tries; i++)
        if (rate_limit_hit(r, key, limit, 60, &wait_ms) == OK && wait_ms == 0)
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
    int64_t wait_ms;

    assert_int_equal(rate_limit_hit(r, key, 1, 60, &wait_ms), OK);
    assert_int_equal(wait_ms, 0);
    assert_int_equal(rate_limit_hit(r, key, 1, 60, &wait_ms), OK);
    assert_in_range(wait_ms, 59000, 60000);
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
    int64_t wait_ms;

    assert_int_equal(rate_limit_hit(r, "x", 5, 60, &wait_ms), ERR_UNAVAILABLE);
    redis_close(r);
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
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
