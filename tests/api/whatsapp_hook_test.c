/* whatsapp_hook_test.c - verificação, assinatura e o que se guarda cru. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "hook.h"

#define GET_PATH \
    HOOK_PATH \
    "?hub.mode=subscribe&hub.challenge=1158201444" \
    "&hub.verify_token=token%20de%20verifica%C3%A7%C3%A3o%20%26%20cia"

static struct answer *
get(const char *path)
{
    return call(&(struct call){ .program = "whatsapp", .path = path });
}

static int64_t
stored(void)
{
    return sql_int("SELECT (SELECT count(*) FROM webhook_failures) + "
                   "(SELECT count(*) FROM messages WHERE id > 1000)");
}

TEST(verification_with_the_right_token_answers_the_challenge_alone)
{
    struct answer *a;

    UNUSED;
    a = get(GET_PATH);
    assert_status(a, 200);
    assert_int_equal(a->len, 10);
    assert_memory_equal(a->body, "1158201444", 10);
    assert_non_null(strstr(a->headers, "Content-Type: text/plain"));
}

TEST(verification_with_anything_else_answers_403)
{
    UNUSED;
    assert_problem(get(HOOK_PATH "?hub.mode=subscribe&hub.challenge=1"
                                 "&hub.verify_token=outro"),
                   403, "forbidden");
    assert_problem(get(HOOK_PATH "?hub.mode=subscribe&hub.challenge=1"), 403,
                   "forbidden");
    assert_problem(get(HOOK_PATH), 403, "forbidden");
}

TEST(unknown_channel_key_answers_404)
{
    UNUSED;
    assert_problem(get("/api/v1/webhook/whatsapp/nao-existe-esta-chave"), 404,
                   "not-found");
    assert_problem(call(&(struct call){ .program = "whatsapp",
                                        .body = "{}",
                                        .path = "/api/v1/webhook/whatsapp/x" }),
                   404, "not-found");
}

TEST(delivery_with_wrong_or_missing_signature_answers_401_and_stores_nothing)
{
    const char *body;
    char zeros[80] = "sha256=";

    UNUSED;
    body = hook_fixture("text");
    memset(zeros + 7, '0', 64);
    assert_problem(hook_post_signed(body, 0, NULL), 401, "bad-signature");
    assert_problem(hook_post_signed(body, 0, zeros), 401, "bad-signature");
    assert_problem(hook_post_signed(body, 0, "sha1=00"), 401, "bad-signature");
    assert_problem(hook_post_signed(body, 0, "sha256="), 401, "bad-signature");
    assert_int_equal(stored(), 0);
}

TEST(signature_covers_the_raw_bytes_even_escaped)
{
    UNUSED;
    hook_deliver(hook_text("5511911110000", "wamid.E1",
                           "\\u00e9 assim\\/assado \\ud83d\\ude00"));
    assert_string_equal(sql("SELECT body FROM messages WHERE provider_id = "
                            "'wamid.E1'"),
                        "é assim/assado 😀");
}

TEST(signed_body_that_is_not_understood_is_kept_raw_and_answers_200)
{
    UNUSED;
    hook_deliver("isto não é JSON");
    hook_deliver("{\"object\":\"page\"}");
    assert_int_equal(sql_int("SELECT count(*) FROM webhook_failures WHERE "
                             "company_id = %" PRId64 " AND replayed_at IS NULL",
                             fx.company),
                     2);
    assert_string_equal(sql("SELECT convert_from(body, 'UTF8') FROM "
                            "webhook_failures ORDER BY id LIMIT 1"),
                        "isto não é JSON");
    assert_non_null(strstr(sql("SELECT error FROM webhook_failures ORDER BY id"
                               " LIMIT 1"),
                           "JSON"));
}

TEST(body_that_is_not_utf8_is_kept_byte_by_byte)
{
    UNUSED;
    hook_deliver("{\"entry\":\"\xff\xfe\"}");
    assert_string_equal(sql("SELECT encode(body, 'hex') FROM webhook_failures"),
                        "7b22656e747279223a22fffe227d");
}

TEST(delivery_for_another_number_is_kept_raw)
{
    UNUSED;
    hook_deliver(hook_fixture("other_number"));
    assert_int_equal(sql_int("SELECT count(*) FROM webhook_failures WHERE "
                             "error LIKE '%%phone_number_id 999%%'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE id > 1000"),
                     0);
}

TEST(fields_that_are_not_messages_are_answered_and_forgotten)
{
    UNUSED;
    hook_deliver(hook_fixture("template_field"));
    hook_deliver(hook_fixture("account_errors"));
    assert_int_equal(stored(), 0);
}

/* O gatilho faz o papel do defeito que ainda não se conhece. */
static void
deliver_three_with_one_refused(void)
{
    sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.body = 'ruim' THEN RAISE 'recusada'; END IF; RETURN NEW; "
        "END $$");
    sql("CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW EXECUTE "
        "FUNCTION refuse()");
    hook_deliver(hook_value(
        "\"messages\":["
        "{\"from\":\"5511911110000\",\"id\":\"wamid.B1\",\"timestamp\":\"1\","
        "\"type\":\"text\",\"text\":{\"body\":\"boa\"}},"
        "{\"from\":\"5511922220000\",\"id\":\"wamid.B2\",\"timestamp\":\"2\","
        "\"type\":\"text\",\"text\":{\"body\":\"ruim\"}},"
        "{\"from\":\"5511911110000\",\"id\":\"wamid.B3\",\"timestamp\":\"3\","
        "\"type\":\"text\",\"text\":{\"body\":\"também boa\"}}]"));
    sql("DROP FUNCTION refuse CASCADE");
}

