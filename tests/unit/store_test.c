/*
 * store_test.c - o armazenamento dos arquivos: a pasta, os endereços do S3, o
 * que a configuração recusa, e o S3 que não está lá. O S3 que está é com
 * tests/fault/store.test.mjs.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>
#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "media/store_internal.h"
#include "media/store_job.h"

#define TEST(name) static void name(void **state)
#define UNUSED (void)state
#define BYTES ((struct slice){ "0123456789", 10 })

static char folder[] = "/tmp/balcao-store.XXXXXX";
static struct ctx ctx;

/* Uma chave de configuração; a leitura diz se ela serve. */
static bool
set(const char *name, const char *value)
{
    FILE *quiet = fopen("/dev/null", "w");
    bool good;

    assert_int_equal(setenv(name, value, 1), 0);
    good = conf_load(NULL, quiet);
    fclose(quiet);
    return good;
}

static void
use_s3(const char *endpoint)
{
    set("BALCAO_S3_ENDPOINT", endpoint);
    set("BALCAO_S3_BUCKET", "balde");
    set("BALCAO_S3_ACCESS_KEY", "chave");
    set("BALCAO_S3_SECRET_KEY", "segredo");
    set("BALCAO_S3_PREFIX", "");
    set("BALCAO_S3_PATH_STYLE", "true");
    set("BALCAO_S3_TIMEOUT_MS", "500");
    assert_true(set("BALCAO_STORE", "s3"));
}

static int
open_ctx(void **state)
{
    UNUSED;
    ctx = (struct ctx){ .arena = arena_new(4096), .company_id = 7 };
    return set("BALCAO_STORE", "disk") ? 0 : -1;
}

static int
close_ctx(void **state)
{
    UNUSED;
    arena_free(ctx.arena);
    return 0;
}

static void
check_part(const char *key, struct store_range range, const char *wanted)
{
    struct store_reader r;
    char got[20] = "";

    assert_int_equal(store_open(&ctx, key, &range, false, &r), OK);
    assert_true(r.is_part);
    assert_int_equal(r.size, 10);
    assert_int_equal(store_read(&r, got, 4),
                     strlen(wanted) < 4 ? (long)strlen(wanted) : 4);
    while (store_read(&r, got + strlen(got), 4) > 0)
        continue;
    assert_string_equal(got, wanted);
    assert_int_equal(store_read(&r, got, 4), 0);
}

TEST(folder_gives_back_what_was_put_whole_and_in_parts)
{
    const char *key = store_key(&ctx);
    struct store_reader r;

    UNUSED;
    assert_int_equal(strncmp(key, "7/", 2), 0);
    assert_int_equal(store_put(&ctx, key, BYTES, NULL), OK);
    assert_int_equal(store_open(&ctx, key, NULL, false, &r), OK);
    assert_false(r.is_part);
    assert_int_equal(r.end, 10);
    check_part(key, (struct store_range){ 2, 4 }, "234");
    check_part(key, (struct store_range){ 2, -1 }, "23456789");
    check_part(key, (struct store_range){ -1, 3 }, "789");
    check_part(key, (struct store_range){ -1, 30 }, "0123456789");
    check_part(key, (struct store_range){ 8, 30 }, "89");
    assert_int_equal(
        store_open(&ctx, key, &(struct store_range){ 10, -1 }, false, &r),
        ERR_RANGE);
    assert_int_equal(r.size, 10);
    assert_int_equal(
        store_open(&ctx, key, &(struct store_range){ -1, 0 }, false, &r),
        ERR_RANGE);
    assert_true(store_drop(ctx.arena, key));
    assert_true(store_drop(ctx.arena, key));
    assert_int_equal(store_open(&ctx, key, NULL, false, &r), ERR_NOT_FOUND);
}

struct walked {
    int count, most;
    int64_t bytes;
};

static bool
count_one(void *state, const struct store_item *item)
{
    struct walked *w = state;

    w->count++;
    w->bytes += item->bytes;
    assert_in_range(item->changed_at_ms, clock_now_ms() - 600000,
                    clock_now_ms() + 2000);
    assert_int_equal(strspn(item->key, "0123456789abcdef/"), strlen(item->key));
    return w->count < w->most;
}

