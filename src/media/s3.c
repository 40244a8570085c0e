/*
 * s3.c - um pedido ao S3 de cada vez, assinado pela libcurl (AWS SigV4). O
 * corpo vai e vem aos pedaços: na memória só cabe um; a pausa da libcurl é o
 * que segura quem manda mais depressa do que se lê.
 */
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "media/s3_internal.h"

#define HELD_BYTES 131072 /* mais que um pedaço da libcurl (CHUNK_BYTES) */
#define CHUNK_BYTES 65536L
#define CONNECT_MS 5000
#define LIST_BYTES (8 << 20)
#define TRIES 2 /* o S3 manda repetir o que recusa com 5xx */

/* A conexão do processo: fica aberta entre um pedido e o próximo. */
static struct {
    const struct curl_lib *lib;
    CURLM *multi;
    int live;
    int64_t used_us;
} line;

static void
release_idle(int64_t idle_s)
{
    if (line.multi == NULL || line.live > 0 ||
        clock_mono_us() - line.used_us <= idle_s * 1000000)
        return;
    line.lib->multi_cleanup(line.multi);
    line.lib->global_cleanup();
    line.multi = NULL;
}

static void
release(void *object)
{
    struct s3_call *k = object;

    line.lib->multi_remove_handle(line.multi, k->easy);
    line.lib->easy_cleanup(k->easy);
    line.lib->slist_free_all(k->headers);
    line.live--;
    line.used_us = clock_mono_us();
}

static size_t
give_body(char *to, size_t size, size_t count, void *data)
{
    struct s3_call *k = data;
    size_t n = k->body.len - k->body_at;

    if (n > size * count)
        n = size * count;
    memcpy(to, k->body.data + k->body_at, n);
    k->body_at += n;
    k->moved_us = clock_mono_us();
    return n;
}

