/* call.c - libcurl multi, com as travas de call.h. */
#include "jobs/call.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/log.h"
#include "jobs/mail_run.h"
#include "jobs/tool_run.h"

#define CONNECT_MS 5000
#define WAIT_FDS 32

struct one {
    CURL *easy;
    struct curl_slist *headers;
    curl_mime *mime; /* de um upload */
    const struct job_call *call;
    void *tag;
    size_t body_at; /* quanto do corpo a libcurl já levou */
    struct str answer;
    size_t got; /* bytes da resposta, até aqui */
    bool too_long;
};

struct caller {
    CURLM *multi;
    int under_way; /* as da libcurl multi */
    struct mail_run *mails;
    struct tool_run *tools;
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
    while (k->mails != NULL)
        k->mails = mail_run_end(k->mails);
    while (k->tools != NULL)
        k->tools = tool_run_end(k->tools);
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

/* Gravar o mesmo duas vezes dá no mesmo: este se pode recomeçar. */
static int
rewind_body(void *data, curl_off_t offset, int origin)
{
    struct one *o = data;

    if (origin != SEEK_SET || offset < 0 || (size_t)offset > o->call->body.len)
        return CURL_SEEKFUNC_CANTSEEK;
    o->body_at = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

static size_t
take_answer(char *data, size_t size, size_t count, void *to)
{
    struct one *o = to;
    size_t n = size * count;
    long status = 0;

    if (o->got + n > o->call->max_bytes) {
        o->too_long = true;
        return 0;
    }
    o->got += n;
    curl_easy_getinfo(o->easy, CURLINFO_RESPONSE_CODE, &status);
    if (o->call->to_fd > 0 && status == 200)
        return write(o->call->to_fd, data, n) == (ssize_t)n ? n : 0;
    str_add(&o->answer, data, n);
    return n;
}

/*
 * O nome já virou endereço: é aqui, e não ao lê-lo, que não se engana ninguém
 * com um DNS que muda de resposta.
 */
static curl_socket_t
open_public(void *data, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)data;
    (void)purpose;
    if (!address_is_public(&to->addr))
        return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static void
set_limits(CURL *e, const struct job_call *call)
{
    curl_easy_setopt(e, CURLOPT_URL, call->url);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    curl_easy_setopt(
        e, CURLOPT_CONNECTTIMEOUT_MS,
        (long)(call->timeout_ms < CONNECT_MS ? call->timeout_ms : CONNECT_MS));
    if (call->stall_ms > 0) {
        curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME,
                         (long)((call->stall_ms + 999) / 1000));
    }
    curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, 30L);
    curl_easy_setopt(e, CURLOPT_BUFFERSIZE, 16384L);
    curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
    curl_easy_setopt(e, CURLOPT_USERAGENT, "balcao");
    if (!call->public_only)
        return;
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_public);
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
}

/* A libcurl lê o arquivo do disco aos pedaços; o conteúdo não entra aqui. */
static void
set_upload(struct one *o, const struct upload_call *u)
{
    curl_mimepart *part;
    int i;

    o->mime = curl_mime_init(o->easy);
    if (o->mime == NULL)
        abort();
    for (i = 0; u->fields[i] != NULL; i += 2) {
        part = curl_mime_addpart(o->mime);
        curl_mime_name(part, u->fields[i]);
        curl_mime_data(part, u->fields[i + 1], CURL_ZERO_TERMINATED);
    }
    part = curl_mime_addpart(o->mime);
    curl_mime_name(part, "file");
    curl_mime_filedata(part, u->path);
    curl_mime_filename(part, u->name);
    curl_mime_type(part, u->mime);
    curl_easy_setopt(o->easy, CURLOPT_MIMEPOST, o->mime);
    o->headers = curl_slist_append(o->headers, "Expect:");
}

