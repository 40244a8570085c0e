/* when_test.c - instantes no relógio de quem lê. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/i18n.h"
#include "base/when.h"

static struct arena *arena;

/* 21/11/2026 02:10 UTC: ainda 20 em São Paulo. */
#define NOW when_parse("2026-11-21 02:10:00+00")

static const char *
brief(const char *at)
{
    return when_brief(arena, when_parse(at), NOW);
}

static void
database_time_is_read_with_its_milliseconds(void **state)
{
    (void)state;
    assert_int_equal(when_parse("1970-01-01 00:00:01.5+00"), 1500);
    assert_int_equal(when_parse("2026-11-21 02:10:00+00"), 1795227000000);
    assert_int_equal(when_parse("nada"), 0);
    assert_int_equal(when_parse(NULL), 0);
}

static void
clock_and_day_follow_the_zone(void **state)
{
    (void)state;
    when_zone("America/Sao_Paulo");
    assert_string_equal(when_clock(arena, NOW), "23:10");
    assert_string_equal(when_day(arena, NOW), "2026-11-20");
    when_zone("Asia/Tokyo");
    assert_string_equal(when_clock(arena, NOW), "11:10");
    when_zone("");
    assert_string_equal(when_clock(arena, NOW), "02:10");
}

static void
list_time_gets_shorter_with_age(void **state)
{
    (void)state;
    when_zone("America/Sao_Paulo");
    assert_string_equal(brief("2026-11-20 12:00:00+00"), "09:00");
    assert_string_equal(brief("2026-11-20 02:00:00+00"), "Ontem");
    assert_string_equal(brief("2026-11-18 12:00:00+00"), "18/11");
    assert_string_equal(brief("2025-11-18 12:00:00+00"), "18/11/2025");
    assert_string_equal(brief("2026-11-21 05:00:00+00"), "02:00");
}

static void
day_text_names_today_and_yesterday(void **state)
{
    (void)state;
    when_zone("America/Sao_Paulo");
    assert_string_equal(when_day_text(arena, NOW, NOW), "Hoje");
    assert_string_equal(
        when_day_text(arena, when_parse("2026-11-19 15:00:00+00"), NOW),
        "Ontem");
    assert_string_equal(
        when_day_text(arena, when_parse("2026-03-09 15:00:00+00"), NOW),
        "9 de março de 2026");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(database_time_is_read_with_its_milliseconds),
        cmocka_unit_test(clock_and_day_follow_the_zone),
        cmocka_unit_test(list_time_gets_shorter_with_age),
        cmocka_unit_test(day_text_names_today_and_yesterday),
    };
    int failed;

    arena = arena_new(4096);
    i18n_init("/nonexistent");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
