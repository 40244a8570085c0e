/* frames_test.c - SSE, long-poll e FastCGI: o que vai pelo fio. */
/* antes do cmocka: ele toma o nome fail */
#include "live/conn.h"
#include "live/event.h"
#include "live/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TEST(name) static void name(void **state)
#define RUN(name) cmocka_unit_test(name)

static struct event *
make(const char *payload)
{
    return event_new((struct event_id){ 7, 2 }, 1, "ticket:3,company",
                     "message:created", payload);
}

TEST(event_is_one_sse_block)
{
    struct event *e = make("{\"n\":1}");
    struct frame *f = event_frame(e);

    (void)state;
    assert_int_equal(f->len, strlen("id: 7-2\nevent: message:created\n"
                                    "data: {\"n\":1}\n\n"));
    assert_memory_equal(f->data,
                        "id: 7-2\nevent: message:created\n"
                        "data: {\"n\":1}\n\n",
                        f->len);
    assert_ptr_equal(event_frame(e), f);
    event_release(e);
}

TEST(line_breaks_between_values_do_not_break_the_block)
{
    struct event *e = make("{\r\n\"n\":\n1}\r");

    (void)state;
    assert_string_equal(e->payload, "{  \"n\": 1} ");
    event_release(e);
}

TEST(type_that_could_break_the_block_makes_no_event)
{
    static const char *const bad[] = {
        "",    "a\nid: 9",
        "a b", "A",
        "a\r", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(event_new(EVENT_ID_ZERO, 1, "company", bad[i], "{}"));
}

TEST(text_of_many_lines_has_one_data_line_each)
{
    struct arena *a = arena_new(512);
    struct str s;

    (void)state;
    str_init(&s, a, 0);
    sse_write(&s, NULL, "x", "a\r\nb\rc\nd\n");
    assert_string_equal(s.data, "event: x\ndata: a\ndata: b\ndata: c\n"
                                "data: d\ndata: \n\n");
    arena_free(a);
}

static bool
only_company(const void *who, const struct event_room *r)
{
    (void)who;
    return strcmp(r->name, "company") == 0;
}

TEST(poll_item_shows_only_the_rooms_of_who_asks)
{
    struct arena *a = arena_new(512);
    struct event *e = make("{\"n\":1}");
    struct str s;

    (void)state;
    str_init(&s, a, 0);
    poll_write(&s, e, only_company, NULL);
    assert_string_equal(s.data, "{\"id\":\"7-2\",\"type\":\"message:created\","
                                "\"rooms\":[\"company\"],\"data\":{\"n\":1}}");
    event_release(e);
    arena_free(a);
}

TEST(record_is_read_only_when_whole)
{
    static const uint8_t wire[] = {
        1, 6, 0, 9, 0, 3, 2, 0, 'a', 'b', 'c', 0, 0
    };
    struct fcgi_record r;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof wire; n++)
        assert_int_equal(fcgi_record_read(wire, n, &r), 0);
    assert_int_equal(fcgi_record_read(wire, sizeof wire, &r), 13);
    assert_int_equal(r.type, FCGI_STDOUT);
    assert_int_equal(r.request_id, 9);
    assert_int_equal(r.len, 3);
    assert_memory_equal(r.data, "abc", 3);
    assert_int_equal(fcgi_record_read((const uint8_t *)"\2", 1, &r), -1);
}

TEST(pair_with_lengths_past_the_end_is_refused)
{
    static const uint8_t good[] = { 1, 2, 'n', 'v', 'w' };
    static const uint8_t cut[] = { 1, 3, 'n', 'v', 'w' };
    static const uint8_t huge[] = { 255, 255, 255, 255, 1, 'n' };
    struct slice name, value;

    (void)state;
    assert_int_equal(fcgi_pair_read(good, 5, &name, &value), 5);
    assert_memory_equal(name.data, "n", 1);
    assert_memory_equal(value.data, "vw", 2);
    assert_int_equal(fcgi_pair_read(good, 0, &name, &value), 0);
    assert_int_equal(fcgi_pair_read(good, 1, &name, &value), -1);
    assert_int_equal(fcgi_pair_read(cut, 5, &name, &value), -1);
    assert_int_equal(fcgi_pair_read(huge, 6, &name, &value), -1);
}

/* ---- a conexão inteira, sobre um par de sockets ---- */

static int other;

static void
open_pair(struct conn *c)
{
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair),
                     0);
    conn_open(c, pair[0]);
    other = pair[1];
}

static const uint8_t request[] = {
    1, 1, 0, 5, 0, 8, 0, 0, 0, 1, 0,   0,   0,   0,   0,   0,
    1, 4, 0, 5, 0, 7, 1, 0, 1, 4, 'A', 'v', 'a', 'l', 'o', 0,
    1, 4, 0, 5, 0, 0, 0, 0, 1, 5, 0,   5,   0,   0,   0,   0,
};

