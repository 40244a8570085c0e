/* hub_test.c - quem ouve o quê, e como se alcança o presente. */
/* antes do cmocka: ele toma o nome fail */
#include "live/frame.h"
#include "live/hub.h"
#include "live/whisper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEST(name) static void name(void **state)

/* Um assinante que anota os ids (seq) que recebeu. */
struct listener {
    struct sub sub;
    uint64_t got[16];
    int count, room_for, rechecks;
};

static struct hub hub;

static bool
deliver(struct sub *s, struct event *e)
{
    struct listener *l = (struct listener *)s;

    if (l->count >= l->room_for)
        return false;
    l->got[l->count++] = e->id.seq;
    return true;
}

static void
recheck(struct sub *s)
{
    ((struct listener *)s)->rechecks++;
}

static int
set_up(void **state)
{
    (void)state;
    memset(&hub, 0, sizeof hub);
    hub_init(&hub);
    hub.deliver = deliver;
    hub.recheck = recheck;
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    hub_restart(&hub, EVENT_ID_ZERO);
    assert_int_equal(hub.subs, 0);
    assert_int_equal(hub.room_count, 0);
    free(hub.buckets);
    return 0;
}

static void
push(uint64_t seq, int64_t company, const char *rooms, const char *type)
{
    struct event *e =
        event_new((struct event_id){ 1, seq }, company, rooms, type, "{}");

    hub_push(&hub, e);
    event_release(e);
}

static void
listen(struct listener *l, const char *room, uint64_t since)
{
    *l = (struct listener){ .room_for = 16 };
    sub_open(&hub, &l->sub, 1, &room, 1);
    l->sub.last = (struct event_id){ 1, since };
}

TEST(event_reaches_only_its_rooms_and_company)
{
    struct listener a, b;

    (void)state;
    listen(&a, "ticket:1", 0);
    listen(&b, "company", 0);
    assert_int_equal(hub_replay(&hub, &a.sub), REPLAY_LIVE);
    assert_int_equal(hub_replay(&hub, &b.sub), REPLAY_LIVE);
    push(1, 1, "ticket:1,company", "x");
    push(2, 2, "ticket:1,company", "x");
    push(3, 1, "ticket:10", "x");
    push(4, 1, "company", "x");
    assert_int_equal(a.count, 1);
    assert_int_equal(b.count, 2);
    assert_int_equal(b.got[1], 4);
    sub_close(&hub, &a.sub);
    sub_close(&hub, &b.sub);
}

TEST(event_in_many_rooms_of_one_subscriber_comes_once)
{
    const char *rooms[] = { "ticket:1", "company", "user:1" };
    struct listener a = { .room_for = 16 };

    (void)state;
    sub_open(&hub, &a.sub, 1, rooms, 3);
    hub_replay(&hub, &a.sub);
    push(1, 1, "company,ticket:1,user:1", "x");
    push(1, 1, "company", "x");
    assert_int_equal(a.count, 1);
    sub_close(&hub, &a.sub);
}

TEST(whisper_reaches_once_and_leaves_no_trace)
{
    const char *rooms[] = { "ticket:1", "company" };
    struct event *e =
        whisper_parse("1 ticket:1,company user:typing {\"n\": 1}");
    struct listener a = { .room_for = 16 }, late;
    struct frame *f;

    (void)state;
    assert_non_null(e);
    assert_string_equal(e->payload, "{\"n\": 1}");
    sub_open(&hub, &a.sub, 1, rooms, 2);
    hub_replay(&hub, &a.sub);
    push(7, 1, "company", "x");
    hub_whisper(&hub, e);
    assert_int_equal(a.count, 2);
    assert_int_equal(hub.tail.seq, 7);
    assert_int_equal(a.sub.last.seq, 7);
    listen(&late, "company", 0);
    hub_replay(&hub, &late.sub);
    assert_int_equal(late.count, 1); /* só o que se guarda */
    f = event_frame(e);
    assert_int_equal(f->len,
                     strlen("event: user:typing\ndata: {\"n\": 1}\n\n"));
    assert_memory_equal(f->data, "event: user:typing\n", 19);
    event_release(e);
    assert_null(whisper_parse("1 ticket:1"));
    assert_null(whisper_parse("x ticket:1 a {}"));
    assert_null(whisper_parse(""));
    sub_close(&hub, &a.sub);
    sub_close(&hub, &late.sub);
}