/* Gravar duas vezes sob a mesma chave dá no mesmo: pode-se recomeçar. */
static int
rewind_body(void *data, curl_off_t offset, int origin)
{
    struct s3_call *k = data;

    if (origin != SEEK_SET || offset < 0 || (size_t)offset > k->body.len)
        return CURL_SEEKFUNC_CANTSEEK;
    k->body_at = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

static size_t
take_body(char *data, size_t size, size_t count, void *to)
{
    struct s3_call *k = to;
    size_t n = size * count;

    if (k->at == k->len)
        k->at = k->len = 0;
    if (k->len + n > HELD_BYTES) {
        k->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    memcpy(k->held + k->len, data, n);
    k->len += n;
    k->moved_us = clock_mono_us();
    return n;
}

static void
add_header(struct s3_call *k, const char *text)
{
    struct curl_slist *list = line.lib->slist_append(k->headers, text);

    if (list == NULL)
        abort();
    k->headers = list;
}

/*
 * O hash vai sempre no cabeçalho: o S3 confere com ele o que chegou, e a
 * libcurl 7.88 só o calcula sozinha para alguns pedidos.
 */
static void
set_hash(struct arena *a, struct s3_call *k, const struct s3_request *in)
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    char hex[2 * SHA256_DIGEST_LENGTH + 1];

    if (in->sha256 == NULL) {
        SHA256((const unsigned char *)in->body.data, in->body.len, hash);
        hex_encode(hash, sizeof hash, hex);
    }
    add_header(k, arena_printf(a, "x-amz-content-sha256: %s",
                               in->sha256 != NULL ? in->sha256 : hex));
}

/*
 * Sem o "Expect:" que cala o 100-continue: a libcurl 7.88 o assina e não o
 * manda, e a assinatura não confere. Num S3 ele até serve: o recusado não vai.
 */
static void
set_method(struct arena *a, struct s3_call *k, const struct s3_request *in)
{
    if (strcmp(in->method, "PUT") == 0) {
        line.lib->easy_setopt(k->easy, CURLOPT_UPLOAD, 1L);
        line.lib->easy_setopt(k->easy, CURLOPT_INFILESIZE_LARGE,
                              (curl_off_t)in->body.len);
        line.lib->easy_setopt(k->easy, CURLOPT_READFUNCTION, give_body);
        line.lib->easy_setopt(k->easy, CURLOPT_READDATA, k);
        line.lib->easy_setopt(k->easy, CURLOPT_SEEKFUNCTION, rewind_body);
        line.lib->easy_setopt(k->easy, CURLOPT_SEEKDATA, k);
        add_header(k, "Content-Type: application/octet-stream");
    } else if (strcmp(in->method, "HEAD") == 0) {
        line.lib->easy_setopt(k->easy, CURLOPT_NOBODY, 1L);
    } else if (strcmp(in->method, "DELETE") == 0) {
        line.lib->easy_setopt(k->easy, CURLOPT_CUSTOMREQUEST, "DELETE");
    }
    if (in->range != NULL)
        line.lib->easy_setopt(
            k->easy, CURLOPT_RANGE,
            in->range->first < 0
                ? arena_printf(a, "-%lld", (long long)in->range->last)
            : in->range->last < 0
                ? arena_printf(a, "%lld-", (long long)in->range->first)
                : arena_printf(a, "%lld-%lld", (long long)in->range->first,
                               (long long)in->range->last));
}

static void
set_limits(struct s3_call *k)
{
    int64_t wait_ms = conf()->s3_timeout_ms;

    line.lib->easy_setopt(k->easy, CURLOPT_NOSIGNAL, 1L);
    line.lib->easy_setopt(k->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    line.lib->easy_setopt(k->easy, CURLOPT_FOLLOWLOCATION, 0L);
    line.lib->easy_setopt(k->easy, CURLOPT_HTTP_VERSION,
                          (long)CURL_HTTP_VERSION_1_1);
    line.lib->easy_setopt(k->easy, CURLOPT_CONNECTTIMEOUT_MS,
                          (long)(wait_ms < CONNECT_MS ? wait_ms : CONNECT_MS));
    line.lib->easy_setopt(k->easy, CURLOPT_MAXAGE_CONN, 30L);
    line.lib->easy_setopt(k->easy, CURLOPT_BUFFERSIZE, CHUNK_BYTES);
    line.lib->easy_setopt(k->easy, CURLOPT_UPLOAD_BUFFERSIZE, CHUNK_BYTES);
    line.lib->easy_setopt(k->easy, CURLOPT_USERAGENT, "balcao");
}

void
s3_sign(struct arena *a, void *easy)
{
    if (line.lib == NULL)
        line.lib = curl_lib();
    line.lib->easy_setopt(easy, CURLOPT_AWS_SIGV4,
                          arena_printf(a, "aws:amz:%s:s3", conf()->s3_region));
    line.lib->easy_setopt(easy, CURLOPT_USERNAME, conf()->s3_access_key);
    line.lib->easy_setopt(easy, CURLOPT_PASSWORD, conf()->s3_secret_key);
    if (conf()->s3_ca_file[0] != '\0')
        line.lib->easy_setopt(easy, CURLOPT_CAINFO, conf()->s3_ca_file);
}

static struct s3_call *
start(struct arena *a, const struct s3_request *in)
{
    struct s3_call *k = arena_alloc(a, sizeof *k);

    if (line.multi == NULL) {
        line.lib->global_init(CURL_GLOBAL_DEFAULT);
        line.multi = line.lib->multi_init();
        store_when_idle(release_idle);
    }
    k->lib = line.lib;
    k->easy = k->lib->easy_init();
    if (line.multi == NULL || k->easy == NULL)
        abort();
    line.live++;
    arena_defer(a, release, k);
    k->body = in->body;
    k->most_ms = in->most_ms;
    k->end_us = in->most_ms > 0 ? clock_mono_us() + in->most_ms * 1000 : 0;
    k->held = arena_alloc(a, HELD_BYTES);
    line.lib->easy_setopt(k->easy, CURLOPT_URL, s3_url(a, in->key, in->query));
    line.lib->easy_setopt(k->easy, CURLOPT_PRIVATE, k);
    line.lib->easy_setopt(k->easy, CURLOPT_WRITEFUNCTION, take_body);
    line.lib->easy_setopt(k->easy, CURLOPT_WRITEDATA, k);
    set_limits(k);
    s3_sign(a, k->easy);
    set_hash(a, k, in);
    set_method(a, k, in);
    line.lib->easy_setopt(k->easy, CURLOPT_HTTPHEADER, k->headers);
    line.lib->multi_add_handle(line.multi, k->easy);
    k->moved_us = clock_mono_us();
    return k;
}

/* Anotado em quem acabou, que pode não ser quem espera. */
static void
note_finished(void)
{
    CURLMsg *m;
    int left;

    while ((m = line.lib->multi_info_read(line.multi, &left)) != NULL) {
        struct s3_call *k;

        if (m->msg != CURLMSG_DONE)
            continue;
        line.lib->easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &k);
        k->is_done = true;
        k->code = m->data.result;
    }
}

/* Uma volta; falso quando não há mais o que esperar desta chamada. */
static bool
turn(struct s3_call *k)
{
    int64_t left_ms, now;
    int running;

    line.lib->multi_perform(line.multi, &running);
    note_finished();
    if (k->is_done || k->at < k->len)
        return !k->is_done;
    now = clock_mono_us();
    left_ms = conf()->s3_timeout_ms - (now - k->moved_us) / 1000;
    if (left_ms <= 0 || (k->end_us > 0 && now >= k->end_us)) {
        k->late_ms = left_ms <= 0 ? conf()->s3_timeout_ms : k->most_ms;
        return false;
    }
    line.lib->multi_poll(line.multi, NULL, 0,
                         (int)(left_ms < 1000 ? left_ms : 1000), NULL);
    return true;
}

/* Até haver o que ler, ou acabar, ou parar de andar. */
static void
wait_some(struct s3_call *k)
{
    while (k->at == k->len && turn(k))
        continue;
}

long
s3_read(struct s3_call *k, void *to, size_t n)
{
    if (k->at == k->len && !k->is_done) {
        k->at = k->len = 0;
        k->moved_us = clock_mono_us();
        if (k->is_paused) {
            k->is_paused = false;
            line.lib->easy_pause(k->easy, CURLPAUSE_CONT);
        }
        wait_some(k);
    }
    if (k->at == k->len)
        return k->is_done && k->code == CURLE_OK ? 0 : -1;
    if (n > k->len - k->at)
        n = k->len - k->at;
    memcpy(to, k->held + k->at, n);
    k->at += n;
    return (long)n;
}

struct s3_call *
s3_open(struct arena *a, const struct s3_request *in, struct s3_reply *reply)
{
    struct s3_call *k = NULL;
    int i;

    line.lib = curl_lib();
    if (line.lib == NULL) {
        *reply = (struct s3_reply){ .code = "", .words = _("falta a libcurl") };
        return NULL;
    }
    for (i = 0; i < TRIES; i++) {
        k = start(a, in);
        wait_some(k);
        if (s3_read_reply(a, k, reply))
            return k;
        if (reply->status < 500)
            break;
    }
    return NULL;
}

bool
s3_do(struct arena *a, const struct s3_request *in, struct str *body,
      struct s3_reply *reply)
{
    struct arena *own = arena_new(4096);
    struct s3_call *k = s3_open(own, in, reply);
    char part[4096];
    long n = 0;

    while (k != NULL && (n = s3_read(k, part, sizeof part)) > 0)
        if (body != NULL && body->len < LIST_BYTES)
            str_add(body, part, (size_t)n);
    if (k != NULL && n < 0)
        s3_read_reply(own, k, reply);
    reply->code = arena_strdup(a, reply->code);
    reply->words = arena_strdup(a, reply->words);
    arena_free(own);
    return k != NULL && n == 0;
}

enum err
s3_away(struct ctx *c, const char *what, const struct s3_reply *reply)
{
    log_error("S3: %s: %s", what, reply->words);
    fail(c, ERR_UNAVAILABLE, "%s",
         _("os arquivos estão fora do ar; tente de novo em instantes"));
    c->retry_after_s = STORE_AWAY_S;
    return ERR_UNAVAILABLE;
}