TEST(walk_sees_every_file_once_and_no_draft)
{
    struct walked w = { .most = 100 }, two = { .most = 2 };
    const char *keys[5], *path;
    int i;

    UNUSED;
    for (i = 0; i < 5; i++) {
        keys[i] = store_key(&ctx);
        assert_int_equal(store_put(&ctx, keys[i], BYTES, NULL), OK);
    }
    assert_true(store_draft(ctx.arena, &path) >= 0);
    assert_int_equal(store_each(&ctx, false, count_one, &w), OK);
    assert_int_equal(w.count, 5);
    assert_int_equal(w.bytes, 50);
    assert_int_equal(store_each(&ctx, false, count_one, &two), OK);
    assert_int_equal(two.count, 2);
    for (i = 0; i < 5; i++)
        assert_true(store_drop(ctx.arena, keys[i]));
}

TEST(drafts_of_the_dead_go_and_those_of_the_living_stay)
{
    struct utimbuf old = { 1000, 1000 };
    const char *dead, *living;

    UNUSED;
    assert_true(store_draft(ctx.arena, &dead) >= 0);
    assert_true(store_draft(ctx.arena, &living) >= 0);
    assert_int_equal(utime(dead, &old), 0);
    store_drop_drafts(ctx.arena, clock_now_ms() - 1000 * 60);
    assert_int_not_equal(access(dead, F_OK), 0);
    assert_int_equal(access(living, F_OK), 0);
}

TEST(address_follows_endpoint_style_and_prefix)
{
    UNUSED;
    use_s3("https://s3.exemplo.com/");
    assert_string_equal(s3_url(ctx.arena, "7/ab/c", NULL),
                        "https://s3.exemplo.com/balde/7/ab/c");
    assert_string_equal(s3_url(ctx.arena, NULL, "list-type=2"),
                        "https://s3.exemplo.com/balde?list-type=2");
    set("BALCAO_S3_PREFIX", "casa/dois");
    assert_string_equal(s3_url(ctx.arena, "7/ab/c", NULL),
                        "https://s3.exemplo.com/balde/casa/dois/7/ab/c");
    set("BALCAO_S3_PATH_STYLE", "false");
    assert_string_equal(s3_url(ctx.arena, "7/ab/c", NULL),
                        "https://balde.s3.exemplo.com/casa/dois/7/ab/c");
    assert_string_equal(s3_url(ctx.arena, NULL, "list-type=2"),
                        "https://balde.s3.exemplo.com/?list-type=2");
    use_s3("http://10.0.0.2:9000/storage/v1/s3");
    assert_string_equal(s3_url(ctx.arena, "7/ab/c", NULL),
                        "http://10.0.0.2:9000/storage/v1/s3/balde/7/ab/c");
}

TEST(start_is_refused_without_what_s3_needs)
{
    static const char *const needed[] = { "BALCAO_S3_ENDPOINT",
                                          "BALCAO_S3_BUCKET",
                                          "BALCAO_S3_ACCESS_KEY",
                                          "BALCAO_S3_SECRET_KEY" };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof needed / sizeof *needed; i++) {
        use_s3("https://s3.exemplo.com");
        assert_false(set(needed[i], ""));
    }
    use_s3("https://s3.exemplo.com");
    assert_false(set("BALCAO_STORE", "ftp"));
    assert_true(set("BALCAO_STORE", "disk"));
}

static char refused[100];
static int warned;

static void
note_refused(const char *key, const char *problem)
{
    assert_non_null(problem);
    snprintf(refused, sizeof refused, "%s", key);
}

static void
note_warned(const char *key, const char *warning)
{
    assert_string_equal(key, "s3_endpoint");
    assert_non_null(warning);
    warned++;
}

