/* whatsapp_send_test.c - o pedido à Cloud API e o que a resposta dela diz. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* o de cmocka esconderia o de base/ctx.h */
#include <json-c/json.h>
#include <string.h>

#include "base/conf.h"
#include "base/log.h"
#include "channel/whatsapp_cloud.h"

#define TEST(name) static void name(void **state)
#define RUN(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

static struct arena *arena;
static struct channel_request request;
static struct channel_result result;
static const struct channel channel = {
    .company_id = 4,
    .id = 7,
    .platform = "whatsapp_cloud",
    .external_id = "100200300400500",
    .secrets = { .access_token = "EAAtok" },
};

static int
open_arena(void **state)
{
    (void)state;
    arena = arena_new(4096);
    return 0;
}

static int
close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static enum err
build(const struct channel_outgoing *m)
{
    return whatsapp_cloud_build_send(arena, &channel, m, &request);
}

/* O corpo do pedido, já lido e conferido como JSON. */
static struct json_object *
body(void)
{
    struct json_object *o;

    assert_int_equal(request.body.data[request.body.len], 0);
    o = json_tokener_parse(request.body.data);
    assert_non_null(o);
    return o;
}

static const char *
member(struct json_object *o, const char *path)
{
    struct json_object *v = NULL;

    return json_pointer_get(o, path, &v) == 0 ? json_object_get_string(v)
                                              : NULL;
}

static void
answer(int status, const char *text)
{
    whatsapp_cloud_read_response(
        arena,
        &(struct channel_response){ .status = status,
                                    .retry_after_s = -1,
                                    .body = { text, strlen(text) } },
        &result);
}

static void
error_answer(int status, int code, const char *more)
{
    answer(status,
           arena_printf(arena,
                        "{\"error\":{\"message\":\"(#%d) "
                        "Words\",\"type\":\"OAuthException\",\"code\":%d%s}}",
                        code, code, more));
}

TEST(a_text_goes_to_the_phone_with_the_token_and_our_own_id)
{
    struct json_object *o;

    (void)state;
    assert_int_equal(
        build(&(struct channel_outgoing){ .kind = "text",
                                          .body = "Olá \"você\"\n☕",
                                          .to = "5511987654321",
                                          .to_kind = "phone",
                                          .opaque = "m:4:9" }),
        OK);
    assert_string_equal(request.method, "POST");
    assert_string_equal(
        request.url,
        "https://graph.facebook.com/v23.0/100200300400500/messages");
    assert_string_equal(request.headers[0], "Authorization: Bearer EAAtok");
    o = body();
    assert_string_equal(member(o, "/messaging_product"), "whatsapp");
    assert_string_equal(member(o, "/to"), "5511987654321");
    assert_string_equal(member(o, "/type"), "text");
    assert_string_equal(member(o, "/text/body"), "Olá \"você\"\n☕");
    assert_string_equal(member(o, "/biz_opaque_callback_data"), "m:4:9");
    assert_null(member(o, "/context"));
    assert_null(member(o, "/recipient"));
    json_object_put(o);
}

TEST(a_list_goes_as_it_was_made_and_never_without_one)
{
    struct channel_outgoing m = { .kind = "interactive",
                                  .body = "Como foi?",
                                  .to = "5511987654321",
                                  .to_kind = "phone",
                                  .opaque = "m:4:9" };
    struct json_object *o;

    (void)state;
    assert_int_equal(build(&m), ERR_INVALID);
    m.interactive = "{\"type\": \"list\", \"body\": {\"text\": \"Como foi?\"}}";
    assert_int_equal(build(&m), OK);
    o = body();
    assert_string_equal(member(o, "/type"), "interactive");
    assert_string_equal(member(o, "/interactive/type"), "list");
    assert_string_equal(member(o, "/interactive/body/text"), "Como foi?");
    assert_string_equal(member(o, "/biz_opaque_callback_data"), "m:4:9");
    assert_null(member(o, "/text"));
    json_object_put(o);
}

TEST(a_customer_known_only_by_bsuid_is_named_as_recipient)
{
    struct json_object *o;

    (void)state;
    assert_int_equal(build(&(struct channel_outgoing){ .kind = "text",
                                                       .body = "Oi",
                                                       .to = "BR.15020001",
                                                       .to_kind = "bsuid",
                                                       .opaque = "m:4:9" }),
                     OK);
    o = body();
    assert_string_equal(member(o, "/recipient"), "BR.15020001");
    assert_null(member(o, "/to"));
    json_object_put(o);
}

