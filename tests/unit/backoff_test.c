/* backoff_test.c - a espera cresce, tem teto e não é igual para todos. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "jobs/backoff.h"

#define TEST(name) static void name(void **state)

static const struct backoff b = { 1000, 60000, 3 };

static void
assert_between(int64_t value, int64_t least, int64_t most)
{
    assert_true(value >= least);
    assert_true(value <= most);
}

TEST(each_attempt_waits_between_half_and_the_whole_of_its_step)
{
    int i;

    (void)state;
    for (i = 0; i < 200; i++) {
        assert_between(backoff_ms(&b, 1), 500, 1000);
        assert_between(backoff_ms(&b, 2), 1500, 3000);
        assert_between(backoff_ms(&b, 4), 13500, 27000);
    }
}

TEST(a_wait_never_passes_the_ceiling_even_after_many_attempts)
{
    (void)state;
    assert_between(backoff_ms(&b, 5), 30000, 60000);
    assert_between(backoff_ms(&b, 1000000), 30000, 60000);
}

TEST(a_first_attempt_or_less_waits_the_first_step)
{
    (void)state;
    assert_between(backoff_ms(&b, 0), 500, 1000);
    assert_between(backoff_ms(&b, -7), 500, 1000);
}

TEST(two_jobs_that_failed_together_do_not_come_back_together)
{
    int64_t first = backoff_ms(&b, 5);
    int i, different = 0;

    (void)state;
    for (i = 0; i < 50; i++)
        different += backoff_ms(&b, 5) != first;
    assert_true(different > 40);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            each_attempt_waits_between_half_and_the_whole_of_its_step),
        cmocka_unit_test(
            a_wait_never_passes_the_ceiling_even_after_many_attempts),
        cmocka_unit_test(a_first_attempt_or_less_waits_the_first_step),
        cmocka_unit_test(
            two_jobs_that_failed_together_do_not_come_back_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