TEST(check_names_the_key_that_cannot_be_signed)
{
    static const struct {
        const char *name, *value, *key;
    } bad[] = {
        { "BALCAO_S3_ENDPOINT", "s3.exemplo.com", "s3_endpoint" },
        { "BALCAO_S3_ENDPOINT", "https://eu@exemplo.com", "s3_endpoint" },
        { "BALCAO_S3_ENDPOINT", "https://exemplo.com/?a=b", "s3_endpoint" },
        { "BALCAO_S3_BUCKET", "balde/outro", "s3_bucket" },
        { "BALCAO_S3_REGION", "sa east", "s3_region" },
        { "BALCAO_S3_PREFIX", "/casa", "s3_prefix" },
        { "BALCAO_S3_PREFIX", "casa/", "s3_prefix" },
        { "BALCAO_S3_PREFIX", "casa//dois", "s3_prefix" },
        { "BALCAO_S3_PREFIX", "casa/../dois", "s3_prefix" },
        { "BALCAO_S3_PREFIX", "casa dois", "s3_prefix" },
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        use_s3("https://s3.exemplo.com");
        set("BALCAO_S3_REGION", "sa-east-1");
        refused[0] = '\0';
        assert_true(store_check_conf(note_refused, note_warned));
        set(bad[i].name, bad[i].value);
        assert_false(store_check_conf(note_refused, note_warned));
        assert_string_equal(refused, bad[i].key);
    }
    set("BALCAO_S3_PREFIX", "");
    assert_int_equal(warned, 0);
    use_s3("http://127.0.0.1:9000");
    assert_true(store_check_conf(note_refused, note_warned));
    assert_int_equal(warned, 0);
    use_s3("http://s3.exemplo.com");
    assert_true(store_check_conf(note_refused, note_warned));
    assert_int_equal(warned, 1);
}

TEST(s3_out_of_reach_is_unavailable_and_says_when_to_come_back)
{
    const char *key = store_key(&ctx);
    struct store_reader r;

    UNUSED;
    use_s3("http://127.0.0.1:1");
    assert_int_equal(store_put(&ctx, key, BYTES, NULL), ERR_UNAVAILABLE);
    assert_true(ctx.retry_after_s > 0);
    ctx_clear_error(&ctx);
    assert_int_equal(store_open(&ctx, key, NULL, false, &r), ERR_UNAVAILABLE);
    assert_true(ctx.retry_after_s > 0);
    assert_false(store_drop(ctx.arena, key));
    assert_int_equal(store_each(&ctx, true, count_one, NULL), ERR_UNAVAILABLE);
    assert_non_null(ctx.detail);
}

TEST(what_is_still_in_the_folder_is_read_from_it_and_stays_when_it_cannot_go)
{
    const char *key = store_key(&ctx);
    struct store_near near;
    struct job_call call;

    UNUSED;
    assert_int_equal(store_put(&ctx, key, BYTES, NULL), OK);
    use_s3("http://127.0.0.1:1");
    check_part(key, (struct store_range){ 1, 2 }, "12");
    assert_int_equal(store_bring(&ctx, key, 100, &near, &call), OK);
    assert_false(near.waits);
    assert_int_equal(store_move(&ctx, key), ERR_UNAVAILABLE);
    check_part(key, (struct store_range){ 1, 2 }, "12");
    assert_int_equal(store_move(&ctx, "7/ab/nada"), ERR_NOT_FOUND);
    assert_true(disk_drop(ctx.arena, key));
}

TEST(job_asks_for_the_call_that_brings_the_bytes_near)
{
    const char *key = store_key(&ctx);
    struct store_near near;
    struct job_call call;

    UNUSED;
    assert_int_equal(store_bring(&ctx, key, 100, &near, &call), ERR_NOT_FOUND);
    use_s3("http://127.0.0.1:1");
    assert_int_equal(store_bring(&ctx, key, 100, &near, &call), OK);
    assert_true(near.waits);
    assert_string_equal(call.method, "GET");
    assert_int_equal(call.to_fd, near.fd);
    assert_int_equal(call.max_bytes, 100);
    assert_int_equal(access(near.path, R_OK), 0);
}

