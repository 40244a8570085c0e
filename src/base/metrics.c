/*
 * metrics.c - a tabela de séries em memória dividida.
 *
 * Uma série é dona da primeira vaga cujo hash é o seu: a vaga se ocupa com um
 * só compare-and-swap, e por isso um processo morto no meio não trava
 * ninguém. O texto vem depois; quem acha a vaga ainda sem texto o escreve de
 * novo (são os mesmos bytes). Dois nomes com o mesmo hash de 64 bits
 * somariam juntos: com mil séries, a chance é de uma em 10^13.
 */
#include "base/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define MAGIC UINT64_C(0x31727465b0a1ca62)
#define LAYOUT 1 /* muda quando a forma da tabela muda */
#define TEXT_WORDS 30
#define BUCKETS 13
#define OPEN_TRIES 16

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2,
               "a tabela é dividida por processos: precisa de átomos livres");

enum kind { KIND_NONE, KIND_COUNTER, KIND_GAUGE, KIND_HISTOGRAM };

/* cells: [0] é o valor; no histograma são as faixas, +Inf e a soma. */
struct series {
    alignas(64) _Atomic uint64_t hash; /* 0: vaga livre */
    _Atomic uint64_t kind;             /* enum kind; 0: sem texto ainda */
    _Atomic uint64_t text[TEXT_WORDS];
    _Atomic int64_t cells[BUCKETS + 2];
};

struct head {
    uint64_t magic;
    uint32_t layout, bytes;
};

struct table {
    struct head head;
    _Atomic int64_t dropped;
    struct series series[METRICS_SERIES];
};

static const int64_t bucket_us[BUCKETS] = {
    500,    1000,   2500,   5000,    10000,   25000,    50000,
    100000, 250000, 500000, 1000000, 2500000, 10000000,
};

static const char *const bucket_le[BUCKETS] = {
    "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05",
    "0.1",    "0.25",  "0.5",    "1",     "2.5",  "10",
};

static struct table *table;

static struct table *
map_private(void)
{
    void *at = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return at == MAP_FAILED ? NULL : at;
}

/* Com a trava na mão: o arquivo novo ganha tamanho e cabeçalho. */
static bool
file_prepare(int fd)
{
    struct head head = { MAGIC, LAYOUT, sizeof(struct table) };

    errno = posix_fallocate(fd, 0, sizeof(struct table));
    return errno == 0 &&
           pwrite(fd, &head, sizeof head, 0) == (ssize_t)sizeof head;
}

static bool
file_fits(int fd, off_t size)
{
    struct head head;

    return size == (off_t)sizeof(struct table) &&
           pread(fd, &head, sizeof head, 0) == (ssize_t)sizeof head &&
           head.magic == MAGIC && head.layout == LAYOUT &&
           head.bytes == sizeof(struct table);
}

/*
 * Uma tentativa, sob flock: 1 pronto, 0 tentar de novo (outro trocou o
 * arquivo, ou era de outra versão e foi posto de lado), -1 não dá.
 * O arquivo velho nunca é encolhido: quem ainda o mapeia morreria.
 */
static int
file_try(const char *path, int fd)
{
    struct stat mine, named;

    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR)
            return -1;
    if (fstat(fd, &mine) != 0 || !S_ISREG(mine.st_mode))
        return -1;
    if (stat(path, &named) != 0 || named.st_ino != mine.st_ino ||
        named.st_dev != mine.st_dev)
        return 0;
    if (file_fits(fd, mine.st_size))
        return 1;
    if (mine.st_size == 0)
        return file_prepare(fd) ? 1 : -1;
    return unlink(path) == 0 || errno == ENOENT ? 0 : -1;
}

static struct table *
map_file(const char *path)
{
    void *at = MAP_FAILED;
    int i, fd, got = 0;

    for (i = 0; i < OPEN_TRIES && got == 0; i++) {
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
        if (fd < 0)
            return NULL;
        got = file_try(path, fd);
        if (got > 0)
            at = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED,
                      fd, 0);
        flock(fd, LOCK_UN); /* o mapa segura o arquivo, e com ele o flock */
        close(fd);
    }
    return at == MAP_FAILED ? NULL : at;
}