static void
set_request(struct one *o, const struct job_call *call)
{
    int i;

    if (call->upload != NULL) {
        set_upload(o, call->upload);
    } else if (strcmp(call->method, "POST") == 0) {
        curl_easy_setopt(o->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(o->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)call->body.len);
        curl_easy_setopt(o->easy, CURLOPT_READFUNCTION, give_body);
        curl_easy_setopt(o->easy, CURLOPT_READDATA, o);
        o->headers = curl_slist_append(o->headers, "Expect:");
    } else if (strcmp(call->method, "PUT") == 0) { /* Expect: media/s3.c */
        curl_easy_setopt(o->easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(o->easy, CURLOPT_INFILESIZE_LARGE,
                         (curl_off_t)call->body.len);
        curl_easy_setopt(o->easy, CURLOPT_READFUNCTION, give_body);
        curl_easy_setopt(o->easy, CURLOPT_READDATA, o);
        curl_easy_setopt(o->easy, CURLOPT_SEEKFUNCTION, rewind_body);
        curl_easy_setopt(o->easy, CURLOPT_SEEKDATA, o);
    }
    for (i = 0; i < JOB_CALL_HEADERS && call->headers[i] != NULL; i++)
        o->headers = curl_slist_append(o->headers, call->headers[i]);
    curl_easy_setopt(o->easy, CURLOPT_HTTPHEADER, o->headers);
    curl_easy_setopt(o->easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(o->easy, CURLOPT_WRITEDATA, o);
}

void
caller_start(struct caller *k, struct arena *a, const struct job_call *call,
             void *tag)
{
    struct one *o;

    if (call->tool != NULL) {
        k->tools = tool_run_start(k->tools, a, call, tag);
        return;
    }
    if (call->mail != NULL) {
        k->mails = mail_run_start(k->mails, a, call, tag);
        return;
    }
    o = arena_alloc(a, sizeof *o);
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
    set_request(o, call);
    if (call->sign != NULL)
        call->sign(a, o->easy);
    curl_easy_setopt(o->easy, CURLOPT_PRIVATE, o);
    curl_multi_add_handle(k->multi, o->easy);
    k->under_way++;
    k->used_us = clock_mono_us();
}

static void
wait_without_calls(const int *fds, int count, int64_t timeout_ms)
{
    struct pollfd list[WAIT_FDS];
    int i;

    for (i = 0; i < count; i++)
        list[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
    poll(list, (nfds_t)count, (int)timeout_ms);
}

static void
wait_with_calls(struct caller *k, const int *fds, int count, int64_t timeout_ms)
{
    struct curl_waitfd list[WAIT_FDS];
    int i, running, before = k->under_way;

    curl_multi_perform(k->multi, &running);
    if (running < before)
        return; /* alguma acabou: não espere */
    for (i = 0; i < count; i++)
        list[i] =
            (struct curl_waitfd){ .fd = fds[i], .events = CURL_WAIT_POLLIN };
    curl_multi_poll(k->multi, list, (unsigned)count, (int)timeout_ms, NULL);
    curl_multi_perform(k->multi, &running);
}

void
caller_wait(struct caller *k, const int *fds, int count, int64_t timeout_ms)
{
    const struct mail_run *m;
    const struct tool_run *t;
    int all[WAIT_FDS], i, n = 0;

    for (i = 0; i < count && n < WAIT_FDS; i++)
        if (fds[i] >= 0)
            all[n++] = fds[i];
    for (m = k->mails; m != NULL; m = m->next) {
        if (m->fd >= 0 && n < WAIT_FDS)
            all[n++] = m->fd;
        if (mail_run_left_ms(m) < timeout_ms)
            timeout_ms = mail_run_left_ms(m);
    }
    for (t = k->tools; t != NULL; t = t->next) {
        if (t->fd >= 0 && n < WAIT_FDS)
            all[n++] = t->fd;
        if (tool_run_left_ms(t) < timeout_ms)
            timeout_ms = tool_run_left_ms(t);
    }
    if (k->under_way == 0)
        wait_without_calls(all, n, timeout_ms);
    else
        wait_with_calls(k, all, n, timeout_ms);
}

/* O próximo e-mail que acabou; quem já respondeu e saiu é enterrado. */
static bool
next_mail(struct caller *k, void **tag, struct job_reply *reply)
{
    struct mail_run **at = &k->mails;

    while (*at != NULL) {
        if (mail_run_read(*at, reply)) {
            *tag = (*at)->tag;
            return true;
        }
        if (mail_run_is_over(*at))
            *at = mail_run_end(*at);
        else
            at = &(*at)->next;
    }
    return false;
}

/* O próximo programa que acabou. */
static bool
next_tool(struct caller *k, void **tag, struct job_reply *reply)
{
    struct tool_run **at;

    for (at = &k->tools; *at != NULL; at = &(*at)->next)
        if (tool_run_read(*at, reply)) {
            *tag = (*at)->tag;
            *at = tool_run_end(*at);
            return true;
        }
    return false;
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
    reply->too_long = o->too_long;
    reply->body = (struct slice){ o->answer.data, o->answer.len };
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

    if (next_mail(k, tag, reply) || next_tool(k, tag, reply))
        return true;
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
