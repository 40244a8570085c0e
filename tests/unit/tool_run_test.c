/*
 * tool_run_test.c - um programa posto para andar pelo worker: o que volta, e
 * cada teto que o segura.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "jobs/call.h"

#define TEST(name) static void name(void **state)
#define UNUSED (void)state
#define MB (INT64_C(1) << 20)
/* Só para não ficar para sempre: numa máquina cheia, quem cede a vez demora. */
#define PATIENCE_MS 300000

static struct arena *arena;

/* Roda `script` na sh e devolve a resposta. */
static struct job_reply
run(const char *program, const char *script, int64_t timeout_ms)
{
    const char *argv[] = { program, "-c", script, NULL };
    struct tool_call tool = {
        .argv = argv, .cpu_s = 1, .memory_bytes = 256 * MB, .file_bytes = MB
    };
    struct job_call call = { .tool = &tool, .timeout_ms = timeout_ms };
    struct caller *k = caller_new();
    struct job_reply reply;
    void *tag = NULL;

    arena = arena_new(1024);
    caller_start(k, arena, &call, &tool);
    while (!caller_next(k, &tag, &reply))
        caller_wait(k, NULL, 0, 1000);
    assert_ptr_equal(tag, &tool);
    assert_false(caller_next(k, &tag, &reply));
    caller_close(k);
    return reply;
}

static void
check_says(const struct job_reply *reply, const char *words)
{
    assert_int_equal(reply->body.len, strlen(words));
    assert_memory_equal(reply->body.data, words, reply->body.len);
}

TEST(what_it_writes_comes_back_when_it_exits_well)
{
    struct job_reply r =
        run("/bin/sh", "echo saiu; echo e erro >&2", PATIENCE_MS);

    UNUSED;
    assert_int_equal(r.status, 200);
    check_says(&r, "saiu\ne erro\n");
    arena_free(arena);
}

TEST(only_the_end_of_a_long_output_is_kept)
{
    struct job_reply r = run("/bin/sh",
                             "i=0; while [ $i -lt 3000 ]; do echo $i; "
                             "i=$((i+1)); done; echo fim",
                             PATIENCE_MS);

    UNUSED;
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body.len, TOOL_OUT_BYTES);
    assert_memory_equal(r.body.data + r.body.len - 9, "2999\nfim\n", 9);
    arena_free(arena);
}

TEST(other_exit_code_is_told_from_a_program_that_is_not_there)
{
    struct job_reply r = run("/bin/sh", "exit 3", PATIENCE_MS);

    UNUSED;
    assert_int_equal(r.status, 422);
    assert_string_equal(r.error, "exit code");
    arena_free(arena);
    r = run("/nao/ha", "", PATIENCE_MS);
    assert_int_equal(r.status, 0);
    assert_string_equal(r.error, "not found");
    arena_free(arena);
}

TEST(the_late_one_is_killed)
{
    struct job_reply r = run("/bin/sh", "exec sleep 1000000", 200);

    UNUSED;
    assert_int_equal(r.status, 422);
    assert_string_equal(r.error, "timeout");
    arena_free(arena);
}

TEST(processor_memory_and_disk_have_ceilings)
{
    char path[] = "/tmp/balcao-tool.XXXXXX";
    char script[200];
    struct job_reply r = run("/bin/sh", "while :; do :; done", PATIENCE_MS);

    UNUSED;
    assert_int_equal(r.status, 422);
    assert_string_not_equal(r.error, "timeout");
    arena_free(arena);
    r = run("/bin/sh", "a=x; while :; do a=$a$a$a$a; done", PATIENCE_MS);
    assert_int_equal(r.status, 422);
    assert_string_not_equal(r.error, "timeout");
    arena_free(arena);
    close(mkstemp(path));
    snprintf(script, sizeof script, "exec head -c 3000000 /dev/zero >%s", path);
    r = run("/bin/sh", script, PATIENCE_MS);
    unlink(path);
    assert_int_equal(r.status, 422);
    arena_free(arena);
}

TEST(it_sees_no_descriptor_nor_setting_of_ours_and_may_wait)
{
    int fd = dup(STDERR_FILENO);
    struct job_reply r = run(
        "/bin/sh", "cd /proc/$$/fd; echo *; nice; echo ${BALCAO_APP_SECRET-no}",
        PATIENCE_MS);

    UNUSED;
    close(fd);
    assert_int_equal(r.status, 200);
    check_says(&r, "0 1 2 3\n5\nno\n"); /* 3: a pasta que ele lê */
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_writes_comes_back_when_it_exits_well),
        cmocka_unit_test(only_the_end_of_a_long_output_is_kept),
        cmocka_unit_test(
            other_exit_code_is_told_from_a_program_that_is_not_there),
        cmocka_unit_test(the_late_one_is_killed),
        cmocka_unit_test(processor_memory_and_disk_have_ceilings),
        cmocka_unit_test(
            it_sees_no_descriptor_nor_setting_of_ours_and_may_wait),
    };

    setenv("BALCAO_APP_SECRET", "segredo", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
