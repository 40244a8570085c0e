/*
 * fan.c - N telas abertas em /api/v1/stream, num processo só. Cada mensagem
 * medida traz no texto "#SEQ MICROS#": o número dela e o CLOCK_MONOTONIC de
 * quando foi postada; a demora vai dali até a leitura aqui.
 *   fan N PORTA CAMINHO TOKEN ESPERADAS SEGUNDOS
 * Escreve "pronto" com todas abertas; quando todas receberam tudo (ou passou
 * o tempo), uma linha JSON; e sai quando a entrada padrão se fecha, para que
 * se meça a memória dos servidores com as telas ainda abertas.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX 65536
#define RAMP 128 /* conexões em andamento por vez */

struct tab {
    int fd;
    bool asked; /* o fluxo já foi pedido */
    bool open;  /* já veio "event: connected" */
    uint32_t got, last;
    size_t len, size;
    char *buf;
    unsigned char *seen;
};

static struct tab *tabs;
static uint32_t *late_us;
static size_t late_count;
static int tab_count, tried, opened, dropped, epoll_fd;
static uint32_t expected;
static int finished;
static uint64_t repeated, reordered;
static const char *path, *token;
static int port;

static void
die(const char *what)
{
    fprintf(stderr, "fan: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t
now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
mark(struct tab *t, unsigned long seq, int64_t sent_us, int64_t read_us)
{
    if (seq >= expected)
        return;
    if (t->seen[seq / 8] & 1u << seq % 8) {
        repeated++;
        return;
    }
    t->seen[seq / 8] |= (unsigned char)(1u << seq % 8);
    if (t->got > 0 && seq < t->last)
        reordered++;
    t->last = (uint32_t)seq;
    late_us[late_count++] = (uint32_t)(read_us - sent_us);
    if (++t->got == expected)
        finished++;
}

/* Um evento inteiro, com o zero no fim. */
static void
on_event(struct tab *t, const char *event, int64_t at_us)
{
    const char *text;
    unsigned long seq;
    long long sent_us;

    if (!t->open && strstr(event, "event: connected") != NULL) {
        t->open = true;
        opened++;
    }
    if (strstr(event, "event: message:created") == NULL)
        return;
    text = strstr(event, "\"body\":\"#");
    if (text != NULL && sscanf(text + 9, "%lu %lld#", &seq, &sent_us) == 2)
        mark(t, seq, sent_us, at_us);
}

static void
split_events(struct tab *t, int64_t at_us)
{
    char *from = t->buf, *end;

    while ((end = strstr(from, "\n\n")) != NULL) {
        *end = '\0';
        on_event(t, from, at_us);
        from = end + 2;
    }
    t->len -= (size_t)(from - t->buf);
    memmove(t->buf, from, t->len + 1);
}

static void
drop(struct tab *t)
{
    close(t->fd);
    t->fd = -1;
    dropped++;
}

/* HTTP/1.0, para a resposta não vir em blocos. */
static void
ask(struct tab *t)
{
    char request[2048];
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n"
                     "Accept: text/event-stream\r\n"
                     "Authorization: Bearer %s\r\n\r\n",
                     path, port, token);

    if (n >= (int)sizeof request || write(t->fd, request, (size_t)n) != n)
        die("pedido");
}

static void
on_readable(struct tab *t)
{
    static char in[FRAME_MAX];
    int64_t at_us;
    ssize_t n = recv(t->fd, in, sizeof in, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        drop(t);
        return;
    }
    at_us = now_us();
    if (t->len + (size_t)n + 1 > t->size) {
        t->size = t->len + (size_t)n + 2048;
        t->buf = realloc(t->buf, t->size);
        if (t->buf == NULL)
            die("memória");
    }
    memcpy(t->buf + t->len, in, (size_t)n);
    t->len += (size_t)n;
    t->buf[t->len] = '\0';
    if (!t->asked && strstr(t->buf, "\r\n\r\n") != NULL) {
        t->asked = true;
        t->len = 0;
        ask(t);
    }
    if (t->asked)
        split_events(t, at_us);
}

/*
 * Antes do fluxo, um pedido qualquer na mesma conexão, como no navegador que
 * acabou de abrir a página: é na segunda volta de uma conexão (ou em HTTPS)
 * que o nginx desliga o algoritmo de Nagle.
 */
static void
open_next(void)
{
    static const char warm[] = "HEAD /static/nada HTTP/1.0\r\n"
                               "Host: x\r\nConnection: keep-alive\r\n\r\n";
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port) };
    struct tab *t = &tabs[tried++];
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = t };
    int one = 1;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    t->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (t->fd < 0 || connect(t->fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("connect");
    setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (write(t->fd, warm, sizeof warm - 1) != sizeof warm - 1)
        die("pedido");
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, t->fd, &e) != 0)
        die("epoll_ctl");
}

static int
compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static double
percentile(double p)
{
    return late_count == 0
               ? 0
               : late_us[(size_t)(p * (double)(late_count - 1))] / 1000.0;
}

static void
report(void)
{
    uint64_t missing = 0;
    int i;

    for (i = 0; i < tab_count; i++)
        missing += expected - tabs[i].got;
    qsort(late_us, late_count, sizeof *late_us, compare);
    printf("{\"tabs\":%d,\"dropped\":%d,\"deliveries\":%zu,\"p50\":%.2f,"
           "\"p99\":%.2f,\"max\":%.2f,\"missing\":%llu,\"repeated\":%llu,"
           "\"reordered\":%llu}\n",
           opened, dropped, late_count, percentile(.5), percentile(.99),
           percentile(1), (unsigned long long)missing,
           (unsigned long long)repeated, (unsigned long long)reordered);
    fflush(stdout);
}

static void
run(int64_t limit_us)
{
    struct epoll_event events[512];
    bool announced = false;
    int64_t end = now_us() + 60000000;

    while (now_us() < end && finished < tab_count && dropped < tab_count) {
        int i, n;

        while (tried < tab_count && tried - opened - dropped < RAMP)
            open_next();
        n = epoll_wait(epoll_fd, events, 512, 50);
        for (i = 0; i < n; i++)
            on_readable(events[i].data.ptr);
        if (!announced && opened == tab_count) {
            announced = true;
            end = now_us() + limit_us;
            puts("pronto");
            fflush(stdout);
        }
    }
}

int
main(int argc, char **argv)
{
    struct rlimit files;
    char byte;
    int i;

    if (argc != 7) {
        fputs("uso: fan N PORTA CAMINHO TOKEN ESPERADAS SEGUNDOS\n", stderr);
        return 2;
    }
    tab_count = atoi(argv[1]);
    port = atoi(argv[2]);
    path = argv[3];
    token = argv[4];
    expected = (uint32_t)strtoul(argv[5], NULL, 10);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    tabs = calloc((size_t)tab_count, sizeof *tabs);
    late_us = calloc((size_t)tab_count * expected, sizeof *late_us);
    if (epoll_fd < 0 || tabs == NULL || late_us == NULL)
        die("começo");
    for (i = 0; i < tab_count; i++)
        if ((tabs[i].seen = calloc(1, expected / 8 + 1)) == NULL)
            die("memória");
    run((int64_t)(atof(argv[6]) * 1e6));
    report();
    while (read(0, &byte, 1) > 0)
        ;
    return 0;
}