void
metrics_open(const char *path)
{
    metrics_close();
    if (path[0] != '\0') {
        table = map_file(path);
        if (table != NULL)
            return;
        log_warn("métricas: %s não serve (%s); este processo conta sozinho",
                 path, strerror(errno));
    }
    table = map_private();
}

void
metrics_close(void)
{
    if (table != NULL)
        munmap(table, sizeof *table);
    table = NULL;
}

/* FNV-1a de 64 bits; zero é reservado à vaga livre. */
static uint64_t
hash_text(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return h != 0 ? h : 1;
}

static void
series_name(struct series *s, enum kind kind, const char *text)
{
    uint64_t words[TEXT_WORDS] = { 0 };
    int i;

    memcpy(words, text, strlen(text));
    for (i = 0; i < TEXT_WORDS; i++)
        atomic_store_explicit(&s->text[i], words[i], memory_order_relaxed);
    atomic_store_explicit(&s->kind, kind, memory_order_release);
}

/* Acha ou ocupa a vaga da série; NULL se não há tabela ou vaga. */
static struct series *
series_get(enum kind kind, const char *text)
{
    uint64_t hash, seen;
    unsigned i;

    if (table == NULL)
        return NULL;
    hash = hash_text(text);
    for (i = 0;
         i < METRICS_SERIES && strlen(text) < TEXT_WORDS * sizeof(uint64_t);
         i++) {
        struct series *s = &table->series[(hash + i) % METRICS_SERIES];

        seen = atomic_load_explicit(&s->hash, memory_order_relaxed);
        if (seen == 0 && atomic_compare_exchange_strong(&s->hash, &seen, hash))
            seen = hash;
        if (seen != hash)
            continue;
        if (atomic_load_explicit(&s->kind, memory_order_relaxed) == KIND_NONE)
            series_name(s, kind, text);
        return s;
    }
    atomic_fetch_add_explicit(&table->dropped, 1, memory_order_relaxed);
    return NULL;
}

static void
cell_add(struct series *s, int cell, int64_t n)
{
    if (s != NULL)
        atomic_fetch_add_explicit(&s->cells[cell], n, memory_order_relaxed);
}

/*
 * Monta o nome da série; o que não cabe vira texto comprido demais, que
 * series_get conta como perdido.
 */
#define NAME_BYTES (TEXT_WORDS * sizeof(uint64_t) + 1)

void
metrics_request(const char *method, const char *route, int status,
                int64_t duration_us)
{
    char name[NAME_BYTES];
    struct series *s;
    int i = 0;

    if (duration_us < 0)
        duration_us = 0;
    snprintf(name, sizeof name,
             "balcao_http_requests_total{method=\"%s\","
             "route=\"%s\",status=\"%d\"}",
             method, route, status);
    cell_add(series_get(KIND_COUNTER, name), 0, 1);
    snprintf(name, sizeof name,
             "balcao_http_request_duration_seconds{route=\"%s\"}", route);
    s = series_get(KIND_HISTOGRAM, name);
    while (i < BUCKETS && duration_us > bucket_us[i])
        i++;
    cell_add(s, i, 1);
    cell_add(s, BUCKETS + 1, duration_us);
}

void
metrics_gauge_set(const char *name, int64_t v)
{
    char text[NAME_BYTES];
    struct series *s;

    snprintf(text, sizeof text, "balcao_%s", name);
    s = series_get(KIND_GAUGE, text);
    if (s != NULL)
        atomic_store_explicit(&s->cells[0], v, memory_order_relaxed);
}

void
metrics_counter_add(const char *name, int64_t n)
{
    char text[NAME_BYTES];

    snprintf(text, sizeof text, "balcao_%s", name);
    cell_add(series_get(KIND_COUNTER, text), 0, n);
}

/* Uma série fotografada para escrever. */
struct shot {
    struct series *series;
    enum kind kind;
    char text[TEXT_WORDS * sizeof(uint64_t)];
    size_t family; /* bytes até o '{' */
};

static int
shot_compare(const void *a, const void *b)
{
    const struct shot *x = a, *y = b;
    size_t n = x->family < y->family ? x->family : y->family;
    int order = memcmp(x->text, y->text, n);

    if (order == 0 && x->family != y->family)
        return x->family < y->family ? -1 : 1;
    return order != 0 ? order : strcmp(x->text, y->text);
}