TEST(replay_goes_to_the_present_without_gap_or_repetition)
{
    struct listener a;

    (void)state;
    push(1, 1, "company", "x");
    push(2, 1, "company", "x");
    push(3, 1, "ticket:1", "x");
    push(4, 1, "company", "x");
    listen(&a, "company", 1);
    assert_int_equal(hub_replay(&hub, &a.sub), REPLAY_LIVE);
    push(5, 1, "company", "x");
    assert_int_equal(a.count, 3);
    assert_int_equal(a.got[0], 2);
    assert_int_equal(a.got[1], 4);
    assert_int_equal(a.got[2], 5);
    sub_close(&hub, &a.sub);
}

TEST(replay_stops_when_full_and_goes_on_from_there)
{
    struct listener a;
    uint64_t i;

    (void)state;
    for (i = 1; i <= 5; i++)
        push(i, 1, "company", "x");
    listen(&a, "company", 0);
    a.room_for = 2;
    assert_int_equal(hub_replay(&hub, &a.sub), REPLAY_FULL);
    push(6, 1, "company", "x");
    assert_int_equal(a.count, 2);
    a.room_for = 16;
    assert_int_equal(hub_replay(&hub, &a.sub), REPLAY_LIVE);
    assert_int_equal(a.count, 6);
    assert_int_equal(a.got[5], 6);
    sub_close(&hub, &a.sub);
}

TEST(memory_that_does_not_reach_back_says_so)
{
    struct listener a;
    uint64_t i;

    (void)state;
    for (i = 1; i <= RING_SLOTS + 10; i++)
        push(i, 1, "company", "x");
    assert_int_equal(hub.ring.count, RING_SLOTS);
    assert_int_equal(hub.ring.floor.seq, 10);
    listen(&a, "company", 9);
    assert_int_equal(hub_replay(&hub, &a.sub), REPLAY_OLD);
    assert_int_equal(a.count, 0);
    sub_close(&hub, &a.sub);
    listen(&a, "ticket:1", 10);
    assert_int_equal(hub_replay(&hub, &a.sub), REPLAY_LIVE);
    sub_close(&hub, &a.sub);
}

TEST(subscriber_ahead_of_this_hub_waits_for_what_it_lacks)
{
    struct listener a;

    (void)state;
    push(1, 1, "company", "x");
    listen(&a, "company", 3);
    assert_int_equal(hub_replay(&hub, &a.sub), REPLAY_LIVE);
    push(2, 1, "company", "x");
    push(3, 1, "company", "x");
    push(4, 1, "company", "x");
    assert_int_equal(a.count, 1);
    assert_int_equal(a.got[0], 4);
    sub_close(&hub, &a.sub);
}

TEST(access_change_is_never_delivered)
{
    struct listener a, b;

    (void)state;
    listen(&a, "user:7", 0);
    hub_replay(&hub, &a.sub);
    push(1, 1, "user:7", EVENT_ACCESS_CHANGED);
    assert_int_equal(a.count, 0);
    assert_int_equal(a.rechecks, 1);
    listen(&b, "user:7", 0);
    assert_int_equal(hub_replay(&hub, &b.sub), REPLAY_LIVE);
    assert_int_equal(b.count + b.rechecks, 0);
    sub_close(&hub, &a.sub);
    sub_close(&hub, &b.sub);
}

TEST(many_rooms_come_and_go)
{
    static struct listener many[3000];
    char name[32];
    const char *room = name;
    int i;

    (void)state;
    for (i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "ticket:%d", i / 3 + 1);
        many[i] = (struct listener){ .room_for = 16 };
        sub_open(&hub, &many[i].sub, 1, &room, 1);
        hub_replay(&hub, &many[i].sub);
    }
    assert_int_equal(hub.room_count, 1000);
    push(1, 1, "ticket:500", "x");
    assert_int_equal(hub.delivered, 3);
    for (i = 0; i < 3000; i += 2)
        sub_close(&hub, &many[i].sub);
    push(2, 1, "ticket:1", "x");
    assert_int_equal(many[1].count, 1);
    for (i = 1; i < 3000; i += 2)
        sub_close(&hub, &many[i].sub);
}

#define WITH_HUB(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HUB(event_reaches_only_its_rooms_and_company),
        WITH_HUB(event_in_many_rooms_of_one_subscriber_comes_once),
        WITH_HUB(whisper_reaches_once_and_leaves_no_trace),
        WITH_HUB(replay_goes_to_the_present_without_gap_or_repetition),
        WITH_HUB(replay_stops_when_full_and_goes_on_from_there),
        WITH_HUB(memory_that_does_not_reach_back_says_so),
        WITH_HUB(subscriber_ahead_of_this_hub_waits_for_what_it_lacks),
        WITH_HUB(access_change_is_never_delivered),
        WITH_HUB(many_rooms_come_and_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
