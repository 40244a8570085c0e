/*
 * files_test.c - enviar um arquivo e vê-lo: o que se aceita, quem pode, os
 * trechos, a cota da empresa e o que sobra quando a mensagem se apaga.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "media_kit.h"

static const char png[] =
    "\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0\37\25\304\211\0"
    "\0\0\rIDATx\234c\0\1\0\0\5\0\1\r\n-\264\0\0\0\0IEND\256B`\202";
#define PNG_BYTES (sizeof png - 1)
static const char note[] = "uma nota simples, com dez palavras e um ponto.\n";

static struct answer *
send_file(int64_t person, const char *name, const void *data, size_t len,
          bool voice)
{
    return media_upload(person, &(struct sample){ name, data, len }, voice);
}

static int64_t
sent_note(int64_t person)
{
    struct answer *a =
        send_file(person, "nota.txt", note, sizeof note - 1, false);

    assert_status(a, 201);
    return at_int(a, "id");
}

static struct answer *
fetch(int64_t person, int64_t id, const char *header)
{
    return call(&(struct call){ .program = "files",
                                .path = text("/api/v1/files/%" PRId64, id),
                                .token = token_of(person),
                                .headers = { header } });
}

TEST(uploaded_file_is_what_its_bytes_are)
{
    struct answer *a =
        send_file(fx.agent, "C:\\fotos\\férias.png", png, PNG_BYTES, false);

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "kind"), "image");
    assert_string_equal(at_text(a, "mime"), "image/png");
    assert_string_equal(at_text(a, "name"), "férias.png");
    assert_string_equal(at_text(a, "state"), "ready");
    assert_int_equal(at_int(a, "bytes"), PNG_BYTES);
    assert_int_equal(at_int(a, "width"), 1);
    a = send_file(fx.agent, "foto.png", note, sizeof note - 1, false);
    assert_string_equal(at_text(a, "kind"), "document");
    assert_string_equal(at_text(a, "mime"), "text/plain");
}

TEST(what_whatsapp_does_not_take_is_refused_with_the_reason)
{
    static const char exe[] = "MZ\220\0\3\0\0\0\4\0\0\0\377\377\0\0";
    struct answer *a;

    UNUSED;
    a = send_file(fx.agent, "foto.png", exe, sizeof exe - 1, false);
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "file", "type");
    a = send_file(fx.agent, "cortada.png", png, 20, false);
    assert_field(a, "file", "type");
    a = send_file(fx.agent, "voz.ogg", png, PNG_BYTES, true);
    assert_field(a, "file", "type");
    a = send_file(fx.agent, "vazio.txt", "", 0, false);
    assert_field(a, "file", "min");
    assert_int_equal(sql_int("SELECT count(*) FROM files"), 0);
}

TEST(two_gigabytes_are_refused_before_they_are_read)
{
    struct answer *a =
        call(&(struct call){ .program = "files",
                             .method = "POST",
                             .path = "/api/v1/files",
                             .token = token_of(fx.agent),
                             .type = "multipart/form-data; boundary=xyz",
                             .body = "--xyz",
                             .length = "2147483648" });

    UNUSED;
    assert_problem(a, 413, "too-large");
}

TEST(limit_of_the_kind_and_of_the_installation_hold)
{
    static char big[300000];
    struct answer *a;

    UNUSED;
    memset(big, 'a', sizeof big);
    setenv("BALCAO_MEDIA_MAX_SIZE", "262144", 1);
    a = send_file(fx.agent, "grande.txt", big, sizeof big, false);
    unsetenv("BALCAO_MEDIA_MAX_SIZE");
    assert_field(a, "file", "max");
}

TEST(full_company_gets_a_clear_refusal)
{
    UNUSED;
    sql("UPDATE companies SET max_storage_mb = 1 WHERE id = 1");
    sent_note(fx.agent);
    assert_int_equal(sql_int("SELECT bytes FROM file_usage"), sizeof note - 1);
    sql("UPDATE file_usage SET bytes = 1048576");
    assert_problem(
        send_file(fx.agent, "nota.txt", note, sizeof note - 1, false), 409,
        "limit-reached");
}

TEST(file_comes_back_whole_with_safe_headers)
{
    int64_t id = sent_note(fx.agent);
    struct answer *a = fetch(fx.agent, id, NULL);

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(a->len, sizeof note - 1);
    assert_memory_equal(a->body, note, sizeof note - 1);
    assert_string_equal(header_of(a, "X-Content-Type-Options"), "nosniff");
    assert_string_equal(header_of(a, "Accept-Ranges"), "bytes");
    assert_string_equal(
        header_of(a, "Content-Disposition"),
        "attachment; filename=\"nota.txt\"; filename*=UTF-8''nota.txt");
    assert_non_null(
        strstr(header_of(a, "Content-Security-Policy"), "default-src 'none'"));
    a = fetch(fx.agent, id, text("If-None-Match: %s", header_of(a, "ETag")));
    assert_status(a, 304);
    assert_int_equal(a->len, 0);
}

static void
check_range(int64_t id, const char *range, const char *shown, const char *want)
{
    struct answer *a = fetch(fx.agent, id, text("Range: %s", range));

    assert_status(a, shown != NULL ? 206 : 200);
    if (shown != NULL)
        assert_string_equal(header_of(a, "Content-Range"), shown);
    assert_int_equal(a->len, strlen(want));
    assert_memory_equal(a->body, want, a->len);
}

TEST(ranges_are_served_and_the_impossible_one_is_told)
{
    int64_t id = sent_note(fx.agent);
    struct answer *a;

    UNUSED;
    check_range(id, "bytes=0-2", "bytes 0-2/47", "uma");
    check_range(id, "bytes=4-7", "bytes 4-7/47", "nota");
    check_range(id, "bytes=-7", "bytes 40-46/47", "ponto.\n");
    check_range(id, "bytes=40-", "bytes 40-46/47", "ponto.\n");
    check_range(id, "bytes=40-999", "bytes 40-46/47", "ponto.\n");
    check_range(id, "bytes=2-1", NULL, note);
    check_range(id, "bytes=0-1,3-4", NULL, note);
    check_range(id, "linhas=1-2", NULL, note);
    a = fetch(fx.agent, id, "Range: bytes=47-");
    assert_problem(a, 416, "range-not-satisfiable");
    assert_string_equal(header_of(a, "Content-Range"), "bytes */47");
    a = fetch(fx.agent, id, "Range: bytes=-0");
    assert_status(a, 416);
}

