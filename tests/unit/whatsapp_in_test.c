/* whatsapp_in_test.c - cada espécie de webhook da Cloud API, pelas fixtures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* o de cmocka esconderia o de base/ctx.h */
#include <stdio.h>
#include <string.h>

#include "channel/whatsapp_cloud.h"

#define TEST(name) static void name(void **state)
#define RUN(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

static struct arena *arena;
static struct channel_batch batch;
static const struct channel channel = {
    .company_id = 1,
    .id = 7,
    .default_queue_id = 3,
    .platform = "whatsapp_cloud",
    .external_id = "100200300400500",
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

static void
parse(const char *text)
{
    whatsapp_cloud_parse(arena, &channel, (struct slice){ text, strlen(text) },
                         &batch);
}

static void
parse_file(const char *name)
{
    char *data = arena_alloc(arena, 1 << 16);
    FILE *f = fopen(
        arena_printf(arena, "tests/fixtures/whatsapp/%s.json", name), "r");

    assert_non_null(f);
    data[fread(data, 1, (1 << 16) - 1, f)] = '\0';
    fclose(f);
    parse(data);
}

/* A única mensagem da fixture, sem problemas. */
static const struct inbound *
message_of(const char *name)
{
    parse_file(name);
    assert_int_equal(batch.problem_count, 0);
    assert_int_equal(batch.message_count, 1);
    assert_int_equal(batch.messages[0].channel_id, 7);
    assert_int_equal(batch.messages[0].default_queue_id, 3);
    return &batch.messages[0];
}

static void
assert_kind(const char *name, const char *kind, const char *body)
{
    const struct inbound *m = message_of(name);

    assert_int_equal(m->action, INBOUND_MESSAGE);
    assert_string_equal(m->kind, kind);
    assert_string_equal(m->body, body);
}

static void
assert_problem(const char *text, const char *words)
{
    parse(text);
    assert_int_equal(batch.message_count + batch.status_count, 0);
    assert_int_equal(batch.problem_count, 1);
    assert_non_null(strstr(batch.problems[0], words));
}

TEST(text_has_sender_name_time_and_body)
{
    const struct inbound *m = message_of("text");

    (void)state;
    assert_string_equal(m->kind, "text");
    assert_string_equal(m->body, "Olá, tem pão de queijo?");
    assert_int_equal(m->sent_at_s, 1760000000);
    assert_int_equal(m->from.id_count, 1);
    assert_string_equal(m->from.ids[0].kind, "phone");
    assert_string_equal(m->from.ids[0].value, "5511987654321");
    assert_string_equal(m->from.name, "Ana Lima");
    assert_true(m->opens_window);
    assert_null(m->payload);
    assert_null(m->media);
    assert_null(m->reply_to);
}

TEST(media_keeps_id_mime_caption_and_file_name)
{
    (void)state;
    assert_kind("image", "image", "o recibo");
    assert_string_equal(
        batch.messages[0].media,
        "{\"id\":\"81001\",\"mime\":\"image/jpeg\",\"caption\":\"o recibo\","
        "\"filename\":null,"
        "\"sha256\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"}");
    assert_kind("video", "video", "");
    assert_kind("sticker", "sticker", "");
    assert_non_null(strstr(batch.messages[0].media, "\"animated\":false"));
    assert_kind("document", "document", "nota");
    assert_non_null(
        strstr(batch.messages[0].media, "\"filename\":\"nf \\\"12\\\".pdf\""));
    assert_kind("audio", "audio", "");
    assert_non_null(strstr(batch.messages[0].media, "\"voice\":true"));
    assert_non_null(strstr(batch.messages[0].media, "audio/ogg; codecs=opus"));
}

TEST(location_takes_numbers_and_text)
{
    (void)state;
    assert_kind("location", "location", "Praça da Sé");
    assert_non_null(strstr(batch.messages[0].location,
                           "\"latitude\":-23.5505,\"longitude\":-46.6333"));
    assert_kind("location_text", "location", "");
    assert_non_null(strstr(batch.messages[0].location,
                           "\"latitude\":-23.5505,\"longitude\":-46.6333"));
}

TEST(contact_cards_are_kept_whole_and_named)
{
    (void)state;
    assert_kind("contacts", "contacts", "Rui Sá, Bia");
    assert_non_null(strstr(batch.messages[0].contacts, "+55 11 90000-0000"));
}

TEST(replies_to_buttons_and_lists_have_their_words)
{
    (void)state;
    assert_kind("button_reply", "interactive", "OK");
    assert_string_equal(batch.messages[0].reply_to, "wamid.Q");
    assert_non_null(strstr(batch.messages[0].payload, "ok-1"));
    assert_string_equal(batch.messages[0].choice, "ok-1");
    assert_kind("list_reply", "interactive", "Expresso");
    assert_string_equal(batch.messages[0].choice, "row-2");
    assert_kind("flow_reply", "interactive", "Enviado");
    assert_non_null(strstr(batch.messages[0].payload, "response_json"));
    assert_null(batch.messages[0].choice);
    assert_kind("interactive_empty", "interactive", "");
    assert_null(batch.messages[0].choice);
    assert_kind("button", "button", "Parar");
    assert_non_null(strstr(batch.messages[0].payload, "STOP"));
}

TEST(order_system_and_unknown_kinds_are_kept_whole)
{
    (void)state;
    assert_kind("order", "order", "sem açúcar");
    assert_non_null(strstr(batch.messages[0].payload, "sku1"));
    assert_kind("unsupported", "unsupported", "");
    assert_non_null(strstr(batch.messages[0].payload, "131051"));
    assert_kind("unknown_type", "unsupported", "");
    assert_non_null(strstr(batch.messages[0].payload, "[1,[2,[3]]]"));
    assert_kind("request_welcome", "system", "");
}

TEST(changed_number_is_answered_at_the_new_one)
{
    const struct inbound *m = message_of("system_number");

    (void)state;
    assert_string_equal(m->kind, "system");
    assert_int_equal(m->from.id_count, 3);
    assert_string_equal(m->from.ids[0].value, "5511912345678");
    assert_string_equal(m->from.ids[1].value, "BR.1502000000000002");
    assert_string_equal(m->from.ids[2].value, "5511987654321");
    assert_false(m->opens_window);
}

TEST(reaction_edit_and_revoke_point_at_their_message)
{
    const struct inbound *m = message_of("reaction");

    (void)state;
    assert_int_equal(m->action, INBOUND_REACTION);
    assert_string_equal(m->target, "wamid.Q");
    assert_string_equal(m->emoji, "👍");
    m = message_of("reaction_removed");
    assert_int_equal(m->action, INBOUND_REACTION);
    assert_string_equal(m->emoji, "");
    m = message_of("edit");
    assert_int_equal(m->action, INBOUND_EDIT);
    assert_string_equal(m->target, "wamid.Q");
    assert_string_equal(m->body, "legenda nova");
    m = message_of("edit_text");
    assert_string_equal(m->body, "texto novo");
    m = message_of("revoke");
    assert_int_equal(m->action, INBOUND_REVOKE);
    assert_string_equal(m->target, "wamid.Q");
}

TEST(context_gives_the_quoted_message_and_extras_are_kept)
{
    (void)state;
    assert_string_equal(message_of("reply")->reply_to, "wamid.Q");
    assert_null(batch.messages[0].payload);
    assert_null(message_of("forwarded")->reply_to);
    assert_non_null(strstr(batch.messages[0].payload, "forwarded"));
    assert_non_null(strstr(message_of("referral")->payload, "ctwa_clid"));
}

TEST(sender_without_phone_is_known_by_the_user_id)
{
    const struct inbound *m = message_of("username");

    (void)state;
    assert_int_equal(m->from.id_count, 1);
    assert_string_equal(m->from.ids[0].kind, "bsuid");
    assert_string_equal(m->from.ids[0].value, "BR.1502000000000001");
    assert_int_equal(m->sent_at_s, 1760000001);
}

TEST(variants_of_one_phone_are_one_identity)
{
    const struct inbound *m = message_of("both_ids");

    (void)state;
    assert_int_equal(m->from.id_count, 2);
    assert_string_equal(m->from.ids[0].value, "5511987654321");
    assert_string_equal(m->from.ids[1].kind, "bsuid");
}

TEST(batch_is_taken_whole_messages_by_time_statuses_by_id)
{
    (void)state;
    parse_file("batch");
    assert_int_equal(batch.problem_count, 0);
    assert_int_equal(batch.message_count, 3);
    assert_string_equal(batch.messages[0].body, "primeira");
    assert_string_equal(batch.messages[1].body, "de outra pessoa");
    assert_string_equal(batch.messages[1].from.name, "Beto");
    assert_string_equal(batch.messages[2].body, "segunda");
    assert_int_equal(batch.status_count, 2);
    assert_string_equal(batch.statuses[0].provider_id, "wamid.A1");
    assert_string_equal(batch.statuses[1].provider_id, "wamid.Z9");
}

TEST(statuses_have_error_words_and_our_reference)
{
    (void)state;
    parse_file("sent");
    assert_int_equal(batch.status_count, 1);
    assert_string_equal(batch.statuses[0].status, "sent");
    parse_file("delivered");
    assert_string_equal(batch.statuses[0].opaque, "m:1:77");
    parse_file("failed");
    assert_string_equal(
        batch.statuses[0].error,
        "Message undeliverable: O número não está no WhatsApp. (131026)");
    parse_file("status_unknown");
    assert_int_equal(batch.status_count + batch.problem_count, 0);
}

TEST(other_fields_and_account_errors_are_ignored)
{
    (void)state;
    parse_file("template_field");
    assert_int_equal(batch.message_count + batch.problem_count, 0);
    parse_file("account_errors");
    assert_int_equal(batch.message_count + batch.problem_count, 0);
}

TEST(what_is_not_ours_or_not_understood_is_a_problem)
{
    (void)state;
    assert_problem("", "JSON");
    assert_problem("{\"entry\":[]} x", "JSON");
    assert_problem("{\"entry\":[\"\xff\"]}", "JSON");
    assert_problem("[]", "entry");
    assert_problem("{\"entry\":{}}", "entry");
    parse_file("other_number");
    assert_int_equal(batch.message_count, 0);
    assert_non_null(strstr(batch.problems[0], "phone_number_id 999"));
    parse_file("group");
    assert_int_equal(batch.message_count, 0);
    assert_non_null(strstr(batch.problems[0], "grupo"));
}

#define VALUE(members) \
    "{\"entry\":[{\"changes\":[{\"field\":\"messages\"," \
    "\"value\":{\"metadata\":{\"phone_number_id\":\"100200300400500\"}" \
    "," members "}}]}]}"

TEST(messages_without_id_sender_or_target_are_problems)
{
    (void)state;
    assert_problem(VALUE("\"messages\":[null]"), "sem id");
    assert_problem(VALUE("\"messages\":[{\"id\":\"w\",\"type\":\"text\"}]"),
                   "remetente");
    assert_problem(
        VALUE("\"messages\":[{\"id\":\"w\",\"from\":\"5511987654321\","
              "\"type\":\"reaction\",\"reaction\":{}}]"),
        "alvo");
    assert_problem(VALUE("\"statuses\":[{\"id\":\"w\"}]"), "estado");
}

TEST(wrong_types_inside_a_message_lose_only_the_part)
{
    (void)state;
    parse(VALUE("\"contacts\":\"x\",\"messages\":[{\"id\":\"w\",\"from\":"
                "5511987654321,\"timestamp\":1760000000,\"type\":\"text\","
                "\"text\":[],\"context\":\"y\"}]"));
    assert_int_equal(batch.message_count, 1);
    assert_string_equal(batch.messages[0].from.ids[0].value, "5511987654321");
    assert_string_equal(batch.messages[0].body, "");
    parse(VALUE("\"messages\":[{\"id\":\"w\",\"from\":\"5511987654321\","
                "\"type\":\"contacts\",\"contacts\":{}}]"));
    assert_string_equal(batch.messages[0].kind, "unsupported");
    parse(VALUE("\"messages\":[{\"id\":\"w\",\"from\":\"5511987654321\","
                "\"type\":\"location\",\"location\":{\"latitude\":1e999}}]"));
    assert_null(strstr(batch.messages[0].location, "latitude"));
}

TEST(nul_characters_become_the_replacement_character)
{
    const struct inbound *m = message_of("nul");

    (void)state;
    assert_string_equal(m->body, "antes\xef\xbf\xbd"
                                 "depois");
    assert_non_null(strstr(m->payload, "a\\ufffdb \\\\u0000"));
}

TEST(too_many_items_are_one_problem)
{
    struct str s;
    int i;

    (void)state;
    str_init(&s, arena, 1 << 16);
    str_puts(&s, "{\"entry\":[");
    for (i = 0; i < 5000; i++)
        str_puts(&s, i > 0 ? ",{\"changes\":[1]}" : "{\"changes\":[1]}");
    str_puts(&s, "]}");
    assert_problem(s.data, "demais");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(text_has_sender_name_time_and_body),
        RUN(media_keeps_id_mime_caption_and_file_name),
        RUN(location_takes_numbers_and_text),
        RUN(contact_cards_are_kept_whole_and_named),
        RUN(replies_to_buttons_and_lists_have_their_words),
        RUN(order_system_and_unknown_kinds_are_kept_whole),
        RUN(changed_number_is_answered_at_the_new_one),
        RUN(reaction_edit_and_revoke_point_at_their_message),
        RUN(context_gives_the_quoted_message_and_extras_are_kept),
        RUN(sender_without_phone_is_known_by_the_user_id),
        RUN(variants_of_one_phone_are_one_identity),
        RUN(batch_is_taken_whole_messages_by_time_statuses_by_id),
        RUN(statuses_have_error_words_and_our_reference),
        RUN(other_fields_and_account_errors_are_ignored),
        RUN(what_is_not_ours_or_not_understood_is_a_problem),
        RUN(messages_without_id_sender_or_target_are_problems),
        RUN(wrong_types_inside_a_message_lose_only_the_part),
        RUN(nul_characters_become_the_replacement_character),
        RUN(too_many_items_are_one_problem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
