/* mail_run.c - um filho por e-mail: fala SMTP, diz o que ouviu e sai. */
#include "jobs/mail_run.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"

#define CONNECT_MS 5000
#define GOODBYE_S 5   /* depois da resposta, para o QUIT */
#define SLACK_MS 2000 /* o filho tem o próprio prazo; este é o nosso */
#define REAP_MS 1000
#define LINE_BYTES 400

/* O que passa pelo cano; cabe em PIPE_BUF, então vem inteiro ou não vem. */
struct verdict {
    CURLcode code;
    long status;
    size_t len;
    char line[LINE_BYTES];
};

/* ---- no filho ---- */

struct talk {
    CURL *easy;
    struct curl_slist *headers, *to;
    curl_mime *mime;
};

/* As linhas do servidor de e-mail: a recusa, que o adeus não apaga. */
static size_t
take_line(char *data, size_t size, size_t count, void *to)
{
    struct verdict *v = to;
    size_t n = size * count;

    while (n > 0 && (data[n - 1] == '\r' || data[n - 1] == '\n'))
        n--;
    if (v->len > 0 && v->line[0] >= '4')
        return size * count;
    v->len = n < sizeof v->line ? n : sizeof v->line;
    memcpy(v->line, data, v->len);
    return size * count;
}

static void
set_limits(CURL *e, const struct job_call *call)
{
    curl_easy_setopt(e, CURLOPT_URL, call->url);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    curl_easy_setopt(
        e, CURLOPT_CONNECTTIMEOUT_MS,
        (long)(call->timeout_ms < CONNECT_MS ? call->timeout_ms : CONNECT_MS));
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
set_envelope(struct talk *o, const struct job_call *call)
{
    static const long levels[] = { [MAIL_TLS_REQUIRED] = CURLUSESSL_ALL,
                                   [MAIL_TLS_AUTO] = CURLUSESSL_TRY,
                                   [MAIL_TLS_OFF] = CURLUSESSL_NONE };
    const struct mail_call *m = call->mail;

    o->to = curl_slist_append(o->to, m->to);
    curl_easy_setopt(o->easy, CURLOPT_MAIL_FROM, m->from);
    curl_easy_setopt(o->easy, CURLOPT_MAIL_RCPT, o->to);
    curl_easy_setopt(o->easy, CURLOPT_USE_SSL, levels[m->tls]);
    /* smtps:// foi pedido com todas as letras: confere sempre */
    if (m->tls == MAIL_TLS_AUTO && strncmp(call->url, "smtp:", 5) == 0) {
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
set_mail(struct talk *o, const struct job_call *call)
{
    const struct mail_call *m = call->mail;
    int i;

    set_envelope(o, call);
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
}

/* Daqui não se volta ao código do worker: nem log, nem banco, nem atexit. */
static _Noreturn void
be_the_child(const struct job_call *call, int fd, pid_t parent)
{
    struct verdict v = { .code = CURLE_FAILED_INIT };
    struct talk o = { 0 };
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    o.easy = curl_easy_init();
    if (o.easy != NULL) {
        set_limits(o.easy, call);
        set_mail(&o, call);
        curl_easy_setopt(o.easy, CURLOPT_HEADERDATA, &v);
        v.code = curl_easy_perform(o.easy);
        curl_easy_getinfo(o.easy, CURLINFO_RESPONSE_CODE, &v.status);
    }
    if (write(fd, &v, sizeof v) != (ssize_t)sizeof v)
        _exit(1);
    close(fd);
    alarm(GOODBYE_S);
    curl_easy_cleanup(o.easy);
    _exit(0);
}

/* ---- no worker ---- */

struct mail_run *
mail_run_start(struct mail_run *list, struct arena *a,
               const struct job_call *call, void *tag)
{
    struct mail_run *m = calloc(1, sizeof *m);
    int ends[2] = { -1, -1 };
    pid_t parent = getpid();

    if (m == NULL)
        abort();
    *m = (struct mail_run){ .next = list, .arena = a, .tag = tag, .pid = -1 };
    m->deadline_us =
        clock_mono_us() + (call->timeout_ms + SLACK_MS) * (int64_t)1000;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0)
        m->pid = fork();
    if (m->pid == 0)
        be_the_child(call, ends[1], parent);
    m->fd = ends[0];
    if (ends[1] >= 0)
        close(ends[1]);
    return m;
}

int64_t
mail_run_left_ms(const struct mail_run *m)
{
    int64_t left = (m->deadline_us - clock_mono_us()) / 1000;

    if (m->answered)
        return REAP_MS;
    return m->pid < 0 || left < 0 ? 0 : left + 1;
}

/*
 * Em SMTP só um código 4yz ou 5yz é resposta; senha errada e TLS que falta
 * são defeito da instalação, não do destinatário, e não condenam o e-mail.
 */
static void
tell(const struct mail_run *m, const struct verdict *v, struct job_reply *reply)
{
    bool ours = v->code == CURLE_LOGIN_DENIED ||
                v->code == CURLE_USE_SSL_FAILED ||
                v->code == CURLE_PEER_FAILED_VERIFICATION;

    reply->body =
        (struct slice){ arena_memdup(m->arena, v->line, v->len), v->len };
    if (v->code == CURLE_OK || (v->status >= 400 && !ours)) {
        reply->status = v->code == CURLE_OK ? 250 : (int)v->status;
        return;
    }
    reply->was_sent = true;
    reply->error = curl_easy_strerror(v->code);
}

bool
mail_run_read(struct mail_run *m, struct job_reply *reply)
{
    struct verdict v;
    ssize_t n = -1;

    if (m->answered)
        return false;
    if (m->pid >= 0) {
        n = read(m->fd, &v, sizeof v);
        if (n < 0 && (errno == EAGAIN || errno == EINTR) &&
            clock_mono_us() < m->deadline_us)
            return false;
    }
    *reply = (struct job_reply){ .retry_after_s = -1 };
    if (n == (ssize_t)sizeof v) {
        tell(m, &v, reply);
    } else {
        reply->was_sent = m->pid >= 0;
        reply->error = m->pid >= 0 ? "the mail process died" : "fork";
        if (m->pid >= 0)
            kill(m->pid, SIGKILL);
    }
    if (m->fd >= 0)
        close(m->fd);
    m->fd = -1;
    m->answered = true;
    return true;
}

bool
mail_run_is_over(struct mail_run *m)
{
    if (!m->answered)
        return false;
    if (m->pid >= 0 && waitpid(m->pid, NULL, WNOHANG) != 0)
        m->pid = -1;
    return m->pid < 0;
}

struct mail_run *
mail_run_end(struct mail_run *m)
{
    struct mail_run *next = m->next;

    if (m->pid >= 0) {
        kill(m->pid, SIGKILL);
        waitpid(m->pid, NULL, 0);
    }
    if (m->fd >= 0)
        close(m->fd);
    free(m);
    return next;
}