TEST(a_reply_names_the_quoted_message)
{
    struct json_object *o;

    (void)state;
    assert_int_equal(build(&(struct channel_outgoing){ .kind = "text",
                                                       .body = "Oi",
                                                       .to = "55119",
                                                       .to_kind = "phone",
                                                       .reply_to = "wamid.A",
                                                       .opaque = "m:4:9" }),
                     OK);
    o = body();
    assert_string_equal(member(o, "/context/message_id"), "wamid.A");
    json_object_put(o);
}

TEST(a_kind_or_an_identity_the_channel_lacks_is_refused)
{
    struct channel_outgoing m = {
        .kind = "order", .body = "x", .to = "55119", .to_kind = "phone"
    };

    (void)state;
    assert_int_equal(build(&m), ERR_INVALID);
    m.kind = "text";
    m.to_kind = "email";
    assert_int_equal(build(&m), ERR_INVALID);
    m.to_kind = "phone";
    m.to = "";
    assert_int_equal(build(&m), ERR_INVALID);
}

TEST(an_accepted_message_brings_its_wamid)
{
    (void)state;
    answer(200, "{\"messaging_product\":\"whatsapp\",\"contacts\":[],"
                "\"messages\":[{\"id\":\"wamid.X\"}]}");
    assert_int_equal(result.outcome, CHANNEL_SENT);
    assert_string_equal(result.provider_id, "wamid.X");
}

TEST(a_yes_without_a_wamid_is_of_unknown_outcome)
{
    (void)state;
    answer(200, "{\"messages\":[]}");
    assert_int_equal(result.outcome, CHANNEL_UNKNOWN);
    answer(200, "{\"messaging_product\":\"wha");
    assert_int_equal(result.outcome, CHANNEL_UNKNOWN);
}

TEST(without_an_answer_it_matters_whether_the_request_had_left)
{
    (void)state;
    whatsapp_cloud_read_response(
        arena,
        &(struct channel_response){
            .status = 0, .was_sent = true, .retry_after_s = -1 },
        &result);
    assert_int_equal(result.outcome, CHANNEL_UNKNOWN);
    whatsapp_cloud_read_response(
        arena,
        &(struct channel_response){
            .status = 0, .was_sent = false, .retry_after_s = -1 },
        &result);
    assert_int_equal(result.outcome, CHANNEL_RETRY);
}

TEST(errors_are_read_by_code_and_not_by_http_status)
{
    static const struct {
        int status, code;
        enum channel_outcome outcome;
    } cases[] = {
        { 401, 190, CHANNEL_DOWN },       { 401, 0, CHANNEL_DOWN },
        { 403, 10, CHANNEL_DOWN },        { 400, 200, CHANNEL_DOWN },
        { 400, 131005, CHANNEL_DOWN },    { 400, 131031, CHANNEL_DOWN },
        { 400, 131000, CHANNEL_RETRY },   { 400, 131016, CHANNEL_RETRY },
        { 400, 130429, CHANNEL_RETRY },   { 400, 80007, CHANNEL_RETRY },
        { 400, 4, CHANNEL_RETRY },        { 400, 131056, CHANNEL_RETRY },
        { 400, 131057, CHANNEL_RETRY },   { 400, 100, CHANNEL_REFUSED },
        { 400, 131026, CHANNEL_REFUSED }, { 400, 131030, CHANNEL_REFUSED },
        { 400, 131047, CHANNEL_REFUSED }, { 400, 131049, CHANNEL_REFUSED },
        { 404, 999999, CHANNEL_REFUSED }, { 500, 999999, CHANNEL_RETRY },
        { 429, 999999, CHANNEL_RETRY },   { 500, 1, CHANNEL_RETRY },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        error_answer(cases[i].status, cases[i].code, "");
        if (result.outcome != cases[i].outcome)
            print_error("código %d\n", cases[i].code);
        assert_int_equal(result.outcome, cases[i].outcome);
    }
}

TEST(an_unknown_code_that_meta_calls_transient_is_tried_again)
{
    (void)state;
    error_answer(400, 777001, ",\"is_transient\":true");
    assert_int_equal(result.outcome, CHANNEL_RETRY);
    error_answer(400, 777001, ",\"is_transient\":false");
    assert_int_equal(result.outcome, CHANNEL_REFUSED);
}

