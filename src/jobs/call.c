/* call.c - libcurl multi, com as travas de call.h. */
#include "jobs/call.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define CONNECT_MS 5000
#define WAIT_FDS 8

struct one {
    CURL *easy;
    struct curl_slist *headers, *to;
    curl_mime *mime;
    const struct job_call *call;
    void *tag;
    size_t body_at; /* quanto do corpo a libcurl já levou */
    struct str answer;
};

struct caller {
    CURLM *multi;
    int under_way;
    int64_t used_us;
};

struct caller *
caller_new(void)
{
    struct caller *k = calloc(1, sizeof *k);

    if (k == NULL)
        abort();
    return k;
}

static void
close_multi(struct caller *k)
{
    if (k->multi == NULL)
        return;
    curl_multi_cleanup(k->multi);
    curl_global_cleanup();
    k->multi = NULL;
}

static void
release(struct caller *k, struct one *o)
{
    curl_multi_remove_handle(k->multi, o->easy);
    curl_easy_cleanup(o->easy);
    curl_mime_free(o->mime);
    curl_slist_free_all(o->headers);
    curl_slist_free_all(o->to);
    k->under_way--;
}

/*
 * Sem isto os handles em curso ficariam: a libcurl não os devolve na lista de
 * terminados. Quem fecha está saindo, e as arenas deles também.
 */
void
caller_close(struct caller *k)
{
    if (k == NULL)
        return;
    if (k->under_way == 0)
        close_multi(k);
    free(k);
}

void
caller_release_idle(struct caller *k, int64_t idle_s)
{
    if (k->multi != NULL && k->under_way == 0 &&
        clock_mono_us() - k->used_us > idle_s * 1000000)
        close_multi(k);
}

/*
 * O corpo vai por função e sem "voltar ao começo": se uma conexão reusada
 * cai depois de levar o pedido, a libcurl o repetiria calada, e o cliente
 * receberia duas vezes. Assim ela falha, e quem chamou decide.
 */
static size_t
give_body(char *to, size_t size, size_t count, void *data)
{
    struct one *o = data;
    size_t n = o->call->body.len - o->body_at;

    if (n > size * count)
        n = size * count;
    memcpy(to, o->call->body.data + o->body_at, n);
    o->body_at += n;
    return n;
}

static size_t
take_answer(char *data, size_t size, size_t count, void *to)
{
    struct one *o = to;
    size_t n = size * count;

    if (o->answer.len + n > o->call->max_bytes)
        return 0;
    str_add(&o->answer, data, n);
    return n;
}

/* As linhas do servidor de e-mail: a recusa, que o adeus não apaga. */
static size_t
take_line(char *data, size_t size, size_t count, void *to)
{
    struct one *o = to;
    size_t n = size * count;

    while (n > 0 && (data[n - 1] == '\r' || data[n - 1] == '\n'))
        n--;
    if (o->answer.len > 0 && o->answer.data[0] >= '4')
        return size * count;
    o->answer.len = 0;
    str_add(&o->answer, data, n < o->call->max_bytes ? n : o->call->max_bytes);
    return size * count;
}

static void
set_limits(CURL *e, const struct job_call *call)
{
    curl_easy_setopt(e, CURLOPT_URL, call->url);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR,
                     call->mail != NULL ? "smtp,smtps" : "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    curl_easy_setopt(
        e, CURLOPT_CONNECTTIMEOUT_MS,
        (long)(call->timeout_ms < CONNECT_MS ? call->timeout_ms : CONNECT_MS));
    curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, 30L);
    curl_easy_setopt(e, CURLOPT_BUFFERSIZE, 16384L);
    curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
    curl_easy_setopt(e, CURLOPT_USERAGENT, "balcao");
}