TEST(request_arriving_byte_by_byte_is_one_request)
{
    struct arena *a = arena_new(512);
    struct conn c;
    size_t i;

    (void)state;
    open_pair(&c);
    for (i = 0; i < sizeof request; i++) {
        assert_int_equal(write(other, request + i, 1), 1);
        assert_int_equal(conn_read(&c),
                         i + 1 < sizeof request ? CONN_MORE : CONN_REQUEST);
    }
    assert_true(conn_params(&c, a));
    assert_string_equal(c.io.param(&c.io, "A"), "valo");
    assert_null(c.io.param(&c.io, "B"));
    close(other);
    assert_int_equal(conn_read(&c), CONN_GONE);
    conn_close(&c);
    arena_free(a);
}

TEST(garbage_and_abort_close_the_connection)
{
    static const uint8_t abort_request[] = { 1, 2, 0, 5, 0, 0, 0, 0 };
    struct conn c;

    (void)state;
    open_pair(&c);
    assert_int_equal(write(other, "GET / HTTP/1.1\r\n", 16), 16);
    assert_int_equal(conn_read(&c), CONN_GONE);
    conn_close(&c);
    close(other);
    open_pair(&c);
    assert_int_equal(write(other, request, sizeof request),
                     (ssize_t)sizeof request);
    assert_int_equal(conn_read(&c), CONN_REQUEST);
    assert_int_equal(write(other, abort_request, 8), 8);
    assert_int_equal(conn_read(&c), CONN_GONE);
    conn_close(&c);
    close(other);
}

/* Lê o que já chegou e junta o conteúdo dos registros; devolve o total. */
static size_t
drain(uint8_t *wire, size_t *wire_len, char *out, size_t *records)
{
    struct fcgi_record r;
    size_t total = 0, at = 0;
    ssize_t n;
    long used;

    while ((n = read(other, wire + *wire_len, 65536)) > 0)
        *wire_len += (size_t)n;
    *records = 0;
    while ((used = fcgi_record_read(wire + at, *wire_len - at, &r)) > 0) {
        if (r.type == FCGI_STDOUT) {
            memcpy(out + total, r.data, r.len);
            total += r.len;
        }
        ++*records;
        at += (size_t)used;
    }
    return total;
}

TEST(many_frames_share_records_and_none_is_lost)
{
    static char text[300000], out[600000];
    static uint8_t wire[700000];
    struct frame *big, *small = frame_new("pequena", 7);
    size_t wire_len = 0, records, total = 0;
    struct conn c;
    int i;

    (void)state;
    for (i = 0; i < (int)sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    big = frame_new(text, sizeof text);
    open_pair(&c);
    c.request_id = 5;
    for (i = 0; i < 100; i++)
        conn_queue(&c, small);
    conn_queue(&c, big);
    conn_queue(&c, small);
    conn_end(&c);
    while (!conn_is_done(&c)) {
        assert_true(conn_flush(&c));
        total = drain(wire, &wire_len, out, &records);
    }
    assert_int_equal(total, 101 * 7 + sizeof text);
    assert_memory_equal(out, "pequenapequena", 14);
    assert_memory_equal(out + 700, text, sizeof text);
    assert_memory_equal(out + 700 + sizeof text, "pequena", 7);
    assert_true(records < 20);
    assert_int_equal(small->refs, 1);
    assert_int_equal(big->refs, 1);
    frame_release(small);
    frame_release(big);
    conn_close(&c);
    close(other);
}

TEST(slow_reader_keeps_the_rest_and_a_dead_one_is_noticed)
{
    static char text[400000];
    struct frame *f = frame_new(text, sizeof text);
    struct conn c;

    (void)state;
    open_pair(&c);
    conn_queue(&c, f);
    conn_queue(&c, f);
    assert_true(conn_flush(&c));
    assert_true(conn_wants_write(&c));
    assert_true(c.queued_bytes > 0 && c.queued_bytes < 2 * sizeof text);
    close(other);
    assert_false(conn_flush(&c));
    conn_close(&c);
    assert_int_equal(f->refs, 1);
    frame_release(f);
}

TEST(head_kept_alone_loses_the_body_and_gains_lines)
{
    static uint8_t wire[70000];
    static char out[70000];
    size_t wire_len = 0, records;
    struct conn c;

    (void)state;
    open_pair(&c);
    c.io.write(&c.io, "Status: 200\r\n\r\n", 15);
    c.io.write(&c.io, "corpo", 5);
    conn_keep_first(&c, "X-A: 1\r\n", 8);
    conn_end(&c);
    assert_true(conn_flush(&c));
    assert_int_equal(drain(wire, &wire_len, out, &records), 23);
    assert_memory_equal(out, "X-A: 1\r\nStatus: 200\r\n\r\n", 23);
    conn_close(&c);
    close(other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(event_is_one_sse_block),
        RUN(line_breaks_between_values_do_not_break_the_block),
        RUN(type_that_could_break_the_block_makes_no_event),
        RUN(text_of_many_lines_has_one_data_line_each),
        RUN(poll_item_shows_only_the_rooms_of_who_asks),
        RUN(record_is_read_only_when_whole),
        RUN(pair_with_lengths_past_the_end_is_refused),
        RUN(request_arriving_byte_by_byte_is_one_request),
        RUN(garbage_and_abort_close_the_connection),
        RUN(many_frames_share_records_and_none_is_lost),
        RUN(slow_reader_keeps_the_rest_and_a_dead_one_is_noticed),
        RUN(head_kept_alone_loses_the_body_and_gains_lines),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
