/*
 * read_cache_test.c - a resposta guardada é sempre a que o banco daria. O
 * programa roda aqui dentro, como em FastCGI (muitas requisições no mesmo
 * processo), e cada resposta é comparada com a de um processo novo, que não
 * tem o que guardar.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

int tickets_main(int argc, char **argv);
#define main tickets_main
#include "../../cgi-bin/api/tickets.c" /* NOLINT: é o programa que se testa */
#undef main
#include "app/read_cache.h"
#include "base/metrics.h"

struct fake {
    struct io io;
    const char *path, *bearer;
    struct str out;
};

static struct arena *request_arena;

static const char *
fake_param(struct io *io, const char *name)
{
    struct fake *f = (struct fake *)io;

    if (strcmp(name, "REQUEST_METHOD") == 0)
        return "GET";
    if (strcmp(name, "REQUEST_URI") == 0)
        return f->path;
    if (strcmp(name, "HTTP_AUTHORIZATION") == 0)
        return f->bearer;
    if (strcmp(name, "REQUEST_ID") == 0)
        return "teste-0001"; /* o mesmo do harness */
    return strcmp(name, "REMOTE_ADDR") == 0 ? "127.0.0.1" : NULL;
}

static long
fake_read(struct io *io, void *buffer, size_t n)
{
    (void)io;
    (void)buffer;
    (void)n;
    return 0;
}

static bool
fake_write(struct io *io, const void *data, size_t n)
{
    str_add(&((struct fake *)io)->out, data, n);
    return true;
}

/* O corpo da resposta do processo que fica; vale até a próxima chamada. */
static const char *
kept(int64_t person, const char *path)
{
    struct fake f = {
        .io = { .param = fake_param, .read = fake_read, .write = fake_write },
        .path = path
    };
    const char *body;

    arena_reset(request_arena);
    f.bearer = text("Bearer %s", token_of(person));
    str_init(&f.out, request_arena, 4096);
    app_serve(&f.io, request_arena);
    body = strstr(f.out.data, "\r\n\r\n");
    assert_non_null(body);
    return body + 4;
}

static int64_t
hits(void)
{
    static const char name[] = "\nbalcao_read_cache_hits_total ";
    struct str s;
    const char *at_hits;

    str_init(&s, request_arena, 4096);
    metrics_render(&s);
    at_hits = strstr(s.data, name);
    return at_hits == NULL ? 0 : strtoll(at_hits + sizeof name - 1, NULL, 10);
}

static const char *const paths[] = {
    "/api/v1/tickets?status=active",
    "/api/v1/tickets?status=pending&limit=3",
    "/api/v1/tickets/62",
    "/api/v1/tickets/62/messages",
};
#define PATHS (sizeof paths / sizeof *paths)

/* Duas vezes cada: a primeira guarda, a segunda só serve se ainda vale. */
static void
assert_same_as_database(int64_t person)
{
    size_t i;

    for (i = 0; i < 2 * PATHS; i++) {
        const char *fresh = get_as(person, "tickets", paths[i % PATHS])->body;

        assert_string_equal(kept(person, paths[i % PATHS]), fresh);
    }
}

TEST(a_repeated_read_with_no_write_between_comes_from_memory)
{
    UNUSED;
    int64_t before;

    kept(fx.agent, paths[0]);
    before = hits();
    kept(fx.agent, paths[0]);
    kept(fx.agent, paths[0]);
    assert_int_equal(hits() - before, 2);
}

TEST(a_read_after_any_write_is_what_the_database_says)
{
    UNUSED;
    static const char *const writes[] = {
        "UPDATE tickets SET last_message = 'mudou' WHERE id = 62",
        "INSERT INTO messages (company_id, ticket_id, channel_id, sender_type,"
        " kind, body, status) VALUES (1, 62, 41, 'contact', 'text', 'novo', "
        "'received')",
        "UPDATE messages SET status = 'failed' WHERE ticket_id = 62",
        "UPDATE contacts SET name = 'Outro Nome' WHERE company_id = 1",
        "UPDATE queues SET name = 'Fila ' || id",
        "UPDATE memberships SET display_name = 'Bia' WHERE user_id = 13",
        "UPDATE channels SET name = 'Canal ' || id",
        "UPDATE tickets SET queue_id = 32, user_id = 11 WHERE id = 62",
        "DELETE FROM queue_members",
        "UPDATE tickets SET user_id = 13 WHERE id = 62",
        "UPDATE tickets SET status = 'closed', closed_at = now() WHERE id = 62",
        "DELETE FROM messages WHERE ticket_id = 62",
    };
    size_t i;

    assert_same_as_database(fx.agent);
    for (i = 0; i < sizeof writes / sizeof *writes; i++) {
        sql("%s", writes[i]);
        assert_same_as_database(fx.agent);
        assert_same_as_database(fx.admin);
    }
}

