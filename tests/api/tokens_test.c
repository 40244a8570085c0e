/* tokens_test.c - tokens de API: criar, usar, vencer, revogar, não poder. */
#include "harness.h"

#include <inttypes.h>
#include <string.h>

static struct answer *
create_as(int64_t person, const char *scopes)
{
    return post_as(person, "accounts", "/api/v1/tokens",
                   text("{\"name\":\"Integração\",\"scopes\":%s}", scopes));
}

static const char *
made(int64_t person, const char *scopes)
{
    struct answer *a = create_as(person, scopes);

    assert_status(a, 201);
    return at_text(a, "token");
}

static struct answer *
ask(const char *token, const char *program, const char *path)
{
    return call(
        &(struct call){ .program = program, .path = path, .token = token });
}

static struct answer *
tickets_by(const char *token)
{
    return ask(token, "tickets", "/api/v1/tickets?status=pending");
}

static struct answer *
revoke_as(int64_t person, int64_t id)
{
    return call(&(struct call){ .program = "accounts",
                                .method = "DELETE",
                                .path = text("/api/v1/tokens/%" PRId64, id),
                                .token = token_of(person) });
}

TEST(new_token_is_shown_once_and_kept_only_as_a_hash)
{
    struct answer *a = create_as(fx.agent, "[\"tickets.read\"]");
    const char *token;

    UNUSED;
    assert_status(a, 201);
    token = at_text(a, "token");
    assert_int_equal(strncmp(token, "blc_", 4), 0);
    assert_int_equal(strncmp(token, at_text(a, "prefix"), 10), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM api_tokens WHERE "
                             "token_hash = sha256('%s')",
                             token),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM api_tokens t WHERE "
                             "t::text LIKE '%%%s%%'",
                             token + 4),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'api_token.created' AND user_id = 13 AND after "
                             "->> 'token_hash' = '***'"),
                     1);
}

TEST(token_does_what_its_scopes_say_and_no_more)
{
    const char *token = made(fx.agent, "[\"tickets.read\",\"me.read\"]");

    UNUSED;
    assert_status(tickets_by(token), 200);
    assert_status(ask(token, "accounts", "/api/v1/me"), 200);
    assert_problem(call(&(struct call){ .program = "tickets",
                                        .method = "POST",
                                        .path = "/api/v1/tickets/61/take",
                                        .token = token }),
                   403, "forbidden");
    assert_problem(ask(token, "accounts", "/api/v1/tokens"), 403, "forbidden");
    assert_problem(ask(token, "poll", "/api/v1/poll?timeout=0"), 403,
                   "forbidden");
}

TEST(token_sees_what_its_owner_sees)
{
    const char *token = made(fx.agent, "[\"tickets.read\"]");

    UNUSED;
    assert_status(ask(token, "tickets", "/api/v1/tickets/61"), 200);
    assert_problem(ask(token, "tickets", "/api/v1/tickets/65"), 404,
                   "not-found");
    assert_problem(ask(token, "tickets", "/api/v1/tickets/66"), 404,
                   "not-found");
}

TEST(token_loses_what_its_owner_loses)
{
    const char *token = made(fx.agent, "[\"tickets.read\"]");

    UNUSED;
    sql("UPDATE memberships SET role_id = 81 WHERE user_id = 13");
    assert_problem(tickets_by(token), 403, "forbidden");
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 13");
    assert_problem(tickets_by(token), 401, "unauthorized");
}

TEST(nobody_gives_a_token_what_he_lacks)
{
    UNUSED;
    assert_field(create_as(fx.agent, "[\"users.write\"]"), "scopes",
                 "not_yours");
    assert_field(create_as(fx.admin, "[\"companies.manage\"]"), "scopes",
                 "not_yours");
    assert_field(create_as(fx.admin, "[\"self\"]"), "scopes", "not_yours");
    assert_field(create_as(fx.admin, "[\"tokens.own\"]"), "scopes",
                 "not_yours");
    assert_field(create_as(fx.admin, "[]"), "scopes", "required");
    assert_field(create_as(fx.admin, "[\"nada\"]"), "scopes", "one_of");
    assert_field(create_as(fx.admin, "\"tickets.read\""), "scopes", "type");
    assert_field(create_as(fx.admin, "[7]"), "scopes", "type");
    assert_int_equal(sql_int("SELECT count(*) FROM api_tokens"), 0);
}