static void
set_request(struct one *o, const struct job_call *call)
{
    int i;

    if (strcmp(call->method, "POST") == 0) {
        curl_easy_setopt(o->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(o->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)call->body.len);
        curl_easy_setopt(o->easy, CURLOPT_READFUNCTION, give_body);
        curl_easy_setopt(o->easy, CURLOPT_READDATA, o);
        o->headers = curl_slist_append(o->headers, "Expect:");
    }
    for (i = 0; i < JOB_CALL_HEADERS && call->headers[i] != NULL; i++)
        o->headers = curl_slist_append(o->headers, call->headers[i]);
    curl_easy_setopt(o->easy, CURLOPT_HTTPHEADER, o->headers);
    curl_easy_setopt(o->easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(o->easy, CURLOPT_WRITEDATA, o);
}

static void
add_part(curl_mime *mime, struct slice text, const char *type)
{
    curl_mimepart *part = curl_mime_addpart(mime);

    curl_mime_data(part, text.data, text.len);
    curl_mime_type(part, type);
    curl_mime_encoder(part, "quoted-printable");
}

static void
set_envelope(struct one *o, const struct mail_call *m)
{
    static const long levels[] = { [MAIL_TLS_REQUIRED] = CURLUSESSL_ALL,
                                   [MAIL_TLS_AUTO] = CURLUSESSL_TRY,
                                   [MAIL_TLS_OFF] = CURLUSESSL_NONE };

    o->to = curl_slist_append(o->to, m->to);
    curl_easy_setopt(o->easy, CURLOPT_MAIL_FROM, m->from);
    curl_easy_setopt(o->easy, CURLOPT_MAIL_RCPT, o->to);
    curl_easy_setopt(o->easy, CURLOPT_USE_SSL, levels[m->tls]);
    /* smtps:// foi pedido com todas as letras: confere sempre */
    if (m->tls == MAIL_TLS_AUTO && strncmp(o->call->url, "smtp:", 5) == 0) {
        curl_easy_setopt(o->easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(o->easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (m->ca_file != NULL)
        curl_easy_setopt(o->easy, CURLOPT_CAINFO, m->ca_file);
    if (m->user != NULL) {
        curl_easy_setopt(o->easy, CURLOPT_USERNAME, m->user);
        curl_easy_setopt(o->easy, CURLOPT_PASSWORD, m->password);
    }
}

static void
set_mail(struct one *o, const struct job_call *call)
{
    const struct mail_call *m = call->mail;
    int i;

    set_envelope(o, m);
    o->headers =
        curl_slist_append(o->headers, "Content-Type: multipart/alternative");
    for (i = 0; i < JOB_CALL_HEADERS && call->headers[i] != NULL; i++)
        o->headers = curl_slist_append(o->headers, call->headers[i]);
    o->mime = curl_mime_init(o->easy);
    if (o->mime == NULL)
        abort();
    /* da mais simples à mais rica (RFC 2046 seção 5.1.4) */
    add_part(o->mime, m->text, "text/plain; charset=utf-8");
    add_part(o->mime, m->html, "text/html; charset=utf-8");
    curl_easy_setopt(o->easy, CURLOPT_HTTPHEADER, o->headers);
    curl_easy_setopt(o->easy, CURLOPT_MIMEPOST, o->mime);
    curl_easy_setopt(o->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(o->easy, CURLOPT_HEADERFUNCTION, take_line);
    curl_easy_setopt(o->easy, CURLOPT_HEADERDATA, o);
}

void
caller_start(struct caller *k, struct arena *a, const struct job_call *call,
             void *tag)
{
    struct one *o = arena_alloc(a, sizeof *o);

    if (k->multi == NULL) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        k->multi = curl_multi_init();
    }
    o->easy = curl_easy_init();
    if (k->multi == NULL || o->easy == NULL)
        abort();
    o->call = call;
    o->tag = tag;
    str_init(&o->answer, a, 0);
    set_limits(o->easy, call);
    if (call->mail != NULL)
        set_mail(o, call);
    else
        set_request(o, call);
    curl_easy_setopt(o->easy, CURLOPT_PRIVATE, o);
    curl_multi_add_handle(k->multi, o->easy);
    k->under_way++;
    k->used_us = clock_mono_us();
}

static void
wait_without_calls(const int *fds, int count, int64_t timeout_ms)
{
    struct pollfd list[WAIT_FDS];
    int i, n = 0;

    for (i = 0; i < count && n < WAIT_FDS; i++)
        if (fds[i] >= 0)
            list[n++] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
    poll(list, (nfds_t)n, (int)timeout_ms);
}

void
caller_wait(struct caller *k, const int *fds, int count, int64_t timeout_ms)
{
    struct curl_waitfd list[WAIT_FDS];
    int i, running, before = k->under_way;
    unsigned n = 0;

    if (k->under_way == 0) {
        wait_without_calls(fds, count, timeout_ms);
        return;
    }
    curl_multi_perform(k->multi, &running);
    if (running < before)
        return; /* alguma acabou: não espere */
    for (i = 0; i < count && n < WAIT_FDS; i++)
        if (fds[i] >= 0)
            list[n++] = (struct curl_waitfd){ .fd = fds[i],
                                              .events = CURL_WAIT_POLLIN };
    curl_multi_poll(k->multi, list, n, (int)timeout_ms, NULL);
    curl_multi_perform(k->multi, &running);
}

/*
 * Em SMTP só um código 4yz ou 5yz é resposta; senha errada e TLS que falta
 * são defeito da instalação, não do destinatário, e não condenam o e-mail.
 */
static void
read_mail_reply(CURLcode code, long status, struct job_reply *reply)
{
    bool ours = code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED ||
                code == CURLE_PEER_FAILED_VERIFICATION;

    if (code == CURLE_OK || (status >= 400 && !ours)) {
        reply->status = code == CURLE_OK ? 250 : (int)status;
        return;
    }
    reply->was_sent = true;
    reply->error = curl_easy_strerror(code);
}

static void
read_reply(struct one *o, CURLcode code, struct job_reply *reply)
{
    curl_off_t wait_s = 0;
    long status = 0;

    memset(reply, 0, sizeof *reply);
    curl_easy_getinfo(o->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(o->easy, CURLINFO_RETRY_AFTER, &wait_s);
    reply->retry_after_s = wait_s > 0 ? (int64_t)wait_s : -1;
    reply->body = (struct slice){ o->answer.data, o->answer.len };
    if (o->call->mail != NULL) {
        read_mail_reply(code, status, reply);
        return;
    }
    /* um erro da outra ponta vale mesmo que o texto dele não venha inteiro */
    if (code == CURLE_OK || status >= 400) {
        reply->status = (int)status;
        return;
    }
    reply->was_sent = status != 0 || (o->call->body.len > 0 &&
                                      o->body_at == o->call->body.len);
    reply->error = curl_easy_strerror(code);
}

bool
caller_next(struct caller *k, void **tag, struct job_reply *reply)
{
    CURLMsg *m;
    int left;

    if (k->multi == NULL)
        return false;
    while ((m = curl_multi_info_read(k->multi, &left)) != NULL) {
        struct one *o;

        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &o);
        read_reply(o, m->data.result, reply);
        *tag = o->tag;
        release(k, o);
        k->used_us = clock_mono_us();
        return true;
    }
    return false;
}
