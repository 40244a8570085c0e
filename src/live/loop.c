/*
 * loop.c - o laço. Cada volta: ouvir descritores, receber eventos, o que o
 * relógio pede, replays, e por fim escrever tudo que a volta produziu, um
 * writev por conexão. Nada é fechado antes do fim da volta.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/metrics.h"
#include "live/client.h"
#include "live/nchan.h"
#include "live/whisper.h"

enum {
    TICK_US = 250000,
    EVENTS_AT_ONCE = 128,
    ACCEPTS_AT_ONCE = 32,
    SERVES_AT_ONCE = 8,   /* pedidos novos por volta: os que já */
    REPLAYS_AT_ONCE = 32, /* ouvem não esperam por uma multidão */
    PAGES_AT_ONCE = 4,
    CHECKS_AT_ONCE = 50,
};

static volatile sig_atomic_t stopping;
static char listener_tag, feed_tag, nchan_tag, whisper_tag;

static void
on_stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

static void
catch_signals(void)
{
    struct sigaction stop = { .sa_handler = on_stop };

    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGUSR1, &stop, NULL); /* pedido de fim do mod_fcgid */
    signal(SIGPIPE, SIG_IGN);
}

/* O limite de descritores de um processo comum não passa de mil clientes. */
static void
raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void
watch(int operation, int fd, uint32_t events, void *tag)
{
    struct epoll_event e = { .events = events, .data.ptr = tag };

    if (fd >= 0 && epoll_ctl(live.epoll, operation, fd, &e) != 0 &&
        errno != ENOENT && errno != EBADF)
        log_error("epoll: %s", strerror(errno));
}

/*
 * A cada reconexão o Redis tem outro descritor, às vezes de mesmo número; o
 * velho saiu do epoll sozinho, ao ser fechado.
 */
static void
watch_feed(void)
{
    unsigned opens = feed_opens(live.feed);

    if (opens == live.feed_opens)
        return;
    live.feed_opens = opens;
    watch(EPOLL_CTL_ADD, feed_fd(live.feed), EPOLLIN, &feed_tag);
}

/* Sussurros só se escutam enquanto há quem os ouça. */
static void
watch_whispers(void)
{
    int fd = feed_is_running(live.feed) ? subscribe_fd(live.whispers) : -1;

    if (fd < 0 || subscribe_opens(live.whispers) == live.whisper_opens)
        return;
    live.whisper_opens = subscribe_opens(live.whispers);
    watch(EPOLL_CTL_ADD, fd, EPOLLIN, &whisper_tag);
}

static void
on_whisper(const char *text)
{
    struct event *e = whisper_parse(text);

    if (e != NULL)
        hub_whisper(&live.hub, e);
    event_release(e);
}

static void
watch_nchan(void)
{
    bool writes = nchan_wants_write();
    uint32_t events = EPOLLIN | (writes ? EPOLLOUT : 0);

    if (nchan_opens() != live.nchan_opens)
        watch(EPOLL_CTL_ADD, nchan_fd(), events, &nchan_tag);
    else if (writes != live.nchan_writes)
        watch(EPOLL_CTL_MOD, nchan_fd(), events, &nchan_tag);
    live.nchan_opens = nchan_opens();
    live.nchan_writes = writes;
}

static void
pause_listener(bool pause)
{
    if (live.is_cgi || live.is_paused == pause)
        return;
    watch(EPOLL_CTL_MOD, live.listener, pause ? 0 : EPOLLIN, &listener_tag);
    live.is_paused = pause;
}

static void
accept_clients(void)
{
    int i;

    for (i = 0; i < ACCEPTS_AT_ONCE; i++) {
        int fd =
            accept4(live.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            watch(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLRDHUP,
                  client_new(fd, false));
            continue;
        }
        if (errno == EMFILE || errno == ENFILE) {
            log_error("hub: descritores demais; espera um pouco");
            pause_listener(true);
        }
        return;
    }
}

