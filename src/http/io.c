/* io.c - FastCGI por libfcgi; CGI por ambiente, stdin e stdout. */
#include "http/io.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fcgi_io {
    struct io io;
    FCGX_Request request;
    long long got; /* bytes do corpo já lidos */
    bool is_cut;   /* já se fechou: não há o que terminar */
};

static volatile sig_atomic_t stopping;

bool
io_is_cgi(void)
{
    static int is = -1;

    if (is < 0)
        is = FCGX_IsCGI() ? 1 : 0;
    return is == 1;
}

static const char *
cgi_param(struct io *io, const char *name)
{
    (void)io;
    return getenv(name);
}

static long
cgi_read(struct io *io, void *buffer, size_t n)
{
    (void)io;
    return (long)fread(buffer, 1, n, stdin);
}

/*
 * Quem recusa sem ler o corpo tem de engoli-lo antes de responder: o Apache
 * só lê a resposta depois de entregar tudo, e uma entrega que falha (porque
 * saímos) corta a resposta no meio.
 */
static void
drain_input(void)
{
    static bool done;
    char part[16384];

    if (done || (getenv("CONTENT_LENGTH") == NULL &&
                 getenv("HTTP_TRANSFER_ENCODING") == NULL))
        return;
    done = true;
    while (fread(part, 1, sizeof part, stdin) > 0)
        continue;
}

static bool
cgi_write(struct io *io, const void *data, size_t n)
{
    (void)io;
    drain_input();
    return fwrite(data, 1, n, stdout) == n;
}

static void
cgi_cut(struct io *io)
{
    (void)io;
    fflush(stdout);
    _exit(1);
}

static const char *
fcgi_param(struct io *io, const char *name)
{
    return FCGX_GetParam(name, ((struct fcgi_io *)io)->request.envp);
}

static long
fcgi_read(struct io *io, void *buffer, size_t n)
{
    struct fcgi_io *f = (struct fcgi_io *)io;
    int got = FCGX_GetStr(buffer, (int)n, f->request.in);

    f->got += got > 0 ? got : 0;
    return got;
}

static bool
fcgi_write(struct io *io, const void *data, size_t n)
{
    return FCGX_PutStr(data, (int)n, ((struct fcgi_io *)io)->request.out) ==
           (int)n;
}

/*
 * O nginx toma o fim da conexão por fim da resposta, mesmo sem o registro de
 * fim; um registro que não é FastCGI ele (e o Apache) toma por erro, e corta
 * também o cliente.
 */
static void
fcgi_cut(struct io *io)
{
    struct fcgi_io *f = (struct fcgi_io *)io;
    ssize_t n = write(f->request.ipcFd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);

    (void)n; /* se o outro lado já se foi, está cortado */
    FCGX_Free(&f->request, 1);
    f->is_cut = true;
}

static void
on_stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
    FCGX_ShutdownPending();
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

/*
 * Ao fechar, a libfcgi espera o servidor web fechar primeiro, para que bytes
 * por ler não virem um RST. Se o pedido já foi lido até o fim, a espera só
 * prenderia o processo: `detached` a dispensa. (Corpo recusado sem ler não se
 * lê aqui: ele pode demorar, e a resposta só sai no FCGX_Finish_r.)
 */
static void
finish_request(struct fcgi_io *f)
{
    const char *length;
    bool whole;

    if (f->is_cut) {
        f->is_cut = false;
        f->got = 0;
        return;
    }
    length = FCGX_GetParam("CONTENT_LENGTH", f->request.envp);
    whole = length == NULL || strtoll(length, NULL, 10) <= f->got;
    f->request.detached = whole && FCGX_GetChar(f->request.in) == -1;
    f->got = 0;
    FCGX_Finish_r(&f->request);
}

static struct io *
accept_cgi(void)
{
    static struct io io = { cgi_param, cgi_read, cgi_write, cgi_cut };
    static bool used;

    if (used) {
        fflush(stdout);
        return NULL;
    }
    used = true;
    return &io;
}

/* Espera conexão no descritor 0, avisando quando nada chega. */
static bool
wait_connection(int idle_s, void (*idle)(void))
{
    struct pollfd p = { .fd = 0, .events = POLLIN };

    while (!stopping) {
        int n = poll(&p, 1, idle != NULL ? idle_s * 1000 : -1);

        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
        if (n == 0)
            idle();
    }
    return false;
}

struct io *
io_accept(int idle_s, void (*idle)(void))
{
    static struct fcgi_io f = { .io = { fcgi_param, fcgi_read, fcgi_write,
                                        fcgi_cut } };
    static bool ready;

    if (io_is_cgi())
        return accept_cgi();
    if (!ready) {
        FCGX_Init();
        FCGX_InitRequest(&f.request, 0, FCGI_FAIL_ACCEPT_ON_INTR);
        catch_signals();
        ready = true;
    } else {
        finish_request(&f);
    }
    while (wait_connection(idle_s, idle)) {
        if (FCGX_Accept_r(&f.request) == 0)
            return &f.io;
        if (stopping)
            break;
    }
    FCGX_Free(&f.request, 1);
    return NULL;
}