static int
take_shots(struct shot *shots)
{
    int i, w, n = 0;

    for (i = 0; i < METRICS_SERIES; i++) {
        struct series *s = &table->series[i];
        uint64_t kind = atomic_load_explicit(&s->kind, memory_order_acquire);
        uint64_t words[TEXT_WORDS];

        if (kind == KIND_NONE || kind > KIND_HISTOGRAM)
            continue;
        for (w = 0; w < TEXT_WORDS; w++)
            words[w] = atomic_load_explicit(&s->text[w], memory_order_relaxed);
        memcpy(shots[n].text, words, sizeof words);
        shots[n].text[sizeof words - 1] = '\0';
        shots[n].series = s;
        shots[n].kind = (enum kind)kind;
        shots[n].family = strcspn(shots[n].text, "{");
        n++;
    }
    qsort(shots, (size_t)n, sizeof *shots, shot_compare);
    return n;
}

static void
write_head(struct str *out, const struct shot *s)
{
    static const char *const types[] = { "", "counter", "gauge", "histogram" };
    static const char *const help[][2] = {
        { "balcao_http_requests_total",
          "Requests answered, by method, route and status." },
        { "balcao_http_request_duration_seconds",
          "Time from the request's arrival to the last byte handed over." },
        { "balcao_jobs_total", "Steps of jobs, by kind and result." },
        { "balcao_live_subscribers", "Clients waiting for live events." },
    };
    size_t i;

    for (i = 0; i < sizeof help / sizeof *help; i++)
        if (strlen(help[i][0]) == s->family &&
            memcmp(help[i][0], s->text, s->family) == 0)
            str_printf(out, "# HELP %s %s\n", help[i][0], help[i][1]);
    str_printf(out, "# TYPE %.*s %s\n", (int)s->family, s->text,
               types[s->kind]);
}

/* Microssegundos como segundos, sem ponto flutuante nem vírgula da língua. */
static void
write_seconds(struct str *out, int64_t us)
{
    str_printf(out, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

/* _count é a soma das faixas lidas, para concordar sempre com +Inf. */
static void
write_histogram(struct str *out, const struct shot *s)
{
    const char *labels = s->text + s->family;
    size_t n = strlen(labels);
    int fam = (int)s->family, inner;
    int64_t count = 0;
    int i;

    if (n > 0) {
        labels++;
        n -= 2;
    }
    inner = (int)n;
    for (i = 0; i <= BUCKETS; i++) {
        count +=
            atomic_load_explicit(&s->series->cells[i], memory_order_relaxed);
        str_printf(out, "%.*s_bucket{%.*s%sle=\"%s\"} %" PRId64 "\n", fam,
                   s->text, inner, labels, inner > 0 ? "," : "",
                   i < BUCKETS ? bucket_le[i] : "+Inf", count);
    }
    str_printf(out, "%.*s_sum%s ", fam, s->text, s->text + s->family);
    write_seconds(out, atomic_load_explicit(&s->series->cells[BUCKETS + 1],
                                            memory_order_relaxed));
    str_printf(out, "\n%.*s_count%s %" PRId64 "\n", fam, s->text,
               s->text + s->family, count);
}

void
metrics_render(struct str *out)
{
    struct shot *shots;
    int i, n;

    if (table == NULL)
        return;
    shots = arena_alloc(out->arena, METRICS_SERIES * sizeof *shots);
    n = take_shots(shots);
    for (i = 0; i < n; i++) {
        const struct shot *s = &shots[i];

        if (i == 0 || s->family != shots[i - 1].family ||
            memcmp(s->text, shots[i - 1].text, s->family) != 0)
            write_head(out, s);
        if (s->kind == KIND_HISTOGRAM)
            write_histogram(out, s);
        else
            str_printf(out, "%s %" PRId64 "\n", s->text,
                       atomic_load_explicit(&s->series->cells[0],
                                            memory_order_relaxed));
    }
    str_printf(out,
               "# HELP balcao_metrics_dropped_total Counts lost because "
               "the table of series is full.\n"
               "# TYPE balcao_metrics_dropped_total counter\n"
               "balcao_metrics_dropped_total %" PRId64 "\n",
               atomic_load_explicit(&table->dropped, memory_order_relaxed));
}
