/* watch_test.c - quem vê e quem escreve, pelo programa de verdade. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static struct answer *
watch(int64_t person, int64_t ticket, const char *state)
{
    return post_as(person, "tickets",
                   text("/api/v1/tickets/%" PRId64 "/watch", ticket),
                   text("{\"state\":\"%s\"}", state));
}

TEST(two_people_in_one_ticket_see_each_other)
{
    struct answer *a = watch(fx.agent, fx.active, "viewing");

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "watchers")), 1);
    assert_string_equal(at_text(a, "watchers.0.name"), "Bruno Agente");
    a = watch(fx.admin, fx.active, "typing");
    assert_int_equal(json_object_array_length(at(a, "watchers")), 2);
    a = watch(fx.agent, fx.active, "viewing");
    assert_int_equal(json_object_array_length(at(a, "watchers")), 2);
    assert_non_null(strstr(a->body, "\"typing\":true"));
    watch(fx.admin, fx.active, "gone");
    a = watch(fx.agent, fx.active, "viewing");
    assert_int_equal(json_object_array_length(at(a, "watchers")), 1);
    assert_null(strstr(a->body, "\"typing\":true"));
}

TEST(nothing_of_it_is_stored)
{
    UNUSED;
    assert_status(watch(fx.agent, fx.active, "typing"), 200);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox"), 0);
}

TEST(who_does_not_see_the_ticket_sees_nobody_in_it)
{
    UNUSED;
    assert_problem(watch(fx.loner, fx.active, "viewing"), 404, "not-found");
    assert_problem(watch(fx.admin, fx.foreign, "viewing"), 404, "not-found");
    assert_problem(watch(fx.agent, 999999, "viewing"), 404, "not-found");
    assert_field(watch(fx.agent, fx.active, "dancing"), "state", "one_of");
}

TEST(without_redis_there_is_just_nobody)
{
    const char *url = text("%s", getenv("BALCAO_REDIS_URL"));
    struct answer *a;

    UNUSED;
    setenv("BALCAO_REDIS_URL", "", 1);
    a = watch(fx.agent, fx.active, "viewing");
    setenv("BALCAO_REDIS_URL", url, 1);
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "watchers")), 0);
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(two_people_in_one_ticket_see_each_other),
        RUN(nothing_of_it_is_stored),
        RUN(who_does_not_see_the_ticket_sees_nobody_in_it),
        RUN(without_redis_there_is_just_nobody),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
