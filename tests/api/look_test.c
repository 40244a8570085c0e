/*
 * look_test.c - miniaturas e medidas: de fotos (também as tiradas de lado), de
 * vídeos e de áudios; quem as vê, e o que não tem conserto fica sem.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"
#include "media_kit.h"

#define PHOTO "-f lavfi -i testsrc=size=1600x900 -frames:v 1 -q:v 3"
#define FILM "-f lavfi -i testsrc=size=1280x720:rate=5 -t 3 -pix_fmt yuv420p"
#define LOOKED "SELECT NOT EXISTS (SELECT FROM jobs WHERE kind = 'media.look')"

static int64_t
uploaded(const struct sample *s)
{
    struct answer *a = media_upload(fx.agent, s, false);

    assert_status(a, 201);
    return at_int(a, "id");
}

static struct answer *
preview_for(int64_t person, int64_t id)
{
    return get_as(person, "files",
                  text("/api/v1/files/%" PRId64 "/preview", id));
}

/* Os lados da miniatura, pelo ffprobe: "640,360". */
static void
check_preview(const char *sides)
{
    assert_int_equal(
        system(text("test \"$(ffprobe -v error -show_entries "
                    "stream=width,height -of csv=p=0 %s/%s.webp)\" = %s",
                    getenv("BALCAO_MEDIA_DIR"), sql("SELECT key FROM files"),
                    sides)),
        0);
}

static void
check_row(const char *what)
{
    assert_string_equal(
        sql("SELECT concat_ws(' ', width, height, round(duration_ms / 100.0), "
            "preview) FROM files"),
        what);
}

TEST(photo_gets_a_small_webp_for_those_who_see_it)
{
    struct sample s = media_make("foto.jpg", PHOTO);
    int64_t id = uploaded(&s);
    struct answer *a;

    UNUSED;
    check_row("1600 900 f");
    assert_status(media_send(fx.agent, fx.active, id), 201);
    assert_status(preview_for(fx.agent, id), 404);
    media_work_until("SELECT preview FROM files");
    check_row("1600 900 t");
    check_preview("640,360");
    a = preview_for(fx.agent, id);
    assert_status(a, 200);
    assert_string_equal(header_of(a, "Content-Type"), "image/webp");
    assert_true(a->len < s.len);
    assert_status(preview_for(fx.admin, id), 200);
    assert_status(preview_for(fx.loner, id), 404);
    assert_status(preview_for(fx.stranger, id), 404);
    assert_string_equal(sql("SELECT media ->> 'preview' FROM messages WHERE "
                            "kind = 'image'"),
                        "true");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'message:updated'"),
                     1);
}

/* Um EXIF só com a orientação, logo depois da assinatura do JPEG. */
static struct sample
turned_photo(int orientation)
{
    static char out[1 << 20];
    const char exif[] =
        "\xff\xe1\x00\x22"
        "Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
        "\0\0\0\0";
    struct sample s = media_make("lado.jpg", PHOTO);

    assert_int_equal(sizeof exif - 1, 0x24);
    memcpy(out, s.data, 2);
    memcpy(out + 2, exif, sizeof exif - 1);
    out[2 + 29] = (char)orientation;
    memcpy(out + 2 + sizeof exif - 1, (const char *)s.data + 2, s.len - 2);
    return (struct sample){ s.name, out, s.len + sizeof exif - 1 };
}

TEST(photo_taken_sideways_is_measured_and_drawn_upright)
{
    struct sample s = turned_photo(6);

    UNUSED;
    uploaded(&s);
    check_row("900 1600 f");
    media_work_until("SELECT preview FROM files");
    check_preview("360,640");
}

