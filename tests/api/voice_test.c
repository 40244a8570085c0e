/*
 * voice_test.c - a gravação de quem atende: convertida pelo worker antes de
 * ir, o que acontece quando não dá, e a instalação sem ffmpeg. Os sons são de
 * verdade, feitos na hora.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"
#include "media_kit.h"

#define TONE "-f lavfi -i sine=frequency=440:duration=2"
#define WEBM TONE " -ac 2 -c:a libopus"
#define MP4 TONE " -c:a aac"
#define BROKEN_BYTES 400

static int64_t
recorded(const struct sample *s)
{
    struct answer *a = media_upload(fx.agent, s, true);

    assert_status(a, 201);
    return at_int(a, "id");
}

static struct answer *
send_it(int64_t file)
{
    return media_send(fx.agent, fx.active, file);
}

static void
check_converted(int64_t file)
{
    int64_t ms = sql_int("SELECT duration_ms FROM files");

    assert_string_equal(sql("SELECT mime FROM files"), "audio/ogg");
    assert_in_range(ms, 1900, 2200);
    assert_int_equal(sql_int("SELECT (media ->> 'durationMs')::int FROM "
                             "messages WHERE kind = 'audio'"),
                     ms);
    assert_string_equal(
        sql("SELECT media ->> 'state' FROM messages WHERE kind = 'audio'"),
        "ready");
    assert_int_equal(sql_int("SELECT count(*) FROM file_trash"), 1);
    assert_int_equal(sql_int("SELECT bytes FROM file_usage"),
                     sql_int("SELECT bytes FROM files"));
    assert_true(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                        "'message:updated'") >= 1);
    assert_int_equal(
        system(text("test \"$(ffprobe -v error -show_entries stream=codec_name,"
                    "channels -of csv=p=0 %s/%s)\" = opus,1",
                    getenv("BALCAO_MEDIA_DIR"), sql("SELECT key FROM files"))),
        0);
    assert_status(
        get_as(fx.agent, "files", text("/api/v1/files/%" PRId64, file)), 200);
}

static void
record_as(const char *name, const char *arguments)
{
    struct sample s = media_make(name, arguments);
    int64_t file = recorded(&s);
    struct answer *a;

    sql("DELETE FROM file_trash");
    assert_status(
        get_as(fx.agent, "files", text("/api/v1/files/%" PRId64, file)), 404);
    a = send_it(file);
    assert_status(a, 201);
    assert_string_equal(at_text(a, "kind"), "audio");
    assert_string_equal(at_text(a, "media.state"), "pending");
    media_work_until("SELECT state = 'ready' FROM files");
    check_converted(file);
}

TEST(webm_of_the_browser_becomes_a_mono_opus_voice_message)
{
    UNUSED;
    record_as("voz.webm", WEBM);
}

TEST(mp4_of_the_browser_becomes_a_mono_opus_voice_message)
{
    UNUSED;
    record_as("voz.mp4", MP4);
}

TEST(conversion_goes_before_its_message_in_the_line_of_the_ticket)
{
    struct sample s = media_make("voz.webm", WEBM);
    int64_t file = recorded(&s);

    UNUSED;
    assert_string_equal(sql("SELECT state || ' ' || voice || name FROM files"),
                        "pending true");
    assert_status(send_it(file), 201);
    assert_string_equal(
        sql("SELECT string_agg(kind || ' ' || state, ', ' ORDER BY id) FROM "
            "jobs WHERE serial_key = 'ticket:%" PRId64 "'",
            fx.active),
        "media.voice ready, message.send waiting");
}

TEST(broken_recording_fails_with_a_reason_and_may_go_again)
{
    struct sample s = media_make("voz.webm", WEBM);
    int64_t file, message;
    struct answer *a;

    UNUSED;
    s.len = BROKEN_BYTES;
    file = recorded(&s);
    message = at_int(send_it(file), "id");
    media_work_until("SELECT status = 'failed' FROM messages WHERE kind = "
                     "'audio'");
    assert_string_equal(sql("SELECT state FROM files"), "failed");
    assert_string_equal(sql("SELECT reason FROM files"),
                        sql("SELECT error FROM messages WHERE kind = 'audio'"));
    assert_non_null(
        strstr(sql("SELECT reason FROM files"), "não se converteu"));
    assert_problem(post_as(fx.agent, "files",
                           text("/api/v1/files/%" PRId64 "/retry", file), NULL),
                   409, "conflict");
    a = post_as(fx.agent, "messages",
                text("/api/v1/messages/%" PRId64 "/retry", message), NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "media.state"), "pending");
    assert_string_equal(at_text(a, "status"), "queued");
    assert_string_equal(
        sql("SELECT string_agg(kind, ' ' ORDER BY id) FROM jobs WHERE "
            "serial_key = 'ticket:%" PRId64 "'",
            fx.active),
        "media.voice message.send");
}

TEST(silence_that_is_not_sound_at_all_is_refused)
{
    struct sample s =
        media_make("mudo.mp4", "-f lavfi -i color=size=32x32:duration=1");

    UNUSED;
    send_it(recorded(&s));
    media_work_until("SELECT state = 'failed' FROM files");
    s = (struct sample){ "nota.txt", "um texto qualquer", 17 };
    assert_field(media_upload(fx.agent, &s, true), "file", "type");
}

TEST(without_ffmpeg_what_whatsapp_takes_goes_as_it_is)
{
    struct sample s = media_make("voz.ogg", TONE " -c:a libopus");
    struct answer *a;

    UNUSED;
    setenv("BALCAO_FFMPEG", "/nao/ha/ffmpeg", 1);
    a = media_upload(fx.agent, &s, true);
    assert_status(a, 201);
    assert_string_equal(at_text(a, "state"), "ready");
    assert_string_equal(at_text(a, "mime"), "audio/ogg");
    s = media_make("voz.webm", WEBM);
    a = media_upload(fx.agent, &s, true);
    unsetenv("BALCAO_FFMPEG");
    assert_field(a, "file", "type");
    assert_non_null(strstr(a->body, "ffmpeg"));
}

TEST(ffmpeg_that_goes_away_fails_only_what_needs_it)
{
    struct sample s = media_make("voz.webm", WEBM);

    UNUSED;
    send_it(recorded(&s));
    s = media_make("voz.mp4", MP4);
    send_it(recorded(&s));
    setenv("BALCAO_FFMPEG", "/nao/ha/ffmpeg", 1);
    media_work_until("SELECT count(*) = 0 FROM files WHERE state = 'pending'");
    unsetenv("BALCAO_FFMPEG");
    assert_string_equal(
        sql("SELECT string_agg(state || ' ' || mime, ', ' ORDER BY id) FROM "
            "files"),
        "failed video/webm, ready audio/mp4");
    assert_non_null(strstr(
        sql("SELECT error FROM messages WHERE status = 'failed'"), "ffmpeg"));
}

TEST(page_sends_the_recording_and_shows_it_being_prepared)
{
    struct browser b = browser_of(fx.agent);
    struct sample s = media_make("voz.webm", WEBM);
    struct answer *a;

    UNUSED;
    assert_has(inbox_page(b, path_of(fx.active, "")), "data-converts=\"1\"");
    send_it(recorded(&s));
    a = inbox_page(b, path_of(fx.active, ""));
    assert_has(a, "Mensagem de voz");
    assert_has(a, "Preparando a gravação…");
    media_work_until("SELECT state = 'ready' FROM files");
    a = inbox_page(b, path_of(fx.active, ""));
    assert_has(a, "<audio class=\"sound\"");
    assert_has(a, "0:02</span>");
    assert_non_null(
        strstr(header_of(a, "Permissions-Policy"), "microphone=(self)"));
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(webm_of_the_browser_becomes_a_mono_opus_voice_message),
        RUN(mp4_of_the_browser_becomes_a_mono_opus_voice_message),
        RUN(conversion_goes_before_its_message_in_the_line_of_the_ticket),
        RUN(broken_recording_fails_with_a_reason_and_may_go_again),
        RUN(silence_that_is_not_sound_at_all_is_refused),
        RUN(without_ffmpeg_what_whatsapp_takes_goes_as_it_is),
        RUN(ffmpeg_that_goes_away_fails_only_what_needs_it),
        RUN(page_sends_the_recording_and_shows_it_being_prepared),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