TEST(expired_revoked_or_altered_token_answers_401)
{
    const char *token = made(fx.agent, "[\"tickets.read\"]");
    char *other = strdup(token);

    UNUSED;
    other[20] = other[20] == 'a' ? 'b' : 'a';
    assert_problem(tickets_by(other), 401, "unauthorized");
    assert_problem(tickets_by("blc_"), 401, "unauthorized");
    free(other);
    sql("UPDATE api_tokens SET expires_at = now() - interval '1 second'");
    assert_problem(tickets_by(token), 401, "unauthorized");
    sql("UPDATE api_tokens SET expires_at = NULL");
    assert_status(tickets_by(token), 200);
    assert_status(revoke_as(fx.agent, sql_int("SELECT id FROM api_tokens")),
                  204);
    assert_problem(tickets_by(token), 401, "unauthorized");
}

TEST(use_is_noted_once_a_minute)
{
    const char *token = made(fx.agent, "[\"tickets.read\"]"), *first;

    UNUSED;
    assert_status(tickets_by(token), 200);
    first = sql("SELECT last_used_at || last_used_address FROM api_tokens");
    assert_non_null(strstr(first, "127.0.0.1"));
    assert_status(tickets_by(token), 200);
    assert_string_equal(
        sql("SELECT last_used_at || last_used_address FROM api_tokens"), first);
}

TEST(list_shows_own_tokens_and_all_only_to_who_manages)
{
    struct answer *a;

    UNUSED;
    made(fx.agent, "[\"tickets.read\"]");
    made(fx.supervisor, "[\"tickets.read\"]");
    a = get_as(fx.agent, "accounts", "/api/v1/tokens");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_string_equal(at_text(a, "data.0.userName"), "Bruno Agente");
    a = get_as(fx.admin, "accounts", "/api/v1/tokens?all=true&limit=1");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    a = get_as(
        fx.admin, "accounts",
        text("/api/v1/tokens?all=true&cursor=%s", at_text(a, "nextCursor")));
    assert_string_equal(at_text(a, "data.0.userName"), "Bruno Agente");
    assert_problem(get_as(fx.agent, "accounts", "/api/v1/tokens?all=true"), 403,
                   "forbidden");
    assert_field(get_as(fx.agent, "accounts", "/api/v1/tokens?cursor=x"),
                 "cursor", "cursor");
    a = get_as(fx.stranger, "accounts", "/api/v1/tokens?all=true");
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
}

TEST(only_owner_or_manager_revokes)
{
    int64_t id;

    UNUSED;
    made(fx.agent, "[\"tickets.read\"]");
    id = sql_int("SELECT id FROM api_tokens");
    assert_problem(revoke_as(fx.supervisor, id), 404, "not-found");
    assert_problem(revoke_as(fx.stranger, id), 404, "not-found");
    assert_status(revoke_as(fx.admin, id), 204);
    assert_status(revoke_as(fx.admin, id), 204);
    assert_problem(revoke_as(fx.admin, id + 1), 404, "not-found");
}

TEST(super_without_membership_is_told_why)
{
    UNUSED;
    assert_problem(create_as(fx.super, "[\"tickets.read\"]"), 403, "forbidden");
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(new_token_is_shown_once_and_kept_only_as_a_hash),
        RUN(token_does_what_its_scopes_say_and_no_more),
        RUN(token_sees_what_its_owner_sees),
        RUN(token_loses_what_its_owner_loses),
        RUN(nobody_gives_a_token_what_he_lacks),
        RUN(expired_revoked_or_altered_token_answers_401),
        RUN(use_is_noted_once_a_minute),
        RUN(list_shows_own_tokens_and_all_only_to_who_manages),
        RUN(only_owner_or_manager_revokes),
        RUN(super_without_membership_is_told_why),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