TEST(video_gets_sides_duration_and_first_frame)
{
    struct sample s = media_make("filme.mp4", FILM);
    struct browser b = browser_of(fx.agent);
    int64_t id = uploaded(&s);
    struct answer *a;

    UNUSED;
    check_row("f");
    assert_status(media_send(fx.agent, fx.active, id), 201);
    media_work_until("SELECT preview FROM files");
    check_row("1280 720 30 t");
    check_preview("640,360");
    a = inbox_page(b, path_of(fx.active, ""));
    assert_has(a, text("poster=\"/api/v1/files/%" PRId64 "/preview\"", id));
    assert_has(a, "width=\"320\" height=\"180\"");
    assert_has(a, "<span class=\"file-time\">0:03</span>");
}

TEST(phone_video_standing_up_keeps_standing)
{
    struct sample s = media_make(
        "pe.mp4", FILM " /tmp/balcao-look.mp4 && ffmpeg -v error -y -i "
                       "/tmp/balcao-look.mp4 -c copy -metadata:s:v rotate=90");

    UNUSED;
    uploaded(&s);
    media_work_until("SELECT preview FROM files");
    check_row("720 1280 30 t");
    check_preview("360,640");
}

TEST(sound_gets_a_duration_and_no_picture)
{
    struct sample s =
        media_make("som.mp3", "-f lavfi -i sine=duration=4 -c:a libmp3lame");
    int64_t id = uploaded(&s);

    UNUSED;
    media_work_until("SELECT duration_ms > 0 FROM files");
    assert_in_range(sql_int("SELECT duration_ms FROM files"), 3900, 4200);
    assert_status(preview_for(fx.agent, id), 404);
}

TEST(small_photo_is_its_own_thumbnail_in_the_bubble)
{
    struct sample s =
        media_make("p.png", "-f lavfi -i color=red:size=200x100 -frames:v 1");
    struct browser b = browser_of(fx.agent);
    int64_t id = uploaded(&s);
    struct answer *a;

    UNUSED;
    assert_status(media_send(fx.agent, fx.active, id), 201);
    media_work_until(LOOKED);
    check_row("200 100 f");
    a = inbox_page(b, path_of(fx.active, ""));
    assert_has(a, text("<img src=\"/api/v1/files/%" PRId64
                       "\" width=\"200\" height=\"100\"",
                       id));
}

TEST(what_cannot_be_drawn_stays_without_and_nobody_complains)
{
    struct sample s = media_make("filme.mp4", FILM);
    int64_t id;

    UNUSED;
    memset((char *)(uintptr_t)s.data + s.len / 4, 'x', s.len - s.len / 4);
    id = uploaded(&s);
    media_work_until(LOOKED);
    assert_status(preview_for(fx.agent, id), 404);
    assert_string_equal(sql("SELECT state FROM files"), "ready");
    assert_status(get_as(fx.agent, "files", text("/api/v1/files/%" PRId64, id)),
                  200);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE state = 'dead'"),
                     0);
}

TEST(thumbnail_leaves_the_disk_with_its_file)
{
    struct sample s = media_make("foto.jpg", PHOTO);
    const char *path;

    UNUSED;
    uploaded(&s);
    media_work_until("SELECT preview FROM files");
    path = text("%s/%s.webp", getenv("BALCAO_MEDIA_DIR"),
                sql("SELECT key FROM files"));
    assert_int_equal(system(text("test -s %s", path)), 0);
    sql("DELETE FROM files");
    assert_int_equal(
        system(text("%s/bin/balcao cleanup >/dev/null", getenv("BUILD"))), 0);
    assert_int_not_equal(system(text("test -e %s", path)), 0);
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(photo_gets_a_small_webp_for_those_who_see_it),
        RUN(photo_taken_sideways_is_measured_and_drawn_upright),
        RUN(video_gets_sides_duration_and_first_frame),
        RUN(phone_video_standing_up_keeps_standing),
        RUN(sound_gets_a_duration_and_no_picture),
        RUN(small_photo_is_its_own_thumbnail_in_the_bubble),
        RUN(what_cannot_be_drawn_stays_without_and_nobody_complains),
        RUN(thumbnail_leaves_the_disk_with_its_file),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