/* Atende a requisição completa; se o tratador a prendeu, ela fica. */
static void
serve(struct client *c)
{
    enum err e = ERR_BAD_REQUEST;

    if (c->conn.is_raw || conn_params(&c->conn, live.arena)) {
        e = live.config->serve(&c->conn.io, live.arena);
        if (e != OK)
            client_detach(c);
        if (c->is_attached)
            list_add(&live.replaying, &c->work);
        else
            conn_end(&c->conn);
        client_touch(c);
    } else {
        client_doom(c);
    }
    log_request(NULL);
    arena_reset(live.arena);
    conn_forget_params(&c->conn);
}

static void
client_ready(struct client *c, uint32_t events, int *serves)
{
    if (c->is_doomed)
        return;
    if (events & EPOLLOUT)
        client_touch(c);
    if (!(events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
        return;
    if (!c->is_attached && !c->conn.is_ending && *serves == 0 &&
        !(events & (EPOLLHUP | EPOLLERR)))
        return; /* continua pronta na próxima volta */
    switch (conn_read(&c->conn)) {
    case CONN_MORE:
        break;
    case CONN_REQUEST:
        --*serves;
        serve(c);
        break;
    case CONN_GONE:
        client_doom(c);
        break;
    }
}

static void
after_write(struct client *c)
{
    bool wants = conn_wants_write(&c->conn);

    if (conn_is_done(&c->conn)) {
        if (c->conn.keeps_open)
            conn_reset(&c->conn);
        else
            client_doom(c);
        return;
    }
    if (wants == c->watches_write || c->conn.is_raw)
        return;
    watch(EPOLL_CTL_MOD, c->conn.fd,
          EPOLLIN | EPOLLRDHUP | (wants ? EPOLLOUT : 0), c);
    c->watches_write = wants;
}

/*
 * Fim da volta. Quem é condenado durante a escrita volta à lista e sai na
 * segunda passada.
 */
static void
settle_all(void)
{
    while (live.dirty != NULL) {
        struct client *c = live.dirty;

        live.dirty = c->next_dirty;
        c->is_dirty = false;
        if (c->is_doomed) {
            client_free(c);
            continue;
        }
        client_settle(c);
        if (c->is_held)
            continue;
        if (!conn_flush(&c->conn))
            client_doom(c);
        else
            after_write(c);
        client_settle(c);
    }
}

static void
replay_some(void)
{
    int pages = PAGES_AT_ONCE, i;

    for (i = 0; i < REPLAYS_AT_ONCE && !list_is_empty(&live.replaying); i++) {
        struct client *c = CONTAINER(live.replaying.next, struct client, work);

        list_remove(&c->work);
        list_add(&live.replaying, &c->work);
        if (c->is_doomed)
            list_remove(&c->work);
        else
            client_replay(c, &pages);
    }
}

static void
report(void)
{
    char name[80];

    snprintf(name, sizeof name, "live_subscribers{hub=\"%s\"}",
             live.config->name);
    metrics_gauge_set(
        name, (int64_t)(live.hub.subs - nchan_set_count() + nchan_count()));
    snprintf(name, sizeof name, "live_deliveries_total{hub=\"%s\"}",
             live.config->name);
    metrics_counter_add(name,
                        (int64_t)(live.hub.delivered - live.delivered_seen));
    snprintf(name, sizeof name, "live_slow_dropped_total{hub=\"%s\"}",
             live.config->name);
    metrics_counter_add(name, (int64_t)(live.dropped - live.dropped_seen));
    live.delivered_seen = live.hub.delivered;
    live.dropped_seen = live.dropped;
}

/* Sem ninguém por um tempo, a fonte para e as conexões são soltas. */
static void
rest(int64_t now_us)
{
    if (live.hub.subs > 0) {
        live.quiet_since_us = now_us;
        return;
    }
    if (now_us - live.quiet_since_us < conf()->idle_close_s * 1000000)
        return;
    if (feed_is_running(live.feed))
        feed_stop(live.feed);
    live.config->idle();
}

static void
tick(void)
{
    int64_t now_us = clock_mono_us();
    int checks = CHECKS_AT_ONCE;
    struct list *at;

    if (now_us < live.tick_at_us)
        return;
    live.tick_at_us = now_us + TICK_US;
    for (at = live.all.next; at != &live.all; at = at->next)
        client_tick(CONTAINER(at, struct client, all), now_us, &checks);
    nchan_tick(now_us);
    pause_listener(false);
    report();
    rest(now_us);
}

static int
wait_ms(void)
{
    int ms = feed_wait_ms(live.feed), tick_ms;

    if (!list_is_empty(&live.replaying) || live.dirty != NULL)
        return 0;
    if (list_is_empty(&live.all) && !feed_is_running(live.feed))
        return nchan_is_waiting() ? 1000 : 5000;
    tick_ms = (int)((live.tick_at_us - clock_mono_us()) / 1000) + 1;
    if (tick_ms < 0)
        tick_ms = 0;
    return ms < tick_ms ? ms : tick_ms;
}

static void
turn(void)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int n = epoll_wait(live.epoll, events, EVENTS_AT_ONCE, wait_ms()), i;
    int serves = SERVES_AT_ONCE;

    for (i = 0; i < n; i++) {
        if (events[i].data.ptr == &feed_tag)
            feed_read(live.feed);
        else if (events[i].data.ptr == &nchan_tag)
            nchan_ready();
        else if (events[i].data.ptr == &whisper_tag)
            subscribe_read(live.whispers, on_whisper);
    }
    for (i = 0; i < n; i++) {
        if (events[i].data.ptr == &listener_tag)
            accept_clients();
        else if (events[i].data.ptr != &feed_tag &&
                 events[i].data.ptr != &nchan_tag &&
                 events[i].data.ptr != &whisper_tag)
            client_ready(events[i].data.ptr, events[i].events, &serves);
    }
    feed_tick(live.feed);
    tick();
    replay_some();
    settle_all();
    nchan_settle();
    watch_feed();
    watch_whispers();
    watch_nchan();
}

static void
open_all(const struct live_config *config)
{
    static const char beat[] = ":\n\n";
    static char whispers[WHISPER_CHANNEL_CHARS];

    live.config = config;
    live.is_cgi = io_is_cgi();
    live.all.next = live.all.prev = &live.all;
    live.replaying.next = live.replaying.prev = &live.replaying;
    live.arena = arena_new(32768);
    live.scratch = arena_new(32768);
    live.beat = frame_new(beat, sizeof beat - 1);
    live.epoll = epoll_create1(EPOLL_CLOEXEC);
    live.quiet_since_us = clock_mono_us();
    hub_init(&live.hub);
    live.hub.deliver = client_deliver;
    live.hub.recheck = client_recheck;
    live.feed =
        feed_new(&live.hub, config->db, config->redis_url, client_restart_all);
    live.whispers = subscribe_new(live.is_cgi ? "" : config->redis_url,
                                  whisper_channel(whispers));
    nchan_open(live.is_cgi ? "" : config->nchan_socket);
    nchan_tick(clock_mono_us());
    raise_limit();
    catch_signals();
    report();
}

static void
close_all(void)
{
    client_finish_all();
    settle_all();
    while (!list_is_empty(&live.all))
        client_free(CONTAINER(live.all.next, struct client, all));
    live.dirty = NULL;
    nchan_close();
    report();
    feed_free(live.feed);
    subscribe_close(live.whispers);
    frame_release(live.beat);
    arena_free(live.arena);
    arena_free(live.scratch);
    close(live.epoll);
}

static void
loop_cgi(void)
{
    struct client *c = client_new(STDOUT_FILENO, true);

    serve(c);
    settle_all();
    while (!stopping && !list_is_empty(&live.all))
        turn();
}

void
live_loop(const struct live_config *config)
{
    open_all(config);
    if (live.is_cgi) {
        loop_cgi();
    } else {
        live.listener = STDIN_FILENO;
        fcntl(live.listener, F_SETFL,
              fcntl(live.listener, F_GETFL) | O_NONBLOCK);
        watch(EPOLL_CTL_ADD, live.listener, EPOLLIN, &listener_tag);
        while (!stopping)
            turn();
    }
    close_all();
}
