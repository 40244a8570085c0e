/*
 * reply_files_test.c - o arquivo de uma resposta rápida: quem o põe e o tira,
 * quem o vê, e como vai ao cliente, quantas vezes se quiser.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "db/db.h"
#include "gen/q_file.h"
#include "harness.h"
#include "inbox_kit.h"
#include "media_kit.h"

#define PHOTO "-f lavfi -i testsrc=size=1600x900 -frames:v 1 -q:v 3"
enum { SHARED = 901, OWN = 902, OTHERS = 903 };

static void
some_replies(void)
{
    sql("INSERT INTO quick_replies (company_id, id, user_id, shortcut, body) "
        "VALUES (1, 901, NULL, 'mapa', 'Ficamos aqui, {{contact.firstName}}'), "
        "(1, 902, %" PRId64 ", 'meu', 'Meu texto'), "
        "(1, 903, %" PRId64 ", 'dela', 'De outra pessoa')",
        fx.agent, fx.admin);
}

static const char *
file_of(int64_t reply, const char *rest)
{
    return text("/api/v1/replies/%" PRId64 "/file%s", reply, rest);
}

static struct answer *
attach(int64_t person, int64_t reply, const struct sample *s)
{
    return media_post(&(struct media_form){ .program = "desk",
                                            .path = file_of(reply, ""),
                                            .token = token_of(person),
                                            .sample = s });
}

static struct answer *
ask(int64_t person, const char *method, const char *path, const char *header)
{
    return call(&(struct call){ .program = "desk",
                                .method = method,
                                .path = path,
                                .token = token_of(person),
                                .headers = { header } });
}

static const struct sample map = { "mapa.txt", "rua tal, 100\n", 13 };

TEST(file_is_put_and_taken_by_those_who_change_the_reply)
{
    static const char exe[] = "MZ\220\0\3\0\0\0\4\0\0\0\377\377\0\0";
    struct sample bad = { "x.png", exe, sizeof exe - 1 };
    struct answer *a;

    UNUSED;
    some_replies();
    assert_status(attach(fx.agent, SHARED, &map), 403);
    assert_status(attach(fx.agent, OTHERS, &map), 404);
    assert_status(attach(fx.stranger, SHARED, &map), 404);
    assert_field(attach(fx.admin, SHARED, &bad), "file", "type");
    a = get_as(fx.agent, "desk", "/api/v1/replies/901");
    assert_true(json_object_is_type(at(a, "file"), json_type_null));
    a = attach(fx.admin, SHARED, &map);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "file.filename"), "mapa.txt");
    assert_string_equal(at_text(a, "file.kind"), "document");
    assert_status(attach(fx.agent, OWN, &map), 200);
    assert_int_equal(sql_int("SELECT count(*) FROM files"), 2);
    assert_status(ask(fx.agent, "DELETE", file_of(SHARED, ""), NULL), 403);
    assert_status(ask(fx.agent, "DELETE", file_of(OTHERS, ""), NULL), 404);
    assert_status(ask(fx.agent, "DELETE", file_of(OWN, ""), NULL), 204);
    assert_status(ask(fx.agent, "GET", file_of(OWN, ""), NULL), 404);
    assert_status(attach(fx.admin, SHARED, &map), 200);
    assert_int_equal(sql_int("SELECT count(*) FROM files"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM file_trash"), 2);
}

TEST(bytes_and_thumbnail_are_for_those_who_may_use_the_reply)
{
    struct sample s = media_make("foto.jpg", PHOTO);
    const char *file = file_of(OWN, ""), *small = file_of(OWN, "/preview");
    struct answer *a;

    UNUSED;
    some_replies();
    assert_status(attach(fx.agent, OWN, &s), 200);
    assert_status(ask(fx.agent, "GET", small, NULL), 404);
    a = ask(fx.agent, "GET", file, NULL);
    assert_status(a, 200);
    assert_int_equal(a->len, s.len);
    a = ask(fx.agent, "GET", file,
            text("If-None-Match: %s", header_of(a, "ETag")));
    assert_status(a, 304);
    assert_status(ask(fx.agent, "GET", file, "Range: bytes=0-3"), 206);
    assert_status(ask(fx.agent, "GET", file, "Range: bytes=9999999-"), 416);
    assert_status(ask(fx.admin, "GET", file, NULL), 404);
    assert_status(ask(fx.stranger, "GET", file, NULL), 404);
    media_work_until("SELECT preview FROM files");
    a = ask(fx.agent, "GET", small, NULL);
    assert_status(a, 200);
    a = ask(fx.agent, "GET", small,
            text("If-None-Match: %s", header_of(a, "ETag")));
    assert_status(a, 304);
    assert_status(ask(fx.admin, "GET", small, NULL), 404);
}

static struct answer *
answer_with(int64_t person, const char *body)
{
    return post_as(person, "tickets",
                   text("/api/v1/tickets/%" PRId64 "/messages", fx.active),
                   body);
}

TEST(reply_sends_a_copy_each_time_and_outlives_none_of_them)
{
    struct answer *a;

    UNUSED;
    some_replies();
    assert_status(attach(fx.admin, SHARED, &map), 200);
    a = answer_with(fx.agent, "{\"quickReplyId\":901,\"caption\":\"o mapa\"}");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "kind"), "document");
    assert_string_equal(at_text(a, "body"), "o mapa");
    assert_string_equal(at_text(a, "media.filename"), "mapa.txt");
    assert_status(answer_with(fx.agent, "{\"quickReplyId\":901}"), 201);
    assert_int_equal(sql_int("SELECT count(*) FROM files"), 3);
    assert_int_equal(sql_int("SELECT count(DISTINCT key) FROM files"), 1);
    assert_status(ask(fx.admin, "DELETE", "/api/v1/replies/901", NULL), 204);
    sql("UPDATE files SET created_at = now() - interval '3 days'");
    assert_int_equal(
        system(text("%s/bin/balcao cleanup >/dev/null", getenv("BUILD"))), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM files"), 2);
    a = get_as(
        fx.agent, "files",
        text("/api/v1/files/%" PRId64, sql_int("SELECT max(id) FROM files")));
    assert_status(a, 200);
    assert_int_equal(a->len, map.len);
}

TEST(macro_sends_the_reply_with_its_file)
{
    struct answer *a;

    UNUSED;
    some_replies();
    assert_status(attach(fx.admin, SHARED, &map), 200);
    sql("INSERT INTO macros (company_id, id, name, steps) VALUES (1, 91, "
        "'Mandar o mapa', '[{\"action\":\"reply\",\"replyId\":901}]')");
    a = post_as(fx.agent, "tickets",
                text("/api/v1/tickets/%" PRId64 "/macros/91", fx.active), NULL);
    assert_status(a, 200);
    assert_string_equal(sql("SELECT kind || ' ' || body || ' ' || (media ->> "
                            "'filename') FROM messages ORDER BY id DESC LIMIT "
                            "1"),
                        "document Ficamos aqui, Davi mapa.txt");
}

TEST(file_of_a_reply_is_not_sent_as_if_it_were_loose)
{
    UNUSED;
    some_replies();
    assert_status(attach(fx.admin, SHARED, &map), 200);
    assert_problem(
        answer_with(fx.admin,
                    text("{\"fileId\":%" PRId64 "}",
                         sql_int("SELECT id FROM files WHERE reply_id = 901"))),
        409, "conflict");
}

TEST(last_row_going_while_the_sweep_runs_does_not_leave_the_bytes)
{
    const char *cleanup =
        text("%s/bin/balcao cleanup >/dev/null", getenv("BUILD"));
    struct db *db = db_new(conf()->database_url);
    struct arena *arena = arena_new(65536);
    struct ctx c = { .arena = arena,
                     .db = db,
                     .company_id = 1,
                     .token_version = -1,
                     .access_version = -1 };
    const char *path;
    int64_t changed;

    UNUSED;
    some_replies();
    assert_status(attach(fx.admin, SHARED, &map), 200);
    assert_status(answer_with(fx.agent, "{\"quickReplyId\":901}"), 201);
    path = text("%s/%s", getenv("BALCAO_MEDIA_DIR"),
                sql("SELECT min(key) FROM files"));
    assert_int_equal(system(text("test -e %s", path)), 0);
    sql("DELETE FROM files WHERE message_id IS NOT NULL");
    assert_int_equal(
        q_file_leave_reply(&c, &(struct q_file_leave_reply_in){ SHARED },
                           &changed),
        OK);
    assert_int_equal(changed, 1);
    assert_int_equal(system(cleanup), 0);
    assert_int_equal(db_commit(&c), OK);
    assert_int_equal(sql_int("SELECT count(*) FROM file_trash"), 1);
    assert_int_equal(system(cleanup), 0);
    assert_int_not_equal(system(text("test -e %s", path)), 0);
    arena_free(arena);
    db_close(db);
}

TEST(reply_without_a_file_or_of_another_person_sends_none)
{
    int64_t loose;
    struct answer *a;

    UNUSED;
    some_replies();
    assert_field(answer_with(fx.agent, "{\"quickReplyId\":901}"),
                 "quickReplyId", "exists");
    assert_status(attach(fx.admin, OTHERS, &map), 200);
    assert_field(answer_with(fx.agent, "{\"quickReplyId\":903}"),
                 "quickReplyId", "exists");
    loose = at_int(media_upload(fx.agent, &map, false), "id");
    a = answer_with(
        fx.agent, text("{\"quickReplyId\":901,\"fileId\":%" PRId64 "}", loose));
    assert_field(a, "quickReplyId", "one");
    assert_status(attach(fx.admin, SHARED, &map), 200);
    assert_field(answer_with(fx.agent, "{\"quickReplyId\":901,\"body\":\"x\"}"),
                 "body", "file");
    sql("UPDATE companies SET max_storage_mb = 1 WHERE id = 1");
    sql("UPDATE file_usage SET bytes = 1048576");
    assert_problem(answer_with(fx.agent, "{\"quickReplyId\":901}"), 409,
                   "limit-reached");
    assert_problem(attach(fx.admin, SHARED, &map), 409, "limit-reached");
    assert_int_equal(
        sql_int("SELECT count(*) FROM files WHERE message_id IS NOT NULL"), 0);
}

TEST(page_inserts_the_reply_with_its_file_and_sends_both)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    some_replies();
    assert_status(attach(fx.admin, SHARED, &map), 200);
    assert_has(inbox_page(b, path_of(fx.active, "/replies")), "mapa.txt");
    a = inbox_page(b, path_of(fx.active, "?insert=901"));
    assert_has(a, "name=\"quickReplyId\" value=\"901\"");
    assert_has(a, "<span data-chip-name>mapa.txt</span>");
    a = get_as(fx.agent, "tickets",
               text("/api/v1/tickets/%" PRId64 "/replies?q=mapa", fx.active));
    assert_string_equal(at_text(a, "data.0.file"), "mapa.txt");
    a = inbox_submit(b, path_of(fx.active, "/messages"),
                     "body=Ficamos+aqui&quickReplyId=901&note=true", NULL);
    assert_status(a, 422);
    assert_has(a, "anotação não leva arquivo");
    assert_has(a, "name=\"quickReplyId\" value=\"901\"");
    assert_has(a, "Ficamos aqui</textarea>");
    a = inbox_submit(b, path_of(fx.active, "/messages"),
                     "body=Ficamos+aqui&quickReplyId=901", NULL);
    assert_status(a, 303);
    assert_string_equal(sql("SELECT body || ' ' || kind FROM messages WHERE "
                            "status = 'queued'"),
                        "Ficamos aqui document");
}

TEST(sound_goes_first_and_the_words_after_it)
{
    struct sample s =
        media_make("som.mp3", "-f lavfi -i sine=duration=1 -c:a libmp3lame");
    struct browser b = browser_of(fx.agent);

    UNUSED;
    some_replies();
    assert_status(attach(fx.agent, OWN, &s), 200);
    assert_field(
        answer_with(fx.agent, "{\"quickReplyId\":902,\"caption\":\"oi\"}"),
        "caption", "audio");
    assert_status(inbox_submit(b, path_of(fx.active, "/messages"),
                               "body=Ouça&quickReplyId=902", NULL),
                  303);
    assert_string_equal(sql("SELECT string_agg(kind || ':' || body, ' ' ORDER "
                            "BY id) FROM messages WHERE status = 'queued'"),
                        "audio: text:Ouça");
}

TEST(settings_page_puts_shows_and_takes_the_file)
{
    struct browser b = browser_of(fx.agent);
    const char *page = text("/admin/replies/%d", OWN);
    struct media_form form = { .program = "desk_pages",
                               .path = text("%s/file", page),
                               .cookie = b.cookie,
                               .csrf = b.csrf,
                               .sample = &map };
    struct sample bad = { "x.png", "MZ\220\0\3\0\0\0\4\0\0", 11 };
    struct answer *a;

    UNUSED;
    some_replies();
    assert_has(browser_page(b, "desk_pages", page), "Escolha o arquivo");
    assert_lacks(
        browser_page(b, "desk_pages", text("/admin/replies/%d", SHARED)),
        "Escolha o arquivo");
    assert_status(media_post(&form), 303);
    a = browser_page(b, "desk_pages", page);
    assert_has(a, "mapa.txt");
    assert_has(a, "/api/v1/replies/902/file?download=true");
    assert_has(browser_page(b, "desk_pages", "/admin/replies"), "com arquivo");
    form.sample = &bad;
    a = media_post(&form);
    assert_status(a, 422);
    assert_has(a, "o WhatsApp não aceita");
    a = browser_submit(b, "desk_pages", text("%s/file/delete", page), "");
    assert_status(a, 303);
    assert_has(browser_page(b, "desk_pages", page), "Escolha o arquivo");
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(file_is_put_and_taken_by_those_who_change_the_reply),
        RUN(bytes_and_thumbnail_are_for_those_who_may_use_the_reply),
        RUN(reply_sends_a_copy_each_time_and_outlives_none_of_them),
        RUN(macro_sends_the_reply_with_its_file),
        RUN(file_of_a_reply_is_not_sent_as_if_it_were_loose),
        RUN(last_row_going_while_the_sweep_runs_does_not_leave_the_bytes),
        RUN(reply_without_a_file_or_of_another_person_sends_none),
        RUN(page_inserts_the_reply_with_its_file_and_sends_both),
        RUN(sound_goes_first_and_the_words_after_it),
        RUN(settings_page_puts_shows_and_takes_the_file),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
