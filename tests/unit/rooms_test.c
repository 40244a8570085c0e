/* rooms_test.c - nomes de salas e posições. */
/* antes do cmocka: ele toma o nome fail */
#include "base/str.h"
#include "live/event.h"
#include "live/rooms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define TEST(name) static void name(void **state)
#define RUN(name) cmocka_unit_test(name)

static enum room_kind
parse(const char *name, int64_t *id)
{
    return room_parse(name, strlen(name), id);
}

TEST(rooms_without_number_are_known_by_name)
{
    int64_t id;

    (void)state;
    assert_int_equal(parse("company", &id), ROOM_COMPANY);
    assert_int_equal(parse("dashboard", &id), ROOM_DASHBOARD);
    assert_int_equal(parse("events", &id), ROOM_EVENTS);
    assert_int_equal(id, 0);
}

TEST(rooms_with_number_give_it)
{
    int64_t id;

    (void)state;
    assert_int_equal(parse("ticket:12", &id), ROOM_TICKET);
    assert_int_equal(id, 12);
    assert_int_equal(parse("user:9223372036854775807", &id), ROOM_USER);
    assert_true(id == INT64_MAX);
    assert_int_equal(parse("queue:0", &id), ROOM_QUEUE);
    assert_int_equal(id, 0);
}

TEST(what_is_no_room_is_refused)
{
    static const char *const bad[] = {
        "",           "x",
        "Company",    "company:1",
        "company ",   "ticket",
        "ticket:",    "ticket:0",
        "ticket:01",  "ticket:-1",
        "ticket:+1",  "ticket:1x",
        "ticket: 1",  "ticket:9223372036854775808",
        "ticket:1:2", "user:0",
        "queue:00",   ":1",
        "tickets:1",  "ticket:99999999999999999999999",
    };
    int64_t id;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(parse(bad[i], &id), ROOM_NONE);
    assert_int_equal(room_parse("company\0x", 9, &id), ROOM_NONE);
}

static enum err
read_list(struct ctx *c, const char *text, struct room_list *out)
{
    *c = (struct ctx){ .arena = arena_new(1024) };
    return rooms_read(c, text, out);
}

TEST(list_is_read_in_order_without_repetition)
{
    struct room_list list;
    struct ctx c;

    (void)state;
    assert_int_equal(read_list(&c, "user:1,company,user:1", &list), OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.names[0], "user:1");
    assert_string_equal(list.names[1], "company");
    arena_free(c.arena);
    assert_int_equal(read_list(&c, NULL, &list), OK);
    assert_int_equal(list.count, 0);
    arena_free(c.arena);
}

TEST(list_with_a_strange_name_names_the_field)
{
    static const char *const bad[] = { "company,", ",", "company,,events",
                                       "company,x", " company" };
    struct room_list list;
    struct ctx c;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_list(&c, bad[i], &list), ERR_INVALID);
        assert_string_equal(c.fields->field, "rooms");
        arena_free(c.arena);
    }
}

TEST(list_over_a_hundred_rooms_is_refused)
{
    struct arena *a = arena_new(1024);
    struct room_list list;
    struct str s;
    struct ctx c;
    int i;

    (void)state;
    str_init(&s, a, 0);
    str_puts(&s, "company");
    for (i = 1; i < ROOMS_WANTED_MAX; i++)
        str_printf(&s, ",ticket:%d", i);
    assert_int_equal(read_list(&c, s.data, &list), OK);
    assert_int_equal(list.count, ROOMS_WANTED_MAX);
    arena_free(c.arena);
    str_puts(&s, ",events");
    assert_int_equal(read_list(&c, s.data, &list), ERR_INVALID);
    arena_free(c.arena);
    arena_free(a);
}

TEST(position_is_two_plain_decimals)
{
    static const char *const bad[] = {
        "",
        "-",
        "1",
        "1-",
        "-1",
        "1-2-3",
        "01-2",
        "1-02",
        "1 -2",
        "+1-2",
        "1-2 ",
        "a-b",
        "9223372036854775808-1",
        "1-99999999999999999999",
        "1:2",
    };
    struct event_id id;
    char text[EVENT_ID_CHARS];
    size_t i;

    (void)state;
    assert_true(event_id_parse("0-0", 3, &id));
    assert_true(
        event_id_parse("9223372036854775807-9223372036854775807", 39, &id));
    assert_int_equal(event_id_format(id, text), 39);
    assert_string_equal(text, "9223372036854775807-9223372036854775807");
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(event_id_parse(bad[i], strlen(bad[i]), &id));
}

TEST(positions_compare_by_transaction_then_sequence)
{
    struct event_id a = { 5, 9 }, b = { 6, 1 }, c = { 6, 2 };

    (void)state;
    assert_true(event_id_compare(a, b) < 0);
    assert_true(event_id_compare(c, b) > 0);
    assert_int_equal(event_id_compare(c, c), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(rooms_without_number_are_known_by_name),
        RUN(rooms_with_number_give_it),
        RUN(what_is_no_room_is_refused),
        RUN(list_is_read_in_order_without_repetition),
        RUN(list_with_a_strange_name_names_the_field),
        RUN(list_over_a_hundred_rooms_is_refused),
        RUN(position_is_two_plain_decimals),
        RUN(positions_compare_by_transaction_then_sequence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