TEST(an_html_page_of_a_gateway_is_read_by_its_status)
{
    (void)state;
    answer(502, "<html>Bad gateway</html>");
    assert_int_equal(result.outcome, CHANNEL_RETRY);
    assert_non_null(strstr(result.error, "502"));
    answer(404, "<html>Not here</html>");
    assert_int_equal(result.outcome, CHANNEL_REFUSED);
}

TEST(a_refusal_keeps_the_words_of_meta_and_its_code)
{
    (void)state;
    answer(400, "{\"error\":{\"message\":\"Re-engagement message\","
                "\"code\":131047,\"error_data\":{\"details\":\"More than 24 "
                "hours have passed\"}}}");
    assert_int_equal(result.outcome, CHANNEL_REFUSED);
    assert_non_null(strstr(
        result.error,
        "Re-engagement message: More than 24 hours have passed (131047)"));
    answer(400, "{\"error\":{\"message\":\"(#100) Bad\",\"code\":100,"
                "\"error_data\":\"plain text\"}}");
    assert_string_equal(result.error, "(#100) Bad: plain text");
}

TEST(the_wait_is_the_longer_of_retry_after_and_the_codes_own)
{
    (void)state;
    whatsapp_cloud_read_response(
        arena,
        &(struct channel_response){
            .status = 429, .retry_after_s = 7, .body = { "{}", 2 } },
        &result);
    assert_int_equal(result.outcome, CHANNEL_RETRY);
    assert_int_equal(result.retry_after_s, 7);
    error_answer(400, 131057, "");
    assert_int_equal(result.retry_after_s, 60);
    error_answer(400, 131016, "");
    assert_int_equal(result.retry_after_s, -1);
}

static enum err
build_signal(const struct channel_signal *g)
{
    return whatsapp_cloud_build_signal(arena, &channel, g, &request);
}

TEST(reading_is_told_by_the_id_of_the_message)
{
    struct json_object *o;

    (void)state;
    assert_int_equal(build_signal(&(struct channel_signal){
                         .kind = SIGNAL_READ, .target = "wamid.\"IN" }),
                     OK);
    assert_non_null(strstr(request.url, "/100200300400500/messages"));
    assert_string_equal(request.headers[0], "Authorization: Bearer EAAtok");
    o = body();
    assert_string_equal(member(o, "/status"), "read");
    assert_string_equal(member(o, "/message_id"), "wamid.\"IN");
    assert_string_equal(member(o, "/messaging_product"), "whatsapp");
    json_object_put(o);
}

TEST(a_reaction_names_the_message_and_the_person)
{
    struct channel_signal g = { .kind = SIGNAL_REACTION,
                                .target = "wamid.IN",
                                .emoji = "👍",
                                .to = "5511987654321",
                                .to_kind = "phone" };
    struct json_object *o;

    (void)state;
    assert_int_equal(build_signal(&g), OK);
    o = body();
    assert_string_equal(member(o, "/type"), "reaction");
    assert_string_equal(member(o, "/to"), "5511987654321");
    assert_string_equal(member(o, "/reaction/message_id"), "wamid.IN");
    assert_string_equal(member(o, "/reaction/emoji"), "👍");
    json_object_put(o);
    g.to_kind = "bsuid";
    g.emoji = "";
    assert_int_equal(build_signal(&g), OK);
    o = body();
    assert_string_equal(member(o, "/recipient"), "5511987654321");
    assert_string_equal(member(o, "/reaction/emoji"), "");
    json_object_put(o);
    g.to_kind = "email";
    assert_int_equal(build_signal(&g), ERR_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(reading_is_told_by_the_id_of_the_message),
        RUN(a_reaction_names_the_message_and_the_person),
        RUN(a_text_goes_to_the_phone_with_the_token_and_our_own_id),
        RUN(a_list_goes_as_it_was_made_and_never_without_one),
        RUN(a_customer_known_only_by_bsuid_is_named_as_recipient),
        RUN(a_reply_names_the_quoted_message),
        RUN(a_kind_or_an_identity_the_channel_lacks_is_refused),
        RUN(an_accepted_message_brings_its_wamid),
        RUN(a_yes_without_a_wamid_is_of_unknown_outcome),
        RUN(without_an_answer_it_matters_whether_the_request_had_left),
        RUN(errors_are_read_by_code_and_not_by_http_status),
        RUN(an_unknown_code_that_meta_calls_transient_is_tried_again),
        RUN(an_html_page_of_a_gateway_is_read_by_its_status),
        RUN(a_refusal_keeps_the_words_of_meta_and_its_code),
        RUN(the_wait_is_the_longer_of_retry_after_and_the_codes_own),
    };

    log_init("teste", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