static int
replay(void)
{
    const char *build = getenv("BUILD");

    return WEXITSTATUS(system(text("%s/bin/balcao webhook replay >/dev/null",
                                   build != NULL ? build : "build")));
}

TEST(item_that_the_database_refuses_does_not_stop_the_others)
{
    UNUSED;
    deliver_three_with_one_refused();
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE id > 1000"),
                     2);
    assert_int_equal(sql_int("SELECT count(*) FROM contacts WHERE phone = "
                             "'5511922220000'"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM webhook_failures WHERE "
                             "error LIKE '%%wamid.B2%%'"),
                     1);
    assert_int_equal(hook_events("message:created"), 2);
}

TEST(replay_takes_what_was_refused_and_nothing_twice)
{
    UNUSED;
    deliver_three_with_one_refused();
    assert_int_equal(replay(), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE id > 1000"),
                     3);
    assert_int_equal(hook_events("message:created"), 3);
    assert_int_equal(sql_int("SELECT count(*) FROM webhook_failures WHERE "
                             "replayed_at IS NULL"),
                     0);
    assert_int_equal(replay(), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE id > 1000"),
                     3);
}

TEST(replay_of_what_is_still_not_understood_keeps_it)
{
    UNUSED;
    hook_deliver("isto não é JSON");
    assert_int_equal(replay(), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM webhook_failures WHERE "
                             "replayed_at IS NULL"),
                     1);
}

TEST(delivery_that_fails_as_a_whole_is_kept_raw)
{
    UNUSED;
    sql("ALTER TABLE contact_identities RENAME TO gone");
    hook_deliver(hook_fixture("text"));
    sql("ALTER TABLE gone RENAME TO contact_identities");
    assert_int_equal(replay(), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE id > 1000"),
                     1);
}

TEST(database_that_does_not_answer_gives_503_and_stores_nothing)
{
    const char *url = text("%s", getenv("BALCAO_DATABASE_URL"));

    UNUSED;
    setenv("BALCAO_DATABASE_URL", "postgresql:///x?host=/nao/existe", 1);
    assert_problem(hook_post(hook_fixture("text")), 503, "unavailable");
    setenv("BALCAO_DATABASE_URL", url, 1);
    assert_int_equal(stored(), 0);
}

TEST(body_over_four_megabytes_answers_413)
{
    UNUSED;
    assert_problem(hook_post(text("%*s", (4 << 20) + 1, "{}")), 413,
                   "too-large");
}

TEST(body_of_three_megabytes_is_taken)
{
    UNUSED;
    hook_deliver(text("{\"entry\":[%*s]}", 3 << 20, ""));
    assert_int_equal(stored(), 0);
}

TEST(other_methods_answer_405)
{
    UNUSED;
    assert_problem(call(&(struct call){ .program = "whatsapp",
                                        .method = "DELETE",
                                        .path = HOOK_PATH }),
                   405, "method-not-allowed");
}

TEST(channel_whose_secrets_do_not_open_answers_500_without_leaking)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE channels SET secrets = '\\x00'");
    a = get(GET_PATH);
    assert_problem(a, 500, "internal");
}

#define RUN(name) cmocka_unit_test_setup(name, hook_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(verification_with_the_right_token_answers_the_challenge_alone),
        RUN(verification_with_anything_else_answers_403),
        RUN(unknown_channel_key_answers_404),
        RUN(delivery_with_wrong_or_missing_signature_answers_401_and_stores_nothing),
        RUN(signature_covers_the_raw_bytes_even_escaped),
        RUN(signed_body_that_is_not_understood_is_kept_raw_and_answers_200),
        RUN(body_that_is_not_utf8_is_kept_byte_by_byte),
        RUN(delivery_for_another_number_is_kept_raw),
        RUN(fields_that_are_not_messages_are_answered_and_forgotten),
        RUN(item_that_the_database_refuses_does_not_stop_the_others),
        RUN(replay_takes_what_was_refused_and_nothing_twice),
        RUN(replay_of_what_is_still_not_understood_keeps_it),
        RUN(delivery_that_fails_as_a_whole_is_kept_raw),
        RUN(database_that_does_not_answer_gives_503_and_stores_nothing),
        RUN(body_over_four_megabytes_answers_413),
        RUN(body_of_three_megabytes_is_taken),
        RUN(other_methods_answer_405),
        RUN(channel_whose_secrets_do_not_open_answers_500_without_leaking),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