TEST(only_the_sender_and_who_sees_the_ticket_get_the_file)
{
    int64_t id = sent_note(fx.agent);

    UNUSED;
    assert_status(fetch(fx.loner, id, NULL), 404);
    assert_status(fetch(fx.admin, id, NULL), 404);
    assert_status(fetch(fx.stranger, id, NULL), 404);
    sql("UPDATE files SET ticket_id = %" PRId64, fx.hidden);
    assert_status(fetch(fx.agent, id, NULL), 200);
    assert_status(fetch(fx.admin, id, NULL), 200);
    assert_status(fetch(fx.loner, id, NULL), 404);
    sql("UPDATE files SET user_id = NULL");
    assert_status(fetch(fx.agent, id, NULL), 404);
    assert_status(fetch(fx.stranger, id, NULL), 404);
}

TEST(file_that_is_not_ready_or_has_no_bytes_is_not_there)
{
    int64_t id = sent_note(fx.agent);

    UNUSED;
    sql("UPDATE files SET state = 'failed'");
    assert_status(fetch(fx.agent, id, NULL), 404);
    sql("UPDATE files SET state = 'ready', key = '1/00/nada'");
    assert_status(fetch(fx.agent, id, NULL), 404);
}

TEST(preview_is_served_when_there_is_one)
{
    int64_t id =
        at_int(send_file(fx.agent, "a.png", png, PNG_BYTES, false), "id");
    const char *path = text("/api/v1/files/%" PRId64 "/preview", id);
    struct answer *a;
    FILE *f;

    UNUSED;
    assert_status(get_as(fx.agent, "files", path), 404);
    f = fopen(text("%s/%s.webp", getenv("BALCAO_MEDIA_DIR"),
                   sql("SELECT key FROM files")),
              "w");
    assert_non_null(f);
    fputs("RIFF", f);
    fclose(f);
    sql("UPDATE files SET preview = true");
    a = get_as(fx.agent, "files", path);
    assert_status(a, 200);
    assert_string_equal(header_of(a, "Content-Type"), "image/webp");
    a = call(&(struct call){
        .program = "files",
        .path = path,
        .token = token_of(fx.agent),
        .headers = { text("If-None-Match: %s", header_of(a, "ETag")) } });
    assert_status(a, 304);
}

TEST(file_of_an_erased_message_goes_with_it)
{
    UNUSED;
    sent_note(fx.agent);
    sql("DELETE FROM file_trash");
    sql("UPDATE files SET ticket_id = %" PRId64 ", message_id = (SELECT "
        "min(id) FROM messages WHERE ticket_id = %" PRId64 ")",
        fx.active, fx.active);
    sql("UPDATE messages SET media = '{}' WHERE id = (SELECT message_id FROM "
        "files)");
    sql("UPDATE messages SET media = NULL");
    assert_int_equal(sql_int("SELECT count(*) FROM files"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM file_trash"), 1);
    assert_int_equal(sql_int("SELECT bytes FROM file_usage"), 0);
}

/* Um arquivo de cliente, no estado dado, na última mensagem do ticket. */
static int64_t
arrived(int64_t ticket, const char *state)
{
    return sql_int("INSERT INTO files (company_id, ticket_id, message_id, "
                   "source, kind, state, remote_id) SELECT 1, ticket_id, id, "
                   "'inbound', 'image', '%s', '99' FROM messages WHERE "
                   "ticket_id = %" PRId64
                   " ORDER BY id DESC LIMIT 1 RETURNING id",
                   state, ticket);
}

static struct answer *
retry(int64_t person, int64_t id)
{
    return post_as(person, "files", text("/api/v1/files/%" PRId64 "/retry", id),
                   NULL);
}

TEST(failed_arrival_is_fetched_again_by_who_sees_the_ticket)
{
    int64_t id = arrived(fx.active, "failed");
    struct answer *a;

    UNUSED;
    assert_status(retry(fx.stranger, id), 404);
    assert_status(retry(fx.loner, id), 404);
    a = retry(fx.agent, id);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "state"), "pending");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'media.fetch'"),
                     1);
    assert_string_equal(sql("SELECT media ->> 'state' FROM messages WHERE "
                            "media IS NOT NULL AND ticket_id = %" PRId64,
                            fx.active),
                        "pending");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'message:updated'"),
                     1);
    assert_problem(retry(fx.agent, id), 409, "conflict");
}