TEST(a_read_after_another_process_writes_through_the_api_is_fresh)
{
    UNUSED;
    const char *reply = text("/api/v1/tickets/%" PRId64 "/messages", fx.active);
    const char *take = text("/api/v1/tickets/%" PRId64 "/take", fx.pending);
    const char *close = text("/api/v1/tickets/%" PRId64 "/close", fx.active);

    assert_same_as_database(fx.agent);
    assert_status(post_as(fx.agent, "tickets", reply, "{\"body\":\"oi\"}"),
                  201);
    assert_same_as_database(fx.agent);
    assert_status(post_as(fx.agent, "tickets", take, ""), 200);
    assert_same_as_database(fx.agent);
    assert_status(post_as(fx.agent, "tickets", close, ""), 200);
    assert_same_as_database(fx.agent);
}

TEST(many_writes_in_a_row_never_show_an_old_answer)
{
    UNUSED;
    int i;

    for (i = 0; i < 40; i++) {
        sql("UPDATE tickets SET unread_count = %d WHERE id = 62", i);
        assert_non_null(
            strstr(kept(fx.agent, paths[2]), text("\"unreadCount\":%d,", i)));
    }
}

TEST(an_open_transaction_shows_nothing_until_it_commits)
{
    UNUSED;
    const char *old;

    kept(fx.agent, paths[2]);
    sql("BEGIN");
    sql("UPDATE tickets SET last_message = 'ainda nao' WHERE id = 62");
    old = kept(fx.agent, paths[2]);
    assert_null(strstr(old, "ainda nao"));
    assert_null(strstr(kept(fx.agent, paths[2]), "ainda nao"));
    sql("COMMIT");
    assert_non_null(strstr(kept(fx.agent, paths[2]), "ainda nao"));
}

TEST(two_people_never_share_an_answer)
{
    UNUSED;
    assert_same_as_database(fx.admin);
    assert_same_as_database(fx.agent);
    assert_same_as_database(fx.loner);
    assert_same_as_database(fx.stranger);
    assert_non_null(strstr(kept(fx.stranger, paths[2]), "not-found"));
}

TEST(a_person_who_lost_access_is_refused_at_once)
{
    UNUSED;
    const char *bearer = token_of(fx.agent);
    struct fake f = {
        .io = { .param = fake_param, .read = fake_read, .write = fake_write },
        .path = paths[0],
        .bearer = text("Bearer %s", bearer)
    };

    kept(fx.agent, paths[0]);
    sql("UPDATE users SET token_version = token_version + 1 WHERE id = 13");
    arena_reset(request_arena);
    str_init(&f.out, request_arena, 4096);
    app_serve(&f.io, request_arena);
    assert_non_null(strstr(f.out.data, "Status: 401"));
    kept(fx.admin, paths[0]);
    sql("UPDATE companies SET suspended_at = now() WHERE id = 1");
    assert_null(strstr(kept(fx.admin, paths[0]), "\"data\""));
}

TEST(a_new_connection_does_not_trust_the_old_one)
{
    UNUSED;
    int64_t before;

    kept(fx.agent, paths[0]);
    before = hits();
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'balcao' AND datname = current_database()");
    assert_non_null(strstr(kept(fx.agent, paths[0]), "\"data\""));
    assert_int_equal(hits(), before);
}

static int
start(void **state)
{
    harness_setup(state);
    request_arena = arena_new(65536);
    app_start("tickets", routes);
    return 0;
}

static int
stop(void **state)
{
    db_close(app.db);
    redis_close(app.redis);
    read_cache_clear();
    arena_free(request_arena);
    return harness_teardown(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define RUN(name) cmocka_unit_test_setup(name, harness_reset)
        RUN(a_repeated_read_with_no_write_between_comes_from_memory),
        RUN(a_read_after_any_write_is_what_the_database_says),
        RUN(a_read_after_another_process_writes_through_the_api_is_fresh),
        RUN(many_writes_in_a_row_never_show_an_old_answer),
        RUN(an_open_transaction_shows_nothing_until_it_commits),
        RUN(two_people_never_share_an_answer),
        RUN(a_person_who_lost_access_is_refused_at_once),
        RUN(a_new_connection_does_not_trust_the_old_one),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
