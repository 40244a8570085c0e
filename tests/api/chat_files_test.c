/*
 * chat_files_test.c - arquivos na conversa entre colegas: só quem está nela os
 * vê, as conferências são as do que vai ao cliente, e apagar é apagar.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"
#include "media_kit.h"

#define PHOTO "-f lavfi -i testsrc=size=1600x900 -frames:v 1 -q:v 3"

static int64_t
talk_with(int64_t person)
{
    struct answer *a =
        post_as(fx.agent, "conversations", "/api/v1/conversations",
                text("{\"userIds\":[%" PRId64 "]}", person));

    assert_status(a, 201);
    return at_int(a, "id");
}

static const char *
files_of(int64_t talk, const char *rest)
{
    return text("/api/v1/conversations/%" PRId64 "/files%s", talk, rest);
}

static struct answer *
send_to(int64_t person, int64_t talk, const struct sample *s,
        const char *fields)
{
    return media_post(&(struct media_form){ .program = "conversations",
                                            .path = files_of(talk, ""),
                                            .token = token_of(person),
                                            .fields = fields,
                                            .sample = s });
}

static struct answer *
fetch(int64_t person, int64_t talk, int64_t file, const char *rest)
{
    return get_as(person, "conversations",
                  files_of(talk, text("/%" PRId64 "%s", file, rest)));
}

TEST(file_goes_to_those_in_the_conversation_and_to_nobody_else)
{
    int64_t talk = talk_with(fx.admin), file;
    struct sample s = { "plano.txt", "o plano do dia\n", 15 };
    struct answer *a = send_to(fx.agent, talk, &s, "caption=olhe isto");

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "body"), "olhe isto");
    assert_string_equal(at_text(a, "file.kind"), "document");
    assert_string_equal(at_text(a, "file.filename"), "plano.txt");
    file = at_int(a, "file.fileId");
    a = post_as(fx.agent, "conversations",
                text("/api/v1/conversations/%" PRId64 "/messages", talk),
                "{\"body\":\"só texto\"}");
    assert_true(json_object_is_type(at(a, "file"), json_type_null));
    a = fetch(fx.admin, talk, file, "");
    assert_status(a, 200);
    assert_int_equal(a->len, 15);
    assert_memory_equal(a->body, s.data, 15);
    assert_status(fetch(fx.agent, talk, file, "?download=true"), 200);
    assert_status(fetch(fx.supervisor, talk, file, ""), 404);
    assert_status(fetch(fx.stranger, talk, file, ""), 404);
    assert_status(fetch(fx.agent, talk_with(fx.supervisor), file, ""), 404);
    assert_status(
        get_as(fx.admin, "files", text("/api/v1/files/%" PRId64, file)), 404);
    a = call(&(struct call){ .program = "conversations",
                             .path = files_of(talk, text("/%" PRId64, file)),
                             .token = token_of(fx.admin),
                             .headers = { "Range: bytes=2-6" } });
    assert_status(a, 206);
    assert_memory_equal(a->body, "plano", 5);
    a = call(&(struct call){ .program = "conversations",
                             .path = files_of(talk, text("/%" PRId64, file)),
                             .token = token_of(fx.admin),
                             .headers = { "Range: bytes=99-" } });
    assert_status(a, 416);
    a = fetch(fx.admin, talk, file, "");
    a = call(&(struct call){
        .program = "conversations",
        .path = files_of(talk, text("/%" PRId64, file)),
        .token = token_of(fx.admin),
        .headers = { text("If-None-Match: %s", header_of(a, "ETag")) } });
    assert_status(a, 304);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'private_message'"),
                     2);
    assert_int_equal(sql_int("SELECT unread FROM talk_members WHERE user_id = "
                             "%" PRId64,
                             fx.admin),
                     2);
}

TEST(picture_without_words_has_a_thumbnail_and_a_line_in_the_list)
{
    int64_t talk = talk_with(fx.admin), file;
    struct sample s = media_make("foto.jpg", PHOTO);
    struct browser b = browser_of(fx.admin);
    struct answer *a = send_to(fx.agent, talk, &s, NULL);

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "body"), "");
    file = at_int(a, "file.fileId");
    assert_status(fetch(fx.admin, talk, file, "/preview"), 404);
    media_work_until("SELECT preview FROM files");
    a = fetch(fx.admin, talk, file, "/preview");
    assert_status(a, 200);
    a = call(&(struct call){
        .program = "conversations",
        .path = files_of(talk, text("/%" PRId64 "/preview", file)),
        .token = token_of(fx.admin),
        .headers = { text("If-None-Match: %s", header_of(a, "ETag")) } });
    assert_status(a, 304);
    assert_status(fetch(fx.supervisor, talk, file, "/preview"), 404);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'chat:updated'"),
                     1);
    a = get_as(fx.admin, "conversations", "/api/v1/conversations");
    assert_string_equal(at_text(a, "data.0.lastFile"), "image");
    a = browser_page(b, "chat_pages", text("/chat/%" PRId64, talk));
    assert_has(a, "[imagem]");
    assert_lacks(a, "Mensagem apagada");
    assert_has(a, text("<img src=\"%s\" width=\"320\" height=\"180\"",
                       files_of(talk, text("/%" PRId64 "/preview", file))));
}

TEST(what_cannot_go_leaves_nothing_behind)
{
    static const char exe[] = "MZ\220\0\3\0\0\0\4\0\0\0\377\377\0\0";
    int64_t talk = talk_with(fx.admin);
    struct sample s = { "virus.png", exe, sizeof exe - 1 };
    struct answer *a = send_to(fx.agent, talk, &s, NULL);

    UNUSED;
    assert_field(a, "file", "type");
    s = (struct sample){ "nota.txt", "uma nota\n", 9 };
    assert_status(send_to(fx.supervisor, talk, &s, NULL), 404);
    assert_status(send_to(fx.stranger, talk, &s, NULL), 404);
    assert_field(send_to(fx.agent, talk, &s, "replyTo=999999"), "replyTo",
                 "exists");
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = %" PRId64,
        fx.admin);
    assert_problem(send_to(fx.agent, talk, &s, NULL), 409, "conflict");
    assert_int_equal(sql_int("SELECT count(*) FROM files"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM talk_messages"), 0);
}

TEST(erased_message_takes_its_file_and_the_sweep_spares_the_others)
{
    int64_t talk = talk_with(fx.admin);
    struct sample s = { "nota.txt", "uma nota\n", 9 };
    int64_t kept = at_int(send_to(fx.agent, talk, &s, NULL), "file.fileId");
    int64_t gone = at_int(send_to(fx.agent, talk, &s, NULL), "id");
    struct answer *a;

    UNUSED;
    a = call(&(struct call){ .program = "conversations",
                             .method = "DELETE",
                             .path = text("/api/v1/conversations/%" PRId64
                                          "/messages/%" PRId64,
                                          talk, gone),
                             .token = token_of(fx.agent) });
    assert_status(a, 204);
    sql("UPDATE files SET created_at = now() - interval '3 days'");
    assert_int_equal(
        system(text("%s/bin/balcao cleanup >/dev/null", getenv("BUILD"))), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM files"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM file_trash"), 0);
    assert_status(fetch(fx.admin, talk, kept, ""), 200);
}

TEST(form_of_the_page_sends_the_file_and_tells_the_refusal)
{
    int64_t talk = talk_with(fx.admin);
    struct browser b = browser_of(fx.agent);
    const char *path = text("/chat/%" PRId64, talk);
    struct sample s = { "nota.txt", "uma nota\n", 9 };
    struct media_form form = { .program = "chat_pages",
                               .path = text("%s/files", path),
                               .cookie = b.cookie,
                               .csrf = b.csrf,
                               .fields = "body=veja a nota",
                               .sample = &s };
    struct answer *a = media_post(&form);

    UNUSED;
    assert_status(a, 303);
    a = browser_page(b, "chat_pages", path);
    assert_has(a, "veja a nota");
    assert_has(a, "nota.txt");
    assert_has(a, "?download=true");
    s = (struct sample){ "x.bin", "MZ\220\0\3\0\0\0\4\0\0", 11 };
    a = media_post(&form);
    assert_status(a, 422);
    assert_has(a, "o WhatsApp não aceita");
    assert_has(a, "veja a nota</textarea>");
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(file_goes_to_those_in_the_conversation_and_to_nobody_else),
        RUN(picture_without_words_has_a_thumbnail_and_a_line_in_the_list),
        RUN(what_cannot_go_leaves_nothing_behind),
        RUN(erased_message_takes_its_file_and_the_sweep_spares_the_others),
        RUN(form_of_the_page_sends_the_file_and_tells_the_refusal),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