static enum store_outcome
outcome(int status, const char *body)
{
    return store_read_reply(&(struct job_reply){
        .status = status, .body = { body, strlen(body) } });
}

/* Um descritor que só escreve não se põe na memória (mmap pede leitura). */
TEST(draft_that_cannot_be_read_whole_is_not_sent_empty)
{
    const char *key = store_key(&ctx);
    struct store_near draft;
    struct job_call call = { .method = NULL };
    bool waits;

    UNUSED;
    use_s3("http://127.0.0.1:1");
    draft.fd = store_draft(ctx.arena, &draft.path);
    assert_int_equal(write(draft.fd, BYTES.data, BYTES.len), BYTES.len);
    draft.fd = open(draft.path, O_WRONLY | O_CLOEXEC);
    assert_true(draft.fd >= 0);
    assert_int_equal(store_keep(&ctx, key, &draft, &call, &waits),
                     ERR_UNAVAILABLE);
    assert_null(call.method);
    close(draft.fd);
    ctx_clear_error(&ctx);
    draft.fd = open(draft.path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(store_keep(&ctx, key, &draft, &call, &waits), OK);
    assert_true(waits);
    assert_string_equal(call.method, "PUT");
    assert_int_equal(call.body.len, BYTES.len);
    close(draft.fd);
}

TEST(reply_of_the_store_is_done_gone_or_away)
{
    UNUSED;
    assert_int_equal(outcome(200, ""), STORE_DONE);
    assert_int_equal(outcome(204, ""), STORE_DONE);
    assert_int_equal(outcome(404, "<Code>NoSuchKey</Code>"), STORE_GONE);
    assert_int_equal(outcome(404, "<Code>NoSuchBucket</Code>"), STORE_AWAY);
    assert_int_equal(outcome(503, "<Code>SlowDown</Code>"), STORE_AWAY);
    assert_int_equal(outcome(0, ""), STORE_AWAY);
}

TEST(only_names_of_our_own_shape_are_ours)
{
    static const char *const not_ours[] = {
        "",
        "backup/balcao.dump",
        "7/ab/c",
        "/ab/0123456789abcdef0123456789abcd",
        "7/ab/0123456789abcdef0123456789abcde",
        "7/ab/0123456789abcdef0123456789abcd.png",
        "7/abc/0123456789abcdef0123456789abcd",
        "x/ab/0123456789abcdef0123456789abcd",
    };
    size_t i;

    (void)state;
    assert_true(store_is_key("7/ab/0123456789abcdef0123456789abcd"));
    assert_true(store_is_key("7/ab/0123456789abcdef0123456789abcd.webp"));
    for (i = 0; i < sizeof not_ours / sizeof *not_ours; i++)
        assert_false(store_is_key(not_ours[i]));
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_ctx, close_ctx)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_names_of_our_own_shape_are_ours),
        CASE(folder_gives_back_what_was_put_whole_and_in_parts),
        CASE(walk_sees_every_file_once_and_no_draft),
        CASE(drafts_of_the_dead_go_and_those_of_the_living_stay),
        CASE(address_follows_endpoint_style_and_prefix),
        CASE(start_is_refused_without_what_s3_needs),
        CASE(check_names_the_key_that_cannot_be_signed),
        CASE(s3_out_of_reach_is_unavailable_and_says_when_to_come_back),
        CASE(
            what_is_still_in_the_folder_is_read_from_it_and_stays_when_it_cannot_go),
        CASE(job_asks_for_the_call_that_brings_the_bytes_near),
        CASE(draft_that_cannot_be_read_whole_is_not_sent_empty),
        CASE(reply_of_the_store_is_done_gone_or_away),
    };
    char command[80];
    int failed;

    log_init("store_test", LOG_ERROR + 1);
    if (mkdtemp(folder) == NULL)
        return 1;
    setenv("BALCAO_CONF", "/dev/null", 1);
    setenv("BALCAO_MEDIA_DIR", folder, 1);
    setenv("BALCAO_APP_SECRET",
           "0000000000000000000000000000000000000000000000000000000000000000",
           1);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? failed : 1;
}
