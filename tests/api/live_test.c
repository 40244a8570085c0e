/*
 * live_test.c - stream, poll e token pelo programa de verdade, como CGI: sem
 * relay nem processo parado, tudo vem da outbox. O tempo real em si está em
 * tests/live.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static struct answer *
poll_as(int64_t person, const char *query)
{
    return get_as(person, "poll", text("/api/v1/poll?timeout=0&%s", query));
}

static void
emit(int64_t company, const char *rooms, const char *payload)
{
    sql("INSERT INTO live_outbox (company_id, rooms, type, payload) "
        "VALUES (%" PRId64 ", '{%s}', 'message:created', '%s')",
        company, rooms, payload);
}

TEST(poll_without_token_answers_401)
{
    UNUSED;
    assert_problem(poll_as(0, ""), 401, "unauthorized");
    assert_problem(get_as(0, "stream", "/api/v1/stream"), 401, "unauthorized");
    assert_problem(post_as(0, "accounts", "/api/v1/stream/token", NULL), 401,
                   "unauthorized");
}

TEST(poll_of_a_forbidden_room_answers_403)
{
    static const char *const agent[] = { "company",   "queue:32", "ticket:65",
                                         "ticket:66", "queue:33", "user:11" };
    static const char *const loner[] = { "company", "queue:31", "queue:0",
                                         "ticket:61" };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof agent / sizeof *agent; i++)
        assert_problem(poll_as(fx.agent, text("rooms=%s", agent[i])), 403,
                       "forbidden");
    for (i = 0; i < sizeof loner / sizeof *loner; i++)
        assert_problem(poll_as(fx.loner, text("rooms=%s", loner[i])), 403,
                       "forbidden");
    assert_problem(poll_as(fx.admin, "rooms=ticket:66"), 403, "forbidden");
    assert_problem(poll_as(fx.admin, "rooms=queue:33"), 403, "forbidden");
}

TEST(poll_of_what_one_may_hear_answers_200)
{
    UNUSED;
    assert_status(poll_as(fx.agent, "rooms=queue:31,queue:0,ticket:61,user:13,"
                                    "dashboard,events"),
                  200);
    assert_status(poll_as(fx.loner, "rooms=user:14,events"), 200);
    assert_status(poll_as(fx.admin, "rooms=company,queue:31,queue:32,"
                                    "ticket:65"),
                  200);
    assert_status(poll_as(fx.loner, ""), 200);
}

TEST(poll_with_bad_fields_names_them)
{
    struct answer *a = poll_as(fx.admin, "rooms=nada&since=x");

    UNUSED;
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "rooms", "format");
    a = poll_as(fx.admin, "since=1-x");
    assert_field(a, "since", "format");
    a = get_as(fx.admin, "poll", "/api/v1/poll?timeout=61");
    assert_field(a, "timeout", "max");
}

TEST(poll_gives_what_came_after_the_position)
{
    struct answer *a;
    const char *next;

    UNUSED;
    emit(fx.company, "company", "{\"n\":0}");
    a = poll_as(fx.admin, "rooms=company");
    assert_int_equal(json_object_array_length(at(a, "events")), 0);
    next = text("%s", at_text(a, "next"));
    emit(fx.company, "company,ticket:61", "{\"n\":1}");
    emit(fx.other_company, "company", "{\"n\":2}");
    emit(fx.company, "queue:32", "{\"n\":3}");
    a = poll_as(fx.admin, text("rooms=company&since=%s", next));
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "events")), 1);
    assert_int_equal(at_int(a, "events.0.data.n"), 1);
    assert_string_equal(at_text(a, "events.0.type"), "message:created");
    assert_string_equal(at_text(a, "events.0.rooms.0"), "company");
    next = text("%s", at_text(a, "next"));
    a = poll_as(fx.admin, text("rooms=company&since=%s", next));
    assert_int_equal(json_object_array_length(at(a, "events")), 0);
    assert_string_equal(at_text(a, "next"), next);
}

TEST(poll_far_behind_comes_in_pages_without_a_gap)
{
    const char *since;
    int64_t got = 0, pages = 0;

    UNUSED;
    emit(fx.company, "company", "{\"n\":0}");
    since = text("%s", at_text(poll_as(fx.admin, "rooms=company"), "next"));
    sql("INSERT INTO live_outbox (company_id, rooms, type, payload) "
        "SELECT 1, CASE WHEN n %% 2 = 0 THEN '{company}'::text[] "
        "ELSE '{queue:32}' END, 'x', json_build_object('n', n) "
        "FROM generate_series(1, 5000) n");
    while (got < 2500 && pages++ < 40) {
        struct answer *a =
            poll_as(fx.admin, text("rooms=company&since=%s", since));
        size_t i, n = json_object_array_length(at(a, "events"));

        for (i = 0; i < n; i++)
            assert_int_equal(at_int(a, text("events.%zu.data.n", i)),
                             2 * (++got));
        since = text("%s", at_text(a, "next"));
    }
    assert_int_equal(got, 2500);
}

TEST(poll_with_a_position_of_another_database_answers_resync)
{
    struct answer *a = poll_as(fx.admin, "rooms=company"
                                         "&since=9000000000000000000-1");

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "events.0.type"), "resync");
    assert_int_equal(json_object_array_length(at(a, "events")), 1);
}

TEST(stream_as_cgi_connects_replays_and_ends)
{
    struct answer *a;

    UNUSED;
    emit(fx.company, "company", "{\"n\":1}");
    a = call(&(struct call){ .program = "stream",
                             .token = token_of(fx.admin),
                             .path = "/api/v1/stream?rooms=company",
                             .headers = { "Last-Event-ID: 0-0" } });
    assert_status(a, 200);
    assert_non_null(strstr(a->headers, "text/event-stream"));
    assert_ptr_equal(strstr(a->body, "retry: 2000\n\nid: 0-0\n"
                                     "event: connected\ndata: {"),
                     a->body);
    assert_non_null(strstr(a->body, "\nevent: message:created\n"
                                    "data: {\"n\":1}\n\n"));
}

TEST(stream_token_opens_by_the_address_and_nothing_else)
{
    struct answer *a =
        post_as(fx.agent, "accounts", "/api/v1/stream/token", NULL);
    const char *token;

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(at_int(a, "expiresIn"), 60);
    token = text("%s", at_text(a, "token"));
    assert_status(poll_as(0, text("access_token=%s", token)), 200);
    assert_problem(poll_as(0, text("access_token=%s", token_of(fx.agent))), 401,
                   "unauthorized");
    a = call(&(struct call){
        .program = "poll", .token = token, .path = "/api/v1/poll?timeout=0" });
    assert_problem(a, 401, "unauthorized");
    sql("UPDATE users SET token_version = token_version + 1 WHERE id = 13");
    assert_problem(poll_as(0, text("access_token=%s", token)), 401,
                   "unauthorized");
}

TEST(poll_of_a_person_who_left_answers_401)
{
    const char *token = token_of(fx.agent);

    UNUSED;
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 13");
    assert_problem(call(&(struct call){ .program = "poll",
                                        .path = "/api/v1/poll?rooms=events",
                                        .token = token }),
                   401, "unauthorized");
    sql("UPDATE companies SET suspended_at = now() WHERE id = 1");
    assert_problem(poll_as(fx.admin, "rooms=events"), 403, "suspended");
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

static int
set_up(void **state)
{
    int failed;

    setenv("BALCAO_POLL_CGI_WAIT_S", "1", 1);
    failed = harness_setup(state);
    return failed;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(poll_without_token_answers_401),
        RUN(poll_of_a_forbidden_room_answers_403),
        RUN(poll_of_what_one_may_hear_answers_200),
        RUN(poll_with_bad_fields_names_them),
        RUN(poll_gives_what_came_after_the_position),
        RUN(poll_far_behind_comes_in_pages_without_a_gap),
        RUN(poll_with_a_position_of_another_database_answers_resync),
        RUN(stream_as_cgi_connects_replays_and_ends),
        RUN(stream_token_opens_by_the_address_and_nothing_else),
        RUN(poll_of_a_person_who_left_answers_401),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