TEST(refused_arrival_and_own_upload_are_not_fetched_again)
{
    UNUSED;
    assert_problem(retry(fx.agent, arrived(fx.active, "refused")), 409,
                   "conflict");
    assert_problem(retry(fx.agent, sent_note(fx.agent)), 409, "conflict");
}

static struct answer *
send_to(int64_t person, int64_t ticket, const char *body)
{
    return post_as(person, "tickets",
                   text("/api/v1/tickets/%" PRId64 "/messages", ticket), body);
}

TEST(file_goes_in_a_message_once_and_then_belongs_to_the_ticket)
{
    int64_t id =
        at_int(send_file(fx.agent, "a.png", png, PNG_BYTES, false), "id");
    const char *body =
        text("{\"fileId\":%" PRId64 ",\"caption\":\"a caneca\"}", id);
    struct answer *a = send_to(fx.agent, fx.active, body);

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "kind"), "image");
    assert_string_equal(at_text(a, "body"), "a caneca");
    assert_int_equal(at_int(a, "media.fileId"), id);
    assert_string_equal(at_text(a, "media.state"), "ready");
    assert_int_equal(sql_int("SELECT ticket_id FROM files"), fx.active);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     1);
    assert_status(fetch(fx.admin, id, NULL), 200);
    assert_problem(send_to(fx.agent, fx.active, body), 409, "conflict");
}

TEST(message_with_a_file_has_its_refusals)
{
    static const char mp3[] = "ID3\3\0\0\0\0\0\0\377\373\220\0";
    int64_t audio, mine = sent_note(fx.admin);
    struct answer *a;

    UNUSED;
    a = send_to(fx.agent, fx.active, text("{\"fileId\":%" PRId64 "}", mine));
    assert_field(a, "fileId", "exists");
    a = send_to(fx.agent, fx.active, "{\"fileId\":999999}");
    assert_field(a, "fileId", "exists");
    a = send_to(fx.admin, fx.active,
                text("{\"fileId\":%" PRId64 ",\"body\":\"oi\"}", mine));
    assert_field(a, "body", "file");
    a = send_to(fx.admin, fx.closed, text("{\"fileId\":%" PRId64 "}", mine));
    assert_problem(a, 409, "conflict");
    a = send_to(fx.admin, fx.active, "{}");
    assert_field(a, "body", "min");
    a = send_file(fx.agent, "a.mp3", mp3, sizeof mp3 - 1, false);
    assert_status(a, 201);
    assert_string_equal(at_text(a, "kind"), "audio");
    audio = at_int(a, "id");
    a = send_to(fx.agent, fx.active,
                text("{\"fileId\":%" PRId64 ",\"caption\":\"oi\"}", audio));
    assert_field(a, "caption", "audio");
    assert_int_equal(sql_int("SELECT count(*) FROM files WHERE message_id IS "
                             "NOT NULL"),
                     0);
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(uploaded_file_is_what_its_bytes_are),
        RUN(what_whatsapp_does_not_take_is_refused_with_the_reason),
        RUN(two_gigabytes_are_refused_before_they_are_read),
        RUN(limit_of_the_kind_and_of_the_installation_hold),
        RUN(full_company_gets_a_clear_refusal),
        RUN(file_comes_back_whole_with_safe_headers),
        RUN(ranges_are_served_and_the_impossible_one_is_told),
        RUN(only_the_sender_and_who_sees_the_ticket_get_the_file),
        RUN(file_that_is_not_ready_or_has_no_bytes_is_not_there),
        RUN(preview_is_served_when_there_is_one),
        RUN(file_of_an_erased_message_goes_with_it),
        RUN(failed_arrival_is_fetched_again_by_who_sees_the_ticket),
        RUN(file_goes_in_a_message_once_and_then_belongs_to_the_ticket),
        RUN(message_with_a_file_has_its_refusals),
        RUN(refused_arrival_and_own_upload_are_not_fetched_again),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
